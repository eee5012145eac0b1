# SPDX-License-Identifier: Apache-2.0
import io
import os
import threading
from time import sleep

import h5py
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evarrow as ev

KINDS = {"dsec": ["zstd", "lz4", "none"], "prophesee-hdf5": ["ecf", "none"]}
PAIRS = [(kind, compression) for kind, found in KINDS.items() for compression in found]
SIZE = (640, 480)


def events(n, start=0, step=20, seed=0):
    random = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "x": random.integers(0, SIZE[0], n).astype("i2"),
            "y": random.integers(0, SIZE[1], n).astype("i2"),
            "t": start + np.cumsum(random.integers(0, step, n)),
            "polarity": random.choice(np.array([-1, 1], "i1"), n),
        },
        schema_overrides={"t": pl.Duration("us")},
    )


@pytest.mark.parametrize(("kind", "compression"), PAIRS)
def test_any_events_are_read_back(kind, compression, tmp_path):
    path = tmp_path / "out.h5"

    @settings(max_examples=30, deadline=None)
    @given(
        n=st.integers(0, 300),
        start=st.sampled_from([0, 1, -5, -(2**62), 2**32 - 50, 2**53 + 1, 2**62]),
        step=st.integers(1, 100_000),
        shuffled=st.booleans(),
    )
    def round_trip(n, start, step, shuffled):
        frame = events(n, start, step, n)
        if shuffled and n:
            frame = pl.concat([frame[:1], frame[1:].sample(fraction=1, shuffle=True, seed=n)])
        how = {"format": kind, "compression": compression, "resolution": SIZE, "overwrite": True}
        assert ev.write(frame, path, **how) == n
        with ev.open(path, sort=False, on_error="ignore") as rec:
            assert (rec.format, rec.resolution) == (kind, SIZE)
            assert rec.read().equals(frame)

    round_trip()


@pytest.mark.parametrize(("kind", "compression"), PAIRS)
@pytest.mark.parametrize("n", [16_384, 65_536, 65_537, 600_000])
def test_chunks_are_cut_where_they_should_be(kind, compression, n, tmp_path):
    frame = events(n, 10**9)
    path = tmp_path / "out.h5"
    with_batches = ev.scan(ev_raw(tmp_path, frame), sort=False)
    ev.write(with_batches, path, format=kind, compression=compression, resolution=SIZE)
    assert ev.read(path).equals(frame)
    assert ev.read(path, start=10**9 + 50_000, end=10**9 + 90_000).equals(
        frame.filter(pl.col("t").to_physical().is_between(10**9 + 50_000, 10**9 + 89_999))
    )


def ev_raw(folder, frame):
    path = folder / "in.raw"
    ev.write(frame, path, resolution=SIZE, format="evt2")
    return path


@pytest.mark.parametrize("threads", ["1", "3"])
def test_dsec_is_what_its_readers_expect(tmp_path, monkeypatch, threads):
    monkeypatch.setenv("EVARROW_NUM_THREADS", threads)
    frame = events(200_000, 57_799_000_123)
    path = tmp_path / "out.h5"
    ev.write(frame, path, resolution=SIZE, compression="none")
    with h5py.File(path) as file:
        t = file["events/t"][()]
        assert [file[f"events/{name}"].dtype.str for name in "xytp"] == ["<u2", "<u2", "<u4", "|u1"]
        assert file["t_offset"][()] == frame["t"].to_physical()[0]
        assert (t + file["t_offset"][()] == frame["t"].to_physical().to_numpy()).all()
        assert (file["events/p"][()] == (frame["polarity"] > 0).to_numpy()).all()
        index = file["ms_to_idx"][()]
        assert index[-1] == len(t)
        assert (index[:-1] == np.searchsorted(t, np.arange(len(index) - 1) * 1000)).all()
        assert len(index) == t[-1] // 1000 + 2


def test_an_index_of_events_that_step_back_leads_before_them(tmp_path):
    path = tmp_path / "out.h5"
    columns = {"x": [1] * 6, "y": [1] * 6, "t": [0, 1500, 900, 2500, 2100, 9000]}
    ev.write({**columns, "polarity": [1] * 6}, path, resolution=SIZE)
    with h5py.File(path) as file:
        assert file["ms_to_idx"][()].tolist() == [0, 1, 3, 5, 5, 5, 5, 5, 5, 5, 6]


