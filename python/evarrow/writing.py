# SPDX-License-Identifier: Apache-2.0
"""Events into files: write and convert."""

from __future__ import annotations

import io
import os
import pathlib
import warnings
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from evarrow import _core
from evarrow.errors import EvarrowWarning
from evarrow.events import batches_of, from_arrays, trigger_batch
from evarrow.options import check_resolution
from evarrow.recording import Recording, open_recording
from evarrow.selection import warn_of
from evarrow.sources import is_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Unpack

    from evarrow._core import Batch, EventBatch
    from evarrow.events import Events
    from evarrow.options import DecodeOptions
    from evarrow.sources import Source

__all__ = ["Target", "convert", "target_format", "write"]

Target: TypeAlias = "str | os.PathLike[str] | BinaryIO"
"""Where a recording is written: a path, or a file open in binary mode."""

# What a name ending that several formats share stands for.
_PREFERRED = {".raw": "evt3"}


def write(
    events: Events,
    path: Target,
    *,
    format: str | None = None,  # noqa: A002
    resolution: tuple[int, int] | None = None,
    triggers: Any = None,
    overwrite: bool = False,
) -> int:
    """Write events into a file, which appears under its name once it is complete.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        With ``x``, ``y``, ``t`` and ``polarity``. Read batch by batch.
    path : str, os.PathLike or binary file
        What to write. To an open file, everything is written as it comes.
    format : str, optional
        Name of the format; by default what the ending of the name says, "evt3" for ".raw".
    resolution : (int, int), optional
        Width and height of the sensor, pixels. Needed where `events` does not know it.
    triggers : Polars frame or other columns, optional
        With ``t``, ``id`` and ``polarity``. By default those of a recording.
    overwrite : bool
        Whether a file of that name is replaced.

    Returns
    -------
    int
        How many events were written.

    Raises
    ------
    FileExistsError
        If there is a file of that name and `overwrite` is not set.
    ValueError
        If the format cannot be written, or cannot hold an event; and without a resolution.

    Examples
    --------
    >>> events = ev.from_arrays(x=[1, 2], y=[3, 4], t=[10, 20], polarity=[1, 0])
    >>> ev.write(events, tmp_path / "two.raw", resolution=(64, 48))
    2
    >>> ev.read(tmp_path / "two.raw")["x"].to_list()
    [1, 2]
    """
    if triggers is None and (isinstance(events, Recording) or is_source(events)):
        return convert(events, path, format=format, resolution=resolution, overwrite=overwrite)
    if is_source(events):
        events = open_recording(events, sort=False)
    like = events if isinstance(events, Recording) else None
    size = _resolution(events, resolution)
    if size is None and like is None:
        message = "the sensor's size is not known from the events: pass resolution=(width, height)"
        raise ValueError(message)
    name = target_format(path, format, like)
    edges = _Triggers() if triggers is None else _Triggers.of(triggers)
    sink = _open_sink(path, name, size, like, overwrite=overwrite)
    return _pour(batches_of(events), sink, edges)


def convert(
    source: Source | Recording,
    target: Target,
    *,
    format: str | None = None,  # noqa: A002
    resolution: tuple[int, int] | None = None,
    overwrite: bool = False,
    sort: bool = False,
    progress: Callable[[float], object] | None = None,
    **options: Unpack[DecodeOptions],
) -> int:
    """Convert a recording, with its triggers and what its header says, into another format.

    Parameters
    ----------
    source : str, os.PathLike, bytes-like, binary file or Recording
        What to convert. To force the format that is read, pass a `Recording`.
    target : str, os.PathLike or binary file
        What to write.
    format : str, optional
        Name of the new format; by default what the ending of the name says.
    resolution : (int, int), optional
        Width and height of the sensor, pixels, in place of what the header says.
    overwrite : bool
        Whether a file of that name is replaced.
    sort : bool
        Whether events are put in order of time; by default they keep the recording's order.
    progress : callable, optional
        Called now and then with the share done, 0 to 1.
    **options
        How `source` is read, see `ReadOptions`.

    Returns
    -------
    int
        How many events were written.

    Raises
    ------
    OSError, FormatError, DamagedError
        As `open` and `scan`.
    FileExistsError, ValueError
        As `write`.

    Examples
    --------
    >>> ev.convert(path, tmp_path / "as_evt2.raw", format="evt2") == len(ev.open(path))
    True
    """
    if isinstance(source, Recording):
        if options or sort:
            message = "an open recording has its options already; pass them to evarrow.open"
            raise TypeError(message)
        recording = source
    else:
        recording = open_recording(source, sort=sort, **options)
    size = _resolution(recording, resolution)
    name = target_format(target, format, recording)
    also = [stream for stream in recording.streams if stream != "events"]
    total = 0
    if progress is not None and recording.core.seekable:
        total = recording.core.count()
    reader = recording.core_scan("events", {}, also=also).open()
    sink = _open_sink(target, name, size, recording, overwrite=overwrite)
    edges = _Triggers()
    lost = dict.fromkeys((stream for stream in also if stream != "triggers"), 0)

    def batches() -> Iterator[EventBatch]:
        done = 0
        while True:
            batch = reader.next()
            for stream in also:
                rows = reader.take(stream)
                if stream == "triggers":
                    edges.add(rows)
                else:
                    lost[stream] += len(rows)
            if batch is None:
                return
            yield batch  # type: ignore[misc]
            done += len(batch)
            if progress is not None and total:
                progress(min(done / total, 1.0))

    written = _pour(batches(), sink, edges)
    warn_of(reader.report)
    for stream, count in lost.items():
        if count:
            message = f"{count} rows of the stream {stream!r} are not in the new file"
            warnings.warn(message, EvarrowWarning, stacklevel=2)
    return written


