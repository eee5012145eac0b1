# SPDX-License-Identifier: Apache-2.0
"""What data sets and tools call the four columns of events, and what their times count."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["COLUMNS", "LETTERS", "UNITS", "TimeRule", "pick"]

COLUMNS = ("x", "y", "t", "polarity")
LETTERS = {"x": "x", "y": "y", "t": "t", "p": "polarity"}
"""How `order=` names them."""

TimeRule = tuple[int, int, int]
"""Microseconds are (t + offset) * multiplier / divisor."""

UNITS = {"s": (1_000_000, 1), "ms": (1000, 1), "us": (1, 1), "ns": (1, 1000)}
"""Multiplier and divisor of each unit."""

_NAMES: Mapping[str, tuple[str, ...]] = {
    "x": ("x", "xs", "x_pos"),
    "y": ("y", "ys", "y_pos"),
    "t": ("t", "ts", "timestamp", "timestamps", "time"),
    "polarity": ("p", "ps", "polarity", "polarities", "pol", "on"),
}


def pick(names: Iterable[str]) -> dict[str, str]:
    """Return which of `names` is which column, or nothing if one is missing."""
    lowered = {name.lower(): name for name in names}
    picked = {}
    for column, known in _NAMES.items():
        name = next((lowered[one] for one in known if one in lowered), None)
        if name is None:
            return {}
        picked[column] = name
    return picked
