# SPDX-License-Identifier: Apache-2.0
"""Bags of ROS 1 and ROS 2, and MCAP files."""

import itertools
import sqlite3
import struct
import warnings

import numpy as np
import polars as pl
import pytest
import ros_files as ros
from polars.testing import assert_frame_equal

import evarrow as ev
from evarrow.packed import zstd

PARTS = 7
COUNT = 100


def rows_of(rec):
    batch = rec.select().to_batch()
    return batch.x, batch.y, batch.t, (batch.polarity > 0)


def check(rec, columns):
    for got, want in zip(rows_of(rec), columns, strict=True):
        assert np.array_equal(got, want)


def parts(count=COUNT):
    return [ros.events(count, 10**15 * 1 + i * 10**6, seed=i) for i in range(PARTS)]


def together(found):
    return [np.concatenate(columns) for columns in zip(*found, strict=True)]


def arrays(found):
    return [(0, int(part[2][0]) * 1000, ros.array(part, i)) for i, part in enumerate(found)]


def monos(found, topic=0):
    return [
        (topic, int(part[2][0]) * 1000,
         ros.packet("mono", ros.mono(part, int(part[2][0]) * 1000), int(part[2][0]) * 1000, i))
        for i, part in enumerate(found)
    ]  # fmt: skip


@pytest.mark.parametrize("packing", ["none", "lz4", "bz2"])
@pytest.mark.parametrize("per_chunk", [1, 3, 100])
def test_bag(packing, per_chunk):
    found = parts()
    rec = ev.open(ros.bag(arrays(found), packing, per_chunk))
    assert (rec.format, rec.resolution, len(rec)) == ("rosbag", ros.SIZE, PARTS * COUNT)
    assert rec.header == {"topic": "/dvs/events", "type": ros.ARRAY, "frame_id": "cam"}
    check(rec, together(found))


def test_messages_outside_of_chunks():
    found = parts()
    check(ev.open(ros.bag(arrays(found), loose=True)), together(found))


@pytest.mark.parametrize("packing", ["", "lz4", "zstd"])
@pytest.mark.parametrize("per_chunk", [1, 3, 100])
def test_mcap(packing, per_chunk):
    found = parts()
    rec = ev.open(ros.mcap(monos(found), packing, per_chunk))
    assert (rec.format, rec.resolution, len(rec)) == ("mcap", ros.SIZE, PARTS * COUNT)
    assert rec.header["encoding"] == "mono"
    check(rec, together(found))


def test_mcap_without_chunks_or_summary():
    found = parts()
    content = ros.mcap(monos(found), chunked=False)
    check(ev.open(content), together(found))
    end = content.rindex(struct.pack("<BQ", 15, 4))
    check(ev.open(content[:end]), together(found))


def test_arrays_of_ros_2_are_aligned():
    found = [*parts(), ros.events(1, 3 * 10**15), ros.events(2, 4 * 10**15), ros.events(0)]
    messages = [(0, i, ros.aligned_array(part)) for i, part in enumerate(found)]
    topics = (("/dvs/events", "dvs_msgs/msg/EventArray", "cdr"),)
    for packing in ("", "zstd"):
        rec = ev.open(ros.mcap(messages, packing, topics=topics))
        assert rec.resolution == ros.SIZE
        check(rec, together(found))


def test_messages_of_ros_1_in_mcap():
    found = parts()
    base = int(found[0][2][0]) * 1000
    topics = (("/a", ros.ARRAY, "ros1"), ("/b", "event_camera_msgs/EventPacket", "ros1"))
    packets = [(1, 5, ros.packet_of_ros1("mono", ros.mono(found[0], base), base))]
    content = ros.mcap(arrays(found) + packets, topics=topics)
    check(ev.open(content), together(found))
    check(ev.open(content, sensor="/b"), found[0])


