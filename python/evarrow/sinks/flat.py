# SPDX-License-Identifier: Apache-2.0
"""FlatBuffers, as far as Arrow's files need them: https://flatbuffers.dev/internals."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["FlatTable", "build", "scalar", "structs", "table", "tables", "text"]

Part: TypeAlias = "Callable[[bytearray], int]"
"""Appends itself to a buffer and returns where it begins."""

Field: TypeAlias = "tuple[str, int | bool] | Part | None"
"""A number with its format, something that the table refers to, or a field that is left out."""


def build(root: Part) -> bytes:
    """Return the buffer of a table, as long as a multiple of 8 bytes."""
    out = bytearray(4)
    struct.pack_into("<I", out, 0, root(out))
    return bytes(out) + bytes(-len(out) % 8)


def scalar(form: str, value: int | bool) -> Field:
    """Return a number; `form` is that of `struct`."""
    return (f"<{form}", value)


def table(*fields: Field) -> Part:
    """Return a table of fields, in the order of their declaration."""

    def write(out: bytearray) -> int:
        places, end = [], 4
        order = sorted(range(len(fields)), key=lambda i: -_size(fields[i]))
        at = dict.fromkeys(range(len(fields)), 0)
        for i in order:
            size = _size(fields[i])
            if size:
                end += -end % size
                at[i] = end
                end += size
        _pad(out, 2)
        directory = len(out)
        out += struct.pack("<HH", 4 + 2 * len(fields), end)
        out += struct.pack(f"<{len(fields)}H", *at.values())
        _pad(out, 8)
        begin = len(out)
        out += bytes(end)
        struct.pack_into("<i", out, begin, begin - directory)
        for i, field in enumerate(fields):
            if isinstance(field, tuple):
                struct.pack_into(field[0], out, begin + at[i], field[1])
            elif field is not None:
                places.append((begin + at[i], field))
        for place, part in places:
            struct.pack_into("<I", out, place, part(out) - place)
        return begin

    return write


def text(value: str) -> Part:
    """Return a string."""

    def write(out: bytearray) -> int:
        _pad(out, 4)
        begin = len(out)
        content = value.encode()
        out += struct.pack("<I", len(content)) + content + b"\0"
        return begin

    return write


def structs(form: str, rows: Sequence[tuple[int, ...]]) -> Part:
    """Return a vector of structs whose members have 8 bytes at most."""

    def write(out: bytearray) -> int:
        out += bytes(-(len(out) + 4) % 8)
        begin = len(out)
        out += struct.pack("<I", len(rows))
        for row in rows:
            out += struct.pack(f"<{form}", *row)
        return begin

    return write


def tables(parts: Sequence[Part]) -> Part:
    """Return a vector of tables."""

    def write(out: bytearray) -> int:
        _pad(out, 4)
        begin = len(out)
        out += struct.pack("<I", len(parts)) + bytes(4 * len(parts))
        for i, part in enumerate(parts):
            place = begin + 4 + 4 * i
            struct.pack_into("<I", out, place, part(out) - place)
        return begin

    return write


def _size(field: Field) -> int:
    if field is None:
        return 0
    return struct.calcsize(field[0]) if isinstance(field, tuple) else 4


def _pad(out: bytearray, to: int) -> None:
    out += bytes(-len(out) % to)


class FlatTable:
    """A table in a buffer. What lies outside of it raises `struct.error`."""

    def __init__(self, buffer: bytes, at: int | None = None) -> None:
        self._buffer = buffer
        self._at = struct.unpack_from("<I", buffer)[0] if at is None else at

    @property
    def place(self) -> int:
        """Where in its buffer it begins."""
        return self._at

    def table(self, field: int) -> FlatTable | None:
        """Return the table that a field refers to."""
        place = self._place(field)
        return None if place is None else FlatTable(self._buffer, self._follow(place))

    def tables(self, field: int) -> list[FlatTable]:
        """Return the tables of a vector."""
        place = self._place(field)
        if place is None:
            return []
        begin = self._follow(place)
        (count,) = struct.unpack_from("<I", self._buffer, begin)
        if count * 4 > len(self._buffer):
            message = "a vector is longer than its buffer"
            raise struct.error(message)
        places = range(begin + 4, begin + 4 + 4 * count, 4)
        return [FlatTable(self._buffer, self._follow(one)) for one in places]

    def number(self, field: int, form: str, default: int = 0) -> int:
        """Return a number, `default` where there is none; `form` is that of `struct`."""
        place = self._place(field)
        if place is None:
            return default
        return int(struct.unpack_from(f"<{form}", self._buffer, place)[0])

    def structs(self, field: int, form: str) -> list[tuple[int, ...]]:
        """Return the structs of a vector."""
        place = self._place(field)
        if place is None:
            return []
        begin = self._follow(place)
        (count,) = struct.unpack_from("<I", self._buffer, begin)
        size = struct.calcsize(f"<{form}")
        rows = self._buffer[begin + 4 : begin + 4 + count * size]
        if len(rows) < count * size:
            message = "a vector is longer than its buffer"
            raise struct.error(message)
        return list(struct.iter_unpack(f"<{form}", rows))

    def text(self, field: int) -> str:
        """Return a string; empty where there is none."""
        place = self._place(field)
        if place is None:
            return ""
        begin = self._follow(place)
        (size,) = struct.unpack_from("<I", self._buffer, begin)
        return self._buffer[begin + 4 : begin + 4 + size].decode(errors="replace")

    def _follow(self, place: int) -> int:
        (offset,) = struct.unpack_from("<I", self._buffer, place)
        return place + int(offset)

    def _place(self, field: int) -> int | None:
        (back,) = struct.unpack_from("<i", self._buffer, self._at)
        directory = self._at - int(back)
        if directory < 0:
            message = "a table lies outside of its buffer"
            raise struct.error(message)
        (size,) = struct.unpack_from("<H", self._buffer, directory)
        if 4 + 2 * field >= size:
            return None
        (offset,) = struct.unpack_from("<H", self._buffer, directory + 4 + 2 * field)
        return self._at + int(offset) if offset else None
