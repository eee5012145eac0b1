# SPDX-License-Identifier: Apache-2.0
"""Streams beside the events as tables of their own: Parquet, Arrow, CSV and NumPy's archives."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import polars as pl

from evarrow.images import Pictures
from evarrow.outputs import About, Output
from evarrow.read_frame import to_frame
from evarrow.scan_frame import lazy_frame
from evarrow.schemas import schema_of
from evarrow.sinks.npz import ColumnArchive
from evarrow.sinks.parquet import OF_SYSTEM, parquet_packing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np

    from evarrow._core import Reader
    from evarrow.recording import Recording
    from evarrow.selection import Selection

__all__ = ["TABLES", "export"]

TABLES = ("parquet", "arrow", "csv", "npz")
"""The formats that a stream is written in as a table."""

_WITH_PIXELS = ("parquet", "arrow")
_PLACES = ("offset", "size")  # of pixels, in the recording
_ROWS = 64  # of frames that are looked at together, or written
_BYTES = 1 << 24  # of pixels of a table in memory
_GROUP = 1 << 20  # rows of Parquet


def export(
    recording: Recording,
    stream: str,
    target: Any,
    chosen: Selection,
    *,
    format: str,  # noqa: A002
    overwrite: bool,
    compression: str | None,
    level: int | None,
    progress: Callable[[float], object] | None,
) -> tuple[int, Reader, list[str]]:
    """Write a stream as a table; return how many rows, the pass and what to warn of.

    Raises
    ------
    ValueError
        If the recording has no such stream, or the format has no place for it.
    """
    if format not in TABLES:
        message = (
            f"the stream {stream!r} is written as a table, {', '.join(TABLES)}, not as {format!r}"
        )
        raise ValueError(message)
    if stream == "frames" and format not in _WITH_PIXELS:
        message = f"{format} has no place for the pixels of frames: write parquet or arrow"
        raise ValueError(message)
    table = _Table(recording, stream, chosen, progress)
    writer = {"parquet": _to_parquet, "arrow": _to_arrow, "csv": _to_csv, "npz": _to_npz}[format]
    how = _packing(format, compression, level)
    about = About.of(None, recording, format).metadata | {"evarrow.stream": stream}
    output = Output(target, overwrite=overwrite)
    try:
        with output.named_errors():
            writer(table, output.path, about, how)
            output.publish()
    except BaseException as error:
        output.abandon()
        if table.failure is not None and table.failure is not error:
            raise table.failure from None  # Polars puts its own in their place
        raise
    return table.rows, table.reader, table.pictures.warnings


def _packing(kind: str, compression: str | None, level: int | None) -> dict[str, Any]:
    """Return how the content is compressed as the writer of the format takes it."""
    if kind == "parquet":
        return parquet_packing(compression, level)
    if kind == "npz":
        return {"compression": compression, "level": level}
    known = {"zstd": "zstd", "lz4": "lz4", "none": "uncompressed"} if kind == "arrow" else {}
    usual = "zstd" if kind == "arrow" else "none"
    if level is not None or (compression or usual) not in {**known, "none": ""}:
        message = f"tables in {kind} are compressed with {', '.join(known) or 'none'}, of no level"
        raise ValueError(message)
    return {"compression": known.get(compression or usual)}


class _Table:
    """The rows of a stream as frames of Polars, in bounded memory."""

    def __init__(
        self,
        recording: Recording,
        stream: str,
        chosen: Selection,
        progress: Callable[[float], object] | None,
    ) -> None:
        self.pictures = Pictures(recording)
        self.schema = schema_of(recording.core.stream_fields(stream), recording.options)
        size = {"batch_size": _ROWS} if stream == "frames" else {}
        self._has_pixels = stream == "frames"
        if self._has_pixels:
            for name in _PLACES:
                del self.schema[name]
            self.schema["pixels"] = pl.Binary()
        self.reader = recording.core_scan(stream, chosen, **size).open()
        self._progress = progress
        self.rows = 0
        self.failure: BaseException | None = None

    def __iter__(self) -> Iterator[pl.DataFrame]:
        try:
            while (batch := self.reader.next()) is not None:
                frame = to_frame(batch, in_order=False)
                for one in self._with_pixels(frame) if self._has_pixels else (frame,):
                    self.rows += len(one)
                    yield one
                if self._progress is not None:
                    self._progress(self.reader.share_done)
        except BaseException as error:
            self.failure = error
            raise

    def _with_pixels(self, frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
        columns = {name: frame[name].to_physical().to_list() for name in frame.columns}
        begin, pixels = 0, []
        for i, values in enumerate(zip(*columns.values(), strict=True)):
            picture = self.pictures.read(dict(zip(columns, values, strict=True)))
            pixels.append(None if picture is None else picture.image.tobytes())
            if i + 1 == len(frame) or sum(len(one or b"") for one in pixels) >= _BYTES:
                part = frame[begin : i + 1].drop(_PLACES)
                table = part.with_columns(pixels=pl.Series(pixels, dtype=pl.Binary))
                yield table.drop_nulls("pixels")
                begin, pixels = i + 1, []

    def lazy(self) -> pl.LazyFrame:
        """Return the rows for one pass of Polars, which wants all of them."""

        def source(
            columns: list[str] | None, predicate: Any, limit: Any, size: Any
        ) -> Iterator[pl.DataFrame]:
            assert (predicate, limit) == (None, None)
            del size
            for frame in self:
                yield frame if columns is None else frame.select(columns)

        return lazy_frame(source, self.schema)


def _sink(write: Callable[..., object], path: str, **how: Any) -> None:
    """Let Polars write, and tell errors of the system as such."""
    try:
        write(path, maintain_order=True, engine="streaming", **how)
    except Exception as error:
        number = OF_SYSTEM.search(str(error))
        if number is None:
            raise
        raise OSError(int(number[1]), os.strerror(int(number[1]))) from error


def _to_parquet(table: _Table, path: str, about: dict[str, str], how: dict[str, Any]) -> None:
    group = _ROWS if "pixels" in table.schema else _GROUP
    _sink(table.lazy().sink_parquet, path, metadata=about, row_group_size=group, **how)


def _to_arrow(table: _Table, path: str, about: dict[str, str], how: dict[str, Any]) -> None:
    del about  # Polars writes no metadata
    size = _ROWS if "pixels" in table.schema else None
    _sink(table.lazy().sink_ipc, path, record_batch_size=size, **how)


def _to_csv(table: _Table, path: str, about: dict[str, str], how: dict[str, Any]) -> None:
    del about, how
    times = pl.selectors.temporal().to_physical()
    _sink(table.lazy().with_columns(times).sink_csv, path)


def _to_npz(table: _Table, path: str, about: dict[str, str], how: dict[str, Any]) -> None:
    size = [
        int(about[f"evarrow.{name}"]) for name in ("width", "height") if f"evarrow.{name}" in about
    ]
    kinds = {name: _dtype(kind) for name, kind in table.schema.items()}
    archive = ColumnArchive(path, kinds, **how)
    try:
        for frame in table:
            archive.write([frame[name].to_physical().to_numpy() for name in kinds])
        archive.complete(dict(zip(("width", "height"), size, strict=False)))
    finally:
        archive.close()


def _dtype(kind: pl.DataType) -> np.dtype[Any]:
    dtype: np.dtype[Any] = pl.Series([], dtype=kind).to_physical().to_numpy().dtype
    return dtype