@pytest.mark.parametrize("packed", [False, True])
def test_database(tmp_path, packed):
    found = parts()
    ros.database(tmp_path / "a_0.db3", monos(found), packed=packed)
    for source in (tmp_path / "a_0.db3", (tmp_path / "a_0.db3").read_bytes()):
        rec = ev.open(source)
        assert rec.format == "db3"
        check(rec, together(found))
    (tmp_path / "a_0.db3.zstd").write_bytes(zstd.compress((tmp_path / "a_0.db3").read_bytes()))
    check(ev.open(tmp_path / "a_0.db3.zstd"), together(found))
    with (tmp_path / "a_0.db3").open("rb") as file:
        check(ev.open(file, format="db3"), together(found))
    frame = ev.scan(tmp_path / "a_0.db3").filter(pl.col("x") < 100).collect()
    assert_frame_equal(frame, ev.read(tmp_path / "a_0.db3").filter(pl.col("x") < 100))


def test_last_messages_of_a_database_may_be_in_its_log(tmp_path):
    found = parts()
    ros.database(tmp_path / "a.db3", monos(found[:3]))
    connection = sqlite3.connect(tmp_path / "a.db3")
    connection.execute("PRAGMA journal_mode=WAL")
    for _, time, content in monos(found)[3:]:
        connection.execute(
            "INSERT INTO messages(topic_id, timestamp, data) VALUES(0, ?, ?)", (time, content)
        )
    connection.commit()
    assert (tmp_path / "a.db3-wal").stat().st_size
    check(ev.open(tmp_path / "a.db3"), together(found))
    connection.close()


def test_messages_are_read_in_the_order_in_which_they_were_recorded():
    found = parts()
    messages = monos(found)
    check(ev.open(ros.mcap(messages[::-1]), sort=False), together(found))


def test_topics(tmp_path):
    left, right = parts(), [ros.events(50, 2 * 10**15 + i * 10**6, seed=9 + i) for i in range(3)]
    topics = (("/image", "sensor_msgs/msg/Image"), ("/left/events", ros.PACKET),
              ("/right/events", ros.PACKET), ("/empty", ros.PACKET))  # fmt: skip
    images = [(0, 10**18, b"\0\1\0\0" + bytes(5000))]
    messages = images + monos(left, 1) + images + monos(right, 2)
    ros.database(tmp_path / "a.db3", messages, topics)
    content = ros.mcap(messages, "lz4", 2, tuple((*one, "cdr") for one in topics))
    for source in (tmp_path / "a.db3", content):
        rec = ev.open(source)
        check(rec, together(left))
        assert "/right/events" in rec.notes[0]
        assert "sensor=" in rec.notes[0]
        check(ev.open(source, sensor="/right/events"), together(right))
        check(ev.open(source, sensor="right"), together(right))
        assert len(ev.open(source, sensor="/empty")) == 0
        with pytest.raises(ev.FormatError, match=r"no topic 'middle'.*/left/events"):
            ev.open(source, sensor="middle")


def test_a_recording_without_events_has_no_rows():
    topics = (("/camera", "sensor_msgs/msg/Image", "cdr"),)
    rec = ev.open(ros.mcap([(0, 0, b"")], topics=topics))
    assert (len(rec), rec.read().height) == (0, 0)
    assert "/camera (sensor_msgs/msg/Image)" in rec.notes[0]
    assert len(ev.open(ros.bag([]))) == 0


