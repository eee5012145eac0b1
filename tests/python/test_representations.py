# SPDX-License-Identifier: Apache-2.0
"""What all representations have in common: sources, windows, memory."""

import array
import itertools
import subprocess

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from representation_events import (
    SIZE,
    at_one_pixel,
    between,
    counts_of,
    part,
    random_events,
    voxels_of,
)

import evarrow as ev
from evarrow import representations as reps

EVENTS = random_events(100_000)


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    path = tmp_path_factory.mktemp("repr") / "rec.raw"
    ev.write(EVENTS, path, format="evt3", resolution=SIZE)
    return path


def sources(path):
    frame = ev.read(path)
    batch = ev.from_arrays(**EVENTS)
    table = pa.table(frame)
    return {
        "path": path,
        "recording": ev.open(path),
        "selection": ev.open(path).select(),
        "bytes": path.read_bytes(),
        "lazy frame": ev.scan(path),
        "data frame": frame,
        "chunked frame": pl.concat([frame[:70_000], frame[70_000:]], rechunk=False),
        "table": table,
        "reader": table.to_reader(),
        "batch": batch,
        "columns": EVENTS,
        "lists": {name: values.tolist() for name, values in EVENTS.items()},
        "binary": {**EVENTS, "polarity": EVENTS["polarity"] > 0},
        "records": np.rec.fromarrays(EVENTS.values(), names=list(EVENTS)),
    }


@pytest.mark.parametrize("options", [{}, {"every": "300ms"}, {"count": 30_000}])
def test_all_sources_give_the_same(recording, options):
    for make in (reps.count_image, reps.voxel_grid):
        want = make(EVENTS, resolution=SIZE, **options)
        for kind, source in sources(recording).items():
            got = make(source, resolution=SIZE, **options)
            assert np.array_equal(got, want), (make.__name__, kind)


def test_the_resolution_comes_from_the_recording_or_the_metadata(recording):
    with ev.open(recording) as rec:
        batch = next(rec.batches())
        for source in (recording, rec, rec.select(), pa.table(rec), batch):
            assert reps.count_image(source).shape == (2, 48, 64)
    for source in (ev.scan(recording), ev.read(recording), EVENTS):
        with pytest.raises(ValueError, match="resolution=\\(width, height\\)"):
            reps.count_image(source)


def test_a_pipe_is_read_once(recording):
    with subprocess.Popen(["cat", recording], stdout=subprocess.PIPE) as cat:
        grid = reps.voxel_grid(cat.stdout, 5, every="300ms")
    assert np.array_equal(grid, reps.voxel_grid(EVENTS, 5, every="300ms", resolution=SIZE))


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


def test_no_events_give_arrays_of_zeros():
    none = part(EVENTS, 0, 0)
    for make in (reps.count_image, reps.voxel_grid):
        assert not make(none, resolution=SIZE).any()
        assert make(none, resolution=SIZE, every="1ms").shape[0] == 0
        windows = make(none, resolution=SIZE, windows=[(0, 10), (10, 20)])
        assert windows.shape[0] == 2
        assert not windows.any()


def test_events_outside_the_sensor_are_counted_once():
    size = (40, 30)
    inside = (EVENTS["x"] < 40) & (EVENTS["y"] < 30)
    kept = {name: values[inside] for name, values in EVENTS.items()}
    number = (~inside).sum()
    for options in ({}, {"every": "100ms", "stride": "30ms"}):
        for threads in (1, 3):
            with pytest.warns(ev.EvarrowWarning, match=f"^{number} events lie outside"):
                got = reps.count_image(EVENTS, resolution=size, threads=threads, **options)
            assert got.sum() >= len(kept["x"])
            if not options:
                assert np.array_equal(got, counts_of(kept, size))
    with pytest.raises(ValueError, match=r"event \d+ at \(\d+, \d+\) lies outside the sensor"):
        reps.count_image(EVENTS, resolution=size, outside="raise")
    with pytest.warns(ev.EvarrowWarning, match="moved to the nearest pixel"):
        got = reps.count_image(EVENTS, resolution=size, outside="clamp")
    moved = {**EVENTS, "x": EVENTS["x"].clip(0, 39), "y": EVENTS["y"].clip(0, 29)}
    assert np.array_equal(got, counts_of(moved, size))
    negative = {**at_one_pixel([1, 2]), "x": np.array([-1, 0], np.int16)}
    with pytest.warns(ev.EvarrowWarning, match="1 event lies"):
        assert reps.count_image(negative, resolution=(4, 4)).sum() == 1


