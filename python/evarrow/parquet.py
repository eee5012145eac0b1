# SPDX-License-Identifier: Apache-2.0
"""Parquet files as a payload that Polars decodes piece by piece, as rows are wanted.

The rows of a file are divided into stretches, of whole groups of rows where these are small; Polars
decodes only the pages of a group that a stretch reaches into. A block of the payload is one column
of one stretch. What is not asked for is not decoded: no other columns, and nothing outside
of a time window where the footer knows the times of the groups.
"""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from evarrow.column_names import COLUMNS
from evarrow.errors import ChangedError, DamagedError
from evarrow.npy import has_fractions, time_rule
from evarrow.options import to_core
from evarrow.packed import check_growth
from evarrow.parquet_footer import read_row_groups

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from evarrow import _core
    from evarrow.event_frame import EventFrame
    from evarrow.openers import Opener
    from evarrow.parquet_footer import RowGroup

__all__ = ["open_groups"]

_STRETCH = 1 << 18  # rows
_MOST_GROUP = 1 << 22  # rows: a larger group is not looked into for a part of it
_STORED: dict[Any, str] = {
    pl.Int8: "i1", pl.Int16: "i2", pl.Int32: "i4", pl.Int64: "i8",
    pl.UInt8: "u1", pl.UInt16: "u2", pl.UInt32: "u4", pl.UInt64: "u8",
    pl.Float32: "f4", pl.Float64: "f8",
}  # fmt: skip


def open_groups(
    opener: Opener, frame: EventFrame, options: Mapping[str, Any]
) -> _core.Recording | None:
    """Open a Parquet file whose groups of rows can be decoded one by one; None if they cannot.

    Raises
    ------
    FormatError
        If the file has far more rows than its bytes can be.
    ValueError
        If a column lacks values.
    """
    if not isinstance(opener.content, str):
        return None
    with opener.file() as file:
        groups = read_row_groups(file) if file is not None else None
    kinds = [_STORED.get(kind.base_type()) for kind in frame.rows.collect_schema().dtypes()]
    if (
        groups is None
        or None in kinds
        or max((one.rows for one in groups), default=0) > _MOST_GROUP
    ):
        return None
    dtypes = [np.dtype(kind) for kind in kinds]
    rows = sum(one.rows for one in groups)
    path = os.path.abspath(opener.content)  # noqa: PTH100 - the name as it was given
    size = os.path.getsize(path)  # noqa: PTH202
    check_growth(opener.name, size, rows * sum(one.itemsize for one in dtypes))
    for name in frame.names.values():
        if any(one.nulls.get(name) for one in groups):
            message = f"the column {name!r} lacks some of its values"
            raise ValueError(message)
    blocks = _Blocks(frame, path, dtypes, rows, _stretch(groups))
    plan = frame.plan("parquet")
    unit = options.get("t_unit") or frame.t_unit
    rule = time_rule(dtypes[2], unit, opener.name, blocks.has_fractions)
    plan.add_stream("events", rows, *blocks.describe(), rule)
    plan.set_times(_times(groups, frame.names["t"], rule) if dtypes[2].kind == "i" else [])
    plan.set_blocks(blocks.ends(), blocks.make, blocks.places(groups))
    # Polars has threads of its own; waiting for these in several of ours gains little.
    return opener.open(to_core({**options, "threads": 1}, plan))


def _stretch(groups: Sequence[RowGroup]) -> int:
    """Return how many rows are decoded at once: those of whole groups, if these are alike."""
    first = groups[0].rows if groups else 0
    alike = all(one.rows == first for one in groups[:-1])
    return _STRETCH // first * first if alike and 0 < first <= _STRETCH else _STRETCH


def _times(
    groups: Sequence[RowGroup], name: str, rule: tuple[int, int, int]
) -> list[tuple[int, int, int]]:
    """Return the first row and the bounds of the times of each group; nothing if one is unknown."""
    times = []
    row = 0
    _, multiplier, divisor = rule
    for group in groups:
        if group.rows == 0:
            continue
        if name not in group.bounds:
            return []
        least, greatest = (value * multiplier // divisor for value in group.bounds[name])
        times.append((row, least, greatest))
        row += group.rows
    return times


class _Blocks:
    """The columns of a file, stretch by stretch."""

    def __init__(
        self, frame: EventFrame, path: str, dtypes: Sequence[np.dtype[Any]], rows: int, stretch: int
    ) -> None:
        self._frame = frame
        self._path = path
        self._dtypes = dtypes
        self._rows = rows
        self._stretch = stretch
        self._stamp = self._now()

    def _now(self) -> tuple[int, int, int]:
        found = os.stat(self._path)  # noqa: PTH116
        return found.st_ino, found.st_size, found.st_mtime_ns

    def _stretches(self) -> range:
        return range(0, self._rows, self._stretch)

    def _sizes(self, first: int) -> list[int]:
        """Return the bytes of the blocks of the stretch that begins at a row."""
        rows = min(self._stretch, self._rows - first)
        return [rows * dtype.itemsize for dtype in self._dtypes]

    def ends(self) -> list[int]:
        """Return where the blocks end."""
        sizes = [size for first in self._stretches() for size in self._sizes(first)]
        return [int(end) for end in np.cumsum(sizes, dtype=np.uint64)]

    def places(self, groups: Sequence[RowGroup]) -> list[int]:
        """Return where in the file the group begins that the first row of each block is of."""
        ends = np.cumsum([one.rows for one in groups])
        of = np.searchsorted(ends, self._stretches(), side="right")
        names = [self._frame.names[column] for column in COLUMNS]
        return [groups[i].places.get(name, 0) for i in of for name in names]

    def describe(self) -> tuple[list[Any], list[Any]]:
        """Return the datasets and the columns of the plan."""
        begins = [0, *self.ends()]
        datasets: list[Any] = []
        columns: list[Any] = []
        for i, dtype in enumerate(self._dtypes):
            chunks = b"".join(
                struct.pack("=4Q", first, begins[len(COLUMNS) * k + i], self._sizes(first)[i], 0)
                for k, first in enumerate(self._stretches())
            )
            name = self._frame.names[COLUMNS[i]]
            datasets.append((name, dtype.itemsize, self._stretch, [], chunks, b"", b""))
            columns.append((i, 0, dtype.str[1:], False, 0))
        return datasets, columns

    def make(self, block: int) -> NDArray[Any]:
        """Decode a block.

        Raises
        ------
        ChangedError
            If the file is no longer the one that was opened.
        DamagedError
            If Polars cannot decode it, or it lacks values.
        """
        stretch, column = divmod(block, len(COLUMNS))
        if self._now() != self._stamp:
            message = "the file is no longer the one that was opened"
            raise ChangedError(message)
        return self._decode(stretch * self._stretch, self._stretch, COLUMNS[column])

    def _decode(self, first: int, rows: int, column: str) -> NDArray[Any]:
        try:
            found = self._frame.rows.select(column).slice(first, rows).collect().to_series()
        except BaseException as error:
            if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
                raise
            raise DamagedError(str(error)) from None
        if found.null_count():
            message = f"the column {self._frame.names[column]!r} lacks some of its values"
            raise DamagedError(message)
        return np.ascontiguousarray(found.to_numpy())

    def has_fractions(self) -> bool:
        """Return whether one of the first times is no whole number."""
        return has_fractions(self._decode(0, 1000, "t"))
