# SPDX-License-Identifier: Apache-2.0
import datetime

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evarrow as ev

US = pl.col("t").dt.total_microseconds()
PART = {"start": "1ms", "end": 5_000, "region": (100, 50, 400, 300), "polarity": 1}


def within(frame):
    """The rows of PART, as Polars finds them."""
    return frame.filter(
        US.is_between(1_000, 5_000, closed="left"),
        pl.col("x").is_between(100, 400, closed="left"),
        pl.col("y").is_between(50, 300, closed="left"),
        pl.col("polarity") == 1,
    )


@pytest.fixture
def frame(evt2):
    return ev.read(evt2, limit=2_000)


def bounds(least, greatest):
    return st.one_of(st.none(), st.integers(least, greatest))


@st.composite
def boxes(draw):
    x = sorted((draw(st.integers(-40_000, 40_000)), draw(st.integers(0, 700))))
    y = sorted((draw(st.integers(-10, 500)), draw(st.integers(0, 500))))
    region = (x[0], y[0], x[1], y[1])
    start = draw(bounds(-(2**63), 2**63 - 1)) if draw(st.booleans()) else draw(bounds(0, 9999))
    end = draw(bounds(0, 30_000))
    if start is not None and end is not None:
        start, end = sorted((start, end))
    return {
        "start": start,
        "end": end,
        "region": region if draw(st.booleans()) else None,
        "polarity": draw(st.sampled_from([None, -1, 1])),
    }


def test_box_is_what_its_definition_says(evt2):
    whole = ev.read(evt2, limit=3_000)
    chunked = pl.concat([whole[:1000], whole[1000:1001], whole[1001:]], rechunk=False)
    uneven = chunked.with_columns(chunked["x"].rechunk())

    @settings(max_examples=150, deadline=None)
    @given(boxes())
    def check(box):
        want = whole
        if box["start"] is not None:
            want = want.filter(US.ge(box["start"]))
        if box["end"] is not None:
            want = want.filter(US.lt(box["end"]))
        if box["polarity"] is not None:
            want = want.filter(pl.col("polarity") == box["polarity"])
        if box["region"] is not None:
            x0, y0, x1, y1 = box["region"]
            x, y = (pl.col(name).cast(pl.Int32) for name in ("x", "y"))
            want = want.filter(x >= x0, x < x1, y >= y0, y < y1)
        assert ev.filters.box(whole, **box).equals(want)
        for other in (chunked, uneven):
            assert ev.filters.box(other, **box).equals(want)
        assert ev.filters.box(whole.lazy(), **box).collect().equals(want)

    check()


def test_every_kind_of_events_comes_back_as_it_came(frame, evt2):
    want = within(frame)
    assert 0 < want.height < frame.height
    lazy = ev.filters.box(frame.lazy(), **PART)
    assert isinstance(lazy, pl.LazyFrame)
    assert lazy.collect().equals(want)
    table = ev.filters.box(frame.to_arrow(), **PART)
    assert isinstance(table, pa.Table)
    assert pl.DataFrame(table).equals(want)
    columns = {name: frame[name].to_physical().to_numpy() for name in frame.columns}
    batch = ev.filters.box(ev.from_arrays(**columns), **PART)
    assert isinstance(batch, ev.EventBatch)
    assert pl.DataFrame(batch).equals(want)
    mapping = ev.filters.box(columns, **PART)
    structured = ev.filters.box(frame.to_numpy(structured=True), **PART)
    for name in frame.columns:
        assert (mapping[name] == want[name].to_physical().to_numpy()).all()
        assert (structured[name] == want[name].to_numpy()).all()
    reader = pa.RecordBatchReader.from_stream(frame)
    assert pl.DataFrame(ev.filters.box(reader, **PART)).equals(want)
    for source in (evt2, str(evt2)):
        found = ev.filters.box(source, **PART)
        assert isinstance(found, pl.LazyFrame)
        assert found.collect().equals(within(ev.read(evt2)))
    with ev.open(evt2) as rec:
        assert ev.filters.box(rec, **PART).collect().equals(within(rec.read()))
        assert pl.DataFrame(ev.filters.box(rec.select(limit=2_000), **PART)).equals(want)


