# SPDX-License-Identifier: Apache-2.0
"""Recordings into other formats."""

from __future__ import annotations

import os
import stat
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evarrow.companions import CARRIED
from evarrow.conversion_pass import ConversionPass
from evarrow.errors import EvarrowWarning
from evarrow.losses import Losses
from evarrow.options import split_options
from evarrow.recording import Recording, open_recording
from evarrow.targets import check_new, open_sink, pour, resolution_of, target_format

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Unpack

    from evarrow.losses import OnLoss
    from evarrow.options import ConvertOptions
    from evarrow.selection import Selection
    from evarrow.sources import Source
    from evarrow.targets import EventSink, Target
    from evarrow.times import Region, Time

__all__ = ["Outcome", "carried", "check_apart", "convert", "convert_recording", "leave_out"]


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
    stream: str = "events",
    overwrite: bool = False,
    compression: str | None = None,
    compression_level: int | None = None,
    sort: bool = False,
    on_loss: OnLoss = None,
    progress: Callable[[float], object] | None = None,
    **options: Unpack[ConvertOptions],
) -> int:
    """Convert a recording, or a part of it, with what goes along and what its header says.

    Triggers, samples of an IMU and frames go along where the new format has a place for them.

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
        triggers, samples and frames are chosen by their times alone.
    stream : str
        "events", with what goes along, or another stream as a table of its own: in Parquet,
        Arrow, CSV, where times are whole microseconds, or NumPy's ``.npz``. Frames, which only
        Parquet and Arrow have a place for, have a column ``pixels`` of bytes, row by row from the
        top, in place of ``offset`` and ``size``.
    overwrite : bool
        Whether a file of that name is replaced.
    compression : str, optional
        How the content is compressed, "none" or what the format's page in the documentation lists;
        by default what is usual.
    compression_level : int, optional
        How strong the compression is, by the scale of the compressor.
    sort : bool
        Whether events are put in order of time; by default they keep the recording's order.
    on_loss : {"raise", "warn"}, optional
        What happens if the new format cannot hold something. By default an event that does not
        fit (an x of 3000 in EVT 2.0, a time before 0) raises, and a stream that the format has no
        place for (triggers in DAT) is left out with a warning, and so is a row or a value of
        another stream that does not fit. "raise" refuses all of that, "warn" leaves it out and
        warns with the numbers and the first row.
    progress : callable, optional
        Called now and then with the share done, 0 to 1.
    **options
        How `source` is read, see `ReadOptions`, and how `target` is written, see `WriteOptions`:
        ``compression="zstd"``.

    Returns
    -------
    int
        How many events were written, or rows of the stream.

    Raises
    ------
    OSError, FormatError, DamagedError
        As `open` and `scan`.
    FileExistsError
        If there is a file of that name and `overwrite` is not set.
    ValueError
        If the format cannot be written, or cannot hold something, whose first row is named; and
        if `target` is `source`.

    Examples
    --------
    >>> ev.convert(path, tmp_path / "as_evt2.raw", format="evt2") == len(ev.open(path))
    True
    >>> count = ev.convert(path, tmp_path / "part.raw", start="2ms", end="4ms")
    >>> count == ev.read(path, start="2ms", end="4ms").height
    True
    """
    reading, writing = split_options(options)
    if isinstance(source, Recording):
        if reading.keys() - {"threads"} or sort:
            message = "an open recording has its options already; pass them to evarrow.open"
            raise TypeError(message)
        recording = source
    else:
        recording = open_recording(source, sort=sort, **reading)
    chosen: Selection = {"start": start, "end": end, "region": region, "polarity": polarity}
    done = convert_recording(
        recording,
        target,
        chosen,
        format=format,
        resolution=resolution,
        overwrite=overwrite,
        on_loss=on_loss,
        progress=progress,
        compression=compression,
        compression_level=compression_level,
        options=writing,
        stream=stream,
    )
    for sentence in done.warnings:
        warnings.warn(sentence, EvarrowWarning, stacklevel=2)
    return done.events


