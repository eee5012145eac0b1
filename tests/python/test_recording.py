# SPDX-License-Identifier: Apache-2.0
import pickle

import numpy as np
import polars as pl
import pytest
import words

import evarrow as ev


def test_the_header_is_there_without_decoding(tmp_path):
    path = tmp_path / "own.raw"
    path.write_bytes(words.evt2_known(1000))
    with ev.open(path) as rec:
        assert rec.format == "evt2"
        assert rec.resolution == (640, 480)
        assert rec.header["geometry"] == "640x480"
        assert rec.streams[:2] == ("events", "triggers")
        assert rec.metadata["evarrow.width"] == "640"
        assert bool(rec)
        assert "evt2" in repr(rec)
        assert not rec.core.has_index


def test_counts_and_times_need_one_pass_that_is_kept(tmp_path):
    path = tmp_path / "own.raw"
    path.write_bytes(words.evt2_known(1000))
    with ev.open(path) as rec:
        assert len(rec) == 1000
        assert rec.core.has_index
    with ev.open(path) as again:
        assert again.core.has_index
    with ev.open(path) as rec:
        assert rec.time_range == (0, 9990)
    with ev.open(path) as again:
        assert len(again) == 1000


def test_batches_say_what_they_hold(evt2):
    with ev.open(evt2) as rec:
        batch = next(rec.batches(100, columns=["x", "t"]))
        assert repr(batch) == "<evarrow.EventBatch of 100 rows: x t>"
        assert repr(rec.select("triggers").to_batch()) == "<evarrow.Batch of 0 rows: t id polarity>"


def test_a_recording_without_events_has_no_time_range():
    with ev.open(words.EVT2_HEADER) as rec:
        assert (len(rec), rec.time_range, bool(rec)) == (0, None, True)
        assert rec.read().shape == (0, 4)
        assert list(rec.batches()) == []
        assert list(rec.windows("1ms")) == []


def test_an_unknown_resolution_is_none_and_can_be_given():
    headerless = b"% evt 2.0\n% end\n" + words.evt2_words(*words.known(10))
    with ev.open(headerless) as rec:
        assert rec.resolution is None
    with ev.open(headerless, resolution=(640, 480)) as rec:
        assert rec.resolution == (640, 480)


def test_columns_are_as_written(evt2):
    x, y, t, polarity = words.known()
    frame = ev.read(evt2)
    assert frame.schema == {
        "x": pl.Int16,
        "y": pl.Int16,
        "t": pl.Duration("us"),
        "polarity": pl.Int8,
    }
    assert frame.n_chunks() == 1
    assert frame["t"].flags["SORTED_ASC"]
    for name, want in (("x", x), ("y", y), ("polarity", polarity)):
        assert np.array_equal(frame[name].to_numpy(), want)
    assert np.array_equal(frame["t"].to_physical().to_numpy(), t)


SELECTIONS = [
    {"start": 1_000_000, "end": 1_010_000},
    {"start": "1s", "end": "1s10ms"},
    {"region": (10, 20, 30, 400)},
    {"region": (0, 0, 0, 0)},
    {"polarity": -1},
    {"start": 500_005, "polarity": 1, "region": (0, 0, 320, 240), "limit": 100},
    {"end": 5},
    {"start": 10**9},
    {"limit": 0},
    {"limit": 7},
]


@pytest.mark.parametrize("selection", SELECTIONS, ids=str)
def test_a_selection_is_a_filter(evt2, selection):
    t, x, y = pl.col("t").dt.total_microseconds(), pl.col("x"), pl.col("y")
    want = ev.read(evt2)
    start, end = (
        {"1s": 10**6, "1s10ms": 1_010_000}.get(v, v)
        for v in (selection.get("start"), selection.get("end"))
    )
    if start is not None:
        want = want.filter(t >= start)
    if end is not None:
        want = want.filter(t < end)
    if "region" in selection:
        x0, y0, x1, y1 = selection["region"]
        want = want.filter(x >= x0, x < x1, y >= y0, y < y1)
    if "polarity" in selection:
        want = want.filter(pl.col("polarity") == selection["polarity"])
    want = want.head(selection.get("limit", len(want)))
    with ev.open(evt2) as rec:
        assert rec.read(**selection).equals(want)
        scan = rec.select(**selection)
        assert scan.count() == len(want)
        assert pl.DataFrame(scan).equals(want)
        assert len(scan.to_batch()) == len(want)
        rows = sum(len(batch) for batch in rec.batches(1000, **selection))
        assert rows == len(want)


@pytest.mark.parametrize(
    ("selection", "error", "says"),
    [
        ({"start": 0.5}, TypeError, "start must be an int of microseconds"),
        ({"polarity": 0}, ValueError, "polarity_type='binary'"),
        ({"polarity": "on"}, TypeError, "polarity must be one of"),
        ({"region": (0, 0, 1)}, TypeError, "region must be four ints"),
        ({"columns": ["z"]}, ValueError, "no column 'z'; it has x y t polarity"),
        ({"limit": -1}, ValueError, "limit must be at least 0"),
        ({"limit": 1.5}, TypeError, "limit must be an int"),
        ({"stride": 5}, TypeError, "unknown argument 'stride'"),
    ],
)
def test_a_selection_that_makes_no_sense_is_named(evt2, selection, error, says):
    with ev.open(evt2) as rec, pytest.raises(error, match=says):
        rec.read(**selection)


