# SPDX-License-Identifier: Apache-2.0
"""Filters that take pixels through a map: scales, affine maps and homographies."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

from evarrow import _core
from evarrow.filters.base import SensorArguments, SensorFilter, function_of
from evarrow.options import check_resolution

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "Affine",
    "Homography",
    "MovingFilter",
    "Rescale",
    "affine",
    "homography",
    "rescale",
    "to_matrix",
]


@dataclasses.dataclass(frozen=True, repr=False)
class Rescale(SensorFilter):
    """Make the sensor smaller or larger: x' = floor(x * factor), the same for y.

    Every event is kept. To make fewer events of many, see the filters that downsample.

    Parameters
    ----------
    factor : float or (float, float), optional
        What x and y are multiplied by. The sensor behind the filter has as many pixels as that
        makes, rounded up.
    size : (int, int), optional
        In place of `factor`: width and height of the sensor behind the filter.
    resolution : (int, int), optional
        Width and height of the sensor, pixels. Needed where the events do not know it.
    outside : {"drop", "raise"}
        What becomes of events outside the sensor: left out with a warning, or a ValueError.

    Raises
    ------
    ValueError
        If not one of `factor` and `size` is given, or the size of the sensor is not known.

    Notes
    -----
    dv (``scale``), OpenEB and tonic (``Downsample``) multiply and cut off in the same way.

    Examples
    --------
    >>> events = ev.from_arrays(x=[3, 9], y=[5, 5], t=[0, 1], polarity=[1, 1])
    >>> small = ev.filters.rescale(events, 0.5, resolution=(10, 8))
    >>> small.x.tolist(), small.y.tolist()
    ([1, 4], [2, 2])
    """

    factor: float | tuple[float, float] | None = None
    _: dataclasses.KW_ONLY
    size: tuple[int, int] | None = None

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        if (self.factor is None) == (self.size is None):
            message = "rescale takes a factor or size=(width, height), and one of them alone"
            raise ValueError(message)
        width, height = sensor["resolution"]
        if self.size is not None:
            after = check_resolution(self.size)
            scale = after[0] / width, after[1] / height
        else:
            scale = _pair(self.factor)
            after = (max(math.ceil(width * scale[0]), 1), max(math.ceil(height * scale[1]), 1))
        return _core.make_rescale(**sensor, scale_x=scale[0], scale_y=scale[1], after=after)


def _pair(value: Any) -> tuple[float, float]:
    one, two = value if isinstance(value, (tuple, list)) else (value, value)
    if not (0 < one < math.inf and 0 < two < math.inf):
        message = f"pixels are scaled by a positive number, not {value!r}"
        raise ValueError(message)
    return float(one), float(two)


@dataclasses.dataclass(frozen=True, repr=False)
class MovingFilter(SensorFilter):
    """A filter that moves events, onto a sensor of the same size unless `size` is another."""

    size: tuple[int, int] | None = dataclasses.field(default=None, kw_only=True)

    def size_behind(self, before: tuple[int, int]) -> tuple[int, int]:
        """Return the size of the sensor behind the filter."""
        return before if self.size is None else check_resolution(self.size)


@dataclasses.dataclass(frozen=True, repr=False)
class Homography(MovingFilter):
    """Move pixels by a homography, (x', y', 1) ~ matrix (x, y, 1), to the nearest pixel.

    Half a pixel goes right and down. Events that leave the sensor are left out.

    Parameters
    ----------
    matrix : array_like of float, shape (3, 3)
        From the pixels before to those behind; (0, 0) is the centre of the top left pixel.
    size : (int, int), optional
        Width and height of the sensor behind the filter; by default the same.
    resolution : (int, int), optional
        Width and height of the sensor, pixels. Needed where the events do not know it.
    outside : {"drop", "raise"}
        What becomes of events outside the sensor: left out with a warning, or a ValueError.

    Raises
    ------
    ValueError
        If the matrix has another shape, or the size of the sensor is not known.

    Examples
    --------
    >>> events = ev.from_arrays(x=[1], y=[2], t=[0], polarity=[1])
    >>> moved = ev.filters.homography(events, [[1, 0, 3], [0, 1, 0], [0, 0, 1]], resolution=(10, 8))
    >>> moved.x.tolist()
    [4]
    """

    matrix: Sequence[Sequence[float]]

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        after = self.size_behind(sensor["resolution"])
        matrix = to_matrix(self.matrix, 3)
        return _core.make_warp(name=self.name, **sensor, matrix=matrix, after=after)


@dataclasses.dataclass(frozen=True, repr=False)
class Affine(MovingFilter):
    """Move pixels by an affine map, (x', y') = matrix (x, y, 1), to the nearest pixel.

    Half a pixel goes right and down. Events that leave the sensor are left out.

    Parameters
    ----------
    matrix : array_like of float, shape (2, 3)
        From the pixels before to those behind; (0, 0) is the centre of the top left pixel.
    size : (int, int), optional
        Width and height of the sensor behind the filter; by default the same.
    resolution : (int, int), optional
        Width and height of the sensor, pixels. Needed where the events do not know it.
    outside : {"drop", "raise"}
        What becomes of events outside the sensor: left out with a warning, or a ValueError.

    Raises
    ------
    ValueError
        If the matrix has another shape, or the size of the sensor is not known.

    Examples
    --------
    >>> events = ev.from_arrays(x=[4], y=[2], t=[0], polarity=[1])
    >>> ev.filters.affine(events, [[0.5, 0, 0], [0, 1, 0]], resolution=(10, 8)).x.tolist()
    [2]
    """

    matrix: Sequence[Sequence[float]]

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        after = self.size_behind(sensor["resolution"])
        matrix = (*to_matrix(self.matrix, 2), 0, 0, 1)
        return _core.make_warp(name=self.name, **sensor, matrix=matrix, after=after)


def to_matrix(matrix: Any, rows: int) -> tuple[float, ...]:
    """Return the numbers of a matrix of three columns, row by row."""
    try:
        listed = [[float(value) for value in row] for row in matrix]
    except TypeError:
        listed = []
    if len(listed) != rows or any(len(row) != 3 for row in listed):
        message = f"the matrix must have {rows} rows of 3 numbers"
        raise ValueError(message)
    numbers = tuple(value for row in listed for value in row)
    if not all(map(math.isfinite, numbers)):
        message = "the matrix must hold finite numbers"
        raise ValueError(message)
    return numbers


rescale = function_of(Rescale)
affine = function_of(Affine)
homography = function_of(Homography)
