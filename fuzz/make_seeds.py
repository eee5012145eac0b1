# SPDX-License-Identifier: Apache-2.0
"""Write inputs for the fuzz targets to begin with, a folder for each target.

Usage: python fuzz/make_seeds.py FOLDER (the package evarrow and its extra `test` must be
installed)
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
from pathlib import Path

import evarrow

FORMATS = ("evt2", "evt21", "evt3", "evt4", "dat", "es")
CHOICES = 16  # bytes at the front of an input that say how it is run
MOST_BYTES = 2048

# The filters of HDF5 as fuzz_filters.cc lists them.
FILTERS = (1, 2, 3, 32000, 32001, 32004, 32015, 32008, 0x8ECF)

HEADERS = {
    "histo": "% camera_integrator_name Prophesee\n% format HISTO3D;height=320;width=320\n% end\n",
    "old": "% Date 2020-01-02 03:04:05\n% system_ID 49\n% serial_number 00001234\n",
    "dat": "% Data file containing Event2D events.\n% Version 2\n% Height 480\n% Width 640\n\0\x08",
    "dat1": "% version 1\n% end\n\x0c\x08",
    "dat-trigger": "% Height 480\n% Width 640\n\x0e\x08",
    "legacy": "% evt 2.1\n% format EVT21;endianness=legacy;height=720;width=1280\n% end\n",
    "geometry": "% evt 3.0\n% geometry 0x99999\n% integrator_name Someone\n% end\n",
    "sensor": "% evt 2.0\n% generation 4.2\n% sensor_generation 3.1\n%  \n% a  b\tc\r\n% end\n",
}


def sample(file_format: str) -> bytes:
    """Return a made-up recording."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.raw"
        evarrow.sample(path, duration="20ms", resolution=(320, 240), format=file_format)
        return path.read_bytes()


