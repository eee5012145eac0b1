# SPDX-License-Identifier: Apache-2.0
"""Frames of AEDAT 2, put among events by NumPy."""

import numpy as np
import pytest

import evarrow as ev

HEADER = (
    b"#!AER-DAT2.0\r\n# AEChip: eu.seebetter.ini.chips.davis.DAVIS240C\r\n#End Of ASCII Header\r\n"
)
WIDTH, HEIGHT = 240, 180
FRAMES = 3


def records(addresses, t):
    words = np.zeros((len(addresses), 2), np.uint32)
    words[:, 0], words[:, 1] = addresses, t
    return words


def readings(picture, which, t):
    """Return the readings of all pixels, column by column, from the last pixel to the first."""
    x, y = np.divmod(np.arange(WIDTH * HEIGHT)[::-1], HEIGHT)
    addresses = 1 << 31 | y << 22 | x << 12 | which << 10 | picture[y, x]
    return records(addresses, t + np.arange(len(x)) // 30)


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """Return a file with frames, the same without, and the pictures."""
    random = np.random.default_rng(3)
    resets = random.integers(600, 1024, (FRAMES, HEIGHT, WIDTH))
    signals = random.integers(0, 600, (FRAMES, HEIGHT, WIDTH))
    parts = []
    for i in range(FRAMES):
        parts.append(readings(resets[i], 0, 50_000 * i))
        parts.append(readings(signals[i], 1, 50_000 * i + 20_000))
    frames = np.concatenate(parts)
    n = 20_000
    t = np.sort(random.integers(0, 50_000 * FRAMES, n))
    events = records(random.integers(0, HEIGHT, n) << 22 | random.integers(0, WIDTH, n) << 12, t)
    samples = [records([0x80000C00 | k << 28 | 77 << 12], [9]) for k in range(7)]
    others = np.concatenate([*samples, events])
    merged = np.concatenate([others, frames])
    merged = merged[np.argsort(merged[:, 1].astype(np.int64), kind="stable")]
    folder = tmp_path_factory.mktemp("aedat2")
    with_frames, without = folder / "frames.aedat", folder / "none.aedat"
    with_frames.write_bytes(HEADER + merged.astype(">u4").tobytes())
    without.write_bytes(HEADER + others.astype(">u4").tobytes())
    return with_frames, without, resets - signals


def test_frames_are_the_differences_of_two_readings(recording):
    path, _, pictures = recording
    with ev.open(path, t_type="int64") as rec:
        assert rec.streams == ("events", "triggers", "imu", "frames")
        table = rec.read("frames")
        frames = list(rec.frames())
        window = list(rec.frames(start=50_000, end=100_000))
    assert table["width"].to_list() == [WIDTH] * FRAMES
    last_reset = (WIDTH * HEIGHT - 1) // 30
    assert table["exposure_begin"].to_list() == [50_000 * i + last_reset for i in range(FRAMES)]
    assert table["exposure_end"].to_list() == [50_000 * i + 20_000 for i in range(FRAMES)]
    assert len(frames) == FRAMES
    for frame, picture in zip(frames, pictures, strict=True):
        assert frame.image.dtype == np.uint16
        assert np.array_equal(frame.image, picture)
    assert [frame.t for frame in window] == [frames[1].t]


def test_frames_are_turned_as_events_are(recording):
    path, _, pictures = recording
    for orientation, axes in (("mirror_x", 1), ("mirror_y", 0), ("rotate_180", (0, 1))):
        with ev.open(path, orientation=orientation) as rec:
            frame = next(rec.frames())
        assert np.array_equal(frame.image, np.flip(pictures[0], axes))


@pytest.mark.parametrize("threads", [1, 2])
def test_events_and_samples_are_those_of_a_file_without_frames(recording, threads):
    path, without, _ = recording
    with ev.open(path, threads=threads) as rec, ev.open(without) as other:
        assert rec.read().equals(other.read())
        assert rec.read("imu").equals(other.read("imu"))
        assert len(rec) == len(other)
        assert rec.read(start="60ms", end="61ms").equals(other.read(start="60ms", end="61ms"))
        both = rec.read(["events", "frames"])
        assert both["events"].equals(other.read())
        assert both["frames"].height == FRAMES


def test_a_file_cut_in_a_frame_has_those_before_it(recording):
    content = recording[0].read_bytes()
    with ev.open(content[: -8 * 20_000]) as rec:
        assert rec.read("frames").height == FRAMES - 1


def test_converting_to_what_has_no_frames_says_so(recording, tmp_path):
    with pytest.warns(ev.EvarrowWarning) as caught:
        ev.convert(recording[0], tmp_path / "out.raw")
    assert any("3 rows of the stream 'frames'" in str(one.message) for one in caught)
