# SPDX-License-Identifier: Apache-2.0
"""The presets of windows give what the libraries that they are named after give."""

import datetime
import itertools

import numpy as np
import pytest

import evarrow as ev

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning"),
]


def recordings():
    """Times of several kinds: steady, with gaps, tied, few."""
    chance = np.random.default_rng(3)
    yield np.arange(0, 1001, 10)
    yield np.cumsum(chance.integers(0, 40, 500))
    yield 1_000_000 + np.cumsum(chance.integers(0, 3, 400) * chance.choice([1, 1, 1, 300], 400))
    yield np.sort(chance.integers(0, 20, 100))
    yield np.array([5])
    yield np.array([5, 5, 5])
    yield np.array([0, 1])


def batch_of(t):
    n = len(t)
    return ev.from_arrays(x=np.arange(n), y=[0] * n, t=t, polarity=[1] * n)


def check(slicer, t, how):
    records = np.zeros(len(t), [("x", "i2"), ("y", "i2"), ("t", "i8"), ("p", "i1")])
    records["x"], records["t"] = np.arange(len(t)), t
    metadata = slicer.get_slice_metadata(records, None)
    theirs = slicer.slice_with_metadata(records, None, metadata)[0]
    ours = [window.x.tolist() for window in ev.windows(batch_of(t), preset="tonic", **how)]
    assert ours == [part["x"].tolist() for part in theirs], (how, t)


@pytest.fixture
def slicers():
    return pytest.importorskip("tonic.slicers")


@pytest.mark.parametrize("partial", [False, True])
def test_windows_by_time_are_those_of_tonic(slicers, partial):
    for t, length, overlap in itertools.product(recordings(), (1, 7, 100, 5000), (0, 3, 50)):
        if overlap < length:
            slicer = slicers.SliceByTime(length, overlap, partial)
            check(slicer, t, {"every": length, "overlap": overlap, "partial": partial})


@pytest.mark.parametrize("partial", [False, True])
def test_windows_between_times_are_those_of_tonic(slicers, partial):
    for t, length, (start, end) in itertools.product(
        recordings(), (7, 100), ((3, None), (None, 150), (10, 400))
    ):
        if t[0] > 1000 or (end is not None and end <= (t[0] if start is None else start)):
            continue
        slicer = slicers.SliceByTime(length, 2, partial, start, end)
        bounds = {"start": start, "end": end}
        check(slicer, t, {"every": length, "overlap": 2, "partial": partial, **bounds})


@pytest.mark.parametrize("partial", [False, True])
def test_windows_by_count_are_those_of_tonic(slicers, partial):
    for t, count, overlap in itertools.product(recordings(), (1, 7, 100, 5000), (0, 3, 50)):
        if overlap < count:
            slicer = slicers.SliceByEventCount(count, overlap, partial)
            check(slicer, t, {"count": count, "overlap": overlap, "partial": partial})


@pytest.mark.parametrize("overlap", [0.0, 0.1, 0.25, 0.5, 0.9])
def test_bins_are_those_of_tonic(slicers, overlap):
    for t, into in itertools.product(recordings(), (1, 2, 3, 7, 10, 33)):
        how = {"into": into, "overlap": overlap}
        check(slicers.SliceByTimeBins(into, overlap), t, how)
        check(slicers.SliceByEventBins(into, overlap), t, {**how, "by": "count"})


def sliced(t, *, every=None, count=None, cuts=()):
    """Return the numbers of the events of each window of dv, given to it in pieces."""
    dv = pytest.importorskip("dv_processing")
    out = []
    slicer = dv.EventStreamSlicer()
    take = lambda events: out.append([event.x() for event in events])  # noqa: E731
    if every is not None:
        slicer.doEveryTimeInterval(datetime.timedelta(microseconds=every), take)
    else:
        slicer.doEveryNumberOfElements(count, take)
    for begin, end in itertools.pairwise([0, *cuts, len(t)]):
        store = dv.EventStore()
        for i in range(begin, end):
            store.push_back(int(t[i]), i, 0, True)
        slicer.accept(store)
    return out


@pytest.mark.parametrize("how", [{"every": 100}, {"every": 7}, {"count": 7}, {"count": 100}])
def test_windows_are_those_of_dv(how):
    for t in recordings():
        ours = [window.x.tolist() for window in ev.windows(batch_of(t), preset="dv", **how)]
        assert ours == sliced(t, **how), (how, t)
        assert ours == sliced(t, **how, cuts=(len(t) // 3, len(t) // 2)), (how, t)
