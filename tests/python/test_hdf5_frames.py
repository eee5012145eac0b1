# SPDX-License-Identifier: Apache-2.0
"""Frames of the cameras in HDF5 files of data sets."""

import h5py
import hdf5_files as files
import numpy as np
import pytest

import evarrow as ev

START = 1_506_119_776
PERIOD = 40_000
LEFT, RIGHT, RGB = "ovc/left/data", "ovc/right/data", "ovc/rgb/data"


def pictures(*shape, dtype="u1", seed=3):
    """Return pictures that compress, each unlike the others."""
    random = np.random.default_rng(seed)
    values = random.integers(0, 200, (shape[0], *[1] * (len(shape) - 1)))
    noise = random.integers(0, 9, shape)
    return (values + noise).astype(dtype)


def write_mvsec(path, images, *, sides=("left",), n=None, **how):
    """Write MVSEC with the same frames for each side; return their times in microseconds."""
    files.write_mvsec(path, files.events())
    n = len(images) if n is None else n
    t = START * 1_000_000 + np.arange(n) * PERIOD
    with h5py.File(path, "r+") as file:
        for side in sides:
            file.create_dataset(f"davis/{side}/image_raw", data=images, **how)
            file.create_dataset(f"davis/{side}/image_raw_ts", data=t / 1e6)
    return t


def write_m3ed(path, n=6, *, height=20, width=30):
    """Write M3ED with frames of three cameras, as its own programs do; return these by name."""
    files.write_m3ed(path, files.events())
    shapes = {LEFT: 1, RIGHT: 1, RGB: 3}
    images = {
        name: pictures(n, height, width, depth, seed=i)
        for i, (name, depth) in enumerate(shapes.items())
    }
    with h5py.File(path, "r+") as file:
        for name, one in images.items():
            chunks = (1, *one.shape[1:])
            file.create_dataset(name, data=one, chunks=chunks, compression="lzf")
        file.create_dataset("ovc/ts", data=np.arange(n, dtype="i8") * PERIOD, compression="lzf")
    return images


def images_of(source, **options):
    with ev.open(source, **options) as rec:
        return [frame.image for frame in rec.frames()]


HOWS = [
    {},
    {"chunks": (1, 26, 34)},
    {"chunks": (4, 26, 34), "compression": "gzip"},
    {"chunks": (3, 7, 11), "compression": "lzf", "shuffle": True},
    {"chunks": (1, 26, 34), "fletcher32": True},
    {"chunks": True, "compression": "gzip", "maxshape": (None, None, None)},
]


@pytest.mark.parametrize("how", HOWS, ids=str)
@pytest.mark.parametrize("dtype", ["u1", "u2", "f4"])
def test_frames_of_mvsec_come_back_exactly(tmp_path, how, dtype):
    path = tmp_path / "a.hdf5"
    images = pictures(10, 26, 34, dtype=dtype)
    t = write_mvsec(path, images, **how)
    with ev.open(path, t_type="int64") as rec:
        assert rec.streams == ("events", "imu", "frames")
        table = rec.read("frames")
        assert rec.select("frames").count() == len(images)
        frames = list(rec.frames())
        assert len(rec) == files.EVENTS
        assert "frames of /davis/left" in rec.notes
    for column in ("t", "exposure_begin", "exposure_end"):
        assert table[column].to_list() == t.tolist()
    size = 26 * 34 * images.itemsize
    constant = {"left": 0, "top": 0, "width": 34, "height": 26, "channels": 1, "size": size}
    constant["bits"] = 8 * images.itemsize
    for column, value in constant.items():
        assert table[column].to_list() == [value] * len(images)
    assert table["offset"].to_list() == [i * size for i in range(len(images))]
    assert [frame.t for frame in frames] == t.tolist()
    assert all(frame.exposure == (frame.t, frame.t) for frame in frames)
    for frame, image in zip(frames, images, strict=True):
        assert frame.image.dtype == images.dtype
        np.testing.assert_array_equal(frame.image, image)


