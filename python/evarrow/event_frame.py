# SPDX-License-Identifier: Apache-2.0
"""What is known of events that a table library finds in a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evarrow import _core

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

__all__ = ["EventFrame"]


@dataclass(frozen=True)
class EventFrame:
    """Events as a lazy frame over a file.

    Attributes
    ----------
    rows : polars.LazyFrame
        The columns x, y, t and polarity, numbers all of them.
    names : dict
        What each of them is called in the file.
    t_unit : str or None
        What `t` counts, if its type says so.
    size : (int, int)
        Of the sensor; zeros if that is not known.
    about : dict
        What else is known of the camera, as `ContainerPlan` takes it.
    """

    rows: pl.LazyFrame
    names: Mapping[str, str]
    t_unit: str | None
    size: tuple[int, int]
    about: Mapping[str, Any]

    def plan(self, format: str) -> _core.ContainerPlan:  # noqa: A002
        """Return a plan of a file of a format that says what is known of the camera."""
        width, height = self.size
        return _core.ContainerPlan(format=format, width=width, height=height, **self.about)
