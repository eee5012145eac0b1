# SPDX-License-Identifier: Apache-2.0
"""Filters of the bursts in which a pixel answers to an edge."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from evarrow import _core
from evarrow.filters.base import SensorArguments, SensorFilter, function_of
from evarrow.times import to_microseconds

if TYPE_CHECKING:
    from evarrow.times import Time

__all__ = ["SpatioTemporalContrast", "Trail", "spatio_temporal_contrast", "trail"]


@dataclasses.dataclass(frozen=True, repr=False)
class SpatioTemporalContrast(SensorFilter):
    """Keep the second event of each burst of a pixel, as Metavision's filter of that name does.

    An event is kept if the one before of its pixel was of the same polarity and
    ``t - t_before <= window``; with `cut_trail` only the first such since the polarity changed.

    Parameters
    ----------
    window : int, str or timedelta
        The longest time between the events of a burst: int microseconds, "10ms" or a timedelta.
    cut_trail : bool
        Whether the events that follow upon the second one are dropped.

    Examples
    --------
    >>> times = [1000, 1500, 1900, 2500, 2600, 20000, 20100, 20200]
    >>> polarity = [1, 1, 1, 0, 0, 0, 1, 1]
    >>> events = ev.from_arrays(x=[5] * 8, y=[5] * 8, t=times, polarity=polarity)
    >>> ev.filters.spatio_temporal_contrast(events, "1ms", resolution=(64, 48)).t.tolist()
    [1500, 2600, 20200]
    """

    window: Time = "10ms"
    _: dataclasses.KW_ONLY
    cut_trail: bool = True

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        window = to_microseconds(self.window, "window")
        return _core.make_contrast(**sensor, window=window, cut_trail=self.cut_trail)


@dataclasses.dataclass(frozen=True, repr=False)
class Trail(SensorFilter):
    """Keep the first event of each burst of a pixel, as Metavision's filter of that name does.

    An event is kept if it is the first of its pixel, if the one before was of the other polarity,
    or if ``t - t_before >= window``.

    Parameters
    ----------
    window : int, str or timedelta
        How long a burst pauses before another one begins: int microseconds, "10ms" or a timedelta.

    Examples
    --------
    >>> times = [1000, 1500, 1900, 2500, 2600, 20000, 20100, 20200]
    >>> polarity = [1, 1, 1, 0, 0, 0, 1, 1]
    >>> events = ev.from_arrays(x=[5] * 8, y=[5] * 8, t=times, polarity=polarity)
    >>> ev.filters.trail(events, "1ms", resolution=(64, 48)).t.tolist()
    [1000, 2500, 20000, 20100]
    """

    window: Time = "10ms"

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        return _core.make_trail(**sensor, window=to_microseconds(self.window, "window"))


spatio_temporal_contrast = function_of(SpatioTemporalContrast)
trail = function_of(Trail)
