# SPDX-License-Identifier: Apache-2.0
"""Arrow IPC files (Feather 2) and streams, whose buffers are decoded where they lie.

References
----------
.. [1] https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from evarrow.column_names import COLUMNS
from evarrow.npy import time_rule
from evarrow.options import to_core
from evarrow.packed import check_growth
from evarrow.sinks.flat import FlatTable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evarrow import _core
    from evarrow.arrow_stream import ArrowStream
    from evarrow.event_frame import EventFrame
    from evarrow.openers import Opener

__all__ = ["metadata_of", "open_batches", "read_metadata"]

_MAGIC = b"ARROW1"
_CONTINUES = b"\xff\xff\xff\xff"
_MOST_FOOTER = 1 << 30  # bytes
_MOST_BATCH = 1 << 22  # rows: a larger one that is compressed is not opened for a part of it
_RECORD_BATCH = 3  # kind of message
_INT, _FLOAT, _TIMESTAMP, _DURATION = 2, 3, 10, 18  # kinds of types
# How many buffers a column has, by the kind of its type; those of others depend on more than that.
_BUFFERS = {
    1: 0, 2: 2, 3: 2, 4: 3, 5: 3, 6: 2, 7: 2, 8: 2, 9: 2, 10: 2, 11: 2, 15: 2, 18: 2, 19: 3, 20: 3,
}  # fmt: skip
_CODECS = {0: 0x10001, 1: 0x10002}  # LZ4 and zstd in frames, by the numbers of our filters
_TIME_UNITS = {0: "s", 1: "ms", 2: "us", 3: "ns"}
_STORED_AS_IT_IS = -1  # in place of the length of a buffer in a file that is compressed


@dataclass(frozen=True)
class _Column:
    """A column of numbers: its place among the columns and the buffers of a batch."""

    kind: str
    node: int
    buffer: int
    unit: str | None  # of times


@dataclass(frozen=True)
class _Batch:
    """A batch of rows: where in the file the buffers of its columns are, and how compressed."""

    rows: int
    codec: int | None
    buffers: Sequence[tuple[int, int]]


def read_metadata(file: IO[bytes]) -> dict[str, str]:
    """Return the metadata of the schema of an Arrow file; none if its footer is damaged."""
    try:
        schema = _read_footer(file).table(1)
        return {} if schema is None else metadata_of(schema)
    except (struct.error, OSError):
        return {}


def metadata_of(schema: FlatTable) -> dict[str, str]:
    """Return the metadata of a schema."""
    return {pair.text(0): pair.text(1) for pair in schema.tables(2)}


def open_batches(
    opener: Opener,
    frame: EventFrame,
    options: Mapping[str, Any],
    stream: ArrowStream | None = None,
) -> _core.Recording | None:
    """Open an Arrow file whose columns of events are plain numbers; None if they are not.

    Parameters
    ----------
    opener : Opener
        Of the file.
    frame : EventFrame
        What is known of its events.
    options : mapping
        See `ReadOptions`.
    stream : ArrowStream, optional
        Its messages, if it is a stream, which has no footer.

    Raises
    ------
    FormatError
        If the file has far more rows than its bytes can be.
    ValueError
        If a column lacks values.
    """
    with opener.file() as file:
        assert file is not None
        try:
            if stream is None:
                footer = _read_footer(file)
                schema, blocks = footer.table(1), footer.structs(3, "qi4xq")
            else:
                schema, blocks = stream.schema, list(stream.batches)
            columns = _find_columns(schema, frame)
            if columns is None:
                return None
            batches = [_read_batch(file, block, columns) for block in blocks]
        except (struct.error, IndexError, OSError):
            return None
        size = file.seek(0, io.SEEK_END)
        batches = [batch for batch in batches if batch.rows]
        datasets = _datasets(file, frame, columns, batches)
    if datasets is None:
        return None
    rows = sum(batch.rows for batch in batches)
    dtypes = [np.dtype(column.kind) for column in columns]
    check_growth(opener.name, size, rows * sum(dtype.itemsize for dtype in dtypes))
    unit = options.get("t_unit") or columns[2].unit
    if dtypes[2].kind == "f" and unit is None:
        return None
    rule = time_rule(dtypes[2], unit, opener.name, lambda: True)
    plan = frame.plan("arrow")
    places = [(i, 0, column.kind, False, 0) for i, column in enumerate(columns)]
    plan.add_stream("events", rows, datasets, places, rule)
    if stream is not None:
        plan.set_truncated(stream.truncated)
    return opener.open(to_core(options, plan))


def _read_footer(file: IO[bytes]) -> FlatTable:
    end = file.seek(0, io.SEEK_END) - len(_MAGIC) - 4
    file.seek(max(end, 0))
    (length,) = struct.unpack("<i", file.read(4))
    if not 0 < length <= min(end, _MOST_FOOTER):
        message = "the footer is longer than the file"
        raise struct.error(message)
    file.seek(end - length)
    return FlatTable(file.read(length))


def _find_columns(schema: FlatTable | None, frame: EventFrame) -> list[_Column] | None:
    """Return x, y, t and polarity, if they are numbers and their buffers can be counted."""
    if schema is None or schema.number(0, "h") != 0:  # big-endian
        return None
    found = {}
    wanted = {name: column for column, name in frame.names.items()}
    buffer = 0
    for node, field in enumerate(schema.tables(1)):
        name, kind = field.text(0), field.number(2, "B")
        if name in wanted:
            about = field.table(3)
            number = None if about is None else _number(kind, about)
            if about is None or number is None or field.table(4) is not None:  # a dictionary
                return None
            found[wanted[name]] = _Column(number, node, buffer + 1, _unit(kind, about))
        if len(found) == len(COLUMNS):
            return [found[column] for column in COLUMNS]
        if kind not in _BUFFERS:
            return None
        buffer += _BUFFERS[kind]
    return None


def _number(kind: int, about: FlatTable) -> str | None:
    """Return the name of a type of numbers."""
    if kind == _INT:
        bits = about.number(0, "i")
        sign = "i" if about.number(1, "?") else "u"
        return f"{sign}{bits // 8}" if bits in {8, 16, 32, 64} else None
    if kind == _FLOAT:
        return {1: "f4", 2: "f8"}.get(about.number(0, "h"))
    return "i8" if kind in {_TIMESTAMP, _DURATION} else None


def _unit(kind: int, about: FlatTable) -> str | None:
    """Return what times count; Polars would not say it of seconds."""
    if kind not in {_TIMESTAMP, _DURATION}:
        return None
    return _TIME_UNITS.get(about.number(0, "h", 1 if kind == _DURATION else 0))


def _read_batch(file: IO[bytes], block: tuple[int, ...], columns: Sequence[_Column]) -> _Batch:
    offset, about_size, _ = block
    file.seek(offset)
    head = file.read(about_size)
    prefix = 8 if head.startswith(_CONTINUES) else 4
    message = FlatTable(head[prefix:])
    batch = message.table(2)
    if message.number(1, "B") != _RECORD_BATCH or batch is None:
        text = "a block is no batch"
        raise struct.error(text)
    rows = batch.number(0, "q")
    nodes, buffers = batch.structs(1, "qq"), batch.structs(2, "qq")
    for column in columns:
        length, nulls = nodes[column.node]
        if nulls:
            text = "one of its columns lacks some of its values"
            raise ValueError(text)
        if length != rows or rows < 0:
            text = f"a column of {rows} rows has {length}"
            raise struct.error(text)
    compression = batch.table(3)
    codec = None if compression is None else compression.number(0, "b")
    found = [buffers[column.buffer] for column in columns]
    return _Batch(rows, codec, [(offset + about_size + at, size) for at, size in found])


def _datasets(
    file: IO[bytes], frame: EventFrame, columns: Sequence[_Column], batches: Sequence[_Batch]
) -> list[Any] | None:
    """Return the datasets of the plan, one a column; None if no plan can say what is there."""
    codecs = {batch.codec for batch in batches}
    most = max((batch.rows for batch in batches), default=1)
    alike = all(batch.rows == most for batch in batches[:-1])
    if codecs <= {None} and alike:
        filters: list[Any] = []
    elif (
        len(codecs) == 1 and (codecs <= _CODECS.keys() or codecs == {None}) and most <= _MOST_BATCH
    ):
        # Chunks of different lengths have to go through a filter, which may be left out of each.
        filters = [(_CODECS[batches[0].codec or 0], [])]
    else:
        return None
    datasets = []
    for i, column in enumerate(columns):
        width = np.dtype(column.kind).itemsize
        chunks = _chunks(file, i, width, batches, skipped=bool(filters))
        if chunks is None:
            return None
        name = frame.names[COLUMNS[i]]
        datasets.append((name, width, most, filters, chunks, b"", b""))
    return datasets


def _chunks(
    file: IO[bytes], column: int, width: int, batches: Sequence[_Batch], *, skipped: bool
) -> bytes | None:
    """Return row, place, size and skipped filters of each buffer of a column."""
    chunks = []
    row = 0
    for batch in batches:
        at, size = batch.buffers[column]
        skip = skipped
        if batch.codec is not None:
            file.seek(at)
            (plain,) = struct.unpack("<q", file.read(8).ljust(8, b"\0"))
            skip = plain == _STORED_AS_IT_IS
            if not skip and plain != batch.rows * width:
                return None
            at, size = at + 8, size - 8
        if skip or batch.codec is None:
            size = min(size, batch.rows * width)  # there may be some bytes behind the last row
        if min(at, size) < 0:
            return None
        chunks.append(struct.pack("=4Q", row, at, size, skip))
        row += batch.rows
    return b"".join(chunks)
