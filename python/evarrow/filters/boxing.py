# SPDX-License-Identifier: Apache-2.0
"""Events in a box of time, pixels and polarity."""

from __future__ import annotations

import dataclasses
import functools
import operator
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from evarrow import _core
from evarrow.events import batches_of, find_columns, from_arrays, is_lazy_frame, names_of
from evarrow.filters.base import Filter
from evarrow.filters.passes import are_plain, is_of
from evarrow.recording import Recording
from evarrow.selection import to_scan_arguments
from evarrow.sources import is_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from evarrow._core import EventBatch
    from evarrow.events import Events
    from evarrow.selection import Selection
    from evarrow.times import Region, Time

__all__ = ["Box", "box"]

_COLUMNS = ("x", "y", "t", "polarity")


@dataclasses.dataclass(frozen=True, repr=False)
class Box(Filter):
    """Keep the events of a span of time, a region and a polarity; all bounds are half-open.

    Parameters
    ----------
    start, end, region, polarity
        As of `box`.

    Examples
    --------
    >>> part = ev.Pipeline([ev.filters.Box(start="2ms", end="4ms")])(path)
    >>> part.collect().equals(ev.read(path, start="2ms", end="4ms"))
    True
    """

    _: dataclasses.KW_ONLY
    start: Time | None = None
    end: Time | None = None
    region: Region | None = None
    polarity: int | None = None

    def make(self, resolution: tuple[int, int] | None) -> _core.Filter:  # noqa: ARG002
        """Return a filter for one pass."""
        wanted: Selection = {
            "start": self.start,
            "end": self.end,
            "region": self.region,
            "polarity": self.polarity,
        }
        return _core.make_box(**to_scan_arguments(wanted, binary=self.polarity == 0))


def box(
    events: Events,
    *,
    start: Time | None = None,
    end: Time | None = None,
    region: Region | None = None,
    polarity: int | None = None,
) -> Any:
    """Keep the events of a span of time, a region and a polarity; all bounds are half-open.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        With ``x``, ``y``, ``t`` and ``polarity``. Frames and mappings may have other columns too.
    start, end : int, str or timedelta, optional
        Times from `start` on and before `end`: int microseconds, "50ms" or a timedelta.
    region : (int, int, int, int), optional
        Pixels (x0, y0, x1, y1) with x0 <= x < x1 and y0 <= y < y1.
    polarity : int, optional
        The one polarity that is wanted, as it stands in the column: -1 or 1, or 0 or 1.

    Returns
    -------
    LazyFrame, DataFrame, pyarrow.Table, EventBatch, dict or structured array
        The kind that came in, in the order that came in: a LazyFrame for a path, a `Recording` or
        a LazyFrame, whose bounds reach the decoder; an `EventBatch` for any other Arrow stream.

    Raises
    ------
    TypeError, ValueError
        If a bound is none, or `events` is nothing that holds events.

    Examples
    --------
    >>> part = ev.filters.box(ev.read(path), start="2ms", end="4ms", region=(0, 0, 32, 48))
    >>> part.equals(ev.read(path, start="2ms", end="4ms", region=(0, 0, 32, 48)))
    True
    """
    wanted: Selection = {"start": start, "end": end, "region": region, "polarity": polarity}
    bounds = to_scan_arguments(wanted, binary=polarity == 0)
    if isinstance(events, Recording):
        events = events.scan()
    elif is_source(events):
        from evarrow.frames import scan

        events = scan(events)
    if is_lazy_frame(events):
        return events.filter(_expression(bounds, events))
    if names_of(events) is not None:
        return _of_columns(events, bounds)
    if isinstance(events, _core.EventBatch):
        return _of_arrays([events.column(name) for name in _COLUMNS], bounds)
    if is_of(events, "polars", "DataFrame"):
        return _of_frame(events, bounds)
    if is_of(events, "pyarrow", "Table"):
        import polars as pl

        return _of_frame(pl.DataFrame(events), bounds).to_arrow()
    return _of_stream(events, bounds)


