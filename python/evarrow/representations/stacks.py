# SPDX-License-Identifier: Apache-2.0
"""Stacks of ever shorter windows that end with the last event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evarrow import _core
from evarrow.representations.making import make

if TYPE_CHECKING:
    from typing import Unpack

    from evarrow.events import Events
    from evarrow.representations.making import Making

__all__ = ["ergo12", "event_stack", "mixed_density_stack"]


def mixed_density_stack(
    events: Events, bins: int = 10, *, cutoff: int | None = 32, **options: Unpack[Making]
) -> Any:
    """Add polarities up over spans that double: RVT's mixed-density event stack.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    bins : int
        Number of channels. The last one holds all events, the one before it those that are at
        least half of the window's time before the end of it, the next a quarter, and so on.
    cutoff : int or None
        How far values may be from 0; None for no bound.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of int8, shape ([windows,] bins, height, width), or DataFrame
        Sums of polarities, which wrap at 128, as in RVT.

    References
    ----------
    Nam et al., Stereo Depth from Events Cameras, CVPR 2022; RVT, MixedDensityEventStack.

    Examples
    --------
    >>> events = ev.from_arrays(x=[0, 0], y=[0, 0], t=[0, 100], polarity=[1, 1])
    >>> stack = ev.representations.mixed_density_stack(events, 4, resolution=(1, 1))
    >>> stack.ravel().tolist()
    [1, 1, 1, 2]
    """
    most = 0 if cutoff is None else cutoff
    return make(
        events,
        lambda w, h: _core.mixed_density_stack(w, h, bins, most),
        ("bin", "y", "x"),
        options,
    )


def event_stack(events: Events, levels: int = 10, **options: Unpack[Making]) -> Any:
    """Keep the polarity of the last event of each pixel, of ever fewer of the latest events.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    levels : int
        Number of channels: of all events, of the latest half of them, of the latest quarter, ...
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of int8, shape ([windows,] levels, height, width), or DataFrame
        -1, 1, or 0 where there is no event.

    References
    ----------
    Nam et al., Stereo Depth from Events Cameras: Concentrate and Focus on the Future, CVPR 2022.

    Examples
    --------
    >>> ev.representations.event_stack(path, 4).shape
    (4, 48, 64)
    """
    return make(events, lambda w, h: _core.event_stack(w, h, levels), ("level", "y", "x"), options)


def ergo12(events: Events, **options: Unpack[Making]) -> Any:
    """Make the twelve channels of ERGO-12, that fared best of many of its kind.

    Windows by the number of events: 0 is all, 1 to 3 are thirds, 4 to 6 the latest half, quarter
    and eighth. With polarity +-1 and time between 0 and 1, the channels are 0: variance of the
    polarity in window 0, 1: variance of the times of OFF in 3, 2: OFF in 2, 3: sum of the polarity
    in 6, 4: ON in 5, 5: number of events in 6, 6: mean time of ON in 2, 7: OFF in 5, 8: last time
    of OFF in 1, 9: last time of ON in 0, 10: last time in 4, 11: any event in 1.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of float64, shape ([windows,] 12, height, width), or DataFrame
        The study multiplies it by 255.

    References
    ----------
    Zubic et al., From Chaos Comes Order: Ordering Event Representations for Object Recognition and
    Detection, ICCV 2023.

    Examples
    --------
    >>> ev.representations.ergo12(path).shape
    (12, 48, 64)
    """
    return make(events, _core.ergo12, ("channel", "y", "x"), options)
