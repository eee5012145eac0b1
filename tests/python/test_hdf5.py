# SPDX-License-Identifier: Apache-2.0
"""HDF5 files: their layouts, their filters, and what can be wrong with them."""

import hashlib
import io
import json
import pickle
from pathlib import Path

import h5py
import hdf5_files as files
import numpy as np
import polars as pl
import pytest

import evarrow as ev

T_OFFSET = 57_799_000_000


def rows_of(source, **options):
    return ev.read(source, t_type="int64", **options).rows()


@pytest.fixture
def known():
    return files.events()


@pytest.mark.parametrize(
    ("write", "kind", "shift"),
    [
        (files.write_dsec, "dsec", T_OFFSET),
        (files.write_m3ed, "m3ed", 0),
        (files.write_mvsec, "mvsec", 1_506_119_776_000_000),
        (files.write_monash, "monash", 0),
        (files.write_prophesee, "prophesee-hdf5", 0),
    ],
)
def test_layouts_are_found_by_what_is_in_them(tmp_path, known, write, kind, shift):
    path = write(tmp_path / "no_hint.bin", known)
    want = [(x, y, t + shift, p) for x, y, t, p in known.rows()]
    assert rows_of(path) == want
    with ev.open(path) as rec:
        assert rec.format == kind
        assert len(rec) == files.EVENTS
        assert rec.time_range == (want[0][2], want[-1][2])
        assert rec.metadata["evarrow.format"] == kind
    assert rows_of(path, format=kind) == want


def test_a_file_that_was_cut_off_says_how_much_there_is(tmp_path, known):
    path = files.write_dsec(tmp_path / "cut.h5", known)
    content = path.read_bytes()
    path.write_bytes(content[:-100])
    with pytest.raises(ev.FormatError, match=r"cut\.h5 was cut off: it has \d+ of its \d+ bytes"):
        ev.open(path)


@pytest.mark.parametrize(
    ("filters", "chunks"),
    [
        ({}, None),
        ({}, (700,)),
        ({"compression": "gzip"}, (700,)),
        ({"compression": "gzip", "shuffle": True, "fletcher32": True}, (1000,)),
        ({"compression": "lzf", "shuffle": True}, (4096,)),
        ({"fletcher32": True}, (5000,)),
    ],
)
def test_filters_of_h5py(tmp_path, known, filters, chunks):
    path = files.write_dsec(tmp_path / "a.h5", known, 0, chunks=chunks, **filters)
    assert rows_of(path) == known.rows()


@pytest.mark.peers
@pytest.mark.parametrize("compressor", ["lz4", "lz4hc", "blosclz", "zlib", "zstd"])
@pytest.mark.parametrize("shuffle", [0, 1, 2])
def test_blosc(tmp_path, known, compressor, shuffle):
    plugin = pytest.importorskip("hdf5plugin")
    how = dict(plugin.Blosc(cname=compressor, shuffle=shuffle))
    path = files.write_dsec(tmp_path / "a.h5", known, 0, chunks=(1500,), **how)
    assert rows_of(path) == known.rows()


@pytest.mark.peers
@pytest.mark.parametrize(
    "filters",
    [
        lambda plugin: plugin.LZ4(),
        lambda plugin: plugin.Zstd(),
        lambda plugin: plugin.Bitshuffle(cname="none"),
        lambda plugin: plugin.Bitshuffle(cname="lz4"),
        lambda plugin: plugin.Bitshuffle(cname="zstd"),
    ],
)
def test_filters_of_plugins(tmp_path, known, filters):
    plugin = pytest.importorskip("hdf5plugin")
    path = files.write_dsec(tmp_path / "a.h5", known, 0, chunks=(1500,), **filters(plugin))
    assert rows_of(path) == known.rows()


@pytest.mark.peers
def test_a_filter_that_cannot_be_undone_is_named(tmp_path, known):
    plugin = pytest.importorskip("hdf5plugin")
    path = files.write_dsec(tmp_path / "a.h5", known, 0, **plugin.Blosc2())
    with pytest.raises(ev.FormatError, match=r"32026 \(blosc2\)"):
        ev.read(path)


