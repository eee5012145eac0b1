# SPDX-License-Identifier: Apache-2.0
"""Filters one behind the other, over anything that holds events."""

import itertools
import pickle

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evarrow as ev
from evarrow import filters

SIZE = (640, 480)
PIPELINE = ev.Pipeline(
    [filters.Box(region=(100, 50, 500, 400)), filters.Refractory(300)], resolution=SIZE
)


@pytest.fixture
def frame(evt2):
    return ev.read(evt2)


def wanted(frame, period=300):
    """What PIPELINE keeps, row by row."""
    last = {}
    keep = []
    for x, y, t in zip(frame["x"], frame["y"], frame["t"].to_physical(), strict=True):
        ok = 100 <= x < 500 and 50 <= y < 400 and t - last.get((x, y), t - period) >= period
        if ok:
            last[x, y] = t
        keep.append(ok)
    return frame.filter(pl.Series(keep))


@pytest.fixture
def want(frame):
    rows = wanted(frame)
    assert 0 < rows.height < frame.height
    return rows


def test_every_kind_of_events_comes_back_as_it_came(frame, want, evt2):
    assert PIPELINE(frame).equals(want)
    for source in (evt2, str(evt2), frame.lazy(), ev.scan(evt2)):
        found = PIPELINE(source)
        assert isinstance(found, pl.LazyFrame)
        assert found.collect().equals(want)
    with ev.open(evt2) as rec:
        assert PIPELINE(rec).collect().equals(want)
        assert pl.DataFrame(PIPELINE(rec.select())).equals(want)
    table = PIPELINE(frame.to_arrow())
    assert isinstance(table, pa.Table)
    assert pl.DataFrame(table).equals(want)
    reader = pa.RecordBatchReader.from_stream(frame)
    batch = PIPELINE(reader)
    assert isinstance(batch, ev.EventBatch)
    assert pl.DataFrame(batch).equals(want)
    columns = {name: frame[name].to_physical().to_numpy() for name in frame.columns}
    assert pl.DataFrame(PIPELINE(ev.from_arrays(**columns))).equals(want)
    mapping = PIPELINE(columns)
    structured = PIPELINE(frame.to_numpy(structured=True))
    for name in frame.columns:
        assert (mapping[name] == want[name].to_physical().to_numpy()).all()
        assert (structured[name] == want[name].to_numpy()).all()


def test_batches_come_one_by_one_and_can_be_counted(evt2, frame, want):
    with ev.open(evt2) as rec:
        for events in (rec, evt2, rec.select(), frame, frame.lazy()):
            parts = [pl.DataFrame(batch) for batch in PIPELINE.batches(events)]
            assert pl.concat(parts).equals(want)
            box, refractory = PIPELINE.counts
            assert (box.name, box.events_in) == ("box", frame.height)
            assert refractory.events_in == box.events_out
            assert refractory.events_out == want.height


def test_other_columns_come_along(frame):
    label = pl.int_range(pl.len(), dtype=pl.Int64)
    more = frame.with_columns(label=label, text=pl.lit("a"))
    kept = wanted(more)
    assert PIPELINE(more).equals(kept)
    assert PIPELINE(more.lazy()).collect().equals(kept)
    chunked = pl.concat([more[:1000], more[1000:1001], more[1001:]], rechunk=False)
    assert PIPELINE(chunked).equals(kept)
    columns = {
        "p": (frame["polarity"] > 0).to_numpy(),
        "ts": frame["t"].to_numpy().astype("m8[ns]"),
        "x": frame["x"].to_numpy().astype(np.uint16),
        "y": frame["y"].to_numpy(),
        "label": np.arange(frame.height),
    }
    found = PIPELINE(columns)
    assert list(found) == list(columns)
    for name, values in columns.items():
        assert found[name].dtype == values.dtype
        assert (found[name] == values[kept["label"].to_numpy()]).all()


