# SPDX-License-Identifier: Apache-2.0
"""ROS 2 bags that are SQLite databases (`.db3`).

A database from a stranger can hold more than rows: views and computed columns that are programs,
and pages that lead to each other in circles. Only plain tables are read, and the work may not be
more than the bytes of the file can ask for.
"""

from __future__ import annotations

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
from evarrow.rewritten import open_rewritten

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evarrow import _core
    from evarrow.openers import Opener

__all__ = ["open_database"]

_MCAP = b"\x89MCAP0\r\n"
_SCHEMA, _CHANNEL, _MESSAGE = 3, 4, 5  # records of MCAP
_CUT = struct.pack("<BQ", _MESSAGE, 1 << 16)  # a record whose content is not there
_ZSTD = b"\x28\xb5\x2f\xfd"  # what a message begins with if it is compressed
_MOST_MESSAGE = 1 << 30  # bytes
_MOST_GROWTH = 1100
_MODEST = 64 << 20
_STEP = 1 << 20  # instructions of SQLite's machine between two looks at how many there were
_MOST_STEP = 1 << 32  # messages that are stepped over at once
_STEPS_A_BYTE = 4  # a row has at least a few bytes and takes some ten instructions


def open_database(opener: Opener, options: Mapping[str, Any]) -> _core.Recording:
    """Open a ROS 2 bag that is an SQLite database.

    Raises
    ------
    FormatError
        If it has no topics and messages, or is damaged.
    """

    def write(file: IO[bytes]) -> None:
        with _database(opener) as (database, cut):
            if cut:
                # The library gives nothing of such a file, unless it is told to mend it.
                database.execute("PRAGMA writable_schema = ON")
            for name in ("topics", "messages"):
                _check_table(database, name)
            _write_messages(database, file, cut=cut)
            if cut:
                file.write(_CUT)

    try:
        return open_rewritten(opener, {**options, "format": "db3"}, write)
    except (sqlite3.Error, zstd.ZstdError, struct.error, EOFError) as error:
        message = f"{opener.name} cannot be read as a ROS 2 bag: {error}"
        raise FormatError(message) from None


@contextmanager
def _database(opener: Opener) -> Iterator[tuple[sqlite3.Connection, bool]]:
    """Give the database, and whether it was cut off."""
    path = opener.content if isinstance(opener.content, str) else None
    log = Path(f"{path}-wal")
    logged = log.stat().st_size if path is not None and log.exists() else 0
    with opener.file() as file:
        assert file is not None
        missing = 0 if logged else _missing_bytes(file)
        if path is not None and not missing:
            with _named_database(path, logged) as connection:
                yield connection, False
            return
        # The library takes names alone. What is there of a page it would fill up with zeros.
        with tempfile.NamedTemporaryFile(prefix="evarrow-") as copy:
            file.seek(0)
            shutil.copyfileobj(file, copy)
            if missing:
                copy.truncate(copy.tell() - copy.tell() % _page_size(file))
            copy.flush()
            with _named_database(copy.name, 0) as connection:
                yield connection, missing > 0


def _page_size(file: IO[bytes]) -> int:
    file.seek(16)
    (size,) = struct.unpack(">H", file.read(2))
    return int(size) if size > 1 else 65_536


def _missing_bytes(file: IO[bytes]) -> int:
    """Return how many bytes a database has less than its header says."""
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(100)
    if len(head) < 100:
        return 100 - len(head)
    changes, pages, known_at = (struct.unpack_from(">I", head, at)[0] for at in (24, 28, 92))
    page = _page_size(file)
    # The count is that of another time if old versions of the library have written since.
    want = pages * page if changes == known_at else size + -size % page
    return max(want - size, -size % page)


