# SPDX-License-Identifier: Apache-2.0
"""Filters that move events in space and time: augmentations, and a clock that never steps back."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any, Literal

from evarrow import _core
from evarrow.filters.base import (
    Filter,
    SensorArguments,
    SensorFilter,
    check_choice,
    function_of,
)
from evarrow.filters.seeds import Seeded, draw_between, range_of
from evarrow.times import to_microseconds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evarrow.times import Time

__all__ = [
    "HoldTime",
    "ReverseTime",
    "ScaleTime",
    "SpatialJitter",
    "TimeJitter",
    "hold_time",
    "reverse_time",
    "scale_time",
    "spatial_jitter",
    "time_jitter",
]


def _truncates(profile: str | None) -> bool:
    """Return whether numbers are cut towards zero, as tonic does it."""
    if profile is not None:
        check_choice("profile", profile, ("tonic",))
    return profile == "tonic"


@dataclasses.dataclass(frozen=True, repr=False)
class SpatialJitter(Seeded, SensorFilter):
    """Move each event by a normally distributed number of pixels.

    Parameters
    ----------
    deviation : float or (float, float)
        Standard deviation of x and y, pixels.
    correlation : float
        Of x and y, -1 to 1.
    clip : bool
        Whether events that leave the sensor stay at its edge; by default they are left out.
    profile : {"tonic"}, optional
        Cut pixels towards zero, as tonic 1.7 does; by default they are rounded, halves to even.
        tonic takes variances and a covariance.
    seed : int
        The same seed makes the same choices.
    resolution : (int, int), optional
        Width and height of the sensor, pixels. Needed where the events do not know it.
    outside : {"drop", "raise"}
        What becomes of events outside the sensor: left out with a warning, or a ValueError.

    Raises
    ------
    ValueError
        If a deviation is negative, or the size of the sensor is not known.

    Examples
    --------
    >>> events = ev.from_arrays(x=[9] * 3, y=[9] * 3, t=[0, 1, 2], polarity=[1] * 3)
    >>> jitter = ev.filters.SpatialJitter(2, seed=1, resolution=(20, 20))
    >>> (jitter(events).x - 9).tolist() == jitter.drawn(3)[:, 0].round().tolist()
    True
    """

    deviation: float | tuple[float, float] = 1.0
    _: dataclasses.KW_ONLY
    correlation: float = 0.0
    clip: bool = False
    profile: Literal["tonic"] | None = None

    def _root(self) -> tuple[float, float, float]:
        """Return the square root of the covariance: dx = a g, dy = b g + c h."""
        given = self.deviation
        x, y = given if isinstance(given, (tuple, list)) else (given, given)
        if not (x >= 0 and y >= 0):
            message = f"deviation must be 0 pixels or more, not {given!r}"
            raise ValueError(message)
        if not -1 <= self.correlation <= 1:
            message = f"correlation must be -1 to 1, not {self.correlation!r}"
            raise ValueError(message)
        return float(x), self.correlation * y, math.sqrt(1 - self.correlation**2) * y

    def drawn(self, count: int, first: int = 0) -> NDArray[np.float64]:
        """Return by how much events are moved before rounding, pixels.

        Parameters
        ----------
        count, first : int
            How many events, and the number of the first among those inside the sensor.

        Returns
        -------
        ndarray of float64, shape (count, 2)
            In x and y.
        """
        import numpy as np

        a, b, c = self._root()
        g, h = np.array(_core.spatial_draws(self.seed, first, count)).reshape(count, 2).T
        return np.stack([a * g, b * g + c * h], axis=-1)

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        a, b, c = self._root()
        truncate = _truncates(self.profile)
        return _core.make_spatial_jitter(
            **sensor, a=a, b=b, c=c, clip=self.clip, truncate=truncate, seed=self.seed
        )


@dataclasses.dataclass(frozen=True, repr=False)
class TimeJitter(Seeded):
    """Move each event in time by a normally distributed number of microseconds.

    Parameters
    ----------
    deviation : int, str or timedelta
        Standard deviation: int microseconds, "1ms" or a timedelta.
    sort : bool
        Whether events come out in order of time again. For that, those of the last 9 deviations
        are held back, and times must not decrease.
    drop_negative : bool
        Whether events that come before the time 0 are left out.
    profile : {"tonic"}, optional
        Cut times towards zero, as tonic 1.7 does; by default they are rounded, halves to even.
        tonic drops negative times and does not sort, unless told so.
    seed : int
        The same seed makes the same choices.

    Raises
    ------
    ValueError
        If the deviation is negative, or times decrease.

    Examples
    --------
    >>> events = ev.from_arrays(x=[0] * 4, y=[0] * 4, t=[0, 10, 20, 30], polarity=[1] * 4)
    >>> moved = ev.filters.time_jitter(events, 100, seed=1).t
    >>> bool((moved[1:] >= moved[:-1]).all())
    True
    """

    deviation: Time
    _: dataclasses.KW_ONLY
    sort: bool = True
    drop_negative: bool = False
    profile: Literal["tonic"] | None = None

    def drawn(self, count: int, first: int = 0) -> NDArray[np.float64]:
        """Return by how much events are moved before rounding, microseconds, shape (count,)."""
        import numpy as np

        deviation = to_microseconds(self.deviation, "deviation")
        return deviation * np.array(_core.time_draws(self.seed, first, count), float)

    def make(self, resolution: tuple[int, int] | None) -> _core.Filter:  # noqa: ARG002
        """Return a filter for one pass over events of a sensor of that size."""
        return _core.make_time_jitter(
            deviation=to_microseconds(self.deviation, "deviation"),
            drop_negative=self.drop_negative,
            sort=self.sort,
            truncate=_truncates(self.profile),
            seed=self.seed,
        )


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
        return _core.make_scale_time(**self.drawn(), truncate=_truncates(self.profile))


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
        zero = _truncates(self.profile)
        return _core.make_reverse_time(to_zero=zero, flip_polarity=self.flip_polarity)


spatial_jitter = function_of(SpatialJitter)
time_jitter = function_of(TimeJitter)
scale_time = function_of(ScaleTime)
hold_time = function_of(HoldTime)
reverse_time = function_of(ReverseTime)
