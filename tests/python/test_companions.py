# SPDX-License-Identifier: Apache-2.0
"""Triggers, samples and frames that go along with events into a file."""

import os
import signal
import subprocess
import sys
import threading

import aedat4_files
import h5py
import numpy as np
import polars as pl
import pytest
import test_hdf5_frames
import test_hdf5_imu
from cli_support import run
from companion_rows import (
    AXES,
    SIZE,
    T0,
    assert_frames_equal,
    assert_same_streams,
    events,
    pictures,
    recording_with_streams,
    samples,
)

import evarrow as ev


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("along") / "rec.aedat4"
    path.write_bytes(recording_with_streams())
    return path


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
    done = subprocess.run([sys.executable, "-c", KILLED, target], check=False)
    assert done.returncode == -signal.SIGKILL
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
