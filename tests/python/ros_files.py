# SPDX-License-Identifier: Apache-2.0
"""Recordings of ROS in memory: messages, bags and MCAP files."""

import bz2
import sqlite3
import struct

import lz4.frame
import numpy as np

from evarrow.packed import zstd

SIZE = (346, 260)
PACKET = "event_camera_msgs/msg/EventPacket"
ARRAY = "dvs_msgs/EventArray"
EVENT = np.dtype([("x", "<u2"), ("y", "<u2"), ("s", "<u4"), ("ns", "<u4"), ("p", "u1")])


def events(count, begin=1_500_000_000_000_000, seed=1):
    """Return x, y, t in us, p: in order, in the sensor."""
    rng = np.random.default_rng(seed)
    t = begin + np.cumsum(rng.integers(0, 50, count))
    return (rng.integers(0, SIZE[0], count), rng.integers(0, SIZE[1], count), t,
            rng.integers(0, 2, count))  # fmt: skip


def array(columns, number=0, frame="cam"):
    """Return a dvs_msgs/EventArray of ROS 1."""
    x, y, t, p = (np.asarray(column) for column in columns)
    records = np.zeros(len(t), EVENT)
    records["x"], records["y"], records["p"] = x, y, p
    records["s"], records["ns"] = t // 1_000_000, t % 1_000_000 * 1000 + 999
    head = struct.pack("<III", number, 1, 2) + _text(frame)
    return head + struct.pack("<III", SIZE[1], SIZE[0], len(t)) + records.tobytes()