@pytest.mark.parametrize(
    "chunks", [None, (1, 9, 12, 3), (2, 9, 12, 2), (3, 4, 5, 1), (5, 4, 12, 4)], ids=str
)
@pytest.mark.parametrize("depth", [1, 3, 4])
def test_colours_come_as_red_green_and_blue(tmp_path, chunks, depth):
    path = tmp_path / "a.h5"
    files.write_m3ed(path, files.events())
    images = pictures(5, 9, 12, depth)
    with h5py.File(path, "r+") as file:
        if chunks is not None:
            chunks = tuple(min(a, b) for a, b in zip(chunks, images.shape, strict=True))
        file.create_dataset("ovc/rgb/data", data=images, chunks=chunks)
        file.create_dataset("ovc/ts", data=np.arange(5) * PERIOD)
    want = images[..., 0] if depth == 1 else images[..., [2, 1, 0, 3][:depth]]
    np.testing.assert_array_equal(images_of(path), want)


def test_frames_of_m3ed_are_those_of_the_side_that_is_read_or_of_the_camera_that_is_named(tmp_path):
    path = tmp_path / "a.h5"
    images = write_m3ed(path)
    for sensor, name, side in [
        (None, LEFT, "left"),
        ("left", LEFT, "left"),
        ("right", RIGHT, "right"),
        ("prophesee/right", RIGHT, "right"),
        ("ovc/right", RIGHT, "left"),
        ("rgb", RGB, "left"),
        ("/ovc/rgb", RGB, "left"),
    ]:
        with ev.open(path, sensor=sensor, t_type="int64") as rec:
            assert rec.notes[0] == f"events of /prophesee/{side}"
            assert f"frames of /{name.rpartition('/')[0]}" in rec.notes
            frames = list(rec.frames())
            assert rec.read("events", limit=1)["t"][0] == files.events().t[0] + (side == "right")
        assert [frame.t for frame in frames] == [i * PERIOD for i in range(6)]
        want = images[name][..., 0] if name != RGB else images[name][..., ::-1]
        np.testing.assert_array_equal([frame.image for frame in frames], want)
    with ev.open(path) as rec:
        assert any("/ovc/right, /ovc/rgb" in note and "sensor=" in note for note in rec.notes)
    with pytest.raises(ev.FormatError, match=r"sensor 'top'.*frames, only /ovc/left, /ovc/right"):
        ev.open(path, sensor="top")


def test_windows_threads_and_pickles_see_the_same_frames(tmp_path):
    path = tmp_path / "a.h5"
    images = write_m3ed(path, 50)
    with ev.open(path, origin=PERIOD, threads=2) as rec:
        part = list(rec.frames(start="200ms", end="400ms"))
    assert [frame.t for frame in part] == [PERIOD * i for i in range(5, 10)]
    np.testing.assert_array_equal([frame.image for frame in part], images[LEFT][6:11, :, :, 0])
    with path.open("rb") as file, ev.open(file) as rec:
        assert sum(1 for _ in rec.frames()) == 50
    with ev.open(path.read_bytes(), index="memory") as rec:
        assert sum(1 for _ in rec.frames()) == 50


def test_frames_are_not_read_where_only_their_times_are_wanted(tmp_path):
    path = tmp_path / "a.h5"
    write_m3ed(path)
    damage(path, LEFT, 0)
    assert ev.read(path, stream="frames").height == 6
    assert ev.read(path).height == files.EVENTS
    both = ev.read(path, stream=["events", "frames"])
    assert both["frames"].height == 6


def damage(path, name, chunk, content=b"\xff" * 64):
    with h5py.File(path, "r") as file:
        place = file[name].id.get_chunk_info(chunk).byte_offset
    with path.open("r+b") as file:
        file.seek(place)
        file.write(content)
    return place


