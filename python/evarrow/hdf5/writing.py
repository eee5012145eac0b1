# SPDX-License-Identifier: Apache-2.0
"""HDF5 files: h5py makes them, and the extension module their chunks, on all threads."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import h5py  # type: ignore[import-untyped]
import numpy as np

from evarrow import _core
from evarrow.hdf5.forgiving_file import ForgivingFile
from evarrow.hdf5.indexes import Appender, Slots
from evarrow.outputs import PackageSink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evarrow._core import Batch, EventBatch
    from evarrow.outputs import About, Output

__all__ = ["DsecSink", "PropheseeSink"]

_STARTS = np.dtype([("row", "=u8"), ("t", "=i8")])
_ECF = 0x8ECF
_BLOSC = 32001
_CODES = {"lz4": 1, "zstd": 5}  # compressors of blosc


class _Hdf5Sink(PackageSink):
    """Datasets whose chunks are made elsewhere."""

    takes_large_batches = True

    def __init__(self, output: Output, about: About, encoder: _core.ChunkEncoder) -> None:
        super().__init__(output)
        self._encoder = encoder
        self._datasets: list[Any] = []
        # Attributes keep the order of the lines that they were.
        self._disk = ForgivingFile(output.path)
        self._file = h5py.File(self._disk, "w", track_order=True)
        for key, value in about.fields.items():
            self._set_attribute(key, value)

    def _set_attribute(self, key: str, value: str) -> None:
        kind = h5py.string_dtype("ascii" if value.isascii() else "utf-8")
        self._file.attrs.create(key, value.replace("\0", ""), dtype=kind)

    def _add_dataset(
        self, group: Any, name: str, dtype: Any, rows: int, filters: Sequence[int] = ()
    ) -> None:
        """Add a dataset for chunks of `rows`; `filters`: a filter and its values."""
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_chunk((rows,))
        properties.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
        properties.set_obj_track_times(False)  # or no two files would be the same
        if filters:
            # An optional one: libraries without it make such datasets too.
            properties.set_filter(filters[0], h5py.h5z.FLAG_OPTIONAL, tuple(filters[1:]))
        space = h5py.h5s.create_simple((0,), (h5py.h5s.UNLIMITED,))
        kind = h5py.h5t.py_create(np.dtype(dtype))
        made = h5py.h5d.create(group.id, name.encode(), kind, space, properties)
        self._datasets.append(h5py.Dataset(made))

    def _put(self, dataset: int, row: int, skipped: int, chunk: bytes) -> None:
        to = self._datasets[dataset]
        # A chunk must not reach beyond the end, or the library would cut it, filters and all.
        to.resize((min(row + to.chunks[0], self._encoder.events),))
        to.id.write_direct_chunk((row,), chunk, skipped)

    def _write_events(self, events: EventBatch) -> None:
        self._encoder.encode(events, self._put)
        self._disk.check()
        starts = np.frombuffer(self._encoder.take_starts(), _STARTS)
        if len(starts):
            self._add_starts(starts)

    def _add_starts(self, starts: NDArray[Any]) -> None:
        """Note the first events of periods."""
        raise NotImplementedError

    def _complete(self) -> None:
        self._encoder.finish(self._put)
        self._close_index()
        self._file.close()
        self._disk.close()

    def _close_index(self) -> None:
        """Write what the indexes lack."""
        raise NotImplementedError

    def _let_go(self) -> None:
        with contextlib.suppress(OSError, RuntimeError, ValueError):
            self._file.close()
        with contextlib.suppress(OSError):
            self._disk.close()


class DsecSink(_Hdf5Sink):
    """The layout of DSEC: https://dsec.ifi.uzh.ch/data-format/.

    Parameters
    ----------
    output : Output
        What is written.
    about : About
        What is known of the recording.
    compression : {"zstd", "lz4", "none"}, optional
        Of chunks, by blosc with its shuffled bytes. By default "zstd", as in the data set.
    level : int, optional
        1 to 9 of blosc. By default 1, which is far faster than the others and little larger.
    threads : int, default 0
        That make chunks, as for `WriteOptions`.
    """

    _ROWS = 65_536
    _COLUMNS = (("x", "<u2"), ("y", "<u2"), ("t", "<u4"), ("p", "u1"))

    def __init__(
        self,
        output: Output,
        about: About,
        compression: str | None,
        level: int | None,
        *,
        threads: int = 0,
    ) -> None:
        kind = compression or "zstd"
        strength = 1 if level is None else level
        encoder = _core.ChunkEncoder(
            "dsec",
            compression=kind,
            level=strength,
            rows=self._ROWS,
            threads=threads,
            period=1000,
        )
        super().__init__(output, about, encoder)
        events = self._file.create_group("events")
        for name, dtype in self._COLUMNS:
            size = np.dtype(dtype).itemsize
            # Versions of the filter and of blosc, bytes of a value and of a chunk, ..., shuffled.
            filters = (_BLOSC, 2, 2, size, size * self._ROWS, strength, 1, _CODES.get(kind, 0))
            self._add_dataset(events, name, dtype, self._ROWS, () if kind == "none" else filters)
        if about.resolution is not None:
            events["width"], events["height"] = (np.uint16(one) for one in about.resolution)
        self._index = Appender(self._file, "ms_to_idx", "<u8")

    def _add_starts(self, starts: NDArray[Any]) -> None:
        self._index.add(starts["row"])

    def _close_index(self) -> None:
        self._index.add(np.array([self._encoder.events], "<u8"))
        self._file["t_offset"] = np.int64(self._encoder.time_offset)


class PropheseeSink(_Hdf5Sink):
    """Prophesee's layout: https://docs.prophesee.ai/stable/data/file_formats/hdf5.html.

    Parameters
    ----------
    output, about
        As of `DsecSink`.
    compression : {"ecf", "none"}, optional
        Of chunks of events; by default "ecf".
    level : None
        There are none.
    threads : int, default 0
        As of `DsecSink`.
    """

    takes_triggers = True

    _ROWS = 16_384
    _EVENT = np.dtype(
        {
            "names": ["x", "y", "p", "t"],
            "formats": ["<u2", "<u2", "<i2", "<i8"],
            "offsets": [0, 2, 4, 8],
            "itemsize": 16,
        }
    )
    _TRIGGER = np.dtype(
        {
            "names": ["p", "t", "id"],
            "formats": ["<i2", "<i8", "<i2"],
            "offsets": [0, 8, 16],
            "itemsize": 24,
        }
    )

    def __init__(
        self,
        output: Output,
        about: About,
        compression: str | None,
        level: int | None,
        *,
        threads: int = 0,
    ) -> None:
        if level is not None:
            message = "the compression of Prophesee's HDF5 files has no levels"
            raise ValueError(message)
        kind = compression or "ecf"
        encoder = _core.ChunkEncoder(
            "prophesee-hdf5",
            compression=kind,
            rows=self._ROWS,
            threads=threads,
            period=Slots.PERIOD,
        )
        super().__init__(output, about, encoder)
        self._set_attribute("version", "1.0")
        if kind == "ecf":
            self._set_attribute("format", "ECF")
        if about.resolution is not None:
            self._set_attribute("geometry", "{}x{}".format(*about.resolution))
        events = self._file.create_group("CD")
        filters = (_ECF,) if kind == "ecf" else ()
        self._add_dataset(events, "events", self._EVENT, self._ROWS, filters)
        self._slots = Slots(events)
        triggers = self._file.create_group("EXT_TRIGGER")
        self._triggers = Appender(triggers, "events", self._TRIGGER)
        self._trigger_slots = Slots(triggers)

    def _add_starts(self, starts: NDArray[Any]) -> None:
        self._slots.add(starts["row"], starts["t"])

    def _write_triggers(self, triggers: Batch) -> None:
        rows = np.zeros(len(triggers), self._TRIGGER)
        rows["p"] = triggers.column("polarity") > 0
        rows["t"] = triggers.column("t")
        rows["id"] = triggers.column("id")
        before = self._triggers.rows
        self._triggers.add(rows)
        self._trigger_slots.add_times(rows["t"], before)

    def _close_index(self) -> None:
        self._slots.close()
        self._trigger_slots.close()
