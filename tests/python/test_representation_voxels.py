# SPDX-License-Identifier: Apache-2.0
import itertools

import numpy as np
import pytest
from representation_events import (
    SIZE,
    at_one_pixel,
    between,
    part,
    random_events,
    spread,
    voxels_of,
)

from evarrow import representations as reps

FIVE = at_one_pixel([0, 25, 50, 75, 100])


def one(events, bins, **options):
    return reps.voxel_grid(events, bins, resolution=(1, 1), **options).ravel()


def test_shares_of_five_events():
    assert one(FIVE, 3).tolist() == [1.5, 2, 1.5]


@pytest.mark.parametrize("n", [1, 2, 1_000, 300_000])
@pytest.mark.parametrize("bins", [1, 2, 10])
def test_the_grid_is_that_of_its_definition(n, bins):
    events = random_events(n)
    got = reps.voxel_grid(events, bins, resolution=SIZE)
    assert got.dtype == np.float32
    assert abs(got - voxels_of(events, bins)).max() < 1e-4


def test_windows_have_their_own_first_and_last_event():
    events = random_events(60_000)
    t0 = int(events["t"][0])
    got = reps.voxel_grid(events, 4, resolution=SIZE, every="100ms")
    for i, grid in enumerate(got):
        start = t0 + i * 100_000
        assert abs(grid - voxels_of(between(events, start, start + 100_000), 4)).max() < 1e-4
    got = reps.voxel_grid(events, 4, resolution=SIZE, count=7_000)
    for i, grid in enumerate(got):
        assert abs(grid - voxels_of(part(events, i * 7_000, (i + 1) * 7_000), 4)).max() < 1e-4


def test_events_at_one_time_are_in_the_first_bin():
    assert one(at_one_pixel([7, 7, 7]), 4).tolist() == [3, 0, 0, 0]
    assert one(at_one_pixel([7]), 1).tolist() == [1]


@pytest.mark.parametrize(
    ("profile", "want"),
    [
        ("zhu", [1.5, 2, 1.5]),
        ("e2vid", [1.5, 2, 1.5]),
        ("dsec", [1.5, 2, 1.5]),
        ("tonic", [1.25, 1.25, 1.25]),
        ("evlib", [1.25, 1.25, 1.25]),
        ("openeb", [1.25, 1.5, 1.25]),
        ("metavision-ml", [1.25, 1.5, 1.25]),
        ("openeb-torch", [1.25, 2, 1.75]),
    ],
)
def test_profiles_of_five_events(profile, want):
    plain = {"polarity": "signed", "step": 1, "clip": None}
    options = plain if profile in ("openeb", "metavision-ml") else {}
    assert one(FIVE, 3, profile=profile, **options) == pytest.approx(want, abs=1e-12)


def test_profiles_have_their_types_and_shapes():
    tonic = reps.voxel_grid(FIVE, 3, resolution=(2, 1), profile="tonic", count=5)
    assert tonic.shape == (1, 3, 1, 1, 2)
    assert tonic.dtype == np.float64
    assert reps.voxel_grid(FIVE, 3, resolution=(2, 1), profile="evlib").shape == (3, 1, 2)


def test_shares_of_openeb_are_left_out_at_the_ends():
    got = one(FIVE, 3, profile="openeb", step=1, clip=None)
    assert got.tolist() == [0, 1.25, 0, 1.5, 0, 1.25]
    signed = one(FIVE, 3, profile="openeb", step=1, clip=None, polarity="signed")
    assert signed.tolist() == [1.25, 1.5, 1.25]
    clipped = one(FIVE, 3, profile="metavision-ml", step=1, polarity="signed")
    assert clipped.tolist() == [1, 1, 1]
    assert one(FIVE, 3, profile="openeb").sum() == pytest.approx(4 / 63.75)


