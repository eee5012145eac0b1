# SPDX-License-Identifier: Apache-2.0
"""Windows by number, by what comes first, at given times, and the presets, by their definitions."""

import datetime

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
import words
from hypothesis import given, settings
from hypothesis import strategies as st

import evarrow as ev

TIMES = st.lists(st.integers(0, 60), max_size=30).map(sorted)


def frame_of(t, chunks=1):
    """Events whose x is their number, in so many chunks."""
    n = len(t)
    frame = pl.DataFrame(
        {"x": range(n), "y": [2] * n, "t": t, "polarity": [1] * n},
        schema={"x": pl.Int16, "y": pl.Int16, "t": pl.Duration("us"), "polarity": pl.Int8},
    )
    size = max(1, -(-n // chunks))
    return pl.concat([frame.slice(i, size) for i in range(0, max(n, 1), size)], rechunk=False)


def rows(windows):
    return [window.x.tolist() for window in windows]


@settings(max_examples=200, deadline=None)
@given(
    t=TIMES,
    count=st.integers(1, 8),
    stride=st.none() | st.integers(1, 10),
    start=st.none() | st.integers(-5, 70),
    end=st.none() | st.integers(-5, 70),
    partial=st.booleans(),
    chunks=st.integers(1, 4),
)
def test_windows_by_count(t, count, stride, start, end, partial, chunks):
    inside = [
        i for i, us in enumerate(t) if (start is None or us >= start) and (end is None or us < end)
    ]
    want = [inside[i : i + count] for i in range(0, len(inside), stride or count)]
    want = [part for part in want if partial or len(part) == count]
    bounds = {"start": start, "end": end, "partial": partial}
    got = list(ev.windows(frame_of(t, chunks), count=count, stride=stride, **bounds))
    assert rows(got) == want
    assert [(w.start, w.end) for w in got] == [(t[p[0]], t[p[-1]] + 1) for p in want]


def whichever_first(t, every, count, start, end, partial):
    """(start, end, rows), event by event."""
    left = [i for i, us in enumerate(t) if (start is None or us >= start)]
    left = [i for i in left if end is None or t[i] < end]
    if start is None:
        if not left:
            return []
        start = t[left[0]]
    out = []
    while (start < end) if end is not None else bool(left):
        stop = start + every
        held = [i for i in left if t[i] < stop]
        if len(held) >= count:
            held = held[:count]
            stop = t[held[-1]] + 1
            out.append((start, stop, held))
            start = stop - 1
        else:
            over = stop <= end if end is not None else t[-1] >= stop
            if not over and not partial:
                break
            out.append((start, stop, held))
            start = stop
        left = left[len(held) :]
    return out


@settings(max_examples=300, deadline=None)
@given(
    t=TIMES,
    every=st.integers(1, 20),
    count=st.integers(1, 6),
    start=st.none() | st.integers(-5, 70),
    end=st.none() | st.integers(-5, 70),
    partial=st.booleans(),
    chunks=st.integers(1, 4),
)
def test_windows_by_what_comes_first(t, every, count, start, end, partial, chunks):
    got = ev.windows(frame_of(t, chunks), every, count=count, start=start, end=end, partial=partial)
    want = whichever_first(t, every, count, start, end, partial)
    assert [(w.start, w.end, w.x.tolist()) for w in got] == want


BELONGS = {
    "left": lambda us, a, b: a <= us < b,
    "both": lambda us, a, b: a <= us <= b,
    "right": lambda us, a, b: a < us <= b,
}


@settings(max_examples=200, deadline=None)
@given(
    t=TIMES,
    pairs=st.lists(st.tuples(st.integers(-5, 70), st.integers(0, 30)), max_size=6).map(sorted),
    closed=st.sampled_from(sorted(BELONGS)),
    partial=st.booleans(),
    chunks=st.integers(1, 4),
)
def test_windows_at_pairs_of_times(t, pairs, closed, partial, chunks):
    pairs = [(a, a + length) for a, length in pairs]
    reached = [
        (a, b)
        for a, b in pairs
        if partial or (t and (t[-1] >= b if closed == "left" else t[-1] > b))
    ]
    got = list(ev.windows(frame_of(t, chunks), at=pairs, closed=closed, partial=partial))
    assert [(w.start, w.end) for w in got] == reached
    assert rows(got) == [
        [i for i, us in enumerate(t) if BELONGS[closed](us, a, b)] for a, b in reached
    ]


@settings(max_examples=200, deadline=None)
@given(
    t=TIMES,
    at=st.lists(st.integers(-5, 70), max_size=6).map(sorted),
    count=st.integers(1, 6),
    align=st.sampled_from(["start", "end"]),
    closed=st.sampled_from(["left", "both"]),
    partial=st.booleans(),
    chunks=st.integers(1, 4),
)
def test_windows_of_events_up_to_and_from_given_times(t, at, count, align, closed, partial, chunks):
    want = []
    for time in at:
        if align == "start":
            held = [i for i, us in enumerate(t) if us >= time][:count]
        else:
            held = [i for i, us in enumerate(t) if us < time or (us == time and closed == "both")]
            held = held[-count:]
        if partial or len(held) == count:
            want.append(held)
    got = ev.windows(
        frame_of(t, chunks), count=count, at=at, align=align, closed=closed, partial=partial
    )
    assert rows(got) == want


@settings(max_examples=100, deadline=None)
@given(
    t=TIMES,
    every=st.integers(1, 30),
    stride=st.integers(1, 30),
    closed=st.sampled_from(sorted(BELONGS)),
    end=st.none() | st.integers(1, 70),
)
def test_windows_by_time_closed_on_either_side(t, every, stride, closed, end):
    got = list(ev.windows(frame_of(t), every, stride=stride, start=0, end=end, closed=closed))
    for window in got:
        stop = window.end if end is None else min(window.end, end)
        inside = [i for i, us in enumerate(t) if BELONGS[closed](us, window.start, stop)]
        assert window.x.tolist() == inside
    assert [w.start for w in got] == [stride * i for i in range(len(got))]
    if end is not None:
        assert len(got) == -(-end // stride)
    elif t and closed == "both":
        assert len(got) == t[-1] // stride + 1


@settings(max_examples=100, deadline=None)
@given(t=TIMES, into=st.integers(1, 9), by=st.sampled_from(["time", "count"]))
def test_the_whole_in_so_many_windows(t, into, by):
    got = list(ev.windows(frame_of(t), into=into, by=by))
    if not t:
        assert got == []
        return
    assert len(got) == into
    assert [i for part in rows(got) for i in part] == list(range(len(t)))
    sizes = [w.end - w.start if by == "time" else len(w) for w in got]
    assert max(sizes) - min(sizes) <= (0 if by == "time" else 1)


def test_times_may_be_written_as_everywhere():
    frame = frame_of([0, 10_000, 20_000, 30_000])
    want = [[1], [2]]
    assert rows(ev.windows(frame, at=["10ms", "20ms", "30ms"])) == want
    for times in (
        [datetime.timedelta(milliseconds=ms) for ms in (10, 20, 30)],
        np.array([10_000, 20_000, 30_000]),
        np.array([10, 20, 30], "m8[ms]"),
        pl.Series([10_000, 20_000, 30_000]),
    ):
        assert rows(ev.windows(frame, at=times)) == want
    assert rows(ev.windows(frame, at=np.array([[10_000, 20_000], [20_000, 30_000]]))) == want
    assert rows(ev.windows(frame, "10ms", at=["20ms", "30ms"])) == want
    assert rows(ev.windows(frame, "10ms", at=["10ms", "20ms"], align="start")) == want
    assert list(ev.windows(frame, at=[])) == list(ev.windows(frame, at=[5])) == []


def test_an_overlap_is_another_word_for_a_stride():
    frame = frame_of(list(range(50)))
    for overlap, stride in ((0, 10), (4, 6), (9, 1)):
        assert rows(ev.windows(frame, 10, overlap=overlap)) == rows(
            ev.windows(frame, 10, stride=stride)
        )
        assert rows(ev.windows(frame, count=10, overlap=overlap)) == rows(
            ev.windows(frame, count=10, stride=stride)
        )


def test_windows_of_a_recording_are_those_of_its_events(evt2):
    x, _, t, _ = words.known()
    for how in (
        {"count": 70_001},
        {"count": 1000, "stride": 90_000, "start": "500ms", "end": "1s"},
        {"every": "100ms", "count": 7000},
        {"into": 7},
        {"into": 7, "by": "count"},
        {"at": [(300_000, 400_005), (300_010, 1_999_990)]},
        {"at": [300_000, 1_500_000], "count": 90_000},
        {"at": [300_000, 1_500_000], "count": 90_000, "align": "start"},
        {"at": [300_000, 1_500_000], "preset": "rvt"},
        {"at": [300_000, 1_500_000], "preset": "rvt", "count": 100},
        {"every": "300ms", "preset": "tonic", "end": "1s", "start": "10ms"},
        {"at": [(300_000, 400_005), (300_010, 1_999_990)], "preset": "dsec"},
    ):
        held = ev.from_arrays(x=x, y=x, t=t, polarity=np.ones(len(x), int))
        want = [(w.start, w.end, w.x.tolist()) for w in ev.windows(held, **how)]
        with ev.open(evt2) as rec:
            assert [(w.start, w.end, w.x.tolist()) for w in rec.windows(**how)] == want, how
            frame = rec.scan()
            assert [(w.start, w.end, w.x.tolist()) for w in ev.windows(frame, **how)] == want, how


def test_columns_are_views_of_the_events():
    batch = ev.from_arrays(x=[1, 2, 3, 4], y=[0] * 4, t=[0, 10, 20, 30], polarity=[1] * 4)
    for how in ({"every": 20}, {"count": 3}, {"at": [(5, 15)]}, {"into": 2}):
        for window in ev.windows(batch, **how):
            for name in ("x", "y", "t", "polarity"):
                assert np.shares_memory(getattr(window, name), batch.column(name))


def test_a_window_holds_events():
    batch = ev.from_arrays(x=[1, 2], y=[3, 4], t=[0, 10], polarity=[1, -1])
    window = next(ev.windows(batch, count=2))
    assert pl.DataFrame(window).equals(pl.DataFrame(batch))
    assert rows(ev.windows(window, count=1)) == [[1], [2]]
    assert repr(next(ev.windows(batch, 10, at=[10], preset="rvt"))) == (
        "<evarrow.Window [0, 10] us, 2 events>"
    )


def test_a_window_knows_the_sensor_that_the_events_know(evt2):
    with ev.open(evt2) as rec:
        size = rec.resolution
        sources = (rec, str(evt2), rec.select(), pa.table(rec), next(rec.batches()))
        for how in ({"every": "100ms"}, {"count": 1000}, {"into": 3}, {"into": 3, "by": "count"}):
            for source in sources:
                window = next(ev.windows(source, **how))
                assert window.resolution == size
                image = ev.representations.count_image(window)
                assert image.shape == (2, size[1], size[0])
                assert image.sum() == len(window)
                assert pa.table(window).schema.metadata[b"evarrow.width"] == str(size[0]).encode()
        assert next(ev.windows(window, count=1)).resolution == size
        kept = ev.filters.background_activity(window, "1ms")
        assert len(kept) < len(window)
        empty = next(rec.windows(at=[(-20, -10)]))
        assert not ev.representations.voxel_grid(empty, 2).any()
        assert next(ev.windows(rec.read(), count=1)).resolution is None


def test_a_window_of_some_columns_is_no_window_of_events(evt2):
    with ev.open(evt2) as rec:
        window = next(rec.windows(count=2, columns=["x", "t"]))
    with pytest.raises(ValueError, match="no column 'y'"):
        pl.DataFrame(window)


def test_rvt_closes_windows_on_both_sides():
    frame = frame_of([0, 50_000, 100_000, 100_001])
    windows = list(ev.windows(frame, at=[50_000, 100_000], preset="rvt"))
    assert rows(windows) == [[0, 1], [1, 2]]
    assert rows(ev.windows(frame, count=2, at=[50_000, 100_000], preset="rvt")) == [[0, 1], [1, 2]]
    assert windows[0].closed == "both"


def test_dsec_leaves_out_windows_whose_millisecond_is_not_reached():
    frame = frame_of([0, 1500, 2999, 3000])
    assert rows(ev.windows(frame, at=[(0, 1501), (1000, 2999), (2000, 3001)], preset="dsec")) == [
        [0, 1],
        [1],
    ]


def test_dv_leaves_out_the_window_that_is_not_over():
    frame = frame_of([0, 500, 999, 1000, 1500, 3100, 3200, 5000])
    want = [[0, 1, 2], [3, 4], [], [5, 6], []]
    assert rows(ev.windows(frame, 1000, preset="dv")) == want
    assert rows(ev.windows(frame, count=3, preset="dv")) == [[0, 1, 2], [3, 4, 5]]


def test_tonic_by_its_documented_cases():
    frame = frame_of([0, 10, 20, 30])
    assert rows(ev.windows(frame, 10, preset="tonic")) == [[0], [1], [2]]
    assert rows(ev.windows(frame, 10, preset="tonic", partial=True)) == [[0], [1], [2]]
    frame = frame_of(list(range(0, 101, 10)))
    assert [len(w) for w in ev.windows(frame, into=3, preset="tonic")] == [4, 3, 3]
    spans = [(w.start, w.end) for w in ev.windows(frame, into=2, overlap=0.5, preset="tonic")]
    assert spans == [(0, 75), (38, 113)]  # 37.5 and 112.5: the whole times from there on


@pytest.mark.parametrize(
    ("how", "error", "words"),
    [
        ({}, ValueError, "none of these"),
        ({"every": 5, "into": 3}, ValueError, "every and into"),
        ({"every": 5, "count": 2, "at": [1]}, ValueError, "every and count and at"),
        ({"every": 5, "count": 2, "stride": 2}, ValueError, "stride goes with"),
        ({"every": 5, "count": 2, "overlap": 2}, ValueError, "do not overlap"),
        ({"every": 5, "overlap": 5}, ValueError, "less than a window"),
        ({"every": 5, "stride": 2, "overlap": 1}, ValueError, "takes the place of stride"),
        ({"into": 5, "overlap": 0.5}, ValueError, "preset=\"tonic\" alone"),
        ({"into": 5, "overlap": 1.5, "preset": "tonic"}, ValueError, "less than 1"),
        ({"into": 5, "by": "rows"}, ValueError, "by is"),
        ({"count": 0}, ValueError, "count must be at least 1"),
        ({"count": 1.5}, TypeError, "count must be an int"),
        ({"every": 5, "closed": "none"}, ValueError, "closed is"),
        ({"count": 5, "closed": "both"}, ValueError, "closed otherwise"),
        ({"at": [1, 2], "align": "start"}, ValueError, "align goes with"),
        ({"at": [1, 2], "every": 1, "align": "middle"}, ValueError, "align is"),
        ({"at": [2, 1], "every": 1}, ValueError, "must not decrease"),
        ({"at": [(2, 1)]}, ValueError, "start <= end"),
        ({"at": [(2, 1, 3)]}, ValueError, "start <= end"),
        ({"at": 5}, TypeError, "times or pairs"),
        ({"at": [1.5, 2]}, TypeError, "at must be an int"),
        ({"at": [1, 2], "start": 1}, ValueError, "do not go with at="),
        ({"every": 5, "preset": "evlib"}, ValueError, "preset is one of"),
        ({"every": 5, "preset": "rvt"}, ValueError, "cuts by every= with at="),
        ({"every": 5, "preset": "dsec"}, ValueError, "cuts by every= with at="),
        ({"at": [1, 2], "preset": "tonic"}, ValueError, "cuts by every= or count="),
        ({"every": 5, "count": 2, "preset": "dv"}, ValueError, "cuts by every= or count="),
        ({"every": 5, "stride": 2, "preset": "dv"}, ValueError, "neither overlap"),
        ({"every": 5, "closed": "both", "preset": "dv"}, ValueError, "closed=\"left\""),
    ],
)  # fmt: skip
def test_arguments_that_do_not_go_together(how, error, words):
    with pytest.raises(error, match=words):
        ev.windows(frame_of([1]), **how)


def test_times_that_decrease_are_an_error_however_it_is_cut():
    for how in ({"count": 2}, {"every": 5, "count": 2}, {"at": [10, 20]}, {"into": 2}):
        with pytest.raises(ValueError, match="order of time"):
            list(ev.windows(frame_of([5, 3]), **how))


def test_no_events_make_no_windows_but_those_that_are_asked_for():
    none = frame_of([])
    for how in ({"count": 2}, {"every": 5, "count": 2}, {"into": 2}, {"into": 2, "by": "count"}):
        assert list(ev.windows(none, **how)) == []
    assert [len(w) for w in ev.windows(none, at=[10, 20, 30])] == [0, 0]
    assert [len(w) for w in ev.windows(none, at=[10, 20, 30], count=5)] == [0, 0, 0]


def test_times_may_be_a_tensor():
    torch = pytest.importorskip("torch")
    frame = frame_of([0, 10_000, 20_000, 30_000])
    want = rows(ev.windows(frame, at=[10_000, 20_000, 30_000]))
    assert rows(ev.windows(frame, at=torch.tensor([10_000, 20_000, 30_000]))) == want
    pairs = torch.tensor([[10_000, 20_000], [20_000, 30_000]])
    assert rows(ev.windows(frame, at=pairs)) == want