def test_triggers():
    base = 1_700_000_000_000_000_123
    words = [(1500 | 3 << 48 | 1 << 63), (999 | 2 << 48)]
    content = struct.pack("<2Q", *words)
    rec = ev.open(ros.mcap([(0, 0, ros.packet("trigger", content, base))]))
    batch = rec.select("triggers").to_batch()
    assert batch.t.tolist() == [(base + 1500) // 1000, (base + 999) // 1000]
    assert batch.column("id").tolist() == [3, 2]
    assert batch.polarity.tolist() == [1, -1]
    assert len(rec) == 0


def libcaer(x, y, p, t, valid=1):
    return struct.pack("<II", valid | p << 1 | y << 2 | x << 17, t)


def test_libcaer():
    most = 2**31 - 1
    content = libcaer(5, 6, 1, 10) + libcaer(7, 8, 0, 2, valid=0) + libcaer(9, 10, 0, most)
    content += libcaer(1, 2, 1, 3)
    packets = [
        ros.packet("libcaer", content, 5_000_999),
        ros.packet("libcaer", libcaer(3, 4, 1, 1), 10**16),
    ]
    rec = ev.open(ros.mcap([(0, time, packet) for time, packet in enumerate(packets)]))
    # The third steps over an invalid record whose clock had started again.
    assert rec.read()["t"].dt.total_microseconds().to_list() == [
        5010, 5000 + 2**31 + most, 5000 + 2**32 + 3, 10**13 + 1,
    ]  # fmt: skip
    assert rec.read()["x"].to_list() == [5, 9, 1, 3]
    assert ev.validate(rec).faults["unknown_word"].count == 1


def test_both_orders_of_bytes():
    found = ros.events(10)
    base = int(found[2][0]) * 1000
    message = ros.packet("mono", ros.mono(found, base), base, order=">")
    check(ev.open(ros.mcap([(0, 0, message)])), found)


def test_windows_and_small_batches_are_those_of_a_whole_read(tmp_path):
    found = [ros.events(20_000, 10**15 + i * 10**6, seed=i) for i in range(12)]
    for name, content in {
        "a.bag": ros.bag(arrays(found), "lz4", 2),
        "b.mcap": ros.mcap(monos(found), "zstd", 2),
        "c.mcap": ros.mcap(monos(found)),
    }.items():
        (tmp_path / name).write_bytes(content)
        frame = ev.read(tmp_path / name)
        with ev.open(tmp_path / name) as rec:
            first, last = rec.time_range
            start, end = first + (last - first) // 3, first + (last - first) // 2
            window = rec.read(start=start, end=end)
            batches = pl.concat([pl.DataFrame(batch) for batch in rec.batches(777)])
        t = pl.col("t").dt.total_microseconds()
        assert_frame_equal(window, frame.filter((t >= start) & (t < end)))
        assert_frame_equal(batches, frame)
        for threads in (1, 3):
            assert_frame_equal(ev.read(tmp_path / name, threads=threads), frame)


def test_gaps_in_the_numbers_of_packets_are_noted():
    messages = monos(parts())
    rec = ev.open(ros.mcap(messages[:2] + messages[4:]))
    assert rec.notes == ("2 messages are missing by the numbers that they have",)


@pytest.mark.parametrize("make", ["bag", "lz4", "mcap", "zstd"])
def test_a_recording_that_was_cut_off_is_read_up_to_there(make):
    found = parts()
    content = {
        "bag": lambda: ros.bag(arrays(found)),
        "lz4": lambda: ros.bag(arrays(found), "lz4"),
        "mcap": lambda: ros.mcap(monos(found)),
        "zstd": lambda: ros.mcap(monos(found), "zstd"),
    }[make]()
    want = ev.read(content)
    lengths = set()
    for end in [*range(20, 4500, 97), *range(4500, len(content) - 100, 331)]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ev.EvarrowWarning)
            got = ev.read(content[:end])
        assert_frame_equal(got, want[: got.height])
        lengths.add(got.height)
    assert len(lengths) > 2
    whole_message = len(content) // 2
    with pytest.warns(ev.EvarrowWarning, match="was probably cut off"):
        ev.read(content[:whole_message])


def test_a_damaged_chunk_is_damage_and_loses_no_other():
    found = parts()
    magic = {"lz4": b"\x04\x22\x4d\x18", "zstd": b"\x28\xb5\x2f\xfd"}
    whole = {"lz4": ros.bag(arrays(found), "lz4"), "zstd": ros.mcap(monos(found), "zstd")}
    for packing, second in itertools.product(magic, (False, True)):
        content = whole[packing]
        at = content.index(magic[packing])
        if second:
            at = content.index(magic[packing], at + 1)
        broken = bytearray(content)
        broken[at + 4 : at + 60] = bytes(56)
        with pytest.raises(ev.DamagedError, match="a chunk cannot be opened"):
            ev.read(bytes(broken))
        with pytest.warns(ev.EvarrowWarning, match="1 chunk or message of"):
            rows = ev.read(bytes(broken), on_error="warn")
        assert rows.height == (PARTS - 3) * COUNT
        assert ev.read(bytes(broken), on_error="ignore").height == rows.height


