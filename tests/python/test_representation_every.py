# SPDX-License-Identifier: Apache-2.0
"""What every representation can do, whatever it makes."""

import functools

import numpy as np
import pyarrow as pa
import pytest
from representation_events import at_one_pixel, part, random_events

import evarrow as ev
from evarrow import representations as reps

SIZE = (16, 12)
EVENTS = random_events(70_000, size=SIZE)
# Without windows, or other things than arrays of values.
OTHERS = (
    *("Making", "Storing", "Windowing", "contrast", "graph", "point_set"),
    *("block_mean", "learn_prototypes", "nearest_prototypes"),
)
# These go on from window to window, and over the events between.
CARRIED = ("decayed_image", "edge_map", "integrated_image", "time_decay", "tore")
ARGUMENTS = {
    "local_time_surfaces": {"points": 300},
    "warped_image": {"motion": (30.0, -20.0)},
}
EVERYTHING = [
    pytest.param(functools.partial(getattr(reps, name), **ARGUMENTS.get(name, {})), id=name)
    for name in reps.__all__
    if name not in OTHERS
]


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    path = tmp_path_factory.mktemp("every") / "rec.raw"
    ev.write(EVENTS, path, format="evt3", resolution=SIZE)
    return path


@pytest.mark.parametrize("make", EVERYTHING)
def test_none_or_one_event_and_events_at_one_time(make):
    none = part(at_one_pixel([5]), 0, 0)
    assert np.isfinite(make(none, resolution=(3, 2))).all()
    assert np.isfinite(make(none, resolution=(3, 2), windows=[(0, 5), (5, 9)])).all()
    for events in (at_one_pixel([5]), at_one_pixel([5, 5, 5]), at_one_pixel([-(2**63), 2**63 - 1])):
        assert np.isfinite(make(events, resolution=(3, 2))).all()
        assert np.isfinite(make(events, resolution=(3, 2), count=1)).all()


@pytest.mark.parametrize("make", EVERYTHING)
def test_cuts_threads_and_instructions_do_not_show(make, monkeypatch):
    options = {"resolution": SIZE, "every": "150ms"}
    want = make(EVENTS, threads=1, **options)
    whole = make(EVENTS, threads=1, resolution=SIZE)
    for target in ("scalar", "avx2"):
        monkeypatch.setenv("EVARROW_TARGET", target)
        assert np.array_equal(make(EVENTS, threads=3, **options), want)
        assert np.array_equal(make(EVENTS, threads=3, resolution=SIZE), whole)
    table = pa.table(EVENTS)
    pieces = pa.concat_tables([table[:10], table[10:33_333], table[33_333:]])
    assert np.array_equal(make(pieces, **options), want)


@pytest.mark.parametrize("make", EVERYTHING)
def test_a_recording_gives_what_its_events_give(make, recording):
    for options in ({}, {"every": "150ms", "stride": "100ms"}, {"count": 30_000}):
        want = make(EVENTS, resolution=SIZE, **options)
        assert np.array_equal(make(recording, **options), want)
        table = make(EVENTS, resolution=SIZE, sparse=True, **options)
        assert np.array_equal(table["value"], want[want != 0])
        assert make(recording, sparse=True, **options).equals(table)
        assert make(pa.table(EVENTS), resolution=SIZE, sparse=True, **options).equals(table)


@pytest.mark.parametrize("make", EVERYTHING)
def test_windows_in_one_call_are_those_one_by_one(make, request):
    edges = [(0, 20_000), (20_000, 45_000), (40_000, 40_001), (50_000, 70_000)]
    whole = make(EVENTS, resolution=SIZE, rows=edges)
    alone = [make(part(EVENTS, *edge), resolution=SIZE) for edge in edges]
    assert whole.shape == (4, *alone[0].shape)
    same = [np.array_equal(one, other) for one, other in zip(whole, alone, strict=True)]
    assert same[0]
    assert all(same) == (request.node.callspec.id not in CARRIED)


@pytest.mark.parametrize("make", EVERYTHING)
def test_arrays_are_filled_and_values_listed(make):
    some = part(EVENTS, 0, 300)
    options = {"resolution": SIZE, "count": 100}
    dense = make(some, **options)
    out = np.full_like(dense, 7)
    assert make(some, out=out, **options) is out
    assert np.array_equal(out, dense)
    table = make(some, sparse=True, **options)
    assert table.columns[0] == "window"
    places = [
        (table[name].to_numpy() > 0) * 1 if name == "polarity" else table[name].to_numpy()
        for name in table.columns[:-1]
    ]
    back = np.zeros_like(dense)
    back[tuple(places)] = table["value"].to_numpy()
    assert np.array_equal(back, dense)
    # decayed_image and edge_map give the potential itself as fractions, and bytes as whole numbers.
    dtype = "f8" if dense.dtype.kind == "f" else "i8"
    wide = make(some, dtype=dtype, **options)
    assert wide.dtype == dtype
    assert np.allclose(wide, dense, rtol=1e-6, atol=1e-6)
