# SPDX-License-Identifier: Apache-2.0
"""Where recordings come from: paths, bytes and open files."""

from __future__ import annotations

import io
import mmap
import os
import re
from dataclasses import dataclass
from functools import partial
from typing import IO, TYPE_CHECKING, Any, TypeAlias

from evarrow import _core
from evarrow.errors import FormatError
from evarrow.options import to_core

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Source", "is_source", "name_of", "open_core"]

Source: TypeAlias = "str | os.PathLike[str] | bytes | bytearray | memoryview | IO[bytes]"
"""What can be opened: a path, a recording in memory, or a file open in binary mode."""

_MEMORY = (bytes, bytearray, memoryview, mmap.mmap)
_HEAD = 65_536  # bytes
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def is_source(value: object) -> bool:
    """Return whether `value` is something that `open_core` opens."""
    return isinstance(value, (str, os.PathLike, *_MEMORY)) or hasattr(value, "read")


def name_of(source: object) -> str:
    """Return what `source` is called in messages."""
    if isinstance(source, (str, os.PathLike)):
        return os.fsdecode(source)
    if isinstance(source, _MEMORY):
        return "<bytes>"
    name = getattr(source, "name", None)
    return name if isinstance(name, str) else "<file>"


def open_core(source: Any, options: Mapping[str, Any]) -> _core.Recording:
    """Open `source` with the extension module.

    Raises
    ------
    TypeError
        If `source` is nothing that can be opened.
    ValueError
        For a URL, and for options that make no sense.
    OSError
        If the operating system does not open the file: `FileNotFoundError`,
        `IsADirectoryError`, `PermissionError`.
    FormatError
        If the content is no recording that evarrow knows.
    """
    opener = _opener(source)
    try:
        return opener.open(to_core(options))
    except FormatError:
        plan = _plan(opener, name_of(source), options)
        if plan is None:
            raise
    return opener.open(to_core(options, plan))


@dataclass(frozen=True)
class _Opener:
    """A source: how the extension module opens it, and what h5py opens."""

    open: Callable[[_core.Options], _core.Recording]
    content: Any  # str or IO[bytes]


def _opener(source: Any) -> _Opener:
    if isinstance(source, (str, os.PathLike)):
        path = os.fsdecode(source)
        return _Opener(partial(_open_path, path), path)
    if isinstance(source, _MEMORY):
        return _of_memory(source)
    if isinstance(source, io.TextIOBase):
        message = "a recording is read as bytes: open the file in binary mode, open(path, 'rb')"
        raise TypeError(message)
    if hasattr(source, "read"):
        return _of_file(source)
    message = (
        "a recording is opened from a path, bytes or a file open in binary mode, "
        f"not {type(source).__name__}"
    )
    raise TypeError(message)


def _of_memory(content: Any) -> _Opener:
    return _Opener(partial(_core.Recording.from_buffer, content), _Memory(content))


def _of_file(file: Any) -> _Opener:
    # Only a plain file may be read through its descriptor: that of a GzipFile, say, is the
    # descriptor of the compressed file.
    raw = getattr(file, "raw", file)
    if isinstance(raw, io.FileIO):
        opened = partial(_core.Recording.from_descriptor, raw.fileno(), name_of(file))
        return _Opener(opened, file)
    content = file.getbuffer() if isinstance(file, io.BytesIO) else file.read()
    if not isinstance(content, _MEMORY):
        message = "a recording is read as bytes: open the file in binary mode"
        raise TypeError(message)
    return _of_memory(content)


class _Memory(io.RawIOBase):
    """Bytes as a file, without a copy of them."""

    def __init__(self, content: Any) -> None:
        self._content = memoryview(content).cast("B")
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: len(self._content)}[whence]
        self._at = max(start + offset, 0)
        return self._at

    def readinto(self, buffer: Any) -> int:
        part = self._content[self._at : self._at + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)


def _plan(opener: _Opener, name: str, options: Mapping[str, Any]) -> _core.ContainerPlan | None:
    """Return the plan of an HDF5 file; None if it is none, or if it is to be read as another."""
    wanted = options.get("format")
    if wanted and not _core.is_container(wanted):
        return None
    if isinstance(opener.content, str):
        with open(opener.content, "rb") as file:  # noqa: PTH123
            is_hdf5 = _core.is_hdf5(file.read(_HEAD))
    elif opener.content.seekable():
        at = opener.content.tell()
        opener.content.seek(0)
        is_hdf5 = _core.is_hdf5(opener.content.read(_HEAD))
        opener.content.seek(at)
    else:
        return None
    if not is_hdf5:
        return None
    from evarrow.hdf5 import make_plan

    return make_plan(opener.content, name, options)


def _open_path(path: str, options: _core.Options) -> _core.Recording:
    if _URL.match(path):
        message = (
            f"{path!r} is a URL, and evarrow opens local files: open it with fsspec, as in "
            "`with fsspec.open(url) as file: evarrow.open(file)`, or download it first"
        )
        raise ValueError(message)
    try:
        return _core.Recording.open(path, options)
    except OSError as error:
        raise _with_path(error, path) from None


def _with_path(error: OSError, path: str) -> OSError:
    """Return the error with its path where Python's own errors have it."""
    number, text = error.errno, error.strerror
    if number is None or text is None:
        return error
    plain = os.strerror(number)
    return OSError(number, plain if text.endswith(f"'{path}': {plain}") else text, path)
