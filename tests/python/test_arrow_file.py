# SPDX-License-Identifier: Apache-2.0
"""The buffers of Arrow files are decoded where they lie; what has others is unpacked first."""

import contextlib

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from pyarrow import ipc
from table_events import events

import evarrow as ev
from evarrow import arrow_file, tables


def write(table, path, sizes=(), **how):
    """Write batches of so many rows, and one of the rest."""
    with ipc.new_file(path, table.schema, options=ipc.IpcWriteOptions(**how)) as writer:
        at = 0
        for size in [*sizes, table.num_rows]:
            writer.write_table(table.slice(at, size), max_chunksize=max(size, 1))
            at += size


@pytest.fixture
def unpacked(monkeypatch):
    """What was unpacked, one entry a file."""
    seen = []
    unpack = tables._open_table

    def noted(kind, *rest):
        seen.append(kind)
        return unpack(kind, *rest)

    monkeypatch.setattr(tables, "_open_table", noted)
    return seen


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 300), max_size=6),
    rest=st.integers(0, 300),
    compression=st.sampled_from([None, "lz4", "zstd"]),
    legacy=st.booleans(),
    begin=st.integers(-10, 4000),
    span=st.integers(0, 3000),
)
def test_any_batches(tmp_path_factory, sizes, rest, compression, legacy, begin, span):
    path = tmp_path_factory.mktemp("batches") / "a[1]*.arrow"  # no pattern
    frame = events(sum(sizes) + rest, step=5)
    write(frame.to_arrow(), path, sizes, compression=compression, use_legacy_format=legacy)
    for source in (path, path.read_bytes()):
        with ev.open(source) as rec:
            assert (rec.format, len(rec)) == ("arrow", frame.height)
            assert_frame_equal(rec.read(), frame)
            start = 10**12 + begin
            t = frame["t"].dt.total_microseconds()
            got = rec.read(start=start, end=start + span)
            assert_frame_equal(got, frame.filter((t >= start) & (t < start + span)))


@pytest.mark.parametrize("compression", ["none", "lz4", "zstd"])
def test_our_own_files_are_not_unpacked(tmp_path, unpacked, compression):
    frame = events(300_000)
    ev.write(frame, tmp_path / "a.arrow", resolution=(640, 480), compression=compression)
    with ev.open(tmp_path / "a.arrow") as rec:
        assert rec.resolution == (640, 480)
        assert_frame_equal(rec.read(), frame)
    assert unpacked == []


@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
def test_those_of_pyarrow_are_not_unpacked(tmp_path, unpacked, compression):
    frame = events(5000)
    write(frame.to_arrow(), tmp_path / "a.arrow", [64, 2048, 640], compression=compression)
    assert_frame_equal(ev.read(tmp_path / "a.arrow"), frame)
    assert unpacked == []


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("kind", ["timestamp", "duration", "number"])
def test_types_of_others(tmp_path, unpacked, unit, kind):
    frame = events(1000)
    per = {"s": 10**-6, "ms": 10**-3, "us": 1, "ns": 1000}[unit]
    t = (frame["t"].dt.total_microseconds().to_numpy() * per).astype("i8")
    stored = {"timestamp": pa.timestamp(unit), "duration": pa.duration(unit), "number": pa.uint64()}
    table = pa.table(
        {
            "comment": pa.array(["a", None] * 500),
            "ts": pa.array(t).cast(stored[kind]),
            "flag": pa.array([True, False] * 500),
            "p": pa.array((frame["polarity"].to_numpy() > 0).astype("u1")),
            "Y": pa.array(frame["y"].to_numpy().astype("f4")),
            "x": pa.array(frame["x"].to_numpy().astype("u4")),
            "last": pa.array([[1], []] * 500),
        }
    )
    write(table, tmp_path / "a.arrow", [64, 512], compression="zstd")
    how = {"t_unit": unit} if kind == "number" else {}
    got = ev.read(tmp_path / "a.arrow", **how)
    assert_frame_equal(got.drop("t"), frame.drop("t"))
    us = (t / per).astype("i8") if unit == "ns" else t * round(1 / per)
    assert got["t"].dt.total_microseconds().to_list() == us.tolist()
    assert unpacked == []


