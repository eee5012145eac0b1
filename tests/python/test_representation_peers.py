# SPDX-License-Identifier: Apache-2.0
"""Other libraries make the same arrays of the same events.

What a library is known to do otherwise is named where it is compared.
"""

import warnings

import numpy as np
import pytest
from representation_events import SIZE, random_events

from evarrow import representations as reps

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning"),
]

W, H = SIZE
EVENTS = random_events(200_000)


def tonic_events(events=EVENTS):
    dtype = [("x", "i2"), ("y", "i2"), ("t", "i8"), ("p", "i1")]
    out = np.empty(len(events["t"]), dtype)
    for name, key in zip("xyt", ("x", "y", "t"), strict=True):
        out[name] = events[key]
    out["p"] = events["polarity"] > 0
    return out


@pytest.fixture(scope="module")
def tonic():
    return pytest.importorskip("tonic.functional")


@pytest.fixture(scope="module")
def evlib():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("evlib.representations")


@pytest.fixture(scope="module")
def frame():
    import polars as pl

    return pl.DataFrame(EVENTS).with_columns(pl.col("t").cast(pl.Duration("us")))


def slices_of_time(t, width, overlap=0, incomplete=False):
    """tonic's SliceByTime: a last event at the end of a slice is in none."""
    stride = width - overlap
    count = (t[-1] - t[0] - width) / stride + 1
    count = max(int(np.ceil(count) if incomplete else np.floor(count)), 1)
    return [(int(t[0] + i * stride), int(t[0] + i * stride + width)) for i in range(count)]


@pytest.mark.parametrize("bins", [1, 3, 7, 10])
def test_tonic_frames_of_equal_spans(tonic, bins):
    want = tonic.to_frame_numpy(tonic_events(), (W, H, 2), n_time_bins=bins)
    t = EVENTS["t"]
    width = int(t[-1] - t[0]) // bins
    pairs = [(int(t[0]) + i * width, int(t[0]) + (i + 1) * width) for i in range(bins)]
    got = reps.count_image(EVENTS, windows=pairs, profile="tonic", resolution=SIZE)
    assert got.dtype == want.dtype
    assert np.array_equal(got, want)


@pytest.mark.parametrize("incomplete", [False, True])
@pytest.mark.parametrize("overlap", [0, 35_000])
def test_tonic_frames_of_a_length(tonic, overlap, incomplete):
    want = tonic.to_frame_numpy(
        tonic_events(),
        (W, H, 2),
        time_window=70_000,
        overlap=overlap,
        include_incomplete=incomplete,
    )
    pairs = slices_of_time(EVENTS["t"], 70_000, overlap, incomplete)
    got = reps.count_image(EVENTS, windows=pairs, profile="tonic", resolution=SIZE)
    assert np.array_equal(got, want)


@pytest.mark.parametrize("incomplete", [False, True])
def test_tonic_frames_of_a_count(tonic, incomplete):
    want = tonic.to_frame_numpy(
        tonic_events(), (W, H, 2), event_count=30_000, include_incomplete=incomplete
    )
    got = reps.count_image(
        EVENTS, count=30_000, partial=incomplete, profile="tonic", resolution=SIZE
    )
    assert np.array_equal(got, want)


def test_tonic_counts_wrap(tonic):
    many = {name: np.repeat(values[:1], 40_000) for name, values in EVENTS.items()}
    many["t"] = np.arange(40_000)
    want = tonic.to_frame_numpy(tonic_events(many), (W, H, 2), event_count=40_000)
    got = reps.count_image(many, count=40_000, profile="tonic", resolution=SIZE)
    assert np.array_equal(got, want)
    assert got.min() == -25_536


def test_tonic_and_evlib_voxel_grids(tonic, evlib, frame):
    want = tonic.to_voxel_grid_numpy(tonic_events(), (W, H, 2), n_time_bins=10)
    got = reps.voxel_grid(EVENTS, 10, profile="tonic", resolution=SIZE)
    assert got.shape == want.shape
    assert abs(got - want).max() < 1e-10
    dense = evlib.densify_voxel_grid(evlib.create_voxel_grid(frame, H, W, 10), 10, H, W)
    got = reps.voxel_grid(EVENTS, 10, profile="evlib", resolution=SIZE)
    assert abs(got - dense.reshape(got.shape)).max() < 1e-10