def test_unsorted_events_have_a_meaning_but_no_windows_of_time():
    random = np.random.default_rng(3)
    order = random.permutation(100_000)
    mixed = {name: values[order] for name, values in EVENTS.items()}
    for threads in (1, 2):
        grid = reps.voxel_grid(mixed, 5, resolution=SIZE, threads=threads)
        assert abs(grid - voxels_of(EVENTS, 5)).max() < 1e-4
    with pytest.raises(ValueError, match="order of time"):
        reps.count_image(mixed, resolution=SIZE, every="1ms")
    assert reps.count_image(mixed, resolution=SIZE, count=50_000).sum() == 100_000


@pytest.mark.parametrize("t", [[-(2**63), 0, 2**63 - 1], [2**62, 2**62 + 1], [0, 2**53]])
def test_huge_times(t):
    grid = reps.voxel_grid(at_one_pixel(t), 3, resolution=(1, 1)).ravel()
    assert grid.sum() == len(t)
    assert grid[0] == grid[2] == 1
    assert reps.voxel_grid(at_one_pixel(t), 3, resolution=(1, 1), count=1).shape[0] == len(t)


def test_arrays_are_put_where_asked():
    want = reps.count_image(EVENTS, resolution=SIZE, every="300ms")
    out = np.full(want.shape, 7, np.uint32)
    assert reps.count_image(EVENTS, resolution=SIZE, every="300ms", out=out) is out
    assert np.array_equal(out, want)
    for bad, what in (
        (np.zeros(want.shape, np.int32), "shape"),
        (np.zeros(want.shape[1:], np.uint32), "shape"),
        (np.zeros((*want.shape, 2), np.uint32)[..., 0], "C-contiguous"),
    ):
        with pytest.raises(ValueError, match=what):
            reps.count_image(EVENTS, resolution=SIZE, every="300ms", out=bad)
    with pytest.raises(TypeError, match="NumPy array"):
        reps.count_image(EVENTS, resolution=SIZE, out=[1])


def test_arrays_are_put_into_the_memory_of_others():
    want = reps.count_image(EVENTS, polarity="merged", resolution=SIZE)
    flat = array.array("I", bytes(want.nbytes))
    shaped = memoryview(flat).cast("B").cast("I", shape=want.shape)
    assert reps.count_image(EVENTS, polarity="merged", resolution=SIZE, out=shaped) is shaped
    assert flat.tolist() == want.ravel().tolist()

    class Held:
        def __init__(self, values, *, copies):
            self.values, self.copies = values, copies

        def __array__(self, dtype=None, copy=None):
            return self.values.copy() if self.copies else self.values

    held = Held(np.zeros_like(want), copies=False)
    assert reps.count_image(EVENTS, polarity="merged", resolution=SIZE, out=held) is held
    assert np.array_equal(held.values, want)
    for bad, error, words in (
        (Held(np.zeros_like(want), copies=True), TypeError, "whose memory NumPy can look at"),
        (bytes(want.nbytes), ValueError, "out must be of shape"),
        (memoryview(bytes(want.nbytes)).cast("I", shape=want.shape), ValueError, "writeable"),
    ):
        with pytest.raises(error, match=words):
            reps.count_image(EVENTS, polarity="merged", resolution=SIZE, out=bad)


def test_tensors_of_torch_are_filled():
    torch = pytest.importorskip("torch")
    want = reps.voxel_grid(EVENTS, 3, resolution=SIZE)
    tensor = torch.zeros(3, 48, 64)
    assert reps.voxel_grid(EVENTS, 3, resolution=SIZE, out=tensor) is tensor
    assert np.array_equal(tensor.numpy(), want)
    part = torch.zeros(5, 3, 48, 64)[2]
    assert np.array_equal(reps.voxel_grid(EVENTS, 3, resolution=SIZE, out=part).numpy(), want)
    for bad, error, words in (
        (torch.zeros(3, 48, 64, dtype=torch.float64), ValueError, "float32, not"),
        (torch.zeros(3, 64, 48).transpose(1, 2), ValueError, "C-contiguous"),
        (torch.zeros(3, 48, 64, requires_grad=True), TypeError, "does not give its memory away"),
    ):
        with pytest.raises(error, match=words):
            reps.voxel_grid(EVENTS, 3, resolution=SIZE, out=bad)


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "i4", "u8", "i8", "f2", "f4", "f8"])
def test_values_are_of_the_type_asked_for(dtype):
    many = at_one_pixel(np.zeros(70_000))
    got = reps.count_image(many, resolution=(1, 1), dtype=dtype)
    assert got.dtype == dtype
    most = np.inf if dtype[0] == "f" else np.iinfo(dtype).max
    with np.errstate(over="ignore"):
        assert got[1, 0, 0] == np.array(min(70_000, most)).astype(dtype)
    if dtype[0] != "f":
        with pytest.raises((TypeError, ValueError), match=r"fractions|whole"):
            reps.voxel_grid(many, resolution=(1, 1), dtype=dtype)


