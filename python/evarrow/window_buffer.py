# SPDX-License-Identifier: Apache-2.0
"""Events that have been read and may belong to windows to come."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from evarrow.times import I64_MAX, I64_MIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evarrow._core import EventBatch

__all__ = ["Pending"]

Side = Literal["left", "right"]


class _Part(NamedTuple):
    """Columns of neighbouring events, and the number of the first of them."""

    first_row: int
    columns: dict[str, NDArray[Any]]

    @property
    def t(self) -> NDArray[np.int64]:
        return self.columns["t"]

    @property
    def end_row(self) -> int:
        return self.first_row + len(self.t)


class Pending:
    """A stream of events, read batch by batch, of which only what is still needed is held.

    Rows are numbered from the first event of the stream, or the first one from `start` on.
    """

    def __init__(
        self,
        batches: Iterable[EventBatch],
        names: Sequence[str],
        *,
        start: int | None = None,
        end: int | None = None,
        resolution: tuple[int, int] | None = None,
    ) -> None:
        self._batches = iter(batches)
        self._names = names
        self._start = start
        self._end = end
        self.resolution = resolution  # of the sensor, where it or a batch is known to have one
        self._parts: deque[_Part] = deque()
        self.rows = 0  # how many have been read
        self.last: int | None = None  # time of the last one
        self.ended = False

    def __len__(self) -> int:
        """Return the number of batches that are held."""
        return len(self._parts)

    def read(self) -> bool:
        """Read one more batch; False at the end."""
        for batch in self._batches:
            if self.resolution is None:
                self.resolution = batch.resolution
            columns = {name: batch.column(name) for name in self._names}
            self._check_order(columns["t"])
            columns = self._cut(columns)
            if len(columns["t"]):
                self._parts.append(_Part(self.rows, columns))
                self.rows = self._parts[-1].end_row
                self.last = int(columns["t"][-1])
                return True
            if self.ended:
                return False
        self.ended = True
        return False

    def _check_order(self, t: NDArray[np.int64]) -> None:
        before = self.last
        if len(t) and ((before is not None and t[0] < before) or (t[1:] < t[:-1]).any()):
            message = "windows need events in order of time; sort them by t first"
            raise ValueError(message)

    def _cut(self, columns: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Leave out what lies before the start or behind the end."""
        t = columns["t"]
        begin, stop = 0, len(t)
        if self._start is not None and stop and t[0] < self._start:
            begin = _search(t, self._start, "left")
        if self._end is not None and stop and t[-1] >= self._end:
            stop = _search(t, self._end, "left")
            self.ended = True
        if begin == 0 and stop == len(t):
            return columns
        return {name: values[begin:stop] for name, values in columns.items()}

    def first_time(self) -> int | None:
        """Return the time of the first event; None if there is none."""
        if not self._parts and not self.ended:
            self.read()
        return int(self._parts[0].t[0]) if self._parts else None

    def extent(self) -> tuple[int, int, int] | None:
        """Read all; return the first and the last time and the number of events, if there are."""
        first = self.first_time()
        while self.read():
            self.drop_before(self.rows)
        return None if first is None or self.last is None else (first, self.last, self.rows)

    def is_past(self, time: int, side: Side) -> bool:
        """Return whether an event at `time` or later (`side` right: later) has been read."""
        if self.last is None:
            return False
        return self.last > time if side == "right" else self.last >= time

    def read_past(self, time: int, side: Side, *, keep: int, keep_rows: int = 0) -> None:
        """Read until no event to come lies before `time` (`side` right: at it).

        Batches that are over before the time `keep` are let go, but for the last `keep_rows` rows.
        """
        while not self.ended and not self.is_past(time, side):
            self.read()
            if len(self._parts) > 1:
                self.drop_before(self.row_of(keep) - keep_rows)

    def read_rows(self, count: int) -> None:
        """Read until so many rows have been read."""
        while not self.ended and self.rows < count:
            self.read()

    def row_of(self, time: int, side: Side = "left") -> int:
        """Return the number of the first row that is held at `time` or later (right: later)."""
        for part in self._parts:
            if part.t[-1] > time or (side == "left" and part.t[-1] == time):
                return part.first_row + _search(part.t, time, side)
        return self.rows

    def time_of(self, row: int) -> int:
        """Return the time of a row that is held."""
        part = next(part for part in self._parts if row < part.end_row)
        return int(part.t[row - part.first_row])

    def drop_before(self, row: int) -> None:
        """Let go of the batches whose rows are all before `row`."""
        while self._parts and self._parts[0].end_row <= row:
            self._parts.popleft()

    def between(self, begin: int, stop: int) -> dict[str, NDArray[Any]]:
        """Return the columns of the rows from `begin` on and before `stop`.

        Views of the batch, where one holds them all.
        """
        import numpy as np

        pieces = []
        for part in self._parts:
            first, last = max(begin, part.first_row), min(stop, part.end_row)
            if first < last:
                cut = slice(first - part.first_row, last - part.first_row)
                pieces.append({name: part.columns[name][cut] for name in self._names})
        if len(pieces) == 1:
            return pieces[0]
        types = {"x": np.int16, "y": np.int16, "t": np.int64, "polarity": np.int8}
        return {
            name: np.concatenate([piece[name] for piece in pieces])
            if pieces
            else np.empty(0, types[name])
            for name in self._names
        }


def _search(t: NDArray[np.int64], time: int, side: Side) -> int:
    """Return the place of any Python int among times."""
    if not I64_MIN <= time <= I64_MAX:
        return 0 if time < 0 else len(t)
    return int(t.searchsorted(time, side))
