# SPDX-License-Identifier: Apache-2.0
"""Images of cameras beside the events of ROS recordings."""

import struct

import numpy as np
import pytest
import ros_files as ros
from hypothesis import given
from hypothesis import strategies as st

import evarrow as ev
from evarrow.packed import zstd

T0 = 1_500_000_000 * 10**9  # nanoseconds
BAYER = [f"bayer_{name}" for name in ("rggb", "bggr", "gbrg", "grbg")]
# Encoding: shape behind the height and width, type of the pixels, whether blue comes first.
ENCODINGS = {
    **dict.fromkeys(("mono8", "8UC1", *(f"{name}8" for name in BAYER)), ((), np.uint8, False)),
    **dict.fromkeys(("mono16", "16UC1", *(f"{name}16" for name in BAYER)), ((), np.uint16, False)),
    "32FC1": ((), np.float32, False),
    "rgb8": ((3,), np.uint8, False),
    "rgba8": ((4,), np.uint8, False),
    "bgr8": ((3,), np.uint8, True),
    "bgra8": ((4,), np.uint8, True),
    "rgb16": ((3,), np.uint16, False),
    "rgba16": ((4,), np.uint16, False),
    "bgr16": ((3,), np.uint16, True),
    "bgra16": ((4,), np.uint16, True),
}


def picture(encoding, height=5, width=7, seed=0):
    channels, dtype, _ = ENCODINGS[encoding]
    random = np.random.default_rng(seed)
    if dtype == np.float32:
        return random.normal(size=(height, width)).astype(dtype)
    return random.integers(0, np.iinfo(dtype).max, (height, width, *channels), dtype, endpoint=True)


def red_first(encoding, pixels):
    if not ENCODINGS[encoding][2]:
        return pixels
    return pixels[:, :, [2, 1, 0, 3][: pixels.shape[2]]]


