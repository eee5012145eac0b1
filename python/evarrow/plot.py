# SPDX-License-Identifier: Apache-2.0
"""Pictures of events with matplotlib, the extra `plot`."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Literal

from evarrow.errors import EvarrowWarning
from evarrow.pixel_sums import PixelSums
from evarrow.plot_data import begin, rates, thin
from evarrow.times import to_period

if TYPE_CHECKING:
    from typing import Unpack

    import numpy as np
    from matplotlib.axes import Axes
    from mpl_toolkits.mplot3d.axes3d import Axes3D
    from numpy.typing import NDArray

    from evarrow.events import Events
    from evarrow.plot_data import Part
    from evarrow.times import Time

__all__ = ["OFF", "ON", "events3d", "frame", "rate"]

ON, OFF = "#2166ac", "#b2182b"
"""Colours of the polarities: blue and red, which the colour-blind tell apart."""


def frame(
    events: Events,
    *,
    show: Literal["difference", "count", "polarity"] = "difference",
    resolution: tuple[int, int] | None = None,
    limit: float | None = None,
    ax: Axes | None = None,
    cmap: Any = None,
    colorbar: bool = True,
    **part: Unpack[Part],
) -> Axes:
    """Draw how many events each pixel has, or its last polarity.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        What is drawn, all of it unless `part` says less. Read batch by batch.
    show : {"difference", "count", "polarity"}
        ON less OFF events; all events; or the polarity of the last event.
    resolution : (int, int), optional
        Width and height of the sensor, pixels. Needed where `events` does not know it.
    limit : float, optional
        Where the colours end. By default that leaves one in a thousand of the pixels with events
        beyond it, so that hot pixels do not make all others pale.
    ax : Axes, optional
        Where to draw; by default in a new figure.
    cmap : str or Colormap, optional
        By default red to blue around white, or white to black of counts.
    colorbar : bool
        Whether a bar says what the colours mean.
    **part
        `start`, `end`, `region` and `polarity` of the events that are wanted.

    Returns
    -------
    matplotlib.axes.Axes
        The image is ``ax.images[-1]``, its array of shape (height, width); y grows downwards.

    Raises
    ------
    ImportError
        Without matplotlib.
    ValueError
        If the size of the sensor is not known.

    Warns
    -----
    EvarrowWarning
        If events lie outside the sensor; they are not drawn.

    Examples
    --------
    >>> ax = ev.plot.frame(path, start="10ms", end="20ms")
    >>> ax.images[0].get_array().shape
    (48, 64)
    """
    if show not in ("difference", "count", "polarity"):
        message = f'show is "difference", "count" or "polarity", not {show!r}'
        raise ValueError(message)
    plt = _pyplot()
    batches, size = begin(events, part, resolution)
    if size is None:
        message = "the sensor's size is not known from the events: pass resolution=(width, height)"
        raise ValueError(message)
    sums = PixelSums(size)
    for batch in batches:
        sums.add(batch)
    if sums.outside:
        message = f"{sums.outside} events outside the {size[0]}x{size[1]} sensor are not drawn"
        warnings.warn(message, EvarrowWarning, stacklevel=2)
    ax = plt.subplots()[1] if ax is None else ax
    values, colours, label = _values(sums, show)
    limit = _limit(values) if limit is None else limit
    image = ax.imshow(
        values,
        cmap=colours if cmap is None else cmap,
        vmin=0 if show == "count" else -limit,
        vmax=limit,
        interpolation="nearest",
    )
    if (region := part.get("region")) is not None:
        ax.set_xlim(region[0] - 0.5, region[2] - 0.5)
        ax.set_ylim(region[3] - 0.5, region[1] - 0.5)
    ax.set(xlabel="x (pixels)", ylabel="y (pixels)", title=_title(sums.span, sums.events))
    if colorbar:
        _add_colorbar(ax, image, label, polarities=show == "polarity")
    return ax


def _pyplot() -> Any:
    try:
        from matplotlib import pyplot
    except ImportError as error:
        message = "evarrow.plot draws with matplotlib: pip install 'evarrow[plot]'"
        raise ImportError(message) from error
    return pyplot


def _values(sums: PixelSums, show: str) -> tuple[NDArray[Any], Any, str]:
    """Return what an image shows, its colours and what they mean."""
    if show == "count":
        return sums.counts.sum(axis=0), "Greys", "events a pixel"
    if show == "difference":
        return sums.counts[1] - sums.counts[0], "RdBu", "ON less OFF events a pixel"
    from matplotlib.colors import ListedColormap

    return sums.last, ListedColormap([OFF, "white", ON]), "last polarity"


def _limit(values: NDArray[Any]) -> float:
    import numpy as np

    sizes = np.abs(values[values != 0])
    return float(max(np.quantile(sizes, 0.999, method="higher"), 1)) if sizes.size else 1.0


def _title(span: tuple[int, int] | None, count: int) -> str:
    if span is None:
        return "no events"
    return f"{span[0] / 1000:,.1f} to {span[1] / 1000:,.1f} ms, {count:,} events"


def _add_colorbar(ax: Axes, image: Any, label: str, *, polarities: bool) -> None:
    bar = ax.figure.colorbar(image, ax=ax, label=label, shrink=0.8, extend="neither")
    if polarities:
        bar.set_ticks([-2 / 3, 0, 2 / 3], labels=["OFF", "none", "ON"])


def events3d(
    events: Events,
    *,
    resolution: tuple[int, int] | None = None,
    max_events: int = 20_000,
    size: float = 1.0,
    ax: Axes3D | None = None,
    **part: Unpack[Part],
) -> Axes3D:
    """Draw events as points in time and space.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        What is drawn. Read batch by batch.
    resolution : (int, int), optional
        Width and height of the sensor, pixels: where the axes end. By default what `events`
        knows, else the pixels that are drawn.
    max_events : int
        How many points are drawn at most. Of more events every n-th one is, n being a power of
        two.
    size : float
        Area of a point, square points.
    ax : Axes3D, optional
        Where to draw; by default in a new figure.
    **part
        `start`, `end`, `region` and `polarity` of the events that are wanted.

    Returns
    -------
    mpl_toolkits.mplot3d.axes3d.Axes3D
        Time in milliseconds, x and y; y grows downwards. OFF events are ``ax.collections[-2]``,
        ON events ``ax.collections[-1]``.

    Raises
    ------
    ImportError
        Without matplotlib.
    ValueError
        If `ax` has no three dimensions.

    Examples
    --------
    >>> ax = ev.plot.events3d(path, max_events=1000)
    >>> ax.get_zlabel()
    'y (pixels)'
    """
    plt = _pyplot()
    if ax is None:
        ax = plt.figure(figsize=(8, 5)).add_subplot(projection="3d")
    if getattr(ax, "name", "") != "3d":
        message = 'events3d needs axes of three dimensions: add_subplot(projection="3d")'
        raise ValueError(message)
    if max_events < 1:
        message = f"max_events must be at least 1, not {max_events!r}"
        raise ValueError(message)
    batches, known = begin(events, part, resolution)
    columns, count = thin(batches, max_events)
    t = columns["t"] / 1000
    for name, colour, mask in (
        ("OFF", OFF, columns["polarity"] <= 0),
        ("ON", ON, columns["polarity"] > 0),
    ):
        x, y = columns["x"][mask], columns["y"][mask]
        ax.scatter(t[mask], x, y, s=size, c=colour, label=name, depthshade=False, linewidths=0)
    span = (int(columns["t"][0]), int(columns["t"][-1])) if len(t) else None
    ax.set(xlabel="t (ms)", ylabel="x (pixels)", zlabel="y (pixels)", title=_title(span, count))
    ax.xaxis.labelpad = 12
    width, height = known or _extent(columns)
    ax.set_ylim(0, width)
    ax.set_zlim(height, 0)
    ax.set_box_aspect((2 * width, width, height), zoom=1.25)
    ax.view_init(elev=20, azim=-60)
    ax.locator_params(axis="y", nbins=4)
    ax.locator_params(axis="z", nbins=4)
    ax.legend(markerscale=4 / size**0.5, loc="upper right")
    return ax


def _extent(columns: dict[str, NDArray[Any]]) -> tuple[int, int]:
    """Return the least sensor that has the pixels of some events."""
    if len(columns["t"]) == 0:
        return 1, 1
    return max(int(columns["x"].max()) + 1, 1), max(int(columns["y"].max()) + 1, 1)


def rate(
    events: Events,
    every: Time | None = None,
    *,
    by_polarity: bool = True,
    ax: Axes | None = None,
    **part: Unpack[Part],
) -> Axes:
    """Draw how many events a second there are, over time.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        What is drawn. Read batch by batch, in whatever order.
    every : int, str or timedelta, optional
        Length of a bin; the first one begins at the first event. By default a power of two of
        microseconds that makes 200 to 400 bins.
    by_polarity : bool
        Whether ON and OFF are drawn as well as their sum.
    ax : Axes, optional
        Where to draw; by default in a new figure.
    **part
        `start`, `end`, `region` and `polarity` of the events that are wanted.

    Returns
    -------
    matplotlib.axes.Axes
        Time in seconds. ``ax.patches`` are the sum and, where wanted, ON and OFF.

    Raises
    ------
    ImportError
        Without matplotlib.
    TypeError, ValueError
        If `every` is no length of time, or too short a one for the span of the events.

    Examples
    --------
    >>> ax = ev.plot.rate(path, "5ms")
    >>> [patch.get_label() for patch in ax.patches]
    ['all', 'ON', 'OFF']
    """
    plt = _pyplot()
    length = None if every is None else to_period(every, "every")
    batches, _ = begin(events, part)
    edges, counts = rates(batches, length)
    seconds = edges / 1e6
    scale = 1e6 / _width(edges)
    ax = plt.subplots()[1] if ax is None else ax
    ax.stairs(counts.sum(axis=0) * scale, seconds, fill=True, color="0.8", label="all")
    if by_polarity:
        ax.stairs(counts[1] * scale, seconds, color=ON, label="ON")
        ax.stairs(counts[0] * scale, seconds, color=OFF, label="OFF")
        ax.legend(loc="upper right")
    from matplotlib.ticker import EngFormatter

    ax.yaxis.set_major_formatter(EngFormatter(sep=""))
    ax.set(xlabel="t (s)", ylabel="events/s", ylim=(0, None))
    if len(edges) > 1:
        ax.set_xlim(seconds[0], seconds[-1])
    return ax


def _width(edges: NDArray[np.int64]) -> int:
    return int(edges[1] - edges[0]) if len(edges) > 1 else 1
