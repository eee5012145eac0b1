# SPDX-License-Identifier: Apache-2.0
"""Filtered events as Polars LazyFrames: what a query asks, it asks of what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from polars.io.plugins import register_io_source

from evarrow.filters.frame_pass import FramePass
from evarrow.read_frame import to_frame
from evarrow.schemas import schema_of
from evarrow.selection import BATCH_SIZE, warn_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from evarrow.filters.pipeline import Pipeline
    from evarrow.recording import Recording

__all__ = ["of_lazy_frame", "of_recording"]


def of_recording(pipeline: Pipeline, recording: Recording) -> pl.LazyFrame:
    """Return what comes out of a pipeline of the events of a recording; nothing is read yet."""
    options = dict(recording.options)
    schema = schema_of(recording.core.stream_fields("events"), options)
    resolution = recording.resolution
    sorted_ = options.get("sort", True) and options.get("on_error", "raise") == "raise"
    core = pipeline.build(resolution)
    in_order = sorted_ and not core.reorders and "t" not in core.changes

    def frames(needed: list[str], batch_size: int | None) -> Iterator[pl.DataFrame]:
        core = pipeline.build(resolution)
        scan = recording.core_scan(
            "events", {"columns": needed}, batch_size=batch_size or BATCH_SIZE
        )
        reader = core.open(scan)
        try:
            while (batch := reader.next()) is not None:
                yield to_frame(batch, in_order=in_order)
            warn_of(reader.report, stacklevel=4)
        finally:
            pipeline.ended(core)

    return _register(frames, schema)


def of_lazy_frame(pipeline: Pipeline, frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return what comes out of a pipeline of the rows of a LazyFrame; nothing is read yet."""
    schema = frame.collect_schema()
    FramePass(pipeline, schema)  # which raises where this cannot be

    def frames(needed: list[str], batch_size: int | None) -> Iterator[pl.DataFrame]:  # noqa: ARG001
        through = FramePass(pipeline, schema)
        through.learn(lambda: frame.collect_batches(maintain_order=True))
        try:
            for piece in frame.collect_batches(maintain_order=True):
                yield from through.take(piece)
        except GeneratorExit:
            through.stop()
            raise
        yield from through.finish()

    return _register(frames, schema)


def _register(
    frames: Callable[[list[str], int | None], Iterator[pl.DataFrame]], schema: pl.Schema
) -> pl.LazyFrame:
    def source(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        wanted = list(schema) if with_columns is None else list(with_columns)
        needed = list(wanted)
        if predicate is not None:
            needed += [name for name in predicate.meta.root_names() if name not in needed]
        left = n_rows
        yield pl.DataFrame(schema={name: schema[name] for name in wanted})
        for frame in frames(needed, batch_size):
            # A limit counts rows before the predicate.
            part = frame if left is None else frame.head(left)
            left = None if left is None else left - part.height
            if predicate is not None:
                part = part.filter(predicate)
            yield part if part.columns == wanted else part.select(wanted)
            if left == 0:
                return

    return register_io_source(
        source, schema=schema, validate_schema=True, is_pure=True, explain_name="evarrow filters"
    )