def target_format(target: Target, name: str | None, like: Recording | None = None) -> str:
    """Return the name of the format to write.

    Raises
    ------
    ValueError
        If there is no such format, it cannot be written, or the target's name does not say.
    """
    formats = _core.formats()
    writable = [row["name"] for row in formats if row["writable"]]
    if name is not None:
        if name not in writable:
            message = f"format {name!r} cannot be written; these can: {', '.join(writable)}"
            raise ValueError(message)
        return name
    path = target if isinstance(target, (str, os.PathLike)) else getattr(target, "name", "")
    suffix = pathlib.PurePath("" if isinstance(path, int) else os.fsdecode(path)).suffix.lower()
    fitting = [row["name"] for row in formats if row["writable"] and suffix in row["extensions"]]
    if like is not None and like.format in fitting:
        return like.format
    if _PREFERRED.get(suffix) in fitting:
        return _PREFERRED[suffix]
    if fitting:
        return str(fitting[0])
    message = (
        f"the name {path!s} does not say which format is meant; pass format= "
        f"one of {', '.join(writable)}"
    )
    raise ValueError(message)


def _resolution(events: Any, resolution: Any) -> tuple[int, int] | None:
    if resolution is not None:
        return check_resolution(resolution)
    known = getattr(events, "resolution", None)
    return known if isinstance(known, tuple) else None


def _open_sink(
    target: Target,
    name: str,
    resolution: tuple[int, int] | None,
    like: Recording | None,
    *,
    overwrite: bool,
) -> _core.Sink:
    core = None if like is None else like.core
    if isinstance(target, (str, os.PathLike)):
        path = os.fsdecode(target)
        if not overwrite and os.path.lexists(path):
            message = "there is a file of this name; pass overwrite=True to replace it"
            raise FileExistsError(17, message, path)
        return _core.Sink(path, format=name, resolution=resolution, like=core, overwrite=overwrite)
    try:
        target.flush()
        descriptor = target.fileno()
    except (AttributeError, io.UnsupportedOperation):
        message = f"a recording is written to a path or an open file, not {type(target).__name__}"
        raise TypeError(message) from None
    return _core.Sink(descriptor, format=name, resolution=resolution, like=core)


class _Triggers:
    """Triggers that wait for the events of their time."""

    def __init__(self) -> None:
        self._waiting: list[Batch] = []

    @classmethod
    def of(cls, columns: Any) -> _Triggers:
        """Take all triggers out of a frame, an Arrow stream or a mapping."""
        import numpy as np

        if not isinstance(columns, (_core.Batch, dict)):
            import polars as pl

            frame = (
                columns.collect() if isinstance(columns, pl.LazyFrame) else pl.DataFrame(columns)
            )
            columns = {name: frame[name].to_numpy() for name in ("t", "id", "polarity")}
        if not isinstance(columns, _core.Batch):
            order = np.argsort(np.asarray(columns["t"]), kind="stable")
            t, channel, polarity = (
                np.asarray(columns[name])[order] for name in ("t", "id", "polarity")
            )
            columns = trigger_batch(t, channel, polarity)
        triggers = cls()
        triggers.add(columns)
        return triggers

    def add(self, rows: Batch) -> None:
        """Let more triggers wait."""
        if len(rows):
            self._waiting.append(rows)

    def until(self, time: int | None) -> Batch | None:
        """Return the triggers up to and with `time`, all of them for None."""
        import numpy as np

        if not self._waiting:
            return None
        t, channel, polarity = (
            np.concatenate([rows.column(name) for rows in self._waiting])
            for name in ("t", "id", "polarity")
        )
        now = len(t) if time is None else int(np.searchsorted(t, time, side="right"))
        self._waiting = []
        if now < len(t):
            self.add(trigger_batch(t[now:], channel[now:], polarity[now:]))
        return trigger_batch(t[:now], channel[:now], polarity[:now])


def _pour(batches: Iterator[EventBatch], sink: _core.Sink, triggers: _Triggers) -> int:
    try:
        for batch in batches:
            if len(batch):
                sink.write(batch, triggers.until(int(batch.t[-1])))
        rest = triggers.until(None)
        if rest is not None:
            sink.write(from_arrays(x=[], y=[], t=[], polarity=[]), rest)
        sink.finish()
    except BaseException:
        sink.abandon()
        raise
    return sink.events
