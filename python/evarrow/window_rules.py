# SPDX-License-Identifier: Apache-2.0
"""How events are cut into windows: what the arguments of `windows` say, checked."""

from __future__ import annotations

import dataclasses
import itertools
import operator
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from evarrow.selection import RowSelection
from evarrow.times import to_microseconds, to_period

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from evarrow.times import Time

__all__ = ["PRESETS", "Closed", "Preset", "Rule", "WindowOptions", "make_rule"]

Closed: TypeAlias = Literal["left", "both", "right"]
Preset: TypeAlias = Literal["rvt", "tonic", "dsec", "dv"]

PRESETS = ("rvt", "tonic", "dsec", "dv")
_WAYS = ("every", "count", "into", "at")
_ALONG = (["every"], ["count"], ["every", "count"], ["into"])
_AT = (["at"], ["every", "at"], ["count", "at"])
# The ways that a preset knows.
_KNOWN = {
    "rvt": (["every", "at"], ["count", "at"]),
    "tonic": (["every"], ["count"], ["into"]),
    "dsec": (["every", "at"], ["at"]),
    "dv": (["every"], ["count"]),
}


class WindowOptions(RowSelection, total=False):
    """Arguments of `evarrow.windows` beside the events and the length."""

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
    closed: Closed | None
    preset: Preset | None


@dataclasses.dataclass(frozen=True)
class Rule:
    """How to cut; times and lengths are int microseconds."""

    length: int | None = None  # of a window
    count: int | None = None  # events of a window
    step: int = 1  # from a window to the next: microseconds, or events
    into: int | None = None  # windows that the whole is cut into
    by: Literal["time", "count"] = "time"  # what `into` divides
    overlap: float = 0.0  # of the windows of `into`, as a share
    at: tuple[tuple[int, int], ...] | None = None  # the windows themselves
    align: Literal["start", "end"] = "end"  # where the times of `at` lie, of windows by count
    start: int | None = None
    end: int | None = None
    partial: bool = True
    closed: Closed = "left"
    preset: Preset | None = None

    @property
    def start_side(self) -> Literal["left", "right"]:
        """Which events at the start of a window belong to it, in the words of searchsorted."""
        return "right" if self.closed == "right" else "left"

    @property
    def end_side(self) -> Literal["left", "right"]:
        """Which events at the end of a window belong to it, in the words of searchsorted."""
        return "left" if self.closed == "left" else "right"


def make_rule(given: Mapping[str, Any]) -> Rule:
    """Return the rule that the arguments of `windows` state.

    Raises
    ------
    TypeError, ValueError
        If an argument is none, or several do not go together.
    """
    preset = given["preset"]
    if preset is not None and preset not in PRESETS:
        message = f"preset is one of {', '.join(PRESETS)}, not {preset!r}"
        raise ValueError(message)
    if given["closed"] not in (None, "left", "both", "right"):
        message = f'closed is "left", "both" or "right", not {given["closed"]!r}'
        raise ValueError(message)
    if given["align"] not in ("start", "end"):
        message = f'align is "start" or "end", not {given["align"]!r}'
        raise ValueError(message)
    arguments = _with_preset(given)
    _check_ways(arguments)
    common = {
        "start": _time(arguments, "start"),
        "end": _time(arguments, "end"),
        "partial": arguments["partial"] is not False,
        "closed": arguments["closed"] or "left",
        "preset": preset,
    }
    if arguments["at"] is not None:
        return _rule_at(arguments, common)
    if arguments["into"] is not None:
        return _rule_into(arguments, common)
    return _rule_along(arguments, common)


