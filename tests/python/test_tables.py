# SPDX-License-Identifier: Apache-2.0
"""Parquet, Arrow and MATLAB files."""

import io

import h5py
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import scipy.io
from polars.testing import assert_frame_equal
from table_events import events

import evarrow as ev

N = 30_000


@pytest.fixture
def frame():
    return events(N)


def written(frame, kind, **how):
    file = io.BytesIO()
    (frame.write_parquet if kind == "parquet" else frame.write_ipc)(file, **how)
    return file.getvalue()


@pytest.mark.parametrize("compression", ["uncompressed", "lz4", "zstd"])
@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_our_own_frames_come_back(tmp_path, frame, kind, compression):
    path = tmp_path / f"a.{kind}"
    path.write_bytes(written(frame, kind, compression=compression))
    for source in (path, path.read_bytes()):
        with ev.open(source) as rec:
            assert (rec.format, len(rec), rec.streams) == (kind, N, ("events",))
            assert_frame_equal(rec.read(), frame)
            start, end = rec.time_range[0] + 1000, rec.time_range[0] + 9000
            window = rec.read(start=start, end=end)
        t = frame["t"].dt.total_microseconds()
        assert_frame_equal(window, frame.filter((t >= start) & (t < end)))
    lazy = ev.scan(path).filter(pl.col("x") < 100).select("y", "t").collect()
    assert_frame_equal(lazy, frame.filter(pl.col("x") < 100).select("y", "t"))


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_columns_of_others(frame, kind):
    t = frame["t"].dt.total_microseconds()
    other = pl.DataFrame(
        {
            "file": ["a"] * N,
            "P": frame["polarity"] > 0,
            "Timestamp": (t * 1000 + 999).cast(pl.Datetime("ns")),
            "Y": frame["y"].cast(pl.Float64),
            "X": frame["x"].cast(pl.UInt32),
        }
    )
    assert_frame_equal(ev.read(written(other, kind)), frame)
    seconds = other.with_columns(Timestamp=t / 1e6)
    assert_frame_equal(ev.read(written(seconds, kind)), frame)
    whole = other.with_columns(Timestamp=t.cast(pl.Float64))
    with pytest.raises(ev.FormatError, match="t_unit="):
        ev.read(written(whole, kind))
    assert_frame_equal(ev.read(written(whole, kind), t_unit="us"), frame)


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_what_holds_no_events_is_refused(frame, kind):
    with pytest.raises(ev.FormatError, match="there are no events"):
        ev.open(written(frame.drop("t"), kind))
    with pytest.raises(ev.FormatError, match="lacks some of its values"):
        ev.open(written(frame.with_columns(x=pl.when(pl.col("y") > 9).then("x")), kind))
    with pytest.raises(ev.FormatError, match="not numbers"):
        ev.open(written(frame.with_columns(pl.col("x").cast(pl.String)), kind))
    assert len(ev.open(written(frame.clear(), kind))) == 0


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_damaged_files_are_refused(frame, kind, capfd):
    content = written(frame, kind, compression="zstd")
    for end in range(8, len(content), len(content) // 40):
        with pytest.raises(ev.FormatError):
            ev.open(content[:end])
    rng = np.random.default_rng(2)
    for _ in range(60):
        broken = bytearray(content)
        for at in rng.integers(8, len(content), 8):
            broken[at] ^= int(rng.integers(1, 256))
        try:
            ev.open(bytes(broken)).read()
        except (ev.FormatError, ev.DamagedError):
            continue
    capfd.readouterr()


def test_what_pyarrow_writes_from_a_recording_keeps_the_geometry(tmp_path):
    ev.sample(tmp_path / "a.raw", duration="20ms", resolution=(64, 48))
    with ev.open(tmp_path / "a.raw") as rec:
        table, frame = pa.table(rec), rec.read()
    pq.write_table(table, tmp_path / "a.parquet")
    with (
        pa.OSFile(str(tmp_path / "a.arrow"), "wb") as file,
        pa.ipc.new_file(file, table.schema) as w,
    ):
        w.write_table(table)
    for name in ("a.parquet", "a.arrow"):
        with ev.open(tmp_path / name) as rec:
            assert rec.resolution == (64, 48)
            assert_frame_equal(rec.read(), frame)


# MATLAB


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("kind", ["arrays", "struct"])
def test_matlab(tmp_path, frame, kind, compressed):
    t = frame["t"].dt.total_microseconds().to_numpy()
    columns = {
        "x": frame["x"].to_numpy().astype(float),
        "y": frame["y"].to_numpy().astype(np.uint16)[:, None],
        "ts": t.astype(np.int64),
        "pol": (frame["polarity"].to_numpy() > 0).astype(np.uint8)[None, :],
    }
    path = tmp_path / "a.mat"
    scipy.io.savemat(path, columns if kind == "arrays" else {"TD": columns},
                     do_compression=compressed)  # fmt: skip
    with ev.open(path) as rec:
        assert (rec.format, len(rec)) == ("mat", N)
        assert_frame_equal(rec.read(), frame)


def test_structs_of_matlab_are_found_and_chosen(tmp_path, frame):
    t = frame["t"].dt.total_microseconds().to_numpy().astype(float)
    columns = {"ts": t, "x": frame["x"].to_numpy(), "y": frame["y"].to_numpy(),
               "pol": frame["polarity"].to_numpy()}  # fmt: skip
    cameras = {"left": columns, "right": {**columns, "ts": t + 7}}
    path = tmp_path / "a.mat"
    scipy.io.savemat(path, {"data": cameras, "name": "x"})
    with ev.open(path) as rec:
        assert_frame_equal(rec.read(), frame)
        assert "sensor= chooses from /data/right" in rec.notes[0]
    later = frame.with_columns(pl.col("t") + pl.duration(microseconds=7))
    assert_frame_equal(ev.read(path, sensor="right"), later)
    assert_frame_equal(ev.read(path, sensor="/data/right"), later)
    with pytest.raises(
        ev.FormatError, match=r"no events of 'up' in .*only /data/left, /data/right"
    ):
        ev.open(path, sensor="up")


def test_whole_times_of_matlab_are_microseconds_and_others_seconds(tmp_path):
    columns = {"x": [1.0, 2.0], "y": [3.0, 4.0], "p": [0.0, 1.0]}
    for times, expected in (([5.0, 9.0], [5, 9]), ([0.5, 9.0], [500_000, 9_000_000])):
        scipy.io.savemat(tmp_path / "a.mat", {"TD": {**columns, "ts": times}})
        assert ev.read(tmp_path / "a.mat", t_type="int64")["t"].to_list() == expected
    assert ev.read(tmp_path / "a.mat", t_unit="ms", t_type="int64")["t"].to_list() == [500, 9000]


def test_a_table_of_matlab_needs_its_order(tmp_path, frame):
    t = frame["t"].dt.total_microseconds().to_numpy()
    table = np.column_stack([t, frame["x"], frame["y"], frame["polarity"]]).astype(np.int64)
    scipy.io.savemat(tmp_path / "a.mat", {"events": table})
    with pytest.raises(ev.FormatError, match="order="):
        ev.open(tmp_path / "a.mat")
    assert_frame_equal(ev.read(tmp_path / "a.mat", order="txyp"), frame)
    scipy.io.savemat(tmp_path / "b.mat", {"a": np.arange(5)})
    with pytest.raises(ev.FormatError, match="there are no events"):
        ev.open(tmp_path / "b.mat")


def test_damaged_files_of_matlab_are_refused(tmp_path):
    scipy.io.savemat(tmp_path / "a.mat", {"x": np.arange(9), "y": np.arange(9),
                                          "t": np.arange(9), "p": np.ones(9)})  # fmt: skip
    content = (tmp_path / "a.mat").read_bytes()
    for end in range(130, len(content) - 8, 37):
        with pytest.raises(ev.FormatError):
            ev.open(content[:end])


@pytest.mark.parametrize("shape", [(1, -1), (-1, 1)])
def test_matlab_7_3_is_hdf5_and_ebssa_counts_pixels_from_1(tmp_path, frame, shape):
    path = tmp_path / "a.mat"
    t = frame["t"].dt.total_microseconds().to_numpy()
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, values in (("x", frame["x"] + 1), ("y", frame["y"] + 1), ("ts", t),
                             ("p", frame["polarity"])):  # fmt: skip
            data = np.asarray(values).astype(float).reshape(shape)
            file.create_dataset(f"TD/{name}", data=data, chunks=True, compression="gzip")
    with path.open("r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64")
    assert_frame_equal(ev.read(path), frame)
    assert ev.read(path, t_unit="ms")["t"].to_list() == (1000 * frame["t"]).to_list()
