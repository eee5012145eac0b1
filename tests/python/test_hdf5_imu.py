# SPDX-License-Identifier: Apache-2.0
"""Samples of the IMU in HDF5 files of data sets."""

import h5py
import hdf5_files as files
import numpy as np
import pytest

import evarrow as ev

START = 1_506_119_776
SAMPLES = 1234
AXES = [f"{what}_{axis}" for what in ("accel", "gyro") for axis in "xyz"]


def write(path, *, side="left", samples=SAMPLES, times=SAMPLES, axes=6, **how):
    """Write MVSEC with samples; return their times in microseconds and their numbers."""
    files.write_mvsec(path, files.events())
    t = START + np.arange(times) / 1000
    numbers = np.random.default_rng(7).normal(size=(samples, axes))
    with h5py.File(path, "r+") as file:
        file.create_dataset(f"davis/{side}/imu", data=numbers, **how)
        file.create_dataset(f"davis/{side}/imu_ts", data=t)
    return np.rint(t * 1e6).astype("i8"), numbers


NO_TIME = np.iinfo("i8").min


def write_m3ed(path, gaps=(), *, samples=SAMPLES, times=SAMPLES, axes=3, **how):
    """Write M3ED with samples; return their times and their numbers, of gaps too."""
    files.write_m3ed(path, files.events())
    t = np.arange(times, dtype="i8") * 2500
    numbers = np.random.default_rng(8).normal(size=(samples, 2 * axes))
    t[list(gaps)], numbers[list(gaps)] = NO_TIME, np.nan
    with h5py.File(path, "r+") as file:
        group = file.create_group("ovc/imu")
        group.create_dataset("accel", data=numbers[:, :axes], maxshape=(None, axes))
        group.create_dataset("omega", data=numbers[:, axes:], maxshape=(None, axes))
        group.create_dataset("ts", data=t, **{"compression": "lzf"} | how)
    return t, numbers


@pytest.mark.parametrize(
    "how", [{}, {"chunks": (100, 6)}, {"chunks": (100, 2), "compression": "gzip"}], ids=str
)
def test_samples_of_mvsec_come_back_exactly(tmp_path, how):
    path = tmp_path / "a.hdf5"
    t, numbers = write(path, **how)
    with ev.open(path, t_type="int64") as rec:
        assert rec.streams == ("events", "imu", "frames")
        imu = rec.read("imu")
        assert rec.select("imu").count() == SAMPLES
        both = rec.read(["events", "imu"])
    assert imu["t"].to_list() == t.tolist()
    np.testing.assert_array_equal(imu.select(AXES).to_numpy(), numbers)
    for missing in ("mag_x", "mag_y", "mag_z", "temperature"):
        assert imu[missing].is_nan().all()
    assert both["imu"].equals(imu)
    assert both["events"].height == files.EVENTS


def test_a_window_and_an_origin_are_those_of_all_streams(tmp_path):
    path = tmp_path / "a.hdf5"
    t, _ = write(path)
    first = ev.read(path, t_type="int64")["t"][0]
    part = ev.read(path, stream="imu", t_type="int64", origin="start", start=5000, end=9000)
    moved = t - first
    assert part["t"].to_list() == moved[(moved >= 5000) & (moved < 9000)].tolist()


def test_samples_are_those_of_the_camera_that_is_read(tmp_path):
    path = tmp_path / "a.hdf5"
    write(path, side="right")
    with h5py.File(path, "r+") as file:
        file.copy("davis/left/events", file["davis/right"])
    assert ev.read(path, stream="imu").height == 0
    assert ev.read(path, stream="imu", sensor="right").height == SAMPLES


@pytest.mark.parametrize("wrong", [{"times": SAMPLES - 1}, {"axes": 5}, {"samples": 1}])
def test_samples_that_cannot_be_true_are_left_out_and_said(tmp_path, wrong):
    path = tmp_path / "a.hdf5"
    write(path, **wrong)
    with ev.open(path) as rec:
        assert rec.read("imu").height == 0
        assert any("IMU are left out" in note for note in rec.notes)
        assert len(rec) == files.EVENTS


def test_no_samples_are_an_empty_table(tmp_path):
    files.write_mvsec(tmp_path / "a.hdf5", files.events())
    with ev.open(tmp_path / "a.hdf5") as rec:
        assert rec.read("imu").height == 0
        assert not any("IMU" in note for note in rec.notes)


