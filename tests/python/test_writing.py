# SPDX-License-Identifier: Apache-2.0
import io

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
import words
from hypothesis import given, settings
from hypothesis import strategies as st

import evarrow as ev

FORMATS = [one.name for one in ev.formats() if one.writable]
# Those that hold the triggers of any recording; the others are tested on their own.
WITH_TRIGGERS = [
    one.name
    for one in ev.formats()
    if one.writable and "triggers" in one.streams and one.name not in {"dat", "aedat2", "aedat4"}
]
STARTS = [0, 1, 2**24 - 50, 2**32, 2**34 - 50]
NEAR = {"es": 2**24, "nmnist": 2**23}  # formats that only hold times near 0, and how far from it
SIZES = {"nmnist": (34, 34)}  # of the sensor, where the usual one does not fit


@st.composite
def event_frames(draw, most=2**34, size=(640, 480)):
    n = draw(st.integers(0, 200))
    seed = draw(st.integers(0, 2**32 - 1))
    start = draw(st.sampled_from([start for start in STARTS if start < most]))
    random = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "x": random.integers(0, size[0], n).astype(np.int16),
            "y": random.integers(0, size[1], n).astype(np.int16),
            "t": np.sort(start + random.integers(0, draw(st.integers(1, 5000)), n)).clip(max=most),
            "polarity": random.choice(np.array([-1, 1], np.int8), n),
        },
        schema_overrides={"t": pl.Duration("us")},
    )


@pytest.mark.parametrize("kind", FORMATS)
def test_what_is_written_is_read_back(kind, tmp_path):
    size = SIZES.get(kind, (640, 480))

    @settings(max_examples=40, deadline=None)
    @given(event_frames(NEAR.get(kind, 2**34) - 1, size))
    def round_trip(frame):
        path = tmp_path / "out.raw"
        if kind in ("dat", "aedat2") and len(frame) and frame["t"].to_physical()[-1] >= 2**32:
            with pytest.raises(ValueError, match=r"clock of .*origin=\"start\""):
                ev.write(frame, path, format=kind, resolution=(640, 480), overwrite=True)
            return
        assert ev.write(frame, path, format=kind, resolution=size, overwrite=True) == len(frame)
        # Nothing in the file says that it is one, nor how large the sensor is.
        how = {"format": kind, "resolution": size} if kind == "nmnist" else {}
        back = ev.read(path, sort=False, **how)
        with ev.open(path, **how) as rec:
            # A .npy file has no place for it.
            assert (rec.format, rec.resolution) == (kind, None if kind == "npy" else size)
        # The clock of a format may have fewer bits: only then may all times be off, by whole turns.
        if len(frame):
            turn = {"evt3": 2**24}.get(kind, 2**34)
            off = (frame["t"] - back["t"]).dt.total_microseconds().unique()
            assert len(off) == 1
            assert off[0] % turn == 0
        assert back.drop("t").equals(frame.drop("t"))

    round_trip()


@pytest.mark.parametrize("kind", WITH_TRIGGERS)
def test_conversion_keeps_events_triggers_and_header(sample, tmp_path, kind):
    path = tmp_path / "converted.raw"
    with ev.open(sample) as rec:
        assert ev.convert(rec, path, format=kind) == len(rec)
        want = rec.read(["events", "triggers"])
    with ev.open(path) as back:
        assert (back.format, back.resolution) == (kind, (64, 48))
        got = back.read(["events", "triggers"])
    assert got["events"].equals(want["events"])
    assert got["triggers"].height > 0
    assert got["triggers"].equals(want["triggers"])
    again = tmp_path / "back.raw"
    ev.convert(path, again, format="evt3")
    if kind != "mcap":  # messages have no place for the lines of a header
        assert again.read_bytes() == sample.read_bytes()
    for stream, rows in ev.open(again).read(["events", "triggers"]).items():
        assert rows.equals(want[stream])


