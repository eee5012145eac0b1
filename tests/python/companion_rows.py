# SPDX-License-Identifier: Apache-2.0
"""Triggers, samples and frames for the tests of what goes along with events."""

import aedat4_files
import numpy as np

import evarrow as ev

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


def recording_with_streams():
    """Return the bytes of a recording with 1000 samples and 100 frames, as others write it."""
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
    return made.bytes()


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
