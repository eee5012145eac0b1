# SPDX-License-Identifier: Apache-2.0
"""Filters that ask what happened around an event: noise has no neighbours."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Literal

from evarrow import _core
from evarrow.filters.base import SensorArguments, SensorFilter, check_choice, function_of
from evarrow.times import to_microseconds

if TYPE_CHECKING:
    from evarrow.times import Time

__all__ = [
    "BackgroundActivity",
    "KNoise",
    "SpatioTemporalCorrelation",
    "YNoise",
    "background_activity",
    "k_noise",
    "spatio_temporal_correlation",
    "y_noise",
]

_PROFILES: dict[str, dict[str, Any]] = {
    "dv": {"neighbours": 8, "inclusive": False, "primed": True},
    "metavision": {"neighbours": 8, "inclusive": True, "primed": False},
    "tonic": {"neighbours": 4, "inclusive": False, "primed": True},
}


@dataclasses.dataclass(frozen=True, repr=False)
class BackgroundActivity(SensorFilter):
    """Keep the events that have a recent one beside them.

    An event is kept if the last event of a neighbouring pixel was at ``t_before`` with
    ``t - t_before < window``. The pixel's own events do not count, polarity does not matter.

    Parameters
    ----------
    window : int, str or timedelta
        How recent: int microseconds, "2ms" or a timedelta.
    neighbours : {8, 4}
        Which pixels are neighbours: all around, or those left, right, above and below.
    inclusive : bool
        Whether ``t - t_before == window`` is recent enough.
    profile : {"dv", "metavision", "tonic"}, optional
        The definition of another library, in place of `neighbours` and `inclusive`: of
        dv-processing 2.0, ``BackgroundActivityNoiseFilter``, and of tonic 1.7, ``Denoise``, with 8
        and with 4 neighbours, both as if each pixel had had an event at 0; of the activity filter
        of Metavision, 8 neighbours, inclusive.

    Notes
    -----
    Delbruck, "Frame-free dynamic digital vision", 2008.

    Examples
    --------
    >>> events = ev.from_arrays(x=[5, 6, 9], y=[5, 6, 5], t=[100, 900, 950], polarity=[1, 0, 1])
    >>> ev.filters.background_activity(events, "1ms", resolution=(64, 48)).x.tolist()
    [6]
    """

    window: Time = "2ms"
    _: dataclasses.KW_ONLY
    neighbours: Literal[8, 4] = 8
    inclusive: bool = False
    profile: Literal["dv", "metavision", "tonic"] | None = None

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        options: dict[str, Any] = {
            "neighbours": self.neighbours,
            "inclusive": self.inclusive,
            "primed": False,
        }
        if self.profile is not None:
            check_choice("profile", self.profile, tuple(_PROFILES))
            options = _PROFILES[self.profile]
        window = to_microseconds(self.window, "window")
        return _core.make_background_activity(**sensor, window=window, **options)


@dataclasses.dataclass(frozen=True, repr=False)
class SpatioTemporalCorrelation(SensorFilter):
    """Keep the events that enough pixels around had a recent event for.

    An event is kept if at least `least` pixels of the square around it, (2 `radius` + 1)^2 pixels
    without its own, had their last event at ``t_before`` with ``t - t_before < window``.

    Parameters
    ----------
    window : int, str or timedelta
        How recent: int microseconds, "5ms" or a timedelta.
    least : int
        How many pixels.
    radius : int
        How far the square reaches, 0 to 15 pixels.
    own : bool
        Whether the last event of the pixel itself counts too.
    same_polarity : bool
        Whether only last events of the same polarity count.
    keep_first : bool
        Whether the first event of a pixel may be kept.
    subsample : int
        Pixels are taken together, 2^subsample each way: 0 to 7.
    profile : {"jaer"}, optional
        As jAER's SpatioTemporalCorrelationFilter by default, in place of `own` and `keep_first`:
        the own pixel counts, and the first event of a pixel is dropped.

    Notes
    -----
    Guo and Delbruck, "Low Cost and Latency Event Camera Background Activity Denoising", 2022.

    Examples
    --------
    >>> events = ev.from_arrays(x=[5, 6, 7], y=[5, 5, 5], t=[100, 200, 300], polarity=[1, 0, 1])
    >>> clean = ev.filters.SpatioTemporalCorrelation("1ms", 2, radius=2, resolution=(64, 48))
    >>> clean(events).x.tolist()
    [7]
    """

    window: Time = "5ms"
    least: int = 1
    _: dataclasses.KW_ONLY
    radius: int = 1
    own: bool = False
    same_polarity: bool = False
    keep_first: bool = True
    subsample: int = 0
    profile: Literal["jaer"] | None = None

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        check_choice("profile", self.profile, (None, "jaer"))
        return _core.make_correlation(
            **sensor,
            window=to_microseconds(self.window, "window"),
            least=self.least,
            radius=self.radius,
            own=self.own or self.profile == "jaer",
            same_polarity=self.same_polarity,
            inclusive=False,
            keep_first=self.keep_first and self.profile != "jaer",
            subsample=self.subsample,
        )


@dataclasses.dataclass(frozen=True, repr=False)
class YNoise(SensorFilter):
    """Keep the events of places that are dense in events of their polarity.

    An event is kept if at least `least` pixels of the square of (2 `radius` + 1)^2 pixels around
    it, its own included, had a last event of the same polarity with ``t - t_before <= window``.

    Parameters
    ----------
    window : int, str or timedelta
        How recent: int microseconds, "2ms" or a timedelta.
    least : int
        How many pixels.
    radius : int
        How far the square reaches, 0 to 15 pixels.

    Notes
    -----
    Feng et al., "Event Density Based Denoising Method for Dynamic Vision Sensor", 2020.

    Examples
    --------
    >>> events = ev.from_arrays(x=[5, 5, 6], y=[5, 5, 5], t=[0, 900, 950], polarity=[1, 1, 0])
    >>> ev.filters.y_noise(events, "1ms", resolution=(64, 48)).t.tolist()
    [900]
    """

    window: Time = "2ms"
    least: int = 1
    _: dataclasses.KW_ONLY
    radius: int = 1

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        return _core.make_correlation(
            **sensor,
            window=to_microseconds(self.window, "window"),
            least=self.least,
            radius=self.radius,
            own=True,
            same_polarity=True,
            inclusive=True,
            keep_first=True,
            subsample=0,
        )


@dataclasses.dataclass(frozen=True, repr=False)
class KNoise(SensorFilter):
    """Keep the events that a last event of the rows and columns around supports.

    The last event of each of the three columns and the three rows around is looked at. It supports
    an event if it is of the same polarity, no more than one pixel away each way, and
    ``t - t_before <= window``. The memory is of the order of width + height.

    Parameters
    ----------
    window : int, str or timedelta
        How recent: int microseconds, "1ms" or a timedelta.
    own : bool
        Whether an event supports those of its own pixel, as it does in ``KNoiseFilter`` of
        dv-processing 2.0.

    Notes
    -----
    Khodamoradi and Kastner, "O(N)-Space Spatiotemporal Filter for Reducing Noise in Neuromorphic
    Vision Sensors", 2018. In dv-processing rows and columns begin as if pixel (0, 0) had had an OFF
    event at 0.

    Examples
    --------
    >>> events = ev.from_arrays(x=[5, 6, 6], y=[5, 5, 5], t=[0, 1000, 2001], polarity=[1, 1, 1])
    >>> ev.filters.k_noise(events, "1ms", resolution=(64, 48)).t.tolist()
    [1000]
    """

    window: Time = "1ms"
    _: dataclasses.KW_ONLY
    own: bool = True

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        window = to_microseconds(self.window, "window")
        return _core.make_k_noise(**sensor, window=window, own=self.own)


background_activity = function_of(BackgroundActivity)
k_noise = function_of(KNoise)
spatio_temporal_correlation = function_of(SpatioTemporalCorrelation)
y_noise = function_of(YNoise)
