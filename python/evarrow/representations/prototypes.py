# SPDX-License-Identifier: Apache-2.0
"""The time surface around each event, and what such surfaces look like: HOTS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from evarrow import _core
from evarrow.events import batches_of
from evarrow.representations.making import CHOICES, check_choice, make_each, resolution_for
from evarrow.representations.taking import take
from evarrow.times import to_period

if TYPE_CHECKING:
    from typing import Unpack

    from numpy.typing import ArrayLike, NDArray

    from evarrow.events import Events
    from evarrow.representations.making import Choice, Making
    from evarrow.times import Time

__all__ = ["learn_prototypes", "local_time_surfaces", "nearest_prototypes"]

Polarity: TypeAlias = Literal["own", "merged"]


def local_time_surfaces(
    events: Events,
    radius: int = 2,
    *,
    tau: Time = "50ms",
    polarity: Polarity = "own",
    points: int | None = None,
    choose: Choice = "evenly",
    **options: Unpack[Making],
) -> Any:
    """Return the time surface around each event, which HOTS is made of.

    With ``age`` the time from the last event of a pixel in the window to the event in the middle,
    values are ``exp(-age / tau)``; the middle itself is 1.

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
    points : int, optional
        Number of surfaces of each window; by default as many as the window of most events has.
        Those behind the last event of a window are 0.
    choose : {"evenly", "first", "last"}
        Around which events of a window that has more of them. All are seen.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of float32, shape ([windows,] points, 2 * radius + 1, 2 * radius + 1), or DataFrame
        0 where there was no event, beyond the edge of the sensor, and around events outside.

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
    >>> ev.representations.local_time_surfaces(path, every="50ms", points=100).shape
    (2, 100, 5, 5)
    """
    check_choice("choose", choose, CHOICES)
    _check_surface(radius, polarity)
    us = to_period(tau, "tau")
    return make_each(
        events,
        lambda w, h, n: _core.local_surfaces(w, h, radius, us, polarity == "merged", n, choose),
        ("point", "y", "x"),
        points,
        options,
    )


def learn_prototypes(
    events: Events,
    count: int,
    radius: int = 2,
    *,
    tau: Time = "50ms",
    polarity: Polarity = "own",
    resolution: tuple[int, int] | None = None,
) -> NDArray[Any]:
    """Learn what the time surfaces around events look like, one event after another.

    The surfaces of the first `count` events are the prototypes to begin with. Each further surface
    S moves the prototype C that is nearest to it (Euclidean; of equally near ones the first):
    ``C += a * (S - b * C)`` with ``a = 0.01 / (1 + n / 20000)``, where n counts the surfaces C has
    had, and b the cosine between C and S.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        In order of time.
    count : int
        Number of prototypes.
    radius, tau, polarity, resolution
        As of `local_time_surfaces`; events outside the sensor are left out.

    Returns
    -------
    ndarray of float64, shape (count, 2 * radius + 1, 2 * radius + 1)
        Fewer than `count` if there are fewer events.

    Raises
    ------
    ValueError
        If times decrease, an argument is not what it can be, or the resolution is not known.

    References
    ----------
    Lagorce et al., HOTS: A Hierarchy of Event-Based Time-Surfaces for Pattern Recognition, TPAMI
    2017, algorithm 1.

    Examples
    --------
    >>> events = ev.from_arrays(x=[0, 2, 0], y=[0, 0, 0], t=[0, 5, 9], polarity=[1, 1, 1])
    >>> ev.representations.learn_prototypes(events, 2, 1, resolution=(3, 1)).shape
    (2, 3, 3)
    """
    import numpy as np

    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        message = f"count must be a whole number, at least 1, not {count!r}"
        raise ValueError(message)
    n, around = _surroundings(events, radius, tau, polarity, resolution)
    count = min(count, max(n, 1))
    prototypes = np.zeros((count, 2 * radius + 1, 2 * radius + 1))
    return prototypes[: around.learn(prototypes)]


def nearest_prototypes(
    events: Events,
    prototypes: ArrayLike,
    *,
    tau: Time = "50ms",
    polarity: Polarity = "own",
    resolution: tuple[int, int] | None = None,
) -> NDArray[Any]:
    """Return which prototype the time surface around each event is nearest to.

    In HOTS this number is the polarity that the next layer sees.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        In order of time.
    prototypes : array_like, shape (count, size, size)
        Of an odd size, as `learn_prototypes` gives them.
    tau, polarity, resolution
        As of `local_time_surfaces`.

    Returns
    -------
    ndarray of int32, shape (n,)
        From 0 on, of equally near ones the first; -1 for events outside the sensor.

    Raises
    ------
    ValueError
        If times decrease, an argument is not what it can be, or the resolution is not known.

    Examples
    --------
    >>> events = ev.from_arrays(x=[0, 2, 0], y=[0, 0, 0], t=[0, 5, 9], polarity=[1, 1, 1])
    >>> alone = [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    >>> besides = [[0, 0, 0], [1, 1, 0], [0, 0, 0]]
    >>> numbers = ev.representations.nearest_prototypes(
    ...     events, [alone, besides], resolution=(3, 1)
    ... )
    >>> numbers.tolist()
    [0, 0, 0]
    """
    import numpy as np

    known = np.ascontiguousarray(prototypes, np.float64)
    if (
        known.ndim != 3
        or not len(known)
        or known.shape[1] != known.shape[2]
        or known.shape[1] % 2 == 0
    ):
        message = f"prototypes must be of shape (count, size, size), size odd, not {known.shape}"
        raise ValueError(message)
    n, around = _surroundings(events, known.shape[1] // 2, tau, polarity, resolution)
    out = np.empty(n, np.int32)
    around.match(known, out)
    return out


def _surroundings(
    events: Events,
    radius: int,
    tau: Time,
    polarity: str,
    resolution: tuple[int, int] | None,
) -> tuple[int, _core.Surroundings]:
    """Return the number of the events, and the events with what their surfaces are like."""
    import numpy as np

    _check_surface(radius, polarity)
    width, height = resolution_for(take(events), {"resolution": resolution})
    us = to_period(tau, "tau")
    batches = list(batches_of(events))
    types = {"x": np.int16, "y": np.int16, "t": np.int64, "polarity": np.int8}
    x, y, t, p = (
        np.concatenate([batch.column(name) for batch in batches] or [np.empty(0, dtype)])
        for name, dtype in types.items()
    )
    merged = polarity == "merged"
    return len(x), _core.Surroundings(x, y, t, p, width, height, radius, us, merged)


def _check_surface(radius: int, polarity: str) -> None:
    check_choice("polarity", polarity, ("own", "merged"))
    if not 0 <= radius <= 127:
        message = f"radius must be from 0 to 127, not {radius!r}"
        raise ValueError(message)
