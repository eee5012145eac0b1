# SPDX-License-Identifier: Apache-2.0
"""Parquet files are decoded where rows are wanted, group by group and column by column."""

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from table_events import events

import evarrow as ev
from evarrow import parquet, parquet_footer


@pytest.fixture
def made(monkeypatch):
    """The blocks that are decoded, as (first row, column)."""
    seen = []
    decode = parquet._Blocks._decode

    def noted(self, first, rows, column):
        seen.append((first, column))
        return decode(self, first, rows, column)

    monkeypatch.setattr(parquet._Blocks, "_decode", noted)
    monkeypatch.setattr(parquet, "_STRETCH", 10_000)
    return seen


def test_nothing_is_decoded_to_open_and_a_window_takes_its_groups_alone(tmp_path, made):
    frame = events(1_000_000)
    frame.write_parquet(tmp_path / "a.parquet", row_group_size=100_000)
    times = frame["t"].dt.total_microseconds()
    with ev.open(tmp_path / "a.parquet") as rec:
        assert (len(rec), rec.time_range) == (1_000_000, (times[0], times[-1]))
        assert made == []
        window = rec.read(start=times[410_000], end=times[490_000])
        # The index has blocks of rows of its own, which reach into the groups beside.
        firsts = {first for first, _ in made}
        assert firsts >= set(range(410_000, 490_000, 10_000))
        assert firsts <= set(range(300_000, 600_000, 10_000))
    assert_frame_equal(window, frame.filter((times >= times[410_000]) & (times < times[490_000])))
    made.clear()
    lazy = ev.scan(tmp_path / "a.parquet").filter(pl.col("t") < pl.duration(microseconds=times[50]))
    assert_frame_equal(lazy.select("y").collect(), frame.filter(times < times[50]).select("y"))
    assert {(0, "t"), (0, "y")} <= set(made)
    assert {column for _, column in made} == {"t", "y"}
    assert max(first for first, _ in made) < 200_000


def test_a_pass_decodes_each_block_once(tmp_path, made):
    frame = events(100_000)
    frame.write_parquet(tmp_path / "a.parquet", row_group_size=10_000)
    with ev.open(tmp_path / "a.parquet") as rec:
        rows = sum(len(batch) for batch in rec.batches(700))
    assert rows == 100_000
    assert len(made) == len(set(made)) == 40


def write_groups(frame, path, sizes, **how):
    table = frame.to_arrow()
    with pq.ParquetWriter(path, table.schema, **how) as writer:
        at = 0
        for size in sizes:
            writer.write_table(table.slice(at, size))
            at += size


@settings(max_examples=30, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 300), min_size=1, max_size=6),
    statistics=st.booleans(),
    stretch=st.sampled_from([1, 100, 1 << 18]),
    begin=st.integers(-10, 9000),
    span=st.integers(0, 5000),
    sort=st.booleans(),
    shuffled=st.booleans(),
)
def test_any_groups(tmp_path_factory, sizes, statistics, stretch, begin, span, sort, shuffled):
    path = tmp_path_factory.mktemp("groups") / "a[1]*.parquet"  # no pattern
    frame = events(sum(sizes), seed=len(sizes), step=5)  # less than is sorted
    if shuffled:
        frame = frame.sample(fraction=1, shuffle=True, seed=3)
    write_groups(frame, path, sizes, write_statistics=statistics)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet, "_STRETCH", stretch)
        with ev.open(path, sort=sort) as rec:
            want = frame.sort("t", maintain_order=True) if sort else frame
            assert_frame_equal(rec.read(), want)
            start = 10**12 + begin
            t = want["t"].dt.total_microseconds()
            got = rec.read(start=start, end=start + span)
            assert_frame_equal(got, want.filter((t >= start) & (t < start + span)))


