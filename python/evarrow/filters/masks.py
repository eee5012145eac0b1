# SPDX-License-Identifier: Apache-2.0
"""Filters by where events are: masks, polygons, regions."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from evarrow import _core
from evarrow.filters.base import SensorArguments, SensorFilter, function_of
from evarrow.times import to_box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from evarrow.times import Region

__all__ = ["Mask", "Polygon", "Regions", "mask", "polygon", "regions"]


def _filter_of(wanted: NDArray[Any], sensor: SensorArguments, *, invert: bool) -> _core.Filter:
    """Return a filter for the pixels that are wanted, shape (height, width)."""
    import numpy as np

    kept = np.ascontiguousarray(np.logical_xor(wanted, invert), dtype=np.uint8)
    return _core.make_mask(**sensor, mask=kept.ravel())


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class Mask(SensorFilter):
    """Keep the events of pixels that a mask names.

    Parameters
    ----------
    pixels : array_like of bool or numbers, shape (height, width)
        Events are kept where it is not 0. Its shape is the size of the sensor.
    invert : bool
        Whether the events are kept where it is 0.

    Examples
    --------
    >>> events = ev.from_arrays(x=[0, 1, 2], y=[0, 0, 1], t=[1, 2, 3], polarity=[1, 1, 1])
    >>> ev.filters.mask(events, [[0, 1, 1], [0, 0, 1]]).x.tolist()
    [1, 2]
    """

    pixels: ArrayLike
    _: dataclasses.KW_ONLY
    invert: bool = False

    def __post_init__(self) -> None:
        """Check the options."""
        import numpy as np

        pixels = np.asarray(self.pixels)
        if pixels.ndim != 2 or pixels.dtype.kind not in "biuf":
            message = (
                "a mask is an array (height, width) of bool or numbers, not one of "
                f"{pixels.dtype} with the shape {pixels.shape}"
            )
            raise ValueError(message)
        object.__setattr__(self, "pixels", pixels != 0)
        super().__post_init__()

    def __repr__(self) -> str:
        """Return the size of the mask and how many pixels it names."""
        height, width = self.pixels.shape  # type: ignore[union-attr]
        count = int(self.pixels.sum())  # type: ignore[union-attr]
        return f"Mask(<{count} of {width} x {height} pixels>, invert={self.invert})"

    def resolution_of(self, events: tuple[int, int] | None) -> tuple[int, int]:
        """Return the size of the mask, which must be that of the sensor."""
        height, width = self.pixels.shape  # type: ignore[union-attr]
        known = super().resolution_of(events)
        if known not in (None, (width, height)):
            message = f"the mask is for {width} x {height} pixels, but the sensor has {known}"
            raise ValueError(message)
        return width, height

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        sensor["resolution"] = self.resolution_of(None)
        return _filter_of(self.pixels, sensor, invert=self.invert)  # type: ignore[arg-type]


@dataclasses.dataclass(frozen=True, repr=False)
class Polygon(SensorFilter):
    """Keep the events of pixels whose middle lies in a polygon.

    Parameters
    ----------
    vertices : sequence of (float, float)
        Its corners (x, y), pixels, where (0, 0) is the middle of the top left pixel; the last one
        is joined to the first. What it goes around an even number of times is outside. Pixels on
        an edge to their right or below lie outside, on one to their left or above inside.
    invert : bool
        Whether the events outside are kept instead.

    Examples
    --------
    >>> events = ev.from_arrays(x=[1, 1, 5], y=[1, 5, 5], t=[1, 2, 3], polarity=[1, 1, 1])
    >>> below = ev.filters.Polygon([(0, 0), (8, 8), (0, 8)], resolution=(64, 48))
    >>> below(events).y.tolist()
    [5]
    """

    vertices: Sequence[tuple[float, float]]
    _: dataclasses.KW_ONLY
    invert: bool = False

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        import numpy as np

        corners = np.asarray(self.vertices, dtype=np.float64)
        if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3:
            message = f"a polygon has three corners (x, y) or more, not {self.vertices!r}"
            raise ValueError(message)
        if not np.isfinite(corners).all():
            message = "the corners of a polygon must be finite"
            raise ValueError(message)
        return _filter_of(_inside(corners, sensor["resolution"]), sensor, invert=self.invert)


def _inside(corners: NDArray[Any], resolution: tuple[int, int]) -> NDArray[Any]:
    """Return which pixels lie inside: those with an odd number of edges to their left."""
    import numpy as np

    width, height = resolution
    inside = np.zeros((height, width), dtype=bool)
    rows = np.arange(height)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y0 == y1:
            continue
        crossed = rows[(min(y0, y1) <= rows) & (rows < max(y0, y1))]
        at = x0 + (crossed - y0) * ((x1 - x0) / (y1 - y0))
        inside[crossed] ^= np.arange(width) >= at[:, None]
    return inside


@dataclasses.dataclass(frozen=True, repr=False)
class Regions(SensorFilter):
    """Keep the events that lie in any of several regions.

    Parameters
    ----------
    regions : sequence of (int, int, int, int)
        Pixels (x0, y0, x1, y1) with x0 <= x < x1 and y0 <= y < y1, each.
    invert : bool
        Whether the events outside of all are kept instead.

    Examples
    --------
    >>> events = ev.from_arrays(x=[1, 20, 40], y=[1, 5, 5], t=[1, 2, 3], polarity=[1, 1, 1])
    >>> two = ev.filters.Regions([(0, 0, 8, 8), (32, 0, 48, 48)], resolution=(64, 48))
    >>> two(events).x.tolist()
    [1, 40]
    """

    regions: Sequence[Region]
    _: dataclasses.KW_ONLY
    invert: bool = False

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        import numpy as np

        width, height = sensor["resolution"]
        wanted = np.zeros((height, width), dtype=bool)
        for x0, y0, x1, y1 in map(to_box, self.regions):
            wanted[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] = True
        return _filter_of(wanted, sensor, invert=self.invert)


mask = function_of(Mask)
polygon = function_of(Polygon)
regions = function_of(Regions)
