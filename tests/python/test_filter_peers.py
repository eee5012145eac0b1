# SPDX-License-Identifier: Apache-2.0
"""The filters leave what the libraries that they are named after leave."""

import datetime

import numpy as np
import pytest
from peer_events import (
    dv_store,
    eventcv_stream,
    evlib_frame,
    evlib_module,
    evutils_array,
    rows_of,
    tonic_records,
)

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


def check(one, events, *theirs):
    """`one` leaves, of `events`, what `theirs` do (x, y, t, polarity): some but not all."""
    kept = one(events)
    ours = rows_of(kept["x"], kept["y"], kept["t"], kept["polarity"])
    assert 0 < ours.shape[1] < len(events["t"])
    assert np.array_equal(ours, rows_of(*theirs))


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


@pytest.mark.parametrize("name", DV)
def test_filters_of_dv_processing(name):
    dv = pytest.importorskip("dv_processing")
    events = events_of(start=0 if name in AT_ZERO else 1_000_000)
    make, one = DV[name]
    theirs = make(dv.noise)
    theirs.accept(dv_store(events))
    left = theirs.generateEvents().numpy()
    check(one, events, left["x"], left["y"], left["timestamp"], left["polarity"])


def test_places_and_polarities_of_dv_processing(events):
    dv = pytest.importorskip("dv_processing")
    mask = np.add.outer(np.arange(SIZE[1]), np.arange(SIZE[0])) % 3 > 0
    for theirs, one in (
        (dv.EventMaskFilter(mask.astype(np.uint8)), filters.Mask(mask)),
        (dv.EventRegionFilter((5, 3, 20, 9)), filters.Box(region=(5, 3, 25, 12))),
        (dv.EventPolarityFilter(True), filters.Box(polarity=1)),
        (dv.EventPolarityFilter(False), filters.Box(polarity=-1)),
    ):
        theirs.accept(dv_store(events))
        left = theirs.generateEvents().numpy()
        check(one, events, left["x"], left["y"], left["timestamp"], left["polarity"])


def test_filters_of_tonic(events):
    functional = pytest.importorskip("tonic.functional")
    records = tonic_records(events)
    for left, one in (
        (
            functional.denoise_numpy(records, filter_time=400),
            filters.BackgroundActivity(400, profile="tonic", resolution=SIZE),
        ),
        (
            functional.refractory_period_numpy(records, 5000),
            filters.Refractory(5000, profile="tonic", resolution=SIZE),
        ),
        (functional.decimate_numpy(records, 3), filters.Decimate(3, resolution=SIZE)),
        (
            functional.drop_pixel_numpy(records, functional.identify_hot_pixel(records, 100)),
            filters.HotPixels(threshold=100, profile="tonic", resolution=SIZE),
        ),
    ):
        check(one, events, left["x"], left["y"], left["t"], left["p"])


def test_filters_of_evlib(events):
    filtering = evlib_module("filtering")
    frame = evlib_frame(events).lazy()
    rois = [(5, 20, 3, 9), (15, 40, 5, 30)]
    regions = [(x0, y0, x1 + 1, y1 + 1) for x0, x1, y0, y1 in rois]
    for theirs, one in (
        (
            filtering.filter_noise(frame, method="refractory", refractory_period_us=5000),
            filters.Refractory(5000, profile="evlib", resolution=SIZE),
        ),
        (
            filtering.filter_hot_pixels(frame, threshold_percentile=99.0),
            filters.HotPixels(threshold=99.0, profile="evlib", resolution=SIZE),
        ),
        # Its bounds are in seconds and inclusive.
        (
            filtering.filter_by_time(frame, 0.5, 1.25),
            filters.Box(start=500_000, end=1_250_001),
        ),
        (filtering.filter_by_roi(frame, *rois[0]), filters.Box(region=regions[0])),
        (filtering.filter_multiple_rois(frame, rois), filters.Regions(regions, resolution=SIZE)),
        (filtering.filter_by_polarity(frame, -1), filters.Box(polarity=-1)),
    ):
        left = theirs.collect()
        check(one, events, left["x"], left["y"], left["t"].to_physical(), left["polarity"])


def test_filters_of_eventcv(events):
    stream = eventcv_stream(events, SIZE)
    mask = np.add.outer(np.arange(SIZE[1]), np.arange(SIZE[0])) % 3 > 0
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
        (stream.mask(mask), filters.Mask(mask)),
        (stream.filter_polarity(1), filters.Box(polarity=1)),
        (stream.time_window(1000, 500_000), filters.Box(start=1000, end=500_000)),
    ):
        check(one, events, *theirs.numpy().T)


def test_refractory_periods_of_evutils(events):
    functional = pytest.importorskip("evutils.transforms.functional")
    left = functional.refractory_period(evutils_array(events), 5000)
    one = filters.Refractory(5000, reference="seen", strict=True, resolution=SIZE)
    check(one, events, left["x"], left["y"], left["t"], left["p"])
