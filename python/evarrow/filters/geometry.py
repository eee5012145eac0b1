# SPDX-License-Identifier: Apache-2.0
"""Filters that move pixels: crops, turns and rotations."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

from evarrow import _core
from evarrow.filters.base import Filter, SensorArguments, SensorFilter, function_of
from evarrow.times import to_box

if TYPE_CHECKING:
    from evarrow.times import Region

__all__ = [
    "Crop",
    "FlipX",
    "FlipY",
    "Rotate",
    "Transpose",
    "crop",
    "flip_x",
    "flip_y",
    "rotate",
    "transpose",
]

_FLIP_X, _FLIP_Y, _ROTATE_90, _ROTATE_180, _ROTATE_270, _TRANSPOSE = range(6)


@dataclasses.dataclass(frozen=True, repr=False)
class Crop(Filter):
    """Keep the events of a region, and count pixels from its corner.

    Parameters
    ----------
    region : (int, int, int, int)
        Pixels (x0, y0, x1, y1) with x0 <= x < x1 and y0 <= y < y1. The sensor behind the filter has
        x1 - x0 by y1 - y0 pixels.

    Raises
    ------
    ValueError
        If the region has no pixels.

    Examples
    --------
    >>> events = ev.from_arrays(x=[5, 20], y=[6, 6], t=[0, 1], polarity=[1, 1])
    >>> ev.filters.crop(events, (4, 4, 12, 12)).x.tolist()
    [1]
    """

    region: Region

    def make(self, resolution: tuple[int, int] | None) -> _core.Filter:  # noqa: ARG002
        """Return a filter for one pass over events of a sensor of that size."""
        return _core.make_crop(region=to_box(self.region))


@dataclasses.dataclass(frozen=True, repr=False)
class _Turn(SensorFilter):
    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        return _core.make_turn(**sensor, turn=self._turn())

    def _turn(self) -> int:
        raise NotImplementedError


@dataclasses.dataclass(frozen=True, repr=False)
class FlipX(_Turn):
    """Turn events over from left to right: x' = width - 1 - x.

    Parameters
    ----------
    resolution : (int, int), optional
        Width and height of the sensor, pixels. Needed where the events do not know it.
    outside : {"drop", "raise"}
        What becomes of events outside the sensor: left out with a warning, or a ValueError.

    Examples
    --------
    >>> events = ev.from_arrays(x=[0, 5], y=[3, 3], t=[0, 1], polarity=[1, 1])
    >>> ev.filters.flip_x(events, resolution=(10, 8)).x.tolist()
    [9, 4]
    """

    def _turn(self) -> int:
        return _FLIP_X


@dataclasses.dataclass(frozen=True, repr=False)
class FlipY(_Turn):
    """Turn events over from top to bottom: y' = height - 1 - y.

    Parameters
    ----------
    resolution : (int, int), optional
        Width and height of the sensor, pixels. Needed where the events do not know it.
    outside : {"drop", "raise"}
        What becomes of events outside the sensor: left out with a warning, or a ValueError.

    Examples
    --------
    >>> events = ev.from_arrays(x=[0, 5], y=[0, 3], t=[0, 1], polarity=[1, 1])
    >>> ev.filters.flip_y(events, resolution=(10, 8)).y.tolist()
    [7, 4]
    """

    def _turn(self) -> int:
        return _FLIP_Y


@dataclasses.dataclass(frozen=True, repr=False)
class Transpose(_Turn):
    """Swap x and y. The sensor behind the filter has its width and height swapped, too.

    Parameters
    ----------
    resolution : (int, int), optional
        Width and height of the sensor, pixels. Needed where the events do not know it.
    outside : {"drop", "raise"}
        What becomes of events outside the sensor: left out with a warning, or a ValueError.

    Examples
    --------
    >>> events = ev.from_arrays(x=[1], y=[3], t=[0], polarity=[1])
    >>> turned = ev.filters.transpose(events, resolution=(10, 8))
    >>> turned.x.tolist(), turned.y.tolist()
    ([3], [1])
    """

    def _turn(self) -> int:
        return _TRANSPOSE


@dataclasses.dataclass(frozen=True, repr=False)
class Rotate(SensorFilter):
    """Rotate events about the centre of the sensor, counterclockwise as one sees them.

    Parameters
    ----------
    angle : float
        Degrees. By multiples of 90 the rotation is exact; by others, a pixel goes to the nearest
        one, half a pixel right and down.
    expand : bool
        Whether the sensor grows so that it holds all events. By default it stays as it is for
        angles that are no multiples of 90, and events that leave it are left out.
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
    >>> events = ev.from_arrays(x=[9], y=[0], t=[0], polarity=[1])
    >>> turned = ev.filters.rotate(events, 90, resolution=(10, 8))
    >>> turned.x.tolist(), turned.y.tolist()  # the top right corner goes to the top left
    ([0], [0])
    """

    angle: float
    _: dataclasses.KW_ONLY
    expand: bool = False

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        quarter, rest = divmod(self.angle, 90)
        if rest == 0 and quarter % 4 != 0:
            turns = (_ROTATE_90, _ROTATE_180, _ROTATE_270)
            return _core.make_turn(**sensor, turn=turns[int(quarter) % 4 - 1])
        width, height = sensor["resolution"]
        cos, sin = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        after = (width, height)
        if self.expand:
            after = (
                math.ceil(abs(width * cos) + abs(height * sin) - 1e-9),
                math.ceil(abs(width * sin) + abs(height * cos) - 1e-9),
            )
        x, y = (width - 1) / 2, (height - 1) / 2
        to_x, to_y = (after[0] - 1) / 2, (after[1] - 1) / 2
        # y grows downwards, so that counterclockwise is the other way round.
        matrix = (cos, sin, to_x - cos * x - sin * y, -sin, cos, to_y + sin * x - cos * y, 0, 0, 1)
        return _core.make_warp(name="rotate", **sensor, matrix=matrix, after=after)


crop = function_of(Crop)
flip_x = function_of(FlipX)
flip_y = function_of(FlipY)
transpose = function_of(Transpose)
rotate = function_of(Rotate)
