# SPDX-License-Identifier: Apache-2.0
"""Other libraries make the same of the same real recordings, whose clocks are not at 0."""

import datetime

import numpy as np
import pytest
from peer_events import (
    dv_store,
    eventcv_stream,
    evlib_frame,
    evlib_module,
    rows_of,
    tonic_records,
)

import evarrow as ev
from evarrow import filters
from evarrow import representations as reps

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning"),
]


@pytest.fixture(scope="module", params=["faery_evt2_gen3.raw", "tonic_sample.aedat4"])
def recording(corpus, request):
    with ev.open(corpus / "real" / request.param) as opened:
        yield opened


@pytest.fixture(scope="module")
def events(recording):
    frame = recording.read(limit=200_000)
    return {name: frame[name].to_physical().to_numpy() for name in frame.columns}


@pytest.fixture
def size(recording):
    return recording.resolution


def test_arrays_of_eventcv(events, size):
    stream = eventcv_stream(events, size)
    got = reps.count_image(events, polarity="merged", resolution=size)
    assert np.array_equal(got, np.squeeze(stream.count().numpy()))
    span = int(events["t"][-1] - events["t"][0])
    want = stream.voxel(bins=5, window_us=span).numpy()
    got = reps.voxel_grid(events, 5, resolution=size)
    assert abs(got - want).max() < 1e-5 * abs(want).max()
    for average, made in ((False, stream.tsurf), (True, stream.atsurf)):
        got = reps.time_surface(events, 20_000, average=average, resolution=size)
        assert abs(got - made(tau_us=20_000).numpy()[::-1]).max() < 1e-6


def test_arrays_of_tonic_and_evlib(events, size):
    tonic = pytest.importorskip("tonic.functional")
    width, height = size
    records = tonic_records(events)
    want = tonic.to_voxel_grid_numpy(records.copy(), (width, height, 2), n_time_bins=5)
    got = reps.voxel_grid(events, 5, profile="tonic", resolution=size)
    assert abs(got - want).max() < 1e-10 * max(abs(want).max(), 1)
    evlib = evlib_module("representations")
    table = evlib.create_voxel_grid(evlib_frame(events), height, width, 5)
    dense = evlib.densify_voxel_grid(table, 5, height, width)
    got = reps.voxel_grid(events, 5, profile="evlib", resolution=size)
    assert abs(got - dense.reshape(got.shape)).max() < 1e-10 * max(abs(want).max(), 1)
    want = tonic.to_frame_numpy(records, (width, height, 2), n_time_bins=5)
    got = reps.count_image(events, profile="tonic", into=5, preset="tonic", resolution=size)
    assert np.array_equal(got, want)


def test_accumulators_of_dv(events, size):
    dv = pytest.importorskip("dv_processing")
    accumulator = dv.Accumulator(size)
    accumulator.accept(dv_store(events))
    want = accumulator.generateFrame().image.astype(int)
    got = reps.decayed_image(events, resolution=size)
    assert abs(got - want).max() <= 1


def test_filters_of_all(events, size):
    def check(one, *theirs):
        kept = one(events)
        ours = rows_of(kept["x"], kept["y"], kept["t"], kept["polarity"])
        assert 0 < ours.shape[1] < len(events["t"])
        assert np.array_equal(ours, rows_of(*theirs))

    stream = eventcv_stream(events, size)
    left = stream.refractory_filter(1000).numpy()
    check(filters.Refractory(1000, resolution=size), *left.T)
    left = stream.background_activity_filter(2000).numpy()
    check(filters.BackgroundActivity(2000, inclusive=True, resolution=size), *left.T)
    dv = pytest.importorskip("dv_processing")
    noise = dv.noise.BackgroundActivityNoiseFilter(size, datetime.timedelta(milliseconds=2))
    noise.accept(dv_store(events))
    left = noise.generateEvents().numpy()
    one = filters.BackgroundActivity(2000, profile="dv", resolution=size)
    check(one, left["x"], left["y"], left["timestamp"], left["polarity"])
