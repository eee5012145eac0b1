# SPDX-License-Identifier: Apache-2.0
"""Files that the package writes itself, with the libraries that know their formats."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import tempfile
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evarrow import _core

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from evarrow._core import Batch, EventBatch
    from evarrow.recording import Recording

__all__ = ["About", "Output", "PackageSink", "signed_polarity"]

# What the header of a RAW or DAT file says of its words: nothing that is true of another file.
_OF_PAYLOAD = {"endianness", "evt", "format", "geometry", "data", "height", "version", "width"}


@dataclass(frozen=True)
class About:
    """What is known of a recording besides its rows.

    Attributes
    ----------
    resolution : (int, int), optional
        Width and height of the sensor, pixels.
    metadata : dict of str to str
        As the schema of evarrow's Arrow streams has it, without what belongs to another file.
    """

    resolution: tuple[int, int] | None
    metadata: dict[str, str]

    @classmethod
    def of(cls, resolution: tuple[int, int] | None, like: Recording | None, name: str) -> About:
        """Return what is known of a new recording with the header of `like`."""
        known = {} if like is None else dict(like.core.metadata())
        kept = {
            key: value
            for key, value in known.items()
            if key.startswith("evarrow.header.")
            or key in {"evarrow.sensor", "evarrow.serial_number", "evarrow.date"}
        }
        size = resolution or (None if like is None else like.resolution)
        sized = (
            {} if size is None else {"evarrow.width": f"{size[0]}", "evarrow.height": f"{size[1]}"}
        )
        return cls(
            size, {"evarrow.version": _core.version, "evarrow.format": name, **sized, **kept}
        )

    @property
    def fields(self) -> dict[str, str]:
        """The lines of the header that are true of a file of any format."""
        prefix = "evarrow.header."
        lines = {
            key.removeprefix(prefix): value
            for key, value in self.metadata.items()
            if key.startswith(prefix) and key.removeprefix(prefix).lower() not in _OF_PAYLOAD
        }
        camera = {"sensor_name": "sensor", "serial_number": "serial_number", "date": "date"}
        taken = {line.lower() for line in lines}
        for line, key in camera.items():
            if f"evarrow.{key}" in self.metadata and line not in taken:
                lines[line] = self.metadata[f"evarrow.{key}"]
        return lines


class Output:
    """A file that a library writes by its path, and that takes its place once it is complete.

    Parameters
    ----------
    target : str, os.PathLike or binary file
        Where it goes. To an open file, and to a pipe, it is copied when it is complete.
    overwrite : bool
        Whether a file of that name is replaced.

    Attributes
    ----------
    path : str
        Where it is written.
    name : str
        What it is called in the end.

    Raises
    ------
    TypeError
        If `target` is nothing to write to.
    """

    def __init__(self, target: Any, *, overwrite: bool) -> None:
        self._new: _core.NewFile | None = None
        self._opened = False
        self._target = target
        if isinstance(target, (str, os.PathLike)):
            path = self.name = os.fsdecode(target)
            if os.path.isfile(path) or not os.path.exists(path):  # noqa: PTH110, PTH113
                self._new = _core.NewFile(path, overwrite=overwrite)
                self.path = os.fsdecode(self._new.path)
                return
            self._target = open(path, "wb")  # noqa: PTH123, SIM115
            self._opened = True
        elif not hasattr(target, "write") or isinstance(target, io.TextIOBase):
            kind = type(target).__name__
            message = f"a recording is written to a path or an open binary file, not {kind}"
            raise TypeError(message)
        self.name = str(getattr(self._target, "name", "the file"))
        self._copy = tempfile.NamedTemporaryFile(prefix="evarrow-")  # noqa: SIM115
        self.path = self._copy.name

    @contextlib.contextmanager
    def named_errors(self) -> Iterator[None]:
        """Let errors of the system name the file, not the one that is to take its place."""
        try:
            yield
        except OSError as error:
            if not error.errno or error.filename not in {None, self.path}:
                raise
            raise OSError(error.errno, error.strerror, self.name) from error

    def publish(self) -> int:
        """Put it in its place; return how many bytes it has."""
        size = os.stat(self.path).st_size  # noqa: PTH116
        if self._new is not None:
            self._new.publish()
            return size
        with self._copy as file:
            file.seek(0)
            shutil.copyfileobj(file, self._target, 1 << 20)
        self._target.flush()
        self._close()
        return size

    def abandon(self) -> None:
        """Leave nothing of it."""
        if self._new is not None:
            self._new.abandon()
            return
        self._copy.close()
        self._close()

    def _close(self) -> None:
        if self._opened:
            self._target.close()


class PackageSink(ABC):
    """A file of a format that is written in Python: what `_core.Sink` is for all others.

    Attributes
    ----------
    takes_triggers : bool
        Whether the format has a place for triggers.
    takes_large_batches : bool
        Whether it makes no row group or the like of each batch, however large.
    events : int
        How many were written.
    bytes : int
        How large the file is, once it is complete.
    """

    takes_triggers = False
    takes_large_batches = False

    def __init__(self, output: Output) -> None:
        self._output = output
        self.events = 0
        self.bytes = 0

    def takes(self, stream: str) -> bool:
        """Return whether the format has a place for rows of a stream beside the events."""
        return stream == "triggers" and self.takes_triggers

    def write(self, events: EventBatch, triggers: Batch | None = None) -> None:
        """Append events, and triggers where the format takes them.

        Raises
        ------
        ValueError
            That names the first row that the format cannot hold.
        """
        if triggers is not None and len(triggers):
            if not self.takes_triggers:
                message = "row 0 of the triggers cannot be written: the format holds events alone"
                raise ValueError(message)
            with self._output.named_errors():
                self._write_triggers(triggers)
        if len(events):
            with self._output.named_errors():
                self._write_events(events)
            self.events += len(events)

    def finish(self) -> None:
        """Complete the file and give it its name."""
        with self._output.named_errors():
            self._complete()
            self.bytes = self._output.publish()

    def abandon(self) -> None:
        """Leave nothing of the file."""
        try:
            self._let_go()
        finally:
            self._output.abandon()

    @abstractmethod
    def _write_events(self, events: EventBatch) -> None:
        """Append at least one event."""

    def _write_triggers(self, triggers: Batch) -> None:
        """Append at least one trigger."""
        raise NotImplementedError

    @abstractmethod
    def _complete(self) -> None:
        """Write what is left."""

    @abstractmethod
    def _let_go(self) -> None:
        """Close what is open."""


def signed_polarity(events: EventBatch, before: int) -> NDArray[np.int8]:
    """Return the polarity of events as -1 and 1; `before` rows came earlier.

    Raises
    ------
    ValueError
        That names the first event whose polarity is none.
    """
    import numpy as np

    polarity = events.polarity
    if not len(polarity):
        return polarity
    if polarity.min() < -1 or polarity.max() > 1:
        row = int(np.argmax((polarity < -1) | (polarity > 1)))
        message = (
            f"row {before + row} of the events cannot be written: polarity is {polarity[row]}, "
            "but must be -1 or 0 (OFF) or 1 (ON)"
        )
        raise ValueError(message)
    # 0 is another word for OFF.
    return np.where(polarity > 0, np.int8(1), np.int8(-1)) if (polarity == 0).any() else polarity
