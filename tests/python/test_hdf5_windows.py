# SPDX-License-Identifier: Apache-2.0
"""Windows of time in HDF5 files that have an index of their own: right, missing, or lying."""

import h5py
import hdf5_files as files
import numpy as np
import pytest

import evarrow as ev

EVENTS = 600_000
CHUNK = 8192
OFFSET = 57_799_000_000


@pytest.fixture(scope="module")
def known():
    return files.events(EVENTS)


def rows_of(path, start, end, **options):
    return ev.read(path, start=start, end=end, t_type="int64", **options).rows()


def wanted(known, start, end, shift):
    inside = (known.t + shift >= start) & (known.t + shift < end)
    part = files.Events(known.x[inside], known.y[inside], known.t[inside] + shift, known.p[inside])
    return part.rows()


def dsec(path, known):
    files.write_dsec(path, known, OFFSET, chunks=(CHUNK,), compression="gzip", compression_opts=1)
    return "events/t", "ms_to_idx", OFFSET


def m3ed(path, known):
    files.write_m3ed(path, known, ("left",), chunks=(CHUNK,), compression="lzf")
    with h5py.File(path, "r+") as file:
        del file["prophesee/left/ms_map_idx"]
        milliseconds = np.arange(0, known.t[-1] // 1000) * 1000
        file["prophesee/left/ms_map_idx"] = np.searchsorted(known.t, milliseconds).astype("u8")
    return "prophesee/left/t", "prophesee/left/ms_map_idx", 0


def prophesee(path, known):
    files.write_prophesee(path, known, chunks=(CHUNK,), compression="gzip", compression_opts=1)
    first = int(known.t[0])
    starts = np.arange(0, (known.t[-1] - first) // 2000 + 2) * 2000 + first
    index = np.zeros(len(starts), [("id", "u8"), ("ts", "i8")])
    index["id"] = np.minimum(np.searchsorted(known.t, starts), EVENTS - 1)
    with h5py.File(path, "r+") as file:
        file["CD/indexes"] = index
        file["CD/indexes"].attrs["offset"] = str(-first)
    return "CD/events", "CD/indexes", 0


LAYOUTS = [dsec, m3ed, prophesee]


def break_chunk(path, dataset, number):
    """Overwrite a chunk so that it cannot be decoded; return what was there."""
    with h5py.File(path, "r") as file:
        info = file[dataset].id.get_chunk_info(number)
    with path.open("r+b") as file:
        file.seek(info.byte_offset)
        before = file.read(info.size)
        file.seek(info.byte_offset)
        file.write(b"\xff" * info.size)
    return info.byte_offset, before


def mend(path, place, content):
    with path.open("r+b") as file:
        file.seek(place)
        file.write(content)


@pytest.mark.parametrize("write", LAYOUTS)
def test_a_window_is_exact_wherever_it_is(tmp_path, known, write):
    *_, shift = write(tmp_path / "a.h5", known)
    last = int(known.t[-1]) + shift
    first = int(known.t[0]) + shift
    spans = [(first - 5, first), (first, first + 1), (first - 5, first + 999), (last, last + 1)]
    spans += [(last + 1, last + 10**9), (-(2**62), first + 3), (last - 20, 2**62)]
    spans += [(first + k, first + k + 25_000) for k in range(0, last - first, 333_333)]
    for start, end in spans:
        assert rows_of(tmp_path / "a.h5", start, end) == wanted(known, start, end, shift)
    with ev.open(tmp_path / "a.h5") as rec:
        assert not rec.core.has_index


@pytest.mark.parametrize("write", LAYOUTS)
def test_a_window_decodes_few_chunks(tmp_path, known, write):
    path = tmp_path / "a.h5"
    times, _, shift = write(path, known)
    middle = int(known.t[EVENTS // 2]) + shift
    want = wanted(known, middle, middle + 20_000, shift)
    decoded = []
    chunks = -(-EVENTS // CHUNK)
    for number in range(chunks):
        kept = break_chunk(path, times, number)
        try:
            with ev.open(path, t_type="int64") as rec:
                rows = rec.read(start=middle, end=middle + 20_000).rows()
                # Whose search met the chunk had to make an index of all times.
                if rec.core.has_index:
                    decoded.append(number)
                else:
                    assert rows == want
        except ev.DamagedError:
            decoded.append(number)
        mend(path, *kept)
    assert 1 <= len(decoded) <= 10
    assert abs(np.mean(decoded) - chunks / 2) < 5


def lies(entries):
    """Entries of an index that are wrong, one way each."""
    random = np.random.default_rng(3)
    yield np.zeros_like(entries)
    yield np.full_like(entries, EVENTS)
    yield np.full_like(entries, np.iinfo(entries.dtype).max)
    yield entries[::-1].copy()
    yield random.integers(0, EVENTS, len(entries)).astype(entries.dtype)
    yield entries // 2
    yield entries[: len(entries) // 3].copy()
    yield entries[:0].copy()
    yield (entries.astype("f8") / 3).astype(entries.dtype)


def test_an_index_that_lies_changes_nothing(tmp_path, known):
    path = tmp_path / "a.h5"
    _, index, shift = dsec(path, known)
    with h5py.File(path, "r") as file:
        right = file[index][()]
    spans = [(k + shift, k + shift + 30_000) for k in range(0, int(known.t[-1]), 999_999)]
    for entries in lies(right):
        with h5py.File(path, "r+") as file:
            del file[index]
            file[index] = entries
        for start, end in spans:
            assert rows_of(path, start, end) == wanted(known, start, end, shift)


@pytest.mark.parametrize(
    "entry", [None, "text", np.zeros((3, 3), "u8"), np.zeros(4, "f8"), np.zeros(2, [("a", "u8")])]
)
def test_a_file_without_an_index_that_can_be_read(tmp_path, known, entry):
    path = tmp_path / "a.h5"
    _, index, shift = dsec(path, known)
    with h5py.File(path, "r+") as file:
        del file[index]
        if entry is not None:
            file[index] = entry
    assert rows_of(path, shift + 10**6, shift + 1_100_000) == wanted(
        known, shift + 10**6, shift + 1_100_000, shift
    )


def test_a_chunk_of_the_index_that_cannot_be_decoded(tmp_path, known):
    path = tmp_path / "a.h5"
    _, index, shift = dsec(path, known)
    with h5py.File(path, "r+") as file:
        entries = file[index][()]
        del file[index]
        file.create_dataset(index, data=entries, chunks=(512,), compression="gzip")
    break_chunk(path, index, 3)
    for start in range(shift, shift + int(known.t[-1]), 777_777):
        assert rows_of(path, start, start + 9000) == wanted(known, start, start + 9000, shift)


def test_small_disorder_is_exact_too(tmp_path, known):
    random = np.random.default_rng(5)
    t = known.t + random.integers(0, 4000, EVENTS)
    one = files.Events(known.x, known.y, t, known.p)
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        small = files.Events(one.x, one.y, one.t.astype("u4"), one.p)
        files.write_columns(file.create_group("events"), small, chunks=(CHUNK,))
        milliseconds = np.arange(0, known.t[-1] // 1000) * 1000
        file["ms_to_idx"] = np.searchsorted(known.t, milliseconds).astype("u8")
    whole = ev.read(path, t_type="int64")
    for start in range(0, int(t[-1]), 499_999):
        part = whole.filter((whole["t"] >= start) & (whole["t"] < start + 12_345))
        assert rows_of(path, start, start + 12_345) == part.rows()


def test_who_reads_on_behind_damage_gets_events_wherever_they_are(tmp_path):
    half = files.events(100_000)
    twice = files.Events(*(np.concatenate([c, c]) for c in (half.x, half.y, half.t, half.p)))
    path = files.write_dsec(tmp_path / "a.h5", twice, 0, chunks=(CHUNK,))
    start, end = int(half.t[50_000]), int(half.t[50_100])
    once = wanted(half, start, end, 0)
    assert rows_of(path, start, end, on_error="ignore") == once + once


def test_windows_one_after_the_other_and_at_once(tmp_path, known):
    path = tmp_path / "a.h5"
    *_, shift = prophesee(path, known)
    with ev.open(path, t_type="int64", origin="start") as rec:
        moved = int(known.t[0])
        for start in range(0, int(known.t[-1]), 100_000):
            rows = rec.read(start=start, end=start + 2500)
            want = wanted(known, start + moved, start + 2500 + moved, shift)
            assert [(x, y, t + moved, p) for x, y, t, p in rows.rows()] == want
