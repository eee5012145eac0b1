# SPDX-License-Identifier: Apache-2.0
"""Recordings as Polars LazyFrames whose queries reach the decoder."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl
from polars.io.plugins import register_io_source

import evarrow.polars  # noqa: F401 - frames get their namespace
from evarrow import _core
from evarrow.predicate import Box, split
from evarrow.read_frame import to_frame
from evarrow.schemas import schema_of
from evarrow.selection import BATCH_SIZE, warn_of
from evarrow.times import I16_END, I16_MIN, I64_MAX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from evarrow.recording import Recording

__all__ = ["Query", "lazy_frame", "plan_query", "scan_frame", "scan_source"]


@dataclass(frozen=True)
class Query:
    """What Polars asks a source for: the decoder's part of it, and what is left of the rest.

    Attributes
    ----------
    wanted : list of str
        The columns that come out.
    arguments : dict or None
        What make_scan is given; None if no row can be wanted.
    residue : polars.Expr or None
        What is applied to the rows that the decoder gives.
    constants : list of str
        Columns that are the same in all rows of a recording, which `run` is told.
    whole : bool
        Whether all rows are wanted at once.
    in_order : bool
        Whether the times that come out are known not to decrease.
    """

    wanted: list[str]
    schema: Mapping[str, Any]
    arguments: dict[str, Any] | None
    residue: pl.Expr | None
    constants: list[str] = field(default_factory=list)
    whole: bool = False
    in_order: bool = False

    def nothing(self) -> pl.DataFrame:
        """Return a frame without rows."""
        return pl.DataFrame(schema={name: self.schema[name] for name in self.wanted})

    def scan(self, core: _core.Recording, stream: str, limit: int | None = None) -> _core.Scan:
        """Return the decoder's part of it over one recording."""
        arguments = dict(self.arguments or {})
        if limit is not None:
            arguments["limit"] = limit
        return _core.make_scan(core, stream, **arguments)

    def frame(self, batch: _core.Batch, values: Mapping[str, str] | None = None) -> pl.DataFrame:
        """Return what a batch has of the wanted rows; `values` are those of the constants."""
        frame = to_frame(batch, in_order=self.in_order)
        if values:
            frame = frame.with_columns(**{name: pl.lit(values[name]) for name in self.constants})
        if self.residue is not None:
            frame = frame.filter(self.residue)
        return frame if frame.columns == self.wanted else frame.select(self.wanted)


def plan_query(
    schema: pl.Schema,
    options: Mapping[str, Any],
    asked: tuple[list[str] | None, pl.Expr | None, int | None, int | None],
    constants: Sequence[str] = (),
) -> Query:
    """Divide what Polars asks for: columns, predicate, number of rows, size of batches."""
    with_columns, predicate, n_rows, batch_size = asked
    wanted = list(schema) if with_columns is None else list(with_columns)
    box, residue = Box(), predicate
    # A limit counts rows before the predicate, so that the two cannot go down together.
    if predicate is not None and n_rows is None:
        pushdown = split(predicate)
        box, residue = pushdown.box, pushdown.residue
    used = list(wanted)
    if residue is not None:
        used += [name for name in residue.meta.root_names() if name not in used]
    needed = [name for name in used if name not in constants]
    arguments = _arguments(box, binary=options.get("polarity_type") == "binary")
    if arguments is not None:
        # Without any column a batch would not know how many rows it has.
        arguments |= {
            "columns": needed or [next(iter(schema))],
            "limit": n_rows,
            "batch_size": batch_size or BATCH_SIZE,
        }
    return Query(
        wanted=wanted,
        schema=schema,
        arguments=arguments,
        residue=residue,
        constants=[name for name in used if name in constants],
        whole=batch_size is None and residue is None and n_rows is None,
        # Where damage raises, sorted times are sorted to the end or there is no result.
        in_order=options.get("sort", True) and options.get("on_error", "raise") == "raise",
    )


def scan_frame(recording: Recording, stream: str) -> pl.LazyFrame:
    """Return a stream of an open recording as a LazyFrame."""
    schema = schema_of(recording.core.stream_fields(stream), recording.options)
    return scan_source(_Opened(recording), stream, schema, dict(recording.options))


class _Opened:
    """The open file of a recording, which may be closed; unpickling opens it anew."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._core = recording.core

    def __call__(self) -> _core.Recording:
        return self._core

    def __reduce__(self) -> tuple[type[_Opened], tuple[Recording]]:
        return _Opened, (self._recording,)


def scan_source(
    open_core: Callable[[], _core.Recording],
    stream: str,
    schema: pl.Schema,
    options: dict[str, Any],
) -> pl.LazyFrame:
    """Return a LazyFrame over what `open_core` opens when rows are asked for."""

    def source(*asked: Any) -> Iterator[pl.DataFrame]:
        query = plan_query(schema, options, asked)
        if query.arguments is None:
            yield query.nothing()
            return
        scan = query.scan(open_core(), stream)
        empty = True
        for batch in _whole(scan) if query.whole else _batches(scan):
            empty = False
            yield query.frame(batch)
        if empty:
            yield query.nothing()

    return lazy_frame(source, schema)


def lazy_frame(source: Callable[..., Iterator[pl.DataFrame]], schema: pl.Schema) -> pl.LazyFrame:
    """Return a LazyFrame whose rows `source` gives."""
    return register_io_source(
        source,
        schema=schema,
        validate_schema=True,
        is_pure=True,
        explain_name="evarrow",
    )


def _whole(scan: _core.Scan) -> Iterator[_core.Batch]:
    """Give all rows in one batch, made by all threads: for an engine that keeps them all."""
    batch, _, report = scan.read()
    yield batch
    warn_of(report, stacklevel=3)


def _batches(scan: _core.Scan) -> Iterator[_core.Batch]:
    reader = scan.open()
    while (batch := reader.next()) is not None:
        yield batch
    warn_of(reader.report, stacklevel=3)


def _arguments(box: Box, *, binary: bool) -> dict[str, Any] | None:
    """Return a box as arguments of make_scan; None if no row can be in it."""
    if box.is_empty():
        return None
    out: dict[str, Any] = {}
    if "t" in box.low:
        out["t_begin"] = box.low["t"]
    # The greatest time there is has no end behind it.
    if box.high.get("t", I64_MAX) < I64_MAX:
        out["t_end"] = box.high["t"] + 1
    if not {"x", "y"}.isdisjoint((*box.low, *box.high)):
        begin = [max(box.low.get(name, I16_MIN), I16_MIN) for name in ("x", "y")]
        end = [min(box.high.get(name, I16_END) + 1, I16_END) for name in ("x", "y")]
        if begin[0] >= end[0] or begin[1] >= end[1]:
            return None
        out["region"] = (*begin, *end)
    low, high = (bounds.get("polarity") for bounds in (box.low, box.high))
    allowed = [
        value
        for value in ((0, 1) if binary else (-1, 1))
        if value not in box.excluded
        and (low is None or low <= value)
        and (high is None or value <= high)
    ]
    if not allowed:
        return None
    if len(allowed) == 1:
        out["polarity"] = allowed[0]
    return out
