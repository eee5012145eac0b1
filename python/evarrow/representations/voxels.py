# SPDX-License-Identifier: Apache-2.0
"""Voxel grids: events in bins of time, each shared out to the bins near it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from evarrow import _core
from evarrow.representations.making import check_choice, make

if TYPE_CHECKING:
    from typing import Unpack

    from numpy.typing import ArrayLike

    from evarrow.events import Events
    from evarrow.representations.making import Making

__all__ = ["voxel_grid"]


@dataclass(frozen=True)
class _Profile:
    """What a profile of voxel grids does."""

    time: str = "ends"
    conserve: bool = False
    double: bool = False
    channel: bool = False  # an axis of length 1 behind the bins
    truncate: bool = False
    clipped: bool = False
    step: float = 1.0


_PROFILES = {
    None: _Profile(),
    "zhu": _Profile(),
    "e2vid": _Profile(),
    "tonic": _Profile(time="edges", double=True, channel=True),
    "evlib": _Profile(time="edges", double=True),
    "dsec": _Profile(truncate=True),
    "dsec-fixed": _Profile(),
    "openeb": _Profile(clipped=True, step=1 / 63.75),
    "openeb-torch": _Profile(time="centres", conserve=True),
    "metavision-ml": _Profile(clipped=True, step=0.2),
}


def voxel_grid(
    events: Events,
    bins: int = 10,
    *,
    profile: Literal[
        "zhu",
        "e2vid",
        "tonic",
        "evlib",
        "dsec",
        "dsec-fixed",
        "openeb",
        "openeb-torch",
        "metavision-ml",
    ]
    | None = None,
    normalize: Literal["e2vid", "dsec"] | None = None,
    rectify_map: ArrayLike | None = None,
    polarity: Literal["split", "signed"] | None = None,
    step: float | None = None,
    clip: float | None = 1.0,
    downsample: int = 0,
    **options: Unpack[Making],
) -> Any:
    """Make a voxel grid: polarities in bins of time, shared out to the two nearest.

    An event at time t lies at ``(bins - 1) * (t - t0) / (tN - t0)``, where t0 and tN are the
    least and the greatest time of the events of the window, and gives ``1 - distance`` of its
    polarity to each of the two bins around. All profiles differ from each other in what follows.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    bins : int
        Number of bins.
    profile : str, optional
        "zhu", "e2vid", "dsec-fixed": as without a profile. "dsec": `rectify_map` is rounded
        towards 0, so that an event between -1 and 0 gets a negative share, as in DSEC's code.
        "tonic", "evlib": at ``bins * (t - t0) / (tN - t0)`` in float64, which leaves out what
        falls behind the last bin, the last event with it. "openeb-torch": at ``bins * s - 1/2``,
        s by the bounds of a window of time; shares past the ends go to the bins next to them.
        "openeb", "metavision-ml": there too, but left out; each share is multiplied by `step` and
        added within `clip`.
    normalize : {"e2vid", "dsec"}, optional
        Move the values that are not 0 to mean 0 and standard deviation 1, over their number or
        over one less.
    rectify_map : array_like of float, shape (height, width, 2), optional
        Where the events of each pixel are: x and y. They are shared out to four pixels as well.
    polarity : {"split", "signed"}, optional
        Of "openeb" and "metavision-ml": bins of OFF and ON in turns, as by default, or signed.
    step, clip, downsample : optional
        Of "openeb" and "metavision-ml": what an event adds, by default 1/63.75 and 0.2 over the
        number of pixels that become one; how far from 0 values may be (None: any); how often
        width and height are halved.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of float32, shape ([windows,] bins, height, width), or DataFrame
        "tonic" and "evlib" of float64, "tonic" of shape ([windows,] bins, 1, height, width);
        split polarities of shape ([windows,] 2 * bins, height, width).

    Raises
    ------
    TypeError, ValueError
        If an option makes no sense, or the resolution is not known.

    References
    ----------
    Zhu et al., Unsupervised Event-based Learning of Optical Flow, Depth, and Egomotion, CVPR 2019;
    Rebecq et al., High Speed and High Dynamic Range Video with an Event Camera, TPAMI 2019
    (E2VID); Gehrig et al., DSEC, RA-L 2021.

    Examples
    --------
    >>> grid = ev.representations.voxel_grid(path, bins=5)
    >>> grid.shape, grid.dtype
    ((5, 48, 64), dtype('float32'))
    >>> ev.representations.voxel_grid(path, 5, normalize="e2vid", every="50ms").shape
    (2, 5, 48, 64)
    """
    check_choice("profile", profile, tuple(_PROFILES))
    check_choice("normalize", normalize, (None, "e2vid", "dsec"))
    how = _PROFILES[profile]
    if how.clipped:
        check_choice("polarity", polarity, (None, "split", "signed"))
        if normalize is not None or rectify_map is not None:
            message = f"the profile {profile!r} is neither normalized nor rectified"
            raise ValueError(message)
        share = how.step / 4**downsample if profile == "metavision-ml" else how.step
        share = share if step is None else step
        split = polarity != "signed"
        return make(
            events,
            lambda w, h: _core.event_cube(w, h, bins, split, share, clip or 0.0, downsample),
            ("channel", "y", "x"),
            options,
        )
    if polarity is not None or step is not None or downsample or clip != 1.0:
        message = 'polarity, step, clip and downsample are of "openeb" and "metavision-ml" alone'
        raise ValueError(message)
    if rectify_map is not None:
        return _rectified(events, bins, how, rectify_map, normalize or "", options)
    return make(
        events,
        lambda w, h: _core.voxel_grid(
            w, h, bins, how.time, how.conserve, how.double, normalize or ""
        ),
        ("bin", "channel", "y", "x") if how.channel else ("bin", "y", "x"),
        options,
        insert=1 if how.channel else None,
    )


def _rectified(
    events: Events, bins: int, how: _Profile, rectify_map: ArrayLike, normalize: str, options: Any
) -> Any:
    import numpy as np

    if how.time != "ends":
        message = "a voxel grid with a rectify_map has the profile zhu, e2vid, dsec or dsec-fixed"
        raise ValueError(message)
    table = np.ascontiguousarray(rectify_map, dtype=np.float32)
    if table.ndim != 3 or table.shape[2] != 2:
        message = f"rectify_map must be of shape (height, width, 2), not {table.shape}"
        raise ValueError(message)
    if options.get("resolution") is None:
        options = {**options, "resolution": (table.shape[1], table.shape[0])}
    return make(
        events,
        lambda w, h: _core.rectified_voxel_grid(
            w, h, bins, table.reshape(-1), how.truncate, normalize
        ),
        ("bin", "y", "x"),
        options,
    )
