# SPDX-License-Identifier: Apache-2.0
"""What all representations have in common: sources, events of any kind, threads."""

import gzip
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


@pytest.mark.parametrize("name", [one.name for one in ev.formats() if one.writable])
def test_recordings_of_all_formats_give_what_their_events_give(name, sample, tmp_path):
    path = tmp_path / "rec"
    ev.write(ev.read(sample), path, format=name, resolution=SIZE)
    frame = ev.read(path, format=name)
    assert len(frame) > 4_000
    path.with_suffix(".gz").write_bytes(gzip.compress(path.read_bytes(), 1))
    with ev.open(path, format=name) as plain, ev.open(path.with_suffix(".gz"), format=name) as gz:
        for recording in (plain, gz):
            for how in ({}, {"every": "10ms"}, {"into": 4, "by": "count"}):
                got = reps.voxel_grid(recording, 5, resolution=SIZE, **how)
                assert np.array_equal(got, reps.voxel_grid(frame, 5, resolution=SIZE, **how))


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

    refused(ValueError, "count and windows are two ways", count=5, windows=[(0, 5)])
    refused(ValueError, "stride is for windows of every, count, into or at", stride=5)
    refused(ValueError, "overlap is for windows of", windows=[(0, 5)], overlap=5)
    refused(ValueError, "preset is for windows of", preset="dv")
    refused(ValueError, "start is for windows of every alone", count=5, start=5)
    refused(ValueError, "start is for windows of every alone", every=5, count=5, start=5)
    refused(ValueError, "preset='rvt' cuts by", every=5, preset="rvt")
    refused(ValueError, "longer than nothing", every=0)
    refused(ValueError, "at least 1", count=0)
    refused(TypeError, "count must be an int", count=2.5)
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