def test_groups_that_are_too_large_are_unpacked(tmp_path, monkeypatch, made):
    frame = events(5000)
    frame.write_parquet(tmp_path / "a.parquet")
    monkeypatch.setattr(parquet, "_MOST_GROUP", 4999)
    with ev.open(tmp_path / "a.parquet") as rec:
        assert rec.format == "parquet"
        assert_frame_equal(rec.read(), frame)
    assert made == []


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_units_of_time(tmp_path, unit):
    frame = events(300)
    us = frame["t"].dt.total_microseconds()
    times = {"s": us / 1e6, "ms": us // 1000, "us": us, "ns": us * 1000 + 999}[unit]
    frame.with_columns(t=times).write_parquet(tmp_path / "a.parquet", row_group_size=100)
    with ev.open(tmp_path / "a.parquet", t_unit=unit) as rec:
        got = rec.read()["t"].dt.total_microseconds()
        assert_frame_equal(
            rec.read(start=got[150], end=got[160]),
            rec.read().filter((got >= got[150]) & (got < got[160])),
        )
    assert got.to_list() == (us // 1000 * 1000 if unit == "ms" else us).to_list()


def test_times_with_fractions_are_seconds(tmp_path):
    frame = events(300)
    seconds = frame.with_columns(t=frame["t"].dt.total_microseconds() / 1e6)
    seconds.write_parquet(tmp_path / "a.parquet")
    assert_frame_equal(ev.read(tmp_path / "a.parquet"), frame)
    seconds.with_columns(t=pl.col("t").floor()).write_parquet(tmp_path / "b.parquet")
    with pytest.raises(ev.FormatError, match="pass t_unit="):
        ev.open(tmp_path / "b.parquet")


@pytest.mark.parametrize("statistics", [True, False])
def test_values_that_are_missing(tmp_path, statistics):
    frame = events(300).with_columns(y=pl.when(pl.arange(0, 300) != 7).then(pl.col("y")))
    write_groups(frame, tmp_path / "a.parquet", [300], write_statistics=statistics)
    expected = ev.FormatError if statistics else ev.DamagedError
    with pytest.raises(expected, match="'y' lacks some of its values"):
        ev.read(tmp_path / "a.parquet")


def test_a_file_that_changes_meanwhile(tmp_path):
    events(300).write_parquet(tmp_path / "a.parquet")
    with ev.open(tmp_path / "a.parquet") as rec:
        events(301).write_parquet(tmp_path / "a.parquet")
        with pytest.raises(ev.ChangedError, match="has changed since it was opened"):
            rec.read()


def test_many_rows_of_nothing_are_refused(tmp_path):
    rows = 1 << 22
    zeros = pa.array(np.zeros(rows, "i8"))
    table = pa.table({"x": zeros, "y": zeros, "t": zeros, "p": zeros})
    with pq.ParquetWriter(tmp_path / "a.parquet", table.schema) as writer:
        for _ in range(30):
            writer.write_table(table)
    with pytest.raises(ev.FormatError, match="is not unpacked"):
        ev.open(tmp_path / "a.parquet")


def test_damage_is_named_or_left_out(tmp_path, capfd):
    """One byte is changed at a time."""
    frame = events(2000)
    frame.write_parquet(tmp_path / "a.parquet", row_group_size=500, compression="zstd")
    sound = (tmp_path / "a.parquet").read_bytes()
    rng = np.random.default_rng(5)
    damaged = 0
    for at in [*rng.integers(0, len(sound), 60), *range(len(sound) - 60, len(sound), 4)]:
        content = bytearray(sound)
        content[at] ^= int(rng.integers(1, 256))
        (tmp_path / "b.parquet").write_bytes(content)
        try:
            rows = ev.read(tmp_path / "b.parquet", on_error="ignore")
        except ev.FormatError:
            damaged += 1
        else:
            assert rows.height <= 2000
    assert damaged > 5
    capfd.readouterr()  # what Polars says of its panics


def test_a_footer_of_any_bytes(tmp_path):
    rng = np.random.default_rng(6)
    path = tmp_path / "a.parquet"
    for size in range(300):
        noise = rng.integers(0, 256, size, dtype="u1").tobytes()
        path.write_bytes(b"PAR1" + noise + size.to_bytes(4, "little") + b"PAR1")
        with path.open("rb") as file:
            groups = parquet_footer.read_row_groups(file)
        assert groups is None or isinstance(groups, list)
    for content in (b"", b"PAR1", b"PAR1" + bytes(8), b"PAR1\xff\xff\xff\x7fPAR1", b"x" * 100):
        path.write_bytes(content)
        with path.open("rb") as file:
            assert parquet_footer.read_row_groups(file) is None


def test_the_footer_says_what_pyarrow_says(tmp_path):
    frame = events(1000)
    path = tmp_path / "a.parquet"
    write_groups(frame, path, [300, 1, 699])
    with path.open("rb") as file:
        groups = parquet_footer.read_row_groups(file)
    about = pq.ParquetFile(path).metadata
    for i, group in enumerate(groups):
        row_group = about.row_group(i)
        assert group.rows == row_group.num_rows
        for k, name in enumerate(frame.columns):
            column = row_group.column(k).statistics
            assert group.nulls[name] == column.null_count
        assert group.bounds["x"] == (
            row_group.column(0).statistics.min,
            row_group.column(0).statistics.max,
        )
    times = frame["t"].dt.total_microseconds()
    assert groups[2].bounds["t"] == (times[301], times[999])
