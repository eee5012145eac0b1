# SPDX-License-Identifier: Apache-2.0
"""scan of many recordings, read, and load_events with evlib's meaning."""

import math
import pathlib

import polars as pl
import pytest
import words

import evarrow as ev

US = pl.col("t").dt.total_microseconds()


@pytest.fixture
def drive(tmp_path):
    """Three recordings, of 10, 20 and 30 events."""
    for name, n in (("b", 20), ("a", 10), ("c", 30)):
        (tmp_path / f"{name}.raw").write_bytes(words.evt2_known(n))
    return tmp_path


def test_a_pattern_is_all_its_files_in_order_of_their_names(drive):
    lazy = ev.scan(drive / "*.raw", include_file_paths="file")
    counts = lazy.group_by("file", maintain_order=True).agg(pl.len()).collect()
    assert [pathlib.Path(name).name for name in counts["file"]] == ["a.raw", "b.raw", "c.raw"]
    assert counts["len"].to_list() == [10, 20, 30]
    assert lazy.filter(pl.col("x") == 7).select("x", "file").collect().height == 3


def test_a_list_keeps_its_order(drive):
    lazy = ev.scan([drive / "c.raw", str(drive / "a.raw")])
    assert lazy.collect().height == 40
    assert ev.scan([drive / "c.raw"], include_file_paths="f").collect()["f"][0].endswith("c.raw")
    assert ev.scan(drive / "a.raw", include_file_paths="f").collect().columns[-1] == "f"


def test_patterns_and_lists_that_stand_for_nothing_are_errors(drive):
    with pytest.raises(FileNotFoundError, match="no file matches"):
        ev.scan(drive / "*.hdf5")
    with pytest.raises(ValueError, match="empty"):
        ev.scan([])
    with pytest.raises(FileNotFoundError):
        ev.scan([drive / "a.raw", drive / "z.raw"])


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(drive):
    odd = drive / "take[1].raw"
    odd.write_bytes(words.evt2_known(5))
    assert ev.scan(odd).collect().height == 5


def test_one_of_many_that_changed_is_an_error(drive):
    lazy = ev.scan(drive / "*.raw")
    (drive / "b.raw").write_bytes(words.evt2_known(3))
    with pytest.raises(ev.ChangedError, match=r"b\.raw"):
        lazy.collect()


def test_read_selects(evt2):
    frame = ev.read(
        evt2, start="1s", end=1_010_000, region=(0, 0, 320, 480), polarity=1, columns=["t", "x"]
    )
    assert frame.columns == ["t", "x"]
    want = ev.read(evt2).filter(
        US >= 1_000_000, US < 1_010_000, pl.col("x") < 320, pl.col("polarity") == 1
    )
    assert frame.equals(want.select("t", "x"))
    both = ev.read(evt2, stream=["events", "triggers"])
    assert (both["events"].height, both["triggers"].height) == (words.EVENTS, 0)
    with ev.open(evt2) as rec:
        assert ev.read(rec, limit=3).height == 3
        with pytest.raises(TypeError, match="has its options already"):
            ev.read(rec, sort=False)


BOUNDS = [
    ({}, pl.lit(value=True)),
    ({"t_start": 0.5}, US >= 500_000),
    ({"t_end": 0.5}, US <= 500_000),
    ({"t_start": 0.1, "t_end": 0.10001}, US.is_between(100_000, 100_010)),
    # evlib cuts to whole microseconds: int(0.000249 * 1e6) is 248.
    ({"t_end": 0.000249}, US <= 248),
    ({"t_start": -1.0, "t_end": 1e30}, pl.lit(value=True)),
    ({"t_start": -math.inf, "t_end": math.inf, "max_x": math.inf}, pl.lit(value=True)),
    ({"min_x": 10, "max_x": 20}, pl.col("x").is_between(10, 20)),
    ({"min_y": 10, "max_y": 20}, pl.col("y").is_between(10, 20)),
    ({"max_x": 10**6}, pl.lit(value=True)),
    ({"polarity": 1}, pl.col("polarity") == 1),
    ({"polarity": True}, pl.col("polarity") == 1),
    ({"polarity": 0}, pl.lit(value=False)),
    ({"t_start": 1, "max_x": 319, "polarity": -1}, (US >= 10**6) & (pl.col("x") <= 319)
     & (pl.col("polarity") == -1)),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "predicate"), BOUNDS, ids=lambda v: str(v)[:40])
def test_load_events_means_what_evlib_means(evt2, arguments, predicate):
    lazy = ev.load_events(evt2, **arguments)
    assert isinstance(lazy, pl.LazyFrame)
    assert lazy.collect().equals(ev.read(evt2).filter(predicate))


@pytest.mark.parametrize("name", ["t_start", "t_end", "min_x", "max_y", "polarity"])
def test_load_events_wants_numbers(evt2, name):
    with pytest.raises(TypeError, match=r"must be a number, not '0\.1'"):
        ev.load_events(evt2, **{name: "0.1"})
    with pytest.raises(ValueError, match="is not a number"):
        ev.load_events(evt2, **{name: math.nan})


def test_load_events_takes_its_arguments_by_place(evt2):
    lazy = ev.load_events(str(evt2), 0.1, 0.2, 0, 639, 0, 479, 1, True)
    assert lazy.collect().height > 0


@pytest.mark.parametrize("t_type", ["int64", "timestamp"])
def test_load_events_bounds_times_of_any_type(evt2, t_type):
    assert ev.load_events(evt2, t_end=0.001, t_type=t_type).collect().height == 101


def test_load_events_is_lazy_and_pushes_its_bounds(evt2, monkeypatch):
    from evarrow import scan_frame

    asked = []
    make_scan = scan_frame._core.make_scan

    class Core:
        @staticmethod
        def make_scan(*args, **kwargs):
            asked.append(kwargs)
            return make_scan(*args, **kwargs)

    monkeypatch.setattr(scan_frame, "_core", Core)
    lazy = ev.load_events(evt2, t_start=0.1, t_end=0.2, max_x=319, polarity=1)
    assert asked == []
    lazy.collect()
    assert asked[0]["t_begin"] == 100_000
    assert asked[0]["t_end"] == 200_001
    assert asked[0]["region"] == (-32768, -32768, 320, 32768)
    assert asked[0]["polarity"] == 1


def test_load_events_refuses_what_is_no_bound(evt2):
    with pytest.raises(TypeError, match="polarity must be a number"):
        ev.load_events(evt2, polarity=[1])
    with pytest.raises(TypeError, match="unknown option 'x_col'"):
        ev.load_events(evt2, x_col=1)


def test_load_events_sorts_or_keeps_the_order():
    jumps = words.evt2(
        words.time_high(128),
        words.event(140, 1, 1),
        words.event(130, 2, 2),
        words.event(141, 3, 3),
    )
    assert ev.load_events(jumps).select(US).collect()["t"].to_list() == [130, 140, 141]
    raw = ev.load_events(jumps, sort=False).select(US).collect()
    assert raw["t"].to_list() == [140, 130, 141]
