# SPDX-License-Identifier: Apache-2.0
"""Filters that move each event by chance, in space and in time."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Literal

from evarrow import _core
from evarrow.filters.base import SensorArguments, SensorFilter, check_choice, function_of
from evarrow.filters.seeds import Seeded
from evarrow.times import to_microseconds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evarrow.times import Time

__all__ = ["SpatialJitter", "TimeJitter", "spatial_jitter", "time_jitter", "truncates"]


def truncates(profile: str | None) -> bool:
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
        truncate = truncates(self.profile)
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
            truncate=truncates(self.profile),
            seed=self.seed,
        )


spatial_jitter = function_of(SpatialJitter)
time_jitter = function_of(TimeJitter)
