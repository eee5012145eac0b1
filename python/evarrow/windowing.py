# SPDX-License-Identifier: Apache-2.0
"""Events in windows of equal length."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from evarrow.events import batches_of
from evarrow.recording import Recording, open_recording
from evarrow.sources import is_source
from evarrow.times import to_microseconds, to_period

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Unpack

    import numpy as np
    from numpy.typing import NDArray

    from evarrow._core import EventBatch
    from evarrow.events import Events
    from evarrow.selection import RowSelection
    from evarrow.times import Time

__all__ = ["Window", "windows"]

_COLUMNS = ("x", "y", "t", "polarity")


class Window:
    """The events of one window of time.

    Attributes
    ----------
    start, end : int
        The window, microseconds: start <= t < end.
    x, y : ndarray of int16, shape (n,)
        Pixels.
    t : ndarray of int64, shape (n,)
        Times, microseconds.
    polarity : ndarray of int8, shape (n,)
        Polarities.
    """

    __slots__ = ("end", "polarity", "start", "t", "x", "y")

    start: int
    end: int
    x: NDArray[np.int16]
    y: NDArray[np.int16]
    t: NDArray[np.int64]
    polarity: NDArray[np.int8]

    def __init__(self, start: int, end: int, columns: dict[str, NDArray[Any]]) -> None:
        self.start = start
        self.end = end
        for name, values in columns.items():
            setattr(self, name, values)

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self.t)

    def __bool__(self) -> bool:
        """Return True: an empty window is a window too."""
        return True

    def __repr__(self) -> str:
        """Return the bounds and the number of events."""
        return f"<evarrow.Window [{self.start}, {self.end}) us, {len(self)} events>"


def windows(
    events: Events,
    every: Time,
    *,
    stride: Time | None = None,
    start: Time | None = None,
    end: Time | None = None,
    partial: bool = True,
    **selection: Unpack[RowSelection],
) -> Iterator[Window]:
    """Return events in windows of equal length, in bounded memory.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        In order of time.
    every : int, str or timedelta
        Length of a window: int microseconds, "50ms" or a timedelta.
    stride : int, str or timedelta, optional
        From the start of a window to that of the next; less than `every` makes windows overlap.
        By default `every`.
    start, end : int, str or timedelta, optional
        Where the first window starts, by default at the first event; and the time before which
        all windows end, by default behind the last event.
    partial : bool
        Whether windows come that are not over when the events, or the time up to `end`, are.
    **selection
        Further rows and columns to select, where `events` is a recording. See `Selection`; `t`
        is always there.

    Returns
    -------
    iterator of Window
        Windows without events come too.

    Raises
    ------
    ValueError
        If times decrease.

    Examples
    --------
    >>> events = ev.from_arrays(x=[1, 2, 3], y=[0, 0, 0], t=[10, 12, 31], polarity=[1, 1, 1])
    >>> [(w.start, w.x.tolist()) for w in ev.windows(events, 10)]
    [(10, [1, 2]), (20, []), (30, [3])]
    """
    length = to_period(every, "every")
    step = length if stride is None else to_period(stride, "stride")
    first = None if start is None else to_microseconds(start, "start")
    last = None if end is None else to_microseconds(end, "end")
    names = _names(selection)
    if isinstance(events, Recording) or is_source(events):
        recording = events if isinstance(events, Recording) else open_recording(events)
        # Bounds reach the decoder only as far as the user set them.
        selection["columns"] = names
        batches = recording.batches(start=first, end=last, **selection)
    else:
        if selection:
            message = f"{next(iter(selection))} can be selected of a recording only"
            raise TypeError(message)
        batches = batches_of(events)
    return _cut(_Pending(batches, names, first), length, step, first, last, partial=partial)


def _names(selection: RowSelection) -> list[str]:
    columns = selection.get("columns")
    if columns is None:
        return list(_COLUMNS)
    names = [columns] if isinstance(columns, str) else list(columns)
    return names if "t" in names else [*names, "t"]


class _Pending:
    """Events that have been read and may belong to windows to come."""

    def __init__(self, batches: Iterator[EventBatch], names: list[str], start: int | None) -> None:
        self._batches = batches
        self._names = names
        self._parts: deque[dict[str, NDArray[Any]]] = deque()
        self._greatest = start
        self._any = False
        self.ended = False

    def read(self) -> bool:
        """Read one more batch; False at the end."""
        for batch in self._batches:
            if len(batch) == 0:
                continue
            part = {name: batch.column(name) for name in self._names}
            self._check_order(part["t"])
            self._parts.append(part)
            return True
        self.ended = True
        return False

    def _check_order(self, t: NDArray[np.int64]) -> None:
        before = self._greatest if self._any else None
        if (before is not None and t[0] < before) or (t[1:] < t[:-1]).any():
            message = "windows need events in order of time; sort them by t first"
            raise ValueError(message)
        self._greatest = int(t[-1])
        self._any = True

    @property
    def first(self) -> int | None:
        """Time of the first event at hand."""
        return int(self._parts[0]["t"][0]) if self._parts else None

    @property
    def last(self) -> int | None:
        """Time of the last event read so far."""
        return self._greatest if self._any else None

    def drop_before(self, time: int) -> None:
        """Let go of the batches that are over before `time`."""
        while self._parts and self._parts[0]["t"][-1] < time:
            self._parts.popleft()

    def between(self, start: int, end: int) -> dict[str, NDArray[Any]]:
        """Return the columns of the events from `start` on and before `end`."""
        import numpy as np

        pieces = []
        for part in self._parts:
            begin, stop = np.searchsorted(part["t"], (start, end))
            if begin < stop:
                pieces.append({name: part[name][begin:stop] for name in self._names})
        if len(pieces) == 1:
            return pieces[0]
        types = {"x": np.int16, "y": np.int16, "t": np.int64, "polarity": np.int8}
        return {
            name: np.concatenate([piece[name] for piece in pieces])
            if pieces
            else np.empty(0, types[name])
            for name in self._names
        }


def _cut(
    pending: _Pending,
    length: int,
    step: int,
    start: int | None,
    end: int | None,
    *,
    partial: bool,
) -> Iterator[Window]:
    if start is None:
        pending.read()
        start = pending.first
        if start is None:
            return
    while end is None or start < end:
        stop = start + length
        limit = stop if end is None else min(stop, end)
        while not pending.ended and (pending.last is None or pending.last < limit):
            pending.read()
            pending.drop_before(start)
        beyond = pending.last is not None and pending.last >= stop
        if end is None and pending.ended and (pending.last is None or pending.last < start):
            return
        over = beyond if end is None else stop <= end
        if not over and not partial:
            return
        yield Window(start, stop, pending.between(start, limit))
        start += step
        pending.drop_before(start)
