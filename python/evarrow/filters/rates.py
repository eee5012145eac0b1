# SPDX-License-Identifier: Apache-2.0
"""Filters that lower the number of events, whatever they are."""

from __future__ import annotations

import dataclasses
from typing import Literal

from evarrow import _core
from evarrow.filters.base import Filter, SensorArguments, SensorFilter, check_choice, function_of

__all__ = ["Decimate", "RateLimit", "decimate", "rate_limit"]


@dataclasses.dataclass(frozen=True, repr=False)
class RateLimit(Filter):
    """Keep no more events than a rate allows, as an event rate controller.

    A bucket holds `burst` allowances and is full at first. Each event that is kept takes one out;
    an event that finds none is dropped. Time fills the bucket by `rate` a second.

    Parameters
    ----------
    rate : int
        Events a second, at least 1.
    burst : int, optional
        How many events may come at once; by default those of 1 ms, at least 1.

    Examples
    --------
    >>> t = [0, 0, 0, 500, 1000, 1200, 3000]
    >>> events = ev.from_arrays(x=[5] * 7, y=[5] * 7, t=t, polarity=[1] * 7)
    >>> ev.filters.rate_limit(events, 1000, burst=2).t.tolist()
    [0, 0, 1000, 3000]
    """

    rate: int
    _: dataclasses.KW_ONLY
    burst: int | None = None

    def make(self, resolution: tuple[int, int] | None) -> _core.Filter:  # noqa: ARG002
        """Return a filter for one pass."""
        burst = max(self.rate // 1000, 1) if self.burst is None else self.burst
        return _core.make_rate_limit(rate=self.rate, burst=burst)


@dataclasses.dataclass(frozen=True, repr=False)
class Decimate(SensorFilter):
    """Keep one of every n events.

    Parameters
    ----------
    n : int
        At least 1.
    per : {"pixel", "stream"}
        Whether the events of each pixel are counted by themselves, or all together.
    keep : {"last", "first"}
        Which of n is kept. "last" of each "pixel" is ``Decimation`` of tonic 1.7, "first" of the
        "stream" is ``decimate`` of EventCV 1.0.

    Examples
    --------
    >>> events = ev.from_arrays(x=[1, 2] * 3, y=[5] * 6, t=[1, 2, 3, 4, 5, 6], polarity=[1] * 6)
    >>> ev.filters.decimate(events, 2, resolution=(64, 48)).t.tolist()
    [3, 4]
    >>> ev.filters.decimate(events, 2, per="stream", keep="first").t.tolist()
    [1, 3, 5]
    """

    n: int
    _: dataclasses.KW_ONLY
    per: Literal["pixel", "stream"] = "pixel"
    keep: Literal["last", "first"] = "last"

    def make(self, resolution: tuple[int, int] | None) -> _core.Filter:
        """Return a filter for one pass over events of a sensor of that size."""
        check_choice("per", self.per, ("pixel", "stream"))
        check_choice("keep", self.keep, ("last", "first"))
        if self.per == "stream":
            return _core.make_decimate(n=self.n, keep_first=self.keep == "first")
        return super().make(resolution)

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        return _core.make_decimate_pixels(**sensor, n=self.n, keep_first=self.keep == "first")


decimate = function_of(Decimate)
rate_limit = function_of(RateLimit)
