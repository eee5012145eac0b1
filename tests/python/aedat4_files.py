# SPDX-License-Identifier: Apache-2.0
"""AEDAT 4 files with known events, put together byte by byte."""

import struct
from dataclasses import dataclass, field

import lz4.frame
import numpy as np

from evarrow.packed import zstd

EVENT = np.dtype([("t", "<i8"), ("x", "<i2"), ("y", "<i2"), ("p", "u1"), ("pad", "V3")])
COMPRESSIONS = {"none": 0, "lz4": 1, "lz4-high": 2, "zstd": 3, "zstd-high": 4}


def compress(content, compression):
    if compression == 0:
        return content
    if compression <= 2:
        return lz4.frame.compress(content, compression_level=9 * (compression - 1))
    return zstd.compress(content, 3 if compression == 3 else 19)


def table(fields):
    """Return the bytes of a table with its fields in front, and where in them it begins.

    `fields` are bytes, or None where one is left out; all of them are aligned to 8.
    """
    places, body = [], b""
    for one in fields:
        if one is None:
            places.append(0)
            continue
        body += bytes(-len(body) % 8)
        places.append(8 + len(body))
        body += one
    entries = struct.pack(f"<HH{len(places)}H", 4 + 2 * len(places), 8 + len(body), *places)
    entries += bytes(-len(entries) % 8)
    return entries + struct.pack("<i4x", len(entries)) + body, len(entries)


def sized(buffer):
    return struct.pack("<I", len(buffer)) + buffer


def with_root(identifier, content, at):
    """Return a buffer whose root table is `at` bytes into `content`."""
    return sized(struct.pack("<I4s", 8 + at, identifier) + content)


def vector_of_structs(identifier, elements, count):
    content, at = table([struct.pack("<I", 0)])
    padding = -(len(content) + 8 + 4 + 4) % 8  # counted from the size in front
    content = content[:-4] + struct.pack("<I", 4 + padding) + bytes(padding)
    return with_root(identifier, content + struct.pack("<I", count) + elements, at)


def vector_of_tables(identifier, rows):
    """Return a buffer with a vector of tables, whose fields are given as bytes."""
    content, at = table([struct.pack("<I", 4)])
    tables = [table(row) for row in rows]
    offset = 4 * len(tables)
    offsets, body = b"", b""
    base = 12 + len(content) + 4 + offset  # counted from the size in front
    for i, (one, begin) in enumerate(tables):
        body += bytes(-(base + len(body)) % 8)
        offsets += struct.pack("<I", offset - 4 * i + len(body) + begin)
        body += one
    return with_root(identifier, content + struct.pack("<I", len(tables)) + offsets + body, at)


def events_packet(events):
    return vector_of_structs(b"EVTS", events.tobytes(), len(events))


def triggers_packet(triggers):
    rows = [[struct.pack("<q", t), struct.pack("<b", kind)] for t, kind in triggers]
    return vector_of_tables(b"TRIG", rows)


def imu_packet(samples):
    """`samples`: (t, temperature, three of acceleration, of angular velocity and of the field)."""
    rows = [
        [struct.pack("<q", t), *(struct.pack("<f", one) for one in numbers)]
        for t, *numbers in samples
    ]
    return vector_of_tables(b"IMUS", rows)


FRAME_TYPES = {("uint8", 1): 0, ("uint8", 3): 16, ("uint8", 4): 24, ("uint16", 1): 2,
               ("float32", 1): 5, ("uint16", 3): 18}  # fmt: skip


