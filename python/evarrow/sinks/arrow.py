# SPDX-License-Identifier: Apache-2.0
"""Arrow IPC files (Feather 2): https://arrow.apache.org/docs/format/Columnar.html.

Polars writes such files too, but not the metadata of their schema, which holds the sensor's size.
"""

from __future__ import annotations

import struct
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from evarrow import _core
from evarrow.outputs import PackageSink, signed_polarity
from evarrow.sinks.flat import build, scalar, structs, table, tables, text

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from evarrow._core import EventBatch
    from evarrow.outputs import About, Output
    from evarrow.sinks.flat import Part

__all__ = ["ArrowSink"]

_MAGIC = b"ARROW1"
_CONTINUES = b"\xff\xff\xff\xff"
_VERSION = 4  # V5
_SCHEMA, _RECORD_BATCH = 1, 3  # kinds of messages
_INT, _DURATION = 2, 18  # kinds of types
_MICROSECOND = 2
_COLUMNS = (("x", 16), ("y", 16), ("t", 64), ("polarity", 8))
_ALIGNED = 64  # bytes, of buffers


class ArrowSink(PackageSink):
    """Columns of events with the metadata of evarrow's schema.

    Parameters
    ----------
    output : Output
        What is written.
    about : About
        What is known of the recording.
    compression : {"zstd", "lz4", "none"}, optional
        Of each column of a batch; by default "zstd". Without any, the file can be mapped. For
        "lz4" the package `lz4` has to be installed.
    level : int, optional
        Of zstd, by default 1.
    """

    _ROWS = 1 << 17  # of a batch in the file, at least

    def __init__(
        self, output: Output, about: About, compression: str | None, level: int | None
    ) -> None:
        super().__init__(output)
        self._codec, self._compress = _compressor(compression or "zstd", level)
        self._schema = _schema(about.metadata)
        self._blocks: list[tuple[int, int, int]] = []
        self._waiting: list[tuple[NDArray[Any], ...]] = []
        self._rows = 0  # that wait
        self._threads = ThreadPoolExecutor(min(len(_COLUMNS), _core.thread_count()))
        self._file = open(output.path, "wb", buffering=1 << 20)  # noqa: PTH123, SIM115
        self._file.write(_MAGIC + b"\0\0")
        self._write_message(_SCHEMA, self._schema, [])

    def _write_events(self, events: EventBatch) -> None:
        polarity = signed_polarity(events, self.events)
        self._waiting.append((events.x, events.y, events.t, polarity))
        self._rows += len(events)
        if self._rows >= self._ROWS:
            self._write_batch()

    def _write_batch(self) -> None:
        rows, self._rows = self._rows, 0
        if not rows:
            return
        columns = [np.concatenate(parts) for parts in zip(*self._waiting, strict=True)]
        self._waiting = []
        parts = list(self._threads.map(self._compress, columns))
        buffers, at = [], 0
        for part in parts:
            # No value is missing, so there is no bitmap of those that are.
            size = sum(len(piece) for piece in part)
            buffers += [(at, 0), (at, size)]
            at += size + -size % _ALIGNED
        codec = None if self._codec is None else table(scalar("b", self._codec), scalar("b", 0))
        header = table(
            scalar("q", rows),
            structs("qq", [(rows, 0)] * len(_COLUMNS)),
            structs("qq", buffers),
            codec,
        )
        self._write_message(_RECORD_BATCH, header, parts)

    def _write_message(self, kind: int, header: Part, parts: list[list[Any]]) -> None:
        sizes = [sum(len(piece) for piece in part) for part in parts]
        body = sum(size + -size % _ALIGNED for size in sizes)
        message = build(table(scalar("h", _VERSION), scalar("B", kind), header, scalar("q", body)))
        begin = self._file.tell()
        # The body is to be aligned, too.
        message += bytes(-(begin + 8 + len(message)) % _ALIGNED)
        self._file.write(_CONTINUES + struct.pack("<i", len(message)) + message)
        for part, size in zip(parts, sizes, strict=True):
            for piece in part:
                self._file.write(piece)
            self._file.write(bytes(-size % _ALIGNED))
        if kind == _RECORD_BATCH:
            self._blocks.append((begin, 8 + len(message), body))

    def _complete(self) -> None:
        self._write_batch()
        self._threads.shutdown()
        footer = build(
            table(scalar("h", _VERSION), self._schema, structs("qi4xq", []),
                  structs("qi4xq", self._blocks))
        )  # fmt: skip
        self._file.write(_CONTINUES + bytes(4) + footer + struct.pack("<i", len(footer)) + _MAGIC)
        self._file.close()

    def _let_go(self) -> None:
        self._threads.shutdown()
        self._file.close()


def _schema(metadata: Mapping[str, str]) -> Part:
    fields = []
    for name, bits in _COLUMNS:
        is_time = name == "t"
        of_number = table(scalar("i", bits), scalar("?", True))
        kind = table(scalar("h", _MICROSECOND)) if is_time else of_number
        fields.append(
            table(
                text(name),
                scalar("?", False),
                scalar("B", _DURATION if is_time else _INT),
                kind,
                None,
                tables([]),
            )
        )
    pairs = [table(text(key), text(value)) for key, value in metadata.items()]
    return table(scalar("h", 0), tables(fields), tables(pairs))


def _compressor(
    kind: str, level: int | None
) -> tuple[int | None, Callable[[NDArray[Any]], list[Any]]]:
    """Return the number of a codec, and what makes the pieces of a buffer."""

    def framed(values: NDArray[Any], compress: Callable[[Any], bytes]) -> list[Any]:
        plain = values.view(np.uint8).data
        return [struct.pack("<q", len(plain)), compress(plain)] if len(plain) else []

    if level is not None and (kind != "zstd" or not 1 <= level <= 22):
        message = "compression_level goes from 1 to 22, with compression='zstd'"
        raise ValueError(message)
    if kind == "none":
        return None, lambda values: [values.view(np.uint8).data]
    if kind == "zstd":
        strength = level or 1
        return 1, lambda values: framed(values, lambda plain: zstd.compress(plain, strength))
    if kind == "lz4":
        try:
            import lz4.frame  # type: ignore[import-untyped]
        except ImportError:
            message = "to compress with LZ4, install lz4: pip install lz4"
            raise ValueError(message) from None
        return 0, lambda values: framed(values, lz4.frame.compress)
    message = f"Arrow files are compressed with 'zstd', 'lz4' or 'none', not {kind!r}"
    raise ValueError(message)
