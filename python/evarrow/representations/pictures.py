# SPDX-License-Identifier: Apache-2.0
"""Pictures of events: bits, colours, and values that decay."""

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

__all__ = ["bina_rep", "decayed_image", "edge_map", "leaky_surface", "tencode", "time_decay"]

_PIXELS = ("y", "x")


def bina_rep(events: Events, bits: int = 8, **options: Unpack[Making]) -> Any:
    """Read whether a pixel has events in each of some bins of time as a binary fraction.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    bits : int
        Number of bins, 1 to 32; the first is the most significant bit.
    **options
        Windows, resolution, type and memory; see `Making`. Bins divide a window of time; else the
        time between the first and the last event.

    Returns
    -------
    ndarray of float32, shape ([windows,] 2, height, width), or DataFrame
        0 to 1, OFF before ON.

    References
    ----------
    Barchid et al., Bina-Rep Event Frames: A Simple and Effective Representation for Event-Based
    Cameras, ICIP 2022.

    Examples
    --------
    >>> ev.representations.bina_rep(path, every="50ms").shape
    (2, 2, 48, 64)
    """
    axes = ("polarity", *_PIXELS)
    return make(events, lambda w, h: _core.binary_fraction(w, h, bits), axes, options)


def tencode(events: Events, **options: Unpack[Making]) -> Any:
    """Show the last event of each pixel as a colour.

    Red is 255 for ON, blue is 255 for OFF, green is ``255 * (tN - t) / (tN - t0)``.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of uint8, shape ([windows,] 3, height, width), or DataFrame
        Red, green and blue; black where there is no event.

    References
    ----------
    Huang et al., Eventpoint: Self-Supervised Interest Point Detection and Description for
    Event-based Camera, WACV 2023.

    Examples
    --------
    >>> ev.representations.tencode(path).shape
    (3, 48, 64)
    """
    return make(events, _core.tencode, ("color", *_PIXELS), options)


def leaky_surface(
    events: Events,
    *,
    lifetime: Time = "100ms",
    polarity: Literal["merged", "split"] = "merged",
    carry: bool = False,
    **options: Unpack[Making],
) -> Any:
    """Add 1 for each event to a value that falls by 1 a lifetime, but not below 0.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    lifetime : int, str or timedelta
        How long a single event is seen.
    polarity : {"merged", "split"}
        Whether OFF and ON have surfaces of their own.
    carry : bool
        Whether the surface goes on from window to window.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of float32, shape ([windows,] height, width), or DataFrame
        The values at the end of a window of time, else at its last event.

    References
    ----------
    Cannici et al., Attention Mechanisms for Object Recognition with Event-Based Cameras, WACV 2019.

    Examples
    --------
    >>> ev.representations.leaky_surface(path).shape
    (48, 64)
    """
    check_choice("polarity", polarity, ("merged", "split"))
    split = polarity == "split"
    rate = 1 / to_period(lifetime, "lifetime")
    return make(
        events,
        lambda w, h: _core.leaky_surface(w, h, rate, split, carry),
        ("polarity", *_PIXELS) if split else _PIXELS,
        options,
    )


def decayed_image(
    events: Events,
    *,
    decay: Literal["exponential", "linear", "step", "none"] = "exponential",
    tau: Time = "1s",
    contribution: float = 0.15,
    least: float = 0.0,
    greatest: float = 1.0,
    neutral: float = 0.0,
    synchronous: bool = False,
    rectify: bool = False,
    **options: Unpack[Making],
) -> Any:
    """Raise a potential for ON, lower it for OFF and let it decay: dv's Accumulator.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    decay : {"exponential", "linear", "step", "none"}
        How the potential returns to `neutral`: by ``exp(-time / tau)``; by 1 a `tau`; at once with
        each picture; or never.
    tau : int, str or timedelta
        How fast.
    contribution : float
        How much an event raises or lowers it.
    least, greatest, neutral : float
        The bounds of the potential, and what it begins with.
    synchronous : bool
        Whether a picture shows the potential as it is at its last event; else that of each pixel is
        as its own last event left it, as dv's is.
    rectify : bool
        Whether OFF raises it too.
    **options
        Windows, resolution, type and memory; see `Making`. The potential goes on from window to
        window.

    Returns
    -------
    ndarray of uint8, shape ([windows,] height, width), or DataFrame
        0 is `least`, 255 is `greatest`. With ``dtype="float32"`` the potential itself.

    References
    ----------
    dv-processing 2.0, Accumulator, with its defaults.

    Examples
    --------
    >>> events = ev.from_arrays(x=[0, 0], y=[0, 0], t=[0, 10], polarity=[1, 1])
    >>> int(ev.representations.decayed_image(events, resolution=(1, 1))[0, 0])
    76
    """
    import numpy as np

    check_choice("decay", decay, ("exponential", "linear", "step", "none"))
    us = float(to_period(tau, "tau"))
    rate = 1 / us if decay == "linear" else us
    wanted = options.get("dtype")
    whole = wanted is None or np.dtype(wanted).kind in "iu"
    return make(
        events,
        lambda w, h: _core.decayed_image(
            w,
            h,
            decay,
            rate,
            contribution,
            least,
            greatest,
            neutral,
            synchronous,
            rectify,
            whole,
        ),
        _PIXELS,
        options,
    )


def edge_map(events: Events, *, contribution: float = 0.25, **options: Unpack[Making]) -> Any:
    """Show where there were events, of whatever polarity: dv's EdgeMapAccumulator.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    contribution : float
        What an event adds; 1 is white.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of uint8, shape ([windows,] height, width), or DataFrame
        0 to 255.

    References
    ----------
    dv-processing 2.0, EdgeMapAccumulator, with its defaults.

    Examples
    --------
    >>> events = ev.from_arrays(x=[0, 0], y=[0, 0], t=[0, 10], polarity=[1, -1])
    >>> int(ev.representations.edge_map(events, resolution=(1, 1))[0, 0])
    128
    """
    return decayed_image(events, decay="step", contribution=contribution, rectify=True, **options)


def time_decay(events: Events, tau: Time = "50ms", **options: Unpack[Making]) -> Any:
    """Show the last event of each pixel as a grey that fades: OpenEB's TimeDecay frame.

    ``127.5 * (1 + sign * exp(-age / tau))``, rounded; the sign is 1 for ON and -1 for OFF.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    tau : int, str or timedelta
        How fast it fades.
    **options
        Windows, resolution, type and memory; see `Making`. Events of the windows before are
        remembered.

    Returns
    -------
    ndarray of uint8, shape ([windows,] height, width), or DataFrame
        128 where there is no event.

    References
    ----------
    OpenEB 5.1, TimeDecayFrameGenerationAlgorithm, which looks the exponential up in a table of 32.

    Examples
    --------
    >>> ev.representations.time_decay(path, every="50ms").shape
    (2, 48, 64)
    """
    us = to_period(tau, "tau")
    return make(events, lambda w, h: _core.time_decay(w, h, us), _PIXELS, options)