def _with_preset(given: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in what the preset says and the user does not."""
    out = dict(given)
    preset = given["preset"]
    if preset == "rvt" and given["count"] is None and given["every"] is None:
        out["every"] = 50_000
    if preset is not None:
        closed = "both" if preset == "rvt" else "left"
        if given["closed"] not in (None, closed):
            message = f'the windows of preset={preset!r} are closed="{closed}"'
            raise ValueError(message)
        out["closed"] = closed
    if preset == "dv" and not given["stride"] is given["overlap"] is None:
        message = "windows of preset='dv' neither overlap nor leave gaps"
        raise ValueError(message)
    if preset in ("tonic", "dv", "dsec") and given["partial"] is None:
        out["partial"] = False
    return out


def _check_ways(given: Mapping[str, Any]) -> None:
    ways = [name for name in _WAYS if given[name] is not None]
    if ways not in _ALONG + _AT:
        message = (
            "windows are cut by a length (every=), a number of events (count=), the one of both "
            "that comes first, into a number of windows (into=), or at given times (at=, with a "
            f"length or a number of events); given is {' and '.join(ways) or 'none of these'}"
        )
        raise ValueError(message)
    preset = given["preset"]
    if preset is not None and ways not in _KNOWN[preset]:
        known = " or ".join(" with ".join(f"{name}=" for name in way) for way in _KNOWN[preset])
        message = f"preset={preset!r} cuts by {known}"
        raise ValueError(message)
    if given["stride"] is not None and ways not in (["every"], ["count"]):
        message = "stride goes with every= or count= alone"
        raise ValueError(message)
    if given["overlap"] is not None and (given["stride"] is not None or "at" in ways):
        message = "overlap goes with every=, count= or into=, and takes the place of stride"
        raise ValueError(message)
    if given["closed"] not in (None, "left") and ways not in (["every"], *_AT):
        message = "only windows of time, or up to a time, can be closed otherwise than on the left"
        raise ValueError(message)
    if ways == ["at"] and given["align"] != "end":
        message = "align goes with a length or a number of events"
        raise ValueError(message)


def _time(given: Mapping[str, Any], name: str) -> int | None:
    return None if given[name] is None else to_microseconds(given[name], name)


def _number(value: Any, name: str) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        message = f"{name} must be an int, not {value!r}"
        raise TypeError(message)
    if operator.index(value) < 1:
        message = f"{name} must be at least 1, not {value!r}"
        raise ValueError(message)
    return operator.index(value)


def _rule_along(given: Mapping[str, Any], common: Mapping[str, Any]) -> Rule:
    length = None if given["every"] is None else to_period(given["every"], "every")
    count = None if given["count"] is None else _number(given["count"], "count")
    if length is not None and count is not None:
        if given["overlap"] is not None:
            message = "windows that end by what comes first do not overlap"
            raise ValueError(message)
        return Rule(length=length, count=count, **common)
    whole = length or count or 0
    check = to_period if length is not None else _number
    step = whole if given["stride"] is None else check(given["stride"], "stride")
    if given["overlap"] is not None:
        overlap = given["overlap"]
        part = to_microseconds(overlap, "overlap") if length else operator.index(overlap)
        if not 0 <= part < whole:
            message = f"overlap must be at least 0 and less than a window, not {overlap!r}"
            raise ValueError(message)
        step = whole - part
    return Rule(length=length, count=count, step=step, **common)


def _rule_into(given: Mapping[str, Any], common: Mapping[str, Any]) -> Rule:
    into = _number(given["into"], "into")
    if given["by"] not in ("time", "count"):
        message = f'by is "time" or "count", not {given["by"]!r}'
        raise ValueError(message)
    overlap = given["overlap"]
    if overlap is not None and common["preset"] != "tonic":
        message = 'overlap of windows of into= is that of preset="tonic" alone'
        raise ValueError(message)
    if overlap is not None and not 0 <= overlap < 1:
        message = f"overlap must be at least 0 and less than 1 here, not {overlap!r}"
        raise ValueError(message)
    return Rule(into=into, by=given["by"], overlap=float(overlap or 0), **common)


def _rule_at(given: Mapping[str, Any], common: Mapping[str, Any]) -> Rule:
    if common["start"] is not None or common["end"] is not None:
        message = "start and end do not go with at=, which says where the windows are"
        raise ValueError(message)
    align = given["align"]
    if given["count"] is not None:
        times = [(time, time) for time in _times(given["at"])]
        count = _number(given["count"], "count")
        return Rule(count=count, at=_in_order(times), align=align, **common)
    if given["every"] is not None:
        length = to_period(given["every"], "every")
        before, behind = (length, 0) if align == "end" else (0, length)
        times = [(time - before, time + behind) for time in _times(given["at"])]
    else:
        times = _pairs(given["at"])
    return Rule(at=_in_order(times), **common)


def _times(values: Iterable[Any]) -> list[int]:
    return [to_microseconds(value, "at") for value in _listed(values)]


def _listed(values: Any) -> list[Any]:
    if isinstance(values, str) or not hasattr(values, "__iter__"):
        message = f"at must be times or pairs of them, not {values!r}"
        raise TypeError(message)
    if hasattr(values, "__dlpack__") and not hasattr(values, "__array_interface__"):
        import numpy as np

        values = np.from_dlpack(values)  # tensors are made of tensors
    return list(values)


def _pairs(values: Iterable[Any]) -> list[tuple[int, int]]:
    """Return pairs as they are, and times as the spans between each and the next."""
    listed = _listed(values)
    if not listed or not hasattr(listed[0], "__len__") or isinstance(listed[0], str):
        times = _times(listed)
        return list(itertools.pairwise(times))
    pairs = [tuple(_times(pair)) for pair in listed]
    for pair in pairs:
        if len(pair) != 2 or pair[0] > pair[1]:
            message = f"at must hold (start, end) with start <= end, not {pair}"
            raise ValueError(message)
    return [(pair[0], pair[1]) for pair in pairs]


def _in_order(windows: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    if any(after[0] < before[0] for before, after in itertools.pairwise(windows)):
        message = "the times of at= must not decrease: events are read once, from front to back"
        raise ValueError(message)
    return tuple(windows)
