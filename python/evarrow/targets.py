# SPDX-License-Identifier: Apache-2.0
"""What events are written to: targets, their formats, and what goes along."""

from __future__ import annotations

import importlib
import io
import os
import pathlib
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TypeAlias

from evarrow import _core
from evarrow.events import from_arrays
from evarrow.options import check_resolution, to_sink
from evarrow.outputs import About, Output

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evarrow._core import Batch, EventBatch
    from evarrow.companions import Companions
    from evarrow.recording import Recording

__all__ = [
    "EventSink",
    "Target",
    "check_new",
    "is_writable",
    "open_sink",
    "pour",
    "resolution_of",
    "target_format",
]

Target: TypeAlias = "str | os.PathLike[str] | BinaryIO"
"""Where a recording is written: a path, or a file open in binary mode."""

# What a name ending that several formats share stands for.
_PREFERRED = {".raw": "evt3", ".h5": "dsec", ".hdf5": "prophesee-hdf5"}

# Formats that the package writes, not the extension module: where their sinks are.
_PACKAGE_SINKS = {
    "arrow": ("evarrow.sinks.arrow", "ArrowSink"),
    "dsec": ("evarrow.hdf5.writing", "DsecSink"),
    "npy": ("evarrow.sinks.npz", "NpySink"),
    "npz": ("evarrow.sinks.npz", "NpzSink"),
    "parquet": ("evarrow.sinks.parquet", "ParquetSink"),
    "prophesee-hdf5": ("evarrow.hdf5.writing", "PropheseeSink"),
}

# Those that the extension module encodes.
_THREADED = {"dsec", "prophesee-hdf5"}

# Formats of the extension module that have an option of this name.
_COMPRESSED = {"aedat4", "mcap"}


class EventSink(Protocol):
    """A file that is being written: `_core.Sink`, or a `PackageSink`."""

    @property
    def events(self) -> int:
        """How many were written."""

    @property
    def bytes(self) -> int:
        """How large the file is."""

    def takes(self, stream: str) -> bool:
        """Return whether the format has a place for rows of a stream beside the events."""

    def write(self, events: EventBatch, triggers: Batch | None = None) -> None:
        """Append rows."""

    def finish(self) -> None:
        """Complete the file and give it its name."""

    def abandon(self) -> None:
        """Leave nothing of it."""


def is_writable(row: Mapping[str, Any]) -> bool:
    """Return whether the format of a row of `_core.formats()` can be written."""
    return bool(row["writable"]) or row["name"] in _PACKAGE_SINKS


def target_format(target: Target, name: str | None, like: Recording | None = None) -> str:
    """Return the name of the format to write.

    Raises
    ------
    ValueError
        If there is no such format, it cannot be written, or the target's name does not say.
    """
    formats = [row for row in _core.formats() if is_writable(row)]
    writable = [row["name"] for row in formats]
    if name is not None:
        if name not in writable:
            message = f"format {name!r} cannot be written; these can: {', '.join(writable)}"
            raise ValueError(message)
        return name
    path, suffix = _name_of(target)
    fitting = [row["name"] for row in formats if suffix in row["extensions"]]
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


def _name_of(target: Target) -> tuple[Any, str]:
    """Return the name of a target, if it has one, and its ending in lower case."""
    path = target if isinstance(target, (str, os.PathLike)) else getattr(target, "name", "")
    name = "" if isinstance(path, int) else os.fsdecode(path)
    return path, pathlib.PurePath(name).suffix.lower()


def _usual_options(target: Target, name: str) -> dict[str, Any]:
    """Return the options that the name of a target stands for."""
    suffix = _name_of(target)[1]
    if name == "csv" and suffix == ".txt":
        return {"unit": "s", "separator": " ", "header": "comment"}
    return {"separator": "tab"} if name == "csv" and suffix == ".tsv" else {}


