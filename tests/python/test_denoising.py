# SPDX-License-Identifier: Apache-2.0
"""All filters: how they cut, what they change, and what they refuse."""

import inspect
import itertools
import pickle

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evarrow as ev
from evarrow import filters

SIZE = (5, 4)
NAMES = ("x", "y", "t", "polarity")
EVERY = [
    filters.Box(start=3, end=50, polarity=1),
    filters.Refractory(7, resolution=SIZE),
    filters.Refractory(7, profile="tonic", resolution=SIZE),
    filters.BackgroundActivity(9, resolution=SIZE),
    filters.BackgroundActivity(9, profile="tonic", resolution=SIZE),
    filters.SpatioTemporalCorrelation(9, 2, profile="jaer", resolution=SIZE),
    filters.YNoise(9, 2, resolution=SIZE),
    filters.KNoise(6, resolution=SIZE),
    filters.SpatioTemporalContrast(9, resolution=SIZE),
    filters.Trail(9, resolution=SIZE),
    filters.LowPass(100_000, resolution=SIZE),
    filters.HighPass(100_000, resolution=SIZE),
    filters.BandPass(50_000, 300_000, resolution=SIZE),
    filters.BandCut(50_000, 300_000, resolution=SIZE),
    filters.AntiFlicker(20_000, 900_000, start=1, stop=1, resolution=SIZE),
    filters.FastDecay(9, block=2, threshold=1.5, resolution=SIZE),
    filters.TimeSurface(9, resolution=SIZE),
    filters.AgePolarity(9, resolution=SIZE),
    filters.Mask(np.eye(4, 5)),
    filters.Polygon([(0, 0), (4, 0), (2, 3.5)], resolution=SIZE),
    filters.Regions([(0, 0, 2, 2), (3, 3, 9, 9)], invert=True, resolution=SIZE),
    filters.HotPixels(threshold=1, resolution=SIZE),
    filters.RateLimit(200_000, burst=2),
    filters.Decimate(3, resolution=SIZE),
    filters.Decimate(3, per="stream"),
    filters.FlipPolarity(),
    filters.HoldTime(),
    filters.MergePolarities(),
    filters.Downsample(2, step=10),
    filters.Integrate(2, step=10, resolution=SIZE),
    filters.Differentiate(2, step=10, threshold=1, resolution=SIZE),
]


def frame_of(rows):
    x, y, t, polarity = (
        (np.array(column) for column in zip(*rows, strict=True)) if rows else [[]] * 4
    )
    return pl.DataFrame(ev.from_arrays(x=x, y=y, t=t, polarity=polarity))


TIMES = st.one_of(st.integers(-30, 90), st.sampled_from([-(2**62), 2**62 - 7, 2**62]))
ROWS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), TIMES, st.booleans()), max_size=60)


@pytest.mark.parametrize("one", EVERY, ids=repr)
def test_cuts_and_kinds_do_not_matter(one):
    @settings(max_examples=25, deadline=None)
    @given(ROWS, st.lists(st.integers(0, 60), max_size=4), st.booleans())
    def check(rows, cuts, in_order):
        rows = sorted(rows, key=lambda row: row[2]) if in_order else rows
        frame = frame_of(rows)
        edges = sorted({0, *(min(cut, frame.height) for cut in cuts), frame.height})
        pieces = [frame[a:b] for a, b in itertools.pairwise(edges)] or [frame]
        whole = one(frame)
        assert one(pl.concat(pieces, rechunk=False)).equals(whole)
        assert one(frame.lazy()).collect().equals(whole)
        columns = {name: frame[name].to_physical().to_numpy() for name in frame.columns}
        kept = one(columns)
        for name in frame.columns:
            assert (kept[name] == whole[name].to_physical().to_numpy()).all()
        parts = [pl.DataFrame(b) for b in ev.Pipeline([one]).batches(pl.concat(pieces))]
        assert pl.concat([frame.clear(), *parts]).equals(whole)

    check()


@pytest.mark.parametrize("one", EVERY, ids=repr)
def test_filters_are_values_with_a_function_each(one):
    again = pickle.loads(pickle.dumps(one))
    assert repr(again) == repr(one)
    assert isinstance(one, filters.Mask) or again == one
    function = getattr(filters, one.name)
    assert next(iter(inspect.signature(function).parameters)) == "events"
    for section in ("Parameters", "Returns", "Examples"):
        assert f"{section}\n---" in inspect.getdoc(function)


def test_every_filter_is_tested_here():
    classes = [getattr(filters, name) for name in filters.__all__ if name[0].isupper()]
    ours = {kind for kind in classes if kind not in (filters.Filter, filters.SensorFilter)}
    assert {type(one) for one in EVERY} <= ours


def test_recordings_go_through_all_of_them(sample):
    size = {"resolution": None}
    frame = ev.read(sample)
    for one in EVERY:
        wide = type(one)(**{**vars(one), **size}) if hasattr(one, "resolution") else one
        if isinstance(one, filters.Mask):
            wide = filters.Mask(np.indices((48, 64)).sum(0) % 2)
        pipeline = ev.Pipeline([wide], resolution=(64, 48))
        want = pipeline(frame)
        counts = pipeline.counts[0]
        assert (counts.events_in, counts.events_out) == (frame.height, want.height)
        assert pipeline(sample).collect().equals(want)