@pytest.mark.parametrize("type_of_t", ["u4", "i4", "i8", "u8", ">i8", ">u4"])
@pytest.mark.parametrize("type_of_x", ["i2", "u2", "i4", "i8", "u1", ">u2", "f4", "f8"])
def test_any_types(tmp_path, type_of_x, type_of_t):
    one = files.events(3000)
    x = one.x % 256
    typed = files.Events(x.astype(type_of_x), x.astype(type_of_x), one.t.astype(type_of_t), one.p)
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        files.write_columns(file, typed)
    assert rows_of(path) == files.Events(x, x, one.t, one.p).rows()
    with ev.open(path) as rec:
        assert rec.format == "hdf5"


@pytest.mark.parametrize("polarity", ["u1", "i1", "i8", "f8", bool])
@pytest.mark.parametrize("off", [0, -1])
def test_polarities_of_any_convention(tmp_path, known, polarity, off):
    if off < 0 and (polarity is bool or np.dtype(polarity).kind == "u"):
        pytest.skip("there are no negative numbers of this type")
    signed = np.where(known.p > 0, 1, off).astype(polarity)
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        files.write_columns(file, files.Events(known.x, known.y, known.t, signed))
    assert rows_of(path) == known.rows()
    assert rows_of(path, polarity_type="binary") == known.rows((0, 1))


@pytest.mark.parametrize(
    "names", [("x", "y", "t", "p"), ("xs", "ys", "ts", "ps"), ("x", "y", "timestamps", "polarity")]
)
@pytest.mark.parametrize("group", ["/", "events", "sensors/front/events"])
def test_columns_in_any_group_under_usual_names(tmp_path, known, names, group):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        files.write_columns(file.require_group(group), known, names)
        file["other"] = np.zeros(7)
    assert rows_of(path) == known.rows()


def test_records_in_any_order_with_gaps(tmp_path, known):
    record = np.dtype([("t", ">u4"), ("pad", "S3"), ("p", "i1"), ("y", "u2"), ("x", "i4")])
    rows = np.zeros(files.EVENTS, record)
    for name in "xytp":
        rows[name] = getattr(known, name)
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("events", data=rows, chunks=(999,), compression="gzip")
    assert rows_of(path) == known.rows()


@pytest.mark.parametrize("chunks", [None, (500, 4), (500, 2), (500, 1), (300, 3)])
def test_tables_of_four_columns(tmp_path, known, chunks):
    path = files.write_mvsec(tmp_path / "a.h5", known, 0, chunks=chunks)
    assert rows_of(path) == known.rows()


def test_a_table_without_names_needs_an_order(tmp_path, known):
    path = tmp_path / "a.h5"
    table = np.stack([known.t / 1e6, known.x, known.y, known.p], axis=1)
    with h5py.File(path, "w") as file:
        file["data"] = table
    with pytest.raises(ev.FormatError, match="order="):
        ev.scan(path)
    with pytest.raises(ev.FormatError, match="t_unit="):
        ev.scan(path, order="txyp")
    assert rows_of(path, order="txyp", t_unit="s") == known.rows()
    with pytest.raises(ValueError, match="letters"):
        ev.scan(path, order="txy")


def test_matlab_columns_with_two_dimensions(tmp_path, known):
    path = tmp_path / "a.mat"
    with h5py.File(path, "w") as file:
        group = file.create_group("TD")
        for name, values in zip(
            ("x", "y", "ts", "p"), (known.x, known.y, known.t, known.p), strict=True
        ):
            group.create_dataset(
                name,
                data=values.reshape(1, -1).astype("f8" if name != "ts" else "i8"),
                chunks=(1, 800),
            )
    assert rows_of(path) == known.rows()