def aligned_array(columns, frame="cam"):
    """Return the same as ROS 2 has it."""
    out = bytearray(_cdr_header(frame) + struct.pack("<III", SIZE[1], SIZE[0], len(columns[0])))
    for x, y, t, p in zip(*(column.tolist() for column in columns), strict=True):
        out += bytes(-len(out) % 2) + struct.pack("<HH", x, y)
        out += bytes(-len(out) % 4)
        out += struct.pack("<IIB", t // 1_000_000, t % 1_000_000 * 1000 + 999, p)
    return bytes(out)


def packet(encoding, content, base=0, number=0, frame="cam", order="<"):
    """Return an event_camera_msgs/msg/EventPacket."""
    out = bytearray(_cdr_header(frame, order) + struct.pack(order + "II", SIZE[1], SIZE[0]))
    out += bytes(-(len(out) - 4) % 8) + struct.pack(order + "QQ", number, base)
    name = encoding.encode() + b"\0"
    out += struct.pack(order + "I", len(name)) + name + b"\0"
    out += bytes(-len(out) % 4) + struct.pack(order + "I", len(content)) + content
    return bytes(out)


def packet_of_ros1(encoding, content, base=0, number=0, frame="cam"):
    """Return the same as ROS 1 has it."""
    head = struct.pack("<III", number, 1, 2) + _text(frame)
    head += struct.pack("<IIQQ", SIZE[1], SIZE[0], number, base) + _text(encoding) + b"\0"
    return head + struct.pack("<I", len(content)) + content


IMU = "sensor_msgs/Imu"


def imu(t, accel, gyro, *, cdr=False, known=(True, True), frame="imu"):
    """Return a sensor_msgs/Imu; `t` in nanoseconds, `known`: which of the two was measured."""
    seconds, rest = divmod(t, 10**9)
    name = frame.encode() + (b"\0" if cdr else b"")
    out = bytearray(bytes([0, 1, 0, 0]) if cdr else struct.pack("<I", 7))
    out += struct.pack("<III", seconds, rest, len(name)) + name
    if cdr:
        out += bytes(-(len(out) - 4) % 8)
    out += struct.pack("<4d", 0, 0, 0, 1) + struct.pack("<9d", *[0.0] * 9)
    for values, is_known in zip((gyro, accel), reversed(known), strict=True):
        out += struct.pack("<3d", *values) + struct.pack("<9d", 0 if is_known else -1, *[0] * 8)
    return bytes(out)


IMAGE = "sensor_msgs/Image"


def image(t, pixels, encoding, *, cdr=False, step=None, size=None, is_bigendian=False, count=None):
    """Return a sensor_msgs/Image; `t` in nanoseconds, `size` (width, height), if it is to lie."""
    pixels = np.ascontiguousarray(pixels)
    row = pixels[0].nbytes
    step = row if step is None else step
    rows = [one.tobytes().ljust(step, b"\xee") for one in pixels]
    content = b"".join(rows)
    seconds, rest = divmod(t, 10**9)
    name, end = b"camera", b"\0" if cdr else b""
    out = bytearray(bytes([0, 1, 0, 0]) if cdr else struct.pack("<I", 7))
    out += struct.pack("<III", seconds, rest, len(name + end)) + name + end

    def align():
        out.extend(bytes(-len(out) % 4 if cdr else 0))

    align()
    width, height = size or pixels.shape[1::-1]
    out += (
        struct.pack("<III", height, width, len(encoding + end.decode())) + encoding.encode() + end
    )
    out += bytes([is_bigendian])
    align()
    out += struct.pack("<II", step, len(content) if count is None else count) + content
    return bytes(out)


def mono(columns, base):
    """Return the content of a packet of `mono`: nanoseconds behind `base`."""
    x, y, t, p = (np.asarray(column).astype(np.uint64) for column in columns)
    offset = t * np.uint64(1000) - np.uint64(base)
    return (offset | x << np.uint64(32) | y << np.uint64(48) | p << np.uint64(63)).tobytes()


def bag(messages, packing="none", per_chunk=3, topics=(("/dvs/events", ARRAY),), loose=False):
    """Return a bag. `messages`: (topic number, time in ns, content)."""
    out = bytearray(b"#ROSBAG V2.0\n")
    padding = b" " * 4000
    out += _record({"op": b"\3", "index_pos": bytes(8), "conn_count": bytes(4),
                    "chunk_count": bytes(4)}, padding)  # fmt: skip
    connections = b"".join(
        _record(
            {"op": b"\7", "conn": struct.pack("<I", i), "topic": name.encode()},
            _fields({"topic": name.encode(), "type": kind.encode(), "md5sum": b"*",
                     "message_definition": b"x" * 3000}),
        )
        for i, (name, kind) in enumerate(topics)
    )  # fmt: skip
    records = [
        _record({"op": b"\2", "conn": struct.pack("<I", topic),
                 "time": struct.pack("<II", *divmod(time, 10**9))}, content)
        for topic, time, content in messages
    ]  # fmt: skip
    if loose:
        return bytes(out + connections + b"".join(records))
    for i in range(0, max(len(records), 1), per_chunk):
        plain = (connections if i == 0 else b"") + b"".join(records[i : i + per_chunk])
        packed = {"none": bytes, "bz2": bz2.compress, "lz4": lz4.frame.compress}[packing](plain)
        out += _record({"op": b"\5", "compression": packing.encode(),
                        "size": struct.pack("<I", len(plain))}, packed)  # fmt: skip
        out += _record({"op": b"\4", "ver": bytes(4), "conn": bytes(4), "count": bytes(4)}, b"")
    struct.pack_into("<Q", out, out.index(b"index_pos=") + 10, len(out))
    return bytes(out + connections)


def mcap(messages, packing="", per_chunk=3, topics=(("/events", PACKET, "cdr"),), chunked=True):
    """Return an MCAP file. `messages`: (topic number, time in ns, content)."""
    schemas = b"".join(
        _op(3, struct.pack("<H", i) + _text(kind) + _text("ros2msg") + _text("x" * 100))
        + _op(4, struct.pack("<HH", i, i) + _text(name) + _text(encoding) + bytes(4))
        for i, (name, kind, encoding) in enumerate(topics, 1)
    )
    records = [
        _op(5, struct.pack("<HIQQ", topic + 1, 0, time, time) + content)
        for topic, time, content in messages
    ]
    out = b"\x89MCAP0\r\n" + _op(1, _text("ros2") + _text("test"))
    summary = schemas if chunked else b""
    if not chunked:
        out += schemas + b"".join(records)
    for i in range(0, len(records) if chunked else 0, per_chunk):
        plain = (schemas if i == 0 else b"") + b"".join(records[i : i + per_chunk])
        packed = {"": bytes, "zstd": zstd.compress, "lz4": lz4.frame.compress}[packing](plain)
        body = struct.pack("<QQQI", 0, 0, len(plain), 0) + _text(packing)
        out += _op(6, body + struct.pack("<Q", len(packed)) + packed)
    out += _op(15, bytes(4))
    footer = struct.pack("<QQI", len(out) if summary else 0, 0, 0)
    return out + summary + _op(2, footer) + b"\x89MCAP0\r\n"


def database(path, messages, topics=(("/events", PACKET),), packed=False):
    """Write a ROS 2 bag as rosbag2 does."""
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE topics(id INTEGER PRIMARY KEY, name TEXT, type TEXT, "
            "serialization_format TEXT, offered_qos_profiles TEXT)"
        )
        connection.execute(
            "CREATE TABLE messages(id INTEGER PRIMARY KEY, topic_id INTEGER, timestamp INTEGER, "
            "data BLOB)"
        )
        for i, (name, kind) in enumerate(topics):
            connection.execute("INSERT INTO topics VALUES(?, ?, ?, 'cdr', '')", (i, name, kind))
        for topic, time, content in messages:
            data = zstd.compress(content) if packed else content
            connection.execute(
                "INSERT INTO messages(topic_id, timestamp, data) VALUES(?, ?, ?)",
                (topic, time, data),
            )
    connection.close()


def _cdr_header(frame, order="<"):
    name = frame.encode() + b"\0"
    head = bytes([0, order == "<", 0, 0]) + struct.pack(order + "III", 1, 2, len(name)) + name
    return head + bytes(-len(head) % 4)


def _text(text):
    return struct.pack("<I", len(text)) + text.encode()


def _fields(fields):
    parts = [name.encode() + b"=" + value for name, value in fields.items()]
    return b"".join(struct.pack("<I", len(part)) + part for part in parts)


def _record(fields, data):
    header = _fields(fields)
    return struct.pack("<I", len(header)) + header + struct.pack("<I", len(data)) + data


def _op(number, content):
    return struct.pack("<BQ", number, len(content)) + content
