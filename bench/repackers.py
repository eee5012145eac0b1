# SPDX-License-Identifier: Apache-2.0
"""Recordings whose events are repeated and packed anew: packets, text, HDF5."""

from __future__ import annotations

import pathlib
import struct
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


class PacketRepeater:
    """The events of an AEDAT 4 recording in new packets, compressed with LZ4, with a table."""

    PACKET = 2000  # events, as cameras send them: some milliseconds

    def __init__(self, recording: bytes) -> None:
        import evarrow

        self.events = evarrow.read(recording, t_type="int64", polarity_type="binary")

    def write(self, path: pathlib.Path, events: int) -> None:
        """Write a recording of at least `events` events."""
        sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "python"))
        import aedat4_files

        made = aedat4_files.Recording(streams={0: ("EVTS", "events", "DVXplorer_0", (320, 240))})
        one = np.zeros(len(self.events), aedat4_files.EVENT)
        for name, column in (("t", "t"), ("x", "x"), ("y", "y"), ("p", "polarity")):
            one[name] = self.events[column].to_numpy()
        period = int(one["t"][-1] - one["t"][0]) + 1
        for _ in range(-(-events // len(one))):
            for begin in range(0, len(one), self.PACKET):
                made.add(0, one[begin : begin + self.PACKET])
            one["t"] += period
        path.write_bytes(made.bytes())


class TextRepeater:
    """Lines of "t x y p", in seconds, as data sets have them."""

    def __init__(self, recording: bytes) -> None:
        import evarrow

        self.events = evarrow.read(recording, t_type="int64", polarity_type="binary")

    def write(self, path: pathlib.Path, events: int) -> None:
        """Write a recording of at least `events` events."""
        import polars as pl

        t = self.events["t"]
        period = int(t[-1]) - int(t[0]) + 1
        with path.open("wb") as file:
            for number in range(-(-events // len(t))):
                micros = pl.col("t") + number * period
                seconds = (micros // 1_000_000).cast(pl.String)
                rest = (micros % 1_000_000).cast(pl.String).str.pad_start(6, "0")
                lines = self.events.select(seconds + "." + rest, "x", "y", "polarity")
                lines.write_csv(file, include_header=False, separator=" ")


class DsecRepeater:
    """Columns in blosc with zstd and a byte shuffle, in chunks, as DSEC has them."""

    CHUNK = 65_536  # rows

    def __init__(self, recording: bytes) -> None:
        import evarrow

        self.events = evarrow.read(recording, t_type="int64", polarity_type="binary")

    def columns(self, events: int) -> Iterator[tuple[str, str, NDArray[Any]]]:
        """Yield name, type and values of each column."""
        t = self.events["t"].to_numpy()
        t = t - t[0]
        repetitions = -(-events // len(t))
        for name, column, dtype in (("x", "x", "u2"), ("y", "y", "u2"), ("p", "polarity", "u1")):
            yield name, dtype, np.tile(self.events[column].to_numpy(), repetitions)
        starts = np.arange(repetitions) * (int(t[-1]) + 1)
        yield "t", "u4", (t[None, :] + starts[:, None]).ravel()

    def write(self, path: pathlib.Path, events: int) -> None:
        """Write a recording of at least `events` events."""
        import h5py
        import hdf5plugin

        packing = hdf5plugin.Blosc(cname="zstd", clevel=1, shuffle=hdf5plugin.Blosc.SHUFFLE)
        with h5py.File(path, "w") as file:
            for name, dtype, values in self.columns(events):
                file.create_dataset(
                    f"events/{name}", data=values.astype(dtype), chunks=(self.CHUNK,), **packing
                )
                if name == "t":
                    every = np.arange(int(values[-1]) // 1000 + 1) * 1000
                    file["ms_to_idx"] = np.searchsorted(values, every).astype("u8")
            file["t_offset"] = int(self.events["t"][0])


class EcfRepeater:
    """The chunks of a Prophesee HDF5 file as they are, but for the time that each begins with."""

    FILTER = 0x8ECF

    def __init__(self, recording: bytes) -> None:
        self.recording = recording

    def write(self, path: pathlib.Path, events: int) -> None:
        """Write a recording of at least `events` events, of whole chunks."""
        import io

        import h5py

        import evarrow

        with h5py.File(io.BytesIO(self.recording)) as seed, h5py.File(path, "w") as file:
            rows = seed["CD/events"]
            length = rows.chunks[0]
            chunks = [
                rows.id.read_direct_chunk((at,))[1]
                for at in range(0, rows.shape[0] - length + 1, length)
            ]
            starts = [struct.unpack("<q", chunk[4:12])[0] for chunk in chunks]
            kept = evarrow.read(self.recording, limit=len(chunks) * length, t_type="int64")["t"]
            period = int(kept[-1]) - int(kept[0]) + 1
            file.attrs.update(seed.attrs)
            plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            plan.set_chunk((length,))
            plan.set_filter(self.FILTER, h5py.h5z.FLAG_OPTIONAL, ())
            repetitions = -(-events // (len(chunks) * length))
            space = h5py.h5s.create_simple(
                (repetitions * len(chunks) * length,), (h5py.h5s.UNLIMITED,)
            )
            group = file.create_group("CD").id
            made = h5py.h5d.create(group, b"events", rows.id.get_type(), space, plan)
            for number in range(repetitions * len(chunks)):
                chunk, start = chunks[number % len(chunks)], starts[number % len(chunks)]
                moved = struct.pack("<q", start + number // len(chunks) * period)
                made.write_direct_chunk((number * length,), chunk[:4] + moved + chunk[12:])