def test_prophesee_files_are_laid_out_as_the_vendor_does(tmp_path):
    frame = events(40_000, -1_000_000)
    triggers = {"t": [-999_990, 5, 7000], "id": [1, 1, 0], "polarity": [1, -1, 1]}
    path = tmp_path / "out.hdf5"
    ev.write(frame, path, resolution=SIZE, triggers=triggers, compression="none")
    t = frame["t"].to_physical().to_numpy()
    with h5py.File(path) as file:
        rows = file["CD/events"][()]
        assert rows.dtype.fields["t"][1] == 8
        assert rows.itemsize == 16
        assert (rows["t"] == t).all()
        assert set(rows["p"]) == {0, 1}
        edges = file["EXT_TRIGGER/events"][()]
        assert edges.tolist() == [(1, -999_990, 1), (0, 5, 1), (1, 7000, 0)]
        assert file.attrs["geometry"] == "640x480"
        assert file.attrs["version"] == "1.0"
        for group in ("CD", "EXT_TRIGGER"):
            times = file[f"{group}/events"]["t"]
            slots = file[f"{group}/indexes"][()]
            assert int(file[f"{group}/indexes"].attrs["offset"]) == -times[0]
            assert slots.tolist() == list(expected_slots(times - times[0]))
    assert ev.read(path, stream="triggers")["t"].to_physical().to_list() == triggers["t"]


def expected_slots(times):
    """Say event by event what the vendor's index holds."""
    count, last, pending = 0, (0, -1), (0, -1)
    for i, time in enumerate(times.tolist()):
        while time // 2000 + 1 > count:
            if count and pending[0] != i:
                last = pending
            yield last
            count += 1
            pending = (i, time)
    yield pending


def test_blocks_are_those_of_the_vendor(corpus, tmp_path):
    source = corpus / "derived" / "gen3_ecf.hdf5"
    path = tmp_path / "out.hdf5"
    ev.convert(source, path)
    with h5py.File(source) as want, h5py.File(path) as got:
        assert chunks_of(got) == chunks_of(want)
        assert (got["CD/indexes"][()] == want["CD/indexes"][()]).all()
        filters = [
            file["CD/events"].id.get_create_plist().get_filter(0)[:2] for file in (got, want)
        ]
        assert filters[0] == filters[1]


def chunks_of(file):
    rows = file["CD/events"].id
    places = [rows.get_chunk_info(i).chunk_offset for i in range(rows.get_num_chunks())]
    return [rows.read_direct_chunk(place) for place in places]


def test_what_ecf_cannot_hold_is_stored_as_it_is(tmp_path):
    columns = {"x": [1, 5000, 3], "y": [1, 2, 3], "t": [10, 5, 20], "polarity": [1, -1, 1]}
    path = tmp_path / "out.hdf5"
    ev.write(columns, path, resolution=(8000, 10))
    assert ev.read(path, sort=False, t_type="int64").to_dict(as_series=False) == columns
    with h5py.File(path) as file:
        assert file["CD/events"].id.get_chunk_info(0).filter_mask == 1


@pytest.mark.filterwarnings("ignore:.*'triggers':evarrow.EvarrowWarning")
@pytest.mark.parametrize("kind", list(KINDS))
def test_lines_of_a_header_survive(kind, sample, tmp_path):
    path = tmp_path / "out.h5"
    ev.convert(sample, path, format=kind)
    again = tmp_path / "again.raw"
    ev.convert(path, again, format="evt3")
    with ev.open(sample) as first, ev.open(again) as second:
        assert dict(second.header) == dict(first.header)


def test_what_does_not_fit_is_named(tmp_path):
    path = tmp_path / "out.h5"
    good = {"x": [1] * 3, "y": [1] * 3, "t": [100, 200, 300], "polarity": [1] * 3}
    for kind, change, says in [
        ("dsec", {"x": [1, -3, 1]}, "row 1 of the events .* x is -3"),
        ("prophesee-hdf5", {"y": [1, 1, -1]}, "row 2 of the events .* y is -1"),
        ("dsec", {"t": [100, 200, 100 + 2**32]}, "row 2 of the events .* 4294967295 us behind"),
        ("dsec", {"t": [100, 99, 300]}, "row 1 of the events .* sort it"),
    ]:
        with pytest.raises(ValueError, match=says):
            ev.write({**good, **change}, path, format=kind, resolution=SIZE)
    with pytest.raises(ValueError, match="triggers"):
        ev.write(good, path, resolution=SIZE, triggers={"t": [1], "id": [0], "polarity": [1]})
    for how in ({"compression": "brotli"}, {"compression_level": 0}, {"compression_level": 10}):
        with pytest.raises(ValueError, match="not"):
            ev.write(good, path, resolution=SIZE, **how)
    with pytest.raises(ValueError, match="no levels"):
        ev.write(good, path, format="prophesee-hdf5", resolution=SIZE, compression_level=1)
    with pytest.raises(ValueError, match="not compressed"):
        ev.write(good, tmp_path / "a.raw", resolution=SIZE, compression="zstd")
    assert list(tmp_path.iterdir()) == []
    most = {**good, "t": [100, 200, 99 + 2**32]}
    ev.write(most, path, resolution=SIZE)
    assert ev.read(path, t_type="int64")["t"].to_list() == most["t"]


