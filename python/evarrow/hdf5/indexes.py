# SPDX-License-Identifier: Apache-2.0
"""Datasets that grow, and the indexes of Prophesee's files, which are such."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h5py  # type: ignore[import-untyped]
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Appender", "Slots"]


class Appender:
    """A dataset that grows."""

    def __init__(self, group: Any, name: str, dtype: Any) -> None:
        self._to = group.create_dataset(name, (0,), dtype, maxshape=(None,), chunks=(16_384,))

    @property
    def rows(self) -> int:
        """Its length."""
        return int(self._to.shape[0])

    def add(self, rows: NDArray[Any]) -> None:
        """Append rows."""
        before = self.rows
        self._to.resize((before + len(rows),))
        self._to[before:] = rows


class Slots:
    """The index of a group: where to begin for each 2 ms behind its first event.

    The slot of a period holds the first event of the latest period before it that has any; the
    last one, behind all periods, that of the last period.
    """

    PERIOD = 2000  # microseconds
    _SLOT = np.dtype([("id", "<u8"), ("ts", "<i8")])
    _MOST = 1 << 23

    def __init__(self, group: Any) -> None:
        self._to = Appender(group, "indexes", self._SLOT)
        self._offset: int | None = None
        self._attributes = group["indexes"].attrs
        self._waiting = np.array([(0, -1)], self._SLOT)

    def add(self, rows: NDArray[Any], times: NDArray[Any]) -> None:
        """Add periods; `rows` and `times` are those of the first event in each or behind it."""
        if self._offset is None:
            self._offset = -int(times[0])
            self._attributes.create("offset", str(self._offset), dtype=h5py.string_dtype("ascii"))
        firsts, at, place = np.unique(rows, return_index=True, return_inverse=True)
        slots = np.empty(len(firsts), self._SLOT)
        slots["id"] = firsts
        slots["ts"] = times[at] + self._offset
        known = np.concatenate([self._waiting, slots])
        self._to.add(known[place])
        self._waiting = known[-1:]

    def add_times(self, times: NDArray[Any], before: int) -> None:
        """Add rows in order of time, `before` of which came earlier."""
        first = int(times[0]) if self._offset is None else -self._offset
        latest = np.maximum.accumulate(times)
        last = min((int(latest[-1]) - first) // self.PERIOD, self._MOST)
        periods = np.arange(self._to.rows, last + 1)
        if len(periods):
            rows = np.searchsorted(latest, first + periods * self.PERIOD)
            self.add(rows + before, times[rows])

    def close(self) -> None:
        """Write the last slot."""
        if self._offset is not None:
            self._to.add(self._waiting)