def test_a_chunk_that_cannot_be_decoded_is_damage(tmp_path):
    path = tmp_path / "a.hdf5"
    write(path, chunks=(100, 6), compression="gzip")
    with h5py.File(path, "r") as file:
        place = file["davis/left/imu"].id.get_chunk_info(2).byte_offset
    with path.open("r+b") as file:
        file.seek(place)
        file.write(b"\xff" * 64)
    with pytest.raises(ev.DamagedError, match="davis/left/imu"):
        ev.read(path, stream="imu")
    assert ev.read(path).height == files.EVENTS
    assert ev.read(path, stream="imu", on_error="ignore").height == SAMPLES - 100


@pytest.mark.parametrize("gaps", [[], [0], [5, 6, 7, 700, SAMPLES - 1], range(SAMPLES)], ids=len)
@pytest.mark.parametrize("batch", [1, 100, 100_000])
def test_samples_of_m3ed_come_without_the_gaps(tmp_path, gaps, batch):
    path = tmp_path / "a.h5"
    t, numbers = write_m3ed(path, gaps)
    kept = t != NO_TIME
    with ev.open(path, t_type="int64") as rec:
        assert rec.streams == ("events", "imu", "frames")
        imu = rec.read("imu")
        assert rec.select("imu").count() == kept.sum()
        lengths = [len(one) for one in rec.batches(batch, stream="imu")]
        told = [note for note in rec.notes if "without a time" in note]
        assert len(rec) == files.EVENTS
    assert imu["t"].to_list() == t[kept].tolist()
    np.testing.assert_array_equal(imu.select(AXES).to_numpy(), numbers[kept])
    assert sum(lengths) == kept.sum()
    assert all(length == batch for length in lengths[:-1])
    number = f"{len(gaps)} sample" + ("s" if len(gaps) > 1 else "")
    assert [note.partition(" of the IMU")[0] for note in told] == ([number] if gaps else [])


@pytest.mark.parametrize("origin", ["sensor", "start", 100])
def test_gaps_are_none_of_a_window_and_no_damage(tmp_path, origin):
    path = tmp_path / "a.h5"
    gaps = range(0, SAMPLES, 3)
    t, _ = write_m3ed(path, gaps)
    first = {"sensor": 0, "start": ev.read(path, t_type="int64")["t"][0], 100: 100}[origin]
    with ev.open(path, t_type="int64", origin=origin) as rec:
        part = rec.read("imu", start="1s", end="2s")
        moved = t[t != NO_TIME] - first
        assert part["t"].to_list() == moved[(moved >= 1_000_000) & (moved < 2_000_000)].tolist()
        both = rec.read(["events", "imu"])
    assert both["imu"]["t"].to_list() == moved.tolist()


def test_the_imu_of_m3ed_is_that_of_both_cameras(tmp_path):
    path = tmp_path / "a.h5"
    write_m3ed(path)
    assert ev.read(path, stream="imu", sensor="right").height == SAMPLES


@pytest.mark.parametrize("wrong", [{"times": SAMPLES - 1}, {"axes": 4}])
def test_samples_of_m3ed_that_cannot_be_true_are_left_out_and_said(tmp_path, wrong):
    path = tmp_path / "a.h5"
    write_m3ed(path, **wrong)
    with ev.open(path) as rec:
        assert rec.read("imu").height == 0
        assert any("IMU are left out" in note for note in rec.notes)


def test_gaps_that_cannot_be_counted_are_left_out_all_the_same(tmp_path):
    path = tmp_path / "a.h5"
    write_m3ed(path, [1, 2], chunks=(1000,))
    with h5py.File(path, "r") as file:
        place = file["ovc/imu/ts"].id.get_chunk_info(1).byte_offset
    with path.open("r+b") as file:
        file.seek(place)
        file.write(b"\xff" * 16)
    with ev.open(path, on_error="ignore") as rec:
        assert rec.notes[-1].startswith("any samples of the IMU without a time")
        assert rec.read("imu").height == 1000 - 2
    with pytest.raises(ev.DamagedError, match="ovc/imu/ts"):
        ev.read(path, stream="imu")
