# SPDX-License-Identifier: Apache-2.0
"""Triggers, samples and frames that go along with events into a file."""

import io
import os
import subprocess
import sys
import threading

import aedat4_files
import h5py
import numpy as np
import polars as pl
import pytest
import ros_files
import test_hdf5_frames
import test_hdf5_imu
from cli_support import run
from hypothesis import given, settings
from hypothesis import strategies as st

import evarrow as ev
from evarrow.companions import Companions

T0 = 1_700_000_000_000_000
SIZE = (346, 260)
AXES = [f"{what}_{axis}" for what in ("accel", "gyro", "mag") for axis in "xyz"]
PLACES = ["offset", "size"]  # in a file, of another one they are others


def pictures(n, shape=(20, 30), dtype=np.uint8):
    """Pictures with a `position` and an `exposure` of their own."""
    random = np.random.default_rng(5)
    for i in range(n):
        t = T0 + 1000 * i
        values = random.normal(0, 99, shape)
        image = values.astype(dtype) if dtype == np.float32 else np.abs(values).astype(dtype)
        yield ev.Frame(t=t, exposure=(t - 300, t + 200), position=(i % 9, 4), image=image)


def samples(n, begin=T0):
    random = np.random.default_rng(4)
    numbers = random.normal(size=(n, 10)).astype(np.float32)
    scale = np.array([9.80665] * 3 + [np.pi / 180] * 3 + [1e-6] * 3 + [1])
    columns = dict(zip([*AXES, "temperature"], (numbers * scale).T, strict=True))
    return {"t": begin + 700 * np.arange(n), **columns}


