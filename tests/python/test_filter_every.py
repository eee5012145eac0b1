# SPDX-License-Identifier: Apache-2.0
"""What every filter can do, whatever it keeps."""

import inspect

import numpy as np
import polars as pl
import pytest
from representation_events import at_one_pixel, part, random_events

import evarrow as ev
from evarrow import filters

SIZE = (16, 12)
EVENTS = random_events(20_000, size=SIZE)
COLUMNS = ("x", "y", "t", "polarity")
CAMERA = [[12.0, 0, 8], [0, 12.0, 6], [0, 0, 1]]
PIXELS = np.stack(np.meshgrid(np.arange(16), np.arange(12)), axis=-1).astype(np.float32)
ARGUMENTS = {
    "AddNoise": {"rate": 2.0},
    "Affine": {"matrix": [[1.0, 0.3, -2.0], [0.0, 0.9, 1.0]]},
    "AntiFlicker": {"low": 5.0, "high": 500.0, "start": 1, "stop": 1},
    "BackgroundActivity": {"window": "20ms"},
    "BandCut": {"low": 2.0, "high": 50.0},
    "BandPass": {"low": 2.0, "high": 50.0},
    "Box": {"region": (3, 2, 13, 10), "polarity": 1},
    "CenterCrop": {"size": (10, 8)},
    "Crop": {"region": (2, 2, 12, 10)},
    "Decimate": {"n": 3},
    "Differentiate": {"step": "20ms"},
    "Downsample": {"block": 2, "step": "1ms"},
    "DropArea": {"share": 0.4},
    "DropEvents": {"share": 0.5},
    "DropPixels": {"share": 0.3},
    "DropTime": {"share": 0.3},
    "FastDecay": {"half_life": "20ms"},
    "HighPass": {"frequency": 50.0},
    "Homography": {"matrix": [[1.0, 0.2, 0.0], [0.0, 1.1, 0.0], [0.0, 0.01, 1.0]]},
    "HotPixels": {"threshold": 2},
    "Integrate": {"step": "20ms"},
    "KNoise": {"window": "20ms"},
    "LowPass": {"frequency": 50.0},
    "Mask": {"pixels": PIXELS.sum(axis=-1) % 3 > 0},
    "Maybe": {"filter": filters.FlipPolarity(), "chance": 1.0},
    "Mix": {"other": ev.from_arrays(**part(EVENTS, 0, 500))},
    "Polygon": {"vertices": [(8, 1), (15, 11), (1, 11)]},
    "RandomCrop": {"size": (10, 8)},
    "RandomRotate": {"degrees": 30},
    "RateLimit": {"rate": 5_000},
    "Rectify": {"map": PIXELS + 0.7},
    "Refractory": {"period": "10ms"},
    "Regions": {"regions": [(0, 0, 5, 12), (11, 0, 16, 12)]},
    "Rescale": {"factor": 0.5},
    "Rotate": {"angle": 30},
    "ScaleTime": {"factor": 0.5, "offset": "15ms"},
    "SpatialJitter": {"deviation": 2.0},
    "SpatioTemporalContrast": {"window": "30ms"},
    "SpatioTemporalCorrelation": {"window": "20ms", "least": 2},
    "TimeJitter": {"deviation": "3ms"},
    "TimeSurface": {"tau": "20ms", "threshold": 0.2},
    "Trail": {"window": "30ms"},
    "Undistort": {"matrix": CAMERA, "distortion": (-0.35, 0.15, 0.0, 0.0)},
    "YNoise": {"window": "20ms"},
}
BASES = ("Filter", "Seeded", "SensorFilter")
EVERY = [name for name in filters.__all__ if not name.islower() and name not in BASES]
CREATING = ("AddNoise", "Differentiate", "Integrate", "Mix")
# These put events among others, so that both have to be in order.
NEEDING_ORDER = ("AddNoise", "Mix", "TimeJitter")
# These do not look where events are.
ANYWHERE = (
    *("AddNoise", "Downsample", "DropArea", "DropEvents", "DropTime", "EventDrop", "FlipPolarity"),
    *("HoldTime", "Maybe", "MergePolarities", "Mix", "RateLimit", "ReverseTime", "ScaleTime"),
    "TimeJitter",
)
# These leave out what is not in a region, which is no reason to warn.
IN_A_REGION = ("Box", "CenterCrop", "Crop", "RandomCrop")


