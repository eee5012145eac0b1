# SPDX-License-Identifier: Apache-2.0
"""Recordings whose events are repeated and packed anew: packets, text, tables, messages."""

from __future__ import annotations

import pathlib
import struct
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
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


class ColumnRepeater:
    """The columns of a recording, made long."""

    def __init__(self, recording: bytes) -> None:
        import evarrow

        self.events = evarrow.read(recording, t_type="int64", polarity_type="binary")

    def columns(self, events: int) -> dict[str, NDArray[Any]]:
        """Return x, y, p and t, in that order; times begin at 0."""
        t = self.events["t"].to_numpy()
        t = t - t[0]
        repetitions = -(-events // len(t))
        starts = np.arange(repetitions) * (int(t[-1]) + 1)
        made = {
            name: np.tile(self.events[column].to_numpy(), repetitions).astype(dtype)
            for name, column, dtype in (("x", "x", "u2"), ("y", "y", "u2"), ("p", "polarity", "u1"))
        }
        return {**made, "t": (t[None, :] + starts[:, None]).ravel()}


class DsecRepeater(ColumnRepeater):
    """Columns in blosc with zstd and a byte shuffle, in chunks, as DSEC has them."""

    CHUNK = 65_536  # rows

    def write(self, path: pathlib.Path, events: int) -> None:
        """Write a recording of at least `events` events."""
        import h5py
        import hdf5plugin

        packing = hdf5plugin.Blosc(cname="zstd", clevel=1, shuffle=hdf5plugin.Blosc.SHUFFLE)
        columns = self.columns(events)
        columns["t"] = columns["t"].astype("u4")
        with h5py.File(path, "w") as file:
            for name, values in columns.items():
                file.create_dataset(f"events/{name}", data=values, chunks=(self.CHUNK,), **packing)
            every = np.arange(int(columns["t"][-1]) // 1000 + 1) * 1000
            file["ms_to_idx"] = np.searchsorted(columns["t"], every).astype("u8")
            file["t_offset"] = int(self.events["t"][0])


class GzipRepeater(ColumnRepeater):
    """Columns of HDF5 with a byte shuffle and gzip, as h5py makes them by itself."""

    def write(self, path: pathlib.Path, events: int) -> None:
        """Write a recording of at least `events` events."""
        import h5py

        with h5py.File(path, "w") as file:
            for name, values in self.columns(events).items():
                file.create_dataset(
                    f"events/{name}", data=values, chunks=True, compression="gzip", shuffle=True
                )


class MvsecRepeater(ColumnRepeater):
    """A table of float64 with x, y, seconds and polarity, as MVSEC has it."""

    BEGIN = 1_500_000_000  # seconds

    def write(self, path: pathlib.Path, events: int) -> None:
        """Write a recording of at least `events` events."""
        import h5py

        columns = self.columns(events)
        seconds = self.BEGIN + columns["t"] / 1e6
        table = np.stack([columns["x"], columns["y"], seconds, columns["p"] * 2.0 - 1.0], axis=1)
        with h5py.File(path, "w") as file:
            file.create_dataset("davis/left/events", data=table, chunks=(8192, 4))


class NpzRepeater(ColumnRepeater):
    """Arrays of NumPy in an archive, compressed."""

    def write(self, path: pathlib.Path, events: int) -> None:
        """Write a recording of at least `events` events."""
        with path.open("wb") as file:
            np.savez_compressed(file, **self.columns(events))


class ParquetRepeater(ColumnRepeater):
    """A table of Parquet as Polars writes it."""

    def write(self, path: pathlib.Path, events: int) -> None:
        """Write a recording of at least `events` events."""
        import polars as pl

        pl.DataFrame(self.columns(events)).write_parquet(path)


class RosRepeater(ColumnRepeater):
    """Messages of 10,000 events in a bag of ROS 1, or in MCAP, in chunks that LZ4 or zstd made."""

    MESSAGE = 10_000  # events
    BEGIN = 1_500_000_000_000_000  # us
    CHUNKED = 20  # messages

    def __init__(self, recording: bytes, kind: str) -> None:
        super().__init__(recording)
        self.kind = kind

    def write(self, path: pathlib.Path, events: int) -> None:
        """Write a recording of at least `events` events."""
        sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "python"))
        import ros_files

        columns = self.columns(events)
        columns["t"] += self.BEGIN
        messages = []
        for begin in range(0, len(columns["t"]), self.MESSAGE):
            part = [columns[name][begin : begin + self.MESSAGE] for name in ("x", "y", "t", "p")]
            time = int(part[2][0]) * 1000
            content = (
                ros_files.array(part) if self.kind == "rosbag"
                else ros_files.packet("mono", ros_files.mono(part, time), time)
            )  # fmt: skip
            messages.append((0, time, content))
        if self.kind == "rosbag":
            path.write_bytes(ros_files.bag(messages, "lz4", self.CHUNKED))
        else:
            path.write_bytes(ros_files.mcap(messages, "zstd", self.CHUNKED))


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