def resolution_of(events: Any, resolution: Any) -> tuple[int, int] | None:
    """Return the resolution asked for, else the one that `events` know, if any."""
    if resolution is not None:
        return check_resolution(resolution)
    known = getattr(events, "resolution", None)
    return known if isinstance(known, tuple) else None


def check_new(target: Target, *, overwrite: bool) -> str | None:
    """Return the path of a target, if it has one, at which there is nothing to be kept.

    Raises
    ------
    FileExistsError
        If there is a file of that name and `overwrite` is not set.
    """
    path = os.fsdecode(target) if isinstance(target, (str, os.PathLike)) else None
    if path is not None and not overwrite and os.path.lexists(path):
        message = "there is a file of this name; pass overwrite=True to replace it"
        raise FileExistsError(17, message, path)
    return path


def open_sink(
    target: Target,
    name: str,
    resolution: tuple[int, int] | None,
    like: Recording | None,
    *,
    overwrite: bool,
    compression: str | None = None,
    compression_level: int | None = None,
    options: Mapping[str, Any] | None = None,
    streams: Sequence[str] = (),
) -> EventSink:
    """Return a sink for events of a sensor, with the header of the recording `like`.

    `options` are those of `WriteOptions`; text has others by default than CSV. `streams` are
    those of which rows may come besides events and triggers.

    Raises
    ------
    FileExistsError
        If there is a file of that name and `overwrite` is not set.
    TypeError
        If `target` is nothing to write to.
    ValueError
        If the format has no such compression or option.
    """
    path = check_new(target, overwrite=overwrite)
    how = to_sink({**_usual_options(target, name), **(options or {})})
    if name in _PACKAGE_SINKS:
        if how["options"]:
            message = f"the format {name!r} is written without an option {min(how['options'])!r}"
            raise ValueError(message)
        return _open_package_sink(
            target,
            name,
            About.of(resolution, like, name),
            overwrite,
            compression,
            compression_level,
            how["threads"],
        )
    is_packed = compression not in {None, "none"} and name not in _COMPRESSED
    if compression_level is not None or is_packed:
        message = f"files of the format {name!r} are not compressed, or know no level of it"
        raise ValueError(message)
    if compression is not None and name in _COMPRESSED:
        how["options"]["compression"] = compression
    how["streams"] = list(streams)
    core = None if like is None else like.core
    if path is not None:
        return _core.Sink(
            path, format=name, resolution=resolution, like=core, overwrite=overwrite, **how
        )
    assert not isinstance(target, (str, os.PathLike))
    try:
        target.flush()
        descriptor = target.fileno()
    except (AttributeError, io.UnsupportedOperation):
        message = f"a recording is written to a path or an open file, not {type(target).__name__}"
        raise TypeError(message) from None
    return _core.Sink(descriptor, format=name, resolution=resolution, like=core, **how)


def _open_package_sink(
    target: Target,
    name: str,
    about: About,
    overwrite: bool,
    compression: str | None,
    level: int | None,
    threads: int,
) -> EventSink:
    module, made = _PACKAGE_SINKS[name]
    how = {"threads": threads} if name in _THREADED else {}
    output = Output(target, overwrite=overwrite)
    try:
        sink: EventSink = getattr(importlib.import_module(module), made)(
            output, about, compression, level, **how
        )
    except BaseException:
        output.abandon()
        raise
    return sink


def pour(batches: Iterator[EventBatch], sink: EventSink, companions: Companions) -> int:
    """Write all batches, and with the events of their time what goes along; return how many."""
    try:
        for batch in batches:
            if len(batch):
                last = int(batch.t[-1])
                sink.write(batch, companions.triggers(last))
                companions.write(sink, last)
        rest = companions.triggers(None)
        if rest is not None:
            sink.write(from_arrays(x=[], y=[], t=[], polarity=[]), rest)
        companions.write(sink, None)
        sink.finish()
    except BaseException:
        sink.abandon()
        raise
    return sink.events
