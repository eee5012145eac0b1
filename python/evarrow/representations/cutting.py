# SPDX-License-Identifier: Apache-2.0
"""How events are cut into windows, an array each."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from evarrow import _core
from evarrow.times import to_microseconds, to_period

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evarrow.times import Time

__all__ = ["Windowing", "is_cut", "to_spec"]


class Windowing(TypedDict, total=False):
    """Windows of events, an array each; without any of these all events are one window.

    Attributes
    ----------
    every : int, str or timedelta
        Windows of equal length: int microseconds, "50ms" or a timedelta.
    count : int
        Windows of equally many events.
    stride : int, str or timedelta
        From the start of a window to that of the next; by default `every`, or `count`.
    start, end : int, str or timedelta
        Where the first window of `every` starts, by default at the first event; and the time
        before which events are taken, by default behind the last one.
    partial : bool
        Whether windows come that are not over when the events, or the time up to `end`, are; True
        by default.
    windows : sequence of (start, end)
        Windows of time in any order, which may overlap.
    rows : sequence of (int, int)
        Windows of rows, half-open.
    closed : {"left", "right", "both"}
        Which bounds belong to windows of time; "left" by default.
    """

    every: Time | None
    count: int | None
    stride: Time | None
    start: Time | None
    end: Time | None
    partial: bool
    windows: Sequence[tuple[Time, Time]] | None
    rows: Sequence[tuple[int, int]] | None
    closed: Literal["left", "right", "both"]


_WAYS = ("every", "count", "windows", "rows")


def is_cut(options: Mapping[str, Any]) -> bool:
    """Return whether the options ask for windows."""
    return any(options.get(way) is not None for way in _WAYS)


def to_spec(options: Mapping[str, Any]) -> _core.WindowSpec:
    """Return the options as the extension module takes them.

    Raises
    ------
    TypeError, ValueError
        If they do not go together, or make no sense.
    """
    given = [way for way in _WAYS if options.get(way) is not None]
    if len(given) > 1:
        message = f"{given[0]} and {given[1]} are two ways to cut events; give one of them"
        raise ValueError(message)
    way = given[0] if given else "whole"
    _refuse(options, way)
    closed = options.get("closed", "left")
    if closed not in ("left", "right", "both"):
        message = f'closed must be "left", "right" or "both", not {closed!r}'
        raise ValueError(message)
    if way in ("windows", "rows"):
        kind = "times" if way == "windows" else "rows"
        return _core.WindowSpec(kind, bounds=_to_bounds(options[way], way), closed=closed)
    if way == "whole":
        return _core.WindowSpec()
    read = to_period if way == "every" else _to_count
    length = read(options[way], way)
    stride = options.get("stride")
    return _core.WindowSpec(
        way,
        length=length,
        stride=length if stride is None else read(stride, "stride"),
        start=_to_time(options, "start"),
        end=_to_time(options, "end"),
        partial=bool(options.get("partial", True)),
        closed=closed,
    )


def _refuse(options: Mapping[str, Any], way: str) -> None:
    """Raise for options that say something about other windows."""
    allowed = {"every": {"stride", "start", "end", "partial"}, "count": {"stride", "partial"}}
    for name in ("stride", "start", "end", "partial"):
        if options.get(name) is not None and name not in allowed.get(way, set()):
            ways = [one for one, names in allowed.items() if name in names]
            message = f"{name} is for windows of {' and of '.join(ways)}"
            raise ValueError(message)


def _to_time(options: Mapping[str, Any], name: str) -> int | None:
    value = options.get(name)
    return None if value is None else to_microseconds(value, name)


def _to_count(value: Any, name: str) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        message = f"{name} must be a number of events, not {value!r}"
        raise TypeError(message)
    count = operator.index(value)
    if count <= 0:
        message = f"{name} must be at least 1, not {value!r}"
        raise ValueError(message)
    return count


def _to_bounds(pairs: Any, name: str) -> Any:
    import numpy as np

    read = to_microseconds if name == "windows" else (lambda value, _: operator.index(value))
    try:
        bounds = [(read(first, name), read(last, name)) for first, last in pairs]
    except (TypeError, ValueError) as error:
        message = f"{name} must be pairs (start, end): {error}"
        raise type(error)(message) from None
    return np.array(bounds, np.int64).reshape(-1, 2)