def events(n, begin=T0, step=100):
    random = np.random.default_rng(3)
    return {
        "x": random.integers(0, SIZE[0], n).astype(np.int16),
        "y": random.integers(0, SIZE[1], n).astype(np.int16),
        "t": begin + step * np.arange(n),
        "polarity": random.choice(np.array([-1, 1], np.int8), n),
    }


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A recording of a second with 1000 samples and 100 frames, as others write it."""
    path = tmp_path_factory.mktemp("along") / "rec.aedat4"
    made, _ = aedat4_files.recording(20_000)
    made.streams[1] = ("FRME", "frames", "Camera_1", SIZE)
    made.streams[2] = ("IMUS", "imu", "Camera_1", None)
    made.streams[3] = ("TRIG", "triggers", "Camera_1", None)
    random = np.random.default_rng(1)
    rows = [(T0 + 1000 * i, *random.normal(size=10).tolist()) for i in range(1000)]
    for i in range(0, 1000, 50):
        made.add_imu(2, rows[i : i + 50])
    for frame in pictures(100):
        made.add_frame(1, frame.t, frame.image, exposure=frame.exposure, position=frame.position)
    made.add_triggers(3, [(T0 + 5, 1), (T0 + 99_000, 2)])
    path.write_bytes(made.bytes())
    return path


def assert_frames_equal(ours, theirs):
    for one, other in zip(ours, theirs, strict=True):
        assert (one.t, one.exposure, one.position) == (other.t, other.exposure, other.position)
        assert one.image.dtype == other.image.dtype
        assert np.array_equal(one.image, other.image)


def assert_same_streams(one, other, **bounds):
    with ev.open(one) as a, ev.open(other) as b:
        for stream in ("events", "triggers", "imu"):
            assert a.read(stream, **bounds).equals(b.read(stream)), stream
        assert a.read("frames", **bounds).drop(PLACES).equals(b.read("frames").drop(PLACES))
        assert_frames_equal(a.frames(**bounds), b.frames())


@pytest.mark.parametrize("compression", aedat4_files.COMPRESSIONS)
def test_streams_of_aedat_4_come_back_exactly(source, tmp_path, compression):
    path = tmp_path / "new.aedat4"
    ev.convert(source, path, compression=compression)
    assert_same_streams(source, path)
    with ev.open(path) as rec:
        assert rec.select("imu").count() == 1000
        assert rec.select("frames").count() == 100
        assert rec.header["2/typeIdentifier"] == "IMUS"
        assert rec.header["3/info/sizeX"] == "346"
    ev.convert(path, tmp_path / "again.aedat4", compression=compression)
    assert (tmp_path / "again.aedat4").read_bytes() == path.read_bytes()


def test_a_part_has_the_streams_of_its_time(source, tmp_path):
    bounds = {"start": T0 + 20_000, "end": T0 + 61_000}
    path = tmp_path / "part.aedat4"
    ev.convert(source, path, **bounds)
    assert_same_streams(source, path, **bounds)
    with ev.open(path) as rec:
        assert rec.read("imu").height == 41
        assert len(list(rec.frames())) == 41
    count = ev.convert(source, path, region=(0, 0, 10, 10), polarity=1, overwrite=True)
    with ev.open(path) as rec:
        assert count == len(rec) < 2000
        assert rec.select("imu").count() == 1000
        assert {frame.image.shape for frame in rec.frames()} == {(20, 30)}
    result = run("slice", source, tmp_path / "cli.aedat4", "--start", f"{T0 + 20_000}us",
                 "--end", f"{T0 + 61_000}us")  # fmt: skip
    assert result.exit_code == 0, result.output
    assert_same_streams(source, tmp_path / "cli.aedat4", **bounds)


def test_times_begin_at_the_origin(source, tmp_path):
    path = tmp_path / "new.aedat4"
    ev.convert(source, path, origin="start")
    with ev.open(source, origin="start") as old, ev.open(path) as new:
        assert old.read("imu").equals(new.read("imu"))
        assert_frames_equal(old.frames(), new.frames())


def test_a_file_does_not_depend_on_threads(source, tmp_path):
    contents = set()
    for threads in (1, 3):
        ev.convert(source, tmp_path / f"{threads}.aedat4", threads=threads)
        contents.add((tmp_path / f"{threads}.aedat4").read_bytes())
    assert len(contents) == 1


def test_the_file_tells_of_streams_that_are_there(source, tmp_path):
    path = tmp_path / "part.aedat4"
    ev.convert(source, path, end=T0)  # nothing
    with ev.open(path) as rec:
        assert {key for key, _ in rec.core.fields if key.endswith("typeIdentifier")} == {
            "0/typeIdentifier",
            "1/typeIdentifier",
        }
        assert rec.read("imu").is_empty()
    read, write = os.pipe()
    taken = []

    def take():
        with open(read, "rb") as pipe:  # noqa: PTH123 - a descriptor
            taken.append(pipe.read())

    thread = threading.Thread(target=take)
    thread.start()
    with os.fdopen(write, "wb") as pipe:
        ev.convert(source, pipe, format="aedat4")
    thread.join()
    assert_same_streams(source, taken[0])


def test_rows_that_are_given_go_along(tmp_path):
    path = tmp_path / "a.aedat4"
    imu, frames = samples(600), list(pictures(30))
    triggers = {"t": [T0 + 1], "id": [1], "polarity": [1]}
    written = ev.write(
        events(5000), path, resolution=SIZE, triggers=triggers, imu=imu, frames=iter(frames)
    )
    assert written == 5000
    with ev.open(path, t_type="int64") as rec:
        assert rec.read("triggers").rows() == [(T0 + 1, 1, 1)]
        assert rec.read("imu").equals(pl.DataFrame(imu).select("t", *AXES, "temperature"))
        assert_frames_equal(rec.frames(), frames)
        # A table, a lazy one, and recordings stand for their streams.
        for i, one in enumerate((rec.read("imu"), rec.scan("imu"), rec)):
            other = tmp_path / f"{i}.aedat4"
            ev.write(events(5000), other, resolution=SIZE, imu=one, frames=rec)
            with ev.open(other, t_type="int64") as new:
                assert new.read("imu").equals(rec.read("imu"))
                assert_frames_equal(new.frames(), frames)
    # Some are given, the others are those of the recording.
    with ev.open(path) as rec:
        for i, one in enumerate((path, rec)):
            ev.write(one, tmp_path / f"other{i}.aedat4", imu=samples(3))
            with ev.open(tmp_path / f"other{i}.aedat4") as new:
                assert len(new) == 5000
                assert new.read("imu").height == 3
                assert new.read("triggers").height == 1
                assert_frames_equal(new.frames(), frames)


def test_what_was_not_measured_is_not_a_number(tmp_path):
    imu = {name: values for name, values in samples(3).items() if name[:3] in ("t", "acc", "gyr")}
    ev.write(events(0), tmp_path / "a.aedat4", resolution=SIZE, imu=imu)
    frame = ev.read(tmp_path / "a.aedat4", stream="imu")
    assert frame["mag_y"].is_nan().all()
    assert frame["temperature"].is_nan().all()
    assert not frame["gyro_x"].is_nan().any()


def test_what_is_given_is_checked(tmp_path):
    path = tmp_path / "a.aedat4"
    how = {"resolution": SIZE}
    with pytest.raises(ValueError, match="no column 'gyro_z'"):
        ev.write(events(1), path, imu={k: v for k, v in samples(2).items() if k != "gyro_z"}, **how)
    with pytest.raises(ValueError, match="equally long"):
        ev.write(events(1), path, imu=samples(2) | {"gyro_z": [1.0]}, **how)
    with pytest.raises(TypeError, match="t must hold whole numbers"):
        ev.write(events(1), path, imu=samples(2) | {"t": [1.5, 2.5]}, **how)
    with pytest.raises(TypeError, match=r"evarrow\.Frame"):
        ev.write(events(1), path, frames=[np.zeros((2, 2), np.uint8)], **how)
    with pytest.raises(TypeError, match="not from a dict"):
        ev.write(events(1), path, frames={"t": [1]}, **how)
    with pytest.raises(ValueError, match=r"row 1 of the frames .* before"):
        ev.write(events(1), path, frames=list(pictures(2))[::-1], **how)
    for image in (np.zeros((2, 2), np.int32), np.zeros((2, 2, 2), np.uint8), np.zeros(3, "u1")):
        frame = ev.Frame(t=5, exposure=(5, 6), position=(0, 0), image=image)
        with pytest.raises(ValueError, match=r"shape \(height, width\)"):
            ev.write(events(1), path, frames=[frame], **how)
    assert list(tmp_path.iterdir()) == []


def test_values_that_aedat_4_cannot_hold_are_named(tmp_path):
    path = tmp_path / "a.aedat4"
    imu = samples(4)
    imu["accel_y"] = np.array([0, 1, 1e300, 2])
    with pytest.raises(ValueError, match=r"row 2 of the imu .* accel_y is too large"):
        ev.write(events(9), path, resolution=SIZE, imu=imu)
    frames = [ev.Frame(t=7, exposure=(0, 0), position=(0, 0), image=np.zeros((2, 2), np.uint8))]
    with pytest.raises(ValueError, match=r"row 0 of the frames .* exposure from 0 to 0"):
        ev.write(events(9), path, resolution=SIZE, frames=frames)
    assert list(tmp_path.iterdir()) == []
    with pytest.warns(ev.EvarrowWarning) as told:
        ev.write(events(9), path, resolution=SIZE, imu=imu, frames=frames, on_loss="warn")
    sentences = " ".join(str(one.message) for one in told)
    assert "1 rows of the imu are not in the new file: row 2 of the imu" in sentences
    assert "1 frames are not in the new file: row 0 of the frames" in sentences
    with ev.open(path) as rec:
        assert rec.read("imu")["accel_y"].round(6).to_list() == [0, 1, 2]
        assert not list(rec.frames())


@pytest.mark.parametrize("name", ["a.raw", "a.csv", "a.h5", "a.parquet"])
def test_streams_without_a_place_are_named(source, tmp_path, name):
    path = tmp_path / name
    with pytest.warns(ev.EvarrowWarning) as told:
        ev.convert(source, path, origin="start")
    sentences = " ".join(str(one.message) for one in told)
    assert "1000 rows of the stream 'imu' are not in the new file" in sentences
    assert "100 rows of the stream 'frames' are not in the new file" in sentences
    with pytest.raises(ValueError, match=r"row 0 of the \w+ \(t = .*has no place for"):
        ev.convert(source, path, origin="start", on_loss="raise", overwrite=True)
    for stream, rows in (("imu", samples(3, 0)), ("frames", pictures(3))):
        with pytest.raises(ValueError, match=f"row 0 of the {stream} .* no place for {stream}"):
            ev.write(events(9, 0), path, resolution=SIZE, overwrite=True, **{stream: rows})
    with pytest.warns(ev.EvarrowWarning, match="3 rows of the stream 'frames'"):
        ev.write(
            events(9, 0), path, resolution=SIZE, overwrite=True, frames=pictures(3), on_loss="warn"
        )


def test_damaged_frames_are_left_out_as_asked(tmp_path):
    made, _ = aedat4_files.recording(100)
    made.streams[1] = ("FRME", "frames", "Camera_1", SIZE)
    good = np.ones((2, 2), np.uint8)
    for i, size in enumerate([None, (9, 9), None]):
        made.add_frame(1, T0 + i, good, size=size)
    path = tmp_path / "a.aedat4"
    with pytest.raises(ev.DamagedError):
        ev.convert(made.bytes(), path)
    assert list(tmp_path.iterdir()) == []
    with pytest.warns(ev.EvarrowWarning, match="1 row of .* cannot be decoded"):
        ev.convert(made.bytes(), path, on_error="warn")
    with ev.open(path) as rec:
        assert [frame.t for frame in rec.frames()] == [T0, T0 + 2]


def test_samples_and_frames_of_other_cameras(corpus, tmp_path):
    for name in ("synthetic/aedat2_davis.aedat", "synthetic/aedat3_basic.aedat"):
        path = tmp_path / "new.aedat4"
        with pytest.warns(ev.EvarrowWarning, match="1 triggers are not in the new file"):
            ev.convert(corpus / name, path, overwrite=True)
        with ev.open(corpus / name) as old, ev.open(path) as new:
            ours, theirs = old.read("imu"), new.read("imu")
            assert ours["t"].equals(theirs["t"])
            values = [one.select(AXES).to_numpy().astype(np.float32) for one in (ours, theirs)]
            assert np.allclose(*values, rtol=1e-6, atol=0, equal_nan=True)
            assert_frames_equal(old.frames(), new.frames())


@pytest.mark.parametrize("name", ["a.aedat4", "a.mcap"])
def test_samples_and_frames_of_hdf5_go_along(tmp_path, name):
    source, path = tmp_path / "source.hdf5", tmp_path / name
    times, numbers = test_hdf5_imu.write(source)
    images = test_hdf5_frames.pictures(12, 26, 34)
    with h5py.File(source, "r+") as file:
        file.create_dataset("davis/left/image_raw", data=images)
        file.create_dataset("davis/left/image_raw_ts", data=times[:120:10] / 1e6)
    ev.convert(source, path, origin=int(times[0]) - 10, start=0, resolution=(1280, 720))
    with ev.open(path, t_type="int64") as rec:
        imu = rec.read("imu")
        assert imu["t"].to_list() == (times - times[0] + 10).tolist()
        found = imu.select(AXES[:6]).to_numpy()
        if name == "a.mcap":
            assert np.array_equal(found, numbers)
        assert np.allclose(found, numbers, rtol=1e-7)
        for frame, image, t in zip(rec.frames(), images, times[:120:10], strict=True):
            assert frame.t == t - times[0] + 10
            assert np.array_equal(frame.image, image)


def test_frames_in_a_pipe_are_left_out_with_a_warning(corpus, tmp_path):
    source = corpus / "synthetic/aedat3_basic.aedat"
    with source.open("rb") as file:
        command = [sys.executable, "-m", "evarrow", "convert", "-", tmp_path / "a.aedat4"]
        cat = subprocess.Popen(["cat"], stdin=file, stdout=subprocess.PIPE)
        done = subprocess.run(command, stdin=cat.stdout, capture_output=True, text=True, check=True)
        cat.stdout.close()
        cat.wait()
    assert "1 rows of the stream 'frames' are not in the new file" in done.stderr
    with ev.open(tmp_path / "a.aedat4") as rec:
        assert rec.read("imu").height == 1
        assert not list(rec.frames())


def test_a_recording_in_a_pipe_is_written_with_what_is_given(corpus, tmp_path):
    path = tmp_path / "a.aedat4"
    program = f"""
