# SPDX-License-Identifier: Apache-2.0
"""Bags of ROS that the extension module does not open as they are.

The messages of a ROS 2 bag lie in a database (`.db3`), those of some ROS 1 bags in chunks that are
compressed with bzip2. Both become a plain file of messages, once, in the folder for temporary
files, which the extension module reads like any other.
"""

from __future__ import annotations

import bz2
import os
import shutil
import sqlite3
import struct
import sys
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

from evarrow.errors import FormatError
from evarrow.openers import Opener, opener_of_file
from evarrow.options import to_core

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from evarrow import _core

__all__ = ["open_bag", "open_database"]

_MAGIC_LINE = 13  # bytes
_MCAP = b"\x89MCAP0\r\n"
_SCHEMA, _CHANNEL, _MESSAGE = 3, 4, 5  # records of MCAP
_HEADER, _CHUNK, _CONNECTION = 3, 5, 7  # records of a bag
_ZSTD = b"\x28\xb5\x2f\xfd"  # what a message begins with if it is compressed
_MOST_MESSAGE = 1 << 30  # bytes
_MOST_CHUNK = 1 << 32
_MOST_GROWTH = 1100
_MODEST = 64 << 20


def open_database(opener: Opener, options: Mapping[str, Any]) -> _core.Recording:
    """Open a ROS 2 bag that is an SQLite database.

    Raises
    ------
    FormatError
        If it has no topics and messages, or is damaged.
    """

    def write(file: IO[bytes]) -> None:
        with _database(opener) as database:
            _write_messages(database, file)

    try:
        return _open_rewritten(opener, {**options, "format": "db3"}, write)
    except (sqlite3.Error, zstd.ZstdError, struct.error, EOFError) as error:
        message = f"{opener.name} cannot be read as a ROS 2 bag: {error}"
        raise FormatError(message) from None


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

    opened = _open_rewritten(opener, options, write)
    return opened if found else None


def _open_rewritten(
    opener: Opener, options: Mapping[str, Any], write: Callable[[IO[bytes]], None]
) -> _core.Recording:
    with tempfile.TemporaryFile(prefix="evarrow-", buffering=1 << 20) as file:
        write(file)
        file.flush()
        return opener_of_file(file, f"{opener.name}:messages").open(to_core(options))


@contextmanager
def _database(opener: Opener) -> Iterator[sqlite3.Connection]:
    if not isinstance(opener.content, str):
        # The library takes names alone.
        with tempfile.NamedTemporaryFile(prefix="evarrow-") as copy, opener.file() as file:
            assert file is not None
            shutil.copyfileobj(file, copy)
            copy.flush()
            with _named_database(copy.name) as connection:
                yield connection
        return
    with _named_database(opener.content) as connection:
        yield connection


@contextmanager
def _named_database(path: str) -> Iterator[sqlite3.Connection]:
    # Nobody writes to a finished recording, and no file may be made beside it; one that was cut off
    # has its last messages in a log.
    log = Path(f"{path}-wal")
    mode = "mode=ro" if log.exists() and log.stat().st_size else "mode=ro&immutable=1"
    with closing(sqlite3.connect(f"file:{quote(path)}?{mode}", uri=True)) as connection:
        yield connection


def _write_messages(database: sqlite3.Connection, file: IO[bytes]) -> None:
    """Write the topics and messages of a database as MCAP does."""
    names = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
    if not {"topics", "messages"} <= names:
        message = "it is a database without the tables topics and messages"
        raise sqlite3.DatabaseError(message)
    file.write(_MCAP)
    wanted = []
    topics = database.execute("SELECT id, name, type, serialization_format FROM topics ORDER BY id")
    for number, (topic, name, kind, encoding) in enumerate(topics, 1):
        _record(file, _SCHEMA, struct.pack("<H", number) + _text(kind) + _text("") + bytes(4))
        channel = struct.pack("<HH", number, number) + _text(name) + _text(encoding) + bytes(4)
        _record(file, _CHANNEL, channel)
        if str(kind).endswith(("/EventPacket", "/EventArray", "/Imu")):
            wanted.append((number, topic))
    for number, topic in wanted:
        rows = database.execute(
            "SELECT timestamp, data FROM messages WHERE topic_id = ? ORDER BY id", (topic,)
        )
        for time, data in rows:
            if not (isinstance(time, int) and isinstance(data, bytes)):
                message = f"a message of the topic '{topic}' is none"
                raise sqlite3.DatabaseError(message)
            content = _unpacked(data) if data.startswith(_ZSTD) else data
            stamp = max(time, 0)
            _record(file, _MESSAGE, struct.pack("<HIQQ", number, 0, stamp, stamp), content)


def _record(file: IO[bytes], op: int, *parts: bytes) -> None:
    file.write(struct.pack("<BQ", op, sum(map(len, parts))))
    for part in parts:
        file.write(part)


def _text(text: object) -> bytes:
    content = str(text).encode()
    return struct.pack("<I", len(content)) + content


def _unpacked(data: bytes) -> bytes:
    unpacker = zstd.ZstdDecompressor()
    most = min(_MOST_MESSAGE, max(_MODEST, len(data) * _MOST_GROWTH))
    content = unpacker.decompress(data, most)
    if not unpacker.eof:
        message = "a message is cut off, or becomes far longer than it can be"
        raise EOFError(message)
    return content


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