def test_a_chunk_that_cannot_be_decoded_is_damage_at_its_byte(tmp_path):
    path = tmp_path / "a.h5"
    images = write_m3ed(path)
    place = damage(path, LEFT, 2)
    damage(path, LEFT, 4)
    with ev.open(path) as rec:
        frames = rec.frames()
        np.testing.assert_array_equal(next(frames).image, images[LEFT][0, :, :, 0])
        next(frames)
        with pytest.raises(ev.DamagedError, match=f"frame 2 in '/ovc/left/data'.*byte {place} of"):
            next(frames)
    kept = images[LEFT][[0, 1, 3, 5], :, :, 0]
    np.testing.assert_array_equal(images_of(path, on_error="ignore"), kept)
    with pytest.warns(ev.EvarrowWarning, match="2 frames are left out, since frame 2"):
        np.testing.assert_array_equal(images_of(path, on_error="warn"), kept)


def test_frames_that_the_file_is_cut_before_are_damage(tmp_path):
    path = tmp_path / "a.hdf5"
    write_mvsec(path, pictures(40, 60, 80))
    with h5py.File(path, "r") as file:
        end = file["davis/left/image_raw"].id.get_offset() + 10 * 60 * 80 + 100
    content = bytearray(path.read_bytes())
    content[end:] = b""
    # The library refuses a file that is shorter than its superblock says.
    content[40:48] = len(content).to_bytes(8, "little")
    cut = tmp_path / "b.hdf5"
    cut.write_bytes(content)
    try:
        rec = ev.open(cut, on_error="ignore")
    except ev.FormatError:
        return  # what is behind was needed to open it
    with rec:
        assert sum(1 for _ in rec.frames()) <= 10


def test_what_was_never_written_is_the_fill_value(tmp_path):
    path = tmp_path / "a.hdf5"
    files.write_mvsec(path, files.events())
    with h5py.File(path, "r+") as file:
        images = file.create_dataset(
            "davis/left/image_raw", (5, 8, 9), "u1", chunks=(2, 3, 4), fillvalue=7
        )
        images[2, :3, :4] = 1
        file["davis/left/image_raw_ts"] = START + np.arange(5.0)
        want = images[...]
    np.testing.assert_array_equal(images_of(path), want)


@pytest.mark.parametrize(
    ("images", "how", "says"),
    [
        (pictures(4, 5, 6), {"n": 3}, "not as many as their times"),
        (pictures(4, 5, 6, 2), {}, "shape"),
        (pictures(4, 5, 6, dtype="i4"), {}, "type"),
        (pictures(4, 5, 6, dtype=">u2"), {}, "type"),
        (pictures(4, 5), {}, "shape"),
        (np.zeros((1, 200, 200), "u1"), {"chunks": (1, 2, 2)}, "too small"),
        (np.zeros((1, 40_000, 1), "u1"), {}, "shape"),
    ],
    ids=str,
)
def test_frames_that_cannot_be_read_are_left_out_and_said(tmp_path, images, how, says):
    path = tmp_path / "a.hdf5"
    write_mvsec(path, images, **how)
    with ev.open(path) as rec:
        [note] = [note for note in rec.notes if "frames are left out" in note]
        assert says in note
        assert rec.read("frames").height == 0
        assert list(rec.frames()) == []
        assert len(rec) == files.EVENTS


@pytest.mark.parametrize("compression", [None, "gzip"])
def test_a_shape_that_lies_takes_no_memory(tmp_path, compression):
    path = tmp_path / "a.hdf5"
    files.write_mvsec(path, files.events())
    shape = (1, 32_767, 32_767, 4)
    with h5py.File(path, "r+") as file:
        chunks = None if compression is None else (1, 16_384, 16_384, 4)
        file.create_dataset(
            "davis/left/image_raw", shape, "f4", chunks=chunks, compression=compression
        )
        file["davis/left/image_raw_ts"] = np.array([float(START)])
    says = "the file is too small" if compression is None else "take too much memory to decode"
    with ev.open(path) as rec:
        assert any(f"left out: {says}" in note or says in note for note in rec.notes)
        assert rec.read("frames").height == 0


