# SPDX-License-Identifier: Apache-2.0
"""What the footer of a Parquet file says of its groups of rows, which Polars does not give out.

The footer is in Thrift's compact protocol.

References
----------
.. [1] https://parquet.apache.org/docs/file-format/metadata/
.. [2] https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import IO, Any

__all__ = ["RowGroup", "read_row_groups"]

_MAGIC = b"PAR1"
_MOST_FOOTER = 1 << 26  # bytes
_MOST_SHIFT = 63
_INTEGERS = {1: "<i", 2: "<q"}  # how values of the types INT32 and INT64 are written
# Fields by their numbers: of FileMetaData, RowGroup, ColumnChunk, ColumnMetaData, Statistics.
_ROW_GROUPS = 4
_CHUNKS, _ROWS = 1, 3
_OTHER_FILE, _META_DATA = 1, 3
_TYPE, _PATH, _PAGES, _DICTIONARY, _STATISTICS = 1, 3, 9, 11, 12
_NULLS, _GREATEST, _LEAST = 3, 5, 6


@dataclass(frozen=True)
class RowGroup:
    """A group of rows.

    Attributes
    ----------
    rows : int
        How many.
    bounds : dict
        The least and the greatest value of columns of signed integers, where they are known.
    nulls : dict
        How many values columns lack, where that is known.
    places : dict
        Where in the file the pages of columns begin.
    """

    rows: int
    bounds: dict[str, tuple[int, int]]
    nulls: dict[str, int]
    places: dict[str, int]


def read_row_groups(file: IO[bytes]) -> list[RowGroup] | None:
    """Return the groups of rows of a file; None if its footer cannot be read."""
    end = file.seek(0, io.SEEK_END)
    file.seek(max(end - 8, 0))
    tail = file.read(8)
    if len(tail) < 8 or tail[4:] != _MAGIC:
        return None
    (size,) = struct.unpack("<I", tail[:4])
    if size > min(end - 8, _MOST_FOOTER):
        return None
    file.seek(end - 8 - size)
    try:
        found = _Reader(file.read(size)).struct()
        return [_group(one) for one in found[_ROW_GROUPS]]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, struct.error,
            RecursionError):  # fmt: skip
        return None


def _group(found: dict[int, Any]) -> RowGroup:
    bounds = {}
    nulls = {}
    places = {}
    for chunk in found[_CHUNKS]:
        if _OTHER_FILE in chunk:
            message = "a column lies in another file"
            raise ValueError(message)
        about = chunk[_META_DATA]
        name = b".".join(about[_PATH]).decode()
        places[name] = int(min(about[_PAGES], about.get(_DICTIONARY) or about[_PAGES]))
        statistics = about.get(_STATISTICS, {})
        if _NULLS in statistics:
            nulls[name] = int(statistics[_NULLS])
        form = _INTEGERS.get(about[_TYPE])
        if form is not None and {_LEAST, _GREATEST} <= statistics.keys():
            (least,) = struct.unpack(form, statistics[_LEAST])
            (greatest,) = struct.unpack(form, statistics[_GREATEST])
            bounds[name] = (least, greatest)
    rows = int(found[_ROWS])
    if rows < 0:
        message = f"a group has {rows} rows"
        raise ValueError(message)
    return RowGroup(rows, bounds, nulls, places)


class _Reader:
    """Reads structs as dicts of their fields' numbers."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def struct(self) -> dict[int, Any]:
        out: dict[int, Any] = {}
        number = 0
        while (head := self._byte()) != 0:
            step, kind = head >> 4, head & 15
            number = number + step if step else self._integer()
            out[number] = kind == 1 if kind in (1, 2) else self._value(kind)
        return out

    def _value(self, kind: int) -> Any:
        if kind in (1, 2, 3):  # a truth value in a list, or an i8
            return self._byte()
        if kind in (4, 5, 6):
            return self._integer()
        if kind == 7:
            return struct.unpack("<d", self._bytes(8))[0]
        if kind == 8:
            return self._bytes(self._natural())
        if kind in (9, 10):
            head = self._byte()
            size = head >> 4 if head >> 4 != 15 else self._natural()
            return [self._value(head & 15) for _ in range(size)]
        if kind == 11:
            size = self._natural()
            kinds = self._byte() if size else 0
            return [(self._value(kinds >> 4), self._value(kinds & 15)) for _ in range(size)]
        if kind == 12:
            return self.struct()
        message = f"there is no type {kind}"
        raise ValueError(message)

    def _byte(self) -> int:
        value = self._content[self._at]
        self._at += 1
        return value

    def _bytes(self, size: int) -> bytes:
        value = self._content[self._at : self._at + size]
        if len(value) < size:
            message = "the footer ends too early"
            raise IndexError(message)
        self._at += size
        return value

    def _natural(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
            if shift > _MOST_SHIFT:
                message = "a number has more than 64 bits"
                raise ValueError(message)

    def _integer(self) -> int:
        value = self._natural()
        return (value >> 1) ^ -(value & 1)
