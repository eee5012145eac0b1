# SPDX-License-Identifier: Apache-2.0
"""Chunks of ECF become columns at once where they can, and a part at a time where not."""

import h5py
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import evarrow as ev


@pytest.fixture
def recording(corpus):
    return corpus / "derived" / "gen3_ecf.hdf5"


def in_small_batches(path, columns, options):
    with ev.open(path, **options) as rec:
        return pl.concat([pl.DataFrame(one) for one in rec.select(columns=columns).batches(777)])


@pytest.mark.parametrize("columns", [["x", "y", "t", "polarity"], ["t"], ["x", "polarity"]])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"origin": "start"},
        {"origin": 900_000_000, "polarity_type": "binary"},
        {"resolution": (300, 200)},
        {"resolution": (300, 200), "out_of_sensor": "drop"},
        {"sort": False, "threads": 1},
    ],
)
def test_whole_chunks_and_parts_of_them_are_the_same(recording, columns, options):
    whole = ev.read(recording, columns=columns, **options)
    assert_frame_equal(whole, in_small_batches(recording, columns, options))


def test_events_outside_are_counted_in_whole_chunks(recording):
    report = ev.validate(recording, resolution=(300, 200))
    frame = ev.read(recording)
    outside = frame.filter((pl.col("x") >= 300) | (pl.col("y") >= 200)).height
    assert report.faults["out_of_sensor"].count == outside > 0


def test_a_damaged_chunk_loses_its_rows_alone(recording):
    content = bytearray(recording.read_bytes())
    whole = ev.read(recording)
    with h5py.File(recording) as file:
        events = file["CD/events"]
        rows = events.chunks[0]
        chunk = events.id.get_chunk_info(3)
    content[chunk.byte_offset + 20 : chunk.byte_offset + 60] = b"\xff" * 40
    with pytest.raises(ev.DamagedError, match="CD/events"):
        ev.read(bytes(content))
    left = ev.read(bytes(content), on_error="ignore")
    assert_frame_equal(left, pl.concat([whole[: 3 * rows], whole[4 * rows :]]))
