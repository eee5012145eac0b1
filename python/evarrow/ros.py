# SPDX-License-Identifier: Apache-2.0
"""ROS 1 bags with chunks that are compressed with bzip2.

They become a plain bag, once, in the folder for temporary files, which the extension module reads
like any other.
"""

from __future__ import annotations

import bz2
import os
import struct
from typing import IO, TYPE_CHECKING, Any

from evarrow.rewritten import open_rewritten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evarrow import _core
    from evarrow.openers import Opener

__all__ = ["open_bag"]

_MAGIC_LINE = 13  # bytes
_HEADER, _CHUNK, _CONNECTION = 3, 5, 7  # records of a bag
_MOST_CHUNK = 1 << 32  # bytes
_MOST_GROWTH = 1100
_MODEST = 64 << 20


def open_bag(opener: Opener, options: Mapping[str, Any]) -> _core.Recording | None:
    """Open a ROS 1 bag with chunks that are compressed with bzip2; None if it has none."""
    found = 0

    def write(to: IO[bytes]) -> None:
        nonlocal found
        index = 0
        with opener.file() as file:
            assert file is not None
            to.write(file.read(_MAGIC_LINE))
            _write_fields(to, {b"op": bytes([_HEADER]), b"index_pos": bytes(8)})
            place = to.tell() - 8
            to.write(bytes(4))  # no data
            for header, data in _records(file):
                fields = _fields(header[4:])
                if fields.get(b"op") == bytes([_CONNECTION]):
                    index = index or to.tell()
                found += _write_record(header, fields, data, to)
        to.seek(place)
        to.write(struct.pack("<Q", index))

    opened = open_rewritten(opener, options, write)
    return opened if found else None


def _records(file: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield the records of a bag from where `file` stands: header and data; the last may be cut."""
    begin = file.tell()
    end = file.seek(0, os.SEEK_END)
    file.seek(begin)
    while file.tell() < end:
        yield _piece(file, end), _piece(file, end)


def _piece(file: IO[bytes], end: int) -> bytes:
    """Return bytes and their number before them, as many as there are before `end`."""
    size = file.read(4)
    length = int.from_bytes(size, "little") if len(size) == 4 else 0
    return size + file.read(min(length, end - file.tell()))


def _write_record(header: bytes, fields: dict[bytes, bytes], data: bytes, to: IO[bytes]) -> bool:
    """Write a record, unpacked if it is a chunk of bzip2; return whether it is."""
    if fields.get(b"op") != bytes([_CHUNK]) or fields.get(b"compression") != b"bz2":
        to.write(header + data)
        return False
    content = _of_bzip2(data[4:])
    if content is None:
        fields[b"compression"] = b"damaged bz2"
        content = data[4:]
    else:
        fields[b"compression"] = b"none"
    _write_fields(to, fields)
    to.write(struct.pack("<I", len(content)) + content)
    return True


def _write_fields(to: IO[bytes], fields: Mapping[bytes, bytes]) -> None:
    parts = [name + b"=" + value for name, value in fields.items()]
    packed = b"".join(struct.pack("<I", len(part)) + part for part in parts)
    to.write(struct.pack("<I", len(packed)) + packed)


def _fields(header: bytes) -> dict[bytes, bytes]:
    fields = {}
    at = 0
    while at + 4 <= len(header):
        (size,) = struct.unpack_from("<I", header, at)
        name, _, value = header[at + 4 : at + 4 + size].partition(b"=")
        fields[name] = value
        at += 4 + size
    return fields


def _of_bzip2(packed: bytes) -> bytes | None:
    """Return what was compressed; None if that is damaged, or far more than a chunk holds."""
    unpacker = bz2.BZ2Decompressor()
    most = max(_MODEST, len(packed) * _MOST_GROWTH)
    try:
        content = unpacker.decompress(packed, most)
    except (OSError, ValueError):
        return None
    return content if unpacker.eof and len(content) < _MOST_CHUNK else None