def test_shares_past_the_ends_of_openeb_torch_go_to_their_neighbours():
    events = random_events(50_000)
    for windows in ([(0, 1_000_000)], [(-70_000, 400_000), (300_000, 1_300_000)]):
        got = reps.voxel_grid(events, 7, profile="openeb-torch", windows=windows, resolution=SIZE)
        for grid, (start, end) in zip(got, windows, strict=True):
            some = between(events, start, end)
            at = (some["t"] - start) * 7 / (end - start) - 0.5
            left = np.clip(np.floor(at), 0, 6).astype(int)
            share = np.maximum(0, 1 - abs(left - at))
            want = np.zeros((7, 48, 64))
            for bin_, part_ in ((left, share), (np.minimum(left + 1, 6), 1 - share)):
                np.add.at(want, (bin_, some["y"], some["x"]), some["polarity"] * part_)
            assert abs(grid - want).max() < 1e-4


@pytest.mark.parametrize("clip", [None, 0.1])
@pytest.mark.parametrize("polarity", ["split", "signed"])
def test_steps_of_openeb_stay_within_the_clip_at_each_event(clip, polarity):
    events = random_events(3_000, size=(8, 6))
    t, p = events["t"], events["polarity"]
    at = 5 * (t - t[0]) / (t[-1] - t[0]) - 0.5
    want = np.zeros((10 if polarity == "split" else 5, 3, 4))
    for x, y, on, where in zip(events["x"], events["y"], p > 0, at, strict=True):
        for bin_ in (int(np.floor(where)), int(np.floor(where)) + 1):
            step = 0.2 / 4 * (1 - abs(where - bin_))
            if not 0 <= bin_ < 5:
                continue
            place = (2 * bin_ + on if polarity == "split" else bin_, y // 2, x // 2)
            step = step if on or polarity == "split" else -step
            want[place] = np.clip(want[place] + step, -(clip or np.inf), clip or np.inf)
    got = reps.voxel_grid(
        events,
        5,
        profile="metavision-ml",
        polarity=polarity,
        clip=clip,
        downsample=1,
        resolution=(8, 6),
    )
    assert got.shape == want.shape
    assert abs(got - want).max() < 1e-5
    assert clip is None or abs(abs(got).max() - clip) < 1e-6


@pytest.mark.parametrize("n", [500, 200_000])
def test_tonic_leaves_out_what_falls_behind(n):
    events = random_events(n)
    t = events["t"]
    want = spread(events, 10 * (t - t[0]) / (t[-1] - t[0]), 10)
    for profile in ("tonic", "evlib"):
        got = reps.voxel_grid(events, 10, resolution=SIZE, profile=profile)
        assert abs(got.reshape(want.shape) - want).max() < 1e-10


@pytest.mark.parametrize("n", [1_000, 200_000])
def test_mass_is_conserved_where_it_is_said_to_be(n):
    events = {**random_events(n), "polarity": np.ones(n, np.int8)}

    def mass(profile):
        grid = reps.voxel_grid(events, 10, resolution=SIZE, profile=profile)
        return abs(grid).sum(dtype=float)

    for profile in (None, "zhu", "e2vid", "openeb-torch"):
        assert mass(profile) == pytest.approx(n, rel=1e-9)
    t = events["t"]
    at = 10 * (t - t[0]) / (t[-1] - t[0])
    lost = (at[at >= 9] - 9).sum()  # the right shares of the last bin
    for profile in ("tonic", "evlib"):
        assert mass(profile) == pytest.approx(n - lost, rel=1e-9)
        assert lost >= 1


def test_windows_of_time_have_the_bounds_that_centres_are_of():
    events = at_one_pixel([40])
    got = reps.voxel_grid(
        events, 2, resolution=(1, 1), profile="openeb-torch", windows=[(0, 100)]
    ).ravel()
    assert got == pytest.approx([0.7, 0.3])


def test_values_are_normalized_as_asked():
    # 1, 2 and 3 in bins of their own, nothing in the first.
    events = at_one_pixel([0, 0, 1, 2, 2, 3, 3, 3], [0, 1, 1, 1, 1, 1, 1, 1])
    assert one(events, 4).tolist() == [0, 1, 2, 3]
    e2vid = one(events, 4, normalize="e2vid")
    assert e2vid == pytest.approx([0, -1.2247449, 0, 1.2247449])
    assert one(events, 4, normalize="dsec") == pytest.approx([0, -1, 0, 1])
    assert one(at_one_pixel([5]), 2, normalize="dsec").tolist() == [0, 0]


def test_rectified_events_are_shared_out_to_four_pixels():
    grid = np.zeros((1, 2, 2), np.float32)
    grid[0, 0] = -0.5, 0
    events = at_one_pixel([0])
    dsec = reps.voxel_grid(events, 1, rectify_map=grid, profile="dsec")
    assert dsec.ravel().tolist() == [0.5, -0.5]
    fixed = reps.voxel_grid(events, 1, rectify_map=grid, profile="dsec-fixed")
    assert fixed.ravel().tolist() == [0.5, 0]
    events = random_events(5_000, size=(8, 6))
    y, x = np.mgrid[:6, :8]
    same = np.stack([x, y], axis=-1)
    got = reps.voxel_grid(events, 5, rectify_map=same)
    assert abs(got - voxels_of(events, 5, (8, 6))).max() < 1e-4
    half = reps.voxel_grid(events, 5, rectify_map=same + 0.5)
    assert half.sum() < got.sum() or half.sum() != got.sum()
    mean = np.pad(got, ((0, 0), (1, 0), (1, 0)))
    want = (mean[:, 1:, 1:] + mean[:, :-1, 1:] + mean[:, 1:, :-1] + mean[:, :-1, :-1]) / 4
    assert abs(half - want).max() < 1e-4
    wild = np.full((6, 8, 2), np.nan)
    wild[0, 0] = 1e30, -1e30
    assert not reps.voxel_grid(events, 5, rectify_map=wild).any()


@pytest.mark.parametrize(("profile", "round_"), [("dsec", np.trunc), ("dsec-fixed", np.floor)])
def test_rectified_grids_are_those_of_their_definition(profile, round_):
    events, random = random_events(5_000, size=(8, 6)), np.random.default_rng(8)
    y, x = np.mgrid[:6, :8]
    table = (np.stack([x, y], axis=-1) + random.normal(0, 1.5, (6, 8, 2))).astype(np.float32)
    assert (table < 0).any()
    at_x, at_y = table[events["y"], events["x"]].astype(float).T
    at_t = 4 * (events["t"] - events["t"][0]) / (events["t"][-1] - events["t"][0])
    want = np.zeros((5, 6, 8))
    for corner in itertools.product((0, 1), repeat=3):
        place, weight = [], events["polarity"].astype(float)
        for at, more in zip((at_t, at_y, at_x), corner, strict=True):
            place.append(round_(at).astype(int) + more)
            weight = weight * (1 - abs(place[-1] - at))
        inside = np.logical_and.reduce(
            [(one >= 0) & (one < size) for one, size in zip(place, want.shape, strict=True)]
        )
        np.add.at(want, tuple(one[inside] for one in place), weight[inside])
    got = reps.voxel_grid(events, 5, rectify_map=table, profile=profile)
    assert abs(got - want).max() < 1e-4
    seen = got != 0
    normal = reps.voxel_grid(events, 5, rectify_map=table, profile=profile, normalize="dsec")
    by = (got[seen] - got[seen].mean()) / got[seen].std(ddof=1)
    assert abs(normal[seen] - by).max() < 1e-4
    assert not normal[~seen].any()


def test_smooth_kernels_conserve_mass_and_are_their_definition():
    events = {**random_events(2_000), "polarity": np.ones(2_000, np.int8)}
    for kernel in ("nearest", "triangle", "cubic", "gaussian"):
        grid = reps.smooth_voxel_grid(events, 6, resolution=SIZE, kernel=kernel)
        assert grid.sum() == pytest.approx(2_000, rel=1e-5)
    triangle = reps.smooth_voxel_grid(events, 6, resolution=SIZE, kernel="triangle")
    assert abs(triangle - voxels_of(events, 6)).max() < 1e-5
    cubic = reps.smooth_voxel_grid(
        at_one_pixel([0, 50, 100]), 5, resolution=(1, 1), conserve=False
    ).ravel()
    assert cubic == pytest.approx([2 / 3, 1 / 3, 2 / 3, 1 / 3, 2 / 3])


def weights_of(d, kernel, sigma, nearest):
    """What a kernel is at a distance, in bins."""
    if kernel == "nearest":
        return nearest * 1.0
    if kernel == "triangle":
        return np.maximum(0, 1 - d)
    if kernel == "gaussian":
        return np.exp(-d * d / (2 * sigma**2)) / (sigma * np.sqrt(2 * np.pi))
    far = np.where(d < 2, (2 - d) ** 3 / 6, 0)
    return np.where(d < 1, 2 / 3 - d * d + d**3 / 2, far)


@pytest.mark.parametrize("kernel", ["nearest", "triangle", "cubic", "gaussian"])
@pytest.mark.parametrize("bins", [1, 2, 5])
@pytest.mark.parametrize("conserve", [True, False])
def test_smooth_kernels_share_events_out(kernel, bins, conserve):
    events = random_events(4_000, span=40)
    t, sigma = events["t"], 0.3
    at = (t - t[0]) / (t[-1] - t[0]) * (bins - 1)
    number = np.arange(bins)[:, None]
    nearest = number == np.floor(at + 0.5)
    weights = weights_of(abs(at - number), kernel, sigma, nearest)
    reach = np.ceil(4 * sigma)
    if kernel == "gaussian":
        weights[abs(number - np.floor(at + 0.5)) > reach] = 0
    if conserve:
        weights /= weights.sum(axis=0)
    want = np.zeros((bins, SIZE[1], SIZE[0]))
    for bin_, row in enumerate(weights * events["polarity"]):
        np.add.at(want[bin_], (events["y"], events["x"]), row)
    got = reps.smooth_voxel_grid(
        events, bins, kernel=kernel, sigma=sigma, conserve=conserve, resolution=SIZE
    )
    assert abs(got - want).max() < 1e-5


@pytest.mark.parametrize("bins", [1, 2, 9])
def test_spike_tensors_have_triangles(bins):
    events = random_events(4_000, span=40)
    t = events["t"]
    share = (t - t[0]) / (t[-1] - t[0])
    want = np.zeros((2, bins, SIZE[1], SIZE[0]))
    on = (events["polarity"] > 0) * 1
    for i in range(bins):
        kernel = np.maximum(0, 1 - (bins - 1) * abs(share - i / max(bins - 1, 1)))
        np.add.at(want[:, i], (on, events["y"], events["x"]), share * kernel)
    got = reps.spike_tensor(events, bins, resolution=SIZE)
    assert abs(got.reshape(want.shape) - want).max() < 1e-5


def test_spike_tensors_take_any_kernel():
    events = random_events(3_000)
    t = events["t"]
    share = (t - t[0]) / (t[-1] - t[0])
    for weighted in (True, False):
        got = reps.spike_tensor(events, 5, resolution=SIZE, weighted=weighted)
        weight = share if weighted else np.ones(len(t))
        for on in (0, 1):
            some = (events["polarity"] > 0) == on
            part_ = {name: values[some] for name, values in events.items()}
            want = spread(part_, 4 * share[some], 5, weights=weight[some])
            assert abs(got[5 * on : 5 * on + 5] - want).max() < 1e-4
    gauss = reps.spike_tensor(events, 5, resolution=SIZE, kernel=lambda d: np.exp(-9 * d * d))
    want = sum((share * np.exp(-9 * (share - i / 4) ** 2)).sum() for i in range(5))
    assert gauss.sum() == pytest.approx(want, rel=1e-4)
    flat = reps.spike_tensor(events, 2, resolution=SIZE, kernel=[1, 1], weighted=False)
    assert flat.sum() == 6_000


def test_voxel_options_that_make_no_sense():
    def refused(match, **options):
        with pytest.raises(ValueError, match=match):
            reps.voxel_grid(FIVE, 3, resolution=(1, 1), **options)

    refused("profile must be one of", profile="mine")
    refused("normalize must be one of", normalize="max")
    refused("neither normalized", profile="openeb", normalize="dsec")
    refused("alone", step=2)
    refused("has the profile", profile="tonic", rectify_map=np.zeros((1, 1, 2)))
    refused("shape", rectify_map=np.zeros((1, 2)))
    refused("for each pixel", rectify_map=np.zeros((2, 2, 2)))
