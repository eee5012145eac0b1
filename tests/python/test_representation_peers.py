# SPDX-License-Identifier: Apache-2.0
"""Other libraries make the same arrays of the same events.

What a library is known to do otherwise is named where it is compared.
"""

import numpy as np
import pytest
from peer_events import (
    eventcv_stream,
    evlib_frame,
    evlib_module,
    evutils_array,
    tonic_records,
)
from representation_events import SIZE, at_one_pixel, part, random_events

import evarrow as ev
from evarrow import representations as reps

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning"),
]

W, H = SIZE
EVENTS = random_events(200_000)
FIRST, LAST = (int(EVENTS["t"][i]) for i in (0, -1))


@pytest.fixture(scope="module")
def tonic():
    return pytest.importorskip("tonic.functional")


@pytest.fixture(scope="module")
def evlib():
    return evlib_module("representations")


@pytest.fixture(scope="module")
def frame():
    return evlib_frame(EVENTS)


@pytest.fixture(scope="module")
def stream():
    return eventcv_stream(EVENTS, SIZE)


def check_frames(tonic, theirs, ours, at_once=None):
    """tonic's frames are those of evarrow's windows, one by one and, of time, in one call."""
    want = tonic.to_frame_numpy(tonic_records(EVENTS), (W, H, 2), **theirs)
    windows = list(ev.windows(EVENTS, preset="tonic", **ours))
    got = [reps.count_image(one, profile="tonic", resolution=SIZE) for one in windows]
    assert want.dtype == got[0].dtype == np.int16
    assert np.array_equal(got, want)
    if at_once is None:
        at_once = {"windows": [(one.start, one.end) for one in windows]}
    got = reps.count_image(EVENTS, profile="tonic", resolution=SIZE, **at_once)
    assert np.array_equal(got, want)