def test_units_of_time(tmp_path, known):
    def write(times, **attributes):
        path = tmp_path / "a.h5"
        with h5py.File(path, "w") as file:
            files.write_columns(file, files.Events(known.x, known.y, times, known.p))
            file["t"].attrs.update(attributes)
        return path

    with pytest.raises(ev.FormatError, match=r't_unit="s"'):
        ev.scan(write(known.t / 1e6))
    assert rows_of(write(known.t / 1e6), t_unit="s") == known.rows()
    assert rows_of(write(known.t / 1e6, unit="seconds")) == known.rows()
    assert rows_of(write(known.t / 1e3, units=b"ms")) == known.rows()
    assert rows_of(write(known.t * 1000 + 999, unit="ns")) == known.rows()
    assert rows_of(write(known.t), t_unit="us") == known.rows()
    half = write(np.arange(files.EVENTS) / 2, unit="us")
    assert ev.read(half, t_type="int64")["t"][:6].to_list() == [0, 0, 1, 2, 2, 2]
    with pytest.raises(ValueError, match="t_unit"):
        ev.scan(half, t_unit="min")


def test_sensors_of_one_file(tmp_path, known):
    path = files.write_m3ed(tmp_path / "a.h5", known)
    later = [(x, y, t + 1, p) for x, y, t, p in known.rows()]
    assert rows_of(path) == known.rows()
    assert rows_of(path, sensor="right") == later
    assert rows_of(path, sensor="/prophesee/right") == later
    with ev.open(path) as rec:
        assert any("/prophesee/right" in note for note in rec.notes)
    with pytest.raises(ev.FormatError, match="middle"):
        ev.open(path, sensor="middle")
    # The index of one is not that of the other.
    with ev.open(path) as left, ev.open(path, sensor="right") as right:
        assert left.time_range[0] + 1 == right.time_range[0]


@pytest.mark.parametrize("sources", ["path", "bytes", "file", "memory", "raw"])
def test_sources(tmp_path, known, sources):
    path = files.write_prophesee(tmp_path / "a.h5", known)
    content = path.read_bytes()
    if sources == "path":
        assert rows_of(str(path)) == known.rows()
    elif sources == "bytes":
        assert rows_of(content) == known.rows()
    elif sources == "memory":
        assert rows_of(io.BytesIO(content)) == known.rows()
    else:
        with path.open("rb", buffering=0 if sources == "raw" else -1) as file:
            assert rows_of(file) == known.rows()


def test_a_user_block_in_front(tmp_path, known):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w", userblock_size=1024) as file:
        files.write_columns(file.create_group("events"), known, compression="gzip")
    with path.open("r+b") as file:
        file.write(b"hello")
    assert rows_of(path) == known.rows()
    assert rows_of(path.read_bytes()) == known.rows()


@pytest.mark.parametrize("old", [True, False])
def test_versions_of_the_file_format(tmp_path, known, old):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w", libver="earliest" if old else "latest") as file:
        files.write_columns(file, known, maxshape=(None,), compression="gzip")
    assert rows_of(path) == known.rows()


def test_compact_and_missing_chunks(tmp_path):
    one = files.events(100)
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        for name in "xyp":
            file[name] = getattr(one, name)
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_layout(h5py.h5d.COMPACT)
        space = h5py.h5s.create_simple((100,))
        compact = h5py.h5d.create(file.id, b"t", h5py.h5t.STD_I64LE, space, properties)
        compact.write(h5py.h5s.ALL, h5py.h5s.ALL, one.t)
    assert rows_of(path) == one.rows()
    with h5py.File(path, "w") as file:
        for name in "xyt":
            file.create_dataset(name, (300,), "u4", chunks=(100,), fillvalue=7)
            file[name][100:200] = np.arange(100)
        file.create_dataset("p", (300,), "u1")
    frame = ev.read(path, t_type="int64", sort=False, on_error="ignore")
    assert frame["t"].to_list() == [7] * 100 + list(range(100)) + [7] * 100
    assert frame["polarity"].unique().to_list() == [-1]


