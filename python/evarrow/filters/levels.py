# SPDX-License-Identifier: Apache-2.0
"""Filters by a level that events raise and time lowers."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from evarrow import _core
from evarrow.filters.base import SensorArguments, SensorFilter, function_of
from evarrow.times import to_microseconds

if TYPE_CHECKING:
    from evarrow.times import Time

__all__ = ["AgePolarity", "FastDecay", "TimeSurface", "age_polarity", "fast_decay", "time_surface"]


@dataclasses.dataclass(frozen=True, repr=False)
class FastDecay(SensorFilter):
    """Keep the events of blocks of pixels that are busy.

    Each event adds 1 to the level of its block, which halves in `half_life`. An event is kept if
    the level, with itself, is above `threshold`. As ``FastDecayNoiseFilter`` of dv-processing 2.0.

    Parameters
    ----------
    half_life : int, str or timedelta
        Int microseconds, "10ms" or a timedelta.
    block : int
        Pixels of a block each way.
    threshold : float
        The level.

    Examples
    --------
    >>> t = list(range(0, 1000, 100))
    >>> events = ev.from_arrays(x=[5] * 10, y=[5] * 10, t=t, polarity=[1] * 10)
    >>> ev.filters.fast_decay(events, resolution=(64, 48)).t.tolist()
    [600, 700, 800, 900]
    """

    half_life: Time = "10ms"
    _: dataclasses.KW_ONLY
    block: int = 4
    threshold: float = 6.0

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        half_life = to_microseconds(self.half_life, "half_life")
        return _core.make_fast_decay(
            **sensor, half_life=half_life, block=self.block, threshold=self.threshold
        )


@dataclasses.dataclass(frozen=True, repr=False)
class TimeSurface(SensorFilter):
    """Keep the events whose surroundings are young.

    An event is kept if the mean of ``exp(-age / tau)`` is at least `threshold`: of the last events
    of its polarity of the pixels in the square of (2 `radius` + 1)^2 pixels around it, its own
    included, before the event itself counts. Pixels without events do not count.

    Parameters
    ----------
    tau : int, str or timedelta
        The time constant: int microseconds, "20ms" or a timedelta.
    threshold : float
        The mean, 0 to 1.
    radius : int
        How far the square reaches, 0 to 15 pixels.

    Notes
    -----
    Lagorce et al., "HOTS: A Hierarchy of Event-Based Time-Surfaces for Pattern Recognition", 2017,
    for the surface; with the presets of E-MLB (Ding et al., 2023).

    Examples
    --------
    >>> events = ev.from_arrays(x=[5, 6, 40], y=[5, 5, 5], t=[0, 10, 20], polarity=[1, 1, 1])
    >>> ev.filters.time_surface(events, resolution=(64, 48)).x.tolist()
    [6]
    """

    tau: Time = "20ms"
    _: dataclasses.KW_ONLY
    threshold: float = 0.2
    radius: int = 1

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        return _core.make_time_surface(
            **sensor,
            tau=to_microseconds(self.tau, "tau"),
            threshold=self.threshold,
            radius=self.radius,
            sum=False,
            linear=False,
        )


@dataclasses.dataclass(frozen=True, repr=False)
class AgePolarity(SensorFilter):
    """Keep the events that young events of their polarity lie around.

    An event is kept if the sum of ``max(1 - age / window, 0)`` is at least `threshold`: of the last
    events of its polarity of the pixels in the square of (2 `radius` + 1)^2 pixels around it, its
    own included, before the event itself counts.

    Parameters
    ----------
    window : int, str or timedelta
        The age that counts for nothing: int microseconds, "100ms" or a timedelta.
    threshold : float
        The sum.
    radius : int
        How far the square reaches, 0 to 15 pixels.

    Notes
    -----
    After the filter of that kind of jAER.

    Examples
    --------
    >>> events = ev.from_arrays(x=[5, 6, 7], y=[5, 5, 5], t=[0, 10, 20], polarity=[1, 1, 0])
    >>> ev.filters.age_polarity(events, threshold=0.5, resolution=(64, 48)).x.tolist()
    [6]
    """

    window: Time = "100ms"
    _: dataclasses.KW_ONLY
    threshold: float = 1.0
    radius: int = 1

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        return _core.make_time_surface(
            **sensor,
            tau=to_microseconds(self.window, "window"),
            threshold=self.threshold,
            radius=self.radius,
            sum=True,
            linear=True,
        )


age_polarity = function_of(AgePolarity)
fast_decay = function_of(FastDecay)
time_surface = function_of(TimeSurface)
