# SPDX-License-Identifier: Apache-2.0
"""Rows of other streams that go along with events: triggers, samples of an IMU, frames."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING, Any

from evarrow import _core
from evarrow.events import is_lazy_frame, stream_batch
from evarrow.given_frames import GivenFrames
from evarrow.images import Pictures
from evarrow.recording import Recording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from evarrow._core import Batch
    from evarrow.images import Frame

__all__ = ["CARRIED", "Companions"]

CARRIED = ("triggers", "imu", "frames")
"""The streams that some format which is written has a place for, beside the events."""


class _RowQueue:
    """Rows of a stream, in order of time, that wait for the events of their time."""

    def __init__(self, stream: str, more: Iterable[Batch] = ()) -> None:
        self._stream = stream
        self._more = iter(more)
        self._waiting: list[Batch] = []

    def add(self, rows: Batch) -> None:
        """Let more rows wait."""
        if len(rows):
            self._waiting.append(rows)

    def until(self, time: int | None) -> Batch | None:
        """Return the rows up to and with `time`, all of them for None; None if there are none."""
        import numpy as np

        while not self._waiting or time is None or int(self._waiting[-1].t[-1]) <= time:
            rows = next(self._more, None)
            if rows is None:
                break
            self.add(rows)
        if not self._waiting:
            return None
        columns = {
            name: np.concatenate([rows.column(name) for rows in self._waiting])
            for name in self._waiting[0].columns
        }
        t = columns["t"]
        now = len(t) if time is None else int(np.searchsorted(t, time, side="right"))
        self._waiting = []
        if now < len(t):
            self.add(self._rows({name: values[now:] for name, values in columns.items()}))
        return self._rows({name: values[:now] for name, values in columns.items()})

    def add_all(self, queues: Sequence[_RowQueue], time: int | None, offset: int) -> None:
        """Take the rows up to `time` of other queues, in order of time, `offset` later."""
        import numpy as np

        taken = [rows for queue in queues if (rows := queue.until(time)) is not None]
        if not taken:
            return
        names = taken[0].columns
        columns = {name: np.concatenate([one.column(name) for one in taken]) for name in names}
        order = np.argsort(columns["t"], kind="stable")
        columns = {name: values[order] for name, values in columns.items()}
        columns["t"] = columns["t"] + offset
        self.add(self._rows(columns))

    def _rows(self, columns: dict[str, Any]) -> Batch:
        return _core.Batch.from_columns(self._stream, columns)


class _FrameQueue:
    """Frames that wait for the events of their time; their pixels are read when they go."""

    def __init__(self) -> None:
        self._waiting: list[tuple[dict[str, int], Pictures]] = []

    def add(self, rows: Batch, pictures: Pictures) -> None:
        """Let more frames wait, which are rows of a stream."""
        columns = {name: rows.column(name).tolist() for name in rows.columns}
        self._waiting += [
            (dict(zip(columns, row, strict=True)), pictures)
            for row in zip(*columns.values(), strict=True)
        ]

    def until(self, time: int | None) -> Iterator[Frame]:
        """Give the frames up to and with `time`, all of them for None."""
        for row, pictures in self._take(time):
            frame = pictures.read(row)
            if frame is not None:
                yield frame

    def add_all(self, queues: Sequence[_FrameQueue], time: int | None, offset: int) -> None:
        """Take the frames up to `time` of other queues, in order of time, `offset` later."""
        taken = [one for queue in queues for one in queue._take(time)]
        taken.sort(key=lambda one: one[0]["t"])
        for row, _ in taken:
            for name in ("t", "exposure_begin", "exposure_end"):
                row[name] += offset
        self._waiting += taken

    def _take(self, time: int | None) -> list[tuple[dict[str, int], Pictures]]:
        now = [time is None or row["t"] <= time for row, _ in self._waiting]
        taken = list(itertools.compress(self._waiting, now))
        self._waiting = [one for one, goes in zip(self._waiting, now, strict=True) if not goes]
        return taken


class Companions:
    """What goes along with events into a file, stream by stream.

    Parameters
    ----------
    recording : Recording, optional
        Whose rows `add` gets.
    given : mapping of str to object, optional
        Rows of streams that somebody has: a table with the columns of the stream, or a recording,
        which stands for its stream; for frames a recording, a table with their pixels or an
        iterable of `Frame`.

    Raises
    ------
    TypeError, ValueError
        If that is no such thing, or a column is missing or holds what it cannot.
    """

    def __init__(
        self, recording: Recording | None = None, given: Mapping[str, Any] | None = None
    ) -> None:
        self._pictures = None if recording is None else Pictures(recording)
        self._queues: dict[str, Any] = {
            "triggers": _RowQueue("triggers"),
            "imu": _RowQueue("imu"),
            "frames": _FrameQueue(),
        }
        for stream, value in (given or {}).items():
            if stream == "frames":
                self._queues[stream] = GivenFrames(value)
            else:
                self._queues[stream] = _RowQueue(stream, _batches_of(stream, value))

    def add(self, stream: str, rows: Batch) -> None:
        """Let rows of the recording wait."""
        if stream == "frames":
            assert self._pictures is not None
            self._queues[stream].add(rows, self._pictures)
        else:
            self._queues[stream].add(rows)

    def add_all(self, others: Sequence[Companions], time: int | None, offset: int = 0) -> None:
        """Take what waits up to `time` with others, in order of time, `offset` later."""
        for stream, queue in self._queues.items():
            queue.add_all([one._queues[stream] for one in others], time, offset)

    def triggers(self, time: int | None) -> Batch | None:
        """Return the triggers up to and with `time`, all of them for None."""
        rows: Batch | None = self._queues["triggers"].until(time)
        return rows

    def write(self, sink: Any, time: int | None) -> None:
        """Write the samples and frames up to and with `time`, all of them for None."""
        samples = self._queues["imu"].until(time)
        if samples is not None and len(samples):
            sink.write_samples(samples)
        for frame in self._queues["frames"].until(time):
            sink.write_frame(frame.t, frame.exposure, frame.position, frame.image)

    def times(self, stream: str) -> Iterator[Any]:
        """Take all rows of a stream that waits, and give their times."""
        if stream == "frames":
            yield from ([frame.t] for frame in self._queues[stream].until(None))
        elif (rows := self._queues[stream].until(None)) is not None:
            yield rows.t

    @property
    def warnings(self) -> list[str]:
        """What was left out of what was read, in sentences."""
        return [] if self._pictures is None else self._pictures.warnings


def _batches_of(stream: str, value: Any) -> Iterable[Batch]:
    if isinstance(value, Recording):
        return value.batches(stream=stream)
    if isinstance(value, _core.Batch):
        return [value]
    if isinstance(value, str | os.PathLike | bytes | int | float):
        message = (
            f"the stream {stream!r} comes from a Recording, a frame or a mapping of columns, not "
            f"from a {type(value).__name__}; a file is opened first, with evarrow.open"
        )
        raise TypeError(message)
    if not isinstance(value, dict):
        import polars as pl

        frame = value.collect() if is_lazy_frame(value) else pl.DataFrame(value)
        value = {name: frame[name].to_numpy() for name in frame.columns}
    return [stream_batch(stream, value)]