def test_no_events(tmp_path):
    path = files.write_dsec(tmp_path / "a.h5", files.events(0), chunks=None)
    assert ev.read(path).shape == (0, 4)
    assert ev.scan(path).select(pl.len()).collect().item() == 0
    path = files.write_prophesee(tmp_path / "b.h5", files.events(0))
    assert ev.read(path).shape == (0, 4)


def test_triggers_are_a_stream(tmp_path, known):
    edges = [(100, 0, 1), (200, 0, 0), (300, 5, 1)]
    path = files.write_prophesee(tmp_path / "a.h5", known, edges)
    with ev.open(path, t_type="int64", polarity_type="binary") as rec:
        assert rec.read("triggers").rows() == edges
        assert rec.read("triggers", start=150, end=300).rows() == [edges[1]]
        assert rec.core.count("triggers") == 3
    assert ev.validate(path).triggers == 3
    with ev.open(path, origin="start", t_type="int64") as rec:
        first = int(known.t[0])
        assert rec.read("triggers")["t"].to_list() == [t - first for t, _, _ in edges]
    out = tmp_path / "out.raw"
    ev.convert(path, out)
    with ev.open(out, t_type="int64", polarity_type="binary") as rec:
        assert rec.read("triggers").rows() == edges
        assert rec.read().rows() == known.rows((0, 1))


def test_pushdown(tmp_path):
    known = files.events(200_000)
    path = files.write_dsec(tmp_path / "a.h5", known, 0, chunks=(5000,), compression="gzip")
    middle = int(known.t[100_000])
    want = [row for row in known.rows() if middle <= row[2] < middle + 1000 and row[0] < 320]
    window = ev.scan(path, t_type="int64").filter(
        pl.col("t").is_between(middle, middle + 1000, closed="left"), pl.col("x") < 320
    )
    assert window.collect().rows() == want
    with ev.open(path) as rec:
        assert rec.select(
            start=middle, end=middle + 1000, region=(0, 0, 320, 480)
        ).to_batch().t.tolist() == [row[2] for row in want]
        sizes = [len(batch) for batch in rec.batches(70_000)]
    assert sizes == [70_000, 70_000, 60_000]
    assert ev.scan(path).head(3).collect().height == 3
    assert ev.read(path, columns=["polarity"]).columns == ["polarity"]
    with ev.open(path, threads=1) as one, ev.open(path, threads=4) as many:
        assert one.read().equals(many.read())


def test_lazy_frames_can_be_pickled(tmp_path, known):
    path = files.write_dsec(tmp_path / "a.h5", known, 0)
    with ev.open(path, t_type="int64") as rec:
        again = pickle.loads(pickle.dumps(rec))
    with again:
        assert again.read().rows() == known.rows()


# What can be wrong


