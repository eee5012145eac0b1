# SPDX-License-Identifier: Apache-2.0
"""Frames: pictures beside the events."""

import contextlib
import importlib.util
import struct

import aedat4_files
import numpy as np
import pytest

import evarrow as ev

T0 = 1_700_000_000_000_000
HEADER3 = b"#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DAVIS240C\r\n#!END-HEADER\r\n"
COLUMNS = [
    "t",
    "exposure_begin",
    "exposure_end",
    "left",
    "top",
    "width",
    "height",
    "channels",
    "bits",
    "offset",
    "size",
]


def picture(shape, dtype, seed=0):
    random = np.random.default_rng(seed)
    if np.dtype(dtype).kind == "f":
        return random.normal(size=shape).astype(dtype)
    return random.integers(0, np.iinfo(dtype).max, shape, dtype)


KINDS = [
    ((7, 5), np.uint8),
    ((7, 5, 3), np.uint8),
    ((7, 5, 4), np.uint8),
    ((7, 5), np.uint16),
    ((7, 5, 3), np.uint16),
    ((7, 5), np.float32),
]


def with_frames(images, **how):
    made, events = aedat4_files.recording(500, **how)
    made.streams[1] = ("FRME", "frames", "Camera_1", (346, 260))
    for i, image in enumerate(images):
        t = T0 + 1000 * i
        made.add_frame(1, t, image, exposure=(t - 10, t + 30), position=(3, 4))
    return made, events


def red_first(image):
    return image if image.ndim == 2 else image[:, :, [2, 1, 0, 3][: image.shape[2]]]


@pytest.mark.parametrize("compression", aedat4_files.COMPRESSIONS)
@pytest.mark.parametrize("table", [True, False], ids=["table", "no_table"])
def test_frames_of_aedat_4(compression, table):
    images = [picture(*kind, seed=i) for i, kind in enumerate(KINDS)]
    made, events = with_frames(images, compression=compression, table=table)
    with ev.open(made.bytes(), t_type="int64") as rec:
        assert "frames" in rec.streams
        found = rec.read("frames")
        assert found.columns == COLUMNS
        assert found["channels"].to_list() == [1, 3, 4, 1, 3, 1]
        assert found["bits"].to_list() == [8, 8, 8, 16, 16, 32]
        for i, (frame, want) in enumerate(zip(rec.frames(), images, strict=True)):
            assert frame.t == T0 + 1000 * i
            assert frame.exposure == (frame.t - 10, frame.t + 30)
            assert frame.position == (3, 4)
            assert frame.image.dtype == want.dtype
            assert np.array_equal(frame.image, red_first(want))
            assert str(frame.image.shape) in repr(frame)
        assert len(rec) == len(events)


def test_frames_of_a_window():
    images = [picture((4, 6), np.uint8, seed=i) for i in range(300)]
    made, _ = with_frames(images)
    with ev.open(made.bytes(), origin=T0) as rec:
        got = list(rec.frames(start=200_000, end="210ms"))
        assert [frame.t for frame in got] == list(range(200_000, 210_000, 1000))
        assert all(
            np.array_equal(frame.image, image)
            for frame, image in zip(got, images[200:210], strict=True)
        )
        assert rec.select("frames").count() == 300


def test_newer_files_say_how_long_the_exposure_was():
    made, _ = aedat4_files.recording(100)
    made.streams[1] = ("FRME", "frames", "Camera_1", (346, 260))
    made.add_frame(1, T0, picture((2, 2), np.uint8), length=500)
    with ev.open(made.bytes()) as rec:
        (frame,) = rec.frames()
    assert frame.exposure == (T0, T0 + 500)


@pytest.mark.parametrize(
    "how",
    [{"size": (30_000, 30_000)}, {"size": (-1, 2)}, {"size": (2, 3)}, {"kind": 1}, {"kind": 127}],
)
def test_a_frame_that_cannot_be_is_damage(how):
    good = picture((2, 2), np.uint8)
    made, _ = aedat4_files.recording(100)
    made.streams[1] = ("FRME", "frames", "Camera_1", (346, 260))
    made.add_frame(1, T0, good)
    made.add_frame(1, T0 + 1, good, **how)
    with ev.open(made.bytes()) as rec:
        with pytest.raises(ev.DamagedError):
            list(rec.frames())
        assert len(rec.read()) == 100
    with ev.open(made.bytes(), on_error="ignore") as rec:
        (frame,) = rec.frames()
        assert np.array_equal(frame.image, good)


