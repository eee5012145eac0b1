# SPDX-License-Identifier: Apache-2.0
"""Arrow IPC streams: the messages of an Arrow file without its footer.

References
----------
.. [1] https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from evarrow.sinks.flat import FlatTable, build, scalar, structs, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evarrow.sinks.flat import Part

__all__ = ["ArrowStream", "is_stream", "read_stream", "schema_end"]

_CONTINUES = b"\xff\xff\xff\xff"
_SCHEMA, _DICTIONARY, _BATCH = 1, 2, 3  # kinds of messages
_MAGIC = b"ARROW1"
_ALIGN = 8  # bytes
_MOST_SCHEMA = 1 << 26  # bytes

Block = tuple[int, int, int]
"""Where in the file a message is, how long its head is with its length, and its body."""


@dataclass
class ArrowStream:
    """The messages of a stream.

    Attributes
    ----------
    head : bytes
        The message with the schema, without its length.
    dictionaries, batches : list
        Their blocks.
    truncated : int
        Bytes at the end that are no whole message.
    """

    head: bytes
    dictionaries: list[Block] = field(default_factory=list)
    batches: list[Block] = field(default_factory=list)
    truncated: int = 0

    @property
    def schema(self) -> FlatTable:
        """The schema."""
        found = FlatTable(self.head).table(2)
        if found is None:
            message = "the first message has no schema"
            raise struct.error(message)
        return found

    def files(self, file: IO[bytes]) -> Iterator[io.BytesIO]:
        """Return Arrow files in memory, each of one batch; at least one, which may have none."""
        for batches in [[one] for one in self.batches] or [[]]:
            yield self._file(file, batches)

    def _file(self, file: IO[bytes], batches: list[Block]) -> io.BytesIO:
        out = io.BytesIO()
        out.write(_MAGIC.ljust(_ALIGN, b"\0"))
        out.write(_CONTINUES + struct.pack("<i", len(self.head)) + self.head)
        copied = [
            [(_copy(file, block, out), *block[1:]) for block in blocks]
            for blocks in (self.dictionaries, batches)
        ]
        out.write(_CONTINUES + bytes(4))
        footer = build(self._footer(*copied))
        out.write(footer + struct.pack("<i", len(footer)) + _MAGIC)
        out.seek(0)
        return out

    def _footer(self, dictionaries: list[Block], batches: list[Block]) -> Part:
        return table(
            scalar("h", FlatTable(self.head).number(0, "h")),
            self._put_schema,
            structs("qi4xq", dictionaries),
            structs("qi4xq", batches),
        )

    def _put_schema(self, out: bytearray) -> int:
        """Append the whole message: places in it count from where they stand."""
        out += bytes(-len(out) % _ALIGN) + self.head
        return len(out) - len(self.head) + self.schema.place


def _copy(file: IO[bytes], block: Block, out: io.BytesIO) -> int:
    """Copy a message to an aligned place and return it."""
    out.write(bytes(-out.tell() % _ALIGN))
    place = out.tell()
    offset, head, body = block
    file.seek(offset)
    out.write(file.read(head + body))
    return place


def schema_end(head: bytes) -> int:
    """Return how much of a file has to be seen for `is_stream`; 0 if it is no such file."""
    if not head.startswith(_CONTINUES):
        return 0
    try:
        begin, length = _length(head[:8])
    except struct.error:
        return 0
    end = begin + (length or 0)
    return end if end <= _MOST_SCHEMA else 0


def is_stream(head: bytes) -> bool:
    """Return whether a file that begins with `head` is a stream of Arrow."""
    try:
        begin, length = _length(head[:8])
        message = FlatTable(head[begin : begin + (length or 0)])
        schema = message.table(2)
        return (
            message.number(1, "B") == _SCHEMA
            and schema is not None
            # Other files may begin like an old stream by chance, but not have fields with types.
            and all(one.number(2, "B") for one in schema.tables(1))
        )
    except (struct.error, IndexError):
        return False


def read_stream(file: IO[bytes]) -> ArrowStream:
    """Find the messages of a stream; their bodies are not read.

    Raises
    ------
    struct.error
        If they are not those of a stream.
    """
    size = file.seek(0, io.SEEK_END)
    stream: ArrowStream | None = None
    at = 0
    while at < size:
        file.seek(at)
        begin, length = _length(file.read(8))
        if length == 0:
            return _whole(stream)
        file.seek(at + begin)
        head = file.read(length or 0)
        if length is None or len(head) < length:
            break
        message = FlatTable(head)
        kind, body = message.number(1, "B"), message.number(3, "q")
        if body < 0 or (stream is None) != (kind == _SCHEMA):
            text = f"there is a message of kind {kind} at byte {at}"
            raise struct.error(text)
        if stream is None:
            stream = ArrowStream(head)
        elif at + begin + length + body > size:
            break
        elif kind in {_DICTIONARY, _BATCH}:
            blocks = stream.batches if kind == _BATCH else stream.dictionaries
            blocks.append((at, begin + length, body))
        at += begin + length + body
    stream = _whole(stream)
    stream.truncated = max(size - at, 0)
    return stream


def _whole(stream: ArrowStream | None) -> ArrowStream:
    if stream is None:
        text = "it ends before its schema does"
        raise struct.error(text)
    return stream


def _length(prefix: bytes) -> tuple[int, int | None]:
    """Return where behind `prefix` the head of a message begins, and its length if it is whole."""
    begin = 8 if prefix.startswith(_CONTINUES) else 4  # older ones begin with their length
    number = prefix[begin - 4 : begin]
    if len(number) < 4:
        return begin, None
    (length,) = struct.unpack("<i", number)
    if length < 0:
        text = "a message has a negative length"
        raise struct.error(text)
    return begin, length
