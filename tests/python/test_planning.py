# SPDX-License-Identifier: Apache-2.0
import pickle

import polars as pl
import pytest
import words

import evarrow as ev


@pytest.mark.parametrize("most", [1, 7, 1000, 65_537, 10**9])
def test_units_hold_every_event_once(evt2, tmp_path, most):
    path = evt2
    if most < 100:
        path = tmp_path / "small.raw"
        path.write_bytes(words.evt2_known(50))
    units = ev.plan(path, most)
    whole = ev.read(path)
    assert all(unit.events <= most for unit in units)
    assert sum(unit.events for unit in units) == whole.height
    assert len(units) == -(-whole.height // most)
    frames = [unit.read() for unit in units]
    assert [frame.height for frame in frames] == [unit.events for unit in units]
    assert pl.concat(frames).equals(whole)


def test_units_can_be_pickled_and_keep_their_options(evt2):
    units = ev.plan([evt2, str(evt2)], 150_000, polarity_type="binary")
    assert len(units) == 4
    copy = pickle.loads(pickle.dumps(units[1]))
    assert copy == units[1]
    assert copy.read(columns=["polarity"])["polarity"].min() == 0
    assert copy.select(limit=5).count() == 5
    with copy.open() as rec:
        assert len(rec) == words.EVENTS


def test_events_of_one_microsecond_stay_together(tmp_path):
    path = tmp_path / "burst.raw"
    path.write_bytes(
        words.evt2(words.time_high(0), *[words.event(5, x, 1) for x in range(9)],
                   words.event(6, 1, 1))
    )  # fmt: skip
    assert [unit.events for unit in ev.plan(path, 4)] == [9, 1]


def test_a_recording_without_events_gives_no_units(tmp_path):
    path = tmp_path / "empty.raw"
    path.write_bytes(words.EVT2_HEADER)
    assert ev.plan(path, 10) == []
    with pytest.raises(ValueError, match="max_events must be at least 1"):
        ev.plan(path, 0)
