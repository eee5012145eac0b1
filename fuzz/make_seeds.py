# SPDX-License-Identifier: Apache-2.0
"""Write inputs for the fuzz targets to begin with, a folder for each target.

Usage: python fuzz/make_seeds.py FOLDER (the package evarrow must be installed)
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

import evarrow

FORMATS = ("evt2", "evt21", "evt3", "evt4", "es")
CHOICES = 16  # bytes at the front of an input that say how it is run
MOST_BYTES = 2048

HEADERS = {
    "histo": "% camera_integrator_name Prophesee\n% format HISTO3D;height=320;width=320\n% end\n",
    "old": "% Date 2020-01-02 03:04:05\n% system_ID 49\n% serial_number 00001234\n",
    "dat": "% Data file containing Event2D events.\n% Version 2\n% Height 480\n% Width 640\n",
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
    payload = recording[20:] if file_format == "es" else recording.partition(b"% end\n")[2]
    for i, (known, width, height) in enumerate([(0, 0, 0), (1, 319, 239), (1, 99, 99)]):
        for j, (step, capacity) in enumerate([(511, 255), (6, 40), (96, 97)]):
            numbers = (known, width, width >> 8, height, height >> 8, 0, i % 2, j % 2)
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
    for content in (*range(10, 20), *range(70, 80), *range(130, 140), *range(230, 240)):
        choices = bytes([255, 0, chance.randrange(64), content, *chance.randbytes(6)])
        # The longer the rows that do not jump, the more there is to sort and to cut.
        rows = bytearray(chance.randbytes(1024))
        rows[::4] = bytes(chance.choice((chance.randrange(200), 205, 239)) for _ in rows[::4])
        write(folder, f"rows-{content:03}", choices.ljust(CHOICES, b"\0"), rows)


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


if __name__ == "__main__":
    main()