def test_every_source_of_events_can_be_written(evt2, tmp_path):
    x, y, t, polarity = words.known(1000)
    rows = np.zeros(1000, dtype=[("t", "i8"), ("x", "u2"), ("y", "u2"), ("p", "?")])
    rows["t"], rows["x"], rows["y"], rows["p"] = t, x, y, polarity > 0
    frame = ev.read(evt2, limit=1000)
    with ev.open(evt2) as rec:
        sources = {
            "frame": frame,
            "lazy": ev.scan(evt2).head(1000),
            "lazy with more": ev.scan(evt2).head(1000).with_columns(z=1.5),
            "arrow": frame.to_arrow(),
            "reader": pa.RecordBatchReader.from_stream(frame),
            "scan": rec.select(limit=1000),
            "batch": rec.select(limit=1000).to_batch(),
            "columns": {"x": x, "y": y, "t": t, "polarity": polarity},
            "structured": rows,
            "int64": frame.with_columns(pl.col("t").dt.total_microseconds()),
            "milliseconds": frame.with_columns(pl.col("t").cast(pl.Duration("us"))),
            "boolean": frame.with_columns(pl.col("polarity") > 0),
            "binary": frame.with_columns((pl.col("polarity") + 1) // 2),
        }
        for name, events in sources.items():
            path = tmp_path / f"{name}.raw"
            assert ev.write(events, path, resolution=(640, 480)) == 1000, name
            assert ev.read(path).equals(frame), name


def test_a_path_and_a_recording_are_converted_with_their_triggers(sample, tmp_path):
    assert ev.write(sample, tmp_path / "a.raw") == ev.read(sample).height
    with ev.open(sample) as rec:
        ev.write(rec, tmp_path / "b.raw", format="evt2")
        assert ev.read(tmp_path / "b.raw", stream="triggers").equals(rec.read("triggers"))


def test_triggers_are_merged_by_time(tmp_path):
    events = ev.from_arrays(x=[1, 2], y=[3, 4], t=[100, 300], polarity=[1, 1])
    triggers = pl.DataFrame({"t": [400, 50, 200], "id": [1, 0, 0], "polarity": [1, 1, -1]})
    for source in (triggers, triggers.lazy(), triggers.to_dict(as_series=False)):
        path = tmp_path / "out.raw"
        ev.write(events, path, resolution=(8, 8), triggers=source, overwrite=True, format="evt2")
        both = ev.read(path, stream=["events", "triggers"])
        us = pl.col("t").dt.total_microseconds()
        assert both["triggers"].with_columns(us).rows() == [(50, 0, 1), (200, 0, -1), (400, 1, 1)]
        assert both["events"].height == 2
        assert ev.validate(path).ok


def test_files_appear_when_they_are_complete(tmp_path, evt2):
    path = tmp_path / "out.raw"

    def events():
        yield from []
        raise RuntimeError("the source fails")

    class Source:
        def __arrow_c_stream__(self, requested_schema=None):
            schema = pa.schema(ev.read(evt2, limit=1).to_arrow().schema)
            return pa.RecordBatchReader.from_batches(schema, events()).__arrow_c_stream__()

    with pytest.raises(Exception, match="fails"):
        ev.write(Source(), path, resolution=(640, 480))
    assert list(tmp_path.iterdir()) == []
    ev.write(ev.read(evt2, limit=5), path, resolution=(640, 480))
    before = path.read_bytes()
    with pytest.raises(FileExistsError) as caught:
        ev.write(ev.read(evt2, limit=9), path, resolution=(640, 480))
    assert caught.value.filename == str(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["out.raw"]


def test_open_files_are_written_as_it_comes(tmp_path, sample):
    path = tmp_path / "out.raw"
    with path.open("wb") as file:
        ev.convert(sample, file, format="evt3")
    assert ev.read(path).equals(ev.read(sample))
    with pytest.raises(TypeError, match="a path or an open file"):
        ev.write(ev.read(sample), io.BytesIO(), format="evt3", resolution=(64, 48))


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"x": [1], "y": [2], "t": [3]}, "polarity"),
        ({"x": [1], "y": [2], "t": [3], "polarity": [5]}, "polarity"),
        ({"x": [1.5], "y": [2], "t": [3], "polarity": [1]}, "x"),
        ({"x": [None], "y": [2], "t": [3], "polarity": [1]}, "x"),
        ({"x": [70_000], "y": [2], "t": [3], "polarity": [1]}, "x"),
    ],
)
def test_what_no_column_can_hold_is_named(tmp_path, columns, says):
    with pytest.raises((ValueError, TypeError), match=says):
        ev.write(pl.DataFrame(columns), tmp_path / "out.raw", resolution=(8, 8))
    assert list(tmp_path.iterdir()) == []


def test_what_the_format_cannot_hold_is_named(tmp_path):
    for columns in (
        {"x": [5000], "y": [2], "t": [3], "polarity": [1]},
        {"x": [1], "y": [-2], "t": [3], "polarity": [1]},
        {"x": [1], "y": [2], "t": [-3], "polarity": [1]},
    ):
        with pytest.raises(ValueError, match="0"):
            ev.write(columns, tmp_path / "out.raw", resolution=(8, 8))
    assert list(tmp_path.iterdir()) == []


