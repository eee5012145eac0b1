# SPDX-License-Identifier: Apache-2.0
"""Many recordings as one LazyFrame: in parallel, in order, and only those that a query needs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import polars as pl

from evarrow import _core
from evarrow.ahead import run_ahead
from evarrow.errors import ChangedError
from evarrow.predicate import about
from evarrow.scan_frame import Query, lazy_frame, plan_query
from evarrow.schemas import schema_of
from evarrow.selection import warn_of
from evarrow.sources import name_of, open_core

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["scan_many"]


def scan_many(
    sources: Sequence[Any], stream: str, options: dict[str, Any], path_column: str | None
) -> pl.LazyFrame:
    """Return the rows of recordings one after the other as a LazyFrame.

    Raises
    ------
    OSError, FormatError
        If one of them cannot be opened: all headers are read now.
    ValueError
        If the column for the paths has the name of another one.
    """
    members = [_Member(source, stream, options) for source in sources]
    schema = members[0].schema
    constants: list[str] = []
    if path_column is not None:
        if path_column in schema:
            message = f"there is a column {path_column!r} already: name another one for the paths"
            raise ValueError(message)
        schema = pl.Schema({**schema, path_column: pl.String()})
        constants = [path_column]

    def source(*asked: Any) -> Iterator[pl.DataFrame]:
        query = plan_query(schema, options, asked, constants)
        limit = asked[2]
        if query.arguments is None:
            given: Iterator[pl.DataFrame] = iter(())
        elif limit is not None:  # of the rows before the predicate
            given = _in_turn(members, query, limit)
        else:
            given = _in_parallel(_of_paths(members, asked[1], path_column), query)
        empty = True
        for frame in given:
            empty = False
            yield frame
        if empty:
            yield query.nothing()

    return lazy_frame(source, schema)


class _Member:
    """One of many recordings. It is not kept open: there may be more than a process may open."""

    def __init__(self, source: Any, stream: str, options: dict[str, Any]) -> None:
        self.name = name_of(source)
        self._source = source
        self._stream = stream
        self._options = options
        self._before = _identity(source)
        self._times: tuple[int, int] | None = None  # between which all its events are
        self.schema = schema_of(open_core(source, options).stream_fields(stream), options)

    def pieces(
        self, query: Query, limit: int | None = None
    ) -> Iterator[tuple[int, pl.DataFrame] | _core.Report]:
        """Give how many rows were read and those of them that are wanted; then what was met."""
        core = self._open()
        if not self._may_hold(core, query):
            return
        values = dict.fromkeys(query.constants, self.name)
        scan = query.scan(core, self._stream, limit)
        if query.whole:
            rows, _, report = scan.read()
            yield len(rows), query.frame(rows, values)
            yield report
            return
        reader = scan.open()
        while (batch := reader.next()) is not None:
            yield len(batch), query.frame(batch, values)
        yield reader.report

    def _open(self) -> _core.Recording:
        if _identity(self._source) != self._before:
            message = f"{self.name!r} has changed since it was scanned; scan it again"
            raise ChangedError(message)
        return open_core(self._source, self._options)

    def _may_hold(self, core: _core.Recording, query: Query) -> bool:
        """Return whether events of the wanted time can be in it, as far as can be told cheaply."""
        assert query.arguments is not None
        begin, end = (query.arguments.get(name) for name in ("t_begin", "t_end"))
        if self._stream != "events" or (begin is None and end is None) or not core.seekable:
            return True
        if self._times is None and core.knows_times:
            self._times = core.time_range()
            if self._times is None:
                return False
        if self._times is not None:
            first, last = self._times
            return (end is None or first < end) and (begin is None or last >= begin)
        # Where times do not decrease, the first event tells whether all lie behind the end.
        if end is None or not query.in_order:
            return True
        reader = _core.make_scan(core, "events", columns=["t"], limit=1).open()
        first_row = reader.next()
        if first_row is not None and int(first_row.column("t")[0]) < end:
            return True
        return bool(reader.report.faults)  # what was lost before it may have been of that time


def _identity(source: Any) -> tuple[int, ...] | None:
    if not isinstance(source, (str, os.PathLike)):
        return None
    status = os.stat(source)  # noqa: PTH116
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _of_paths(
    members: list[_Member], predicate: pl.Expr | None, column: str | None
) -> list[_Member]:
    """Return the recordings that the predicate does not rule out by their paths alone."""
    if column is None or predicate is None:
        return members
    condition = about(predicate, column)
    if condition is None:
        return members
    names = pl.DataFrame({column: [member.name for member in members]})
    wanted = names.select(condition.alias("wanted")).to_series()
    return [member for member, yes in zip(members, wanted, strict=True) if yes]


def _in_turn(members: list[_Member], query: Query, limit: int) -> Iterator[pl.DataFrame]:
    """Give the first rows, of one recording after the other."""
    for member in members:
        if limit == 0:
            return
        for piece in member.pieces(query, limit):
            if isinstance(piece, tuple):
                limit -= piece[0]
                yield piece[1]
            else:
                warn_of(piece, stacklevel=4)


def _in_parallel(members: list[_Member], query: Query) -> Iterator[pl.DataFrame]:
    jobs = [lambda member=member: member.pieces(query) for member in members]
    for piece in run_ahead(jobs, _core.thread_count()):
        if isinstance(piece, tuple):
            yield piece[1]
        else:
            warn_of(piece, stacklevel=4)