def _of_arrays(columns: Sequence[Any], bounds: dict[str, Any], *, in_order: bool = False) -> Any:
    """Return the wanted events of the four columns, in their own types, as an EventBatch."""
    box = dict(bounds)
    polarity = box.pop("polarity", None)
    return _core.filter_box(*columns, **box, wanted_polarity=polarity, in_order=in_order)


def _of_stream(events: Any, bounds: dict[str, Any]) -> EventBatch:
    import polars as pl

    none = from_arrays(x=[], y=[], t=[], polarity=[])
    parts = [none] + [
        _of_arrays([batch.column(name) for name in _COLUMNS], bounds)
        for batch in batches_of(events)
    ]
    frame = pl.concat([pl.DataFrame(part) for part in parts], rechunk=True)
    return from_arrays(**{name: frame[name].to_physical().to_numpy() for name in _COLUMNS})


def _expression(bounds: dict[str, Any], frame: pl.LazyFrame | pl.DataFrame) -> pl.Expr:
    """Return the bounds as an expression; a time is of the type that the column has."""
    import polars as pl

    terms = []
    kind = frame.collect_schema()["t"]
    for name, compare in (("t_begin", operator.ge), ("t_end", operator.lt)):
        if name in bounds:
            us = pl.lit(bounds[name], dtype=pl.Int64)
            if isinstance(kind, (pl.Duration, pl.Datetime)):
                us = us.cast(type(kind)("us"))
            terms.append(compare(pl.col("t"), us))
    if "region" in bounds:
        x0, y0, x1, y1 = bounds["region"]
        terms += [pl.col("x") >= x0, pl.col("x") < x1, pl.col("y") >= y0, pl.col("y") < y1]
    if "polarity" in bounds:
        terms.append(pl.col("polarity") == bounds["polarity"])
    return functools.reduce(operator.and_, terms, pl.lit(value=True))


def _of_frame(frame: pl.DataFrame, bounds: dict[str, Any]) -> pl.DataFrame:
    import polars as pl

    from evarrow.filters.frame_pass import is_plain, plain_chunks

    if not is_plain(frame.schema) or any(frame.null_count().row(0)):
        return frame.filter(_expression(bounds, frame))
    in_order = frame["t"].flags["SORTED_ASC"]
    parts = [_of_arrays(chunk, bounds, in_order=in_order) for chunk in plain_chunks(frame)]
    result = pl.concat([pl.DataFrame(part) for part in parts])
    t = result["t"].cast(pl.Int64).cast(frame.schema["t"])
    return result.replace_column(2, t.set_sorted() if in_order else t)


def _of_columns(events: Any, bounds: dict[str, Any]) -> Any:
    """Return a mapping or a structured array with the wanted rows of all that it holds."""
    import numpy as np

    names = find_columns(names_of(events) or ())
    x, y, t, polarity = (np.asarray(events[names[name]]) for name in _COLUMNS)
    if t.dtype.kind == "m":
        t = t.astype("m8[us]").view(np.int64)
    if (
        isinstance(events, Mapping)
        and len(events) == len(_COLUMNS)
        and are_plain((x, y, t, polarity))
    ):
        batch = _of_arrays((x, y, t, polarity), bounds)
        kept = {names[name]: batch.column(name) for name in _COLUMNS}
        return {name: kept[name].view(np.asarray(events[name]).dtype) for name in events}
    keep = np.ones(len(t), dtype=bool)
    if "t_begin" in bounds:
        keep &= t >= bounds["t_begin"]
    if "t_end" in bounds:
        keep &= t < bounds["t_end"]
    if "region" in bounds:
        x0, y0, x1, y1 = bounds["region"]
        keep &= (x >= x0) & (x < x1) & (y >= y0) & (y < y1)
    if "polarity" in bounds:
        keep &= polarity == bounds["polarity"]
    if isinstance(events, Mapping):
        return {name: np.asarray(values)[keep] for name, values in events.items()}
    return events[keep]