def test_tonic_and_evlib_time_surfaces(tonic, evlib, frame):
    dt, tau = 100_000, 40_000
    want = tonic.to_timesurface_numpy(tonic_events(), (W, H, 2), dt=dt, tau=tau)
    got = reps.time_surface(EVENTS, tau, every=dt, profile="tonic", resolution=SIZE)
    assert got.shape == want.shape
    assert np.allclose(got, want, atol=1e-14, rtol=0)
    table = evlib.create_time_surface(frame, H, W, float(dt), float(tau))
    start = float(EVENTS["t"][0])
    dense = evlib.densify_time_surface(table, len(got), 2, H, W, float(dt), float(tau), start)
    assert np.allclose(got, dense, atol=1e-14, rtol=0)


@pytest.mark.parametrize(("decay", "name"), [("linear", "lin"), ("exponential", "exp")])
def test_tonic_averaged_surfaces(tonic, decay, name):
    events = {key: values[:500] for key, values in EVENTS.items()}
    want = tonic.to_averaged_timesurface_numpy(
        tonic_events(events),
        (W, H, 2),
        cell_size=10,
        surface_size=7,
        time_window=500_000,
        tau=5_000,
        decay=name,
    )
    got = reps.averaged_time_surface(events, decay=decay, resolution=SIZE)
    assert np.allclose(got, np.asarray(want).reshape(got.shape), atol=1e-5)


def test_tonic_binary_fractions(tonic):
    # tonic makes them of frames, whose spans are rounded down.
    events = {**EVENTS, "t": EVENTS["t"] - EVENTS["t"][0]}
    t = events["t"]
    span = int(t[-1]) // 8 * 8
    frames = tonic.to_frame_numpy(tonic_events(events), (W, H, 2), n_time_bins=8)
    want = tonic.to_bina_rep_numpy(frames, n_frames=1, n_bits=8)
    got = reps.bina_rep(events, 8, windows=[(0, span)], resolution=SIZE)
    assert np.allclose(got, want, atol=1e-6)


def test_eventcv_counts():
    ecv = pytest.importorskip("eventcv")
    table = np.stack([EVENTS[k].astype(np.int64) for k in ("x", "y", "t", "polarity")], 1)
    table[:, 3] = table[:, 3] > 0
    stream = ecv.from_numpy(table, sensor_size=SIZE, time_unit="us")
    want = np.squeeze(stream.count().numpy())
    assert np.array_equal(reps.count_image(EVENTS, polarity="merged", resolution=SIZE), want)


def dv_store(events):
    dv = pytest.importorskip("dv_processing")
    store = dv.EventStore()
    columns = (events["t"], events["x"], events["y"], events["polarity"] > 0)
    for row in zip(*(values.tolist() for values in columns), strict=True):
        store.push_back(*row)
    return dv, store


SMALL = (16, 12)
SOME = random_events(20_000, size=SMALL, start=1)  # dv takes 0 for never


def test_dv_time_surfaces():
    dv, store = dv_store(SOME)
    surface = dv.TimeSurface(SMALL)
    surface.accept(store)
    want = surface.generateFrame().image
    got = reps.time_surface(SOME, profile="dv", resolution=SMALL)
    # As long as every pixel has an event: else dv takes 0 for the least time.
    assert abs(got.astype(int) - want.astype(int)).max() <= 1


def test_dv_accumulators():
    dv, store = dv_store(SOME)
    accumulator = dv.Accumulator(SMALL)
    accumulator.accept(store)
    want = accumulator.generateFrame().image
    contribution = accumulator.getEventContribution()
    greatest = accumulator.getMaxPotential()
    got = reps.decayed_image(SOME, contribution=contribution, greatest=greatest, resolution=SMALL)
    assert abs(got.astype(int) - want.astype(int)).max() <= 1
    edges = dv.EdgeMapAccumulator(SMALL)
    edges.accept(store)
    want = edges.generateFrame().image
    got = reps.edge_map(SOME, resolution=SMALL)
    assert abs(got.astype(int) - want.astype(int)).max() <= 1
