# SPDX-License-Identifier: Apache-2.0
"""Triggers, samples and frames that are given with events."""

import gc
import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from companion_rows import AXES, SIZE, T0, assert_frames_equal, events, pictures, samples
from hypothesis import given, settings
from hypothesis import strategies as st

import evarrow as ev
from evarrow.companions import Companions


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
    for name in ("triggers", "imu", "frames"):
        for value in ("rec.aedat4", tmp_path / "rec.aedat4", 3):
            with pytest.raises(TypeError, match=r"not from a \w+; .* evarrow\.open"):
                ev.write(events(1), path, **how, **{name: value})
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


_FRAME = {"t": 5, "exposure": (3, 7), "position": (0, 0), "image": np.zeros((4, 6), np.uint8)}


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"t": 2.5}, "whole numbers"),
        ({"t": 1 << 63}, "64 bits"),
        ({"exposure": (3,)}, "whole numbers"),
        ({"position": (70_000, 0)}, r"position, \(70000, 0\)"),
    ],
)
def test_a_frame_that_no_file_holds_is_named(tmp_path, wrong, why):
    frames = [ev.Frame(**_FRAME), ev.Frame(**{**_FRAME, **wrong})]
    with pytest.raises(ValueError, match=f"row 1 of the frames cannot be written: .*{why}"):
        ev.write(events(10), tmp_path / "a.aedat4", resolution=SIZE, frames=frames)
    assert not list(tmp_path.iterdir())


def test_pixels_of_the_other_byte_order_are_turned(tmp_path):
    image = np.arange(24, dtype=">u2").reshape(4, 6)
    frame = ev.Frame(**{**_FRAME, "image": image})
    ev.write(events(10), tmp_path / "a.aedat4", resolution=SIZE, frames=[frame])
    with ev.open(tmp_path / "a.aedat4") as rec:
        assert next(iter(rec.frames())).image.tolist() == image.tolist()


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"bits": 12}, "bits are 12"),
        ({"pixels": bytes(23)}, "not those of 23 bytes"),
        ({"pixels": None}, "pixels is null"),
        ({"t": None}, "t is null"),
        ({"width": -1}, "width -1"),
        ({"channels": 0}, "0 channels"),
    ],
)
def test_a_row_of_a_table_of_frames_that_is_wrong_is_named(tmp_path, wrong, why):
    row = {
        "t": 5,
        "exposure_begin": 3,
        "exposure_end": 7,
        "left": 0,
        "top": 0,
        "width": 6,
        "height": 4,
        "channels": 1,
        "bits": 8,
        "pixels": bytes(24),
    }
    with pytest.raises(ValueError, match=f"row 1 of the frames cannot be written: .*{why}"):
        ev.write(
            events(10),
            tmp_path / "a.aedat4",
            resolution=SIZE,
            frames=pl.DataFrame([row, {**row, **wrong}]),
        )


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_events_that_are_refused_leave_no_file_open(tmp_path):
    wrong = {"x": [1], "y": [1], "t": [1], "polarity": [7]}
    with pytest.raises(ValueError, match="polarity must hold"):
        ev.write(wrong, tmp_path / "a.npz", resolution=SIZE)
    gc.collect()
    assert not list(tmp_path.iterdir())


def test_what_a_recording_has_is_lost_with_a_warning_beside_rows_that_are_given(tmp_path):
    path, new = tmp_path / "a.aedat4", tmp_path / "a.mcap"
    ev.write(events(100), path, resolution=SIZE, imu=samples(3))
    triggers = {"t": [1], "id": [1], "polarity": [1]}
    with ev.open(path, origin="start") as rec:
        with pytest.warns(ev.EvarrowWarning, match="3 rows of the imu are not whole"):
            ev.write(rec, new, triggers=triggers)
        assert ev.read(new, stream="imu").height == 3
        # Those that are given are wanted, and with "raise" all are.
        with pytest.raises(ValueError, match="row 0 of the imu cannot"):
            ev.write(rec, new, imu=samples(3), overwrite=True)
        with pytest.raises(ValueError, match="row 0 of the imu cannot"):
            ev.write(rec, new, triggers=triggers, on_loss="raise", overwrite=True)
        wrong = {**triggers, "id": [40]}
        with pytest.raises(ValueError, match="row 0 of the triggers"):
            ev.write(rec, new, triggers=wrong, overwrite=True)
