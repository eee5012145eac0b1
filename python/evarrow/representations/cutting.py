# SPDX-License-Identifier: Apache-2.0
"""How events are cut into windows, an array each."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict

from evarrow import _core
from evarrow.times import I64_MAX, to_microseconds
from evarrow.window_buffer import Pending
from evarrow.window_cuts import cuts, divide
from evarrow.window_rules import Rule, make_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from evarrow.representations.taking import Taken
    from evarrow.times import Time
    from evarrow.window_rules import Closed, Preset

__all__ = [
    "Cutting",
    "Windowing",
    "find_whole",
    "find_windows",
    "is_cut",
    "only_between",
    "to_cutting",
]

Cutting: TypeAlias = _core.WindowSpec | Rule
"""How to cut: as the extension module does it, or in a pass over the times."""


class Windowing(TypedDict, total=False):
    """Windows of events, an array each; without any of these all events are one window.

    Attributes
    ----------
    every : int, str or timedelta
        Windows of equal length: int microseconds, "50ms" or a timedelta.
    count : int
        Windows of equally many events. With `every`, a window ends with its `count`-th event or
        when it is over.
    into : int
        Number of windows that the whole is cut into.
    by : {"time", "count"}
        What `into` divides: by default the time.
    at : sequence of times, or of pairs of times
        Times that each end a window of `every` or of `count`, or that separate windows; or pairs
        (start, end); in order.
    align : {"end", "start"}
        Whether the times of `at` end windows, as by default, or start them.
    stride : int, str or timedelta
        From the start of a window to that of the next; by default `every`, or `count`.
    overlap : int, str, timedelta or float
        In place of `stride`: how much of a window the next one has, too.
    start, end : int, str or timedelta
        Where the first window of `every` starts, by default at the first event; and the time
        before which events are taken, by default behind the last one. By themselves: all events
        between them make one array.
    partial : bool
        Whether windows come that are not over when the events, or the time up to `end`, are; True
        by default, unless the preset leaves them out.
    preset : {"rvt", "tonic", "dsec", "dv"}
        Cut exactly as another library; see `evarrow.windows`.
    windows : sequence of (start, end)
        Windows of time in any order, which may overlap.
    rows : sequence of (int, int)
        Windows of rows, half-open.
    closed : {"left", "right", "both"}
        Which bounds belong to windows of time; "left" by default.
    """

    every: Time | None
    count: int | None
    into: int | None
    by: Literal["time", "count"]
    at: Iterable[Any] | None
    align: Literal["start", "end"]
    stride: Time | None
    overlap: Time | float | None
    start: Time | None
    end: Time | None
    partial: bool | None
    preset: Preset | None
    windows: Sequence[tuple[Time, Time]] | None
    rows: Sequence[tuple[int, int]] | None
    closed: Closed


_ALONG = ("every", "count", "into", "at")
_PAIRS = ("windows", "rows")
_FURTHER = ("stride", "overlap", "start", "end", "partial", "preset", "by", "align")


_ENDS = ("start", "end")


def is_cut(options: Mapping[str, Any]) -> bool:
    """Return whether the options ask for windows."""
    return any(options.get(way) is not None for way in (*_ALONG, *_PAIRS))


def to_cutting(options: Mapping[str, Any]) -> Cutting:
    """Return how the options say to cut.

    Raises
    ------
    TypeError, ValueError
        If they do not go together, or make no sense.
    """
    given = [way for way in (*_ALONG, *_PAIRS) if options.get(way) is not None]
    pairs = next((way for way in given if way in _PAIRS), None)
    if pairs and len(given) > 1:
        message = f"{given[0]} and {given[-1]} are two ways to cut events; give one of them"
        raise ValueError(message)
    if pairs or not given:
        for name in _FURTHER:
            if options.get(name) is not None and (pairs or name not in _ENDS):
                message = f"{name} is for windows of {', '.join(_ALONG[:-1])} or {_ALONG[-1]}"
                raise ValueError(message)
    if not given:
        return _core.WindowSpec()
    closed = _closed(options)
    if pairs:
        kind = "times" if pairs == "windows" else "rows"
        return _core.WindowSpec(kind, bounds=_to_bounds(options[pairs], pairs), closed=closed)
    return _plain(_to_rule(options, given))


def find_windows(taken: Taken, cutting: Cutting, threads: int) -> _core.Windows:
    """Return the windows of events that were taken."""
    if isinstance(cutting, Rule):
        cutting = _along(taken, cutting)
    return taken.find(cutting, threads)


def only_between(taken: Taken, options: Mapping[str, Any]) -> Taken:
    """Return the events without those that `start` and `end` rule out, where that saves a pass."""
    if is_cut(options) or not _has_ends(options):
        return taken
    start, end = (_time(options, name) for name in _ENDS)
    if end is not None and _closed(options) != "left":
        end = min(end + 1, I64_MAX)
    return taken.between(start, end)


def find_whole(
    taken: Taken, options: Mapping[str, Any], threads: int, *, timed: bool
) -> _core.Windows:
    """Return one window, of all events or of those between `start` and `end`."""
    if not _has_ends(options):
        return taken.span(threads) if timed else taken.whole()
    start, end = (_time(options, name) for name in _ENDS)
    if start is None or end is None:
        ((first, last),) = taken.span(threads).bounds()
        start = min(first, first if end is None else end) if start is None else start
        end = max(min(last + 1, I64_MAX), start) if end is None else end
    return taken.find(_bounds("times", [(start, end)], _closed(options)), threads)


def _has_ends(options: Mapping[str, Any]) -> bool:
    return any(options.get(name) is not None for name in _ENDS)


def _time(options: Mapping[str, Any], name: str) -> int | None:
    given = options.get(name)
    return None if given is None else to_microseconds(given, name)


def _closed(options: Mapping[str, Any]) -> Closed:
    closed: Closed = options.get("closed") or "left"
    if closed not in ("left", "right", "both"):
        message = f'closed must be "left", "right" or "both", not {closed!r}'
        raise ValueError(message)
    return closed


def _to_rule(options: Mapping[str, Any], given: Sequence[str]) -> Rule:
    for name in ("start", "end"):
        if options.get(name) is not None and list(given) != ["every"]:
            message = f"{name} is for windows of every alone"
            raise ValueError(message)
    names = (*_ALONG, *_FURTHER, "closed")
    arguments = {name: options.get(name) for name in names}
    arguments["by"] = arguments["by"] or "time"
    arguments["align"] = arguments["align"] or "end"
    return make_rule(arguments)


def _plain(rule: Rule) -> Cutting:
    """Return the rule as the extension module has it, if it does."""
    if rule.at is not None and rule.count is None and rule.partial:
        return _bounds("times", rule.at, rule.closed)
    both = rule.length is not None and rule.count is not None
    if rule.at is not None or rule.into is not None or rule.preset is not None or both:
        return rule
    return _core.WindowSpec(
        "every" if rule.count is None else "count",
        length=rule.length or rule.count or 0,
        stride=rule.step,
        start=rule.start,
        end=rule.end,
        partial=rule.partial,
        closed=rule.closed,
    )


def _along(taken: Taken, rule: Rule) -> _core.WindowSpec:
    """Return the windows that a pass over the times finds."""
    times = Pending(taken.times(), ["t"])
    by_rows = rule.count is not None or rule.by == "count"
    if rule.into is None:
        found = [cut[2:] if by_rows else cut[:2] for cut in cuts(times, rule)]
    else:
        whole = times.extent()
        found = [] if whole is None else divide(rule, *whole)
    return _bounds("rows", found) if by_rows else _bounds("times", found, rule.closed)


def _bounds(
    kind: str, pairs: Sequence[tuple[int, int]], closed: Closed = "left"
) -> _core.WindowSpec:
    import numpy as np

    return _core.WindowSpec(kind, bounds=np.array(pairs, np.int64).reshape(-1, 2), closed=closed)


def _to_bounds(pairs: Any, name: str) -> Any:
    import numpy as np

    read = to_microseconds if name == "windows" else (lambda value, _: operator.index(value))
    try:
        bounds = [(read(first, name), read(last, name)) for first, last in pairs]
    except (TypeError, ValueError) as error:
        message = f"{name} must be pairs (start, end): {error}"
        raise type(error)(message) from None
    return np.array(bounds, np.int64).reshape(-1, 2)
