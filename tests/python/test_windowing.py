# SPDX-License-Identifier: Apache-2.0
import datetime

import numpy as np
import polars as pl
import pytest
import words
from hypothesis import given, settings
from hypothesis import strategies as st

import evarrow as ev


def expected(t, every, stride, start, end, partial):
    """(start, number of events) of each window, from the definition."""
    if start is None:
        if not t:
            return []
        start = t[0]
    out = []
    while True:
        stop = start + every
        over = stop <= end if end is not None else bool(t) and t[-1] >= stop
        if end is not None and start >= end:
            break
        if end is None and (not t or start > t[-1]):
            break
        if not over and not partial:
            break
        bound = stop if end is None else min(stop, end)
        out.append((start, sum(start <= us < bound for us in t)))
        start += stride
    return out


def frame_of(t):
    n = len(t)
    return pl.DataFrame(
        {"x": [1] * n, "y": [2] * n, "t": t, "polarity": [1] * n},
        schema={"x": pl.Int16, "y": pl.Int16, "t": pl.Duration("us"), "polarity": pl.Int8},
    )


@settings(max_examples=300, deadline=None)
@given(
    t=st.lists(st.integers(0, 100), max_size=30).map(sorted),
    every=st.integers(1, 40),
    stride=st.none() | st.integers(1, 60),
    start=st.none() | st.integers(-20, 120),
    end=st.none() | st.integers(-20, 150),
    partial=st.booleans(),
    chunks=st.integers(1, 4),
)
def test_windows_are_those_of_the_definition(t, every, stride, start, end, partial, chunks):
    frame = frame_of(t)
    size = max(1, -(-len(t) // chunks))
    parts = [frame.slice(i, size) for i in range(0, max(len(t), 1), size)]
    split = pl.concat(parts, rechunk=False)
    got = [
        (window.start, len(window))
        for window in ev.windows(split, every, stride=stride, start=start, end=end, partial=partial)
    ]
    assert got == expected(t, every, stride or every, start, end, partial)


def test_windows_of_a_recording(evt2):
    x, _, t, _ = words.known()
    with ev.open(evt2) as rec:
        windows = list(rec.windows("50ms"))
    assert len(windows) == 40
    assert (windows[0].start, windows[0].end, windows[1].start) == (0, 50_000, 50_000)
    assert np.array_equal(np.concatenate([w.x for w in windows]), x)
    assert np.array_equal(np.concatenate([w.t for w in windows]), t)
    assert all(len(w) == 5000 and bool(w) for w in windows)
    assert "5000 events" in repr(windows[0])


def test_windows_overlap_and_start_where_asked(evt2):
    with ev.open(evt2) as rec:
        windows = list(rec.windows("50ms", stride="25ms", start="1s", end="1s200ms", partial=False))
        assert [w.start for w in windows] == list(range(1_000_000, 1_150_001, 25_000))
        assert all(len(w) == 5000 for w in windows)
        with_rest = list(rec.windows("50ms", stride="25ms", start="1s", end="1s200ms"))
        assert len(with_rest) == 8
        assert len(with_rest[-1]) == 2500


def test_windows_select_rows_and_columns(evt2):
    with ev.open(evt2) as rec:
        window = next(rec.windows("10ms", columns=["x"], polarity=1))
        assert len(window) < 1000
        assert not hasattr(window, "y")
        assert window.t.dtype == np.int64


def test_empty_windows_are_kept():
    events = ev.from_arrays(x=[1, 2], y=[1, 2], t=[0, 35], polarity=[1, -1])
    assert [len(w) for w in ev.windows(events, 10)] == [1, 0, 0, 1]
    empty = next(ev.windows(events, 5, start=6, end=11))
    assert (empty.x.dtype, empty.t.dtype, len(empty)) == (np.int16, np.int64, 0)


def test_any_input_that_holds_events_will_do(evt2):
    want = [len(w) for w in ev.windows(evt2, "100ms")]
    with ev.open(evt2) as rec:
        frame = rec.read()
        for source in (str(evt2), evt2.read_bytes(), rec, rec.select(), frame, frame.lazy(),
                       rec.scan(), frame.to_arrow()):  # fmt: skip
            assert [len(w) for w in ev.windows(source, "100ms")] == want


def test_times_that_decrease_are_an_error():
    with pytest.raises(ValueError, match="order of time"):
        list(ev.windows(frame_of([5, 3]), 10))
    later = pl.concat([frame_of([5]), frame_of([3])], rechunk=False)
    with pytest.raises(ValueError, match="order of time"):
        list(ev.windows(later, 10))


def test_arguments_are_checked_at_once(evt2):
    with pytest.raises(TypeError, match="every must be an int"):
        ev.windows(evt2, 0.05)
    with pytest.raises(ValueError, match="stride must be longer"):
        ev.windows(evt2, "50ms", stride=0)
    with pytest.raises(TypeError, match="of a recording only"):
        ev.windows(frame_of([1]), 10, polarity=1)
    assert next(ev.windows(evt2, datetime.timedelta(milliseconds=1))).end == 1000


def test_memory_stays_bounded(evt2):
    from evarrow.window_buffer import Pending
    from evarrow.window_cuts import cuts
    from evarrow.window_rules import Rule

    with ev.open(evt2) as rec:
        for rule in (
            Rule(length=1000, step=1000),
            Rule(count=100, step=100),
            Rule(length=1000, count=70),
            Rule(at=((1_900_000, 1_900_010), (1_950_000, 1_960_000))),
            Rule(count=100, at=((1_900_000, 1_900_000),)),
        ):
            pending = Pending(rec.batches(1000), ["t"])
            most = max(len(pending) for _ in cuts(pending, rule))
            assert most <= 3, rule
