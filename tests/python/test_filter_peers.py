# SPDX-License-Identifier: Apache-2.0
"""The filters leave what the libraries that they are named after leave."""

import datetime
import warnings

import numpy as np
import polars as pl
import pytest

from evarrow import filters

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning"),
]

SIZE = (64, 48)


def events_of(n=100_000, span=2_000_000, seed=0, start=0):
    """Random events, half of them in a corner, so that there is something to find."""
    chance = np.random.default_rng(seed)
    corner = chance.random(n) < 0.5
    return {
        "x": np.where(corner, chance.integers(0, 12, n), chance.integers(0, SIZE[0], n)),
        "y": np.where(corner, chance.integers(0, 9, n), chance.integers(0, SIZE[1], n)),
        "t": start + np.sort(chance.integers(0, span, n)),
        "polarity": chance.integers(0, 2, n),
    }


@pytest.fixture(scope="module")
def events():
    return events_of()


def rows_of(x, y, t, p):
    """Events as rows in an order that does not depend on ties."""
    rows = np.stack([np.asarray(one).astype(np.int64) for one in (t, x, y, p)])
    return rows[:, np.lexsort(rows[::-1])]


def check(one, events, theirs):
    """`one` leaves, of `events`, the rows `theirs`, which are some but not all."""
    kept = one(events)
    ours = rows_of(kept["x"], kept["y"], kept["t"], kept["polarity"])
    assert 0 < ours.shape[1] < len(events["t"])
    assert ours.shape == theirs.shape
    assert (ours == theirs).all()


def span(us):
    return datetime.timedelta(microseconds=us)


DV = {
    "background": (
        lambda noise: noise.BackgroundActivityNoiseFilter(SIZE, span(500)),
        filters.BackgroundActivity(500, profile="dv", resolution=SIZE),
    ),
    "k_noise": (
        lambda noise: noise.KNoiseFilter(SIZE, span(1000)),
        filters.KNoise(1000, resolution=SIZE),
    ),
    "fast_decay": (
        lambda noise: noise.FastDecayNoiseFilter(SIZE, span(3000)),
        filters.FastDecay(3000, resolution=SIZE),
    ),
    "low_pass": (
        lambda noise: noise.LowPassFilter(SIZE, 130.0),
        filters.LowPass(130.0, resolution=SIZE),
    ),
    "high_pass": (
        lambda noise: noise.HighPassFilter(SIZE, 130.0),
        filters.HighPass(130.0, resolution=SIZE),
    ),
    "band_pass": (
        lambda noise: noise.BandPassFilter(SIZE, 70.0, 300.0),
        filters.BandPass(70.0, 300.0, resolution=SIZE),
    ),
    "band_cut": (
        lambda noise: noise.BandCutFilter(SIZE, 70.0, 300.0),
        filters.BandCut(70.0, 300.0, resolution=SIZE),
    ),
}


# The others begin as if there had been an event at 0, which ours do not: they are compared for
# times far behind it.
AT_ZERO = ("background", "fast_decay")


def dv_store(events):
    dv = pytest.importorskip("dv_processing")
    store = dv.EventStore()
    for x, y, t, p in zip(*(events[name].tolist() for name in events), strict=True):
        store.push_back(t, x, y, bool(p))
    return store


@pytest.mark.parametrize("name", DV)
def test_filters_of_dv_processing(name):
    dv = pytest.importorskip("dv_processing")
    events = events_of(start=0 if name in AT_ZERO else 1_000_000)
    make, one = DV[name]
    theirs = make(dv.noise)
    theirs.accept(dv_store(events))
    left = theirs.generateEvents().numpy()
    check(one, events, rows_of(left["x"], left["y"], left["timestamp"], left["polarity"]))


def tonic_of(events):
    records = np.zeros(len(events["t"]), [("x", int), ("y", int), ("t", int), ("p", int)])
    for name, column in (("x", "x"), ("y", "y"), ("t", "t"), ("p", "polarity")):
        records[name] = events[column]
    return records


def test_filters_of_tonic(events):
    functional = pytest.importorskip("tonic.functional")
    some = {name: values[:20_000] for name, values in events.items()}
    for theirs, one in (
        (
            lambda records: functional.denoise_numpy(records, filter_time=400),
            filters.BackgroundActivity(400, profile="tonic", resolution=SIZE),
        ),
        (
            lambda records: functional.refractory_period_numpy(records, 5000),
            filters.Refractory(5000, profile="tonic", resolution=SIZE),
        ),
        (
            lambda records: functional.decimate_numpy(records, 3),
            filters.Decimate(3, resolution=SIZE),
        ),
    ):
        left = theirs(tonic_of(some))
        check(one, some, rows_of(left["x"], left["y"], left["t"], left["p"]))


def test_hot_pixels_of_tonic(events):
    functional = pytest.importorskip("tonic.functional")
    records = tonic_of(events)
    hot = functional.identify_hot_pixel(records, 100)
    left = functional.drop_pixel_numpy(records, hot)
    one = filters.HotPixels(threshold=100, profile="tonic", resolution=SIZE)
    check(one, events, rows_of(left["x"], left["y"], left["t"], left["p"]))


def test_filters_of_evlib(events):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        evlib = pytest.importorskip("evlib")
    frame = pl.DataFrame(
        {
            "x": events["x"].astype(np.int16),
            "y": events["y"].astype(np.int16),
            "t": pl.Series(events["t"]).cast(pl.Duration("us")),
            "polarity": events["polarity"].astype(np.int8),
        }
    )
    filtering = evlib.filtering
    for theirs, one in (
        (
            filtering.filter_noise(frame.lazy(), method="refractory", refractory_period_us=5000),
            filters.Refractory(5000, profile="evlib", resolution=SIZE),
        ),
        (
            filtering.filter_hot_pixels(frame.lazy(), threshold_percentile=99.0),
            filters.HotPixels(threshold=99.0, profile="evlib", resolution=SIZE),
        ),
    ):
        left = theirs.collect()
        rows = rows_of(left["x"], left["y"], left["t"].to_physical(), left["polarity"])
        check(one, events, rows)


def test_filters_of_eventcv(events):
    eventcv = pytest.importorskip("eventcv")
    columns = np.stack([events[name] for name in ("x", "y", "t", "polarity")], axis=1)
    stream = eventcv.from_numpy(columns, sensor_size=SIZE, time_unit="us")
    for theirs, one in (
        (stream.refractory_filter(5000), filters.Refractory(5000, resolution=SIZE)),
        (
            stream.refractory_filter(5000, refresh="all"),
            filters.Refractory(5000, reference="seen", resolution=SIZE),
        ),
        (
            stream.background_activity_filter(400),
            filters.BackgroundActivity(400, inclusive=True, resolution=SIZE),
        ),
        (
            stream.background_activity_filter(400, neighbourhood="cross"),
            filters.BackgroundActivity(400, neighbours=4, inclusive=True, resolution=SIZE),
        ),
        (stream.hot_pixel_filter(3.0), filters.HotPixels("deviation", 3, resolution=SIZE)),
        (stream.decimate(7), filters.Decimate(7, per="stream", keep="first")),
    ):
        left = theirs.numpy()
        check(one, events, rows_of(left[:, 0], left[:, 1], left[:, 2], left[:, 3]))
