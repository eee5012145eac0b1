# SPDX-License-Identifier: Apache-2.0
"""What the times of a dataset count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evarrow.column_names import UNITS, TimeRule
from evarrow.errors import FormatError

if TYPE_CHECKING:
    from evarrow.hdf5.datasets import Column

__all__ = ["time_rule"]

_NAMES = {
    "s": ("s", "sec", "secs", "second", "seconds"),
    "ms": ("ms", "msec", "millisecond", "milliseconds"),
    "us": ("us", "µs", "μs", "usec", "microsecond", "microseconds"),
    "ns": ("ns", "nsec", "nanosecond", "nanoseconds"),
}
_ATTRIBUTES = ("unit", "units", "time_unit", "time_units", "t_unit", "timestamp_unit")


def time_rule(column: Column, *, wanted: str | None, usual: str | None, offset: int) -> TimeRule:
    """Return how the times of `column` become microseconds.

    The unit is the one the user names, else that of an attribute, else `usual`, which is that of
    the layout; whole numbers of a layout that does not say are microseconds, as all who write
    them mean it.

    Raises
    ------
    FormatError
        If nothing tells the unit of floating-point numbers.
    """
    unit = wanted or _named(column) or usual
    if unit is None and column.dtype.kind in "iu":
        unit = "us"
    if unit is None:
        message = (
            f"the times of {column.dataset.name} are {column.dtype}, and nothing says whether "
            'they are seconds: pass t_unit="s", "ms", "us" or "ns"'
        )
        raise FormatError(message)
    multiplier, divisor = UNITS[unit]
    return offset, multiplier, divisor


def _named(column: Column) -> str | None:
    """Return the unit that an attribute of the dataset names."""
    attributes = column.dataset.attrs
    for attribute in _ATTRIBUTES:
        if attribute not in attributes:
            continue
        value = attributes[attribute]
        text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
        for unit, names in _NAMES.items():
            if text.strip().lower() in names:
                return unit
    return None
