# SPDX-License-Identifier: Apache-2.0
"""Where recordings come from, and what they may be wrapped in."""

from __future__ import annotations

import glob
import os
from typing import IO, TYPE_CHECKING, Any, TypeAlias

from evarrow import _core
from evarrow.arrow_stream import is_stream, schema_end
from evarrow.errors import DamagedError, FormatError
from evarrow.openers import MEMORY, Opener, name_of, opener_of
from evarrow.options import to_core

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PACKED", "Source", "is_pattern", "is_source", "name_of", "open_core"]

Source: TypeAlias = "str | os.PathLike[str] | bytes | bytearray | memoryview | IO[bytes]"
"""What can be opened: a path, a recording in memory, or a file open in binary mode."""


def is_source(value: object) -> bool:
    """Return whether `value` is something that `open_core` opens."""
    return isinstance(value, (str, os.PathLike, *MEMORY)) or hasattr(value, "read")


def is_pattern(name: str) -> bool:
    """Return whether `name` stands for the files that it fits, and is none itself."""
    return glob.has_magic(name) and not os.path.lexists(name)


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
    opener = opener_of(source)
    if opener.name.lower().endswith(PACKED):
        opener = _unpack(opener)
    while True:
        inner = opener
        try:
            return _open(opener, options)
        except FormatError:
            inner = _unpack(opener)
            if inner is opener:
                raise
        finally:
            opener.close()
        opener = inner


# Endings that say so before anything else is tried; else it is tried when nothing else fits.
PACKED = (".gz", ".zst", ".xz", ".bz2", ".zip")


def _unpack(opener: Opener) -> Opener:
    from evarrow.packed import unpack

    return unpack(opener)


def _open(opener: Opener, options: Mapping[str, Any]) -> _core.Recording:
    if options.get("words") is not None or options.get("format") == "aer":
        from evarrow import aer

        return aer.open_words(opener, options)
    try:
        return opener.open(to_core(options))
    except DamagedError:
        raise  # what it is was known
    except FormatError:
        opened = _open_container(opener, options)
        if opened is None:
            raise
        return opened


def _open_container(opener: Opener, options: Mapping[str, Any]) -> _core.Recording | None:
    """Open what the extension module cannot open without a plan; None if it is none of that."""
    wanted = options.get("format")
    if wanted and not _core.is_container(wanted):
        return None
    head = opener.head()
    if schema_end(head) > len(head):
        head = opener.head(schema_end(head))
    if _core.is_hdf5(head):
        from evarrow import hdf5

        plan = hdf5.make_plan(opener.content, opener.name, options)
        return opener.open(to_core({**options, "sensor": None}, plan))  # it has been chosen
    if head.startswith((b"\x93NUMPY", b"PK\x03\x04")):
        from evarrow import npy

        return npy.open_arrays(opener, options)
    if head.startswith((b"PAR1", b"ARROW1", b"MATLAB 5.0")) or is_stream(head):
        from evarrow import tables

        return tables.open_table(opener, options, head)
    if head.startswith(b"FEA1"):
        message = (
            f"{opener.name} is a Feather file of version 1, which was given up in 2020: convert it "
            "with pyarrow, as in `feather.write_feather(feather.read_table(old), new)` of "
            "pyarrow.feather"
        )
        raise FormatError(message)
    if head.startswith(b"#ROSBAG V2.0"):
        from evarrow import ros

        return ros.open_bag(opener, options)
    if head.startswith(b"SQLite format 3\0"):
        from evarrow import ros_database

        return ros_database.open_database(opener, options)
    return None
