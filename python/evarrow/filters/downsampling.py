# SPDX-License-Identifier: Apache-2.0
"""Filters towards larger pixels and coarser times."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from evarrow import _core
from evarrow.filters.base import Filter, SensorArguments, SensorFilter, function_of
from evarrow.times import to_period

if TYPE_CHECKING:
    from evarrow.times import Time

__all__ = [
    "Differentiate",
    "Downsample",
    "Integrate",
    "differentiate",
    "downsample",
    "integrate",
]


@dataclasses.dataclass(frozen=True, repr=False)
class Downsample(Filter):
    """Round pixels and times down; all events stay.

    ``x // block``, ``y // block`` and ``t // step * step``, each rounded down. The sensor has
    ``ceil(width / block)`` by ``ceil(height / block)`` pixels from there on.

    Parameters
    ----------
    block : int
        How many pixels each way become one.
    step : int, str or timedelta
        Of which times are multiples: int microseconds, "1ms" or a timedelta.

    Examples
    --------
    >>> events = ev.from_arrays(x=[3, 8], y=[5, 6], t=[1999, 2000], polarity=[1, 0])
    >>> small = ev.filters.downsample(events, 2, step="1ms")
    >>> small.x.tolist(), small.y.tolist(), small.t.tolist()
    ([1, 4], [2, 3], [1000, 2000])
    """

    block: int = 1
    _: dataclasses.KW_ONLY
    step: Time = 1

    def make(self, resolution: tuple[int, int] | None) -> _core.Filter:  # noqa: ARG002
        """Return a filter for one pass."""
        return _core.make_downsample(block=self.block, step=to_period(self.step, "step"))


@dataclasses.dataclass(frozen=True, repr=False)
class Integrate(SensorFilter):
    """Make one event of many of a block of pixels, once they amount to something.

    Time is cut into steps that begin at multiples of `step`. Each ON event adds 1 to the level of
    its block, each OFF event takes 1 away. At the end of a step, blocks that had events in it and
    whose level has reached `threshold`, or the same below 0, make an event of that polarity with
    the time of the end, row by row; and begin at 0 again.

    Parameters
    ----------
    block : int
        How many pixels each way become one. The sensor has ``ceil(width / block)`` by
        ``ceil(height / block)`` pixels from there on.
    step : int, str or timedelta
        Int microseconds, "1ms" or a timedelta.
    threshold : int
        Events, at least 1.

    Notes
    -----
    New events are made, so that columns beside those of the events cannot come along. Ghosh et al.,
    "Insect-inspired Spatio-temporal Downsampling of Event-based Input", 2023, is the idea; the
    definition is evarrow's own.

    Examples
    --------
    >>> events = ev.from_arrays(x=[4, 5, 9], y=[5, 4, 9], t=[100, 900, 950], polarity=[1, 1, 1])
    >>> out = ev.filters.integrate(events, 2, step="1ms", threshold=2, resolution=(64, 48))
    >>> out.x.tolist(), out.y.tolist(), out.t.tolist()
    ([2], [2], [1000])
    """

    block: int = 2
    _: dataclasses.KW_ONLY
    step: Time = "1ms"
    threshold: int = 2

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        step = to_period(self.step, "step")
        return _core.make_integrate(**sensor, block=self.block, step=step, threshold=self.threshold)


@dataclasses.dataclass(frozen=True, repr=False)
class Differentiate(SensorFilter):
    """Make one event where a block of pixels has more events than in the step before.

    Time is cut into steps that begin at multiples of `step`. At the end of a step, each block makes
    an event for each polarity, OFF first, of which it had at least `threshold` events more than in
    the step before, with the time of the end, row by row.

    Parameters
    ----------
    block : int
        How many pixels each way become one. The sensor has ``ceil(width / block)`` by
        ``ceil(height / block)`` pixels from there on.
    step : int, str or timedelta
        Int microseconds, "1ms" or a timedelta.
    threshold : int
        Events, at least 1.

    Notes
    -----
    As of `Integrate`.

    Examples
    --------
    >>> t = [100, 900, 1100, 1200, 1300]
    >>> events = ev.from_arrays(x=[4] * 5, y=[4] * 5, t=t, polarity=[1] * 5)
    >>> ev.filters.differentiate(events, 2, threshold=1, resolution=(64, 48)).t.tolist()
    [1000, 2000]
    """

    block: int = 2
    _: dataclasses.KW_ONLY
    step: Time = "1ms"
    threshold: int = 2

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        step = to_period(self.step, "step")
        return _core.make_differentiate(
            **sensor, block=self.block, step=step, threshold=self.threshold
        )


differentiate = function_of(Differentiate)
downsample = function_of(Downsample)
integrate = function_of(Integrate)
