# SPDX-License-Identifier: Apache-2.0
"""What reading costs in memory, measured in processes of their own."""

import os
import subprocess
import sys

import pyarrow.parquet as pq
import pytest
import words

BLOCK = 1_000_000  # events


def write_big(path, megabytes):
    """An EVT2 recording of about so many megabytes, made of one block with its clock moved on."""
    import numpy as np

    x, y, t, polarity = words.known(BLOCK)
    block = np.frombuffer(words.evt2_words(x, y, t, polarity), "<u4")
    clock = block >> 28 == 8
    # A block lasts a whole number of clock words, so that moving those moves all its events.
    length = -(-(int(t[-1]) + 1) // 64)
    blocks = 0
    with path.open("wb") as file:
        file.write(words.EVT2_HEADER)
        while file.tell() < megabytes * 1e6:
            moved = block.copy()
            moved[clock] += np.uint32(blocks * length)
            file.write(moved.tobytes())
            blocks += 1
    return blocks * BLOCK


SINK = """
import resource, sys
import evarrow as ev
limit = 300_000_000
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
# With its defaults Polars writes a row group for 100,000 events and keeps some 16 KB of each.
ev.scan(sys.argv[1]).sink_parquet(sys.argv[2], row_group_size=250_000)
"""

STREAM = """
import sys, evarrow as ev
def anonymous():
    for line in open("/proc/self/status"):
        if line.startswith("RssAnon"):
            return int(line.split()[1]) * 1024
def mapped():
    for line in open("/proc/self/status"):
        if line.startswith("RssFile"):
            return int(line.split()[1]) * 1024
rec = ev.open(sys.argv[1], io=sys.argv[2])
next(rec.batches(65_536)).x
before, files = anonymous(), mapped()
most = most_files = 0
for i, batch in enumerate(rec.batches(65_536)):
    if i % 50 == 0:
        most, most_files = max(most, anonymous()), max(most_files, mapped())
print(most - before, most_files - files)
"""

READ = """
import sys, evarrow as ev, polars as pl
def status(key):
    for line in open("/proc/self/status"):
        if line.startswith(key):
            return int(line.split()[1]) * 1024
ev.read(sys.argv[2])
base = status("VmRSS")
frame = ev.read(sys.argv[1])
print(status("VmHWM") - base, frame.height)
"""


def run(code, *arguments):
    environment = {**os.environ, "POLARS_MAX_THREADS": "2", "EVARROW_NUM_THREADS": "2"}
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=280, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.split()


@pytest.mark.parametrize(
    "megabytes",
    [300, pytest.param(3_000, marks=[pytest.mark.slow, pytest.mark.timeout(600)])],
)
def test_a_recording_larger_than_memory_is_converted(tmp_path, megabytes):
    path = tmp_path / "big.raw"
    events = write_big(path, megabytes)
    run(SINK, path, tmp_path / "big.parquet")
    assert pq.read_metadata(tmp_path / "big.parquet").num_rows == events


@pytest.mark.parametrize("io", ["auto", "mmap"])
def test_a_streamed_pass_costs_a_constant(tmp_path, io):
    path = tmp_path / "big.raw"
    write_big(path, 200)
    anonymous, mapped = map(int, run(STREAM, path, io))
    assert anonymous < 64e6
    assert mapped < 64e6


def test_a_full_read_costs_little_more_than_its_columns(tmp_path, evt2):
    path = tmp_path / "big.raw"
    events = write_big(path, 100)
    used, height = map(int, run(READ, path, evt2))
    assert height == events
    assert used - path.stat().st_size <= 14 * events + 32e6
