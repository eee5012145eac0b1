# SPDX-License-Identifier: Apache-2.0
"""Events in windows: by time, by number, at given times."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from evarrow.events import batches_of, is_lazy_frame
from evarrow.recording import Recording, open_recording
from evarrow.selection import Scan
from evarrow.sources import is_source
from evarrow.window import COLUMNS, Window, Windows
from evarrow.window_buffer import Pending
from evarrow.window_count import count_windows
from evarrow.window_cuts import cuts, divide
from evarrow.window_rules import make_rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Unpack

    from evarrow._core import EventBatch
    from evarrow.events import Events
    from evarrow.selection import RowSelection
    from evarrow.times import Time
    from evarrow.window_rules import Closed, Preset, Rule

__all__ = ["Window", "Windows", "windows"]

Resolution: TypeAlias = "tuple[int, int] | None"


def windows(
    events: Events,
    every: Time | None = None,
    *,
    count: int | None = None,
    into: int | None = None,
    by: Literal["time", "count"] = "time",
    at: Iterable[Any] | None = None,
    align: Literal["start", "end"] = "end",
    stride: Time | None = None,
    overlap: Time | float | None = None,
    start: Time | None = None,
    end: Time | None = None,
    partial: bool | None = None,
    closed: Closed | None = None,
    preset: Preset | None = None,
    **selection: Unpack[RowSelection],
) -> Windows:
    """Return events in windows, in bounded memory.

    Windows are cut by time (`every`), by number of events (`count`), by what comes first (both),
    into a given number (`into`), or at given times (`at`). Their columns are views of the memory
    that the events are in, wherever one batch holds them all.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        In order of time.
    every : int, str or timedelta, optional
        Length of a window: int microseconds, "50ms" or a timedelta.
    count : int, optional
        Events of a window. With `every`, a window ends with its `count`-th event or when it is
        over, whichever comes first; the next one starts there.
    into : int, optional
        Number of windows that the whole is cut into, so that each event is in one; of equal
        length, or, with ``by="count"``, of equally many events but for one. Events that can be
        read once only are held in memory meanwhile.
    by : {"time", "count"}
        What `into` divides.
    at : sequence of times, shape (n,), or of pairs of times, shape (n, 2), optional
        Where the windows are, in order of their starts: (start, end) each, or times that each end
        a window of the length `every` or of `count` events, or that each separate one window from
        the next if neither is given. Times are as `every`, or NumPy's.
    align : {"end", "start"}
        Whether the times of `at` end windows or start them.
    stride : int, str or timedelta, optional
        From the start of a window to that of the next: a time, or a number of events where they
        are cut by count. Less than the window makes windows overlap; more leaves events out. By
        default the window.
    overlap : int, str or timedelta, optional
        In place of `stride`: how much of a window the next one has, too. With `into`, a float.
    start, end : int, str or timedelta, optional
        Where the first window starts, by default at the first event; and the time before which
        all windows end, by default behind the last event. No event before or behind them comes.
    partial : bool, optional
        Whether windows come that are not over when the events, or the time up to `end`, are; or
        that have fewer than `count` events. By default they do, unless the preset leaves them
        out.
    closed : {"left", "both", "right"}, optional
        Which bounds belong to a window of time; by default the left one.
    preset : {"rvt", "tonic", "dsec", "dv"}, optional
        Cut exactly as another library. See the notes.
    **selection
        Further rows and columns to select, where `events` is a recording. See `Selection`; `t`
        is always there.

    Returns
    -------
    Windows, an iterator of Window
        ``len`` tells how many, where that takes no pass. Windows without events come too. Windows
        by count start at the time of their first event and end 1 us behind that of their last.

    Raises
    ------
    TypeError, ValueError
        If an argument is none, arguments do not go together, or times decrease.

    Notes
    -----
    ``preset="rvt"`` (Gehrig and Scaramuzza 2023, its preprocessing of the automotive data sets)
    ends a window at each time of `at` and closes it on both sides, so that an event on a shared
    edge is in two windows; `every` is "50ms" by default, and with `count` the last so many events
    up to the time come.

    ``preset="tonic"`` (1.7) cuts as SliceByTime (`every`), SliceByEventCount (`count`),
    SliceByTimeBins (`into`) and SliceByEventBins (`into` and ``by="count"``), `partial` being
    its include_incomplete. Windows by time are all that end at or before the last event, which is
    therefore in none, and one at least; the bins drop a tail, and their stride is the bin times
    (1 - overlap**2).

    ``preset="dsec"`` (its EventSlicer) leaves out windows whose end, rounded up to a whole
    millisecond, is not reached by an event. Milliseconds are those of the recording's clock,
    which evarrow gives with `t_offset` added; open it with an ``origin`` of `t_offset` to count
    from there.

    ``preset="dv"`` (dv-processing 2, EventStreamSlicer) starts at the first event, keeps empty
    windows and leaves out the one that is not over.

    Examples
    --------
    >>> events = ev.from_arrays(x=[1, 2, 3], y=[0, 0, 0], t=[10, 12, 31], polarity=[1, 1, 1])
    >>> [(w.start, w.x.tolist()) for w in ev.windows(events, 10)]
    [(10, [1, 2]), (20, []), (30, [3])]
    >>> len(ev.windows(events, 10))
    3
    >>> [w.x.tolist() for w in ev.windows(events, count=2)]
    [[1, 2], [3]]
    >>> [w.x.tolist() for w in ev.windows(events, every=15, at=[20, 31], closed="both")]
    [[1, 2], [3]]
    """
    rule = make_rule(
        {
            "every": every,
            "count": count,
            "into": into,
            "by": by,
            "at": at,
            "align": align,
            "stride": stride,
            "overlap": overlap,
            "start": start,
            "end": end,
            "partial": partial,
            "closed": closed,
            "preset": preset,
        }
    )
    if is_source(events) and not isinstance(events, Recording):
        events = open_recording(events)
    known = _known(events)
    names = _names(selection)
    whole = not set(selection) - {"columns"}
    again = _opener(events, rule, selection)
    if rule.into is not None:
        made = _cut_into(again, names, rule, known)
    else:
        made = _cut(again(names), names, rule, known)
    return Windows(made, lambda: count_windows(events, rule, all_rows=whole))


def _known(events: Events) -> Resolution:
    """Return the sensor, where it need not be looked for in the events."""
    source = events.recording if isinstance(events, Scan) else events
    return source.resolution if isinstance(source, (Recording, Window)) else None


def _names(selection: RowSelection) -> list[str]:
    columns = selection.get("columns")
    if columns is None:
        return list(COLUMNS)
    names = [columns] if isinstance(columns, str) else list(columns)
    return names if "t" in names else [*names, "t"]


def _opener(
    events: Events, rule: Rule, selection: RowSelection
) -> Callable[[list[str]], Iterable[EventBatch]]:
    """Return what begins a pass over some columns; for `into` it can be called again."""
    if isinstance(events, Recording):
        # Bounds reach the decoder only as far as the user set them.
        begin, end = _bounds(rule)

        def batches(names: list[str]) -> Iterable[EventBatch]:
            selection["columns"] = names
            return events.batches(start=begin, end=end, **selection)

        return batches
    if selection:
        message = f"{next(iter(selection))} can be selected of a recording only"
        raise TypeError(message)
    if rule.into is None or isinstance(events, Scan) or is_lazy_frame(events):
        return lambda _: batches_of(events)
    held = list(batches_of(events))
    return lambda _: held


def _bounds(rule: Rule) -> tuple[int | None, int | None]:
    """Return what of a recording can be in any window, half-open."""
    more = 0 if rule.closed == "left" else 1
    if rule.at is None:
        end = None if rule.end is None or _reads_on(rule) else rule.end + more
        return rule.start, end
    if not rule.at:
        return 0, 0
    by_count = rule.count is not None
    begin = None if by_count and rule.align == "end" else rule.at[0][0]
    whole = by_count and rule.align == "start"
    last = max(stop for _, stop in rule.at) + more
    return begin, last if rule.partial and not whole else None


def _reads_on(rule: Rule) -> bool:
    """Return whether events behind `end` belong to the last window."""
    return rule.preset == "tonic" and rule.length is not None


def _pending(
    batches: Iterable[EventBatch], names: list[str], rule: Rule, known: Resolution = None
) -> Pending:
    by_time = rule.at is not None or (rule.length is not None and rule.count is None)
    if by_time and rule.into is None:
        return Pending(batches, names, resolution=known)
    return Pending(batches, names, start=rule.start, end=rule.end, resolution=known)


def _cut(
    batches: Iterable[EventBatch], names: list[str], rule: Rule, known: Resolution
) -> Iterator[Window]:
    pending = _pending(batches, names, rule, known)
    for start, end, begin, stop in cuts(pending, rule):
        rows = pending.between(begin, stop)
        yield Window(start, end, rows, rule.closed, pending.resolution)


def _cut_into(
    again: Callable[[list[str]], Iterable[EventBatch]],
    names: list[str],
    rule: Rule,
    known: Resolution,
) -> Iterator[Window]:
    """Make one pass that finds out how long the whole is, and one that cuts it."""
    whole = _pending(again(["t"]), ["t"], rule).extent()
    if whole is None:
        return
    time, _, rows_in_all = whole
    spans = divide(rule, *whole)
    if rule.by == "time":
        yield from _cut(
            again(names), names, dataclasses.replace(rule, at=tuple(spans), partial=True), known
        )
        return
    pending = _pending(again(names), names, rule, known)
    for begin, until in spans:
        pending.read_rows(until)
        pending.drop_before(begin)
        stop = min(until, rows_in_all)  # the bins of tonic may reach beyond the last event
        bounds = (time, time)
        if begin < stop:
            bounds = pending.time_of(begin), pending.time_of(stop - 1) + 1
        rows = pending.between(begin, stop)
        yield Window(*bounds, rows, resolution=pending.resolution)
        time = bounds[1]