import sys
import evarrow as ev
rec = ev.open(sys.stdin.buffer, sort=False)
triggers = {{"t": [1], "id": [1], "polarity": [1]}}
ev.write(rec, {str(path)!r}, triggers=triggers, resolution=(99, 99))
"""
    with (corpus / "synthetic/aedat3_basic.aedat").open("rb") as file:
        cat = subprocess.Popen(["cat"], stdin=file, stdout=subprocess.PIPE)
        subprocess.run([sys.executable, "-c", program], stdin=cat.stdout, check=True)
        cat.stdout.close()
        cat.wait()
    with ev.open(path) as rec:
        assert len(rec) == 4
        assert rec.read("triggers")["id"].to_list() == [1]


def test_merging_joins_the_streams_by_time(tmp_path):
    parts = [tmp_path / "0.aedat4", tmp_path / "1.aedat4"]
    even = list(pictures(40))[::2]
    odd = list(pictures(40))[1::2]
    for i, (path, frames) in enumerate(zip(parts, (even, odd), strict=True)):
        imu = {name: values[i::2] for name, values in samples(500).items()}
        rows = {name: values[i::2] for name, values in events(200_000, step=2).items()}
        ev.write(rows, path, resolution=SIZE, imu=imu, frames=frames)
    assert ev.merge(parts, tmp_path / "both.aedat4") == 200_000
    with ev.open(tmp_path / "both.aedat4", t_type="int64") as rec:
        assert rec.read("imu").equals(pl.DataFrame(samples(500)))
        assert_frames_equal(rec.frames(), pictures(40))
    ev.merge(parts, tmp_path / "shifted.aedat4", concat=True, shift=True)
    with ev.open(tmp_path / "shifted.aedat4", t_type="int64") as rec, ev.open(parts[1]) as second:
        assert rec.read("imu").height == 500
        shift = rec.read()["t"][100_000] - int(second.read()["t"][0].total_seconds() * 1e6)
        frames = list(rec.frames())
        moved = [(one.t + shift, one.exposure[0] + shift) for one in odd]
        assert [(one.t, one.exposure[0]) for one in frames[20:]] == moved


@pytest.fixture(scope="module")
def ros_like(tmp_path_factory):
    """A recording with what messages of ROS hold."""
    path = tmp_path_factory.mktemp("ros") / "a.aedat4"
    imu = samples(600, 0) | {"temperature": np.full(600, np.nan)}
    imu |= {f"mag_{axis}": np.full(600, np.nan) for axis in "xyz"}
    imu["accel_y"][7] = np.nan
    for axis in "xyz":
        imu[f"gyro_{axis}"][9] = np.nan
    ev.write(events(200_000, 0, step=3), path, resolution=SIZE, imu=imu, frames=of_ros(40))
    return path


def of_ros(n):
    shapes = [((20, 30), "u1"), ((20, 30), "u2"), ((20, 30), "f4"), ((20, 31, 3), "u1"),
              ((3, 5, 4), "u1"), ((3, 5, 3), "u2"), ((3, 5, 4), "u2")]  # fmt: skip
    for i in range(n):
        shape, dtype = shapes[i % len(shapes)]
        image = np.random.default_rng(i).integers(0, 255, shape).astype(dtype)
        t = 1000 * i
        yield ev.Frame(t=t, exposure=(t, t), position=(0, 0), image=image)


@pytest.mark.parametrize("compression", ["zstd", "lz4", "none"])
def test_streams_of_mcap_come_back(ros_like, tmp_path, compression):
    path = tmp_path / "a.mcap"
    ev.convert(ros_like, path, compression=compression, on_loss="raise")
    assert_same_streams(ros_like, path)
    with ev.open(path) as rec:
        assert rec.header["imu_topic"] == "/event_camera/imu"
        assert rec.header["frames_topic"] == "/event_camera/image_raw"
    ev.convert(path, tmp_path / "b.mcap", compression=compression, on_loss="raise")
    assert (tmp_path / "b.mcap").read_bytes() == path.read_bytes()
    ev.convert(path, tmp_path / "part.mcap", start="10ms", end="20ms")
    assert_same_streams(path, tmp_path / "part.mcap", start="10ms", end="20ms")
    ev.convert(path, tmp_path / "back.aedat4")
    assert_same_streams(path, tmp_path / "back.aedat4")


def test_topics_and_values_of_bags_go_along(tmp_path):
    image = np.arange(12, dtype=np.uint8).reshape(3, 4)
    t = 1_700_000_000_000_001
    made = [
        (
            0,
            0,
            ros_files.packet("mono", ros_files.mono(ros_files.events(50, t), t * 1000), t * 1000),
        ),
        (1, 1, ros_files.imu(t * 1000, (0.1, 1e300, -3), (5e-324, 2, 0.3), cdr=True)),
        (2, 2, ros_files.image(t * 1000, image, "mono8", cdr=True)),
    ]
    topics = (
        ("/davis/left/events", ros_files.PACKET, "cdr"),
        ("/davis/left/imu/data", "sensor_msgs/msg/Imu", "cdr"),
        ("/davis/left/image", "sensor_msgs/msg/Image", "cdr"),
    )
    source, path = tmp_path / "a.mcap", tmp_path / "b.mcap"
    source.write_bytes(ros_files.mcap(made, topics=topics))
    ev.convert(source, path, on_loss="raise", origin=t - 1000)
    with ev.open(source, origin=t - 1000) as old, ev.open(path) as new:
        assert new.header["imu_topic"] == "/davis/left/imu/data"
        assert new.header["frames_topic"] == "/davis/left/image"
        assert new.read("imu").equals(old.read("imu"))
        assert_frames_equal(old.frames(), new.frames())


def test_values_that_ros_has_no_place_for_are_named(source, tmp_path):
    path = tmp_path / "a.mcap"
    with pytest.warns(ev.EvarrowWarning) as told:
        ev.convert(source, path, origin=T0)
    sentences = " ".join(str(one.message) for one in told)
    assert (
        "rows of the imu are not whole in the new file: row 0 of the imu loses mag_x (" in sentences
    )
    assert "frames are not whole in the new file: row 0 of the frames loses exposure_begin (-" in (
        sentences
    )
    assert "temperature" in sentences
    with ev.open(source, origin=T0) as old, ev.open(path) as new:
        columns = ["t", *AXES[:6]]
        assert old.read("imu").select(columns).equals(new.read("imu").select(columns))
        assert new.read("imu")["temperature"].is_nan().all()
        for one, other in zip(old.frames(), new.frames(), strict=True):
            assert one.t == other.t
            assert other.exposure == (other.t, other.t)
            assert np.array_equal(one.image, other.image)
    with pytest.raises(ValueError, match=r"row 0 of the imu .* no place for mag_x \("):
        ev.convert(source, path, origin=T0, on_loss="raise", overwrite=True)
    with pytest.warns(ev.EvarrowWarning) as told:
        ev.convert(source, path, origin=T0 + 1500, overwrite=True, on_loss="warn")
    sentences = [str(one.message) for one in told]
    assert any("998 rows of the imu are not whole" in one for one in sentences)
    assert any(
        "2 rows of the imu are not in the new file: row 0 of the imu cannot be written: t is -1500"
        in one
        for one in sentences
    )
    with pytest.raises(ValueError, match=r"row 0 of the frames .* no place for exposure_begin"):
        ev.write(events(9, 0), path, resolution=SIZE, overwrite=True, frames=pictures(2))
    early = samples(5, -1000)
    with pytest.raises(ValueError, match=r"row 0 of the imu .*no place for mag_x"):
        ev.write(events(9, 0), path, resolution=SIZE, overwrite=True, imu=early)
    bare = {name: values for name, values in early.items() if name[:3] in ("t", "acc", "gyr")}
    with pytest.raises(ValueError, match=r"row 0 of the imu .* t is -1000 us"):
        ev.write(events(9, 0), path, resolution=SIZE, overwrite=True, imu=bare)
    colours = ev.Frame(t=5, exposure=(5, 5), position=(0, 0), image=np.ones((2, 2, 3), np.float32))
    with pytest.raises(ValueError, match="no encoding for 3 channels of 32 bits"):
        ev.write(events(9, 0), path, resolution=SIZE, overwrite=True, frames=[colours])


@pytest.mark.parametrize("compression", ["zstd", "lz4", "none"])
def test_mcap_and_rosbags_read_samples_and_frames(ros_like, tmp_path, compression):
    reader = pytest.importorskip("mcap.reader")
    highlevel = pytest.importorskip("rosbags.highlevel")
    path = tmp_path / "a.mcap"
    ev.convert(ros_like, path, compression=compression)
    content = path.read_bytes()
    made = reader.SeekingReader(io.BytesIO(content), validate_crcs=True)
    summary = made.get_summary()
    counts = {
        summary.channels[number].topic: count
        for number, count in summary.statistics.channel_message_counts.items()
    }
    assert counts["/event_camera/imu"] == 600
    assert counts["/event_camera/image_raw"] == 40
    assert summary.statistics.message_count == sum(counts.values())
    for topic, count in counts.items():
        found = list(made.iter_messages(topics=[topic]))
        assert [message.sequence for _, _, message in found] == list(range(count))
    front = reader.NonSeekingReader(io.BytesIO(content), validate_crcs=True)
    assert len(list(front.iter_messages())) == sum(counts.values())
    with highlevel.AnyReader([path]) as bag, ev.open(path, t_type="int64") as rec:
        found = {"imu": [], "image_raw": []}
        for connection, time, raw in bag.messages():
            name = connection.topic.rpartition("/")[2]
            if name in found:
                message = bag.deserialize(raw, connection.msgtype)
                stamp = message.header.stamp.sec * 10**9 + message.header.stamp.nanosec
                assert stamp == time
                assert message.header.frame_id == "event_camera"
                found[name].append(message)
        ours = rec.read("imu")
        for axis in "xyz":
            for name, field in (("accel", "linear_acceleration"), ("gyro", "angular_velocity")):
                theirs = np.array([getattr(getattr(one, field), axis) for one in found["imu"]])
                unknown = [getattr(one, field + "_covariance")[0] == -1 for one in found["imu"]]
                theirs[unknown] = np.nan
                column = ours[f"{name}_{axis}"].to_numpy()
                assert np.array_equal(column, theirs, equal_nan=True)
        assert {one.orientation_covariance[0] for one in found["imu"]} == {-1}
        for frame, message in zip(rec.frames(), found["image_raw"], strict=True):
            assert (message.height, message.width) == frame.image.shape[:2]
            assert message.step * message.height == len(message.data)
            pixels = message.data.view(frame.image.dtype).reshape(frame.image.shape)
            assert np.array_equal(pixels, frame.image)


times = st.lists(st.integers(-(2**62), 2**62), max_size=20)
numbers = st.floats(width=32, allow_nan=True)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_samples_and_frames_come_back(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("any") / "a.aedat4"
    t = np.array(sorted(data.draw(times)), np.int64)
    stored = np.array(
        [data.draw(st.lists(numbers, min_size=10, max_size=10)) for _ in t], np.float32
    ).reshape(len(t), 10)
    scale = np.array([9.80665] * 3 + [np.pi / 180] * 3 + [1e-6] * 3 + [1])
    with np.errstate(over="ignore"):
        columns = (stored.astype(np.float64) * scale).T
    imu = {"t": t, **dict(zip([*AXES, "temperature"], columns, strict=True))}
    frames = []
    for at in sorted(data.draw(times)):
        shape = data.draw(st.sampled_from([(1, 1), (2, 3), (2, 3, 3), (4, 1, 4)]))
        dtype = data.draw(st.sampled_from([np.uint8, np.uint16, np.float32]))
        image = np.random.default_rng(len(frames)).integers(0, 255, shape).astype(dtype)
        exposure = (data.draw(st.integers(1, 2**62)), data.draw(st.integers(-(2**62), 2**62)))
        frames.append(ev.Frame(t=at, exposure=exposure, position=(-3, 32767), image=image))
    ev.write(events(10), path, resolution=SIZE, imu=imu, frames=frames)
    with ev.open(path, t_type="int64") as rec:
        found = rec.read("imu")
        assert found["t"].to_list() == t.tolist()
        for name, values in list(imu.items())[1:]:
            assert np.array_equal(found[name].to_numpy(), values, equal_nan=True)
        assert_frames_equal(rec.frames(), frames)


def test_one_frame_is_in_memory_at_a_time():
    made = []

    def endless():
        for i in range(1000):
            made.append(i)
            yield ev.Frame(t=i, exposure=(i, i), position=(0, 0), image=np.zeros((1, 1), np.uint8))

    companions = Companions(given={"frames": endless()})

    class Sink:
        frames = 0

        def write_frame(self, *_):
            self.frames += 1
            assert len(made) == self.frames

    sink = Sink()
    companions.write(sink, 499)
    assert sink.frames == 500
    assert len(made) == 501


FULL = """
import resource, signal, sys
import numpy as np
import evarrow as ev
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    ev.convert(sys.argv[1], sys.argv[2], compression="none")
except OSError as error:
    print(error)