def test_triggers_without_a_place_are_warned_about(sample, tmp_path):
    with pytest.warns(ev.EvarrowWarning, match="'triggers'"):
        ev.convert(sample, tmp_path / "out.h5")


@pytest.mark.parametrize("kind", list(KINDS))
def test_open_files_and_pipes_are_written_to(kind, tmp_path):
    frame = events(1000)
    how = {"format": kind, "resolution": SIZE}
    memory = io.BytesIO()
    ev.write(frame, memory, **how)
    assert ev.read(memory.getvalue()).equals(frame)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    found = []
    reader = threading.Thread(target=lambda: found.append(pipe.read_bytes()))
    reader.start()
    ev.write(frame, pipe, overwrite=True, **how)
    reader.join()
    assert ev.read(found[0]).equals(frame)
    with pytest.raises(TypeError, match="open binary file"):
        ev.write(frame, io.StringIO(), **how)
    with pytest.raises(IsADirectoryError):
        ev.write(frame, tmp_path, overwrite=True, **how)


@pytest.mark.parametrize("kind", list(KINDS))
def test_files_appear_when_they_are_complete(kind, tmp_path):
    path = tmp_path / "out.h5"
    how = {"format": kind, "resolution": SIZE}
    ev.write(events(10), path, **how)
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        ev.write(events(20), path, **how)
    bad = {"x": [1, -1], "y": [1, 1], "t": [1, 2], "polarity": [1, 1]}
    with pytest.raises(ValueError, match="row 1"):
        ev.write(bad, path, overwrite=True, **how)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    ev.write(events(20), path, overwrite=True, **how)
    assert ev.read(path).equals(events(20))


@pytest.mark.peers
def test_h5py_reads_dsec_with_its_plugin(tmp_path):
    pytest.importorskip("hdf5plugin")
    frame = events(300_000, 5_000_000)
    for compression in ("zstd", "lz4"):
        path = tmp_path / f"{compression}.h5"
        ev.write(frame, path, resolution=SIZE, compression=compression, compression_level=5)
        with h5py.File(path) as file:
            assert (file["events/x"][()] == frame["x"].to_numpy()).all()
            assert (file["events/y"][()] == frame["y"].to_numpy()).all()
            t = file["events/t"][()] + file["t_offset"][()]
            assert (t == frame["t"].to_physical().to_numpy()).all()
            assert (file["events/p"][()] == (frame["polarity"] > 0).to_numpy()).all()


@pytest.mark.peers
def test_blosc_of_the_plugin_writes_the_same_chunks(tmp_path):
    hdf5plugin = pytest.importorskip("hdf5plugin")
    frame = events(65_536)
    path = tmp_path / "out.h5"
    ev.write(frame, path, resolution=SIZE, compression_level=5)
    with h5py.File(tmp_path / "theirs.h5", "w") as file:
        theirs = file.create_dataset(
            "x",
            data=frame["x"].to_numpy().astype("u2"),
            chunks=(65_536,),
            **hdf5plugin.Blosc(cname="zstd", clevel=5, shuffle=hdf5plugin.Blosc.SHUFFLE),
        )
        want = theirs.id.get_create_plist().get_filter(0)[:3]
        size = theirs.id.get_chunk_info(0).size
    with h5py.File(path) as file:
        ours = file["events/x"].id
        assert ours.get_create_plist().get_filter(0)[:3] == want
        assert ours.get_chunk_info(0).size <= size * 1.02


@pytest.mark.peers
@pytest.mark.parametrize("kind", list(KINDS))
def test_evlib_reads_what_is_written(kind, corpus, tmp_path):
    evlib = pytest.importorskip("evlib")
    source = corpus / "real" / "faery_evt2_gen3.raw"
    path = tmp_path / "out.h5"
    # evlib does not add the offset of DSEC. It reads blocks of ECF of this recording but not those
    # of scattered pixels or of long runs, which an independent decoder of the format does read.
    origin = "start" if kind == "dsec" else "sensor"
    ev.convert(source, path, format=kind, origin=origin)
    assert evlib.load_events(str(path)).collect().equals(ev.read(source, origin=origin))


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_events_make_the_same_file(kind, tmp_path):
    frame = events(1000)
    contents = []
    for threads in (1, 2):
        path = tmp_path / f"{threads}.h5"
        ev.write(frame, path, format=kind, resolution=SIZE, threads=threads)
        contents.append(path.read_bytes())
        sleep(1.1)  # longer than what the library tells apart
    assert contents[0] == contents[1]
