# SPDX-License-Identifier: Apache-2.0
"""Filters that take out the distortion of a lens, by a model or by a map."""

from __future__ import annotations

import dataclasses
import functools
import os
from typing import TYPE_CHECKING, Any, Literal

from evarrow import _core
from evarrow.filters.base import SensorArguments, check_choice, function_of
from evarrow.filters.maps import MovingFilter, to_matrix
from evarrow.options import check_resolution

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Rectify", "Undistort", "rectify", "undistort"]

_IDENTITY = ((1, 0, 0), (0, 1, 0), (0, 0, 1))


@dataclasses.dataclass(frozen=True, repr=False)
class Undistort(MovingFilter):
    """Move each event to where a camera without distortion would see it, to the nearest pixel.

    Events that leave the sensor are left out.

    Parameters
    ----------
    matrix : array_like of float, shape (3, 3)
        Of the camera, pixels: fx 0 cx, 0 fy cy, 0 0 1.
    distortion : sequence of float
        Coefficients of the lens as OpenCV orders them: k1 k2 p1 p2 [k3 [k4 k5 k6]] of the model of
        Brown and Conrady, k1 k2 k3 k4 of a fisheye lens.
    lens : {"brown-conrady", "fisheye"}
        Which model.
    new_matrix : array_like of float, shape (3, 3), optional
        Of the camera without distortion; by default `matrix`.
    rotation : array_like of float, shape (3, 3), optional
        From the one camera to the other, as in the rectification of two cameras.
    size : (int, int), optional
        Width and height of the sensor behind the filter; by default the same.
    resolution : (int, int), optional
        Width and height of the sensor, pixels. Needed where the events do not know it.
    outside : {"drop", "raise"}
        What becomes of events outside the sensor: left out with a warning, or a ValueError.

    Raises
    ------
    ValueError
        If the camera makes no sense, or the size of the sensor is not known.

    Notes
    -----
    Sources: Brown 1966, with the rational radial term of OpenCV; Kannala and Brandt 2006. The
    distortion is inverted once a pixel, by Newton's method; where a lens folds the picture over,
    and behind the camera, there is no solution and the events are left out. `Undistort.points`
    gives the places without rounding.

    Examples
    --------
    >>> events = ev.from_arrays(x=[0, 32], y=[0, 24], t=[0, 1], polarity=[1, 1])
    >>> camera = [[60, 0, 32], [0, 60, 24], [0, 0, 1]]
    >>> ev.filters.undistort(events, camera, [0.1, 0, 0, 0], resolution=(64, 48)).x.tolist()
    [1, 32]
    """

    matrix: Sequence[Sequence[float]]
    distortion: Sequence[float]
    _: dataclasses.KW_ONLY
    lens: Literal["brown-conrady", "fisheye"] = "brown-conrady"
    new_matrix: Sequence[Sequence[float]] | None = None
    rotation: Sequence[Sequence[float]] | None = None

    def points(self, resolution: tuple[int, int]) -> NDArray[np.float32]:
        """Return where each pixel of a sensor goes, without rounding.

        Returns
        -------
        ndarray of float32, shape (height, width, 2)
            x and y; NaN where there is no solution.
        """
        check_choice("lens", self.lens, ("brown-conrady", "fisheye"))
        target = self.matrix if self.new_matrix is None else self.new_matrix
        return _points(
            check_resolution(resolution),
            _camera(self.matrix),
            self.lens == "fisheye",
            tuple(map(float, self.distortion)),
            to_matrix(_IDENTITY if self.rotation is None else self.rotation, 3),
            _camera(target),
        )

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        after = self.size_behind(sensor["resolution"])
        places = self.points(sensor["resolution"])
        return _core.make_map(name=self.name, places=places, outside=self.outside, after=after)


@functools.lru_cache(maxsize=8)
def _points(
    resolution: tuple[int, int],
    matrix: tuple[float, ...],
    fisheye: bool,
    distortion: tuple[float, ...],
    rotation: tuple[float, ...],
    target: tuple[float, ...],
) -> NDArray[np.float32]:
    return _core.undistorted_points(
        resolution=resolution,
        matrix=matrix,
        fisheye=fisheye,
        distortion=distortion,
        rotation=rotation,
        target=target,
    )


def _camera(matrix: Any) -> tuple[float, float, float, float]:
    """Return fx, fy, cx and cy."""
    m = to_matrix(matrix, 3)
    if (m[1], m[3], m[6], m[7], m[8]) != (0, 0, 0, 0, 1):
        message = "the matrix of a camera is fx 0 cx, 0 fy cy, 0 0 1"
        raise ValueError(message)
    return m[0], m[4], m[2], m[5]


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class Rectify(MovingFilter):
    """Move each event to where a map says, to the nearest pixel.

    Half a pixel goes right and down. Events that leave the sensor are left out.

    Parameters
    ----------
    map : array_like of float32, shape (height, width, 2), or path
        x and y for each pixel, ``map[y, x]``, NaN for none; or a file as the ``rectify_map.h5`` of
        DSEC, which holds one under that name.
    size : (int, int), optional
        Width and height of the sensor behind the filter; by default that of the map.
    outside : {"drop", "raise"}
        What becomes of events outside the sensor: left out with a warning, or a ValueError.

    Raises
    ------
    ValueError
        If the map has another shape than that of the sensor.

    Examples
    --------
    >>> import numpy as np
    >>> y, x = np.mgrid[:8, :10]
    >>> events = ev.from_arrays(x=[1], y=[2], t=[0], polarity=[1])
    >>> ev.filters.rectify(events, np.stack([x + 2.4, y], axis=-1)).x.tolist()
    [3]
    """

    map: Any

    def __post_init__(self) -> None:
        """Read the map and check the options."""
        import numpy as np

        places = self.map
        if isinstance(places, (str, os.PathLike)):
            import h5py  # type: ignore[import-untyped]

            with h5py.File(os.fspath(places)) as file:
                places = file["rectify_map"][()]
        array = np.ascontiguousarray(places, np.float32)
        if array.ndim != 3 or array.shape[2] != 2 or 0 in array.shape:
            message = f"a map has the shape (height, width, 2), not {array.shape}"
            raise ValueError(message)
        object.__setattr__(self, "map", array)
        super().__post_init__()
        self._check_size(self.resolution)

    def _check_size(self, resolution: tuple[int, int] | None) -> None:
        height, width, _ = self.map.shape
        if resolution is not None and tuple(resolution) != (width, height):
            message = f"the map is of {width} x {height} pixels, and the sensor has {resolution}"
            raise ValueError(message)

    def resolution_of(self, events: tuple[int, int] | None) -> tuple[int, int] | None:
        """Return the size of the sensor, which is that of the map."""
        self._check_size(events)
        return self.map.shape[1], self.map.shape[0]

    def make_for(self, sensor: SensorArguments) -> _core.Filter:  # noqa: ARG002
        """Return a filter for one pass over events of that sensor."""
        after = self.size_behind((self.map.shape[1], self.map.shape[0]))
        return _core.make_map(name=self.name, places=self.map, outside=self.outside, after=after)

    def __repr__(self) -> str:
        """Return the call that makes it, but for the values of the map."""
        return f"Rectify(<map of {self.map.shape[1]} x {self.map.shape[0]} pixels>)"


undistort = function_of(Undistort)
rectify = function_of(Rectify)