def frame_packet(t, image, *, exposure=None, length=None, position=(0, 0), size=None, kind=None):
    """`exposure`: when it began and ended; `length`: how long it was, as newer files have it."""
    height, width = size or image.shape[:2]
    channels = 1 if image.ndim == 2 else image.shape[2]
    if kind is None:
        kind = FRAME_TYPES[str(image.dtype), channels]
    begin, end = exposure or (None, None)
    fields = [
        struct.pack("<q", t),
        None,
        None,
        None if begin is None else struct.pack("<q", begin),
        None if end is None else struct.pack("<q", end),
        struct.pack("<b", kind),
        *(struct.pack("<h", one) for one in (width, height, *position)),
        bytes(4),
        None if length is None else struct.pack("<q", length),
    ]
    content, at = table(fields)
    content = bytearray(content)
    place = at + struct.unpack_from("<H", content, 4 + 2 * 10)[0]
    struct.pack_into("<I", content, place, len(content) - place)
    pixels = np.ascontiguousarray(image).tobytes()
    content = bytes(4) + bytes(content)  # so that its numbers are aligned
    return with_root(b"FRME", content + struct.pack("<I", len(pixels)) + pixels, at + 4)


@dataclass
class Recording:
    """A file in the making."""

    compression: str = "lz4"
    table: bool = True
    streams: dict = field(default_factory=lambda: {0: ("EVTS", "events", "Camera_1", (346, 260))})
    packets: list = field(default_factory=list)  # stream, content, count, first, last

    def add(self, stream, events):
        t = events["t"]
        times = (int(t.min()), int(t.max())) if len(t) else (0, 0)
        self.packets.append((stream, events_packet(events), len(events), *times))

    def add_triggers(self, stream, triggers):
        times = (triggers[0][0], triggers[-1][0])
        self.packets.append((stream, triggers_packet(triggers), len(triggers), *times))

    def add_imu(self, stream, samples):
        times = (samples[0][0], samples[-1][0]) if samples else (0, 0)
        self.packets.append((stream, imu_packet(samples), len(samples), *times))

    def add_frame(self, stream, t, image, **how):
        self.packets.append((stream, frame_packet(t, image, **how), 1, t, t))

    def xml(self):
        nodes = ""
        for number, (kind, name, source, size) in self.streams.items():
            attributes = {"typeIdentifier": kind, "originalOutputName": name}
            info = {"source": source}
            if size is not None:
                info |= {"sizeX": size[0], "sizeY": size[1]}
            nodes += f'<node name="{number}">{_attributes(attributes)}'
            nodes += f'<node name="info">{_attributes(info)}</node></node>'
        return f'<dv version="2.0"><node name="outInfo">{nodes}</node></dv>'.encode()

    def header(self, at):
        number = COMPRESSIONS[self.compression]
        xml = self.xml()
        content, begin = table([struct.pack("<i", number), struct.pack("<q", at), b"\0\0\0\0"])
        content = content[:-4] + struct.pack("<II", 4, len(xml)) + xml + b"\0"
        return b"#!AER-DAT4.0\r\n" + with_root(b"IOHE", content, begin)

    def bytes(self):
        number = COMPRESSIONS[self.compression]
        begin = len(self.header(-1))
        body, rows = bytearray(), []
        for stream, content, count, first, last in self.packets:
            stored = compress(content, number)
            info = struct.pack("<ii", stream, len(stored))
            rows.append(
                [
                    struct.pack("<q", begin + len(body) + 8),
                    info,
                    *(struct.pack("<q", one) for one in (count, first, last)),
                ]
            )
            body += info + stored
        if not self.table:
            return self.header(-1) + body
        return (
            self.header(begin + len(body))
            + body
            + compress(vector_of_tables(b"FTAB", rows), number)
        )


def _attributes(values):
    return "".join(
        f'<attr key="{key}" type="string">{value}</attr>' for key, value in values.items()
    )


def events(n, start=1_700_000_000_000_000, seed=0):
    random = np.random.default_rng(seed)
    out = np.zeros(n, EVENT)
    out["t"] = start + np.cumsum(random.integers(0, 20, n))
    out["x"] = random.integers(0, 346, n)
    out["y"] = random.integers(0, 260, n)
    out["p"] = random.integers(0, 2, n)
    return out


def recording(n=20_000, rows=700, **how):
    """Return a recording of `n` events in packets of `rows`, and the events."""
    one = Recording(**how)
    all_of_them = events(n)
    for begin in range(0, n, rows):
        one.add(0, all_of_them[begin : begin + rows])
    return one, all_of_them
