# SPDX-License-Identifier: Apache-2.0
"""Many recordings as one frame: order, files that need not be read, threads, what goes wrong."""

import threading

import numpy as np
import polars as pl
import pytest
import words
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import evarrow as ev
from evarrow import many
from evarrow.ahead import run_ahead

FILES = 7
STEP = 1_000_000  # us from the first event of a file to that of the next
EACH = 400


def events(number):
    n = np.arange(EACH)
    return ev.from_arrays(
        x=(n * 7 + number) % 640, y=(n * 3) % 480, t=number * STEP + n * 10, polarity=n % 2
    )


@pytest.fixture(scope="module")
def drive(tmp_path_factory):
    """Files one after the other in time, of four formats."""
    folder = tmp_path_factory.mktemp("drive")
    for number in range(FILES):
        suffix = (".raw", ".dat", ".es", ".raw")[number % 4]
        ev.write(events(number), folder / f"{number}{suffix}", resolution=(640, 480))
    return folder


@pytest.fixture(scope="module")
def whole(drive):
    paths = sorted(drive.iterdir())
    return pl.concat(
        [ev.read(path).with_columns(file=pl.lit(str(path))) for path in paths], rechunk=True
    )


@pytest.fixture
def opened(monkeypatch):
    """The names of the recordings whose rows were asked for."""
    names = []
    scan = many.Query.scan

    def watched(self, core, *args):
        names.append(core.path)
        return scan(self, core, *args)

    monkeypatch.setattr(many.Query, "scan", watched)
    return names


def times(low, high):
    return pl.col("t").is_between(pl.duration(microseconds=low), pl.duration(microseconds=high))


PREDICATES = st.sampled_from(
    [
        pl.col("x") < 100,
        times(2 * STEP, 4 * STEP),
        times(STEP + 5, STEP + 1000) & (pl.col("y") > 5),
        pl.col("file").str.contains("3"),
        pl.col("file").str.ends_with(".dat") & (pl.col("polarity") == 1),
        pl.col("file").str.ends_with(".dat") | (pl.col("x") == 3),
        (pl.col("x") + pl.col("y")) % 3 == 0,
        pl.lit(value=False),
    ]
)
COLUMNS = st.lists(st.sampled_from(["x", "y", "t", "polarity", "file"]), min_size=1, unique=True)


@settings(deadline=None, max_examples=60)
@given(
    predicate=st.none() | PREDICATES,
    columns=COLUMNS,
    head=st.none() | st.integers(0, 2 * EACH + 3),
    engine=st.sampled_from(["in-memory", "streaming"]),
)
def test_a_query_gives_what_it_gives_of_the_whole(drive, whole, predicate, columns, head, engine):
    def query(frame):
        if head is not None:
            frame = frame.head(head)
        if predicate is not None:
            frame = frame.filter(predicate)
        return frame.select(columns)

    lazy = query(ev.scan(drive / "*", include_file_paths="file"))
    assert_frame_equal(lazy.collect(engine=engine), query(whole.lazy()).collect())


def test_files_outside_of_the_time_are_not_read(drive, opened):
    lazy = ev.scan(drive / "*").filter(times(2 * STEP, 3 * STEP))
    assert lazy.collect().height == EACH + 1
    # The first event tells of those that begin later; of those that end before, an index.
    assert {path.rpartition("/")[2][0] for path in opened} <= set("0123")
    opened.clear()
    for path in drive.iterdir():
        len(ev.open(path))
    assert lazy.collect().height == EACH + 1
    assert [path.rpartition("/")[2][0] for path in opened] == ["2", "3"]


def test_files_whose_names_are_not_wanted_are_not_read(drive, opened):
    lazy = ev.scan(drive / "*", include_file_paths="file")
    name = str(drive / "2.es")
    both = (pl.col("file") == name) & (pl.col("x") < 100)
    assert lazy.filter(both).select("file").unique().collect()["file"].to_list() == [name]
    assert opened == [name]


def test_a_head_opens_no_more_than_it_needs(drive, opened):
    assert ev.scan(drive / "*").head(EACH + 1).collect().height == EACH + 1
    assert [path.rpartition("/")[2][0] for path in opened] == ["0", "1"]


def test_rows_are_counted_and_paths_alone_are_given(drive):
    lazy = ev.scan(drive / "*", include_file_paths="file")
    assert lazy.select(pl.len()).collect().item() == FILES * EACH
    counts = lazy.select("file").collect()["file"].value_counts()["count"]
    assert counts.to_list() == [EACH] * FILES


def test_a_name_that_is_taken_is_refused(drive):
    with pytest.raises(ValueError, match="'x' already"):
        ev.scan(drive / "*", include_file_paths="x")


def test_other_streams_of_many(drive):
    lazy = ev.scan(sorted(drive.glob("*.raw")), stream="triggers")
    assert lazy.collect().height == 0
    with pytest.raises(ValueError, match="stream"):
        ev.scan(drive / "*", stream="colours")


def test_damage_comes_in_its_turn(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.raw").write_bytes(words.evt2_known(1000))
    x, y, t, polarity = words.known(1000)
    t[500:] += 10**6
    t[600:] -= 10**6
    bad = words.EVT2_HEADER + words.evt2_words(x, y, t + 10**7, polarity)
    (tmp_path / "b.raw").write_bytes(bad)
    batches = ev.scan(tmp_path / "*.raw").collect_batches()
    assert next(batches).height
    with pytest.raises((ev.DamagedError, pl.exceptions.ComputeError), match=r"b\.raw"):
        list(batches)
    with pytest.warns(ev.EvarrowWarning, match=r"clock|back"):
        frame = ev.scan(tmp_path / "*.raw", on_error="warn").collect()
    assert frame.height > 2000


def test_a_file_that_is_gone_is_an_error_when_its_turn_comes(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.raw").write_bytes(words.evt2_known(10))
    lazy = ev.scan(tmp_path / "*.raw")
    (tmp_path / "b.raw").unlink()
    with pytest.raises((FileNotFoundError, pl.exceptions.ComputeError)):
        lazy.collect()
    assert lazy.head(10).collect().height == 10


@pytest.mark.parametrize("threads", [1, 2, 5, 40])
def test_jobs_give_their_items_in_order(threads):
    jobs = [lambda k=k: ((k, i) for i in range(k)) for k in range(20)]
    assert list(run_ahead(jobs, threads)) == [(k, i) for k in range(20) for i in range(k)]


@pytest.mark.parametrize("threads", [1, 3])
def test_what_a_job_raises_comes_after_the_items_before_it(threads):
    def bad():
        yield 1
        raise KeyError("bad")

    given = run_ahead([lambda: [0], bad, lambda: [2]], threads)
    assert [next(given), next(given)] == [0, 1]
    with pytest.raises(KeyError, match="bad"):
        next(given)


def test_threads_end_with_who_consumes_and_are_few_items_ahead():
    made = []

    def job(k):
        for i in range(1000):
            made.append((k, i))
            yield i

    before = threading.active_count()
    given = run_ahead([lambda k=k: job(k) for k in range(10)], 3)
    next(given)
    given.close()
    assert threading.active_count() == before
    assert len(made) < 20