def recordings(tmp_path, images, topic="/dvs/image_raw"):
    """Yield the same events and images in every container: a name and a source."""
    parts = [ros.events(50, T0 // 1000 + i * 10**5, seed=i) for i in range(3)]
    arrays = [(0, int(part[2][0]) * 1000, ros.array(part, i)) for i, part in enumerate(parts)]
    of_ros1 = [(1, t, ros.image(t, *one, **how)) for t, one, how in images]
    topics = (("/dvs/events", ros.ARRAY), (topic, ros.IMAGE))
    messages = sorted(arrays + of_ros1, key=lambda one: one[1])
    for packing in ("none", "lz4", "bz2"):
        yield f"bag {packing}", ros.bag(messages, packing, topics=topics)
    yield "bag without chunks", ros.bag(messages, loose=True, topics=topics)
    yield "mcap of ros1", ros.mcap(messages, "zstd", topics=tuple((*one, "ros1") for one in topics))
    base = int(parts[0][2][0]) * 1000
    packet = ros.packet("mono", ros.mono(parts[0], base), base)
    of_cdr = [(1, t, ros.image(t, *one, cdr=True, **how)) for t, one, how in images]
    topics = (("/dvs/events", ros.PACKET), (topic, "sensor_msgs/msg/Image"))
    for packing in ("", "lz4", "zstd"):
        yield (
            f"mcap {packing}",
            ros.mcap(
                [(0, base, packet), *of_cdr], packing, topics=tuple((*one, "cdr") for one in topics)
            ),
        )
    for packed in (False, True):
        path = tmp_path / f"{packed}.db3"
        ros.database(path, [(0, base, packet), *of_cdr], topics, packed=packed)
        yield path.name, path


def test_frames_of_every_encoding_in_every_container(tmp_path):
    images = [
        (T0 + i * 10**6 + 999, (picture(name, seed=i), name), {})
        for i, name in enumerate(ENCODINGS)
    ]
    for name, source in recordings(tmp_path, images):
        with ev.open(source, t_type="int64") as rec:
            assert "frames" in rec.streams
            assert rec.header["frames_topic"] == "/dvs/image_raw", name
            assert rec.notes == ()
            table = rec.read("frames")
            assert table["t"].to_list() == [t // 1000 for t, _, _ in images]
            assert table.columns[-2:] == ["offset", "size"]
            assert table["size"].to_list() == [pixels.nbytes for _, (pixels, _), _ in images]
            assert rec.select("frames").count() == len(images)
            for frame, (t, (pixels, encoding), _) in zip(rec.frames(), images, strict=True):
                assert frame.t == t // 1000
                assert frame.exposure == (frame.t, frame.t)
                assert frame.position == (0, 0)
                assert frame.image.dtype == pixels.dtype
                assert np.array_equal(frame.image, red_first(encoding, pixels)), (name, encoding)
            assert len(rec) in {50, 150}


def test_rows_of_pixels_may_be_padded_and_numbers_may_be_big_endian(tmp_path):
    images = []
    for i, name in enumerate(("mono8", "mono16", "bgr8", "bgr16", "32FC1")):
        pixels = picture(name, seed=i)
        stored = pixels.byteswap() if pixels.itemsize > 1 else pixels
        how = {"step": pixels[0].nbytes + i * 5, "is_bigendian": True}
        images.append((T0 + i, (stored, name), how))
    want = [red_first(name, picture(name, seed=i)) for i, (_, (_, name), _) in enumerate(images)]
    for name, source in recordings(tmp_path, images):
        with ev.open(source) as rec:
            for frame, pixels in zip(rec.frames(), want, strict=True):
                assert np.array_equal(frame.image, pixels), name


def test_frames_are_in_order_of_their_stamps_and_share_the_origin_of_the_events(tmp_path):
    images = [(T0 + t, (picture("mono8", seed=t), "mono8"), {}) for t in (30_000, 10_000, 20_000)]
    for _, source in recordings(tmp_path, images):
        with ev.open(source, origin=T0 // 1000) as rec:
            assert [frame.t for frame in rec.frames()] == [10, 20, 30]
            (frame,) = rec.frames(start=15, end=25)
        assert np.array_equal(frame.image, picture("mono8", seed=20_000))


def test_of_several_topics_that_of_the_events_is_read():
    part = ros.events(10)
    topics = (
        ("/left/image", ros.IMAGE),
        ("/right/events", ros.ARRAY),
        ("/right/image", ros.IMAGE),
        ("/right/image/compressed", "sensor_msgs/CompressedImage"),
        ("/right/yuv", ros.IMAGE),
    )
    messages = [
        (0, 1, ros.image(T0, picture("mono8", seed=1), "mono8")),
        (1, 2, ros.array(part)),
        (2, 3, ros.image(T0, picture("mono8", seed=2), "mono8")),
        (3, 4, b"anything"),
        *[(4, 5 + i, ros.image(T0, picture("mono8"), "yuv422")) for i in range(2)],
    ]
    with ev.open(ros.bag(messages, topics=topics)) as rec:
        assert rec.header["frames_topic"] == "/right/image"
        (frame,) = rec.frames()
        assert np.array_equal(frame.image, picture("mono8", seed=2))
        assert rec.notes == (
            "2 images of the topic /right/yuv left out: the encoding 'yuv422' is not read",
        )
        assert len(rec) == 10


def test_images_without_events_are_read():
    topics = (("/cam", ros.IMAGE), ("/other", ros.IMAGE))
    content = ros.bag([(0, 1, ros.image(T0, picture("rgb8"), "rgb8"))], topics=topics)
    with ev.open(content) as rec:
        assert (len(rec), rec.read().height) == (0, 0)
        assert "no topic with events" in rec.notes[0]
        (frame,) = rec.frames()
    assert np.array_equal(frame.image, picture("rgb8"))


BAD = {
    "no message": b"",
    "cut": ros.image(T0 + 5, picture("mono8"), "mono8")[:60],
    "cut pixels": ros.image(T0 + 5, picture("mono8"), "mono8")[:-1],
    "no width": ros.image(T0 + 5, picture("mono8"), "mono8", size=(0, 5)),
    "wide": ros.image(T0 + 5, picture("mono8"), "mono8", size=(2**32 - 1, 1)),
    "large": ros.image(T0 + 5, picture("mono8"), "mono8", size=(32_767, 32_767), step=32_767),
    "step": ros.image(T0 + 5, picture("bgr8"), "bgr8", size=(8, 5)),
    "few rows": ros.image(T0 + 5, picture("mono8"), "mono8", size=(7, 6)),
    "count": ros.image(T0 + 5, picture("mono8"), "mono8", count=2**32 - 1)[:-5],
    "little": ros.image(T0 + 5, picture("mono8"), "mono8", count=30),
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("packing", ["none", "lz4"])
def test_a_bad_image_is_damage_to_the_frames_alone(bad, packing):
    topics = (("/dvs/events", ros.ARRAY), ("/dvs/image", ros.IMAGE))
    good = [ros.image(T0 + t, picture("mono8", seed=t), "mono8") for t in (0, 9)]
    messages = [(1, T0, good[0]), (1, T0 + 5, BAD[bad]), (1, T0 + 9, good[1])]
    content = ros.bag([(0, 1, ros.array(ros.events(10))), *messages], packing, 2, topics)
    with ev.open(content) as rec:
        assert rec.read().height == 10
        with pytest.raises(ev.DamagedError, match=r"'/dvs/image' with rows 1 to 1") as found:
            rec.read("frames")
        assert found.value.offset is not None
        assert 0 < found.value.offset < len(content)
    with ev.open(content, on_error="warn") as rec:
        assert rec.read().height == 10
        with pytest.warns(ev.EvarrowWarning, match="1 row of"):
            frames = list(rec.frames())
    for frame, seed in zip(frames, (0, 9), strict=True):
        assert np.array_equal(frame.image, picture("mono8", seed=seed))


def test_a_bad_image_in_a_database_loses_no_events(tmp_path):
    base = 10**15
    packet = ros.packet("mono", ros.mono(ros.events(10, base // 1000), base), base)
    topics = (("/dvs/events", ros.PACKET), ("/dvs/image", "sensor_msgs/msg/Image"))
    whole = ros.image(T0, picture("mono8"), "mono8", cdr=True)
    for i, bad in enumerate((zstd.compress(whole)[:-7], b"\x28\xb5\x2f\xfdxx", b"", whole[:-1])):
        path = tmp_path / f"{i}.db3"
        ros.database(path, [(0, 1, packet), (1, T0, bad), (1, T0 + 1, whole)], topics)
        with ev.open(path, on_error="ignore") as rec:
            assert rec.read().height == 10
            (frame,) = rec.frames()
            assert np.array_equal(frame.image, picture("mono8"))
        with ev.open(path) as rec, pytest.raises(ev.DamagedError, match="'/dvs/image'"):
            rec.read("frames")


def test_a_place_that_is_not_in_the_table_has_no_pixels():
    topics = (("/cam", ros.IMAGE),)
    pixels = picture("mono8", 5, 8)
    with ev.open(ros.bag([(0, 1, ros.image(T0, pixels, "mono8"))], topics=topics)) as rec:
        row = rec.read("frames").row(0, named=True)
        names = ("width", "height", "channels", "bits", "offset", "size")
        assert rec.core.image(*(row[name] for name in names)).shape == (5, 8)
        for lie in ({"offset": row["offset"] + 1}, {"width": 4, "height": 10}, {"bits": 16}):
            place = row | lie
            with pytest.raises(ev.DamagedError, match="no such image"):
                rec.core.image(*(place[name] for name in names))


@given(
    st.integers(1, 9), st.integers(1, 9), st.integers(0, 5), st.booleans(), st.booleans(),
    st.sampled_from(sorted(ENCODINGS)), st.sampled_from(["", "lz4", "zstd"]),
)  # fmt: skip
def test_any_image_comes_back(height, width, padding, is_bigendian, cdr, encoding, packing):
    pixels = picture(encoding, height, width)
    stored = pixels.byteswap() if is_bigendian else pixels
    step = pixels[0].nbytes + padding
    message = ros.image(T0, stored, encoding, cdr=cdr, step=step, is_bigendian=is_bigendian)
    kind = ("/cam", "sensor_msgs/msg/Image", "cdr") if cdr else ("/cam", ros.IMAGE, "ros1")
    with ev.open(ros.mcap([(0, T0, message)], packing, topics=(kind,))) as rec:
        (frame,) = rec.frames()
    assert np.array_equal(frame.image, red_first(encoding, pixels))


@given(st.data())
def test_changed_bytes_are_damage_or_nothing(data):
    topics = (("/dvs/events", ros.ARRAY), ("/dvs/image", ros.IMAGE))
    images = [(1, 2 + i, ros.image(T0 + i, picture("bgr8"), "bgr8")) for i in range(3)]
    packing = data.draw(st.sampled_from(["none", "lz4"]))
    content = bytearray(
        ros.bag([(0, 1, ros.array(ros.events(5))), *images], packing, topics=topics)
    )
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(4000, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        with ev.open(bytes(content), on_error="ignore") as rec:
            for frame in rec.frames():
                assert frame.image.size > 0
    except (ev.FormatError, ev.DamagedError):
        pass


class Viewed(bytes):
    """Bytes for rosbags, which asks for a view of uint8 and assigns it to a memoryview.

    NumPy's own is no match for it once event_stream, another of the peers, was imported and used:
    that gives NumPy's uint8 an order of bytes.
    """

    dtype = np.dtype(np.uint8)

    def view(self, dtype):
        assert dtype == np.uint8
        return self


@pytest.mark.peers
def test_rosbags_writes_the_same(tmp_path):
    from rosbags.rosbag1 import Writer
    from rosbags.typesys import Stores, get_typestore

    store = get_typestore(Stores.ROS1_NOETIC)
    types = store.types
    path = tmp_path / "rec.bag"
    names = ["mono8", "mono16", "bgr8"]
    with Writer(path) as writer:
        connection = writer.add_connection("/cam", ros.IMAGE.replace("/", "/msg/"), typestore=store)
        for i, name in enumerate(names):
            pixels = picture(name, seed=i)
            stamp = types["builtin_interfaces/msg/Time"](sec=T0 // 10**9, nanosec=i * 1000)
            header = types["std_msgs/msg/Header"](seq=i, stamp=stamp, frame_id="camera")
            message = types["sensor_msgs/msg/Image"](
                header=header, height=5, width=7, encoding=name, is_bigendian=0,
                step=pixels[0].nbytes, data=Viewed(pixels.tobytes()),
            )  # fmt: skip
            raw = store.serialize_ros1(message, "sensor_msgs/msg/Image")
            assert bytes(raw)[4:] == ros.image(T0 + i * 1000, pixels, name)[4:]
            writer.write(connection, T0 + i * 1000, raw)
    with ev.open(path) as rec:
        for i, frame in enumerate(rec.frames()):
            assert frame.t == T0 // 1000 + i
            assert np.array_equal(frame.image, red_first(names[i], picture(names[i], seed=i)))
        assert i == 2


def test_the_message_itself():
    """The layout, byte by byte, as https://docs.ros.org/en/api/sensor_msgs/html/msg/Image.html."""
    message = struct.pack("<IIII", 7, 9, 5000, 0) + struct.pack("<II", 1, 2)
    message += struct.pack("<I", 5) + b"mono8" + b"\0" + struct.pack("<II", 2, 2) + b"\x07\x09"
    with ev.open(ros.bag([(0, 1, message)], topics=(("/cam", ros.IMAGE),)), t_type="int64") as rec:
        (frame,) = rec.frames()
    assert (frame.t, frame.image.tolist()) == (9_000_005, [[7, 9]])
