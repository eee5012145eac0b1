# SPDX-License-Identifier: Apache-2.0
"""Where recordings come from: paths, bytes and open files."""

from __future__ import annotations

import io
import mmap
import os
import re
from typing import IO, TYPE_CHECKING, Any, TypeAlias

from evarrow import _core
from evarrow.options import to_core

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Source", "is_source", "name_of", "open_core"]

Source: TypeAlias = "str | os.PathLike[str] | bytes | bytearray | memoryview | IO[bytes]"
"""What can be opened: a path, a recording in memory, or a file open in binary mode."""

_MEMORY = (bytes, bytearray, memoryview, mmap.mmap)
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
    core_options = to_core(options)
    if isinstance(source, (str, os.PathLike)):
        return _open_path(os.fsdecode(source), core_options)
    if isinstance(source, _MEMORY):
        return _core.Recording.from_buffer(source, core_options)
    if isinstance(source, io.TextIOBase):
        message = "a recording is read as bytes: open the file in binary mode, open(path, 'rb')"
        raise TypeError(message)
    if hasattr(source, "read"):
        return _open_file(source, core_options)
    message = (
        "a recording is opened from a path, bytes or a file open in binary mode, "
        f"not {type(source).__name__}"
    )
    raise TypeError(message)


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


def _open_file(file: Any, options: _core.Options) -> _core.Recording:
    # Only a plain file may be read through its descriptor: that of a GzipFile, say, is the
    # descriptor of the compressed file.
    raw = getattr(file, "raw", file)
    if isinstance(raw, io.FileIO):
        return _core.Recording.from_descriptor(raw.fileno(), name_of(file), options)
    if isinstance(file, io.BytesIO):
        return _core.Recording.from_buffer(file.getbuffer(), options)
    content = file.read()
    if not isinstance(content, _MEMORY):
        message = "a recording is read as bytes: open the file in binary mode"
        raise TypeError(message)
    return _core.Recording.from_buffer(content, options)