def damaged(tmp_path, known, row):
    """A file whose chunk with `row` of y does not decompress."""
    path = files.write_dsec(tmp_path / "a.h5", known, 0, chunks=(1000,), compression="gzip")
    with h5py.File(path) as file:
        info = file["events/y"].id.get_chunk_info(row // 1000)
    with path.open("r+b") as file:
        file.seek(info.byte_offset)
        file.write(bytes(range(64)))
    return path


def test_a_damaged_chunk(tmp_path, known):
    path = damaged(tmp_path, known, 2500)
    says = r"'/events/y' with rows 2000 to 2999 cannot be decoded: deflate"
    with pytest.raises(ev.DamagedError, match=says) as caught:
        ev.read(path)
    with h5py.File(path) as file:
        place = file["events/y"].id.get_chunk_info(2).byte_offset
    assert caught.value.offset == place
    with ev.open(path) as rec:
        batches = rec.batches(1500)
        assert [len(next(batches)), len(next(batches))] == [1500, 500]
        with pytest.raises(ev.DamagedError, match=says):
            next(batches)
    with pytest.warns(
        ev.EvarrowWarning,
        match=rf"1000 rows of .* cannot be decoded, the first at byte {place} \(row 2000\)",
    ):
        frame = ev.read(path, t_type="int64", on_error="warn")
    assert frame.rows() == known.rows()[:2000] + known.rows()[3000:]
    assert ev.read(path, columns=["x", "t"]).height == files.EVENTS
    report = ev.validate(path)
    assert not report.ok


def test_a_damaged_chunk_is_counted_when_all_columns_are_read(tmp_path, known):
    path = damaged(tmp_path, known, 4999)
    frame = ev.read(path, t_type="int64", on_error="ignore")
    assert frame.rows() == known.rows()[:4000]


def test_values_that_do_not_fit(tmp_path, known):
    path = tmp_path / "a.h5"
    x = known.x.astype("u2")
    x[1234] = 70000 % 65536
    x[1300] = 40000
    with h5py.File(path, "w") as file:
        files.write_columns(file, files.Events(x, known.y, known.t, known.p))
    with pytest.raises(ev.DamagedError, match="the x of row 1300 is no number") as caught:
        ev.read(path)
    with h5py.File(path) as file:
        place = file["x"].id.get_chunk_info(1).byte_offset
    assert caught.value.offset == place + 300 * 2
    frame = ev.read(path, on_error="ignore")
    assert frame["x"][1300] == 32767
    assert frame["x"][1234] == 4464


def test_times_that_are_no_numbers(tmp_path, known):
    t = known.t / 1e6
    t[77] = np.nan
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        files.write_columns(file, files.Events(known.x, known.y, t, known.p))
    with pytest.raises(ev.DamagedError, match="the t of row 77"):
        ev.read(path, t_unit="s")


def test_time_that_goes_back(tmp_path, known):
    t = known.t.copy()
    t[2000:] -= 20_000
    path = files.write_prophesee(tmp_path / "a.h5", files.Events(known.x, known.y, t, known.p))
    with pytest.raises(ev.DamagedError, match=r"at byte \d+ \(row 2000\)"):
        ev.read(path)
    t = known.t.copy()
    t[2000:2010] -= 500
    path = files.write_prophesee(tmp_path / "b.h5", files.Events(known.x, known.y, t, known.p))
    assert ev.read(path)["t"].is_sorted()
    assert rows_of(path, sort=False) == files.Events(known.x, known.y, t, known.p).rows()


def test_files_that_are_no_recordings(tmp_path, known):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["images"] = np.zeros((10, 10))
    with pytest.raises(ev.FormatError, match="without events"):
        ev.open(path)
    with h5py.File(path, "w") as file:
        files.write_columns(file, files.Events(known.x[:-1], known.y, known.t, known.p))
    with pytest.raises(ev.FormatError, match="differ in length"):
        ev.open(path)
    with h5py.File(path, "w") as file:
        file["x"] = file["y"] = file["p"] = np.arange(3)
        file["t"] = ["a", "b", "c"]
    with pytest.raises(ev.FormatError, match="not numbers"):
        ev.open(path)
    whole = files.write_dsec(path, known).read_bytes()
    for cut in (9, 100, 600, len(whole) // 2, len(whole) - 1):
        with pytest.raises(ev.FormatError):
            ev.read(whole[:cut])


def test_recordings_whose_decode_is_known(corpus):
    paths = [path for path in sorted(corpus.glob("*/*.h*5")) if path.suffix in {".h5", ".hdf5"}]
    assert len(paths) >= 7
    for path in paths:
        want = json.loads(Path(f"{path}.json").read_text())
        with ev.open(path, sort=False, polarity_type="binary") as rec:
            rows = rec.select().to_batch()
            if rec.format == "prophesee-hdf5" and "triggers" in want:
                edges = rec.select("triggers").to_batch()
                columns = (edges.t, edges.column("id"), edges.polarity)
                got = [list(row) for row in zip(*(c.tolist() for c in columns), strict=True)]
                assert got == want["triggers"], path.name
        whole = hashlib.sha256()
        for column in (rows.x, rows.y, rows.t, rows.polarity):
            whole.update(column.tobytes())
        assert whole.hexdigest() == want["sha256"], path.name
