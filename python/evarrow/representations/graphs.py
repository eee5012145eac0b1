# SPDX-License-Identifier: Apache-2.0
"""Events as points, as nodes of a graph, and with what is around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from evarrow import _core
from evarrow.events import batches_of
from evarrow.representations.making import check_choice
from evarrow.representations.taking import take
from evarrow.times import to_period

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from evarrow.events import Events
    from evarrow.times import Time

__all__ = ["graph", "local_time_surfaces", "point_set"]


def graph(
    events: Events,
    radius: float = 3.0,
    *,
    scale: float = 1e-3,
    neighbours: int | None = None,
    resolution: tuple[int, int] | None = None,
) -> pl.DataFrame:
    """Connect events with later ones that are near.

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
    resolution : (int, int), optional
        Width and height of the sensor, by default what the events say; those outside have no
        edges.

    Returns
    -------
    polars.DataFrame
        ``source`` and ``target``, the rows of two events, the earlier one first, and
        ``distance``; in order of the target and the source.

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
    """
    import polars as pl

    width, height = _resolution(events, resolution)
    if neighbours is not None and neighbours < 1:
        message = f"neighbours must be at least 1, not {neighbours!r}"
        raise ValueError(message)
    x, y, t, _ = _columns(events)
    source, target, distance = _core.make_graph(
        x, y, t, width, height, radius, scale, neighbours or 0
    )
    return pl.DataFrame({"source": source, "target": target, "distance": distance})


def local_time_surfaces(
    events: Events,
    radius: int = 2,
    *,
    tau: Time = "50ms",
    polarity: Literal["own", "merged"] = "own",
    resolution: tuple[int, int] | None = None,
) -> NDArray[Any]:
    """Return the time surface around each event, which HOTS is made of.

    With ``age`` the time from the last event of a pixel to the event in the middle, values are
    ``exp(-age / tau)``; the middle itself is 1.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        In order of time.
    radius : int
        How many pixels a surface reaches to each side, 0 to 127.
    tau : int, str or timedelta
        How fast it decays.
    polarity : {"own", "merged"}
        Whether only events of the same polarity count, or all.
    resolution : (int, int), optional
        Width and height of the sensor, by default what the events say; surfaces of events outside
        are 0.

    Returns
    -------
    ndarray of float32, shape (n, 2 * radius + 1, 2 * radius + 1)
        0 where there was no event, and beyond the edge of the sensor.

    Raises
    ------
    ValueError
        If times decrease, the radius is not what it can be, or the resolution is not known.

    References
    ----------
    Lagorce et al., HOTS: A Hierarchy of Event-Based Time-Surfaces for Pattern Recognition, TPAMI
    2017.

    Examples
    --------
    >>> events = ev.from_arrays(x=[0, 1], y=[0, 0], t=[0, 50_000], polarity=[1, 1])
    >>> surfaces = ev.representations.local_time_surfaces(events, 1, resolution=(2, 1))
    >>> [round(float(value), 4) for value in surfaces[1, 1]]
    [0.3679, 1.0, 0.0]
    """
    import numpy as np

    check_choice("polarity", polarity, ("own", "merged"))
    if not 0 <= radius <= 127:
        message = f"radius must be from 0 to 127, not {radius!r}"
        raise ValueError(message)
    width, height = _resolution(events, resolution)
    x, y, t, p = _columns(events)
    size = 2 * radius + 1
    out = np.empty((len(x), size, size), np.float32)
    us = to_period(tau, "tau")
    _core.local_surfaces(x, y, t, p, width, height, radius, us, polarity == "merged", out)
    return out


def point_set(events: Events, resolution: tuple[int, int] | None = None) -> NDArray[Any]:
    """Return events as points: x, y and t between 0 and 1, and the polarity.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    resolution : (int, int), optional
        What x and y are divided by, less 1; by default they stay pixels.

    Returns
    -------
    ndarray of float32, shape (n, 4)
        Times over the span of the events.

    Examples
    --------
    >>> events = ev.from_arrays(x=[0, 9], y=[0, 4], t=[5, 10], polarity=[0, 1])
    >>> ev.representations.point_set(events, (10, 5)).tolist()
    [[0.0, 0.0, 0.0, -1.0], [1.0, 1.0, 1.0, 1.0]]
    """
    import numpy as np

    from evarrow.options import check_resolution

    x, y, t, polarity = _columns(events)
    width, height = (2, 2) if resolution is None else check_resolution(resolution)
    out = np.empty((len(x), 4), np.float32)
    out[:, 0] = x / max(width - 1, 1)
    out[:, 1] = y / max(height - 1, 1)
    if len(t):
        time = (t - t.min()).astype(np.float64)
        out[:, 2] = time / max(time.max(), 1)
    out[:, 3] = np.where(polarity > 0, 1, -1)
    return out


def _resolution(events: Events, resolution: tuple[int, int] | None) -> tuple[int, int]:
    from evarrow.options import check_resolution

    if resolution is None:
        resolution = take(events).resolution
        if resolution is None:
            message = "these events do not say how large their sensor is; give resolution="
            raise ValueError(message)
    return check_resolution(resolution)


def _columns(events: Events) -> list[NDArray[Any]]:
    """Return the four columns in memory."""
    import numpy as np

    batches = list(batches_of(events))
    types = {"x": np.int16, "y": np.int16, "t": np.int64, "polarity": np.int8}
    return [
        np.concatenate([batch.column(name) for batch in batches] or [np.empty(0, dtype)])
        for name, dtype in types.items()
    ]