def test_binary_polarities_stay_binary(sample):
    binary = ev.read(sample, polarity_type="binary")
    off = binary["polarity"] == 0
    with ev.open(sample, polarity_type="binary") as rec:
        assert (filters.flip_polarity(rec).collect()["polarity"] == off).all()
        made = filters.integrate(rec).collect()["polarity"]
        assert set(made.unique()) == {0, 1}
    assert (filters.flip_polarity(binary)["polarity"] == off).all()
    columns = {name: binary[name].to_physical().to_numpy() for name in binary.columns}
    assert (filters.flip_polarity(columns)["polarity"] == off.to_numpy()).all()
    more = binary.with_columns(pl.col("polarity").cast(pl.Boolean), label=pl.lit(1))
    flipped = filters.flip_polarity(more)
    assert flipped.schema == more.schema
    assert (flipped["polarity"] == ~more["polarity"]).all()


def test_columns_cannot_follow_events_that_are_made(sample):
    frame = ev.read(sample).with_columns(label=pl.lit(1))
    for events in (frame, frame.lazy(), frame.to_dict(as_series=False)):
        with pytest.raises(ValueError, match=r"columns \['label'\]"):
            filters.integrate(events, resolution=(64, 48))
    made = filters.integrate(frame.drop("label").with_columns(pl.col("t").to_physical()),
                             resolution=(64, 48))  # fmt: skip
    assert made.schema["t"] == pl.Int64
    structured = filters.integrate(
        frame.drop("label").to_numpy(structured=True), resolution=(64, 48)
    )
    assert (structured["x"] == made["x"].to_numpy()).all()


def test_the_sensor_shrinks_behind_a_downsampling(sample):
    half = ev.Pipeline([filters.Downsample(2), filters.Refractory(0, outside="raise")])
    assert half(sample).collect()["x"].max() < 32
    with ev.open(sample) as rec:
        core = half.build(rec.resolution)
        schema = core.export_schema(rec.core_scan("events", {}))
    assert schema is not None


def test_hot_pixels_learn_from_what_comes_out_before_them():
    x = [1] * 50 + [2] * 5 + [3] * 5 + [4] * 5
    batch = ev.from_arrays(x=x, y=[0] * 65, t=range(65), polarity=[1] * 65)
    alone = filters.HotPixels(threshold=3, resolution=SIZE)
    assert set(alone(batch).x.tolist()) == {2, 3, 4}
    behind = ev.Pipeline([filters.Box(start=45), alone])
    assert set(behind(batch).x.tolist()) == {1, 2, 3, 4}
    assert alone(pl.DataFrame(batch).lazy()).collect().height == 15


def test_events_kept_or_flickering_are_all():
    t = np.sort(np.random.default_rng(1).integers(0, 10**6, 20_000))
    batch = ev.from_arrays(x=t % 5, y=t % 4, t=t, polarity=np.arange(20_000) % 2)
    options = {"low": 5, "high": 900, "tolerance": "50ms", "resolution": SIZE}
    kept = filters.anti_flicker(batch, **options)
    dropped = filters.anti_flicker(batch, invert=True, **options)
    assert len(kept) + len(dropped) == 20_000
    assert 0 < len(kept) < 20_000


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: filters.BackgroundActivity(0), "window"),
        (lambda: filters.BackgroundActivity(5, neighbours=6), "4 or 8"),
        (lambda: filters.BackgroundActivity(5, profile="jaer"), "profile"),
        (lambda: filters.SpatioTemporalCorrelation(5, 9), "1 and 8"),
        (lambda: filters.LowPass(0), "frequency"),
        (lambda: filters.BandPass(200, 100), "low to high"),
        (lambda: filters.AntiFlicker(stop=9), "stop"),
        (lambda: filters.HotPixels("rate"), "threshold"),
        (lambda: filters.HotPixels("best"), "method"),
        (lambda: filters.HotPixels("quantile", 2), "quantile"),
        (lambda: filters.RateLimit(0), "rate"),
        (lambda: filters.Decimate(0), "decimate"),
        (lambda: filters.Decimate(2, per="row"), "per"),
        (lambda: filters.Mask([1, 2]), "height, width"),
        (lambda: filters.Polygon([(0, 0), (1, 1)]), "three corners"),
        (lambda: filters.Polygon([(0, 0), (1, 1), (0, float("nan"))]), "finite"),
        (lambda: filters.Regions([(5, 0, 1, 1)]), "region"),
        (lambda: filters.Integrate(0), "block"),
        (lambda: filters.Downsample(step=0), "step"),
        (lambda: filters.FastDecay(threshold=-1), "threshold"),
    ],
)
def test_options_that_make_no_sense_are_named_at_once(make, says):
    with pytest.raises(ValueError, match=says):
        make()


def test_a_mask_is_for_its_sensor(sample):
    with pytest.raises(ValueError, match="mask is for 5 x 4"):
        filters.mask(sample, np.ones((4, 5)))