def test_values_that_a_type_cannot_hold_are_its_bounds():
    events = at_one_pixel(range(1000), [0] * 400 + [1] * 600)
    for dtype, want in (("i1", [[127]]), ("u1", [[200]]), ("i2", [[200]])):
        got = reps.count_image(events, polarity="signed", resolution=(1, 1), dtype=dtype)
        assert got.tolist() == want
    off = at_one_pixel(range(300), [0] * 300)
    for dtype, want in (("i1", -128), ("u1", 0), ("u8", 0)):
        for source in (off, pa.table(ev.from_arrays(**off))):
            got = reps.count_image(source, polarity="signed", resolution=(1, 1), dtype=dtype)
            assert got.tolist() == [[want]]
    times = reps.time_surface(
        at_one_pixel([2**40]), 10, kind="times", resolution=(1, 1), dtype="i4"
    )
    assert times.max() == 2**31 - 1
    assert reps.stacked_histogram(off, 1, resolution=(1, 1), dtype="u1").ravel().tolist() == [
        255,
        0,
    ]


def test_sparse_values_are_those_of_the_array():
    events = random_events(500, seed=4)
    dense = reps.voxel_grid(events, 3, resolution=SIZE, every="300ms")
    table = reps.voxel_grid(events, 3, resolution=SIZE, every="300ms", sparse=True)
    assert table.columns == ["window", "bin", "y", "x", "value"]
    back = np.zeros_like(dense)
    back[tuple(table[name].to_numpy() for name in table.columns[:-1])] = table["value"].to_numpy()
    assert np.array_equal(back, dense)
    counts = reps.count_image(events, resolution=SIZE, sparse=True)
    assert sorted(counts["polarity"].unique()) == [-1, 1]
    assert counts["value"].sum() == 500


def test_other_libraries_look_at_the_same_memory():
    grid = reps.voxel_grid(EVENTS, 3, resolution=SIZE)
    again = np.from_dlpack(grid)
    assert again.ctypes.data == grid.ctypes.data
    torch = pytest.importorskip("torch")
    tensor = torch.from_dlpack(grid)
    assert tensor.data_ptr() == grid.ctypes.data
    assert tensor.shape == (3, 48, 64)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 5_000), max_size=4),
    st.integers(1, 4),
    st.sampled_from(["scalar", "avx2", "avx512"]),
    st.sampled_from([{}, {"every": 90_000, "stride": 50_000}, {"count": 777}]),
    st.sampled_from([(4, 4), SIZE]),
)
def test_cuts_threads_and_instructions_do_not_show(cuts, threads, target, options, size):
    events = random_events(5_000, seed=5, size=size)
    edges = [0, *sorted(cuts), 5_000]
    pieces = [ev.from_arrays(**part(events, a, b)) for a, b in itertools.pairwise(edges)]
    tables = [pa.table(piece) for piece in pieces]
    many = random_events(200_000, seed=6, size=size)
    for make in (reps.count_image, reps.voxel_grid):
        want = make(events, resolution=size, threads=1, **options)
        want_many = make(many, resolution=size, threads=1)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("EVARROW_TARGET", target)
            got = make(pa.concat_tables(tables), resolution=size, **options)
            got_many = make(many, resolution=size, threads=threads)
        assert np.array_equal(got, want)
        assert np.array_equal(got_many, want_many)


def test_what_makes_no_sense_is_refused():
    def refused(error, match, **options):
        with pytest.raises(error, match=match):
            reps.count_image(EVENTS, resolution=SIZE, **options)

    refused(ValueError, "every and count are two ways", every=5, count=5)
    refused(ValueError, "stride is for windows of every and of count", stride=5)
    refused(ValueError, "start is for windows of every", count=5, start=5)
    refused(ValueError, "longer than nothing", every=0)
    refused(ValueError, "at least 1", count=0)
    refused(TypeError, "number of events", count=2.5)
    refused(TypeError, "pairs", windows=[(1.5, 2)])
    refused(ValueError, "ends before it begins", windows=[(2, 1)])
    refused(ValueError, "outside must be", outside="keep")
    refused(TypeError, "unknown argument 'bins'", bins=5)
    refused(ValueError, "polarity must be", polarity="both")
    refused(ValueError, "16777216 windows", windows=None, every=1, end=2**40)
    with pytest.raises(TypeError, match="events come from"):
        reps.count_image(5)
    with pytest.raises(ValueError, match="at least one bin"):
        reps.voxel_grid(EVENTS, 0, resolution=SIZE)
