# SPDX-License-Identifier: Apache-2.0
"""LazyFrames: what reaches the decoder, and that the answer never depends on it."""

import datetime
import pickle

import polars as pl
import pytest
import words
from expressions import predicates
from hypothesis import given, settings
from hypothesis import strategies as st

import evarrow as ev
from evarrow import scan_frame

ENGINES = ["in-memory", "streaming"]
N = 3_000
T, X, Y, POLARITY = pl.col("t"), pl.col("x"), pl.col("y"), pl.col("polarity")


def us(value):
    return pl.duration(microseconds=value)


@pytest.fixture(scope="module")
def small():
    """A recording of N events and its frame."""
    content = words.evt2_known(N)
    return ev.scan(content), ev.read(content)


class Passes:
    """What each pass of a query asked for and cost."""

    def __init__(self, monkeypatch):
        self.arguments = []
        self.decoded = 0
        make_scan = scan_frame._core.make_scan

        class Core:
            @staticmethod
            def make_scan(*args, **kwargs):
                self.arguments.append(kwargs)
                return make_scan(*args, **kwargs)

        def warn_of(report, **_):
            self.decoded += report.events_decoded

        monkeypatch.setattr(scan_frame, "_core", Core)
        monkeypatch.setattr(scan_frame, "warn_of", warn_of)


@pytest.fixture
def passes(monkeypatch):
    return Passes(monkeypatch)


COLUMNS = st.none() | st.lists(
    st.sampled_from(["x", "y", "t", "polarity"]), min_size=1, max_size=4, unique=True
)


def outcome(query):
    try:
        return query()
    except Exception as error:  # Polars refuses some comparisons
        return type(error)


@settings(max_examples=400, deadline=None)
@given(
    predicate=predicates(st.integers(-10, N * words.STEP + 10)),
    columns=COLUMNS,
    cut=st.sampled_from(["", "", "head before", "head after", "slice", "tail"]),
    k=st.integers(0, 50),
    engine=st.sampled_from(ENGINES),
)
def test_any_query_gives_what_it_gives_on_the_whole_frame(
    small, predicate, columns, cut, k, engine
):
    def query(frame):
        if cut == "head before":
            frame = frame.head(k)
        frame = frame.filter(predicate)
        if cut == "head after":
            frame = frame.head(k)
        if cut == "slice":
            frame = frame.slice(k, 7)
        if cut == "tail":
            frame = frame.tail(k)
        return frame.select(columns) if columns else frame

    lazy, whole = small
    want = outcome(lambda: query(whole.lazy()).collect())
    got = outcome(lambda: query(lazy).collect(engine=engine))
    if isinstance(want, type) or isinstance(got, type):
        assert got is want
    else:
        assert got.equals(want)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("query", "asked"),
    [
        (lambda f: f.filter(us(1000) <= T, us(2000) > T), {"t_begin": 1000, "t_end": 2000}),
        (lambda f: f.filter(T.is_between(1000, 2000)), {"t_begin": 1000, "t_end": 2001}),
        (lambda f: f.filter(T > 1000.5), {"t_begin": 1001}),
        (lambda f: f.filter(X < 320), {"region": (-32768, -32768, 320, 32768)}),
        (
            lambda f: f.filter(X.is_between(100, 200), Y < 300, POLARITY == 1),
            {"region": (100, -32768, 201, 300), "polarity": 1},
        ),
        (lambda f: f.filter(POLARITY != 1), {"polarity": -1}),
        (lambda f: f.filter((X < 9) & ((X + Y) % 2 == 0)), {"region": (-32768, -32768, 9, 32768)}),
        (lambda f: f.select("t"), {"columns": ["t"]}),
        (lambda f: f.filter(X > 5).select("t"), {"columns": ["t", "x"]}),
        (lambda f: f.head(10), {"limit": 10}),
        (lambda f: f.head(50).filter(X > 100), {"limit": 50}),
        (lambda f: f.select(pl.len()), {"columns": ["x"]}),
    ],
)
def test_what_reaches_the_decoder(small, passes, engine, query, asked):
    lazy, whole = small
    got = query(lazy).collect(engine=engine)
    assert got.equals(query(whole.lazy()).collect())
    [arguments] = passes.arguments
    for name, value in asked.items():
        given = sorted(arguments[name]) if name == "columns" else arguments[name]
        assert given == value


def test_a_query_that_nothing_can_satisfy_opens_nothing(small, passes):
    lazy, whole = small
    for predicate in ((X > 10) & (X < 5), X > 40_000, POLARITY == 7, pl.lit(value=False)):
        assert lazy.filter(predicate).collect().equals(whole.head(0))
    assert passes.arguments == []


def test_scan_decodes_nothing_and_a_window_little(tmp_path, passes):
    path = tmp_path / "own.raw"
    path.write_bytes(words.evt2_known())
    lazy = ev.scan(path)
    with ev.open(path) as rec:
        assert not rec.core.has_index
        rec.make_index()
    window = lazy.filter(us(1_000_000) <= T, us(1_000_100) > T).collect()
    assert window.height == 10
    assert 0 < passes.decoded < words.EVENTS / 2


def test_explain_shows_the_scan_its_columns_and_its_selection(small):
    plan = small[0].filter(X > 5).select("t").explain()
    assert "EVARROW" in plan.upper()
    assert "SCAN" in plan
    assert 'col("x")' in plan


