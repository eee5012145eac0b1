# SPDX-License-Identifier: Apache-2.0
"""Filters that change the times of events, and a clock that never steps back."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Literal

from evarrow import _core
from evarrow.filters.base import Filter, check_choice, function_of
from evarrow.filters.jitter import truncates
from evarrow.filters.seeds import Seeded, draw_between, range_of
from evarrow.times import to_microseconds

if TYPE_CHECKING:
    from evarrow.times import Time

__all__ = ["HoldTime", "ReverseTime", "ScaleTime", "hold_time", "reverse_time", "scale_time"]


@dataclasses.dataclass(frozen=True, repr=False)
class ScaleTime(Seeded):
    """Make time run faster or slower: t' = t * factor + offset.

    Parameters
    ----------
    factor : float or (float, float)
        More than 0; of a pair, one number between is drawn.
    offset : int, str or timedelta, or a pair of them
        Added afterwards; of a pair, one time between is drawn.
    profile : {"tonic"}, optional
        Cut times towards zero, as ``TimeSkew`` of tonic 1.7; by default they are rounded, halves
        to even.
    seed : int
        The same seed makes the same choices.

    Raises
    ------
    ValueError
        If the factor is not more than 0, or a time does not fit in 64 bits.

    Examples
    --------
    >>> events = ev.from_arrays(x=[0, 0], y=[0, 0], t=[10, 20], polarity=[1, 1])
    >>> ev.filters.scale_time(events, 1.5, offset="1ms").t.tolist()
    [1015, 1030]
    """

    factor: float | tuple[float, float] = 1.0
    _: dataclasses.KW_ONLY
    offset: Time | tuple[Time, Time] = 0
    profile: Literal["tonic"] | None = None

    def drawn(self) -> dict[str, Any]:
        """Return the options that are drawn: ``scale`` and ``offset``."""
        scale, place = self.draw(2)
        given = self.offset
        pair = given if isinstance(given, tuple) else (given, given)
        low, high = (to_microseconds(value, "offset") for value in pair)
        return {
            "scale": draw_between(range_of("factor", self.factor), scale),
            "offset": low + round((high - low) * place),
        }

    def make(self, resolution: tuple[int, int] | None) -> _core.Filter:  # noqa: ARG002
        """Return a filter for one pass over events of a sensor of that size."""
        return _core.make_scale_time(**self.drawn(), truncate=truncates(self.profile))


@dataclasses.dataclass(frozen=True, repr=False)
class HoldTime(Filter):
    """Let time never step back: t' is the greatest time so far. The order of events stays.

    Recordings are put in order when they are read, unless they are opened with ``sort=False``.

    Parameters
    ----------
    profile : {"rvt"}, optional
        As the preprocessing of RVT: a first event before time 0 is an error.

    Raises
    ------
    ValueError
        If the profile asks for it.

    Examples
    --------
    >>> events = ev.from_arrays(x=[0] * 4, y=[0] * 4, t=[10, 9, 8, 12], polarity=[1] * 4)
    >>> ev.filters.hold_time(events).t.tolist()
    [10, 10, 10, 12]
    """

    _: dataclasses.KW_ONLY
    profile: Literal["rvt"] | None = None

    def make(self, resolution: tuple[int, int] | None) -> _core.Filter:  # noqa: ARG002
        """Return a filter for one pass over events of a sensor of that size."""
        check_choice("profile", self.profile, (None, "rvt"))
        return _core.make_hold_time(from_zero=self.profile == "rvt")


@dataclasses.dataclass(frozen=True, repr=False)
class ReverseTime(Filter):
    """Run the events backwards: t' = first + last - t, the last one first; ON becomes OFF.

    All events are held in memory.

    Parameters
    ----------
    flip_polarity : bool
        Whether polarities change, as they do where a scene moves backwards.
    profile : {"tonic"}, optional
        As ``RandomTimeReversal`` of tonic 1.7: t' = last - t.

    Raises
    ------
    ValueError
        If there are more than 2^32 events.

    Examples
    --------
    >>> events = ev.from_arrays(x=[1, 2], y=[0, 0], t=[10, 25], polarity=[1, 1])
    >>> back = ev.filters.reverse_time(events)
    >>> back.x.tolist(), back.t.tolist(), back.polarity.tolist()
    ([2, 1], [10, 25], [-1, -1])
    """

    _: dataclasses.KW_ONLY
    flip_polarity: bool = True
    profile: Literal["tonic"] | None = None

    def make(self, resolution: tuple[int, int] | None) -> _core.Filter:  # noqa: ARG002
        """Return a filter for one pass over events of a sensor of that size."""
        zero = truncates(self.profile)
        return _core.make_reverse_time(to_zero=zero, flip_polarity=self.flip_polarity)


scale_time = function_of(ScaleTime)
hold_time = function_of(HoldTime)
reverse_time = function_of(ReverseTime)
