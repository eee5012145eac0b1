# SPDX-License-Identifier: Apache-2.0
"""Filters by how often a pixel fires: bands of frequencies, and the flicker of lamps."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from evarrow import _core
from evarrow.filters.base import SensorArguments, SensorFilter, function_of
from evarrow.times import to_microseconds

if TYPE_CHECKING:
    from evarrow.times import Time

__all__ = [
    "AntiFlicker",
    "BandCut",
    "BandPass",
    "HighPass",
    "LowPass",
    "anti_flicker",
    "band_cut",
    "band_pass",
    "high_pass",
    "low_pass",
]

_LONGEST = 2**63 - 1


def _period(frequency: float, name: str) -> int:
    """Return how long a period of that frequency is, cut to whole microseconds."""
    if isinstance(frequency, bool) or not hasattr(frequency, "__float__"):
        message = f"{name} must be a number of hertz, not {frequency!r}"
        raise TypeError(message)
    if not 1e-9 <= float(frequency) <= 1e6:
        message = f"{name} must be between 1e-9 and 1e6 Hz, not {frequency!r}"
        raise ValueError(message)
    return int(1e6 / float(frequency))


def _band(low: float, high: float) -> dict[str, int]:
    """Return the periods of two frequencies."""
    shortest, longest = _period(high, "high"), _period(low, "low")
    if longest < shortest:
        message = f"a band goes from low to high, not from {low!r} to {high!r}"
        raise ValueError(message)
    return {"least": shortest, "most": longest}


@dataclasses.dataclass(frozen=True, repr=False)
class LowPass(SensorFilter):
    """Keep the events of pixels that fire no more often than a frequency.

    An event is kept if it is the first of its pixel or ``t - t_before >= 1 / frequency``, where
    ``t_before`` is that of the event before, whether it was kept or not. As ``LowPassFilter`` of
    dv-processing 2.0.

    Parameters
    ----------
    frequency : float
        Hertz.

    Notes
    -----
    Periods are cut to whole microseconds. In dv-processing a pixel without events is as one that
    had an event at 0, which matters for times of less than a period.

    Examples
    --------
    >>> events = ev.from_arrays(x=[5] * 4, y=[5] * 4, t=[0, 600, 1600, 2500], polarity=[1] * 4)
    >>> ev.filters.low_pass(events, 1000, resolution=(64, 48)).t.tolist()
    [0, 1600]
    """

    frequency: float

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        least = _period(self.frequency, "frequency")
        return _core.make_interval(
            **sensor, least=least, most=_LONGEST, inside=True, keep_first=True
        )


@dataclasses.dataclass(frozen=True, repr=False)
class HighPass(SensorFilter):
    """Keep the events of pixels that fire at least as often as a frequency.

    An event is kept if ``t - t_before <= 1 / frequency``, where ``t_before`` is that of the event
    before of its pixel, whether it was kept or not. As ``HighPassFilter`` of dv-processing 2.0.

    Parameters
    ----------
    frequency : float
        Hertz.

    Notes
    -----
    Periods are cut to whole microseconds. In dv-processing a pixel without events is as one that
    had an event at 0, which matters for times of less than a period.

    Examples
    --------
    >>> events = ev.from_arrays(x=[5] * 4, y=[5] * 4, t=[0, 600, 1601, 2500], polarity=[1] * 4)
    >>> ev.filters.high_pass(events, 1000, resolution=(64, 48)).t.tolist()
    [600, 2500]
    """

    frequency: float

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        most = _period(self.frequency, "frequency")
        return _core.make_interval(
            **sensor, least=-_LONGEST, most=most, inside=True, keep_first=False
        )


@dataclasses.dataclass(frozen=True, repr=False)
class BandPass(SensorFilter):
    """Keep the events of pixels that fire at a frequency in a band.

    An event is kept if ``1 / high <= t - t_before <= 1 / low``, where ``t_before`` is that of the
    event before of its pixel, whether it was kept or not. As ``BandPassFilter`` of
    dv-processing 2.0.

    Parameters
    ----------
    low, high : float
        Hertz, both within the band.

    Notes
    -----
    Periods are cut to whole microseconds. In dv-processing a pixel without events is as one that
    had an event at 0, which matters for times of less than a period.

    Examples
    --------
    >>> events = ev.from_arrays(x=[5] * 4, y=[5] * 4, t=[0, 999, 1999, 4000], polarity=[1] * 4)
    >>> ev.filters.band_pass(events, 500, 1000, resolution=(64, 48)).t.tolist()
    [1999]
    """

    low: float
    high: float

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        return _core.make_interval(
            **sensor, **_band(self.low, self.high), inside=True, keep_first=False
        )


@dataclasses.dataclass(frozen=True, repr=False)
class BandCut(SensorFilter):
    """Drop the events that `BandPass` keeps, and keep all others: a simple anti-flicker filter.

    The first event of a pixel is kept. As ``BandCutFilter`` of dv-processing 2.0.

    Parameters
    ----------
    low, high : float
        Hertz, both within the band.

    Notes
    -----
    Periods are cut to whole microseconds. In dv-processing a pixel without events is as one that
    had an event at 0, which matters for times of less than a period.

    Examples
    --------
    >>> events = ev.from_arrays(x=[5] * 4, y=[5] * 4, t=[0, 999, 1999, 4000], polarity=[1] * 4)
    >>> ev.filters.band_cut(events, 500, 1000, resolution=(64, 48)).t.tolist()
    [0, 999, 4000]
    """

    low: float
    high: float

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        return _core.make_interval(
            **sensor, **_band(self.low, self.high), inside=False, keep_first=True
        )


@dataclasses.dataclass(frozen=True, repr=False)
class AntiFlicker(SensorFilter):
    """Drop the events of pixels that flicker as lamps do.

    A rise of a pixel is an ON event behind an OFF event; its period is the time since the rise
    before. A period matches if it is that of a frequency from `low` to `high` and differs from the
    period before by no more than `tolerance`. Matches count up to `start`, other periods down to 0.
    At `start` the pixel begins to flicker and its events are dropped, from that rise on; below
    `stop` it ceases to. A pixel is as new with the first event more than ``1 / low`` behind its
    last rise.

    Parameters
    ----------
    low, high : float
        The band, hertz.
    tolerance : int, str or timedelta
        How much one period may differ from the next: int microseconds, "500us" or a timedelta.
    start, stop : int
        How many matches it takes to begin, 1 to 1000, and below how many it ends, 1 to `start`.
    invert : bool
        Whether the events of flickering pixels are kept, and all others dropped.

    Notes
    -----
    The definition is evarrow's own; band, `start` and `stop` are called and preset as in the
    anti-flicker block of Prophesee's sensors, which works on blocks of pixels and whose method is
    not published.

    Examples
    --------
    >>> times = list(range(0, 200_000, 5000))
    >>> lamp = ev.from_arrays(x=[5] * 40, y=[5] * 40, t=times, polarity=[0, 1] * 20)
    >>> int(ev.filters.anti_flicker(lamp, resolution=(64, 48)).t.max())
    60000
    """

    low: float = 50.0
    high: float = 520.0
    _: dataclasses.KW_ONLY
    tolerance: Time = "500us"
    start: int = 6
    stop: int = 4
    invert: bool = False

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        band = _band(self.low, self.high)
        return _core.make_anti_flicker(
            **sensor,
            shortest=band["least"],
            longest=band["most"],
            tolerance=to_microseconds(self.tolerance, "tolerance"),
            start=self.start,
            stop=self.stop,
            keep_flicker=self.invert,
        )


anti_flicker = function_of(AntiFlicker)
band_cut = function_of(BandCut)
band_pass = function_of(BandPass)
high_pass = function_of(HighPass)
low_pass = function_of(LowPass)
