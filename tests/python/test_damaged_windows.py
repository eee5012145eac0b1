# SPDX-License-Identifier: Apache-2.0
"""Windows of time over damage: what may belong to them is told as in a full read."""

import warnings

import aedat4_files
import h5py
import hdf5_files
import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
import ros_files as ros

import evarrow as ev

EVENTS = 100_000
CHUNK = 2048
LOST = range(20, 32)  # chunks, more than a block of the index has


@pytest.fixture(scope="module")
def known():
    return hdf5_files.events(EVENTS, start=1_000_000)


@pytest.fixture(autouse=True)
def _small_stretches(monkeypatch):
    monkeypatch.setattr("evarrow.parquet._STRETCH", CHUNK)


def overwrite(path, at, size):
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"\xff" * size)


def hdf5(path, known):
    with h5py.File(path, "w") as file:
        hdf5_files.write_columns(file, known, chunks=(CHUNK,), compression="gzip")
    with h5py.File(path) as file:
        chunks = [file["t"].id.get_chunk_info(i) for i in LOST]
    for chunk in chunks:
        overwrite(path, chunk.byte_offset, chunk.size)


def aedat4(path, known, table):
    made = aedat4_files.Recording(table=table)
    rows = np.zeros(EVENTS, aedat4_files.events(1).dtype)
    for name in ("x", "y", "t", "p"):
        rows[name] = getattr(known, name)
    for at in range(0, EVENTS, CHUNK):
        made.add(0, rows[at : at + CHUNK])
    content = bytearray(made.bytes())
    at = len(made.header(-1))
    for i in range(len(made.packets)):
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        if i in LOST:
            middle = at + 8 + size // 2
            content[middle : middle + 64] = b"\xff" * 64
        at += 8 + size
    path.write_bytes(content)


def aedat4_with_table(path, known):
    aedat4(path, known, True)


def aedat4_without_table(path, known):
    aedat4(path, known, False)


def parquet(path, known):
    frame = pl.DataFrame({"x": known.x, "y": known.y, "t": known.t, "p": known.p})
    pq.write_table(frame.to_arrow(), path, row_group_size=CHUNK, write_statistics=False,
                   use_dictionary=False, compression="zstd")  # fmt: skip
    found = pq.ParquetFile(path).metadata
    for i in LOST:
        column = found.row_group(i).column(2)
        overwrite(path, column.data_page_offset + 40, column.total_compressed_size - 40)


def csv(path, known):
    lines = [f"{t} {x} {y} {p}\n" for x, y, t, p in zip(*vars(known).values(), strict=True)]
    for row in range(LOST[0] * CHUNK, (LOST[-1] + 1) * CHUNK):
        lines[row] = "-" * (len(lines[row]) - 1) + "\n"
    path.write_text("".join(lines))


CONTAINERS = [hdf5, aedat4_with_table, aedat4_without_table, parquet, csv]


def rows_between(known, start, end):
    row = np.arange(EVENTS)
    wanted = (known.t >= start) & (known.t < end)
    wanted &= (row < LOST[0] * CHUNK) | (row >= (LOST[-1] + 1) * CHUNK)
    return [row for row, yes in zip(known.rows(), wanted, strict=True) if yes]


@pytest.mark.parametrize("write", CONTAINERS)
@pytest.mark.parametrize("threads", [1, 3])
def test_a_window_over_damage(tmp_path, known, write, threads):
    path = tmp_path / "a.bin"
    write(path, known)
    how = {"t_type": "int64", "threads": threads}
    first, last = (int(known.t[row]) for row in (LOST[0] * CHUNK, LOST[-1] * CHUNK))
    for start, end in [(first, last), (first + 5000, first + 5100), (first - 9000, None)]:
        with pytest.raises(ev.DamagedError):
            ev.read(path, start=start, end=end, **how)
        with pytest.raises(ev.DamagedError):
            ev.scan(path, **how).filter(pl.col("t").is_between(start, end or 1 << 60)).collect()
        with pytest.warns(ev.EvarrowWarning, match="cannot be decoded"):
            frame = ev.read(path, start=start, end=end, on_error="warn", **how)
        assert frame.rows() == rows_between(known, start, end or 1 << 60)
        assert ev.read(path, start=start, end=end, on_error="ignore", **how).equals(frame)
    for start, end in [(0, first - 100_000), (last + 100_000, 1 << 60)]:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for on_error in ("raise", "warn"):
                frame = ev.read(path, start=start, end=end, on_error=on_error, **how)
                assert frame.rows() == rows_between(known, start, end)
                assert frame.height > 20_000


@pytest.mark.parametrize("write", CONTAINERS)
def test_as_much_is_counted_in_a_window_as_in_all(tmp_path, known, write):
    path = tmp_path / "a.bin"
    write(path, known)

    def said(**window):
        with pytest.warns(ev.EvarrowWarning, match="cannot be decoded") as met:
            ev.read(path, on_error="warn", **window)
        return [str(one.message) for one in met]

    assert said(start=int(known.t[0]) + 1, end=int(known.t[-1])) == said()


def test_times_that_are_no_numbers_are_met_by_windows(tmp_path, known):
    t = known.t / 1e6
    t[LOST[0] * CHUNK : (LOST[-1] + 1) * CHUNK] = np.nan
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        hdf5_files.write_columns(file, hdf5_files.Events(known.x, known.y, t, known.p))
    middle = int(known.t[25 * CHUNK])
    with pytest.raises(ev.DamagedError):
        ev.read(path, t_unit="s", start=middle, end=middle + 1000)


def test_damage_of_many_files_is_met_by_windows(tmp_path, known):
    """A file is not passed over because what is left of it lies outside of the window."""
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        hdf5_files.write_columns(file, known, chunks=(CHUNK,), compression="gzip")
    with h5py.File(path) as file:
        chunks = [file["t"].id.get_chunk_info(i) for i in (0, EVENTS // CHUNK)]
    for chunk in chunks:
        overwrite(path, chunk.byte_offset, chunk.size)
    for bounds in ({"end": int(known.t[100])}, {"start": int(known.t[-100])}):
        lf = ev.scan([path, path], t_type="int64")
        inside = [
            pl.col("t") < value if name == "end" else pl.col("t") >= value
            for name, value in bounds.items()
        ]
        with pytest.raises(ev.DamagedError):
            lf.filter(*inside).collect()
        with pytest.raises(ev.DamagedError):
            ev.read(path, t_type="int64", **bounds)


def test_messages_that_are_lost_are_told_by_every_window(tmp_path):
    """Where words lie in messages, what is lost is known when the recording is opened."""
    parts = [ros.events(100, 10**15 + i * 10**6, seed=i) for i in range(7)]
    base = [int(part[2][0]) * 1000 for part in parts]
    messages = [
        (0, at, ros.packet("mono", ros.mono(part, at), at, i))
        for i, (part, at) in enumerate(zip(parts, base, strict=True))
    ]
    content = bytearray(ros.mcap(messages, "zstd"))
    at = content.index(b"\x28\xb5\x2f\xfd")
    content[at + 4 : at + 60] = bytes(56)
    path = tmp_path / "a.mcap"
    path.write_bytes(content)
    start = int(parts[0][2][0])
    with pytest.raises(ev.DamagedError):
        ev.read(path, start=start, end=start + 10**6)
    with pytest.warns(ev.EvarrowWarning, match="1 chunk or message"):
        assert ev.read(path, start=start, end=start + 10**6, on_error="warn").height == 0
