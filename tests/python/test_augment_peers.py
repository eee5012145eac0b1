# SPDX-License-Identifier: Apache-2.0
"""Geometry and augmentations do what those of tonic do, given the same draws."""

import numpy as np
import pytest

import evarrow as ev

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning"),
]
F = ev.filters
WIDTH, HEIGHT = 34, 26
SENSOR = (WIDTH, HEIGHT, 2)
DTYPE = np.dtype([("x", "<i2"), ("y", "<i2"), ("t", "<i8"), ("p", "<i1")])


functional = pytest.importorskip("tonic.functional")
transforms = pytest.importorskip("tonic.transforms")


@pytest.fixture
def records():
    chance = np.random.default_rng(2)
    out = np.zeros(3000, DTYPE)
    out["x"], out["y"] = chance.integers(0, WIDTH, 3000), chance.integers(0, HEIGHT, 3000)
    out["t"] = np.cumsum(chance.integers(0, 30, 3000))
    out["p"] = chance.integers(0, 2, 3000)
    return out


def check(ours, theirs):
    for name in DTYPE.names:
        assert np.array_equal(ours[name], theirs[name]), name


def patched(monkeypatch, **draws):
    """Let NumPy's global generator draw these numbers."""
    for name, value in draws.items():
        monkeypatch.setattr(np.random, name, lambda *_, value=value, **__: value)


def test_time_jitter(records, monkeypatch):
    ours = F.TimeJitter(200, sort=False, drop_negative=True, profile="tonic", seed=5)
    patched(monkeypatch, normal=ours.drawn(len(records)))
    theirs = functional.time_jitter_numpy(
        records.copy(), std=200, clip_negative=True, sort_timestamps=False
    )
    check(ours(records), theirs)


def test_spatial_jitter(records, monkeypatch):
    ours = F.SpatialJitter((2, 1.5), clip=True, profile="tonic", seed=5, resolution=(WIDTH, HEIGHT))
    patched(monkeypatch, multivariate_normal=ours.drawn(len(records)))
    theirs = functional.spatial_jitter_numpy(
        records.copy(), SENSOR, var_x=4, var_y=2.25, sigma_xy=0, clip_outliers=False
    )
    theirs["x"] = np.clip(theirs["x"], 0, WIDTH - 1)
    theirs["y"] = np.clip(theirs["y"], 0, HEIGHT - 1)
    check(ours(records), theirs)


def test_drop_by_time(records, monkeypatch):
    for seed in range(5):
        ours = F.DropTime(0.3, profile="tonic", seed=seed)
        last = records["t"].max()
        patched(monkeypatch, uniform=ours.drawn()["begin"] * (last - 0.3 * last))
        check(ours(records), functional.drop_by_time_numpy(records.copy(), 0.3))


def test_drop_events_leaves_out_a_fifth_of_a_thousand(records):
    assert len(F.drop_events(records[:1000], 0.2, exact=True)) == 800


def test_drop_events_leaves_as_many(records):
    for share in (0.1, 0.25, 0.5):
        ours = F.drop_events(records, share, exact=True)
        assert len(ours) == len(functional.drop_event_numpy(records.copy(), share))


def test_flips_and_reversal(records):
    size = {"resolution": (WIDTH, HEIGHT)}
    check(F.flip_x(records, **size), transforms.RandomFlipLR(SENSOR, p=1)(records.copy()))
    check(F.flip_y(records, **size), transforms.RandomFlipUD(SENSOR, p=1)(records.copy()))

    theirs = transforms.RandomTimeReversal(p=1)(records.copy())
    check(F.reverse_time(records, profile="tonic"), theirs)
    theirs = transforms.RandomTimeReversal(p=1, flip_polarities=False)(records.copy())
    check(F.reverse_time(records, profile="tonic", flip_polarity=False), theirs)


def test_drop_by_area(records, monkeypatch):
    for corner in ((0, 0), (8, 4), (20, 18)):
        values = iter(corner)
        monkeypatch.setattr(np.random, "randint", lambda *_, values=values: next(values))
        theirs = functional.drop_by_area_numpy(records.copy(), SENSOR, 0.3)
        x0, y0, x1, y1 = F.DropArea(0.3).drawn((WIDTH, HEIGHT))["region"]
        region = (*corner, corner[0] + x1 - x0, corner[1] + y1 - y0)
        check(F.drop_area(records, region=region, resolution=(WIDTH, HEIGHT)), theirs)


def test_time_skew(records):
    ours = F.scale_time(records, 1.37, offset=12, profile="tonic")
    check(ours, functional.time_skew_numpy(records.copy(), coefficient=1.37, offset=12))


def test_center_crop(records):
    for size in ((10, 8), (11, 9), (40, 30)):
        theirs = transforms.CenterCrop(SENSOR, size)(records.copy())
        check(F.center_crop(records, size, resolution=(WIDTH, HEIGHT)), theirs)
