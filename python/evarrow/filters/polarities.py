# SPDX-License-Identifier: Apache-2.0
"""Filters that change polarities."""

from __future__ import annotations

import dataclasses

from evarrow import _core
from evarrow.filters.base import Filter, function_of

__all__ = ["FlipPolarity", "MergePolarities", "flip_polarity", "merge_polarities"]


@dataclasses.dataclass(frozen=True, repr=False)
class FlipPolarity(Filter):
    """Turn ON into OFF and OFF into ON.

    Polarities that are 0 and 1 stay 0 and 1.

    Examples
    --------
    >>> events = ev.from_arrays(x=[1, 2], y=[5, 5], t=[1, 2], polarity=[1, -1])
    >>> ev.filters.flip_polarity(events).polarity.tolist()
    [-1, 1]
    """

    def make(self, resolution: tuple[int, int] | None) -> _core.Filter:  # noqa: ARG002
        """Return a filter for one pass."""
        return _core.make_flip_polarity()


@dataclasses.dataclass(frozen=True, repr=False)
class MergePolarities(Filter):
    """Make all events ON.

    Examples
    --------
    >>> events = ev.from_arrays(x=[1, 2], y=[5, 5], t=[1, 2], polarity=[1, -1])
    >>> ev.filters.merge_polarities(events).polarity.tolist()
    [1, 1]
    """

    def make(self, resolution: tuple[int, int] | None) -> _core.Filter:  # noqa: ARG002
        """Return a filter for one pass."""
        return _core.make_merge_polarities()


flip_polarity = function_of(FlipPolarity)
merge_polarities = function_of(MergePolarities)
