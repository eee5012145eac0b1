# SPDX-License-Identifier: Apache-2.0
"""Which events are in the array of a window."""

import subprocess

import numpy as np
import pyarrow as pa
import pytest
from representation_events import SIZE, at_one_pixel, between, counts_of, part, random_events

import evarrow as ev
from evarrow import representations as reps

EVENTS = random_events(100_000)


def test_windows_are_those_of_their_definition():
    def check(want, **options):
        got = reps.count_image(EVENTS, resolution=SIZE, **options)
        assert np.array_equal(got, [counts_of(events) for events in want])

    t0, tn = EVENTS["t"][0], EVENTS["t"][-1]
    starts = range(t0, tn + 1, 70_000)
    check([between(EVENTS, s, s + 70_000) for s in starts], every=70_000)
    check([between(EVENTS, s, s + 100_000) for s in starts], every="100ms", stride="70ms")
    check(
        [between(EVENTS, s, min(s + 100_000, 333_333)) for s in range(-50_000, 333_333, 100_000)],
        every="100ms",
        start=-50_000,
        end=333_333,
    )
    whole = [s for s in starts if s + 70_000 <= tn]
    check([between(EVENTS, s, s + 70_000) for s in whole], every=70_000, partial=False)
    rows = range(0, 100_000, 7_000)
    check([part(EVENTS, r, r + 9_000) for r in rows], count=9_000, stride=7_000)
    full = [r for r in rows if r + 9_000 <= 100_000]
    check([part(EVENTS, r, r + 9_000) for r in full], count=9_000, stride=7_000, partial=False)
    pairs = [(500_000, 700_000), (0, 10), (100, 100), (300_000, 600_000), (-9, 2_000_000)]
    check([between(EVENTS, *pair) for pair in pairs], windows=pairs)
    check([part(EVENTS, *pair) for pair in [(5, 9), (0, 99_999)]], rows=[(5, 9), (0, 99_999)])


def test_bounds_belong_to_windows_as_asked():
    events = at_one_pixel([10, 20, 20, 30])
    want = {"left": 3, "right": 3, "both": 4}
    for closed, count in want.items():
        got = reps.count_image(events, windows=[(10, 30)], closed=closed, resolution=(1, 1))
        assert got.sum() == count
    with pytest.raises(ValueError, match="closed"):
        reps.count_image(events, every=5, closed="none", resolution=(1, 1))


T0, TN = (int(EVENTS["t"][i]) for i in (0, -1))
FRAMES = np.linspace(T0 - 1000, TN + 40_000, 12).astype(int)

# What `evarrow.windows` takes, representations take.
WAYS = [
    {"every": 70_000, "overlap": 20_000},
    {"count": 9_000, "overlap": 2_000},
    {"every": 70_000, "count": 6_000},
    {"every": 70_000, "count": 6_000, "partial": False},
    {"into": 7},
    {"into": 7, "by": "count"},
    {"at": FRAMES},
    {"at": [(5, 500), (100, 100), (400, 900_000)], "closed": "both"},
    {"at": FRAMES, "every": "30ms"},
    {"at": FRAMES, "every": "30ms", "align": "start", "partial": False},
    {"at": FRAMES, "count": 3_000},
    {"at": FRAMES, "count": 3_000, "align": "start", "partial": False},
    {"at": FRAMES, "preset": "rvt"},
    {"at": FRAMES, "count": 3_000, "preset": "rvt"},
    {"every": 70_000, "overlap": 20_000, "preset": "tonic"},
    {"every": 70_000, "start": 30_000, "end": 777_777, "partial": True, "preset": "tonic"},
    {"count": 9_000, "overlap": 2_000, "preset": "tonic"},
    {"into": 7, "overlap": 0.5, "preset": "tonic"},
    {"into": 7, "by": "count", "overlap": 0.5, "preset": "tonic"},
    {"at": FRAMES, "preset": "dsec"},
    {"every": 70_000, "preset": "dv"},
    {"count": 9_000, "preset": "dv"},
]


@pytest.mark.parametrize("how", WAYS, ids=repr)
def test_windows_are_those_of_evarrow_windows(how):
    whole = list(ev.windows(EVENTS, **how))
    assert len(whole) > 1
    for make in (reps.count_image, reps.voxel_grid):
        want = [make(window, resolution=SIZE) for window in whole]
        assert np.array_equal(make(EVENTS, resolution=SIZE, **how), want)
    # The picture of a window of time is of its end.
    if "count" not in how and how.get("by") != "count":
        surfaces = reps.time_surface(EVENTS, kind="linear", resolution=SIZE, **how)
        pairs = [(window.start, window.end) for window in whole]
        closed = whole[0].closed
        want = reps.time_surface(
            EVENTS, kind="linear", resolution=SIZE, windows=pairs, closed=closed
        )
        assert np.array_equal(surfaces, want)


