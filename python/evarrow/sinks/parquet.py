# SPDX-License-Identifier: Apache-2.0
"""Parquet: Polars writes it, a group of rows at a time, from what it is given."""

from __future__ import annotations

import os
import queue
import re
import threading
from typing import TYPE_CHECKING, Any

import polars as pl

from evarrow.outputs import PackageSink, signed_polarity
from evarrow.read_frame import to_frame
from evarrow.scan_frame import lazy_frame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evarrow._core import EventBatch
    from evarrow.outputs import About, Output

__all__ = ["OF_SYSTEM", "ParquetSink", "parquet_packing"]

_SCHEMA = pl.Schema(
    {"x": pl.Int16(), "y": pl.Int16(), "t": pl.Duration("us"), "polarity": pl.Int8()}
)
_COMPRESSIONS = {
    "zstd": "zstd",
    "lz4": "lz4",
    "snappy": "snappy",
    "gzip": "gzip",
    "brotli": "brotli",
    "none": "uncompressed",
}
OF_SYSTEM = re.compile(r"\(os error (\d+)\)")  # in Polars' messages
_LEVELS = {"zstd": (1, 22), "gzip": (0, 9), "brotli": (0, 11)}


def _check_level(kind: str, level: int) -> None:
    if kind not in _LEVELS:
        message = f"compression_level is for {', '.join(_LEVELS)}, not for {kind!r}"
        raise ValueError(message)
    least, most = _LEVELS[kind]
    if not least <= level <= most:
        message = f"compression_level of {kind!r} goes from {least} to {most}, so it is not {level}"
        raise ValueError(message)


def parquet_packing(compression: str | None, level: int | None) -> dict[str, Any]:
    """Return how the content is compressed as Polars takes it.

    Raises
    ------
    ValueError
        If there is no such compression or level.
    """
    kind = compression or "zstd"
    if kind not in _COMPRESSIONS:
        message = f"Parquet is compressed with {', '.join(_COMPRESSIONS)}, not {kind!r}"
        raise ValueError(message)
    if level is not None:
        _check_level(kind, level)
    if level is None and kind == "zstd":
        level = 1
    return {"compression": _COMPRESSIONS[kind], "compression_level": level}


class ParquetSink(PackageSink):
    """Columns of events with the metadata of evarrow's schema.

    Parameters
    ----------
    output : Output
        What is written.
    about : About
        What is known of the recording.
    compression : {"zstd", "lz4", "snappy", "gzip", "brotli", "none"}, optional
        By default "zstd".
    level : int, optional
        Of zstd, gzip or brotli; by default 1 for zstd.

    Notes
    -----
    Polars asks for rows, on a thread of its own; so it takes what comes from a short queue.
    """

    _GROUP = 1 << 20  # rows
    _WAITING = 2  # frames
    _ROWS = 1 << 18  # of a frame: larger batches are cut
    _PATIENCE = 0.1  # s, after which it is looked whether Polars has failed

    def __init__(
        self, output: Output, about: About, compression: str | None, level: int | None
    ) -> None:
        how = parquet_packing(compression, level)
        super().__init__(output)
        self._queue: queue.Queue[pl.DataFrame | None] = queue.Queue(self._WAITING)
        self._failure: BaseException | None = None
        self._stopped = False
        # Looked at here, or the error would come with the first batch.
        pl.LazyFrame(schema=_SCHEMA).sink_parquet(output.path, **how)
        how |= {"metadata": about.metadata, "row_group_size": self._GROUP}
        # By its name Polars might make it once more after it was abandoned and removed.
        self._file = open(output.path, "wb")  # noqa: PTH123, SIM115
        self._thread = threading.Thread(target=self._run, args=(how,), daemon=True)
        self._thread.start()

    def _run(self, how: dict[str, Any]) -> None:
        try:
            lazy_frame(self._frames, _SCHEMA).sink_parquet(
                self._file, maintain_order=True, statistics=True, engine="streaming", **how
            )
        except BaseException as error:
            number = OF_SYSTEM.search(str(error))
            self._failure = (
                error if number is None else OSError(int(number[1]), os.strerror(int(number[1])))
            )

    def _frames(
        self,
        columns: list[str] | None,
        predicate: pl.Expr | None,
        limit: int | None,
        size: int | None,
    ) -> Iterator[pl.DataFrame]:
        """Give Polars what comes; it asks for everything."""
        assert (predicate, limit) == (None, None)
        del size
        while True:
            frame = self._queue.get()
            if self._stopped:
                message = "the file was abandoned"
                raise InterruptedError(message)
            if frame is None:
                return
            yield frame if columns is None else frame.select(columns)

    def _write_events(self, events: EventBatch) -> None:
        polarity = signed_polarity(events, self.events)
        frame = to_frame(events, in_order=False).with_columns(
            pl.col("t").cast(pl.Duration("us")), pl.Series("polarity", polarity)
        )
        for piece in frame.iter_slices(self._ROWS):
            self._put(piece)

    def _put(self, frame: pl.DataFrame | None) -> None:
        while True:
            if self._failure is not None:
                raise self._failure
            try:
                self._queue.put(frame, timeout=self._PATIENCE)
            except queue.Full:
                continue
            return

    def _complete(self) -> None:
        self._put(None)
        self._thread.join()
        self._file.close()
        if self._failure is not None:
            raise self._failure

    def _let_go(self) -> None:
        self._stopped = True
        while self._thread.is_alive():
            # Polars may be waiting for a batch; what it is given makes it stop.
            try:
                self._queue.put(None, timeout=self._PATIENCE)
            except queue.Full:
                self._queue.get()
            self._thread.join(self._PATIENCE)
        self._file.close()
