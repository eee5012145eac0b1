# SPDX-License-Identifier: Apache-2.0
"""The ways to cut a stream of events: each gives bounds and rows, in order."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evarrow.window_buffer import Pending
    from evarrow.window_rules import Rule

__all__ = ["Cut", "cuts", "divide"]

Cut: TypeAlias = "tuple[int, int, int, int]"
"""Start and end, microseconds; the first row and the one behind the last."""


def cuts(pending: Pending, rule: Rule) -> Iterator[Cut]:
    """Return the windows of a rule; the rows of each are held until the next is asked for."""
    if rule.at is not None:
        return _at_counts(pending, rule) if rule.count is not None else _at(pending, rule)
    if rule.length is None:
        return _by_count(pending, rule)
    if rule.preset == "tonic":
        return _tonic_time(pending, rule)
    return _by_time(pending, rule) if rule.count is None else _by_either(pending, rule)


def _by_time(pending: Pending, rule: Rule) -> Iterator[Cut]:
    start = pending.first_time() if rule.start is None else rule.start
    length, end = rule.length or 0, rule.end
    if start is None:
        return
    while end is None or start < end:
        stop = start + length
        limit = stop if end is None else min(stop, end)
        pending.read_past(limit, rule.end_side, keep=start)
        if end is None and pending.ended and not pending.is_past(start, rule.start_side):
            return
        over = pending.is_past(stop, rule.end_side) if end is None else stop <= end
        if not over and not rule.partial:
            return
        begin = pending.row_of(start, rule.start_side)
        yield start, stop, begin, max(begin, pending.row_of(limit, rule.end_side))
        start += rule.step
        pending.drop_before(pending.row_of(start))


def _by_count(pending: Pending, rule: Rule) -> Iterator[Cut]:
    begin, count = 0, rule.count or 1
    while True:
        pending.read_rows(begin + count)
        stop = min(begin + count, pending.rows)
        full = stop - begin == count
        if rule.preset == "tonic" and not full:
            # SliceByEventCount gives one window at least, and none of events all seen before.
            wanted = begin == 0 or (rule.partial and begin - rule.step + count < stop)
        else:
            wanted = full or rule.partial
        if begin >= stop or not wanted:
            return
        yield _of_rows(pending, begin, stop)
        begin += rule.step
        pending.drop_before(begin)


def _of_rows(pending: Pending, begin: int, stop: int) -> Cut:
    return pending.time_of(begin), pending.time_of(stop - 1) + 1, begin, stop


def _by_either(pending: Pending, rule: Rule) -> Iterator[Cut]:
    """Cut when a window is full or over. Behind a full one the clock starts at its last event."""
    length, count, end = rule.length or 0, rule.count or 1, rule.end
    start = pending.first_time() if rule.start is None else rule.start
    begin = 0
    while start is not None and (end is None or start < end):
        stop = start + length
        while not pending.ended and not pending.is_past(stop, "left"):
            if pending.rows >= begin + count:
                break
            pending.read()
        behind = pending.row_of(stop)
        if behind - begin >= count:
            stop = pending.time_of(begin + count - 1) + 1
            yield start, stop, begin, begin + count
            start, begin = stop - 1, begin + count
        else:
            if end is None and pending.ended and begin >= pending.rows:
                return
            over = pending.is_past(stop, "left") if end is None else stop <= end
            if not over and not rule.partial:
                return
            yield start, stop, begin, behind
            start, begin = stop, behind
        pending.drop_before(begin)


def _at(pending: Pending, rule: Rule) -> Iterator[Cut]:
    for start, stop in rule.at or ():
        reached = _whole_millisecond(stop) if rule.preset == "dsec" else stop
        pending.read_past(reached, rule.end_side, keep=start)
        if not rule.partial and not pending.is_past(reached, rule.end_side):
            continue
        begin = pending.row_of(start, rule.start_side)
        yield start, stop, begin, max(begin, pending.row_of(stop, rule.end_side))


def _whole_millisecond(time: int) -> int:
    return -(-time // 1000) * 1000


def _at_counts(pending: Pending, rule: Rule) -> Iterator[Cut]:
    count = rule.count or 1
    behind = rule.align == "start"
    for time, _ in rule.at or ():
        side = rule.start_side if behind else rule.end_side
        pending.read_past(time, side, keep=time, keep_rows=0 if behind else count)
        row = pending.row_of(time, side)
        if behind:
            pending.read_rows(row + count)
        begin, stop = (row, min(row + count, pending.rows)) if behind else (row - count, row)
        begin = max(begin, 0)
        if stop - begin < count and not rule.partial:
            continue
        if begin == stop:
            yield time, time, begin, stop
        elif behind:
            yield time, pending.time_of(stop - 1) + 1, begin, stop
        else:
            yield pending.time_of(begin), time, begin, stop


def _tonic_time(pending: Pending, rule: Rule) -> Iterator[Cut]:
    """Cut as SliceByTime: one window at least, and the last event is the end of time."""
    first = pending.first_time() if rule.start is None else rule.start
    if first is None:
        return
    start, length = first, rule.length or 0
    while True:
        stop = start + length
        pending.read_past(stop, "left", keep=start)
        last = pending.last if rule.end is None else rule.end
        known = last if last is not None else start
        before = stop - rule.step
        if start != first and not (before < known if rule.partial else stop <= known):
            return
        yield start, stop, pending.row_of(start), pending.row_of(stop)
        start += rule.step
        pending.drop_before(pending.row_of(start))


def divide(rule: Rule, first: int, last: int, rows: int) -> list[tuple[int, int]]:
    """Return the windows that `into` stands for, given the first and last time and the rows.

    They are spans of time, or of row numbers where the rule says that they are by count.
    """
    n = rule.into or 1
    if rule.preset != "tonic":
        if rule.by == "count":
            edges = [i * rows // n for i in range(n + 1)]
            return list(itertools.pairwise(edges))
        width = (last - first) // n + 1
        return [(first + i * width, first + (i + 1) * width) for i in range(n)]
    if rule.by == "count":
        size = int(rows // n * (1 + rule.overlap))
        stride = int(size * (1 - rule.overlap))
        return [(i * stride, i * stride + size) for i in range(n)]
    span = (last - first) // n * (1 + rule.overlap)
    step = span * (1 - rule.overlap)
    # Events have whole times, so that the first one from a fraction on is the first from its
    # ceiling on.
    return [(math.ceil(first + i * step), math.ceil(first + i * step + span)) for i in range(n)]
