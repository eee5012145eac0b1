# SPDX-License-Identifier: Apache-2.0
"""Recordings as Polars LazyFrames whose queries reach the decoder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from polars.io.plugins import register_io_source

from evarrow import _core
from evarrow.predicate import Box, split
from evarrow.read_frame import to_frame
from evarrow.schemas import schema_of
from evarrow.selection import BATCH_SIZE, warn_of
from evarrow.times import I16_END, I16_MIN, I64_MAX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from evarrow.recording import Recording

__all__ = ["scan_frame", "scan_source"]


def scan_frame(recording: Recording, stream: str) -> pl.LazyFrame:
    """Return a stream of an open recording as a LazyFrame."""
    core = recording.core
    schema = schema_of(core.stream_fields(stream), recording.options)
    return scan_source(lambda: core, stream, schema, dict(recording.options))


def scan_source(
    open_core: Callable[[], _core.Recording],
    stream: str,
    schema: pl.Schema,
    options: dict[str, Any],
) -> pl.LazyFrame:
    """Return a LazyFrame over what `open_core` opens when rows are asked for."""
    binary = options.get("polarity_type") == "binary"
    # Where damage raises, sorted times are sorted to the end or there is no result.
    in_order = options.get("sort", True) and options.get("on_error", "raise") == "raise"

    def source(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        wanted = list(schema) if with_columns is None else list(with_columns)
        box, residue = Box(), predicate
        # A limit counts rows before the predicate, so that the two cannot go down together.
        if predicate is not None and n_rows is None:
            pushdown = split(predicate)
            box, residue = pushdown.box, pushdown.residue
        needed = list(wanted)
        if residue is not None:
            needed += [name for name in residue.meta.root_names() if name not in needed]
        arguments = _arguments(box, binary=binary)
        if arguments is None:
            yield pl.DataFrame(schema={name: schema[name] for name in wanted})
            return
        scan = _core.make_scan(
            open_core(),
            stream,
            columns=needed,
            limit=n_rows,
            batch_size=batch_size or BATCH_SIZE,
            **arguments,
        )
        whole = batch_size is None and residue is None and n_rows is None
        rows = _whole(scan) if whole else _batches(scan)
        empty = True
        for batch in rows:
            frame = to_frame(batch, in_order=in_order)
            if residue is not None:
                frame = frame.filter(residue)
            empty = False
            yield frame if frame.columns == wanted else frame.select(wanted)
        if empty:
            yield pl.DataFrame(schema={name: schema[name] for name in wanted})

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
