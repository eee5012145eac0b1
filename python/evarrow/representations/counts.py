# SPDX-License-Identifier: Apache-2.0
"""How many events each pixel has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from evarrow import _core
from evarrow.representations.making import check_choice, make

if TYPE_CHECKING:
    from typing import Unpack

    from evarrow.events import Events
    from evarrow.representations.making import Making

__all__ = ["count_image", "event_difference", "event_histogram", "stacked_histogram"]

_PIXELS = ("y", "x")


def count_image(
    events: Events,
    *,
    polarity: Literal["split", "merged", "signed", "ternary", "binary"] = "split",
    profile: Literal["tonic", "evlib"] | None = None,
    **options: Unpack[Making],
) -> Any:
    """Count the events of each pixel: event frames and histograms.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    polarity : {"split", "merged", "signed", "ternary", "binary"}
        Whether OFF and ON are counted apart, together, or ON minus OFF; the sign of that; whether
        there is an event at all.
    profile : {"tonic", "evlib"}, optional
        The type of the counts: int16, in which they wrap, or int64.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of uint32, shape ([windows,] 2, height, width), or DataFrame
        The first of the two is OFF. Else of shape ([windows,] height, width); signed of int32,
        ternary of int8 and binary of uint8.

    Raises
    ------
    TypeError, ValueError
        If an option makes no sense, or the resolution is not known.

    Examples
    --------
    >>> counts = ev.representations.count_image(path, every="50ms")
    >>> counts.shape, counts.dtype
    ((2, 2, 48, 64), dtype('uint32'))
    """
    check_choice("polarity", polarity, ("split", "merged", "signed", "ternary", "binary"))
    check_choice("profile", profile, (None, "tonic", "evlib"))
    axes = ("polarity", *_PIXELS) if polarity == "split" else _PIXELS
    dtype = {"tonic": "int16", "evlib": "int64"}.get(profile or "")
    wraps = profile == "tonic"
    return make(
        events, lambda w, h: _core.count_image(w, h, polarity, wraps), axes, options, dtype=dtype
    )


def event_histogram(
    events: Events,
    *,
    profile: Literal["openeb", "metavision-ml"] = "openeb",
    step: float | None = None,
    clip: float | None = 1.0,
    downsample: int = 0,
    **options: Unpack[Making],
) -> Any:
    """Add a step for each event of a pixel, up to a greatest value.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    profile : {"openeb", "metavision-ml"}
        The step: 1/5, as HistoProcessor; or 1/5 over the number of pixels that become one.
    step : float, optional
        What an event adds, in place of the profile's.
    clip : float or None
        The greatest value; None for no bound.
    downsample : int
        How often width and height are halved; what is left over is left out.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of float32, shape ([windows,] 2, height >> downsample, width >> downsample)
        OFF before ON.

    References
    ----------
    OpenEB 5.1, HistoProcessor; metavision_ml, histo.

    Examples
    --------
    >>> ev.representations.event_histogram(path, downsample=1).shape
    (2, 24, 32)
    """
    step, bound = _steps(profile, step, clip, downsample)
    return make(
        events,
        lambda w, h: _core.event_histogram(w, h, step, bound, downsample),
        ("polarity", *_PIXELS),
        options,
    )


def event_difference(
    events: Events,
    *,
    profile: Literal["openeb", "metavision-ml"] = "openeb",
    step: float | None = None,
    clip: float | None = 1.0,
    downsample: int = 0,
    **options: Unpack[Making],
) -> Any:
    """Add a step for each ON and take one away for each OFF, at every event within bounds.

    Parameters
    ----------
    events, profile, step, clip, downsample, **options
        As of `event_histogram`; values stay between -clip and clip.

    Returns
    -------
    ndarray of float32, shape ([windows,] 1, height >> downsample, width >> downsample)
        The differences, which depend on the order of the events where they meet the bounds.

    References
    ----------
    OpenEB 5.1, DiffProcessor; metavision_ml, diff.

    Examples
    --------
    >>> ev.representations.event_difference(path).shape
    (1, 48, 64)
    """
    step, bound = _steps(profile, step, clip, downsample)
    return make(
        events,
        lambda w, h: _core.event_difference(w, h, step, bound, downsample),
        ("channel", *_PIXELS),
        options,
    )


def _steps(
    profile: str, step: float | None, clip: float | None, downsample: int
) -> tuple[float, float]:
    check_choice("profile", profile, ("openeb", "metavision-ml"))
    if clip is not None and not clip > 0:
        message = f"clip must be greater than 0, or None, not {clip!r}"
        raise ValueError(message)
    if step is None:
        step = 0.2 if profile == "openeb" else 0.2 / 4**downsample
    return step, clip or 0.0


def stacked_histogram(
    events: Events,
    bins: int = 10,
    *,
    profile: Literal["rvt", "rvt-saturate"] | None = None,
    cutoff: int | None = None,
    binning: Literal["integer", "float32"] | None = None,
    **options: Unpack[Making],
) -> Any:
    """Count events in bins of time between the first and the last event of the window.

    An event at time t is in bin ``min((t - t0) * bins // max(tN - t0, 1), bins - 1)``.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    bins : int
        Number of bins.
    profile : {"rvt", "rvt-saturate"}, optional
        As RVT's StackedHistogram: bins in float32 and counts in uint8, cut off at 10; "rvt" wraps
        at 256 before, as RVT does as it is configured, "rvt-saturate" does not. Windows of RVT
        are ``closed="both"``.
    cutoff : int, optional
        The greatest count.
    binning : {"integer", "float32"}, optional
        How bins are found, in place of the profile's.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of uint32 or uint8, shape ([windows,] 2 * bins, height, width), or DataFrame
        All bins of OFF, then all of ON.

    References
    ----------
    Gehrig and Scaramuzza, Recurrent Vision Transformers for Object Detection with Event Cameras,
    CVPR 2023.

    Examples
    --------
    >>> ev.representations.stacked_histogram(path, 5, profile="rvt").shape
    (10, 48, 64)
    """
    check_choice("profile", profile, (None, "rvt", "rvt-saturate"))
    check_choice("binning", binning, (None, "integer", "float32"))
    if cutoff is None:
        cutoff = 10 if profile else 0
    elif cutoff <= 0:
        message = f"cutoff must be at least 1, not {cutoff!r}"
        raise ValueError(message)
    overflow = {None: "none", "rvt": "wrap", "rvt-saturate": "saturate"}[profile]
    single = (binning or ("float32" if profile else "integer")) == "float32"
    return make(
        events,
        lambda w, h: _core.stacked_histogram(w, h, bins, single, overflow, cutoff),
        ("channel", *_PIXELS),
        options,
    )
