# SPDX-License-Identifier: Apache-2.0
"""Recordings divided into pieces of work that can be done anywhere."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evarrow.options import check_options
from evarrow.recording import Recording, open_recording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Unpack

    import polars as pl

    from evarrow.options import ReadOptions
    from evarrow.selection import RowSelection, Scan

__all__ = ["WorkUnit", "plan"]


@dataclass(frozen=True)
class WorkUnit:
    """The events of a recording in a span of time. Can be pickled.

    Attributes
    ----------
    path : str
        The recording.
    start, end : int
        The span, microseconds: start <= t < end.
    events : int
        How many events are in it.
    options : dict
        How the recording is opened, see `ReadOptions`.
    """

    path: str
    start: int
    end: int
    events: int
    options: dict[str, Any] = field(default_factory=dict)

    def open(self) -> Recording:
        """Open the recording."""
        return open_recording(self.path, **self.options)

    def select(self, **selection: Unpack[RowSelection]) -> Scan:
        """Return the events of the span as an Arrow stream."""
        return self.open().select(start=self.start, end=self.end, **selection)

    def read(self, **selection: Unpack[RowSelection]) -> pl.DataFrame:
        """Read the events of the span into a Polars DataFrame."""
        return self.open().read(start=self.start, end=self.end, **selection)


def plan(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    max_events: int,
    **options: Unpack[ReadOptions],
) -> list[WorkUnit]:
    """Divide recordings into spans of time with at most so many events each.

    Each recording is counted once. Events of one microsecond stay together, even if they are
    more than `max_events`.

    Parameters
    ----------
    paths : str, os.PathLike or iterable of them
        The recordings.
    max_events : int
        The most events of a unit.
    **options
        How the recordings are opened, see `ReadOptions`.

    Returns
    -------
    list of WorkUnit
        In order of the paths and of time; together they hold every event once.

    Examples
    --------
    >>> units = ev.plan([path], max_events=10_000)
    >>> sum(unit.events for unit in units) == len(ev.open(path))
    True
    """
    if max_events < 1:
        message = f"max_events must be at least 1, not {max_events!r}"
        raise ValueError(message)
    each = [paths] if isinstance(paths, (str, os.PathLike)) else paths
    checked = check_options(options)
    units: list[WorkUnit] = []
    for path in each:
        name = os.path.abspath(os.fsdecode(path))  # noqa: PTH100
        with open_recording(name, **options) as recording:
            units += [WorkUnit(name, *span, checked) for span in _spans(recording, max_events)]
    return units


def _spans(recording: Recording, max_events: int) -> Iterator[tuple[int, int, int]]:
    bounds = recording.time_range
    if bounds is None:
        return
    start, end = bounds[0], bounds[1] + 1
    left = recording.select(start=start, end=end).count()
    while start < end:
        stop, count = end, left
        if left > max_events:
            stop, count = _stop(recording, start, end, max_events)
        yield start, stop, count
        start, left = stop, left - count


def _stop(recording: Recording, start: int, end: int, most: int) -> tuple[int, int]:
    """Return the latest time such that at most `most` events lie before it, and their number."""
    low, high, count = start, end, 0
    while high - low > 1:
        middle = (low + high) // 2
        events = recording.select(start=start, end=middle).count()
        if events <= most:
            low, count = middle, events
        else:
            high = middle
    if count == 0:
        low = start + 1
        count = recording.select(start=start, end=low).count()
    return low, count