def write(folder: Path, name: str, *parts: bytes) -> None:
    """Write one input."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"".join(parts))


def make_decoder_seeds(folder: Path, file_format: str, recording: bytes) -> None:
    """Write words behind choices: the geometry of the sample, a small one and none."""
    payload = recording.partition(b"% end\n")[2][2 * (file_format == "dat") :]
    if file_format == "es":
        payload = recording[20:]
    for i, (known, width, height) in enumerate([(0, 0, 0), (1, 319, 239), (1, 99, 99)]):
        for j, (step, capacity) in enumerate([(511, 255), (6, 40), (96, 97)]):
            layout = j if file_format == "dat" else 0
            numbers = (known, width, width >> 8, height, height >> 8, layout, i % 2, j % 2)
            cuts = (step, step >> 8, capacity, 1 + j, i, 15 - j, 77 * j, 0)
            choices = bytes(number & 0xFF for number in numbers + cuts)
            begin = (len(payload) // 9 * (3 * i + j)) & ~7
            words = payload[begin if j else 0 :][:MOST_BYTES]
            write(folder / f"fuzz_{file_format}", f"words-{i}{j}", choices, words)


def make_recording_seeds(folder: Path, recordings: dict[str, bytes]) -> None:
    """Write files, and rows for the encoders."""
    chance = random.Random(1)
    for file_format, recording in recordings.items():
        for flags in (0, 1, 16, 32):
            choices = bytes([255, 0, flags, 0, 50, 200, 0, 255, 9, 7]).ljust(CHOICES, b"\0")
            write(folder, f"{file_format}-{flags}", choices, recording[:MOST_BYTES])
    # A byte says which format, which kind of content, and in its upper bits how it is made.
    kinds = 4 * len(FORMATS)
    contents = (c for c in range(256) if c % 64 < kinds and c % kinds >= 2 * len(FORMATS))
    for content in contents:
        choices = bytes([255, 0, chance.randrange(64), content, *chance.randbytes(6)])
        # The longer the rows that do not jump, the more there is to sort and to cut.
        rows = bytearray(chance.randbytes(1024))
        rows[::4] = bytes(chance.choice((chance.randrange(200), 205, 239)) for _ in rows[::4])
        write(folder, f"rows-{content:03}", choices.ljust(CHOICES, b"\0"), rows)


def filter_choice(number: int, values: list[int]) -> bytes:
    """Return the choices of one filter."""
    how = 0
    if number in (2, 32008):
        widths = (1, 2, 4, 8, 13, 16)
        how = widths.index(values[0] if number == 2 else values[2])
    if number == 32008:
        how += {0: 0, 16: 1, 64: 2}.get(values[3], 3) << 3
        how += {0: 0, 2: 1, 3: 2}[values[4]] << 5
    return bytes([FILTERS.index(number), how])


def make_filter_seeds(folder: Path) -> None:
    """Write the chunks of the tests, which HDF5 made."""
    text = (Path(__file__).parents[1] / "tests/codecs/chunks.h").read_text()
    chunk = re.compile(r'\{"([^"]+)", (\d+), (\d+), \w+, \{(.*)\}, (\d+),((?:\s*"\w+")+)\}')
    for name, width, n, listed, skipped, lines in chunk.findall(text):
        size = int(width) * int(n)
        filters = re.findall(r"\{(\d+), \{([^}]*)\}\}", listed)
        choices = bytes([size & 0xFF, size >> 8, len(filters), int(skipped)])
        for number, values in filters:
            choices += filter_choice(
                int(number), [int(value) for value in values.split(",") if value]
            )
        stored = bytes.fromhex("".join(re.findall(r"\w+", lines)))
        write(folder, re.sub(r"\W+", "-", name), choices.ljust(CHOICES, b"\0"), stored)


def make_aedat4_seeds(folder: Path) -> None:
    """Write small files of all compressions, with and without a table, triggers and cameras."""
    sys.path.append(str(Path(__file__).parents[1] / "tests/python"))
    import aedat4_files
    import numpy as np

    streams = {
        0: ("EVTS", "left", "A_1", (346, 260)),
        1: ("EVTS", "right", "B_2", (240, 180)),
        2: ("TRIG", "triggers", "A_1", None),
        3: ("IMUS", "imu", "A_1", None),
        4: ("FRME", "frames", "A_1", (346, 260)),
    }
    image = np.arange(12, dtype=np.uint8).reshape(3, 4)
    for i, compression in enumerate(aedat4_files.COMPRESSIONS):
        for table in (False, True):
            made = aedat4_files.Recording(compression=compression, table=table, streams=streams)
            for stream in (0, 1, 0):
                made.add(stream, aedat4_files.events(20 + stream))
            made.add_triggers(2, [(1_700_000_000_000_000, 1), (1_700_000_000_000_009, 2)])
            made.add_imu(3, [(1_700_000_000_000_003 + k, *[0.5] * 10) for k in range(3)])
            made.add_frame(4, 1_700_000_000_000_005, image)
            content = made.bytes()[len(b"#!AER-DAT4.0\r\n") :]
            write(folder, f"{compression}-{table}", bytes([i * 37 & 0xFF]), content)


def make_ros_seeds(folder: Path) -> None:
    """Write bags and MCAP files of all compressions and encodings."""
    import ros_files as ros

    found = [ros.events(20, 10**15 + i * 10**6, seed=i) for i in range(4)]
    arrays = [(0, i, ros.array(part, i)) for i, part in enumerate(found)]
    for i, packing in enumerate(("none", "lz4")):
        content = ros.bag(arrays, packing)[len(b"#ROSBAG V2.0\n") :]
        write(folder / "fuzz_bag", packing, bytes([i * 37]), content)
    magic = len(b"\x89MCAP0\r\n")
    for i, encoding in enumerate(("mono", "trigger", "libcaer", "libcaer_cmp", "evt3")):
        parts = [ros.packet(encoding, bytes(range(k, 240)), 10**12, k) for k in range(0, 32, 8)]
        messages = [(0, k, part) for k, part in enumerate(parts)]
        for packing in ("", "lz4", "zstd"):
            content = ros.mcap(messages, packing)[magic:]
            write(folder / "fuzz_mcap", f"{encoding}-{packing}", bytes([i * 37]), content)
    pixels = found[0][0][:12].astype("u2").reshape(3, 4)
    for i, packing in enumerate(("none", "lz4")):
        topics = (("/right", ros.ARRAY), ("/image", ros.IMAGE))
        images = [(1, k, ros.image(k, pixels, "mono16", step=9 + k)) for k in range(3)]
        content = ros.bag(arrays + images, packing, topics=topics)[len(b"#ROSBAG V2.0\n") :]
        write(folder / "fuzz_bag", f"images-{packing}", bytes([i]), content)
    topics = (("/image", "sensor_msgs/msg/Image", "cdr"),)
    for i, packing in enumerate(("", "zstd")):
        images = [(0, k, ros.image(k, pixels, "mono16", cdr=True)) for k in range(3)]
        content = ros.mcap(images, packing, topics=topics)[magic:]
        write(folder / "fuzz_mcap", f"images-{packing}", bytes([i]), content)
    aligned = [(0, i, ros.aligned_array(part)) for i, part in enumerate(found)]
    topics = (("/right", "dvs_msgs/msg/EventArray", "cdr"),)
    write(folder / "fuzz_mcap", "arrays", b"\0", ros.mcap(aligned, topics=topics)[magic:])


def make_csv_seeds(folder: Path) -> None:
    """Write lines of all kinds, whole and across the end of a unit."""
    kinds = {
        "plain": "5,1,2,1\n7,3,4,-1\n9,5,6,0\n" * 20,
        "odd": "# c\n\n5e0, 1.0;2\tTrue\r\n+7 3 4 false 9\n-1.5 2 3 1\nbad\n1 2 3",
        "late": "9223372036854775807 1 1 1\n9223372036854775808 1 1 1\n1 40000 1 1\n",
    }
    for name, text in kinds.items():
        for flags in (0x01, 0x23, 0x45, 0x7F):
            choices = bytes([flags, 20, 0, 9])
            write(folder, f"{name}-{flags}", choices, text.encode())


def main() -> None:
    """Write the seeds of all targets."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    recordings = {file_format: sample(file_format) for file_format in FORMATS}
    for file_format, recording in recordings.items():
        make_decoder_seeds(folder, file_format, recording)
        write(folder / "fuzz_header", file_format, recording[:MOST_BYTES])
    for name, text in HEADERS.items():
        write(folder / "fuzz_header", name, text.encode(), bytes(range(64)))
    make_recording_seeds(folder / "fuzz_recording", recordings)
    make_filter_seeds(folder / "fuzz_filters")
    make_aedat4_seeds(folder / "fuzz_aedat4")
    make_csv_seeds(folder / "fuzz_csv")
    make_ros_seeds(folder)


if __name__ == "__main__":
    main()
