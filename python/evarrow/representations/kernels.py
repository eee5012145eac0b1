# SPDX-License-Identifier: Apache-2.0
"""Events in bins of time by a kernel of choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from evarrow import _core
from evarrow.representations.making import check_choice, make

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Unpack

    from numpy.typing import ArrayLike, NDArray

    from evarrow.events import Events
    from evarrow.representations.making import Making

__all__ = ["smooth_voxel_grid", "spike_tensor"]


def smooth_voxel_grid(
    events: Events,
    bins: int = 10,
    *,
    kernel: Literal["nearest", "triangle", "cubic", "gaussian"] = "cubic",
    sigma: float = 0.5,
    conserve: bool = True,
    **options: Unpack[Making],
) -> Any:
    """Make a voxel grid whose kernel in time is smooth.

    With ``d`` the distance of an event from a bin in bins, the kernels are 1 for the nearest bin;
    ``max(0, 1 - d)``; the cubic B-spline; and a normal distribution.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    bins : int
        Number of bins.
    kernel : {"nearest", "triangle", "cubic", "gaussian"}
        The kernel.
    sigma : float
        Standard deviation of "gaussian", bins.
    conserve : bool
        Whether the shares of an event add up to 1, also at the ends.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of float32, shape ([windows,] bins, height, width), or DataFrame
        Sums of shares, ON counts 1 and OFF -1.

    Notes
    -----
    A definition of evarrow's own.

    Examples
    --------
    >>> ev.representations.smooth_voxel_grid(path, 5).shape
    (5, 48, 64)
    """
    check_choice("kernel", kernel, ("nearest", "triangle", "cubic", "gaussian"))
    return make(
        events,
        lambda w, h: _core.smooth_voxel_grid(w, h, bins, kernel, sigma, conserve),
        ("bin", "y", "x"),
        options,
    )


def spike_tensor(
    events: Events,
    bins: int = 9,
    *,
    kernel: Callable[[NDArray[Any]], ArrayLike] | ArrayLike | None = None,
    weighted: bool = True,
    **options: Unpack[Making],
) -> Any:
    """Make an event spike tensor with a fixed kernel in time.

    The value of a bin i is the sum of ``w * kernel(s - i / (bins - 1))`` with ``s = (t - t0) /
    (tN - t0)`` and w = s, or 1.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    bins : int
        Number of bins.
    kernel : callable or array_like, optional
        A function of distances between -1 and 1, such as a trained network, or its values at
        equal steps between them; it becomes a table that is looked up between its values. By
        default a triangle as wide as two bins.
    weighted : bool
        Whether events are weighted by their time, as in the source.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of float32, shape ([windows,] 2 * bins, height, width), or DataFrame
        All bins of OFF, then all of ON.

    References
    ----------
    Gehrig et al., End-to-End Learning of Representations for Asynchronous Event-Based Data,
    ICCV 2019.

    Examples
    --------
    >>> ev.representations.spike_tensor(path, 5, kernel=lambda d: 2.0 ** (-50 * d * d)).shape
    (10, 48, 64)
    """
    import numpy as np

    if kernel is None:
        table = np.empty(0, np.float32)
    elif callable(kernel):
        table = np.asarray(kernel(np.linspace(-1, 1, 4097)), np.float32)
    else:
        table = np.ascontiguousarray(kernel, np.float32)
    if table.ndim != 1:
        message = f"the values of a kernel must have one dimension, not {table.ndim}"
        raise ValueError(message)
    return make(
        events,
        lambda w, h: _core.spike_tensor(w, h, bins, table, weighted),
        ("channel", "y", "x"),
        options,
    )