@pytest.mark.parametrize("engine", ENGINES)
def test_times_are_marked_as_sorted_only_where_they_are(small, engine):
    assert small[0].collect(engine=engine)["t"].flags["SORTED_ASC"]
    raw = ev.scan(words.evt2_known(N), sort=False).collect(engine=engine)
    assert not raw["t"].flags["SORTED_ASC"]


@pytest.mark.parametrize("t_type", ["duration", "int64", "timestamp"])
def test_the_type_of_t_is_the_users_choice(t_type):
    kinds = {"duration": pl.Duration("us"), "int64": pl.Int64, "timestamp": pl.Datetime("us")}
    lazy = ev.scan(words.evt2_known(N), t_type=t_type)
    assert lazy.collect_schema()["t"] == kinds[t_type]
    frame = lazy.collect()
    assert frame.schema["t"] == kinds[t_type]
    assert frame["t"].to_physical().to_list() == [i * words.STEP for i in range(N)]
    early = lazy.filter(pl.lit(1000).cast(kinds[t_type]) > T).collect()
    assert early.height == 100


def test_int64_times_are_pushed_and_can_be_grouped(passes):
    lazy = ev.scan(words.evt2_known(N), t_type="int64")
    counts = (
        lazy.filter(T >= 1000, T < 3000)
        .group_by_dynamic("t", every="1000i")
        .agg(pl.len())
        .collect()
    )
    assert counts["len"].to_list() == [100, 100]
    assert passes.arguments[0]["t_begin"] == 1000


def test_timestamps_are_pushed(passes):
    lazy = ev.scan(words.evt2_known(N), t_type="timestamp")
    start = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=1)
    assert lazy.filter(start > T).collect().height == 100
    assert passes.arguments[0]["t_end"] == 1000


@pytest.mark.parametrize("engine", ENGINES)
def test_joins_concatenations_and_parallel_collects_scan_again(small, engine):
    lazy, whole = small
    assert pl.concat([lazy, lazy]).select(pl.len()).collect(engine=engine).item() == 2 * N
    joined = lazy.head(10).join(lazy, on="t", how="inner").collect(engine=engine)
    assert joined.height == 10
    x, y = pl.collect_all([lazy.select("x"), lazy.select("y")])
    assert x.hstack(y).equals(whole.select("x", "y"))
    assert (
        lazy.sort("t", descending=True)
        .head(5)
        .collect(engine=engine)["t"]
        .equals(whole["t"].reverse().head(5))
    )
    assert lazy.top_k(5, by="t").collect(engine=engine).height == 5


def damaged(tail=b""):
    """Events whose clock jumps back by two seconds in the middle."""
    x, y, t, polarity = words.known(N)
    t = t + 10**7
    t[N // 2 :] -= 2 * 10**6
    return words.EVT2_HEADER + words.evt2_words(x, y, t, polarity) + tail


QUERIES = {
    "in-memory": lambda f: f.collect(engine="in-memory"),
    "streaming": lambda f: f.collect(engine="streaming"),
    "filter": lambda f: f.filter(X > 3, (X + Y) > 2).collect(),
    "aggregate": lambda f: f.group_by("x").agg(pl.len()).collect(),
    "join": lambda f: f.join(f, on="x").select(pl.len()).collect(),
    "collect_all": lambda f: pl.collect_all([f.select("t"), f.select("t", "x")]),
    "batches": lambda f: list(f.collect_batches()),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_typed_errors_come_through_a_query(query):
    with pytest.raises(ev.DamagedError, match="back") as caught:
        query(ev.scan(damaged()))
    assert isinstance(caught.value.offset, int)


def test_typed_errors_come_through_a_sink(tmp_path):
    with pytest.raises(ev.DamagedError):
        ev.scan(damaged()).sink_parquet(tmp_path / "out.parquet")


@pytest.mark.parametrize("engine", ENGINES)
def test_damage_warns_or_is_ignored_on_request(engine):
    with pytest.warns(ev.EvarrowWarning, match="back"):
        frame = ev.scan(damaged(), on_error="warn").collect(engine=engine)
    assert frame.height == N
    assert not frame["t"].flags["SORTED_ASC"]
    assert ev.scan(damaged(), on_error="ignore").collect(engine=engine).equals(frame)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_cut_last_word_warns_at_the_end_of_the_pass(engine):
    lazy = ev.scan(words.evt2_known(N) + b"\x01\x02")
    with pytest.warns(ev.EvarrowWarning, match="2 bytes"):
        assert lazy.collect(engine=engine).height == N


@pytest.mark.parametrize("engine", ENGINES)
def test_a_file_that_changed_since_the_scan_is_an_error(tmp_path, engine):
    path = tmp_path / "own.raw"
    path.write_bytes(words.evt2_known(N))
    lazy = ev.scan(path)
    path.write_bytes(words.evt2_known(N // 2))
    with pytest.raises(ev.ChangedError):
        lazy.collect(engine=engine)


def test_lazy_frames_can_be_pickled(tmp_path):
    path = tmp_path / "a.raw"
    path.write_bytes(words.evt2_known(N))
    with ev.open(path) as rec:
        frames = [ev.scan(path).filter(pl.col("x") < 100), rec.scan().select("t").head(5)]
    for frame in frames:
        again = pickle.loads(pickle.dumps(frame))
        assert again.collect().equals(frame.collect())
