# SPDX-License-Identifier: Apache-2.0
"""Where damage is: the byte of the file, in containers as in plain files."""

import io
import warnings

import aedat4_files
import h5py
import hdf5_files
import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
import ros_files as ros
from click.testing import CliRunner

import evarrow as ev
from evarrow.cli import main

ROWS = 5000


def place_of_damage(source, **options):
    with pytest.raises(ev.DamagedError) as caught:
        ev.read(source, **options)
    offset = caught.value.offset
    told = "at row" if offset is None else f"at byte {offset}"
    report = ev.validate(source, **options)
    assert [fault.offset for fault in report.faults.values()] == [offset]
    assert any(told in finding for finding in report.findings)
    with warnings.catch_warnings(record=True) as met:
        warnings.simplefilter("always")
        ev.read(source, on_error="warn", **options)
    assert told in str(met[0].message)
    return offset


@pytest.mark.parametrize("column", ["x", "t"])
def test_a_chunk_of_hdf5(tmp_path, column):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        hdf5_files.write_columns(file, hdf5_files.events(ROWS), compression="gzip")
    with h5py.File(path) as file:
        chunk = file[column].id.get_chunk_info(2)
    content = bytearray(path.read_bytes())
    content[chunk.byte_offset : chunk.byte_offset + chunk.size] = b"\xff" * chunk.size
    path.write_bytes(content)
    assert place_of_damage(path) == chunk.byte_offset


def test_a_number_that_does_not_fit():
    known = hdf5_files.events(ROWS)
    x = known.x.astype("u2")
    x[1300] = 40_000
    file = io.BytesIO()
    np.savez(file, x=x, y=known.y, t=known.t, p=known.p)
    content = file.getvalue()
    at = place_of_damage(content)
    assert content[at : at + 2] == x[1300].tobytes()
    assert content[at - 4 : at + 4] == x[1298:1302].tobytes()
    np.savez_compressed(file := io.BytesIO(), x=x, y=known.y, t=known.t, p=known.p)
    assert place_of_damage(file.getvalue()) is None


def test_time_that_goes_back():
    known = hdf5_files.events(ROWS)
    t = known.t.copy()
    t[2000:] -= 30_000
    np.savez(file := io.BytesIO(), x=known.x, y=known.y, t=t, p=known.p)
    content = file.getvalue()
    at = place_of_damage(content)
    assert content[at - 8 : at + 8] == t[1999:2001].tobytes()


@pytest.mark.parametrize("table", [True, False])
def test_a_packet_of_aedat4(table):
    made, _ = aedat4_files.recording(table=table)
    content = bytearray(made.bytes())
    at = len(made.header(-1))
    for _ in range(3):
        at += 8 + int.from_bytes(content[at + 4 : at + 8], "little")
    middle = at + 8 + int.from_bytes(content[at + 4 : at + 8], "little") // 2
    content[middle : middle + 64] = b"\xff" * 64
    assert place_of_damage(bytes(content)) == at + 8


def test_a_recording_that_was_cut_off(tmp_path):
    made, _ = aedat4_files.recording(table=False)
    content = made.bytes()
    at = len(made.header(-1))
    for _ in range(5):
        at += 8 + int.from_bytes(content[at + 4 : at + 8], "little")
    path = tmp_path / "a.aedat4"
    path.write_bytes(content[: at + 100])
    fault = ev.validate(path).faults["truncated"]
    assert (fault.count, fault.offset) == (100, at)
    assert f"truncated: 100, first at byte {at:,}" in CliRunner().invoke(
        main, ["validate", str(path)]
    ).output.replace("\n", " ")


def test_a_group_of_parquet(tmp_path):
    known = hdf5_files.events(ROWS)
    frame = pl.DataFrame({"x": known.x, "y": known.y, "t": known.t, "p": known.p})
    path = tmp_path / "a.parquet"
    pq.write_table(frame.to_arrow(), path, row_group_size=1 << 20, use_dictionary=False,
                   compression="zstd")  # fmt: skip
    column = pq.ParquetFile(path).metadata.row_group(0).column(2)
    content = bytearray(path.read_bytes())
    begin = column.data_page_offset
    content[begin + 40 : begin + column.total_compressed_size] = b"\xff" * (
        column.total_compressed_size - 40
    )
    path.write_bytes(content)
    assert place_of_damage(path) == begin


def messages(count=6, seed=0):
    parts = [ros.events(100, 10**15 + i * 10**6, seed=seed + i) for i in range(count)]
    return [(0, int(part[2][0]) * 1000, ros.array(part, i)) for i, part in enumerate(parts)]


def test_a_chunk_of_a_bag():
    content = bytearray(ros.bag(messages(), "lz4"))
    at = content.index(b"\x04\x22\x4d\x18", content.index(b"\x04\x22\x4d\x18") + 1)
    content[at + 4 : at + 60] = bytes(56)
    with pytest.raises(ev.DamagedError, match=f"at byte {at} of") as caught:
        ev.read(bytes(content))
    assert caught.value.offset == at


def test_a_message_in_a_chunk_is_where_the_chunk_begins():
    found = messages()
    short = (0, found[4][1], found[4][2][:-13])
    content = ros.bag([*found[:4], short, *found[5:]], "lz4")
    at = content.index(b"\x04\x22\x4d\x18", content.index(b"\x04\x22\x4d\x18") + 1)
    with pytest.raises(ev.DamagedError, match=f"shorter than its events at byte {at} of"):
        ev.read(content)


@pytest.mark.parametrize("packing", ["none", "lz4"])
def test_time_that_goes_back_in_a_bag(packing):
    parts = [ros.events(100, 10**15 + i * 10**6, seed=i) for i in range(4)]
    parts[2][2][:] -= 5_000_000
    messages = [(0, 10**18 + i, ros.array(part, i)) for i, part in enumerate(parts)]
    content = ros.bag(messages, packing, per_chunk=1)
    at = place_of_damage(content)
    if packing == "none":
        assert content[at : at + 13] == ros.array(parts[2])[-1300:][4:17]
    else:
        starts = [i for i in range(len(content)) if content.startswith(b"\x04\x22\x4d\x18", i)]
        assert at == starts[2]


def test_of_a_database_no_byte_is_told(tmp_path):
    path = tmp_path / "a.db3"
    part = ros.events(100, 10**15)
    good = ros.packet("mono", ros.mono(part, 10**18), 10**18)
    ros.database(path, [(0, 10**18, good), (0, 10**18 + 1, good[:-5])])
    with pytest.raises(ev.DamagedError, match="topic '/events'") as caught:
        ev.read(path)
    assert caught.value.offset is None
    assert "at byte" not in str(caught.value)