@pytest.mark.parametrize("kind", [pl.Int64, pl.Datetime("us"), pl.Duration("us")])
def test_times_keep_their_type(frame, want, kind):
    as_kind = pl.col("t").to_physical().cast(kind)
    assert PIPELINE(frame.with_columns(as_kind)).equals(want.with_columns(as_kind))


@pytest.mark.parametrize("unit", ["ns", "ms"])
def test_durations_of_other_units_are_understood(unit):
    t = pl.Series([0, 2, 3, 5, 20], dtype=pl.Duration("ms")).dt.cast_time_unit(unit)
    frame = pl.DataFrame({"x": [1] * 5, "y": [2] * 5, "t": t, "p": [True] * 5})
    found = filters.refractory(frame, "3ms", resolution=SIZE)
    assert found.equals(frame[[0, 2, 4]])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(-5, 30), st.booleans()),
        max_size=60,
    ),
    st.lists(st.integers(0, 60), max_size=4),
    st.integers(0, 12),
)
def test_cuts_do_not_matter(rows, cuts, period):
    frame = pl.DataFrame(
        rows, schema={"x": pl.Int16, "y": pl.Int16, "t": pl.Int64, "p": pl.Boolean}, orient="row"
    ).select("x", "y", pl.col("t").cast(pl.Duration("us")), polarity=pl.col("p").cast(pl.Int8))
    edges = sorted({0, frame.height, *(min(cut, frame.height) for cut in cuts)})
    pieces = [frame[a:b] for a, b in itertools.pairwise(edges)] or [frame]
    chunked = pl.concat(pieces, rechunk=False)
    pipeline = ev.Pipeline([filters.Refractory(period, reference="seen")], resolution=(4, 3))
    whole = pipeline(frame)
    assert pipeline(chunked).equals(whole)
    parts = [pl.DataFrame(batch) for batch in pipeline.batches(chunked)]
    rows = pl.concat(parts) if parts else frame.clear()
    assert rows["t"].to_list() == whole["t"].to_list()


def test_a_query_asks_what_comes_out(evt2, frame, want):
    for lazy in (PIPELINE(evt2), PIPELINE(frame.lazy())):
        late = pl.col("t") >= pl.duration(microseconds=5000)
        assert (
            lazy.filter(late, pl.col("x") > 200)
            .collect()
            .equals(want.filter(late, pl.col("x") > 200))
        )
        assert lazy.head(7).collect().equals(want.head(7))
        assert (
            lazy.head(7)
            .filter(pl.col("x") > 200)
            .collect()
            .equals(want.head(7).filter(pl.col("x") > 200))
        )
        assert lazy.select("t", "x").collect().equals(want.select("t", "x"))
        assert lazy.select(pl.len()).collect().item() == want.height
        assert (
            lazy.filter(pl.col("polarity") > 0)
            .select("y")
            .collect()
            .equals(want.filter(pl.col("polarity") > 0).select("y"))
        )
        assert lazy.collect(engine="streaming").equals(want)
    # What is asked of what goes in may reach the decoder.
    early = ev.scan(evt2).filter(pl.col("t") < pl.duration(microseconds=5000))
    assert PIPELINE(early).collect().equals(wanted(early.collect()))


def test_lazy_frames_of_filters_can_be_filtered_again(evt2, want):
    again = filters.refractory(PIPELINE(evt2), 900, resolution=SIZE)
    assert again.collect().equals(wanted(want, 900))
    assert pl.concat([again, again]).collect().height == 2 * again.collect().height


def test_order_stays_known(frame, evt2):
    assert PIPELINE(frame)["t"].flags["SORTED_ASC"]
    assert PIPELINE(evt2).collect()["t"].flags["SORTED_ASC"]


def test_arrow_streams_know_their_sensor(evt2, want):
    pipeline = ev.Pipeline([filters.Box(region=(100, 50, 500, 400)), filters.Refractory(300)])
    with ev.open(evt2, resolution=SIZE) as rec:
        assert pl.DataFrame(pipeline(pa.RecordBatchReader.from_stream(rec))).equals(want)
        assert pl.DataFrame(pipeline(pa.table(rec))).equals(want)
    with pytest.raises(ValueError, match=r"needs the size.*resolution=\(width.*Pipeline"):
        pipeline(want)


