# SPDX-License-Identifier: Apache-2.0
"""What is made of each event, and edges between events, over windows."""

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from representation_events import at_one_pixel, part, random_events

import evarrow as ev
from evarrow import representations as reps

SIZE = (16, 12)
EVENTS = random_events(70_000, size=SIZE)
WINDOWS = [
    {"every": "150ms"},
    {"count": 20_000, "stride": 15_000},
    {"into": 3},
    {"at": ["200ms", "600ms"], "every": "100ms"},
    {"rows": [(20_000, 45_000), (40_000, 40_000), (0, 20_000)]},
    {"windows": [("500ms", "600ms"), ("100ms", "200ms")]},
]


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    path = tmp_path_factory.mktemp("points") / "rec.raw"
    ev.write(EVENTS, path, format="evt3", resolution=SIZE)
    return path


def sources(recording):
    """Return the same events in all ways in which they are taken."""
    table = pa.table(EVENTS)
    pieces = pa.concat_tables([table[:10], table[10:33_333], table[33_333:]])
    return [recording, ev.open(recording).select(), pieces, pl.DataFrame(EVENTS).lazy()]


def spans(options):
    """Return the rows of the windows, as another representation sees them."""
    counts = reps.count_image(EVENTS, polarity="merged", resolution=SIZE, **options)
    rows = counts.sum(axis=(1, 2))
    if "rows" in options:
        return options["rows"]
    t = EVENTS["t"]
    if "count" in options:
        return [(15_000 * i, min(15_000 * i + 20_000, len(t))) for i in range(len(rows))]
    starts = {
        "every": lambda: [t[0] + 150_000 * i for i in range(len(rows))],
        "at": lambda: [100_000, 500_000],
        "windows": lambda: [500_000, 100_000],
        "into": lambda: [t[0] + i * ((t[-1] - t[0]) // 3 + 1) for i in range(3)],
    }
    key = next(name for name in ("at", "windows", "into", "every") if name in options)
    begins = np.searchsorted(t, starts[key]())
    return [(int(begin), int(begin + n)) for begin, n in zip(begins, rows, strict=True)]


@pytest.mark.parametrize("options", WINDOWS, ids=lambda options: next(iter(options)))
def test_graphs_of_windows_are_those_one_by_one(options, recording):
    how = {"scale": 1e-3, "neighbours": 4}
    got = reps.graph(EVENTS, 2, resolution=SIZE, threads=3, **how, **options)
    tables = []
    before = 0
    for i, (begin, end) in enumerate(spans(options)):
        alone = reps.graph(part(EVENTS, begin, end), 2, resolution=SIZE, **how)
        tables.append(
            alone.select(
                pl.lit(i, pl.Int32).alias("window"), pl.col("source", "target") + before, "distance"
            )
        )
        before += end - begin
    assert got.equals(pl.concat(tables).cast(dict(got.schema)))
    assert got.height > 1000
    for source in sources(recording):
        assert reps.graph(source, 2, resolution=SIZE, **how, **options).equals(got)


@pytest.mark.parametrize("target", ["scalar", "avx2"])
def test_graphs_do_not_depend_on_threads_or_instructions(target, monkeypatch):
    want = reps.graph(EVENTS, 1, scale=0.01, every="50ms", threads=1, resolution=SIZE)
    monkeypatch.setenv("EVARROW_TARGET", target)
    got = reps.graph(EVENTS, 1, scale=0.01, every="50ms", threads=3, resolution=SIZE)
    assert got.equals(want)


@pytest.mark.parametrize("neighbours", [None, 1, 3])
@pytest.mark.parametrize("radius", [0, 1.5, 4])
def test_graphs_connect_what_is_near(radius, neighbours):
    events = random_events(300, size=(12, 9), span=5_000)
    got = reps.graph(events, radius, scale=2e-3, neighbours=neighbours, resolution=(12, 9))
    place = np.stack([events["x"], events["y"], events["t"] * 2e-3], axis=1).astype(float)
    want = set()
    for j in range(300):
        distance = np.sqrt(((place[:j] - place[j]) ** 2).sum(axis=1))
        near = [(d, -i) for i, d in enumerate(distance) if d <= radius + 1e-12]
        # As the table has it, in single precision.
        near.sort(key=lambda pair: (np.float32(pair[0]), pair[1]))
        want |= {(-i, j) for _, i in near[:neighbours]}
    assert set(got.select("source", "target").rows()) == want
    rows = got.select("target", "source").rows()
    assert rows == sorted(rows)
    for i, j, d in got.head(20).rows():
        assert d == pytest.approx(np.linalg.norm(place[i] - place[j]), abs=1e-5)


def test_graphs_need_order_and_a_resolution():
    backwards = at_one_pixel([5, 1])
    with pytest.raises(ValueError, match="order of time"):
        reps.graph(backwards, resolution=(1, 1))
    with pytest.raises(ValueError, match="resolution"):
        reps.graph(backwards)
    none = at_one_pixel([])
    assert len(reps.graph(none, resolution=(1, 1))) == 0
    assert reps.graph(none, resolution=(1, 1), windows=[(0, 5)]).columns[0] == "window"
    for name, value in (("out", np.zeros(3)), ("dtype", "f4"), ("sparse", True)):
        with pytest.raises(TypeError, match=f"{name} is of arrays"):
            reps.graph(none, resolution=(1, 1), **{name: value})


def test_graphs_leave_out_events_outside_but_count_them():
    events = at_one_pixel([0, 1, 2])
    events["x"] = np.array([0, 9, 0], np.int16)
    with pytest.warns(ev.EvarrowWarning, match="1 event lies outside") as warnings:
        got = reps.graph(events, scale=0, resolution=(1, 1))
    assert warnings[0].filename == __file__
    assert got.rows() == [(0, 2, 0.0)]
    with pytest.raises(ValueError, match="outside the sensor"):
        reps.graph(events, resolution=(1, 1), outside="raise")


def points_of(events, room, choose="evenly", size=None):
    """Points by their definition."""
    n = len(events["t"])
    kept = np.arange(min(n, room))
    if n > room:
        kept = {"evenly": kept * n // room, "first": kept, "last": kept + n - room}[choose]
    out = np.zeros((room, 4), np.float32)
    width, height = (2, 2) if size is None else size
    t = events["t"]
    out[: len(kept), 0] = events["x"][kept] / (width - 1)
    out[: len(kept), 1] = events["y"][kept] / (height - 1)
    if n:
        out[: len(kept), 2] = (t[kept] - t[0]) / max(t[-1] - t[0], 1)
    out[: len(kept), 3] = events["polarity"][kept]
    return out


@pytest.mark.parametrize("options", WINDOWS, ids=lambda options: next(iter(options)))
@pytest.mark.parametrize("choose", ["evenly", "first", "last"])
@pytest.mark.parametrize("size", [None, SIZE])
def test_points_of_windows_are_those_of_the_definition(options, choose, size, recording):
    edges = spans(options)
    room = max(end - begin for begin, end in edges)
    want = np.stack([points_of(part(EVENTS, *edge), room, size=size) for edge in edges])
    assert np.array_equal(reps.point_set(EVENTS, size, **options), want)
    want = np.stack([points_of(part(EVENTS, *edge), 700, choose, size) for edge in edges])
    how = {"points": 700, "choose": choose, **options}
    for source in (EVENTS, *sources(recording)):
        assert np.array_equal(reps.point_set(source, size, **how), want)
    out = np.full_like(want, 7)
    assert reps.point_set(EVENTS, size, out=out, threads=3, **how) is out
    assert np.array_equal(out, want)
    table = reps.point_set(recording, size, sparse=True, **how)
    full = want[want[..., 3] != 0]
    assert np.array_equal(table.drop("window").to_numpy(), full)
    assert np.array_equal(table["window"], np.nonzero(want[..., 3])[0])


def test_points_number_what_edges_connect():
    options = {"every": "100ms", "stride": "150ms", "resolution": SIZE}
    nodes = reps.point_set(EVENTS, sparse=True, **{**options, "resolution": None})
    edges = reps.graph(EVENTS, 1.5, scale=0, neighbours=2, **options)
    pairs = nodes[edges["source"]], nodes[edges["target"]]
    assert pairs[0]["window"].equals(pairs[1]["window"])
    assert pairs[0]["window"].equals(edges["window"])
    apart = np.hypot(*(pairs[0][axis] - pairs[1][axis] for axis in "xy"))
    assert np.allclose(apart, edges["distance"])


def test_points_of_few_events_and_of_events_outside():
    none = at_one_pixel([])
    assert reps.point_set(none).shape == (0, 4)
    assert reps.point_set(none, points=2).tolist() == [[0.0] * 4] * 2
    assert reps.point_set(none, windows=[(0, 5)]).shape == (1, 0, 4)
    assert reps.point_set(none, sparse=True).shape == (0, 4)
    assert reps.point_set(none, windows=[(0, 5)], sparse=True).shape == (0, 5)
    ends = reps.point_set(at_one_pixel([-(2**63), 2**63 - 1]))
    assert ends[:, 2].tolist() == [0, 1]
    events = at_one_pixel([0, 5, 10])
    events["x"] = np.array([0, 3, 1], np.int16)
    for options in ({}, {"sparse": True}):
        with pytest.warns(ev.EvarrowWarning, match="1 event lies outside"):
            got = reps.point_set(events, (2, 1), **options)
        assert np.asarray(got).tolist() == [[0, 0, 0, 1], [0, 0, 0, 0], [1, 0, 1, 1]]
    half = reps.point_set(events, points=2, dtype="f2")
    assert half.dtype == np.float16
    assert half.tolist() == [[0, 0, 0, 1], [3, 0, 0.5, 1]]


def test_points_that_make_no_sense():
    for points, error in ((0, ValueError), (1.5, TypeError), (True, TypeError)):
        for make in (reps.point_set, reps.local_time_surfaces):
            with pytest.raises(error, match="points must be"):
                make(EVENTS, resolution=SIZE, points=points)
    with pytest.raises(ValueError, match="choose must be"):
        reps.point_set(EVENTS, choose="random")
    with pytest.raises(ValueError, match="choose must be"):
        reps.local_time_surfaces(EVENTS, choose="random")
    with pytest.raises(TypeError, match="dtype is of arrays"):
        reps.point_set(EVENTS, sparse=True, dtype="f8")


@pytest.mark.parametrize("choose", ["evenly", "first", "last"])
def test_surfaces_that_are_left_out_are_seen_all_the_same(choose):
    some = part(EVENTS, 0, 500)
    every = reps.local_time_surfaces(some, 1, tau="1ms", resolution=SIZE)
    got = reps.local_time_surfaces(some, 1, tau="1ms", points=60, choose=choose, resolution=SIZE)
    kept = np.arange(60)
    kept = {"evenly": kept * 500 // 60, "first": kept, "last": kept + 440}[choose]
    assert np.array_equal(got, every[kept])
    padded = reps.local_time_surfaces(some, 1, tau="1ms", points=600, resolution=SIZE)
    assert np.array_equal(padded[:500], every)
    assert not padded[500:].any()