@pytest.mark.parametrize("seed", range(20))
def test_changed_bytes_are_damage_or_nothing(seed):
    made, _ = with_frames(
        [picture((9, 9), np.uint8)] * 5, compression=["none", "lz4", "zstd"][seed % 3]
    )
    random = np.random.default_rng(seed)
    content = bytearray(made.bytes())
    for _ in range(30):
        content[random.integers(0, len(content))] = random.integers(0, 256)
    with contextlib.suppress(ev.FormatError, ev.DamagedError):
        for _ in ev.open(bytes(content), on_error="ignore").frames():
            pass


def frame3(image, *, valid=True, channels=1, size=None, times=(10, 20, 12, 18), spare=0):
    height, width = size or image.shape[:2]
    info = int(valid) | channels << 1
    head = struct.pack("<I4i4i", info, *times, width, height, 1, 2)
    return head + image.astype("<u2").tobytes() + bytes(spare)


def packet3(kind, events, *, overflow=0):
    size = len(events[0])
    return struct.pack("<HHiiiiii", kind, 1, size, 12, overflow, *[len(events)] * 3) + b"".join(
        events
    )


def test_frames_of_aedat_3():
    images = [picture((3, 4), np.uint16, seed=i) for i in range(4)]
    color = picture((3, 4, 3), np.uint16)
    content = HEADER3 + packet3(2, [frame3(images[0]), frame3(images[1], valid=False)])
    content += packet3(2, [frame3(images[2], spare=6), frame3(images[3], spare=6)], overflow=1)
    content += packet3(2, [frame3(color, channels=3, times=(20, 39, 22, 37))], overflow=1)
    with ev.open(content) as rec:
        got = list(rec.frames())
    assert [frame.t for frame in got] == [15, *[(1 << 31) + t for t in (15, 15, 29)]]
    assert got[0].exposure == (12, 18)
    assert got[0].position == (1, 2)
    for frame, want in zip(got, [images[0], images[2], images[3], color], strict=True):
        assert np.array_equal(frame.image, want)


def test_a_frame_of_aedat_3_that_cannot_be_is_damage_to_frames_alone():
    image = picture((3, 4), np.uint16)
    content = HEADER3 + packet3(2, [frame3(image, size=(30, 40)), frame3(image)])
    with ev.open(content) as rec:
        assert len(rec.read()) == 0
        with pytest.raises(ev.DamagedError, match="frame at byte"):
            rec.read("frames")
    with ev.open(content, on_error="ignore") as rec:
        assert len(list(rec.frames())) == 1


def test_formats_without_frames_say_so(tmp_path):
    path = tmp_path / "rec.raw"
    ev.sample(path)
    with ev.open(path) as rec, pytest.raises(ValueError, match="no stream 'frames'"):
        next(rec.frames())


def test_frames_of_the_corpus(corpus):
    with ev.open(corpus / "synthetic/aedat3_basic.aedat") as rec:
        (frame,) = rec.frames()
    assert frame.t == 15
    assert frame.image.tolist() == [[1, 2], [3, 4]]
    with ev.open(corpus / "real/aedat_gray16.aedat4") as rec:
        (frame,) = rec.frames()
    assert (frame.t, frame.exposure) == (1000, (950, 1050))
    assert frame.image.dtype == np.uint16
    assert frame.image.tolist() == [[1, 2], [3, 1023]]


@pytest.mark.peers
def test_aedat_reads_the_same_frames(tmp_path):
    if importlib.util.find_spec("aedat") is None:
        pytest.skip("aedat is not installed")
    import aedat

    images = [picture(*kind, seed=i) for i, kind in enumerate(KINDS[:4])]
    made, _ = with_frames(images)
    path = tmp_path / "rec.aedat4"
    path.write_bytes(made.bytes())
    theirs = [p["frame"] for p in aedat.Decoder(str(path)) if "frame" in p]
    with ev.open(path) as rec:
        for frame, other in zip(rec.frames(), theirs, strict=True):
            assert frame.t == other["t"]
            assert frame.exposure == (other["exposure_begin_t"], other["exposure_end_t"])
            assert frame.position == (other["offset_x"], other["offset_y"])
            assert np.array_equal(frame.image, other["pixels"])
