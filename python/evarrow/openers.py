# SPDX-License-Identifier: Apache-2.0
"""How the extension module opens what a user names: paths, bytes and open files."""

from __future__ import annotations

import errno
import glob
import io
import mmap
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import IO, TYPE_CHECKING, Any

from evarrow import _core

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["MEMORY", "Opener", "name_of", "opener_of", "opener_of_file"]

MEMORY = (bytes, bytearray, memoryview, mmap.mmap)
_HEAD = 65_536  # bytes
_SHOWN = 3  # names of the files of a folder
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def name_of(source: object) -> str:
    """Return what `source` is called in messages."""
    if isinstance(source, (str, os.PathLike)):
        return os.fsdecode(source)
    if isinstance(source, MEMORY):
        return "<bytes>"
    name = getattr(source, "name", None)
    return name if isinstance(name, str) else "<file>"


@dataclass(frozen=True)
class Opener:
    """A source.

    Attributes
    ----------
    open : callable
        What the extension module opens it with.
    content : str or binary file
        What Python opens it with.
    name : str
        What it is called in messages; its ending counts.
    temporary : bool
        Whether `content` is a file that nobody else needs.
    """

    open: Callable[[_core.Options], _core.Recording]
    content: Any  # str or IO[bytes]
    name: str
    temporary: bool = False

    def close(self) -> None:
        """Close a temporary file: what the extension module opened stays open."""
        if self.temporary:
            self.content.close()

    @contextmanager
    def file(self) -> Iterator[IO[bytes] | None]:
        """Open it as a file at its front, or as None if it cannot be read twice."""
        if isinstance(self.content, str):
            if not os.path.isfile(self.content):  # noqa: PTH113 - a pipe, or nothing
                yield None
                return
            with open(self.content, "rb") as file:  # noqa: PTH123
                yield file
        elif self.content.seekable():
            at = self.content.tell()
            self.content.seek(0)
            try:
                yield self.content
            finally:
                self.content.seek(at)
        else:
            yield None

    def head(self, size: int = _HEAD) -> bytes:
        """Return what it begins with; nothing if it cannot be read twice."""
        with self.file() as file:
            return b"" if file is None else file.read(size)


def opener_of(source: Any) -> Opener:
    """Return how `source` is opened.

    Raises
    ------
    TypeError
        If it is nothing that can be opened.
    """
    if isinstance(source, (str, os.PathLike)):
        path = os.fsdecode(source)
        if os.path.isdir(path):  # noqa: PTH112
            from evarrow.ros_folder import only_part

            path = only_part(path)
        return Opener(partial(_open_path, path), path, path)
    if isinstance(source, MEMORY):
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


def _of_memory(content: Any) -> Opener:
    opened = partial(_core.Recording.from_buffer, content)
    return Opener(opened, _Memory(content), "<bytes>")


def opener_of_file(file: IO[bytes], name: str, *, temporary: bool = False) -> Opener:
    """Return how a plain file is opened that has no name of its own, or is to have another one."""
    opened = partial(_core.Recording.from_descriptor, file.fileno(), name)
    return Opener(opened, file, name, temporary)


def _of_file(file: Any) -> Opener:
    # Only a plain file may be read through its descriptor: that of a GzipFile, say, is the
    # descriptor of the compressed file.
    raw = getattr(file, "raw", file)
    if isinstance(raw, io.FileIO):
        return opener_of_file(file, name_of(file))
    content = file.getbuffer() if isinstance(file, io.BytesIO) else file.read()
    if not isinstance(content, MEMORY):
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
    message = plain if text.endswith(f"'{path}': {plain}") else text
    return OSError(number, message + _advice(number, path), path)


def _advice(number: int, path: str) -> str:
    """Return what to do about a folder, or a pattern where one file is wanted."""
    if number == errno.ENOENT and glob.has_magic(path):
        return "; a pattern is for scan, read and load_events"
    if number != errno.EISDIR:
        return ""
    from evarrow.format_list import formats

    endings = {ending for one in formats() for ending in one.extensions}
    with os.scandir(path) as entries:
        names = sorted(one.name for one in entries if _ending(one.name) in endings)
    if not names:
        return " without recordings directly in it"
    shown = ", ".join(names[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    pattern = os.path.join(glob.escape(path), f"*{_ending(names[0])}")  # noqa: PTH118
    return f" with {shown}{more}: pass one, or {pattern!r} to scan, read or load_events"


def _ending(name: str) -> str:
    return os.path.splitext(name)[1].lower()  # noqa: PTH122