def test_columns_come_in_the_order_asked_for(evt2):
    with ev.open(evt2) as rec:
        assert rec.read(columns=["t", "x"]).columns == ["t", "x"]
        assert rec.read(columns="y").columns == ["y"]
        batch = next(rec.batches(10, columns=["t"]))
        assert batch.columns == ("t",)
        with pytest.raises(AttributeError, match="no column 'x'; it holds t"):
            batch.x  # noqa: B018
        with pytest.raises(KeyError, match="no column 'x'"):
            batch.column("x")


@pytest.mark.parametrize("size", [1, 7, 65_536, 10**6])
def test_batches_have_exactly_the_size_asked_for(evt2, size):
    n = 1000 if size < 100 else words.EVENTS
    with ev.open(evt2) as rec:
        sizes = [len(batch) for batch in rec.batches(size, limit=n)]
        assert sizes == [size] * (n // size) + ([n % size] if n % size else [])
        with pytest.raises(ValueError, match="size must be at least 1"):
            rec.batches(0)


def test_batches_keep_their_rows_however_long_they_are_kept(evt2):
    _, _, t, _ = words.known()
    with ev.open(evt2) as rec:
        batches = list(rec.batches(10_000))
    assert np.array_equal(np.concatenate([batch.t for batch in batches]), t)


def test_views_of_a_batch_are_kept_when_the_batch_is_not(evt2):
    x, _, _, _ = words.known()
    with ev.open(evt2) as rec:
        views = [batch.x for batch in rec.batches(10_000)]
    assert np.array_equal(np.concatenate(views), x)
    assert all(not view.flags.writeable for view in views)


def test_triggers_are_a_stream_of_their_own():
    content = words.evt2(
        words.time_high(0),
        words.event(1, 5, 6),
        words.trigger(2, 3),
        words.event(4, 7, 8, on=False),
        words.trigger(6, 3, on=False),
    )
    with ev.open(content) as rec:
        triggers = rec.read("triggers")
        assert triggers.schema == {"t": pl.Duration("us"), "id": pl.Int16, "polarity": pl.Int8}
        us = pl.col("t").dt.total_microseconds()
        assert triggers.with_columns(us).rows() == [(2, 3, 1), (6, 3, -1)]
        both = rec.read(["triggers", "events"])
        assert list(both) == ["triggers", "events"]
        assert both["triggers"].equals(triggers)
        assert both["events"].equals(rec.read())
        assert rec.read(["events", "triggers"], start=3)["triggers"].height == 1
        assert rec.scan("triggers").filter(pl.col("id") == 3, us > 2).collect().height == 1
        batch = next(rec.batches(10, stream="triggers"))
        assert batch.column("id").tolist() == [3, 3]
        with pytest.raises(ValueError, match="no pixels"):
            rec.read("triggers", region=(0, 0, 1, 1))
        with pytest.raises(ValueError, match="events"):
            rec.read("imu")
        with pytest.raises(ValueError, match="one stream"):
            rec.read(["events", "triggers"], limit=1)


def test_a_closed_recording_says_so(evt2):
    rec = ev.open(evt2)
    scan = rec.select(limit=3)
    lazy = rec.scan().head(3)
    with rec:
        pass
    assert "closed" in repr(rec)
    with pytest.raises(ValueError, match="is closed"):
        rec.read()
    with pytest.raises(ValueError, match="is closed"), rec:
        pass
    # What was described before still works.
    assert len(scan.to_batch()) == 3
    assert lazy.collect().height == 3


def test_recordings_and_scans_can_be_pickled(evt2):
    with ev.open(evt2, polarity_type="binary") as rec:
        copy = pickle.loads(pickle.dumps(rec))
        assert copy.read(limit=100).equals(rec.read(limit=100))
        scan = rec.select(region=(0, 0, 100, 100), limit=50)
        twin = pickle.loads(pickle.dumps(scan))
        assert pl.DataFrame(twin).equals(pl.DataFrame(scan))
    with ev.open(evt2.read_bytes()) as rec:
        assert len(pickle.loads(pickle.dumps(rec))) == words.EVENTS
    with (
        evt2.open("rb") as file,
        ev.open(file) as rec,
        pytest.raises(TypeError, match="cannot be pickled"),
    ):
        pickle.dumps(rec)


def test_random_access_decodes_only_what_it_must(evt2):
    with ev.open(evt2) as rec:
        rec.make_index()
        reader = rec.core_scan("events", {"start": 1_000_000, "end": 1_000_100}).open()
        rows = 0
        while (batch := reader.next()) is not None:
            rows += len(batch)
        assert rows == 10
        assert reader.report.events_decoded < words.EVENTS / 2


def test_progress_is_called_and_can_stop_the_work(tmp_path):
    path = tmp_path / "own.raw"
    path.write_bytes(words.evt2_known(2_000_000))
    shares = []
    with ev.open(path) as rec:
        rec.make_index(shares.append)
    assert all(0 <= share <= 1 for share in shares)

    def stop(_share):
        raise RuntimeError("enough")

    path.write_bytes(words.evt2_known(2_000_001))
    with ev.open(path) as rec, pytest.raises(RuntimeError, match="enough"):
        rec.make_index(stop)
