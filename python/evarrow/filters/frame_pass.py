# SPDX-License-Identifier: Apache-2.0
"""Passes of Polars frames through a pipeline, piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from evarrow import _core
from evarrow.column_names import COLUMNS
from evarrow.events import find_columns, resolution_in
from evarrow.filters.passes import arrays_of, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from evarrow.filters.pipeline import Pipeline

__all__ = ["FramePass", "is_plain", "of_frame", "of_table", "plain_chunks"]

_TIMES = (pl.Int64, pl.Duration("us"), pl.Datetime("us"))


def of_frame(
    pipeline: Pipeline, frame: pl.DataFrame, resolution: tuple[int, int] | None = None
) -> pl.DataFrame:
    """Return what comes out of a pipeline as a frame with the columns of `frame`."""
    through = FramePass(pipeline, frame.schema, resolution)
    through.learn(lambda: [frame])
    parts = [*through.take(frame), *through.finish()]
    return pl.concat(parts) if len(parts) > 1 else parts[0] if parts else frame.clear()


def of_table(pipeline: Pipeline, table: Any) -> Any:
    """Return what comes out of a pipeline as a pyarrow.Table."""
    metadata = {key.decode(): value for key, value in (table.schema.metadata or {}).items()}
    frame = of_frame(pipeline, pl.DataFrame(table), resolution_in(metadata))
    return frame.to_arrow().replace_schema_metadata(table.schema.metadata)


def is_plain(schema: pl.Schema) -> bool:
    """Return whether a frame has the columns of a batch and no others."""
    return (
        schema.names() == list(COLUMNS)
        and [schema[name] for name in ("x", "y", "polarity")] == [pl.Int16, pl.Int16, pl.Int8]
        and schema["t"] in _TIMES
    )


def plain_chunks(frame: pl.DataFrame) -> Iterator[tuple[NDArray[Any], ...]]:
    """Return the columns of each chunk of a plain frame as arrays, without a copy."""
    columns = [frame[name].to_physical().get_chunks() for name in COLUMNS]
    if len({tuple(len(chunk) for chunk in column) for column in columns}) > 1:
        columns = [[frame[name].rechunk().to_physical()] for name in COLUMNS]
    for chunks in zip(*columns, strict=True):
        yield tuple(chunk.to_numpy() for chunk in chunks)


class FramePass:
    """One pass of frames of one schema through a pipeline."""

    def __init__(
        self, pipeline: Pipeline, schema: pl.Schema, resolution: tuple[int, int] | None = None
    ) -> None:
        self._pipeline = pipeline
        self._schema = schema
        self._core = pipeline.build(resolution)
        self._names = find_columns(schema.names())
        self._plain = is_plain(schema)
        self._rows = 0  # that have gone in
        self._first = 0  # the number of the first row of those that are held
        self._binary = False
        self._direct = False
        self._held: list[pl.DataFrame] = []  # whose rows may come out later
        others = set(schema.names()) - set(self._names.values())
        if self._core.creates and others:
            refuse(others)

    def learn(self, frames: Callable[[], Iterable[pl.DataFrame]]) -> None:
        """Show all events to the filters that have to see them first."""
        while self._core.learning:
            for frame in frames():
                for columns in self._columns(frame):
                    self._core.learn(*columns)
            self._core.learned()

    def take(self, frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Return what comes out of the rows of a frame."""
        in_order = (
            frame[self._names["t"]].flags["SORTED_ASC"]
            and not self._core.reorders
            and "t" not in self._core.changes
        )
        polarity = frame[self._names["polarity"]]
        if not self._binary and ("polarity" in self._core.changes or self._core.creates):
            self._binary = polarity.dtype == pl.Boolean or bool((polarity == 0).any())
        self._direct = self._core.creates or (self._plain and not self._binary)
        # Filters that reorder may hold rows back, whose other columns have to be at hand then.
        if not (self._core.reorders and not self._direct):
            self._held, self._first = [], self._rows
        self._held.append(frame)
        for columns in self._columns(frame):
            out = self._core.append(*columns, numbered=not self._direct)
            part = self._made(out) if self._direct else self._gathered(out)
            if in_order:
                name = self._names["t"]
                part.replace_column(part.get_column_index(name), part[name].set_sorted())
            yield part
        self._rows += frame.height

    def finish(self) -> Iterator[pl.DataFrame]:
        """Return what has been held back, at the end of all frames."""
        rest = self._core.finish(numbered=not self._direct)
        self.stop()
        if len(rest):
            yield self._made(rest) if self._direct or not self._held else self._gathered(rest)

    def stop(self) -> None:
        """End the pass."""
        self._pipeline.ended(self._core)

    def _columns(self, frame: pl.DataFrame) -> Iterator[Any]:
        if self._plain and not any(frame.null_count().row(0)):
            yield from plain_chunks(frame)
            return
        importer = _core.Importer(frame.select(self._names.values()).__arrow_c_stream__())
        while (batch := importer.next()) is not None:
            yield arrays_of(batch)

    def _made(self, out: _core.EventBatch) -> pl.DataFrame:
        """Return a frame of the events alone."""
        made = pl.DataFrame(out)
        columns = {name: self._typed(name, made[name]) for name in COLUMNS}
        original = {self._names[name]: values for name, values in columns.items()}
        return pl.DataFrame([original[name].rename(name) for name in self._schema.names()])

    def _gathered(self, out: _core.Batch) -> pl.DataFrame:
        """Return the rows of frames that came out, with those values that have changed."""
        frame = self._held[0] if len(self._held) == 1 else pl.concat(self._held)
        part = frame[out.column("row") - self._first]
        return part.with_columns(
            self._typed(name, pl.Series(out.column(name))).alias(self._names[name])
            for name in self._core.changes
        )

    def _typed(self, name: str, values: pl.Series) -> pl.Series:
        kind = self._schema[self._names[name]]
        if name == "polarity" and (self._binary or kind == pl.Boolean):
            return (values > 0).cast(kind)
        if name == "t" and isinstance(kind, (pl.Duration, pl.Datetime)):
            whole = values.to_physical().cast(pl.Duration("us")).dt.cast_time_unit(kind.time_unit)
            return whole.cast(pl.Int64).cast(kind)
        return values.to_physical().cast(kind)