@pytest.mark.parametrize(
    "change",
    [
        {"p": pa.array([True, False] * 500)},
        {"p": pa.array([1, 0] * 500).dictionary_encode()},
        {"t": pa.array(np.arange(1000) / 1e6)},
    ],
)
def test_what_is_not_plain_is_unpacked(tmp_path, unpacked, change):
    numbers = np.arange(1000)
    table = pa.table({"x": numbers % 7, "y": numbers % 5, "t": numbers, "p": numbers % 2} | change)
    write(table, tmp_path / "a.arrow")
    assert ev.read(tmp_path / "a.arrow")["t"].dt.total_microseconds().to_list() == numbers.tolist()
    assert unpacked == ["arrow"]


def test_a_list_in_front_is_unpacked(tmp_path, unpacked):
    frame = events(100)
    table = frame.to_arrow().add_column(0, "list", pa.array([[1], []] * 50))
    write(table, tmp_path / "a.arrow")
    assert_frame_equal(ev.read(tmp_path / "a.arrow"), frame)
    assert unpacked == ["arrow"]


def test_large_batches_that_are_compressed_are_unpacked(tmp_path, unpacked, monkeypatch):
    frame = events(1000)
    monkeypatch.setattr(arrow_file, "_MOST_BATCH", 999)
    for compression in ("zstd", None):
        write(frame.to_arrow(), tmp_path / "a.arrow", compression=compression)
        assert_frame_equal(ev.read(tmp_path / "a.arrow"), frame)
    assert unpacked == ["arrow"]


def test_values_that_are_missing(tmp_path):
    frame = events(300).with_columns(y=pl.when(pl.arange(0, 300) != 7).then(pl.col("y")))
    write(frame.to_arrow(), tmp_path / "a.arrow")
    with pytest.raises(ev.FormatError, match="lacks some of its values"):
        ev.open(tmp_path / "a.arrow")


@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
def test_damage_is_named_or_left_out(tmp_path, capfd, compression):
    """One byte is changed at a time, at the end of the file all of them."""
    frame = events(2000)
    path = tmp_path / "a.arrow"
    write(frame.to_arrow(), path, [500, 700], compression=compression)
    sound = path.read_bytes()
    rng = np.random.default_rng(5)
    damaged = 0
    for at in [*rng.integers(0, len(sound), 150), *range(len(sound) - 500, len(sound), 3)]:
        content = bytearray(sound)
        content[at] ^= int(rng.integers(1, 256))
        try:
            rows = ev.read(bytes(content), on_error="ignore")
        except ev.FormatError:
            damaged += 1
        else:
            assert rows.height <= 2000
    assert damaged > 5
    for size in range(0, len(sound), len(sound) // 50):
        with pytest.raises(ev.FormatError):
            ev.read(sound[:size])
    capfd.readouterr()  # what Polars says of its panics


def write_stream(table, path, sizes=(), **how):
    """Write batches of so many rows, and one of the rest, without a footer."""
    with ipc.new_stream(path, table.schema, options=ipc.IpcWriteOptions(**how)) as writer:
        at = 0
        for size in [*sizes, table.num_rows]:
            writer.write_table(table.slice(at, size), max_chunksize=max(size, 1))
            at += size


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 300), max_size=6),
    rest=st.integers(0, 300),
    compression=st.sampled_from([None, "lz4", "zstd"]),
    legacy=st.booleans(),
    begin=st.integers(-10, 4000),
    span=st.integers(0, 3000),
)
def test_any_batches_of_a_stream(tmp_path_factory, sizes, rest, compression, legacy, begin, span):
    path = tmp_path_factory.mktemp("streams") / "a.bin"
    frame = events(sum(sizes) + rest, step=5)
    write_stream(frame.to_arrow(), path, sizes, compression=compression, use_legacy_format=legacy)
    for source in (path, path.read_bytes()):
        with ev.open(source) as rec:
            assert (rec.format, len(rec)) == ("arrow", frame.height)
            assert_frame_equal(rec.read(), frame)
            start = 10**12 + begin
            t = frame["t"].dt.total_microseconds()
            got = rec.read(start=start, end=start + span)
            assert_frame_equal(got, frame.filter((t >= start) & (t < start + span)))


