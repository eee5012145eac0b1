# SPDX-License-Identifier: Apache-2.0
"""When pixels had their events: time surfaces and what is made of them."""

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

__all__ = [
    "rank_image",
    "speed_invariant_surface",
    "time_surface",
    "timestamp_image",
    "tore",
]

_PIXELS = ("y", "x")
_SPLIT = ("polarity", "y", "x")


def time_surface(
    events: Events,
    tau: Time = "50ms",
    *,
    kind: Literal["exponential", "linear", "times"] = "exponential",
    profile: Literal["tonic", "evlib", "metavision-ml", "dv"] | None = None,
    polarity: Literal["split", "merged"] = "split",
    average: bool = False,
    carry: bool | None = None,
    unseen: int = -1,
    **options: Unpack[Making],
) -> Any:
    """Say how long ago each pixel had its last event.

    The time of the picture is the end of a window of time, else that of its last event; with
    ``age`` the time since the pixel's last event, values are ``exp(-age / tau)``, ``max(0, 1 - age
    / tau)``, or the time of the event itself: the surface of active events.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    tau : int, str or timedelta
        Microseconds, "50ms" or a timedelta.
    kind : {"exponential", "linear", "times"}
        What is made of the age.
    profile : {"tonic", "evlib", "metavision-ml", "dv"}, optional
        "tonic", "evlib": exponential, float64, windows before are remembered, and only windows
        that are over come. "metavision-ml": how far into the window the event was, 0 to 1.
        "dv": times between 0, the least, and 255, the greatest, with merged polarities.
    polarity : {"split", "merged"}
        Whether OFF and ON have surfaces of their own.
    average : bool
        Whether values are means over all events of the pixel in the window, in place of that of the
        last one.
    carry : bool, optional
        Whether events of the windows before, and between them, are remembered.
    unseen : int
        The time of pixels without events, of the kind "times".
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of float32, shape ([windows,] 2, height, width), or DataFrame
        0 where there is no event. Merged of shape ([windows,] height, width); "times" of int64,
        "dv" of uint8.

    Raises
    ------
    TypeError, ValueError
        If an option makes no sense, or the resolution is not known.

    References
    ----------
    Lagorce et al., HOTS: A Hierarchy of Event-Based Time-Surfaces for Pattern Recognition,
    TPAMI 2017.

    Examples
    --------
    >>> ev.representations.time_surface(path, "10ms", every="20ms", carry=True).shape
    (5, 2, 48, 64)
    """
    check_choice("kind", kind, ("exponential", "linear", "times"))
    check_choice("profile", profile, (None, "tonic", "evlib", "metavision-ml", "dv"))
    check_choice("polarity", polarity, ("split", "merged"))
    exact = profile in ("tonic", "evlib")
    made = {"metavision-ml": "fraction", "dv": "bytes"}.get(profile or "", kind)
    split = polarity == "split" and profile != "dv"
    carries = exact if carry is None else carry
    if exact and options.get("every") is not None:
        options = {"partial": False, **options}
    us = to_period(tau, "tau")
    if average and (profile is not None or kind == "times" or carries):
        message = "averages are exponential or linear, without a profile and without carry"
        raise ValueError(message)
    linear = kind == "linear"
    return make(
        events,
        lambda w, h: (
            _core.mean_surface(w, h, us, linear, split)
            if average
            else _core.time_surface(w, h, made, us, unseen, split, carries, exact)
        ),
        _SPLIT if split else _PIXELS,
        options,
    )


def timestamp_image(
    events: Events,
    *,
    polarity: Literal["split", "merged"] = "split",
    **options: Unpack[Making],
) -> Any:
    """Say how far into the window each pixel had its last event, 0 to 1.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    polarity : {"split", "merged"}
        Whether OFF and ON have images of their own.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of float32, shape ([windows,] 2, height, width), or DataFrame
        0 where there is no event. Merged of shape ([windows,] height, width).

    Examples
    --------
    >>> float(ev.representations.timestamp_image(path).max())
    1.0
    """
    check_choice("polarity", polarity, ("split", "merged"))
    split = polarity == "split"
    return make(
        events,
        lambda w, h: _core.time_surface(w, h, "fraction", 1, -1, split, False, False),
        _SPLIT if split else _PIXELS,
        options,
    )


def rank_image(events: Events, **options: Unpack[Making]) -> Any:
    """Order pixels by the time of their last event: its dense rank over the greatest rank.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of float32, shape ([windows,] height, width), or DataFrame
        0 where there is no event, 1 for the last one.

    Examples
    --------
    >>> float(ev.representations.rank_image(path).max())
    1.0
    """
    return make(
        events,
        lambda w, h: _core.time_surface(w, h, "rank", 1, -1, False, False, False),
        _PIXELS,
        options,
    )


def speed_invariant_surface(events: Events, radius: int = 3, **options: Unpack[Making]) -> Any:
    """Make a surface on which an edge leaves the same slope however fast it moves.

    At an event, all values around it that are greater than that of its pixel fall by 1; its own
    becomes ``(2 * radius + 1) ** 2``.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    radius : int
        How far around, pixels; what lies outside the sensor is left out.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of int16, shape ([windows,] 2, height, width), or DataFrame
        OFF before ON.

    References
    ----------
    Manderscheid et al., Speed Invariant Time Surface for Learning to Detect Corner Points with
    Event-Based Cameras, CVPR 2019.

    Examples
    --------
    >>> int(ev.representations.speed_invariant_surface(path, 2).max())
    25
    """
    return make(events, lambda w, h: _core.speed_invariant(w, h, radius), _SPLIT, options)


def tore(
    events: Events,
    depth: int = 3,
    *,
    least: Time = 150,
    greatest: Time = "5s",
    carry: bool = True,
    **options: Unpack[Making],
) -> Any:
    """Make a time-ordered recent event volume: logarithms of the ages of the last events.

    ``max(0, ln(age + 1) - ln(least + 1))`` in microseconds, ages no greater than `greatest`,
    which pixels without events have too.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    depth : int
        How many events of each pixel and polarity are remembered.
    least, greatest : int, str or timedelta
        The ages between which events are told apart.
    carry : bool
        Whether events before a window are remembered.
    **options
        Windows, resolution, type and memory; see `Making`. The time of a picture is the end of a
        window of time, whose events are before it; else that of its last event.

    Returns
    -------
    ndarray of float32, shape ([windows,] 2 * depth, height, width), or DataFrame
        The events of ON, newest first, then those of OFF.

    References
    ----------
    Baldwin et al., Time-Ordered Recent Event (TORE) Volumes for Event Cameras, TPAMI 2022.

    Examples
    --------
    >>> ev.representations.tore(path, 4, every="50ms").shape
    (2, 8, 48, 64)
    """
    young, old = to_period(least, "least"), to_period(greatest, "greatest")
    return make(
        events,
        lambda w, h: _core.tore(w, h, depth, young, old, carry),
        ("channel", *_PIXELS),
        options,
    )