def test_what_is_to_be_written_must_be_known(tmp_path, evt2):
    frame = ev.read(evt2, limit=5)
    with pytest.raises(ValueError, match=r"pass resolution=\(width, height\)"):
        ev.write(frame, tmp_path / "out.raw")
    with pytest.raises(ValueError, match="does not say which format"):
        ev.write(frame, tmp_path / "out.xyz", resolution=(8, 8))
    with pytest.raises(ValueError, match="cannot be written; these can"):
        ev.write(frame, tmp_path / "out.raw", format="evt9", resolution=(8, 8))
    with pytest.raises(TypeError, match="events come from"):
        ev.write(5, tmp_path / "out.raw", resolution=(8, 8))


def test_rows_that_the_target_cannot_hold_are_warned_about(corpus, tmp_path):
    source = corpus / "synthetic" / "evt3_basic.raw"
    with pytest.warns(ev.EvarrowWarning, match="'rates'"):
        ev.convert(source, tmp_path / "out.raw")


@pytest.mark.parametrize("options", [{}, {"polarity_type": "binary"}])
def test_a_part_of_a_recording_is_converted_with_its_triggers(sample, tmp_path, options):
    off = 0 if options else -1
    part = {"start": "2ms", "end": "8ms", "region": (8, 0, 40, 48), "polarity": off}
    path = tmp_path / "part.raw"
    with ev.open(sample, **options) as rec:
        want = rec.read(**part)
        assert ev.convert(rec, path, format="evt2", **part) == want.height > 0
        triggers = rec.read("triggers", start="2ms", end="8ms")
    assert ev.read(path, **options).equals(want)
    assert ev.read(path, stream="triggers", **options).equals(triggers)
    with pytest.raises(ValueError, match="polarity"):
        ev.convert(sample, tmp_path / "no.raw", polarity=5)
    assert not (tmp_path / "no.raw").exists()


def test_conversion_tells_its_progress(evt2, tmp_path):
    shares = []
    ev.convert(evt2, tmp_path / "out.raw", progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_from_arrays_checks_its_columns():
    with pytest.raises(ValueError, match="equally long"):
        ev.from_arrays(x=[1], y=[1, 2], t=[1], polarity=[1])
    with pytest.raises(ValueError, match="x must lie between"):
        ev.from_arrays(x=[40_000], y=[1], t=[1], polarity=[1])
    with pytest.raises(TypeError, match="t must hold whole numbers"):
        ev.from_arrays(x=[1], y=[1], t=[0.5], polarity=[1])
    with pytest.raises(ValueError, match="one dimension"):
        ev.from_arrays(x=[[1]], y=[1], t=[1], polarity=[1])
    batch = ev.from_arrays(
        x=[1, 2], y=[1, 2], t=np.array([1, 2], "m8[ms]"), polarity=np.array([True, False])
    )
    assert batch.t.tolist() == [1000, 2000]
    assert batch.polarity.tolist() == [1, -1]


@pytest.mark.parametrize("name", ["evt2", "evt3", "dat", "csv", "aedat4", "parquet"])
def test_frames_are_written_alike_however_their_columns_are_kept(tmp_path, name):
    n = 300_000
    count = np.arange(n)
    frame = pl.DataFrame(
        {
            "x": (count * 7 % 640).astype(np.int16),
            "y": (count // 3 % 480).astype(np.int16),
            "t": (count // 2).astype("m8[us]"),
            "polarity": np.where(count % 5 == 0, -1, 1).astype(np.int8),
        }
    )
    ways = {
        "borrowed": frame,
        "in chunks": pl.concat([frame[:100_001], frame[100_001:]], rechunk=False),
        "sliced": pl.concat([frame[:5], frame])[5:],
        "unsigned": frame.cast({"x": pl.UInt16, "y": pl.UInt32}),
        "binary": frame.with_columns(polarity=(pl.col("polarity") > 0).cast(pl.Int8)),
        "bits": frame.with_columns(pl.col("polarity") > 0),
        "nanoseconds": frame.with_columns(pl.col("t").cast(pl.Duration("ns"))),
        "lazy": frame.lazy(),
    }
    for way, events in ways.items():
        ev.write(events, tmp_path / way, format=name, resolution=(640, 480))
        read = ev.read(tmp_path / way, sort=False)
        assert read.equals(frame), way


def test_a_null_in_a_frame_is_refused(tmp_path):
    frame = pl.DataFrame({"x": [1, None], "y": [1, 2], "t": [1, 2], "polarity": [1, 1]}).cast(
        {"x": pl.Int16, "y": pl.Int16, "polarity": pl.Int8}
    )
    with pytest.raises(ValueError, match="column 'x' is null in row 1"):
        ev.write(frame, tmp_path / "rec.raw", resolution=(640, 480))
    assert not list(tmp_path.iterdir())
