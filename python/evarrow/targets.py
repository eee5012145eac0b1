# SPDX-License-Identifier: Apache-2.0
"""What events are written to: targets, their formats, and triggers in between the events."""

from __future__ import annotations

import io
import os
import pathlib
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from evarrow import _core
from evarrow.events import from_arrays, trigger_batch
from evarrow.options import check_resolution

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evarrow._core import Batch, EventBatch
    from evarrow.recording import Recording

__all__ = [
    "Target",
    "TriggerQueue",
    "holds_triggers",
    "open_sink",
    "pour",
    "resolution_of",
    "target_format",
]

Target: TypeAlias = "str | os.PathLike[str] | BinaryIO"
"""Where a recording is written: a path, or a file open in binary mode."""

# What a name ending that several formats share stands for.
_PREFERRED = {".raw": "evt3"}


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


def holds_triggers(name: str) -> bool:
    """Return whether a format has triggers beside the events."""
    return any(row["name"] == name and "triggers" in row["streams"] for row in _core.formats())


def resolution_of(events: Any, resolution: Any) -> tuple[int, int] | None:
    """Return the resolution asked for, else the one that `events` know, if any."""
    if resolution is not None:
        return check_resolution(resolution)
    known = getattr(events, "resolution", None)
    return known if isinstance(known, tuple) else None


def open_sink(
    target: Target,
    name: str,
    resolution: tuple[int, int] | None,
    like: Recording | None,
    *,
    overwrite: bool,
) -> _core.Sink:
    """Return a sink for events of a sensor, with the header of the recording `like`."""
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


class TriggerQueue:
    """Triggers that wait for the events of their time."""

    def __init__(self) -> None:
        self._waiting: list[Batch] = []

    @classmethod
    def of(cls, columns: Any) -> TriggerQueue:
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


def pour(batches: Iterator[EventBatch], sink: _core.Sink, triggers: TriggerQueue) -> int:
    """Write all batches, each trigger with the events of its time; return how many events."""
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
