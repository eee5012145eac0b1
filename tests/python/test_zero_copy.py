# SPDX-License-Identifier: Apache-2.0
"""Consumers see the decoder's own memory: the same addresses, no copy."""

import importlib.util

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import evarrow as ev

COLUMNS = ("x", "y", "t", "polarity")


@pytest.fixture
def batch(evt2):
    with ev.open(evt2) as rec:
        return rec.select(limit=50_000).to_batch()


def address_of(array: pa.Array) -> int:
    validity, data = array.buffers()
    assert validity is None
    return data.address


def test_pyarrow(batch):
    rows = pa.record_batch(batch)
    rows.validate(full=True)
    assert rows.schema.names == list(COLUMNS)
    for name in COLUMNS:
        assert address_of(rows.column(name)) == batch.addresses()[name]
        assert rows.column(name).null_count == 0
        assert not rows.schema.field(name).nullable
    assert [str(kind) for kind in rows.schema.types] == ["int16", "int16", "duration[us]", "int8"]
    assert rows.schema.metadata[b"evarrow.width"] == b"640"
    assert rows.schema.metadata[b"evarrow.format"] == b"evt2"
    table = pa.table(batch)
    assert address_of(table["t"].chunk(0)) == batch.addresses()["t"]


def test_polars(batch):
    frame = pl.DataFrame(batch)
    for name in COLUMNS:
        series = frame[name]
        assert series.n_chunks() == 1
        assert address_of(series.to_physical().to_arrow()) == batch.addresses()[name]
        array = series.to_physical().to_numpy()
        assert array.ctypes.data == batch.addresses()[name]


def test_polars_frames_of_read_are_the_decoders_memory(evt2, monkeypatch):
    from evarrow import read_frame

    seen = []
    to_frame = read_frame.to_frame

    def spy(batch, **kwargs):
        seen.append(batch.addresses())
        return to_frame(batch, **kwargs)

    monkeypatch.setattr(read_frame, "to_frame", spy)
    frame = ev.read(evt2)
    for name in COLUMNS:
        assert address_of(frame[name].to_physical().to_arrow()) == seen[0][name]


def test_numpy(batch):
    for name, dtype in zip(COLUMNS, ("int16", "int16", "int64", "int8"), strict=True):
        array = batch.column(name)
        assert array.ctypes.data == batch.addresses()[name]
        assert array.dtype == dtype
        assert not array.flags.writeable


def test_memory_is_aligned_to_cache_lines(batch):
    assert all(address % 64 == 0 for address in batch.addresses().values())


@pytest.mark.skipif(
    importlib.util.find_spec("torch") is None, reason="torch is not installed: pip install torch"
)
@pytest.mark.filterwarnings("ignore:The given NumPy array is not writable")
def test_torch(batch):
    import torch

    for name in COLUMNS:
        tensor = torch.from_numpy(batch.column(name))
        assert tensor.data_ptr() == batch.addresses()[name]
        assert tensor.numpy().sum() == batch.column(name).sum()
    assert torch.from_numpy(batch.t).dtype == torch.int64


def test_pandas_with_arrow_types(batch):
    frame = pa.table(batch).to_pandas(types_mapper=pd.ArrowDtype)
    for name in COLUMNS:
        chunk = frame[name].array._pa_array.chunk(0)
        assert address_of(chunk) == batch.addresses()[name]
    assert frame["x"].to_numpy().sum() == batch.x.sum()


def test_nanoarrow(batch):
    import nanoarrow

    array = nanoarrow.c_array(batch)
    rows = pa.record_batch(array)
    for name in COLUMNS:
        assert address_of(rows.column(name)) == batch.addresses()[name]


def test_duckdb_gets_the_same_rows(evt2):
    import duckdb

    with ev.open(evt2, t_type="int64") as rec:
        events = rec.select()  # noqa: F841 - DuckDB finds it by its name
        frame = rec.read()
        connection = duckdb.connect()
        got = connection.sql(
            "select count(*), sum(x), sum(t), min(polarity) from events"
        ).fetchall()
        late = connection.sql("select x, y from events where t >= 1999000 order by t").fetchall()
        connection.close()
    assert got == [(frame.height, frame["x"].sum(), frame["t"].sum(), -1)]
    assert late == frame.filter(pl.col("t") >= 1_999_000).select("x", "y").rows()


def test_recordings_scans_and_batches_are_arrow_streams(evt2, batch):
    with ev.open(evt2) as rec:
        for source in (rec, rec.select(), rec.select(columns=["t"]), batch):
            schema = pa.schema(source)
            table = pa.table(source)
            assert table.schema.equals(schema, check_metadata=True)
            assert pa.RecordBatchReader.from_stream(source).read_all().equals(table)
        assert pa.table(rec).num_rows == len(rec)
        assert pa.table(rec.select("triggers")).schema.names == ["t", "id", "polarity"]


def test_arrow_types_follow_t_type(evt2):
    for t_type, want in (
        ("duration", pa.duration("us")),
        ("int64", pa.int64()),
        ("timestamp", pa.timestamp("us")),
    ):
        with ev.open(evt2, t_type=t_type) as rec:
            assert pa.schema(rec).field("t").type == want
            assert pa.table(rec.select(limit=3))["t"].type == want
            assert np.array_equal(next(rec.batches(3)).t, [0, 10, 20])


def test_an_error_of_a_pass_reaches_the_consumer():
    from test_scan_frame import damaged

    with ev.open(damaged()) as rec:
        with pytest.raises(pa.ArrowInvalid, match="back"):
            pa.table(rec)
        with pytest.raises(pl.exceptions.ComputeError, match="back"):
            pl.DataFrame(rec)
