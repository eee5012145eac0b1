# SPDX-License-Identifier: Apache-2.0
"""Intensity from events, each of which stands for a contrast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evarrow import _core
from evarrow.representations.making import make
from evarrow.times import to_period

if TYPE_CHECKING:
    from typing import Unpack

    from evarrow.events import Events
    from evarrow.representations.making import Making
    from evarrow.times import Time

__all__ = ["contrast_map", "integrated_image"]

_PIXELS = ("y", "x")


def contrast_map(
    events: Events,
    *,
    contrast_on: float = 1.2,
    contrast_off: float | None = None,
    **options: Unpack[Making],
) -> Any:
    """Multiply the contrasts of a pixel's events: how much brighter it became.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    contrast_on, contrast_off : float
        What an event multiplies its pixel by; by default an OFF undoes an ON.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of float32, shape ([windows,] height, width), or DataFrame
        1 where there is no event.

    Raises
    ------
    ValueError
        If a contrast is not greater than 0.

    References
    ----------
    OpenEB 5.1, ContrastMapGenerationAlgorithm, with its defaults.

    Examples
    --------
    >>> events = ev.from_arrays(x=[0, 0, 1], y=[0, 0, 0], t=[0, 1, 2], polarity=[1, 1, -1])
    >>> made = ev.representations.contrast_map(events, contrast_on=2, resolution=(3, 1))
    >>> made.tolist()
    [[4.0, 0.5, 1.0]]
    """
    on, off = _contrasts(contrast_on, contrast_off)
    return make(events, lambda w, h: _core.contrast_map(w, h, on, off), _PIXELS, options)


def integrated_image(
    events: Events,
    *,
    tau: Time = "1s",
    contrast_on: float = 1.2,
    contrast_off: float | None = None,
    max_count: int = 5,
    diffusion: float = 0.0,
    **options: Unpack[Making],
) -> Any:
    """Integrate events into a grey picture: logarithms of contrasts that decay with time.

    Each event adds ``log(contrast)`` to its pixel, whose sum falls by ``exp(-time / tau)``; the
    picture is ``255 * contrast_on**-max_count * exp(sum)``, rounded and cut off at 255.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    tau : int, str or timedelta
        How fast sums decay.
    contrast_on, contrast_off : float
        What an event multiplies the intensity of its pixel by; by default an OFF undoes an ON.
    max_count : int
        How many ON at once make a pixel white.
    diffusion : float
        Which share of its sum each of its four neighbours gives a pixel after each picture, 0 to
        0.25.
    **options
        Windows, resolution, type and memory; see `Making`. The sums go on from window to window.

    Returns
    -------
    ndarray of uint8, shape ([windows,] height, width), or DataFrame
        As it is at the last event before the end of the window.

    Raises
    ------
    ValueError
        If a contrast is not greater than 0, or diffusion is not what it can be.

    References
    ----------
    OpenEB 5.1, EventsIntegrationAlgorithm, with its defaults but for the blur, which is left to
    whoever shows the picture; it looks the exponential up in a table of 128.

    Examples
    --------
    >>> events = ev.from_arrays(x=[0] * 5, y=[0] * 5, t=[9] * 5, polarity=[1] * 5)
    >>> ev.representations.integrated_image(events, resolution=(2, 1)).tolist()
    [[255, 102]]
    """
    on, off = _contrasts(contrast_on, contrast_off)
    us = to_period(tau, "tau")
    return make(
        events,
        lambda w, h: _core.integrated_image(w, h, us, on, off, max_count, diffusion),
        _PIXELS,
        options,
    )


def _contrasts(on: float, off: float | None) -> tuple[float, float]:
    if not on > 0:
        message = f"contrast_on must be greater than 0, not {on!r}"
        raise ValueError(message)
    return on, 1 / on if off is None else off
