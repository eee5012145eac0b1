# SPDX-License-Identifier: Apache-2.0
import io
import itertools
import os
import threading
import zipfile

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evarrow as ev
from evarrow.arrow_file import read_metadata

PACKED = {
    "npy": ["none"],
    "npz": ["none", "deflate"],
    "arrow": ["zstd", "lz4", "none"],
    "parquet": ["zstd", "lz4", "snappy", "gzip", "brotli", "none"],
}
PAIRS = [(kind, compression) for kind, found in PACKED.items() for compression in found]
SIZE = (640, 480)


def events(n, start=0, step=20, seed=0):
    random = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "x": random.integers(-(2**15), 2**15, n).astype("i2"),
            "y": random.integers(0, SIZE[1], n).astype("i2"),
            "t": start + np.cumsum(random.integers(0, step, n)),
            "polarity": random.choice(np.array([-1, 1], "i1"), n),
        },
        schema_overrides={"t": pl.Duration("us")},
    )


@pytest.mark.parametrize(("kind", "compression"), PAIRS)
def test_any_events_are_read_back(kind, compression, tmp_path):
    path = tmp_path / f"out.{kind}"

    @settings(max_examples=15, deadline=None)
    @given(
        n=st.integers(0, 300),
        start=st.sampled_from([0, -5, -(2**62), 2**53 + 1, 2**62]),
        shuffled=st.booleans(),
    )
    def round_trip(n, start, shuffled):
        frame = events(n, start, 100_000, n)
        if shuffled:
            frame = frame.sample(fraction=1, shuffle=True, seed=n)
        how = {"compression": compression, "resolution": SIZE, "overwrite": True}
        assert ev.write(frame, path, **how) == n
        with ev.open(path, sort=False, on_error="ignore") as rec:
            assert rec.format == kind
            assert rec.resolution == (None if kind == "npy" else SIZE)
            assert rec.read().equals(frame)

    round_trip()


@pytest.mark.parametrize("kind", list(PACKED))
def test_batches_of_any_size_are_put_together(kind, tmp_path):
    frame = events(700_000)
    path = tmp_path / f"out.{kind}"
    for source in (frame, frame.lazy(), frame[:150_000].to_arrow()):
        n = ev.write(source, path, resolution=SIZE, overwrite=True)
        assert ev.read(path).equals(frame[:n])


@pytest.mark.parametrize("kind", ["arrow", "parquet"])
def test_the_metadata_comes_back(kind, sample, tmp_path):
    path = tmp_path / f"out.{kind}"
    with pytest.warns(ev.EvarrowWarning, match="'triggers'"):
        ev.convert(sample, path)
    with ev.open(sample) as first, ev.open(path) as second:
        assert second.resolution == first.resolution
        assert dict(second.header) == dict(first.header)
        ev.convert(second, tmp_path / "again.raw", format="evt3")
        with ev.open(tmp_path / "again.raw") as again:
            assert dict(again.header) == dict(first.header)


def test_pyarrow_reads_arrow_files(tmp_path):
    frame = events(300_000)
    for compression in PACKED["arrow"]:
        path = tmp_path / compression
        ev.write(frame, path, format="arrow", resolution=SIZE, compression=compression)
        with pa.ipc.open_file(path) as file:
            table = file.read_all()
            assert file.num_record_batches > 1
        table.validate(full=True)
        assert pl.from_arrow(table).equals(frame)
        assert table.schema.metadata[b"evarrow.width"] == b"640"
        assert not any(field.nullable for field in table.schema)
        assert pa.feather.read_table(path).equals(table)
        assert pl.read_ipc(path).equals(frame)
        # Who does not seek reads the same without the footer.
        with path.open("rb") as file:
            file.seek(8)
            assert pa.ipc.open_stream(file).read_all().equals(table)


def test_metadata_of_damaged_arrow_files_is_none(tmp_path):
    path = tmp_path / "a.arrow"
    ev.write(events(3), path, resolution=SIZE)
    content = path.read_bytes()
    assert read_metadata(io.BytesIO(content))["evarrow.height"] == "480"
    random = np.random.default_rng(0)
    for _ in range(500):
        damaged = bytearray(content)
        for at in random.integers(len(content) - 900, len(content), 3):
            damaged[at] = random.integers(256)
        assert isinstance(read_metadata(io.BytesIO(damaged)), dict)
    for size in range(0, len(content), 7):
        assert isinstance(read_metadata(io.BytesIO(content[:size])), dict)


