# SPDX-License-Identifier: Apache-2.0
"""Times, spans of time and regions as users write them."""

from __future__ import annotations

import datetime
import operator
import re
from typing import Any, TypeAlias

__all__ = ["Region", "Time", "to_box", "to_microseconds", "to_period"]

Time: TypeAlias = "int | str | datetime.timedelta"
"""A time or a span: int microseconds, "50ms", a timedelta; NumPy's int and timedelta64 as well."""

Region: TypeAlias = "tuple[int, int, int, int]"
"""Half-open (x0, y0, x1, y1), pixels."""

I64_MIN, I64_MAX = -(2**63), 2**63 - 1
I16_MIN, I16_END = -(2**15), 2**15

# Microseconds of a unit: the names that Polars uses, as far as their length is fixed.
_UNITS = {
    "us": 1,
    "µs": 1,
    "μs": 1,
    "ms": 1_000,
    "s": 1_000_000,
    "m": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
    "w": 604_800_000_000,
}
_PART = re.compile(r"(\d+)(ns|us|µs|μs|ms|s|m|h|d|w)")


def _parse(text: str) -> int:
    negative = text.startswith("-")
    body = text[1:] if negative else text
    parts = _PART.findall(body)
    if not parts or "".join(count + unit for count, unit in parts) != body:
        message = (
            f"{text!r} is not a duration; write a whole number and a unit, as in '50ms', "
            "'1s500ms' or '250us' (ns, us, ms, s, m, h, d, w)"
        )
        raise ValueError(message)
    total = 0
    for count, unit in parts:
        if unit == "ns":
            whole, rest = divmod(int(count), 1_000)
            if rest:
                message = f"{text!r} is not a whole number of microseconds"
                raise ValueError(message)
            total += whole
        else:
            total += int(count) * _UNITS[unit]
    return -total if negative else total


def to_microseconds(value: Any, name: str) -> int:
    """Return a time as int microseconds.

    Parameters
    ----------
    value : int, str, timedelta or numpy.timedelta64
        An int counts microseconds; a string is a whole number and a unit, such as "50ms".
    name : str
        What the time is called in errors.

    Raises
    ------
    TypeError
        For a float, whose unit one could only guess, and for anything else.
    ValueError
        If a string is no duration, or the time does not fit in 64 bits.

    Examples
    --------
    >>> to_microseconds("1s500ms", "start")
    1500000
    """
    if isinstance(value, str):
        us = _parse(value)
    elif isinstance(value, datetime.timedelta):
        us = value // datetime.timedelta(microseconds=1)
    elif type(value).__name__ == "timedelta64":
        us = _from_numpy(value, name)
    elif isinstance(value, bool) or not hasattr(value, "__index__"):
        message = (
            f"{name} must be an int of microseconds, a timedelta or a string such as '50ms', "
            f"not {value!r}"
        )
        raise TypeError(message)
    else:
        us = operator.index(value)
    if not I64_MIN <= us <= I64_MAX:
        message = f"{name}={value!r} does not fit in 64 bits of microseconds"
        raise ValueError(message)
    return us


def _from_numpy(value: Any, name: str) -> int:
    us = value.astype("m8[us]")
    if us != us or us != value:
        message = f"{name}={value!r} is not a whole number of microseconds"
        raise ValueError(message)
    return int(us.astype("int64"))


def to_period(value: Any, name: str) -> int:
    """Return a span of time as int microseconds, at least 1."""
    us = to_microseconds(value, name)
    if us <= 0:
        message = f"{name} must be longer than nothing, not {value!r}"
        raise ValueError(message)
    return us


def to_box(region: Any) -> tuple[int, int, int, int]:
    """Return a half-open region (x0, y0, x1, y1), cut to what pixels can be."""
    try:
        x0, y0, x1, y1 = (operator.index(value) for value in region)
    except (TypeError, ValueError):
        message = f"region must be four ints (x0, y0, x1, y1), half-open, not {region!r}"
        raise TypeError(message) from None
    if x1 < x0 or y1 < y0:
        message = f"region must be (x0, y0, x1, y1) with x0 <= x1 and y0 <= y1, not {region!r}"
        raise ValueError(message)
    x0, y0, x1, y1 = (min(max(value, I16_MIN), I16_END) for value in (x0, y0, x1, y1))
    return x0, y0, x1, y1