def test_a_damaged_chunk_of_bzip2():
    content = bytearray(ros.bag(arrays(parts()), "bz2"))
    at = content.index(b"BZh9")
    content[at + 30 : at + 40] = bytes(10)
    with pytest.raises(ev.DamagedError, match="damaged bz2"):
        ev.read(bytes(content))
    assert ev.read(bytes(content), on_error="ignore").height == (PARTS - 3) * COUNT


def test_messages_that_are_not_what_they_should_be_are_damage():
    good = monos(parts(10))
    short = ros.packet("mono", b"1234567")
    big = bytearray(good[0][2])
    big[big.index(b"mono\0") + 5] = 1
    for bad in (b"", b"\0\1\0\0", b"\0\2" + good[0][2][2:], short, bytes(big), good[0][2][:-3],
                ros.packet("evt3", b"1234")):  # fmt: skip
        content = ros.mcap([*good[:3], (0, 2 * 10**18, bad), *good[3:]])
        with pytest.raises(ev.DamagedError, match="topic '/events'"):
            ev.read(content)
        rows = ev.read(content, on_error="ignore")
        assert (rows.height - 10 * PARTS) in {0, 9}


def test_unknown_encodings_are_named():
    with pytest.raises(ev.FormatError, match="encoded as 'evt9'"):
        ev.open(ros.mcap([(0, 0, ros.packet("evt9", b"1234"))]))


def test_compression_bombs_and_lying_sizes_are_refused():
    lie = bytearray(ros.mcap(monos(parts(5)), "zstd", 100))
    at = lie.index(struct.pack("<BQ", 6, 0)[:1], 40)
    size = lie.index(b"zstd") - 16
    struct.pack_into("<Q", lie, size, 1 << 40)
    assert at
    with pytest.raises(ev.DamagedError, match="cannot hold"):
        ev.read(bytes(lie))
    struct.pack_into("<Q", lie, size, 10)
    with pytest.raises(ev.DamagedError, match="cannot be opened"):
        ev.read(bytes(lie))


def test_databases_of_others_and_damaged_ones_are_refused(tmp_path):
    with sqlite3.connect(tmp_path / "other.db3") as connection:
        connection.execute("CREATE TABLE a(b)")
    connection.close()
    with pytest.raises(ev.FormatError, match="without the tables topics and messages"):
        ev.open(tmp_path / "other.db3")
    ros.database(tmp_path / "a.db3", monos(parts()))
    content = (tmp_path / "a.db3").read_bytes()
    for end in (16, 100, 4096):
        with pytest.raises(ev.FormatError, match="cannot be read"):
            ev.read(content[:end])
    with sqlite3.connect(tmp_path / "odd.db3") as connection:
        connection.execute("CREATE TABLE topics(id, name, type, serialization_format)")
        connection.execute("CREATE TABLE messages(id, topic_id, timestamp, data)")
        connection.execute("INSERT INTO topics VALUES('x', 1, 'a/EventPacket', NULL)")
        connection.execute("INSERT INTO messages VALUES(1, 'x', 'noon', 'text')")
    connection.close()
    with pytest.raises(ev.FormatError, match=r"cannot be read|begin like"):
        ev.read(tmp_path / "odd.db3")