@pytest.mark.parametrize("overlap", [0, 0.5])
@pytest.mark.parametrize("bins", [1, 3, 7, 10])
def test_tonic_frames_of_equal_spans(tonic, bins, overlap):
    theirs = {"n_time_bins": bins, "overlap": overlap}
    check_frames(tonic, theirs, {"into": bins, "overlap": overlap})
    theirs = {"n_event_bins": bins, "overlap": overlap}
    length = int(len(EVENTS["t"]) // bins * (1 + overlap))
    rows = [(i, i + length) for i in range(0, bins * length, int(length * (1 - overlap)))][:bins]
    ours = {"into": bins, "by": "count", "overlap": overlap}
    check_frames(tonic, theirs, ours, at_once={"rows": rows})


@pytest.mark.parametrize("incomplete", [False, True])
@pytest.mark.parametrize("overlap", [0, 35_000])
def test_tonic_frames_of_a_length(tonic, overlap, incomplete):
    theirs = {"time_window": 70_000, "overlap": overlap, "include_incomplete": incomplete}
    check_frames(tonic, theirs, {"every": 70_000, "overlap": overlap, "partial": incomplete})


@pytest.mark.parametrize("incomplete", [False, True])
@pytest.mark.parametrize("overlap", [0, 15_000])
def test_tonic_frames_of_a_count(tonic, overlap, incomplete):
    theirs = {"event_count": 30_000, "overlap": overlap, "include_incomplete": incomplete}
    ours = {"count": 30_000, "overlap": overlap, "partial": incomplete}
    last = len(EVENTS["t"]) - overlap if incomplete else len(EVENTS["t"]) - 29_999
    rows = [(i, i + 30_000) for i in range(0, last, 30_000 - overlap)]
    check_frames(tonic, theirs, ours, at_once={"rows": rows})


def test_tonic_counts_wrap(tonic):
    many = {name: np.repeat(values[:1], 40_000) for name, values in EVENTS.items()}
    many["t"] = np.arange(40_000)
    want = tonic.to_frame_numpy(tonic_records(many), (W, H, 2), event_count=40_000)
    got = reps.count_image(many, count=40_000, profile="tonic", resolution=SIZE)
    assert np.array_equal(got, want)
    assert got.min() == -25_536


def test_tonic_images():
    transforms = pytest.importorskip("tonic.transforms")
    want = transforms.ToImage(sensor_size=(W, H, 2))(tonic_records(EVENTS))
    got = reps.count_image(EVENTS, profile="tonic", resolution=SIZE)
    assert got.dtype == want.dtype
    assert np.array_equal(got, want)


def test_evlib_counts(evlib, frame):
    bins = 7
    table = evlib.create_event_frame(frame, H, W, bins)
    want = evlib.densify_event_frame(table, bins, 2, H, W)
    width = (LAST - FIRST) // bins
    pairs = [(FIRST + i * width, FIRST + (i + 1) * width) for i in range(bins)]
    got = reps.count_image(EVENTS, windows=pairs, profile="evlib", resolution=SIZE)
    assert got.dtype == want.dtype
    assert np.array_equal(got, want)
    # Of windows that it calls bins, evlib leaves out all but the first ten.
    table = evlib.create_stacked_histogram(frame, H, W, 10, 50.0)
    ours = reps.count_image(EVENTS, every="50ms", resolution=SIZE, sparse=True)
    ours = ours.filter(ours["window"] < 10)
    keys = ["time_bin", "polarity", "y", "x"]
    assert np.array_equal(ours.to_numpy(), table.select(*keys, "count").sort(keys).to_numpy())
    table = evlib.create_mixed_density_stack(frame, H, W).sort("y", "x")  # sums alone
    for name, polarity in (("polarity_sum", "signed"), ("count", "merged")):
        image = reps.count_image(EVENTS, polarity=polarity, resolution=SIZE)
        assert np.array_equal(image[table["y"], table["x"]], table[name])


@pytest.mark.parametrize("smaller", [False, True])
@pytest.mark.parametrize("backend", ["rust", "polars"])
def test_evlib_stacked_histograms_of_rvt(tmp_path, backend, smaller):
    h5py = pytest.importorskip("h5py")
    pytest.importorskip("hdf5plugin")  # what its file is compressed with
    ends = np.arange(100_000, LAST, 50_000)
    some = part(EVENTS, 0, 60_000)
    some["t"] = np.sort(some["t"] // 500 * 500)  # many on the edges of windows
    some["x"], some["y"] = np.where(np.arange(60_000) % 3 > 0, 5, [some["x"], some["y"]])
    with h5py.File(tmp_path / "in.h5", "w") as file:
        events = file.create_group("events")
        for name, values in (("x", some["x"]), ("y", some["y"]), ("p", some["polarity"] > 0)):
            events[name] = values.astype(np.uint16)
        events["t"], events["height"], events["width"] = some["t"], H, W
    folder, path = tmp_path / "out", tmp_path / "in.h5"
    made = evlib_module("rvt").process_sequence(
        path, folder, "gen1", H, W, ends, smaller, backend=backend
    )
    with h5py.File(made) as file:
        want = file["data"][:]
    # Its counts stay at 255 where RVT's wrap.
    how = {"at": ends, "preset": "rvt", "profile": "rvt-saturate", "resolution": SIZE}
    got = reps.stacked_histogram(some, 10, **how)
    assert np.array_equal(reps.stacked_histogram(path, 10, **how), got)
    got = got[..., 1::2, 1::2] if smaller else got
    assert got.dtype == want.dtype
    assert np.array_equal(got, want)


def test_voxel_grids_of_five_events(tonic, evlib):
    five = at_one_pixel([0, 25, 50, 75, 100])
    want = tonic.to_voxel_grid_numpy(tonic_records(five), (1, 1, 2), n_time_bins=3)
    assert want.ravel() == pytest.approx([1.25, 1.25, 1.25], abs=1e-12)
    got = reps.voxel_grid(five, 3, profile="tonic", resolution=(1, 1))
    assert got == pytest.approx(want, abs=1e-12)
    table = evlib.create_voxel_grid(evlib_frame(five), 1, 1, 3)
    dense = evlib.densify_voxel_grid(table, 3, 1, 1)
    got = reps.voxel_grid(five, 3, profile="evlib", resolution=(1, 1))
    assert got.ravel() == pytest.approx(dense.ravel(), abs=1e-12)


def test_voxel_grids_of_one_time(tonic, evlib):
    twice = at_one_pixel([7, 7])
    with pytest.raises(IndexError), np.errstate(invalid="ignore"):
        tonic.to_voxel_grid_numpy(tonic_records(twice), (1, 1, 2), n_time_bins=3)
    table = evlib.create_voxel_grid(evlib_frame(twice), 1, 1, 3)
    assert evlib.densify_voxel_grid(table, 3, 1, 1).ravel().tolist() == [2, 0, 0]
    for profile in ("tonic", "evlib"):
        got = reps.voxel_grid(twice, 3, profile=profile, resolution=(1, 1))
        assert got.ravel().tolist() == [2, 0, 0]


def test_tonic_and_evlib_voxel_grids(tonic, evlib, frame):
    want = tonic.to_voxel_grid_numpy(tonic_records(EVENTS), (W, H, 2), n_time_bins=10)
    got = reps.voxel_grid(EVENTS, 10, profile="tonic", resolution=SIZE)
    assert got.shape == want.shape
    assert abs(got - want).max() < 1e-10
    dense = evlib.densify_voxel_grid(evlib.create_voxel_grid(frame, H, W, 10), 10, H, W)
    got = reps.voxel_grid(EVENTS, 10, profile="evlib", resolution=SIZE)
    assert abs(got - dense.reshape(got.shape)).max() < 1e-10


def test_tonic_and_evlib_time_surfaces(tonic, evlib, frame):
    dt, tau = 100_000, 40_000
    want = tonic.to_timesurface_numpy(tonic_records(EVENTS), (W, H, 2), dt=dt, tau=tau)
    got = reps.time_surface(EVENTS, tau, every=dt, profile="tonic", resolution=SIZE)
    assert got.shape == want.shape
    assert np.allclose(got, want, atol=1e-14, rtol=0)
    table = evlib.create_time_surface(frame, H, W, float(dt), float(tau))
    dense = evlib.densify_time_surface(table, len(got), 2, H, W, float(dt), float(tau), FIRST)
    assert np.allclose(got, dense, atol=1e-14, rtol=0)


@pytest.mark.parametrize(("decay", "name"), [("linear", "lin"), ("exponential", "exp")])
def test_tonic_averaged_surfaces(tonic, decay, name):
    events = part(EVENTS, 0, 500)
    want = tonic.to_averaged_timesurface_numpy(
        tonic_records(events),
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
    events = {**EVENTS, "t": EVENTS["t"] - FIRST}
    span = int(events["t"][-1]) // 8 * 8
    frames = tonic.to_frame_numpy(tonic_records(events), (W, H, 2), n_time_bins=8)
    want = tonic.to_bina_rep_numpy(frames, n_frames=1, n_bits=8)
    got = reps.bina_rep(events, 8, windows=[(0, span)], resolution=SIZE)
    assert np.allclose(got, want, atol=1e-6)


def test_eventcv_counts(stream):
    want = np.squeeze(stream.count().numpy())
    assert np.array_equal(reps.count_image(EVENTS, polarity="merged", resolution=SIZE), want)


def test_eventcv_voxel_grids(stream):
    # Its grid ends at the last event and begins window_us before: here, where an event is.
    for begin in (0, 120_000):
        start = int(EVENTS["t"][begin])
        want = stream.voxel(bins=10, window_us=LAST - start).numpy()
        span = {"windows": [(start, LAST)], "closed": "both"}
        got = reps.voxel_grid(EVENTS, 10, resolution=SIZE, **span)[0]
        assert got.dtype == want.dtype
        assert abs(got - want).max() < 1e-5 * abs(want).max()


def test_eventcv_time_surfaces(stream):
    # ON comes before OFF.
    want = stream.tsurf(tau_us=40_000).numpy()[::-1]
    got = reps.time_surface(EVENTS, 40_000, resolution=SIZE)
    assert got.dtype == want.dtype
    assert abs(got - want).max() < 1e-6
    want = stream.atsurf(tau_us=40_000).numpy()[::-1]
    got = reps.time_surface(EVENTS, 40_000, average=True, resolution=SIZE)
    assert abs(got - want).max() < 1e-6
    spans = (20_000, 70_000)
    want = stream.mcts(windows_us=list(spans)).numpy()
    fading = [reps.time_surface(EVENTS, tau, kind="linear", resolution=SIZE) for tau in spans]
    assert abs(np.concatenate(np.stack(fading, axis=1)) - want).max() < 1e-6


def test_eventcv_colors_and_points(stream):
    want = stream.tencode(window_us=LAST - FIRST).numpy().astype(int)
    assert abs(reps.tencode(EVENTS, resolution=SIZE) - want).max() <= 1  # rounding
    assert abs(reps.point_set(EVENTS, SIZE) - stream.pset().numpy()).max() < 1e-6


def test_eventcv_warped_images():
    some = part(EVENTS, 0, 2_001)
    assert (some["t"][0] + some["t"][-1]) % 2 == 0  # it cuts the middle off to whole microseconds
    for motion in ((300.0, -150.0), (0.0, 0.0)):
        want = eventcv_stream(some, SIZE).iwe(list(motion)).numpy()
        got = reps.warped_image(some, motion, reference="middle", resolution=SIZE)
        assert abs(got - want).max() < 1e-4


def test_evutils_counts_and_surfaces():
    dense = pytest.importorskip("evutils.dense")
    array = evutils_array(EVENTS)
    # ON, nothing, OFF.
    counts = reps.count_image(EVENTS, resolution=SIZE)
    want = dense.histogram(array, W, H, dtype=np.uint32)
    assert np.array_equal(np.moveaxis(want[..., ::-2], 2, 0), counts)
    span = LAST - FIRST
    want = dense.voxel_histogram(array, W, H, n_bins=10, dt=span + 1, dtype=np.uint32)
    step = (span + 1) // 10
    got = reps.count_image(EVENTS, every=step, end=FIRST + 10 * step, start=FIRST, resolution=SIZE)
    assert np.array_equal(np.moveaxis(want[..., ::-2], 3, 1), got)
    # With the sign of the last event.
    want = dense.timesurface(array, W, H, tau=40_000)
    got = reps.time_surface(EVENTS, 40_000, polarity="merged", resolution=SIZE)
    assert abs(got - abs(want)).max() < 1e-6
    off, on = reps.time_surface(EVENTS, 40_000, resolution=SIZE)
    assert np.array_equal((want > 0)[on != off], (on > off)[on != off])
