# SPDX-License-Identifier: Apache-2.0
"""Recordings into other formats."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from evarrow.errors import EvarrowWarning
from evarrow.events import from_arrays
from evarrow.recording import Recording, open_recording
from evarrow.selection import to_scan_arguments, warn_of
from evarrow.targets import (
    TriggerQueue,
    open_sink,
    pour,
    resolution_of,
    target_format,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Unpack

    from evarrow import _core
    from evarrow._core import EventBatch
    from evarrow.options import DecodeOptions
    from evarrow.selection import Selection
    from evarrow.sources import Source
    from evarrow.targets import Target
    from evarrow.times import Region, Time

__all__ = ["convert"]


def convert(
    source: Source | Recording,
    target: Target,
    *,
    format: str | None = None,  # noqa: A002
    resolution: tuple[int, int] | None = None,
    start: Time | None = None,
    end: Time | None = None,
    region: Region | None = None,
    polarity: int | None = None,
    overwrite: bool = False,
    compression: str | None = None,
    compression_level: int | None = None,
    sort: bool = False,
    progress: Callable[[float], object] | None = None,
    **options: Unpack[DecodeOptions],
) -> int:
    """Convert a recording, or a part of it, with its triggers and what its header says.

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
    start, end, region, polarity
        Which events are kept, see `Selection`; by default all. Pixels keep their coordinates, and
        triggers are chosen by their times alone.
    overwrite : bool
        Whether a file of that name is replaced.
    compression : str, optional
        How the content is compressed, "none" or what the format's page in the documentation lists;
        by default what is usual.
    compression_level : int, optional
        How strong the compression is, by the scale of the compressor.
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
    >>> count = ev.convert(path, tmp_path / "part.raw", start="2ms", end="4ms")
    >>> count == ev.read(path, start="2ms", end="4ms").height
    True
    """
    if isinstance(source, Recording):
        if options or sort:
            message = "an open recording has its options already; pass them to evarrow.open"
            raise TypeError(message)
        recording = source
    else:
        recording = open_recording(source, sort=sort, **options)
    chosen: Selection = {"start": start, "end": end, "region": region, "polarity": polarity}
    size = resolution_of(recording, resolution)
    name = target_format(target, format, recording)
    conversion = _Conversion(recording, chosen, progress)
    sink = open_sink(
        target,
        name,
        size,
        recording,
        overwrite=overwrite,
        compression=compression,
        compression_level=compression_level,
    )
    if not sink.takes_triggers:
        conversion.leave_out("triggers")
    written = pour(conversion.batches(), sink, conversion.triggers)
    conversion.warn_of_losses()
    return written


class _Conversion:
    """One pass over a recording: its events, and the triggers between them."""

    def __init__(
        self,
        recording: Recording,
        chosen: Selection,
        progress: Callable[[float], object] | None,
    ) -> None:
        binary = recording.options.get("polarity_type") == "binary"
        bounds = to_scan_arguments(chosen, binary=binary)
        self._polarity: int | None = bounds.get("polarity")
        self._also = [stream for stream in recording.streams if stream != "events"]
        self._lost: dict[str, int] = {}
        for stream in self._also:
            if stream != "triggers":
                self.leave_out(stream)
        self._progress = progress
        self._span = None
        if progress is not None and recording.core.seekable:
            self._span = _span(recording.time_range, bounds)
        # A pass over events of one polarity would leave out the triggers of the other one.
        rows: Selection = {**chosen, "polarity": None}
        self._reader = recording.core_scan("events", rows, also=self._also).open()
        self.triggers = TriggerQueue()

    def batches(self) -> Iterator[EventBatch]:
        """Yield the events that are wanted; each batch lets its triggers wait."""
        while True:
            batch: Any = self._reader.next()
            for stream in self._also:
                self._take(stream, self._reader.take(stream))
            if batch is None:
                return
            yield batch if self._polarity is None else _of_polarity(batch, self._polarity)
            self._tell(batch)

    def leave_out(self, stream: str) -> None:
        """Count the rows of a stream, which the target does not hold."""
        self._lost[stream] = 0

    def _take(self, stream: str, rows: _core.Batch) -> None:
        if stream in self._lost:
            self._lost[stream] += len(rows)
        else:
            self.triggers.add(rows)

    def _tell(self, batch: EventBatch) -> None:
        if self._progress is not None and self._span is not None and len(batch):
            first, last = self._span
            done = (int(batch.t[-1]) - first) / max(last - first, 1)
            self._progress(min(max(done, 0.0), 1.0))

    def warn_of_losses(self) -> None:
        """Warn of what the pass stepped over and of what the target does not hold."""
        warn_of(self._reader.report, stacklevel=4)
        for stream, count in self._lost.items():
            if count:
                message = f"{count} rows of the stream {stream!r} are not in the new file"
                warnings.warn(message, EvarrowWarning, stacklevel=3)


def _span(times: tuple[int, int] | None, bounds: dict[str, Any]) -> tuple[int, int] | None:
    """Return the times between which events are looked for."""
    if times is None:
        return None
    return max(times[0], bounds.get("t_begin", times[0])), min(
        times[1], bounds.get("t_end", times[1])
    )


def _of_polarity(batch: EventBatch, polarity: int) -> EventBatch:
    keep = batch.polarity == polarity
    return from_arrays(
        x=batch.x[keep], y=batch.y[keep], t=batch.t[keep], polarity=batch.polarity[keep]
    )