@pytest.mark.peers
def test_rosbags_finds_the_same(tmp_path):
    """Bags that rosbags writes, and our own that it reads."""
    from rosbags.highlevel import AnyReader
    from rosbags.rosbag1 import Writer
    from rosbags.typesys import Stores, get_types_from_msg, get_typestore

    store = get_typestore(Stores.ROS1_NOETIC)
    event = "uint16 x\nuint16 y\ntime ts\nbool polarity"
    definition = "Header header\nuint32 height\nuint32 width\ndvs_msgs/Event[] events"
    types = get_types_from_msg(event, "dvs_msgs/msg/Event")
    types |= get_types_from_msg(definition, "dvs_msgs/msg/EventArray")
    store.register(types)
    found = parts()
    for packing in ("NONE", "LZ4", "BZ2"):
        path = tmp_path / f"{packing}.bag"
        writer = Writer(path)
        if packing != "NONE":
            writer.set_compression(getattr(Writer.CompressionFormat, packing))
        with writer:
            connection = writer.add_connection(
                "/dvs/events", "dvs_msgs/msg/EventArray", typestore=store
            )
            for _, time, content in arrays(found):
                writer.write(connection, time, content)
        check(ev.open(path), together(found))
        assert ev.open(path).notes == ()
    (tmp_path / "ours.bag").write_bytes(ros.bag(arrays(found), "lz4"))
    with AnyReader([tmp_path / "LZ4.bag"]) as reader:
        messages = [
            store.deserialize_ros1(raw, connection.msgtype)
            for connection, _, raw in reader.messages()
        ]
    t = [one.ts.sec * 10**6 + one.ts.nanosec // 1000 for part in messages for one in part.events]
    assert t == ev.read(tmp_path / "ours.bag")["t"].dt.total_microseconds().to_list()


@pytest.mark.peers
def test_mcap_finds_the_same():
    """Files that the mcap library writes, and our own that it reads."""
    import io

    from mcap.reader import make_reader
    from mcap.writer import CompressionType, Writer

    found = parts()
    for packing in CompressionType:
        file = io.BytesIO()
        writer = Writer(file, chunk_size=2000, compression=packing)
        writer.start()
        schema = writer.register_schema(ros.PACKET, "ros2msg", b"")
        channel = writer.register_channel("/events", "cdr", schema)
        for _, time, content in monos(found):
            writer.add_message(channel, time, content, time)
        writer.finish()
        check(ev.open(file.getvalue()), together(found))
    ours = make_reader(io.BytesIO(ros.mcap(monos(found), "zstd")))
    got = [message.data for _, _, message in ours.iter_messages()]
    assert got == [content for _, _, content in monos(found)]


@pytest.mark.peers
def test_rosbags_reads_the_same_database(corpus):
    from rosbags.typesys import Stores, get_types_from_msg, get_typestore

    store = get_typestore(Stores.ROS2_HUMBLE)
    definition = (
        "std_msgs/Header header\nuint32 height\nuint32 width\nuint64 seq\nuint64 time_base\n"
        "string encoding\nbool is_bigendian\nuint8[] events"
    )
    store.register(get_types_from_msg(definition, ros.PACKET))
    path = corpus / "real" / "ecc_evt3_trigger.db3"
    with sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True) as connection:
        rows = connection.execute("SELECT data FROM messages ORDER BY timestamp, id").fetchall()
    connection.close()
    packets = [store.deserialize_cdr(data, ros.PACKET) for (data,) in rows]
    words = b"".join(packet.events.tobytes() for packet in packets)
    header = f"% evt 3.0\n% geometry {packets[0].width}x{packets[0].height}\n% end\n".encode()
    assert_frame_equal(ev.read(header + words), ev.read(path))


def test_a_word_of_which_some_events_are_left_out():
    tokens = [0x2005, 0x4000, 0x50FF, 0x52FF, *([0x2BB8, 0x3001, 0x2003, 0x3802] * 50)]
    content = np.array(tokens, "<u2").tobytes()
    recording = ros.mcap([(0, 0, ros.packet("libcaer_cmp", content))])
    for drop, rows in (("keep", 116), ("drop", 66)):
        with ev.open(recording, out_of_sensor=drop) as rec:
            assert (len(rec), rec.read().height) == (rows, rows)
            assert sum(len(batch.t) for batch in rec.batches(1)) == rows
        assert ev.read(recording, out_of_sensor=drop).height == rows
