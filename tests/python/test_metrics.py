# SPDX-License-Identifier: Apache-2.0
"""Filters of noise are scored as the definitions say."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evarrow as ev
from evarrow.structural_ratio import _median_3x3


def batch_of(x, y, t=None, polarity=None):
    n = len(x)
    return ev.from_arrays(
        x=x, y=y, t=range(n) if t is None else t, polarity=[1] * n if polarity is None else polarity
    )


def test_counts_and_shares():
    kept = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    noise = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]
    one = ev.metrics.confusion(kept, noise)
    assert one == ev.metrics.Confusion(3, 2, 1, 4)
    assert (one.tpr, one.fpr, one.precision) == (0.6, 0.2, 0.75)
    assert (one.signal_retain, one.noise_remove, one.accuracy) == (0.6, 0.8, 0.7)
    assert one.f1 == pytest.approx(2 * 0.75 * 0.6 / (0.75 + 0.6))


def test_a_share_of_nothing_is_not_a_number():
    none = ev.metrics.confusion([], [])
    assert all(
        math.isnan(share) for share in (none.tpr, none.fpr, none.precision, none.f1, none.accuracy)
    )


def test_flags_are_checked():
    with pytest.raises(ValueError, match="kept has 1 flags and noise 2"):
        ev.metrics.confusion([1], [0, 1])
    with pytest.raises(ValueError, match="noise must hold True and False"):
        ev.metrics.confusion([1], [2])
    with pytest.raises(ValueError, match="one dimension"):
        ev.metrics.confusion([[1]], [0])


EVENT = st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 3), st.sampled_from([-1, 1]))


@settings(max_examples=200, deadline=None)
@given(events=st.lists(EVENT, max_size=20), data=st.data())
def test_what_was_kept_is_found(events, data):
    flags = data.draw(st.lists(st.booleans(), min_size=len(events), max_size=len(events)))
    frame = pl.DataFrame(
        events,
        orient="row",
        schema={"x": pl.Int16, "y": pl.Int16, "t": pl.Int64, "polarity": pl.Int8},
    )
    found = ev.metrics.kept(frame, frame.filter(pl.Series(flags, dtype=pl.Boolean)))
    # The same events, if not the same of equal ones: of those the first.
    left = [event for event, flag in zip(events, flags, strict=True) if flag]
    want = []
    for event in events:
        want.append(event in left)
        if want[-1]:
            left.remove(event)
    assert found.tolist() == want


def test_events_that_did_not_go_in_are_an_error():
    with pytest.raises(ValueError, match="did not go in"):
        ev.metrics.kept(batch_of([1], [1]), batch_of([2], [1]))
    with pytest.raises(ValueError, match="did not go in"):
        ev.metrics.kept(batch_of([1], [1]), batch_of([1, 1], [1, 1], t=[0, 0]))
    with pytest.raises(ValueError, match="did not go in"):
        ev.metrics.kept(batch_of([], []), batch_of([1], [1]))
    assert ev.metrics.kept(batch_of([], []), batch_of([], [])).tolist() == []


def test_polarities_of_0_and_minus_1_are_the_same(sample):
    binary = ev.open(sample, polarity_type="binary")
    assert ev.metrics.kept(sample, binary).all()


def test_a_sweep_is_a_curve():
    events = batch_of([1, 9, 2, 8], [0] * 4)
    noise = np.array([False, True, False, True])

    def crop(events, width):
        return ev.filters.box(events, region=(0, 0, width, 1))

    curve = ev.metrics.sweep(crop, (0, 2, 9, 10), events, noise)
    assert curve.tpr.tolist() == [0, 0.5, 1, 1]
    assert curve.fpr.tolist() == [0, 0, 0.5, 1]
    assert curve.auc == 0.875
    value, best = curve.best()
    assert (value, best.tpr, best.fpr) == (9, 1, 0.5)
    assert curve.best("precision")[0] == 2
    assert np.isnan(curve.of("precision")[0])
    # The same backwards: the curve is one of points, whatever their order.
    assert ev.metrics.sweep(crop, (10, 9, 2, 0), events, noise).auc == 0.875


def test_the_area_of_chance_is_a_half():
    score = ev.metrics.Confusion(signal_kept=5, signal_dropped=5, noise_kept=3, noise_dropped=3)
    assert ev.metrics.Sweep((1,), (score,)).auc == pytest.approx(0.5)
    better = ev.metrics.Confusion(signal_kept=8, signal_dropped=2, noise_kept=2, noise_dropped=8)
    area = ev.metrics.Sweep((1,), (better,)).auc
    assert area == pytest.approx(0.2 * 0.8 / 2 + 0.8 * (0.8 + 1) / 2)


def ratio(x, y, size, **how):
    return ev.metrics.esr(batch_of(x, y), resolution=size, count=len(x), **how).tolist()


def test_the_structural_ratio_of_known_packets():
    assert ratio([1] * 3 + [2] * 3, [0] * 6, (4, 4)) == pytest.approx([0.8777075], abs=1e-7)
    assert ratio(range(6), [0] * 6, (16, 1)) == [0]
    assert ratio([1] * 6, [0] * 6, (4, 4)) == pytest.approx([0.9993139], abs=1e-7)


def test_the_second_version_by_its_definition():
    chance = np.random.default_rng(5)
    n, width, height = 400, 9, 7
    x, y = chance.integers(0, width, n), chance.integers(0, height, n)
    counts = np.zeros((height + 2, width + 2))
    np.add.at(counts, (y + 1, x + 1), 1)
    median = np.array(
        [[np.median(counts[r : r + 3, c : c + 3]) for c in range(width)] for r in range(height)]
    )
    cells = width * height
    ntss = (median**2).sum() / n**2
    ln = (cells - (0.5**median).sum()) / cells
    want = 1000 * math.sqrt(ntss * ln)
    assert ratio(x, y, (width, height), version=2) == pytest.approx([want], rel=1e-12)


@settings(max_examples=100, deadline=None)
@given(
    image=st.tuples(st.integers(1, 5), st.integers(1, 5)).flatmap(
        lambda size: st.lists(
            st.lists(st.integers(0, 9), min_size=size[0], max_size=size[0]),
            min_size=size[1],
            max_size=size[1],
        )
    )
)
def test_the_median_of_nine(image):
    image = np.array(image)
    padded = np.pad(image, 1)
    want = [
        [np.median(padded[r : r + 3, c : c + 3]) for c in range(image.shape[1])]
        for r in range(image.shape[0])
    ]
    assert _median_3x3(image).tolist() == want


def test_packets_are_of_a_number_of_events_or_a_length(sample):
    n = len(ev.open(sample))
    assert len(ev.metrics.esr(sample, count=1000)) == n // 1000
    assert len(ev.metrics.esr(sample, count=1000, partial=True)) == -(-n // 1000)
    assert len(ev.metrics.esr(sample, every="10ms")) == 9
    assert len(ev.metrics.esr(sample)) == n // 30_000
    assert ev.metrics.esr(batch_of([], []), resolution=(1, 1)).shape == (0,)
    gap = batch_of([1, 1, 1], [1] * 3, t=[0, 1, 25])
    for version in (1, 2):
        assert ev.metrics.esr(gap, every=10, version=version, resolution=(4, 4))[1] == 0


def test_noise_has_less_structure_than_a_scene(sample):
    n = len(ev.open(sample))
    chance = np.random.default_rng(1)
    noise = batch_of(chance.integers(0, 64, n), chance.integers(0, 48, n))
    for version in (1, 2):
        how = {"count": 3000, "version": version}
        scene = ev.metrics.esr(sample, **how).mean()
        assert ev.metrics.esr(noise, resolution=(64, 48), **how).mean() < scene


def test_arguments_of_the_structural_ratio():
    events = batch_of([5, 1], [0, 0])
    with pytest.raises(ValueError, match="version is 1 or 2"):
        ev.metrics.esr(events, resolution=(4, 4), version=3)
    with pytest.raises(ValueError, match="not both"):
        ev.metrics.esr(events, resolution=(4, 4), count=3, every=3)
    with pytest.raises(ValueError, match="pass resolution="):
        ev.metrics.esr(events)
    with pytest.warns(ev.EvarrowWarning, match="1 events outside the 4x4"):
        ev.metrics.esr(events, resolution=(4, 4), count=2)