@pytest.mark.parametrize("how", [WAYS[2], WAYS[4], WAYS[10], WAYS[19]], ids=repr)
def test_all_sources_are_cut_alike(how, tmp_path):
    path = tmp_path / "rec.raw"
    ev.write(EVENTS, path, format="evt3", resolution=SIZE)
    want = reps.count_image(EVENTS, resolution=SIZE, **how)
    with ev.open(path) as recording:
        table = pa.table(recording)
        for source in (path, recording, recording.select(), table, table.to_reader()):
            assert np.array_equal(reps.count_image(source, **how), want)
        part = recording.select(end=500_000)
        some = ev.read(path, end=500_000)
        assert np.array_equal(
            reps.count_image(part, **how), reps.count_image(some, resolution=SIZE, **how)
        )
    lazy = ev.scan(path)
    assert np.array_equal(reps.count_image(lazy, resolution=SIZE, **how), want)
    with subprocess.Popen(["cat", path], stdout=subprocess.PIPE) as cat:
        assert np.array_equal(reps.count_image(cat.stdout, **how), want)


def test_no_events_have_no_windows_or_those_of_given_times():
    none = part(EVENTS, 0, 0)
    for how in ({"into": 3}, {"every": 5, "count": 5}, {"every": 5, "preset": "tonic"}):
        assert reps.count_image(none, resolution=SIZE, **how).shape == (0, 2, 48, 64)
    got = reps.count_image(none, resolution=SIZE, at=[5, 10, 20])
    assert got.shape == (2, 2, 48, 64)
    assert not got.any()


ENDS = [("20ms", "50ms"), (20_000, None), (None, 50_000), (-5, 0), (2_000_000, None), (None, -5)]


@pytest.mark.parametrize(("start", "end"), ENDS)
@pytest.mark.parametrize("closed", ["left", "right", "both"])
def test_start_and_end_alone_are_one_window(start, end, closed, tmp_path):
    events = random_events(5_000, span=100_000)
    events["t"] = events["t"] // 100 * 100
    path = tmp_path / "rec.raw"
    ev.write(events, path, format="evt3", resolution=SIZE)
    t = events["t"]
    low = {"20ms": 20_000, None: t[0]}.get(start, start)
    high = {"50ms": 50_000, None: t[-1] + 1}.get(end, end)
    inside = (t > low if closed == "right" else t >= low) & (
        t < high if closed == "left" else t <= high
    )
    some = {name: values[inside] for name, values in events.items()}
    how = {"start": start, "end": end, "closed": closed}
    for source in (events, path, ev.open(path).select(), pa.table(events), ev.scan(path)):
        got = reps.count_image(source, resolution=SIZE, **how)
        assert np.array_equal(got, counts_of(some))
        got = reps.voxel_grid(source, bins=4, resolution=SIZE, **how)
        assert np.array_equal(got, reps.voxel_grid(some, bins=4, resolution=SIZE))
        assert np.array_equal(reps.point_set(source, **how)[:, 3], some["polarity"])
    # What goes on from window to window sees what came before.
    surfaces = [
        reps.time_surface(source, kind="times", carry=True, resolution=SIZE, **how)
        for source in (events, path)
    ]
    assert np.array_equal(*surfaces)


def test_an_argument_that_there_is_not():
    with pytest.raises(TypeError, match=r"'bin'; there are bins, .*resolution"):
        reps.voxel_grid(EVENTS, bin=3)
    with pytest.raises(TypeError, match=r"'model_'; there are motion, objective, threshold, model"):
        reps.contrast(EVENTS, (1, 2), model_="affine")
    with pytest.raises(ValueError, match="partial is for windows"):
        reps.voxel_grid(EVENTS, start=0, partial=False, resolution=SIZE)
    with pytest.raises(ValueError, match="closed must be"):
        reps.voxel_grid(EVENTS, start=0, closed="none", resolution=SIZE)


def test_warnings_name_the_line_of_the_user():
    events = at_one_pixel([0, 1])
    events["x"] = np.array([0, 9], np.int16)
    for make in (reps.count_image, reps.point_set, reps.graph, reps.contrast):
        more = {"motion": (1, 2)} if make is reps.contrast else {}
        with pytest.warns(ev.EvarrowWarning, match="1 event lies") as caught:
            make(events, resolution=(1, 1), **more)
        assert caught[0].filename == __file__