def test_chunks_of_many_pictures_take_no_memory(tmp_path):
    """A picture of 16 x 16 pixels in 256 chunks of 4 MB each."""
    path = tmp_path / "a.hdf5"
    files.write_mvsec(path, files.events())
    with h5py.File(path, "r+") as file:
        how = {"maxshape": (None, 16, 16), "chunks": (1 << 22, 1, 1), "compression": "gzip"}
        file.create_dataset("davis/left/image_raw", (1, 16, 16), "u1", **how)
        file["davis/left/image_raw_ts"] = np.array([float(START)])
    with ev.open(path) as rec:
        assert any("take too much memory to decode" in note for note in rec.notes)
        assert len(rec) == files.EVENTS


def test_frames_behind_an_unknown_filter_leave_the_events(tmp_path):
    path = tmp_path / "a.h5"
    write_m3ed(path)
    with h5py.File(path, "r+") as file:
        del file[LEFT]
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_chunk((1, 20, 30, 1))
        properties.set_filter(40_123, h5py.h5z.FLAG_OPTIONAL, ())
        space = h5py.h5s.create_simple((6, 20, 30, 1))
        made = h5py.h5d.create(
            file["ovc/left"].id, b"data", h5py.h5t.NATIVE_UINT8, space, properties
        )
        made.write_direct_chunk((0, 0, 0, 0), bytes(600))
    with ev.open(path) as rec:
        assert len(rec) == files.EVENTS
        assert any("'frames' is left out" in note and "40123" in note for note in rec.notes)
        assert rec.read("frames").height == 0


def test_frames_in_another_file_are_none(tmp_path):
    write_m3ed(tmp_path / "other.h5")
    path = tmp_path / "a.h5"
    files.write_m3ed(path, files.events())
    with h5py.File(path, "r+") as file:
        file["ovc"] = h5py.ExternalLink("other.h5", "/ovc")
    with ev.open(path) as rec:
        assert rec.read("frames").height == 0
        assert rec.read("imu").height == 0
        assert len(rec) == files.EVENTS


def test_bits_that_are_not_where_they_belong_are_left_out(tmp_path):
    path = tmp_path / "a.hdf5"
    write_mvsec(path, pictures(3, 8, 9))
    with h5py.File(path, "r+") as file:
        del file["davis/left/image_raw"]
        kind = h5py.h5t.NATIVE_UINT16.copy()
        kind.set_precision(12)
        kind.set_offset(4)
        space = h5py.h5s.create_simple((3, 8, 9))
        h5py.h5d.create(file["davis/left"].id, b"image_raw", kind, space)
    with ev.open(path) as rec:
        assert any("frames are left out" in note for note in rec.notes)


def test_pixels_that_were_never_written_behind_a_block_of_the_user(tmp_path):
    path = tmp_path / "a.hdf5"
    with h5py.File(path, "w", userblock_size=512) as file:
        files.write_columns(file.create_group("davis/left"), files.events())
        file["davis/left/events"] = np.array([[1, 2, float(START), 1]] * 3)
        file.create_dataset("davis/left/image_raw", (2, 4, 5), "u1")
        file["davis/left/image_raw_ts"] = np.array([float(START), START + 1.0])
    images = images_of(path, sensor="davis/left/events")
    assert [image.tolist() for image in images] == [np.zeros((4, 5)).tolist()] * 2


def test_no_frames_are_an_empty_table(tmp_path):
    files.write_m3ed(tmp_path / "a.h5", files.events())
    with ev.open(tmp_path / "a.h5") as rec:
        assert rec.read("frames").height == 0
        assert list(rec.frames()) == []
        assert not any("frames" in note for note in rec.notes)
    files.write_dsec(tmp_path / "b.h5", files.events())
    with ev.open(tmp_path / "b.h5") as rec, pytest.raises(ValueError, match="frames"):
        rec.frames().__next__()


def test_the_corpus_has_no_frames_but_reads(corpus):
    for name in ("m3ed.h5", "mvsec.hdf5"):
        with ev.open(corpus / "synthetic" / name) as rec:
            assert rec.read("frames").height == 0
            assert rec.read("imu").height == 0
