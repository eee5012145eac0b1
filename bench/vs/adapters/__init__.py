# SPDX-License-Identifier: Apache-2.0
"""One module a reader; bench/README.md says what is in it."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pathlib
import tempfile

written = [0]  # bytes of the last file of `target`
SUFFIXES = {"dat": ".dat", "aedat4": ".aedat4", "csv": ".csv", "es": ".es"}


@dataclasses.dataclass(frozen=True)
class Part:
    """Which events the works `query`, `box` and `window` are after; ends are exclusive."""

    start: int  # microseconds
    end: int
    region: tuple[int, int, int, int] = (100, 100, 180, 160)
    polarity: int = 1


def part() -> Part:
    """Return the middle half of the recording, a small region and one polarity."""
    first, last = json.loads(os.environ["EVARROW_BENCH_SPAN"])
    quarter = (last - first) // 4
    return Part(first + quarter, last - quarter)


def window() -> Part:
    """Return 10 ms from the middle of the recording."""
    first, last = json.loads(os.environ["EVARROW_BENCH_SPAN"])
    middle = (first + last) // 2
    return Part(middle, middle + 10_000)


@contextlib.contextmanager
def target(file_format):
    """Yield a name to write to, of a file in the folder for temporary ones that goes away.

    Nothing waits for the disk: the system has what was written in its memory.
    """
    with tempfile.TemporaryDirectory() as folder:
        yield str(pathlib.Path(folder) / f"out{SUFFIXES.get(file_format, '.raw')}")
        written[0] = sum(file.stat().st_size for file in pathlib.Path(folder).iterdir())
