# SPDX-License-Identifier: Apache-2.0
"""Generated Polars predicates over the columns of events."""

import datetime

import polars as pl
from hypothesis import strategies as st

NUMBERS = st.one_of(
    st.integers(-3, 700),
    st.sampled_from([-40000, -32769, -32768, 32767, 32768, 40000, 2**40, 2**63 - 1, -(2**63)]),
)
OPERATORS = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "eq_missing": lambda a, b: a.eq_missing(b),
}
OPS = st.sampled_from(sorted(OPERATORS)).map(OPERATORS.get)
FLIPPABLE = st.sampled_from(["<", "<=", ">", ">=", "==", "!="]).map(OPERATORS.get)
PIXELS = st.sampled_from(["x", "y", "polarity"]).map(lambda name: pl.col(name))
CLOSED = st.sampled_from(["both", "left", "right", "none"])
T = pl.col("t")


def timedelta(us):
    return datetime.timedelta(microseconds=us)


def atoms(times):
    """Predicates of one comparison or function; `times` gives ints of microseconds."""
    literals = st.one_of(
        times.map(timedelta),
        times.map(lambda us: pl.duration(microseconds=us)),
        times.map(lambda us: pl.lit(us * 1000 + 1, dtype=pl.Duration("ns"))),
        times.map(lambda us: pl.lit(us // 1000, dtype=pl.Duration("ms"))),
        times,
        times.map(lambda us: us + 0.5),
        times.map(float),
        times.map(lambda us: pl.lit(us, dtype=pl.Int64)),
        st.sampled_from([2**63 - 1, -(2**63), 1e300, -0.5, float("inf"), float("nan")]),
    )
    return st.one_of(
        st.builds(lambda op, c, v: op(c, v), OPS, PIXELS, NUMBERS),
        st.builds(lambda op, c, v: op(pl.lit(v), c), FLIPPABLE, PIXELS, NUMBERS),
        st.builds(lambda op, c, v: op(c, v), FLIPPABLE, PIXELS, st.floats(-5, 700)),
        st.builds(lambda op, v: op(T, v), FLIPPABLE, literals),
        st.builds(lambda op, v: op(T.cast(pl.Int64), v), FLIPPABLE, times),
        st.builds(lambda op, v: op(T.dt.total_microseconds(), v), FLIPPABLE, times),
        st.builds(lambda op, v: op(T.to_physical(), v), FLIPPABLE, times),
        st.builds(lambda op, v: op(T.dt.total_milliseconds(), v // 1000), FLIPPABLE, times),
        st.builds(
            lambda a, b, closed: T.is_between(timedelta(a), timedelta(b), closed=closed),
            times,
            times,
            CLOSED,
        ),
        st.builds(
            lambda a, b, closed: T.is_between(
                pl.duration(microseconds=a), pl.duration(microseconds=b), closed=closed
            ),
            times,
            times,
            CLOSED,
        ),
        st.builds(lambda a, b, closed: T.is_between(a, b, closed=closed), times, times, CLOSED),
        st.builds(
            lambda c, a, b, closed: c.is_between(a, b, closed=closed),
            PIXELS,
            NUMBERS,
            NUMBERS,
            CLOSED,
        ),
        st.builds(lambda c, v: c.is_in(v), PIXELS, st.lists(st.integers(-1, 100), max_size=4)),
        st.builds(lambda v: (pl.col("x") + pl.col("y")) % 3 == v, st.integers(0, 2)),
        st.builds(lambda v: pl.col("x") * 2 > v, st.integers(0, 1200)),
        st.just(pl.col("x") < pl.col("y")),
        st.sampled_from([pl.lit(value=True), pl.lit(value=False)]),
        st.just(pl.col("x").is_null()),
        st.just(pl.col("y").is_not_null()),
    )


def predicates(times):
    """Trees of and, or, xor and not over `atoms`."""
    return st.recursive(
        atoms(times),
        lambda inner: st.one_of(
            st.builds(lambda a, b: a & b, inner, inner),
            st.builds(lambda a, b: a & b, inner, inner),
            st.builds(lambda a, b: a | b, inner, inner),
            st.builds(lambda a, b: a ^ b, inner, inner),
            st.builds(lambda a: ~a, inner),
        ),
        max_leaves=5,
    )
