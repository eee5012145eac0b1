# SPDX-License-Identifier: Apache-2.0
"""The box that is taken out of a predicate, without any recording."""

import datetime

import polars as pl
import pytest
from expressions import predicates
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.io.plugins import register_io_source

from evarrow.predicate import COLUMNS, Box, split

SCHEMA = {"x": pl.Int16, "y": pl.Int16, "t": pl.Duration("us"), "polarity": pl.Int8}
ROWS = 300
FRAME = pl.DataFrame(
    {
        "x": [(i * 7) % 97 for i in range(ROWS)],
        "y": [(i * 5) % 61 for i in range(ROWS)],
        "t": [20 * i + i % 3 for i in range(ROWS)],
        "polarity": [1 if i % 3 else -1 for i in range(ROWS)],
    },
    schema=SCHEMA,
)
T, X, POLARITY = pl.col("t"), pl.col("x"), pl.col("polarity")


def rows_of_box(box: Box) -> pl.DataFrame:
    if box.is_empty():
        return FRAME.head(0)
    numbers = FRAME.with_columns(pl.col("t").dt.total_microseconds())
    keep = pl.lit(value=True)
    for name in COLUMNS:
        keep &= pl.col(name).cast(pl.Int64) >= box.low.get(name, -(2**63))
        keep &= pl.col(name).cast(pl.Int64) <= box.high.get(name, 2**63 - 1)
    for value in box.excluded:
        keep &= pl.col("polarity") != value
    return FRAME.filter(numbers.select(keep.alias("keep"))["keep"])


def seen(predicate):
    """What a source is given of `predicate` once Polars has been over it."""
    given = []

    def source(_columns, got, _rows, _size):
        given.append(got)
        yield FRAME.head(0)

    lazy = register_io_source(source, schema=SCHEMA, is_pure=True)
    lazy.filter(predicate).collect()
    return given[0] if given else None


def outcome(query):
    try:
        return query()
    except Exception as error:  # Polars refuses some comparisons
        return type(error)


@settings(max_examples=400, deadline=None)
@given(predicates(st.integers(-10, 20 * ROWS + 10)))
def test_box_and_residue_say_what_the_predicate_says(predicate):
    def source(_columns, got, _rows, _size):
        pushdown = split(got) if got is not None else None
        rows = FRAME if pushdown is None else rows_of_box(pushdown.box)
        if pushdown is not None and pushdown.residue is not None:
            rows = rows.filter(pushdown.residue)
        yield rows

    lazy = register_io_source(source, schema=SCHEMA, is_pure=True)
    want = outcome(lambda: FRAME.lazy().filter(predicate).collect())
    got = outcome(lambda: lazy.filter(predicate).collect())
    if not isinstance(want, type):
        assert got.equals(want)


MS = datetime.timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("predicate", "low", "high"),
    [
        (T > MS, {"t": 1001}, {}),
        (T >= MS, {"t": 1000}, {}),
        (T < 2 * MS, {}, {"t": 1999}),
        (T == MS, {"t": 1000}, {"t": 1000}),
        (pl.lit(MS) < T, {"t": 1001}, {}),
        (T.is_between(MS, 2 * MS), {"t": 1000}, {"t": 2000}),
        (
            T.is_between(pl.duration(milliseconds=1), 2 * MS, closed="none"),
            {"t": 1001},
            {"t": 1999},
        ),
        (T > 1000, {"t": 1001}, {}),
        (T.is_between(1000, 2000), {"t": 1000}, {"t": 2000}),
        (T.cast(pl.Int64) > 1000, {"t": 1001}, {}),
        (T.to_physical() <= 1000, {}, {"t": 1000}),
        (T.dt.total_microseconds() <= 1000, {}, {"t": 1000}),
        (X >= 5, {"x": 5}, {}),
        (X > 2.5, {"x": 3}, {}),
        (X < 2.5, {}, {"x": 2}),
        (X.is_between(3, 9, closed="left"), {"x": 3}, {"x": 8}),
        (X.eq_missing(4), {"x": 4}, {"x": 4}),
        (X < 40_000, {}, {}),
        (POLARITY == 1, {"polarity": 1}, {"polarity": 1}),
        ((X > 1) & (X > 3) & (X < 8) & (T < MS), {"x": 4}, {"x": 7, "t": 999}),
        (~(X > 2), {}, {"x": 2}),
    ],
)
def test_bounds_are_exact_and_leave_nothing_over(predicate, low, high):
    pushdown = split(seen(predicate))
    assert (pushdown.box.low, pushdown.box.high) == (low, high)
    assert pushdown.residue is None


@pytest.mark.parametrize(
    ("predicate", "low", "high"),
    [
        (T > 1000.5, {"t": 1001}, {}),
        (T <= 1000.5, {}, {"t": 1000}),
        ((X > 3) & (X % 2 == 0), {"x": 4}, {}),
        ((T < MS) & X.is_in([1, 2]), {}, {"t": 999}),
        ((X < 3) | (X > 9), {}, {}),
        (X != 3, {}, {}),
        (float("nan") > T, {}, {}),
        (T < 2.0**60, {}, {}),
    ],
)
def test_what_is_not_understood_is_left_over(predicate, low, high):
    pushdown = split(seen(predicate))
    assert (pushdown.box.low, pushdown.box.high) == (low, high)
    assert pushdown.residue is not None


def test_a_polarity_can_be_excluded():
    pushdown = split(seen(POLARITY != 1))
    assert pushdown.box.excluded == {1}
    assert pushdown.residue is None


@pytest.mark.parametrize("predicate", [X > 40_000, POLARITY == 300, X < -40_000])
def test_a_literal_that_the_column_cannot_hold_leaves_no_rows(predicate):
    pushdown = split(seen(predicate))
    assert pushdown.box.is_empty()
    assert pushdown.residue is None


def test_times_of_timestamps_are_pushed():
    predicate = pl.col("t") > datetime.datetime(1970, 1, 1, 0, 0, 1)
    lazy = pl.LazyFrame(schema={"t": pl.Datetime("us")})
    assert split(predicate).box.low == {"t": 1_000_001}
    assert lazy.filter(predicate).collect().is_empty()


def test_an_expression_that_cannot_be_written_as_json_is_left_over():
    predicate = pl.col("x").map_batches(lambda values: values > 1, return_dtype=pl.Boolean)
    assert split(predicate).box.is_all()


def test_dynamic_hints_are_dropped():
    from evarrow.predicate import _is_dynamic

    assert _is_dynamic({"Display": {"fmt_str": "dynamic_pred: 3"}})
    assert not _is_dynamic({"Column": "x"})
