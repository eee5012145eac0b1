# SPDX-License-Identifier: Apache-2.0
"""What the events of a pixel, or of a cell of pixels, are on average."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from evarrow import _core
from evarrow.representations.making import check_choice, make
from evarrow.times import to_period

if TYPE_CHECKING:
    from typing import Unpack

    from evarrow.events import Events
    from evarrow.representations.making import Making
    from evarrow.times import Time

__all__ = ["average_timestamps", "averaged_time_surface", "cstr"]

_PIXELS = ("y", "x")
_SPLIT = ("polarity", *_PIXELS)


def average_timestamps(events: Events, **options: Unpack[Making]) -> Any:
    """Average the times of the events of each pixel, between 0 and 1.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of float32, shape ([windows,] 2, height, width), or DataFrame
        Mean of ``(t - t0) / (tN - t0)``, OFF before ON; 0 where there is no event.

    References
    ----------
    Zhu et al., Unsupervised Event-based Learning of Optical Flow, Depth, and Egomotion, CVPR 2019.

    Examples
    --------
    >>> ev.representations.average_timestamps(path).shape
    (2, 48, 64)
    """
    return make(events, lambda w, h: _core.mean_times(w, h, False), _SPLIT, options)


def cstr(events: Events, **options: Unpack[Making]) -> Any:
    """Make a compact spatio-temporal representation: mean times of OFF and ON, and the counts.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of float32, shape ([windows,] 3, height, width), or DataFrame
        `average_timestamps`, and the number of events over the greatest one.

    References
    ----------
    Shariff et al., Event Cameras in Automotive Sensing: CSTR, 2023.

    Examples
    --------
    >>> ev.representations.cstr(path).shape
    (3, 48, 64)
    """
    axes = ("channel", *_PIXELS)
    return make(events, lambda w, h: _core.mean_times(w, h, True), axes, options)


def averaged_time_surface(
    events: Events,
    *,
    cell_size: int = 10,
    size: int = 7,
    memory: Time = "500ms",
    tau: Time = "5ms",
    decay: Literal["linear", "exponential"] = "linear",
    **options: Unpack[Making],
) -> Any:
    """Average the time surfaces around the events of each cell of pixels: HATS.

    For an event, each earlier one of its cell and polarity, at most ``size // 2`` pixels away in x
    and y and at most `memory` old, adds ``exp(-age / tau)``, or ``1 - age / (3 * tau)``, to the
    place where it is; the event itself adds 1 in the middle. The result is the mean over events.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    cell_size : int
        Width and height of a cell, pixels.
    size : int
        Width and height of a surface, pixels; odd.
    memory : int, str or timedelta
        How old events may be.
    tau : int, str or timedelta
        How fast they fade.
    decay : {"linear", "exponential"}
        How they fade; linear ones become negative.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of float32, shape ([windows,] cells, 2, size, size), or DataFrame
        Cells row by row, the last ones of a row and a column may be narrower.

    References
    ----------
    Sironi et al., HATS: Histograms of Averaged Time Surfaces for Robust Event-Based Object
    Classification, CVPR 2018.

    Examples
    --------
    >>> ev.representations.averaged_time_surface(path, cell_size=16, size=5).shape
    (12, 2, 5, 5)
    """
    check_choice("decay", decay, ("linear", "exponential"))
    back = to_period(memory, "memory")
    us = to_period(tau, "tau")
    exponential = decay == "exponential"
    return make(
        events,
        lambda w, h: _core.averaged_surface(w, h, cell_size, size, back, us, exponential),
        ("cell", "polarity", *_PIXELS),
        options,
    )