@dataclass(frozen=True)
class Outcome:
    """What a conversion did.

    Attributes
    ----------
    events : int
        How many were written; of another stream, how many of its rows.
    faults : dict of str to (int, int or None)
        What was wrong with the recording: by kind, how often and the byte offset of the first.
    warnings : tuple of str
        What a user should hear of, in sentences.
    """

    events: int
    faults: dict[str, tuple[int, int | None]]
    warnings: tuple[str, ...]


def convert_recording(
    recording: Recording,
    target: Target,
    chosen: Selection,
    *,
    format: str | None,  # noqa: A002
    resolution: tuple[int, int] | None,
    overwrite: bool,
    on_loss: OnLoss,
    progress: Callable[[float], object] | None,
    stream: str = "events",
    **packing: Any,
) -> Outcome:
    """Convert an open recording, without warnings; see `convert`. `packing`: see `open_sink`."""
    check_apart(recording, target)
    name = target_format(target, format, recording)
    if stream != "events":
        check_new(target, overwrite=overwrite)
        return _export(
            recording, stream, target, chosen, packing,
            format=name, overwrite=overwrite, progress=progress,
        )  # fmt: skip
    size = resolution_of(recording, resolution)
    losses = Losses(on_loss, name)
    conversion = ConversionPass(recording, chosen, losses, progress)
    streams = carried(recording)
    sink = open_sink(target, name, size, recording, overwrite=overwrite, streams=streams, **packing)
    sink = losses.watch(sink)
    leave_out(recording, sink, losses)
    written = pour(conversion.batches(), sink, conversion.companions)
    report = conversion.report
    told = (*report.warnings, *conversion.companions.warnings, *losses.sentences(sink))
    return Outcome(written, report.faults, told)


def _export(
    recording: Recording,
    stream: str,
    target: Target,
    chosen: Selection,
    packing: dict[str, Any],
    **how: Any,
) -> Outcome:
    from evarrow.exporting import export

    named = sorted(set(packing.get("options") or {}) - {"threads"})
    if named:
        message = f"tables of streams are written without an option {named[0]!r}"
        raise ValueError(message)
    rows, reader, told = export(
        recording,
        stream,
        target,
        chosen,
        compression=packing.get("compression"),
        level=packing.get("compression_level"),
        **how,
    )
    return Outcome(rows, reader.report.faults, (*reader.report.warnings, *told))


def carried(recording: Recording) -> list[str]:
    """Return the streams of a recording that can go along with its events into some file."""
    # The pixels of frames lie where they are read from, which a pipe is past.
    lost = () if recording.core.seekable else ("frames",)
    return [one for one in recording.streams if one in CARRIED and one not in lost]


def leave_out(recording: Recording, sink: EventSink, losses: Losses) -> None:
    """Name the streams of a recording that do not go along with its events into a file."""
    along = carried(recording)
    for stream in recording.streams:
        if stream != "events" and not (stream in along and sink.takes(stream)):
            losses.leave_out(stream)


def check_apart(source: Recording, target: Target) -> None:
    """Refuse to write onto the recording that is read, by whatever name.

    Raises
    ------
    ValueError
        If both are one file.
    """
    read, written = _identity(source.name), _identity(target)
    if read is not None and read == written:
        message = f"{source.name!r} is what is read: write to another name"
        raise ValueError(message)


def _identity(file: Any) -> tuple[int, int] | None:
    """Return what tells a plain file from all others; None for what is no plain file."""
    try:
        found = os.stat(  # noqa: PTH116 - of descriptors too
            file if isinstance(file, (str, os.PathLike)) else file.fileno()
        )
    except (AttributeError, OSError):
        return None
    return (found.st_dev, found.st_ino) if stat.S_ISREG(found.st_mode) else None
