# SPDX-License-Identifier: Apache-2.0
"""Events as points, and as nodes of a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evarrow import _core
from evarrow.events import batches_of
from evarrow.representations.taking import take

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from evarrow.events import Events

__all__ = ["columns_in_memory", "graph", "point_set", "resolution_for"]


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

    width, height = resolution_for(events, resolution)
    if neighbours is not None and neighbours < 1:
        message = f"neighbours must be at least 1, not {neighbours!r}"
        raise ValueError(message)
    x, y, t, _ = columns_in_memory(events)
    source, target, distance = _core.make_graph(
        x, y, t, width, height, radius, scale, neighbours or 0
    )
    return pl.DataFrame({"source": source, "target": target, "distance": distance})


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

    x, y, t, polarity = columns_in_memory(events)
    width, height = (2, 2) if resolution is None else check_resolution(resolution)
    out = np.empty((len(x), 4), np.float32)
    out[:, 0] = x / max(width - 1, 1)
    out[:, 1] = y / max(height - 1, 1)
    if len(t):
        time = (t - t.min()).astype(np.float64)
        out[:, 2] = time / max(time.max(), 1)
    out[:, 3] = np.where(polarity > 0, 1, -1)
    return out


def resolution_for(events: Events, resolution: tuple[int, int] | None) -> tuple[int, int]:
    """Return the size of the sensor, given or known; a ValueError if it is neither."""
    from evarrow.options import check_resolution

    if resolution is None:
        resolution = take(events).resolution
        if resolution is None:
            message = "these events do not say how large their sensor is; give resolution="
            raise ValueError(message)
    return check_resolution(resolution)


def columns_in_memory(events: Events) -> list[NDArray[Any]]:
    """Return the four columns in memory."""
    import numpy as np

    batches = list(batches_of(events))
    types = {"x": np.int16, "y": np.int16, "t": np.int64, "polarity": np.int8}
    return [
        np.concatenate([batch.column(name) for batch in batches] or [np.empty(0, dtype)])
        for name, dtype in types.items()
    ]