"""

KILLED = """
import os, signal, sys
import numpy as np
import evarrow as ev
def frames():
    for i in range(100):
        yield ev.Frame(t=i, exposure=(i, i), position=(0, 0), image=np.ones((99, 99), np.uint8))
    os.kill(os.getpid(), signal.SIGKILL)
ev.write(ev.from_arrays(x=[1], y=[1], t=[1000], polarity=[1]), sys.argv[1], resolution=(9, 9),
         frames=frames(), compression="none")
"""


def test_a_full_disk_and_a_kill_leave_nothing(source, tmp_path):
    target = tmp_path / "a.aedat4"
    command = [sys.executable, "-c", FULL, source, target]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "File too large" in done.stdout
    assert str(target) in done.stdout
    assert list(tmp_path.iterdir()) == []
    subprocess.run([sys.executable, "-c", KILLED, target], check=False)
    assert not target.exists()


@pytest.mark.peers
@pytest.mark.parametrize("compression", aedat4_files.COMPRESSIONS)
def test_dv_processing_reads_samples_and_frames(source, tmp_path, compression):
    dv = pytest.importorskip("dv_processing")
    path = tmp_path / "a.aedat4"
    ev.convert(source, path, compression=compression)
    camera = dv.io.MonoCameraRecording(str(path))
    assert camera.isImuStreamAvailable()
    assert camera.getFrameResolution() == SIZE
    rows = []
    while (batch := camera.getNextImuBatch()) is not None:
        rows += [
            (one.timestamp, *(getattr(one, f"{what}{axis}") for what in
             ("accelerometer", "gyroscope", "magnetometer") for axis in "XYZ"), one.temperature)
            for one in batch
        ]  # fmt: skip
    with ev.open(path, t_type="int64") as rec:
        ours = rec.read("imu")
        assert ours["t"].to_list() == [row[0] for row in rows]
        scale = np.array([9.80665] * 3 + [np.pi / 180] * 3 + [1e-6] * 3 + [1])
        stored = (ours.select(*AXES, "temperature").to_numpy() / scale).astype(np.float32)
        assert np.array_equal(stored, np.array(rows)[:, 1:].astype(np.float32))
        for frame in rec.frames():
            theirs = camera.getNextFrame()
            assert theirs.timestamp == frame.exposure[0]  # which it takes for the time
            assert theirs.exposure.total_seconds() == pytest.approx(500e-6)
            assert (theirs.positionX, theirs.positionY) == frame.position
            assert np.array_equal(theirs.image, frame.image)
        assert camera.getNextFrame() is None


@pytest.mark.peers
@pytest.mark.parametrize(
    ("shape", "dtype"),
    [((4, 6, 3), np.uint8), ((4, 6, 4), np.uint8), ((4, 6), np.uint16), ((4, 6), np.float32)],
)
def test_dv_processing_reads_colours_and_wide_pixels(tmp_path, shape, dtype):
    dv = pytest.importorskip("dv_processing")
    path = tmp_path / "a.aedat4"
    want = list(pictures(3, shape, dtype))
    ev.write(events(10), path, resolution=SIZE, frames=want)
    camera = dv.io.MonoCameraRecording(str(path))
    for frame in want:
        theirs = np.asarray(camera.getNextFrame().image)
        if len(shape) == 3:
            theirs = theirs[:, :, [2, 1, 0, 3][: shape[2]]]  # theirs are blue first
        assert np.array_equal(theirs, frame.image)