@contextmanager
def _named_database(path: str, logged: int) -> Iterator[sqlite3.Connection]:
    # Nobody writes to a finished recording, and no file may be made beside it; one that was cut off
    # has its last messages in a log.
    mode = "mode=ro" if logged else "mode=ro&immutable=1"
    with closing(sqlite3.connect(f"file:{quote(path)}?{mode}", uri=True)) as connection:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_MESSAGE)
        connection.execute("PRAGMA trusted_schema = OFF")
        _bound_work(connection, _STEPS_A_BYTE * (Path(path).stat().st_size + logged))
        yield connection


def _bound_work(database: sqlite3.Connection, most: int) -> None:
    """Interrupt a database whose queries take far more steps than it has bytes."""
    left = most // _STEP + 64

    def count() -> bool:
        nonlocal left
        left -= 1
        return left < 0

    database.set_progress_handler(count, _STEP)


def _is_damage(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_CORRUPT


def _check_table(database: sqlite3.Connection, name: str) -> None:
    """Refuse what is not a table that holds its rows itself."""
    query = "SELECT rootpage FROM sqlite_master WHERE type = 'table' AND name = ?"
    found = database.execute(query, (name,)).fetchone()
    if found is None or not found[0]:
        message = "it is a database without the tables topics and messages"
        raise sqlite3.DatabaseError(message)
    if any(column[6] for column in database.execute(f"PRAGMA table_xinfo({name})")):
        message = f"a column of its table {name} is computed"
        raise sqlite3.DatabaseError(message)


def _write_messages(database: sqlite3.Connection, file: IO[bytes], *, cut: bool) -> None:
    """Write topics and messages as MCAP does; one that is none for each that is damaged."""
    file.write(_MCAP)
    wanted = []
    topics = database.execute("SELECT id, name, type, serialization_format FROM topics ORDER BY id")
    for number, (topic, name, kind, encoding) in enumerate(topics, 1):
        _record(file, _SCHEMA, struct.pack("<H", number) + _text(kind) + _text("") + bytes(4))
        channel = struct.pack("<HH", number, number) + _text(name) + _text(encoding) + bytes(4)
        _record(file, _CHANNEL, channel)
        if str(kind).endswith(("/EventPacket", "/EventArray", "/Imu", "/Image")):
            unpack = _unpacked_image if str(kind).endswith("/Image") else _unpacked
            wanted.append((number, topic, unpack))
    stored = 0
    for number, topic, unpack in wanted:
        for message in _messages(database, topic):
            if message is None:
                if not cut:
                    _record(file, _MESSAGE, struct.pack("<HIQQ", number, 0, 0, 0))
                continue
            time, data = message
            content = unpack(data) if data.startswith(_ZSTD) else data
            stored += len(data)
            if file.tell() + len(content) > max(_MODEST, stored * _MOST_GROWTH):
                text = "its messages become far longer than they can be"
                raise EOFError(text)
            stamp = max(time, 0)
            _record(file, _MESSAGE, struct.pack("<HIQQ", number, 0, stamp, stamp), content)


def _messages(database: sqlite3.Connection, topic: Any) -> Iterator[tuple[int, bytes] | None]:
    """Give the times and contents of the messages of a topic, in order.

    None stands for messages that lie in damaged pages: the search goes on behind them, further away
    each time, until there is one that can be read.
    """
    query = "SELECT id, timestamp, data FROM messages WHERE topic_id = ? AND id > ? ORDER BY id"
    last, step = -(2**63), 0
    while step <= _MOST_STEP:
        try:
            for number, time, data in database.execute(query, (topic, last)):
                if not (isinstance(time, int) and isinstance(data, bytes)):
                    message = f"a message of the topic '{topic}' is none"
                    raise sqlite3.DatabaseError(message)
                last, step = number, 0
                yield time, data
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            if step == 0:
                yield None
            step = max(1, 2 * step)
            last = max(last, 0) + step
        else:
            return


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


def _unpacked_image(data: bytes) -> bytes:
    """Return nothing, which is no image, for one that is damaged: no events are lost with it."""
    try:
        return _unpacked(data)
    except (zstd.ZstdError, EOFError):
        return b""
