# SPDX-License-Identifier: Apache-2.0
"""How many windows there are, before they come."""

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from representation_events import at_one_pixel, random_events

import evarrow as ev

SIZE = (64, 48)
EVENTS = random_events(3_000, span=100_000, start=7_000)
WAYS = [
    {"every": "10ms"},
    {"every": "10ms", "stride": "3ms", "partial": False},
    {"every": "10ms", "overlap": "5ms", "closed": "both"},
    {"every": "10ms", "start": 0},
    {"every": "10ms", "end": "60ms"},
    {"every": "10ms", "start": "20ms", "end": "65ms"},
    {"every": "10ms", "start": "20ms", "end": "65ms", "partial": False},
    {"every": "7ms", "preset": "tonic", "overlap": "2ms"},
    {"every": "7ms", "preset": "tonic", "partial": True},
    {"every": "7ms", "preset": "dv"},
    {"count": 400},
    {"count": 400, "stride": 250, "partial": False},
    {"count": 5_000, "preset": "tonic"},
    {"count": 400, "stride": 300, "preset": "tonic", "partial": True},
    {"into": 7},
    {"into": 7, "by": "count"},
    {"into": 3, "preset": "tonic", "overlap": 0.3},
    {"at": [9_000, 20_000, 900_000]},
    {"at": [(9_000, 20_000), (100_000, 200_000)], "partial": False},
    {"at": [20_000, 120_000], "every": 5_000, "preset": "dsec"},
    {"at": [20_000, 120_000], "count": 50},
]
UNKNOWN = [
    {"every": "10ms", "count": 50},
    {"at": [20_000, 120_000], "count": 50, "partial": False},
    {"count": 100, "start": 20_000},
    {"into": 4, "end": 20_000},
]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("count") / "rec.raw"
    ev.write(EVENTS, path, format="evt3", resolution=SIZE)
    return path


@pytest.mark.parametrize("how", WAYS, ids=str)
def test_windows_are_counted_without_a_pass(how, path):
    frame = pl.DataFrame(EVENTS).with_columns(pl.col("t").cast(pl.Duration("us")))
    with ev.open(path) as rec:
        rec.make_index()
        for source in (EVENTS, frame, rec, ev.from_arrays(**EVENTS)):
            windows = ev.windows(source, **how)
            assert len(windows) == len(list(windows)) == len(windows)


@pytest.mark.parametrize("how", WAYS, ids=str)
@pytest.mark.parametrize("t", [[], [5], [5, 5, 40_000]])
def test_windows_of_few_events_are_counted(how, t):
    windows = ev.windows(at_one_pixel(t), **how)
    assert windows
    assert len(windows) == len(list(windows))


@pytest.mark.parametrize("how", UNKNOWN, ids=str)
def test_windows_that_depend_on_each_event_are_not_counted(how):
    windows = ev.windows(EVENTS, **how)
    with pytest.raises(TypeError, match="depends on each of the events"):
        len(windows)
    assert list(windows)


def test_windows_of_what_has_not_been_read(path):
    with ev.open(path, io="pread") as rec:
        windows = rec.windows("10ms", polarity=1)
        with pytest.raises(TypeError, match="each of the events"):
            len(windows)
        assert len(rec.windows("10ms", start=0, end="1s", polarity=1)) == 100
        window = next(rec.windows("10ms"))
        assert len(ev.windows(window, "1ms")) == 10
    for source in (ev.scan(path), pa.table(EVENTS).to_reader(), ev.open(path).select()):
        windows = ev.windows(source, "10ms")
        with pytest.raises(TypeError, match="before the events have been read"):
            len(windows)
        assert len(list(windows)) == 10


def test_a_recording_counts_its_windows_once_it_has_an_index(tmp_path):
    path = tmp_path / "new.raw"
    ev.write(EVENTS, path, format="evt3", resolution=SIZE)
    with ev.open(path) as rec:
        with pytest.raises(TypeError, match=r"make_index\(\)"):
            len(rec.windows("10ms"))
        assert len(list(rec.windows("10ms"))) == 10
        rec.make_index()
        assert len(rec.windows("10ms")) == 10


def test_windows_have_the_methods_of_frames(path):
    with ev.open(path) as rec:
        window = next(rec.windows("10ms"))
        grid = window.events.to_voxel_grid(5)
        assert np.array_equal(
            grid, ev.representations.voxel_grid(rec, 5, windows=[(7_000, 17_000)])[0]
        )
        kept = window.events.refractory("1ms")
        assert 0 < len(kept) < len(window)
        assert set(dir(window.events)) == set(dir(pl.DataFrame(EVENTS).events))
        with pytest.raises(AttributeError, match="no method"):
            window.events.to_nothing  # noqa: B018