def made(name):
    """A filter of that name."""
    kind = getattr(filters, name)
    size = {"resolution": SIZE} if "resolution" in inspect.signature(kind).parameters else {}
    return kind(**ARGUMENTS.get(name, {}), **size)


@pytest.fixture(params=EVERY)
def name(request):
    return request.param


@pytest.fixture
def through(name):
    return ev.Pipeline([made(name)], resolution=SIZE)


def rows_of(events):
    return np.stack([np.asarray(events[name]).astype(np.int64) for name in COLUMNS])


@pytest.fixture(scope="module")
def frame():
    return pl.DataFrame(EVENTS).with_columns(pl.col("t").cast(pl.Duration("us")))


def test_it_changes_something_and_counts(name, through):
    out = rows_of(through(EVENTS))
    counts = through.counts[0]
    assert (counts.events_in, counts.events_out) == (20_000, out.shape[1])
    assert out.shape[1] > 100
    # Time does not step back here.
    assert np.array_equal(out, rows_of(EVENTS)) == (name == "HoldTime")


def test_none_or_one_event_and_events_at_one_time(name, through):
    none = part(EVENTS, 0, 0)
    assert len(through(none)["t"]) == (500 if name == "Mix" else 0)
    for events in (at_one_pixel([5]), at_one_pixel([5, 5, 5])):
        out = through(events)
        assert name in CREATING or len(out["t"]) <= len(events["t"])


def test_huge_times(name, through):
    if name == "AddNoise":
        with pytest.raises(ValueError, match="the clock of this recording has jumped"):
            through(at_one_pixel([-(2**62), 0, 2**62]))
        return
    out = through(at_one_pixel([-(2**62), 0, 2**62]))
    assert name in CREATING or len(out["t"]) <= 3
    if name == "ScaleTime":
        with pytest.raises(ValueError, match="does not fit in 64 bits"):
            through(at_one_pixel([-(2**63), 2**63 - 1]))
        return
    out = through(at_one_pixel([-(2**63), 2**63 - 1]))
    assert name in CREATING or len(out["t"]) <= 2


def test_times_in_no_order(name, through):
    mixed = {key: values[::-1].copy() for key, values in part(EVENTS, 0, 3_000).items()}
    if name in NEEDING_ORDER:
        with pytest.raises(ValueError, match="these are not: sort them by t"):
            through(mixed)
        return
    assert len(through(mixed)["t"]) <= 3_000


def test_events_outside_the_sensor(name, through):
    outside = {
        "x": np.array([-1, 16, 3, 3], np.int16),
        "y": np.array([3, 3, -1, 12], np.int16),
        "t": np.arange(4) * 1000,
        "polarity": np.ones(4, np.int8),
    }
    if name in ANYWHERE:
        assert len(through(outside)["t"]) > 0
        assert through.counts[0].outside == 0
    elif name in IN_A_REGION:
        assert len(through(outside)["t"]) == 0
    else:
        with pytest.warns(ev.EvarrowWarning, match="^4 of 4 events lay outside the sensor"):
            assert len(through(outside)["t"]) == 0
        assert through.counts[0].outside == 4


def test_cuts_do_not_show(through, frame):
    want = through(frame)
    pieces = [frame.slice(i, 777) for i in range(0, len(frame), 777)]
    assert through(pl.concat(pieces, rechunk=False)).equals(want)
    assert through(frame.lazy()).collect().equals(want)
    assert np.array_equal(
        rows_of(through(EVENTS)), rows_of({c: want[c].to_physical() for c in COLUMNS})
    )


@pytest.mark.parametrize("target", ["scalar", "avx2", "avx512"])
def test_threads_and_instructions_do_not_show(through, target, monkeypatch):
    many = random_events(300_000, seed=3, size=SIZE, span=20_000_000)
    monkeypatch.setenv("EVARROW_NUM_THREADS", "1")
    want = rows_of(through(many))
    monkeypatch.setenv("EVARROW_NUM_THREADS", "3")
    monkeypatch.setenv("EVARROW_TARGET", target)
    assert np.array_equal(rows_of(through(many)), want)