def test_parquet_is_read_by_others_and_pruned_by_its_statistics(tmp_path):
    frame = events(2_300_000, 10**9)
    path = tmp_path / "out.parquet"
    ev.write(frame, path, resolution=SIZE)
    file = pyarrow.parquet.ParquetFile(path)
    assert file.schema_arrow.field("t").type == pa.duration("us")
    assert file.metadata.metadata[b"evarrow.height"] == b"480"
    assert pl.from_arrow(file.read()).equals(frame)
    assert pl.read_parquet(path).equals(frame)
    groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
    assert len(groups) == 3
    ranges = [(one.column(2).statistics.min, one.column(2).statistics.max) for one in groups]
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(ranges))
    assert groups[0].column(2).compression == "ZSTD"
    [(count, first)] = duckdb.sql(
        f"SELECT count(*), min(t) FROM '{path}' WHERE t < {10**9 + 1_000_000}"
    ).fetchall()
    early = frame.filter(pl.col("t").to_physical() < 10**9 + 1_000_000)
    assert (count, first) == (early.height, early["t"].to_physical()[0])


def test_numpy_reads_its_files(tmp_path):
    frame = events(1000)
    ev.write(frame, tmp_path / "a.npy", resolution=SIZE)
    records = np.load(tmp_path / "a.npy")
    assert (records["t"] == frame["t"].to_physical().to_numpy()).all()
    assert (records["p"] == (frame["polarity"] > 0).to_numpy()).all()
    for compression in ("none", "deflate"):
        path = tmp_path / f"{compression}.npz"
        ev.write(frame, path, resolution=SIZE, compression=compression)
        with np.load(path) as archive:
            assert (archive["x"] == frame["x"].to_numpy()).all()
            assert (archive["y"] == frame["y"].to_numpy()).all()
            assert (archive["t"] == frame["t"].to_physical().to_numpy()).all()
            assert (archive["p"] == (frame["polarity"] > 0).to_numpy()).all()
            assert (archive["width"], archive["height"]) == SIZE
        assert zipfile.ZipFile(path).testzip() is None


@pytest.mark.parametrize("kind", list(PACKED))
def test_what_does_not_fit_is_named(kind, tmp_path):
    path = tmp_path / f"out.{kind}"
    bad = pl.DataFrame({"x": [1, 2], "y": [1, 2], "t": [1, 2], "polarity": [1, 5]})
    with pytest.raises(ValueError, match="polarity"):
        ev.write(bad, path, resolution=SIZE)
    good = bad.with_columns(polarity=pl.lit(1))
    with pytest.raises(ValueError, match="triggers"):
        ev.write(good, path, resolution=SIZE, triggers={"t": [1], "id": [0], "polarity": [1]})
    with pytest.raises(ValueError, match="compress"):
        ev.write(good, path, resolution=SIZE, compression="rar")
    with pytest.raises(ValueError, match="compress"):
        ev.write(good, path, resolution=SIZE, compression="none", compression_level=3)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", list(PACKED))
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


@pytest.mark.parametrize("kind", list(PACKED))
def test_nothing_is_left_of_what_fails(kind, tmp_path):
    frame = events(500_000)

    class Source:
        def __arrow_c_stream__(self, requested_schema=None):
            def batches():
                yield from frame.to_arrow().to_batches(100_000)
                raise RuntimeError("the source fails")

            schema = frame.to_arrow().schema
            return pa.RecordBatchReader.from_batches(schema, batches()).__arrow_c_stream__()

    with pytest.raises(Exception, match="fails"):
        ev.write(Source(), tmp_path / f"out.{kind}", resolution=SIZE)
    assert list(tmp_path.iterdir()) == []
    assert not [one for one in threading.enumerate() if "_run" in one.name]


@pytest.mark.parametrize("kind", ["npy", "arrow", "parquet"])
def test_a_full_disk_is_an_error(kind):
    with pytest.raises(OSError, match="space"):
        ev.write(events(10), "/dev/full", format=kind, resolution=SIZE, overwrite=True)