@pytest.mark.parametrize("kind", [pl.Int64, pl.Datetime("us"), pl.Duration("us")])
def test_times_keep_their_type(frame, kind):
    as_kind = pl.col("t").to_physical().cast(kind)
    typed = frame.with_columns(as_kind)
    found = ev.filters.box(typed, **PART)
    assert found.schema["t"] == kind
    assert found.equals(within(frame).with_columns(as_kind))
    assert ev.filters.box(typed.lazy(), **PART).collect().equals(found)


@pytest.mark.parametrize("unit", ["ns", "ms"])
def test_durations_of_other_units_are_compared_as_durations(frame, unit):
    typed = frame.with_columns(pl.col("t").dt.cast_time_unit(unit))
    found = ev.filters.box(typed, start="2ms", end="5ms")
    assert found.equals(typed.filter(pl.col("t").is_between(
        pl.duration(milliseconds=2), pl.duration(milliseconds=5), closed="left")))  # fmt: skip
    assert found.schema["t"] == pl.Duration(unit)


def test_other_columns_and_names_come_along(frame):
    more = frame.with_columns(label=pl.int_range(pl.len()))
    assert ev.filters.box(more, **PART).equals(within(more))
    columns = {
        "p": (frame["polarity"] > 0).to_numpy(),
        "ts": frame["t"].to_numpy().astype("m8[ns]"),
        "x": frame["x"].to_numpy().astype(np.uint16),
        "y": frame["y"].to_numpy(),
        "label": np.arange(frame.height),
    }
    found = ev.filters.box(columns, **PART)
    assert (found["label"] == within(more)["label"].to_numpy()).all()
    assert found["ts"].dtype == np.dtype("m8[ns]")
    off = ev.filters.box(columns, polarity=0)
    assert len(off["x"]) == (frame["polarity"] < 0).sum()


def test_a_result_has_memory_of_its_own_and_keeps_its_order(frame):
    before = frame.clone()
    found = ev.filters.box(frame, start=0)
    assert found.equals(frame)
    assert found["t"].flags["SORTED_ASC"]
    del frame
    assert found.equals(before)
    shuffled = before.sample(fraction=1, shuffle=True, seed=1)
    assert ev.filters.box(shuffled, **PART).equals(within(shuffled))


def test_bounds_reach_the_decoder(evt2):
    plan = ev.filters.box(evt2, **PART).explain()
    assert "PYTHON[evarrow] SCAN" in plan
    assert not plan.startswith("FILTER")


def test_empty_events_stay_empty(frame):
    nothing = frame.clear()
    for events in (nothing, nothing.to_arrow(), nothing.to_numpy(structured=True)):
        assert len(ev.filters.box(events, **PART)) == 0
    assert ev.filters.box(nothing.lazy(), **PART).collect().height == 0
    reader = pa.RecordBatchReader.from_stream(nothing)
    assert len(ev.filters.box(reader, **PART)) == 0


@pytest.mark.parametrize(
    ("box", "error", "says"),
    [
        ({"start": 0.5}, TypeError, "start"),
        ({"end": "soon"}, ValueError, "duration"),
        ({"region": (1, 2, 3)}, TypeError, "region"),
        ({"polarity": 5}, ValueError, "polarity"),
        ({"start": datetime.datetime(2026, 1, 1)}, TypeError, "start"),
    ],
)
def test_what_is_no_bound_is_named(frame, box, error, says):
    with pytest.raises(error, match=says):
        ev.filters.box(frame, **box)


def test_what_holds_no_events_is_named(frame):
    with pytest.raises(TypeError, match="events come from"):
        ev.filters.box(5)
    with pytest.raises(ValueError, match="polarity"):
        ev.filters.box({"x": [1], "y": [1], "t": [1]}, **PART)
    with pytest.raises(Exception, match="polarity"):
        ev.filters.box(frame.drop("polarity"), **PART)


def test_nulls_and_wide_types_are_filtered_too(frame):
    holes = frame.with_columns(x=pl.when(pl.col("x") > 200).then(pl.col("x")))
    assert ev.filters.box(holes, **PART).equals(within(holes))
    wide = frame.with_columns(pl.col("x", "y").cast(pl.Int32))
    assert ev.filters.box(wide, **PART).equals(within(wide))
