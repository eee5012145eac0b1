# SPDX-License-Identifier: Apache-2.0
"""Augmentations that draw what another filter does: whether, where, how far."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from evarrow import _core
from evarrow.filters.base import Filter, SensorArguments, SensorFilter, function_of
from evarrow.filters.geometry import Rotate
from evarrow.filters.seeds import Seeded, check_share, draw_between, range_of
from evarrow.options import check_resolution

if TYPE_CHECKING:
    from evarrow.times import Region

__all__ = [
    "CenterCrop",
    "Maybe",
    "RandomCrop",
    "RandomRotate",
    "center_crop",
    "maybe",
    "random_crop",
    "random_rotate",
]


@dataclasses.dataclass(frozen=True, repr=False)
class Maybe(Seeded):
    """Do what another filter does, to all events or to none, by chance.

    Parameters
    ----------
    filter : Filter
        What may be done, such as ``FlipX()``.
    chance : float
        That it is done, 0 to 1.
    seed : int
        The same seed makes the same choice.

    Raises
    ------
    TypeError, ValueError
        If `filter` is none, or the chance is not 0 to 1.

    Examples
    --------
    >>> events = ev.from_arrays(x=[0], y=[0], t=[0], polarity=[1])
    >>> flip = ev.filters.Maybe(ev.filters.FlipX(resolution=(10, 1)), 0.5)
    >>> [flip.with_seed(seed)(events).x[0].item() for seed in range(4)]
    [0, 0, 9, 9]
    """

    filter: Filter
    chance: float = 0.5

    def __post_init__(self) -> None:
        """Check the options."""
        given: Any = self.filter
        if not isinstance(given, Filter):
            message = f"maybe() takes a filter such as FlipX(), not {given!r}"
            raise TypeError(message)
        check_share("chance", self.chance)
        super().__post_init__()

    def _check(self) -> None:
        """Do nothing: the filter has checked itself."""

    def drawn(self) -> dict[str, Any]:
        """Return what is drawn: ``applied``, whether it is done."""
        return {"applied": self.draw(1)[0] < self.chance}

    def resolution_of(self, events: tuple[int, int] | None) -> tuple[int, int] | None:
        """Return the size of the sensor, where the filter or the events know it."""
        return self.filter.resolution_of(events)

    def make(self, resolution: tuple[int, int] | None) -> _core.Filter:
        """Return a filter for one pass over events of a sensor of that size."""
        return self.filter.make(resolution) if self.drawn()["applied"] else _core.make_box()


@dataclasses.dataclass(frozen=True, repr=False)
class CenterCrop(SensorFilter):
    """Keep the events in the middle of the sensor, and count pixels from the corner of the rest.

    Parameters
    ----------
    size : (int, int)
        Width and height of what is left, pixels. More than the sensor has makes a margin.
    resolution : (int, int), optional
        Width and height of the sensor, pixels. Needed where the events do not know it.
    outside : {"drop", "raise"}
        Without effect.

    Raises
    ------
    ValueError
        If the size of the sensor is not known.

    Notes
    -----
    An odd rest is split so that the smaller half is on the left and at the top, as tonic does it.

    Examples
    --------
    >>> events = ev.from_arrays(x=[0, 3], y=[0, 3], t=[0, 1], polarity=[1, 1])
    >>> ev.filters.center_crop(events, (8, 8), resolution=(4, 4)).x.tolist()
    [2, 5]
    """

    size: tuple[int, int]

    def region(self, resolution: tuple[int, int]) -> Region:
        """Return what is left of a sensor of that size: x0, y0, x1, y1."""
        width, height = check_resolution(self.size)
        x0, y0 = (resolution[0] - width) // 2, (resolution[1] - height) // 2
        return x0, y0, x0 + width, y0 + height

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        return _core.make_crop(region=self.region(sensor["resolution"]))


@dataclasses.dataclass(frozen=True, repr=False)
class RandomCrop(Seeded, SensorFilter):
    """Keep the events of a region of a given size anywhere on the sensor.

    Parameters
    ----------
    size : (int, int)
        Width and height of what is left, pixels; no more than the sensor has.
    seed : int
        The same seed makes the same choice.
    resolution : (int, int), optional
        Width and height of the sensor, pixels. Needed where the events do not know it.
    outside : {"drop", "raise"}
        Without effect.

    Raises
    ------
    ValueError
        If the sensor is smaller, or its size is not known.

    Notes
    -----
    Every place is as likely as the others. tonic never draws the last one.

    Examples
    --------
    >>> x0, y0, x1, y1 = ev.filters.RandomCrop((32, 32), seed=1).drawn((64, 48))["region"]
    >>> x1 - x0, y1 - y0, 0 <= x0 <= 32, 0 <= y0 <= 16
    (32, 32, True, True)
    """

    size: tuple[int, int]

    def _check(self) -> None:
        check_resolution(self.size)
        if self.resolution is not None:
            self.make(self.resolution)

    def drawn(self, resolution: tuple[int, int]) -> dict[str, Any]:
        """Return what is drawn: ``region``, for a sensor of that size."""
        width, height = check_resolution(self.size)
        if width > resolution[0] or height > resolution[1]:
            message = f"a crop of {width} x {height} pixels needs a sensor that has them"
            raise ValueError(message)
        x, y = self.draw(2)
        x0, y0 = int(x * (resolution[0] - width + 1)), int(y * (resolution[1] - height + 1))
        return {"region": (x0, y0, x0 + width, y0 + height)}

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        return _core.make_crop(**self.drawn(sensor["resolution"]))


@dataclasses.dataclass(frozen=True, repr=False)
class RandomRotate(Seeded, SensorFilter):
    """Rotate events about the centre of the sensor by an angle that is drawn.

    Parameters
    ----------
    degrees : float or (float, float)
        The angle lies between -degrees and degrees, or between the two.
    expand : bool
        As of `Rotate`.
    seed : int
        The same seed makes the same choice.
    resolution : (int, int), optional
        Width and height of the sensor, pixels. Needed where the events do not know it.
    outside : {"drop", "raise"}
        What becomes of events outside the sensor: left out with a warning, or a ValueError.

    Raises
    ------
    ValueError
        If the size of the sensor is not known.

    Examples
    --------
    >>> -6 <= ev.filters.RandomRotate(6, seed=1).drawn()["angle"] <= 6
    True
    """

    degrees: float | tuple[float, float]
    _: dataclasses.KW_ONLY
    expand: bool = False

    def drawn(self) -> dict[str, Any]:
        """Return what is drawn: ``angle``, degrees."""
        given = self.degrees
        bounds = given if isinstance(given, (tuple, list)) else (-given, given)
        return {"angle": draw_between(range_of("degrees", bounds), *self.draw(1))}

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        turned = Rotate(**self.drawn(), expand=self.expand, outside=self.outside)
        return turned.make_for(sensor)


maybe = function_of(Maybe)
center_crop = function_of(CenterCrop)
random_crop = function_of(RandomCrop)
random_rotate = function_of(RandomRotate)
