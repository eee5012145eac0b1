# SPDX-License-Identifier: Apache-2.0
"""Voxel grids: events in bins of time, each shared out to the two nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evarrow import _core
from evarrow.representations.making import make

if TYPE_CHECKING:
    from typing import Unpack

    from evarrow.events import Events
    from evarrow.representations.making import Making

__all__ = ["voxel_grid"]


def voxel_grid(events: Events, bins: int = 10, **options: Unpack[Making]) -> Any:
    """Make a voxel grid: polarities in bins of time, shared out to the two nearest.

    An event at time t lies at ``(bins - 1) * (t - t0) / (tN - t0)``, where t0 and tN are the
    least and the greatest time of the events of the window.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    bins : int
        Number of bins.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of float32, shape ([windows,] bins, height, width), or DataFrame
        Sums of shares, ON counts 1 and OFF -1.

    Raises
    ------
    TypeError, ValueError
        If an option makes no sense, or the resolution is not known.

    References
    ----------
    Zhu et al., Unsupervised Event-based Learning of Optical Flow, Depth, and Egomotion, CVPR 2019.

    Examples
    --------
    >>> grid = ev.representations.voxel_grid(path, bins=5)
    >>> grid.shape, grid.dtype
    ((5, 48, 64), dtype('float32'))
    """
    return make(events, lambda w, h: _core.voxel_grid(w, h, bins), ("bin", "y", "x"), options)