def test_events_outside_the_sensor_are_counted(frame):
    small = filters.Refractory(0, resolution=(320, 480))
    with pytest.warns(ev.EvarrowWarning, match="lay outside the sensor") as caught:
        kept = small(frame)
    assert kept.equals(frame.filter(pl.col("x") < 320))
    assert len(caught) == 1
    with pytest.raises(ValueError, match="outside the sensor of 320 x 480"):
        filters.refractory(frame, 0, resolution=(320, 480), outside="raise")


def test_empty_events_stay_empty(frame):
    nothing = frame.clear()
    for events in (nothing, nothing.to_arrow(), nothing.to_numpy(structured=True)):
        assert len(PIPELINE(events)) == 0
    assert PIPELINE(nothing.lazy()).collect().equals(nothing)
    assert len(PIPELINE(pa.RecordBatchReader.from_stream(nothing))) == 0
    assert list(PIPELINE.batches(nothing)) == []


def test_filters_are_values():
    one = filters.Refractory("1ms", reference="seen")
    assert repr(one) == "Refractory(period='1ms', reference='seen')"
    assert pickle.loads(pickle.dumps(one)) == one
    again = pickle.loads(pickle.dumps(PIPELINE))
    assert repr(again) == repr(PIPELINE)
    assert repr(PIPELINE) == (
        "Pipeline([Box(region=(100, 50, 500, 400)), Refractory(period=300)], resolution=(640, 480))"
    )
    assert list(again) == list(PIPELINE)
    assert len(again) == 2
    assert again == PIPELINE
    assert hash(again) == hash(PIPELINE)
    assert again != ev.Pipeline(list(PIPELINE))


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"period": -1}, ValueError, "period"),
        ({"period": 0.5}, TypeError, "period"),
        ({"period": 1, "reference": "last"}, ValueError, "kept, seen"),
        ({"period": 1, "profile": "dv"}, ValueError, "evlib, tonic"),
        ({"period": 1, "outside": "clamp"}, ValueError, "drop, raise"),
        ({"period": 1, "resolution": 5}, TypeError, "resolution"),
    ],
)
def test_what_is_no_option_is_named_at_once(options, error, says):
    with pytest.raises(error, match=says):
        filters.Refractory(**options)


def test_what_is_no_filter_is_named(frame):
    with pytest.raises(TypeError, match="filters such as"):
        ev.Pipeline([filters.refractory])
    with pytest.raises(TypeError, match="events come from"):
        PIPELINE(5)
    with pytest.raises(ValueError, match="polarity"):
        PIPELINE(frame.drop("polarity"))
    holes = frame.with_columns(x=pl.when(pl.col("x") > 200).then(pl.col("x")))
    with pytest.raises(ValueError, match="'x' is null"):
        PIPELINE(holes)


def test_frames_have_a_namespace(frame, want):
    boxed = frame.events.box(region=(100, 50, 500, 400))
    assert boxed.events.refractory(300, resolution=SIZE).equals(want)
    assert boxed.lazy().events.refractory(300, resolution=SIZE).collect().equals(want)
    surface = ev.representations.time_surface(frame, "1ms", resolution=SIZE)
    for events in (frame.events, frame.lazy().events):
        assert np.array_equal(events.to_time_surface("1ms", resolution=SIZE), surface)
        assert sum(map(len, events.windows("1ms"))) == len(frame)
    assert {"refractory", "time_surface", "to_time_surface", "windows"} <= set(dir(frame.events))
    for name in ("nonsense", "to_nonsense", "to_block_mean", "Refractory"):
        with pytest.raises(AttributeError, match=f"no method '{name}'"):
            getattr(frame.events, name)