def test_streams_of_plain_numbers_are_not_unpacked(tmp_path, unpacked):
    frame = events(5000)
    table = frame.to_arrow().replace_schema_metadata(
        {"evarrow.width": "640", "evarrow.height": "480", "evarrow.sensor": "X"}
    )
    write_stream(table, tmp_path / "a.arrows", [64, 2048, 640], compression="zstd")
    with ev.open(tmp_path / "a.arrows") as rec:
        assert rec.resolution == (640, 480)
        assert rec.metadata["evarrow.sensor"] == "X"
        assert_frame_equal(rec.read(), frame)
    assert unpacked == []
    frame.write_ipc_stream(tmp_path / "b.arrows", compat_level=pl.CompatLevel.oldest())
    assert_frame_equal(ev.read(tmp_path / "b.arrows"), frame)


@pytest.mark.parametrize(
    "change",
    [
        {"p": pa.array([True, False] * 500)},
        {"p": pa.array([1, 0] * 500).dictionary_encode()},
        {"t": pa.array(np.arange(1000) / 1e6)},
    ],
)
@pytest.mark.parametrize("compression", [None, "lz4"])
def test_streams_of_other_columns_are_unpacked_batch_by_batch(
    tmp_path, unpacked, change, compression
):
    numbers = np.arange(1000)
    table = pa.table({"x": numbers % 7, "y": numbers % 5, "t": numbers, "p": numbers % 2} | change)
    write(table, tmp_path / "a.arrow", [100, 300])
    write_stream(table, tmp_path / "b.arrows", [100, 300], compression=compression)
    assert_frame_equal(ev.read(tmp_path / "b.arrows"), ev.read(tmp_path / "a.arrow"))
    assert unpacked == ["arrow", "arrow"]


@pytest.mark.parametrize("whole", [True, False])
def test_a_stream_that_was_cut_off_has_its_whole_batches(tmp_path, whole):
    frame = events(1000)
    table = frame.to_arrow()
    if not whole:
        table = table.set_column(3, "polarity", pa.array((frame["polarity"] > 0).to_list()))
    path = tmp_path / "a.arrows"
    write_stream(table, path, [100, 300])
    content = path.read_bytes()
    seen = set()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        if length < len(content) - 2000 and length % 37:
            continue
        try:
            with ev.open(path, on_error="ignore") as rec:
                rows = rec.read().rows()
        except ev.FormatError:
            assert length < 2000
            continue
        seen.add(len(rows))
        assert rows == frame.head(len(rows)).rows()
    assert {0, 100, 400, 1000} == seen


def test_a_stream_that_was_cut_off_warns(tmp_path):
    frame = events(1000)
    table = frame.to_arrow()
    flags = table.set_column(3, "polarity", pa.array((frame["polarity"] > 0).to_list()))
    path = tmp_path / "a.arrows"
    for one in (table, flags):  # read in place, and unpacked
        write_stream(one, path, [100, 300])
        path.write_bytes(path.read_bytes()[:-100])
        with pytest.warns(ev.EvarrowWarning, match="probably cut off"):
            assert ev.read(path).height == 400
        assert ev.validate(path).faults.keys() == {"truncated"}


def test_a_schema_may_be_long(tmp_path):
    frame = events(100)
    path = tmp_path / "a.arrows"
    table = frame.to_arrow().replace_schema_metadata({"note": "x" * 200_000})
    write_stream(table, path)
    assert_frame_equal(ev.read(path), frame)
    path.write_bytes(path.read_bytes()[:100_000])
    with pytest.raises(ev.FormatError):
        ev.open(path)


@pytest.mark.parametrize("place", range(0, 400, 3))
def test_a_damaged_stream_is_an_error_or_other_rows(tmp_path, place):
    path = tmp_path / "a.arrows"
    write_stream(events(100).to_arrow(), path, [30])
    content = bytearray(path.read_bytes())
    content[place] ^= 0xFF
    path.write_bytes(content)
    with contextlib.suppress(ev.FormatError):
        ev.read(path, on_error="ignore")


def test_feather_of_version_1_is_named(tmp_path):
    path = tmp_path / "old.feather"
    path.write_bytes(b"FEA1" + bytes(100) + b"FEA1")
    with pytest.raises(ev.FormatError, match=r"Feather file of version 1.*feather\.write_feather"):
        ev.open(path)
