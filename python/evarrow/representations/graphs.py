# SPDX-License-Identifier: Apache-2.0
"""Events as points, and as nodes of a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evarrow import _core
from evarrow.options import check_resolution
from evarrow.representations.cutting import is_cut, only_between
from evarrow.representations.making import (
    CHOICES,
    check,
    check_choice,
    check_points,
    fill,
    refuse,
    resolution_for,
    run,
    windows_of,
)
from evarrow.representations.taking import take

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Unpack

    import polars as pl

    from evarrow.events import Events
    from evarrow.representations.making import Choice, Making, Storing

__all__ = ["graph", "point_set"]

_ANY = (1 << 15, 1 << 15)  # a sensor that has every pixel there can be


def graph(
    events: Events,
    radius: float = 3.0,
    *,
    scale: float = 1e-3,
    neighbours: int | None = None,
    **options: Unpack[Making],
) -> pl.DataFrame:
    """Connect events with later ones of their window that are near.

    The distance of two events is ``sqrt(dx**2 + dy**2 + (scale * dt)**2)``.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        In order of time.
    radius : float
        The greatest distance, pixels.
    scale : float
        How many pixels a microsecond counts as.
    neighbours : int, optional
        Only the nearest so many of each event; of equally near ones the later.
    **options
        Windows, resolution and threads; see `Making`. Events outside the sensor have no edges.

    Returns
    -------
    polars.DataFrame
        ``source`` and ``target`` (uint32), the rows of two events, the earlier one first, and
        ``distance`` (float32, pixels); in order of the target and the source. With windows
        ``window`` (int32) comes first, and rows count on from window to window: those of the
        events of all windows, one window behind the other, as ``point_set(..., sparse=True)``
        lists them.

    Raises
    ------
    ValueError
        If times decrease, or the resolution is not known.

    References
    ----------
    Schaefer et al., AEGNN: Asynchronous Event-based Graph Neural Networks, CVPR 2022.

    Examples
    --------
    >>> events = ev.from_arrays(x=[1, 2, 9], y=[1, 1, 1], t=[0, 10, 20], polarity=[1, 1, 1])
    >>> ev.representations.graph(events, scale=0, resolution=(10, 10)).rows()
    [(0, 1, 1.0)]
    >>> ev.representations.graph(events, 8, scale=0, resolution=(10, 10), count=2).rows()
    [(0, 0, 1, 1.0)]
    """
    import numpy as np
    import polars as pl

    if neighbours is not None and neighbours < 1:
        message = f"neighbours must be at least 1, not {neighbours!r}"
        raise ValueError(message)
    refuse(options, ("sparse", "out", "dtype"), "graphs")
    check(options)
    taken = only_between(take(events), options)
    graphs = _core.Graphs(*resolution_for(taken, options), radius, scale, neighbours or 0)
    windows = windows_of(taken, options)
    run(taken, graphs.what, windows, graphs, options)
    source, target, distance, edges = graphs.finish(windows)
    columns = {"source": source, "target": target, "distance": distance}
    if is_cut(options):
        columns = {"window": np.repeat(np.arange(len(edges), dtype=np.int32), edges), **columns}
    return pl.DataFrame(columns)


def point_set(
    events: Events,
    resolution: tuple[int, int] | None = None,
    *,
    points: int | None = None,
    choose: Choice = "evenly",
    **options: Unpack[Storing],
) -> Any:
    """Return events as points: x, y and t between 0 and 1, and the polarity.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    resolution : (int, int), optional
        What x and y are divided by, less 1; by default they stay pixels.
    points : int, optional
        Number of points of each window; by default as many as the window of most events has.
        Places behind the last event of a window are 0, the polarity too.
    choose : {"evenly", "first", "last"}
        Which events of a window that has more of them.
    **options
        Windows, type and memory; see `Making`.

    Returns
    -------
    ndarray of float32, shape ([windows,] points, 4), or DataFrame
        x, y, the time over the span of the window's events, and 1 or -1; all 0 for events outside
        the sensor. With ``sparse=True`` a row for each point that is an event, in the columns
        ``x``, ``y``, ``t`` and ``polarity`` (float32), with windows behind ``window`` (int32).

    Raises
    ------
    ValueError
        If `points` is less than 1.

    References
    ----------
    Sekikawa et al., EventNet: Asynchronous Recursive Event Processing, CVPR 2019; Wang et al.,
    Space-time Event Clouds for Gesture Recognition, WACV 2019.

    Examples
    --------
    >>> events = ev.from_arrays(x=[0, 9], y=[0, 4], t=[5, 10], polarity=[0, 1])
    >>> ev.representations.point_set(events, (10, 5)).tolist()
    [[0.0, 0.0, 0.0, -1.0], [1.0, 1.0, 1.0, 1.0]]
    >>> ev.representations.point_set(events, every=4, points=3).shape
    (2, 3, 4)
    """
    check_choice("choose", choose, CHOICES)
    given = {**options, "resolution": resolution}
    sparse = bool(given.pop("sparse", False))
    if sparse:
        refuse(given, ("out", "dtype"), "points in a table")
    check(given)
    check_points(points)
    taken = only_between(take(events), options)
    windows = windows_of(taken, options)
    room = max(windows.rows(), default=0) if points is None else points
    sensor = check_resolution(resolution or taken.resolution or _ANY)
    what = _core.point_set(*sensor, room, choose, in_pixels=resolution is None)
    if not sparse:
        return fill(taken, what, windows, ("point", "axis"), given)
    return _points(run(taken, what, windows, "float32", given), windows.rows(), room, given)


def _points(kept: Any, rows: Sequence[int], room: int, options: Mapping[str, Any]) -> pl.DataFrame:
    """Return the points of all windows one behind the other, from the values that are not 0."""
    import numpy as np
    import polars as pl

    places, values = kept[0].astype(np.int64), kept[1]
    counts = np.minimum(np.array(rows, np.int64), room)
    first = np.cumsum(counts) - counts
    point, axis = places // 4, places % 4
    table = np.zeros((counts.sum(), 4), np.float32)
    window, number = np.divmod(point, max(room, 1))
    table[first[window] + number, axis] = values
    columns = dict(zip(("x", "y", "t", "polarity"), table.T.copy(), strict=True))
    if is_cut(options):
        columns = {"window": np.repeat(np.arange(len(rows), dtype=np.int32), counts), **columns}
    return pl.DataFrame(columns)
