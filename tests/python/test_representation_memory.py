# SPDX-License-Identifier: Apache-2.0
"""Where arrays are put, of what type, and who else looks at their memory."""

import array

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from representation_events import SIZE, at_one_pixel, random_events

import evarrow as ev
from evarrow import representations as reps

EVENTS = random_events(100_000)


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


def test_sparse_windows_are_not_in_memory_at_the_same_time():
    # As arrays, these would be 12 GB.
    windows = [(start, start + 200) for start in range(0, 1_000_000, 200)]
    table = reps.count_image(EVENTS, windows=windows, resolution=(640, 480), sparse=True)
    want = pl.DataFrame(EVENTS).select(
        window=(pl.col("t") // 200).cast(pl.Int32), polarity="polarity", y="y", x="x"
    )
    assert table.equals(want.group_by(pl.all()).agg(value=pl.len()).sort(want.columns))


def test_no_events_and_no_windows_make_an_empty_table():
    none = {name: values[:0] for name, values in EVENTS.items()}
    for options in ({}, {"every": "1ms"}, {"windows": [(0, 5)]}):
        table = reps.count_image(none, resolution=SIZE, sparse=True, **options)
        assert table.height == 0
        assert table.columns[-4:] == ["polarity", "y", "x", "value"]


def test_nothing_is_filled_by_a_table():
    out = np.empty((2, 48, 64), np.uint32)
    with pytest.raises(ValueError, match="in place of an array"):
        reps.count_image(EVENTS, resolution=SIZE, sparse=True, out=out)


def test_sparse_values_of_every_type():
    many = random_events(3_000, size=(4, 3))
    for dtype in ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"):
        options = {"resolution": (4, 3), "dtype": dtype, "polarity": "signed", "count": 100}
        dense = reps.count_image(many, **options)
        for threads in (1, 3):
            table = reps.count_image(many, sparse=True, threads=threads, **options)
            assert table["value"].to_numpy().dtype == dtype
            assert np.array_equal(table["value"], dense[dense != 0])
            assert np.array_equal(table["window"], np.nonzero(dense)[0])


def test_other_libraries_look_at_the_same_memory():
    grid = reps.voxel_grid(EVENTS, 3, resolution=SIZE)
    again = np.from_dlpack(grid)
    assert again.ctypes.data == grid.ctypes.data
    torch = pytest.importorskip("torch")
    tensor = torch.from_dlpack(grid)
    assert tensor.data_ptr() == grid.ctypes.data
    assert tensor.shape == (3, 48, 64)
