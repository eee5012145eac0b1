# SPDX-License-Identifier: Apache-2.0
"""How structured events are, without labels: the event structural ratio."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Literal

from evarrow.errors import EvarrowWarning
from evarrow.pixel_sums import PixelSums
from evarrow.recording import Recording, open_recording
from evarrow.sources import is_source
from evarrow.targets import resolution_of
from evarrow.windowing import windows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evarrow.events import Events
    from evarrow.times import Time

__all__ = ["esr"]


def esr(
    events: Events,
    *,
    resolution: tuple[int, int] | None = None,
    count: int | None = None,
    every: Time | None = None,
    version: Literal[1, 2] = 1,
    partial: bool = False,
) -> NDArray[np.float64]:
    """Event structural ratio of packets of events: how structured they are, without labels.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        In order of time; read in bounded memory.
    resolution : (int, int), optional
        Width and height of the sensor, pixels. Needed where `events` does not know it.
    count : int, optional
        Events of a packet, 30,000 by default.
    every : int, str or timedelta, optional
        Length of a packet, in place of `count`.
    version : {1, 2}
        Which definition, see the notes.
    partial : bool
        Whether the last packet is scored if it is not full.

    Returns
    -------
    ndarray of float64, shape (packets,)
        More is more structured. 0 for a packet without events.

    Raises
    ------
    ValueError
        If the size of the sensor is not known, or arguments do not go together.

    Warns
    -----
    EvarrowWarning
        If events lie outside the sensor; they do not count.

    Notes
    -----
    With n the events of a pixel, N those of a packet, K the pixels of the sensor:

    - version 1 (Ding et al. 2023, "E-MLB: Multilevel benchmark for event-based camera denoising"):
      sqrt(NTSS LN), NTSS = sum n(n - 1) / (N(N - 1)), LN = K - sum (1 - M / N)^n, M = int(2N / 3).
    - version 2 (of the benchmark's later code): 1000 sqrt(NTSS LN), n after a median filter over
      3 by 3 pixels with zeros around the sensor, NTSS = sum n^2 / N^2, LN = (K - sum 2^-n) / K.

    Examples
    --------
    >>> events = ev.from_arrays(x=[1] * 3 + [2] * 3, y=[0] * 6, t=range(6), polarity=[1] * 6)
    >>> ev.metrics.esr(events, resolution=(4, 4), count=6).round(7).tolist()
    [0.8777075]
    """
    import numpy as np

    if version not in (1, 2):
        message = f"version is 1 or 2, not {version!r}"
        raise ValueError(message)
    if count is not None and every is not None:
        message = "packets have a number of events (count=) or a length (every=), not both"
        raise ValueError(message)
    if not isinstance(events, Recording) and is_source(events):
        events = open_recording(events)
    size = resolution_of(events, resolution)
    if size is None:
        message = "the sensor's size is not known from the events: pass resolution=(width, height)"
        raise ValueError(message)
    count = 30_000 if count is None and every is None else count
    ratio = _esr_1 if version == 1 else _esr_2
    out, outside = [], 0
    for window in windows(events, every, count=count, partial=partial):
        sums = PixelSums(size)
        sums.add(window)
        outside += sums.outside
        out.append(ratio(sums.counts.sum(axis=0)))
    if outside:
        message = f"{outside} events outside the {size[0]}x{size[1]} sensor do not count"
        warnings.warn(message, EvarrowWarning, stacklevel=2)
    return np.array(out, float)


def _esr_1(counts: NDArray[np.int64]) -> float:
    import numpy as np

    n = counts[counts > 0].astype(float)
    total = int(n.sum())
    if total < 2:
        return 0.0
    ntss = (n * (n - 1)).sum() / (total * (total - 1))
    ln = (1 - (1 - (2 * total // 3) / total) ** n).sum()
    return float(np.sqrt(ntss * ln))


def _esr_2(counts: NDArray[np.int64]) -> float:
    import numpy as np

    total = int(counts.sum())
    if total == 0:
        return 0.0
    n = _median_3x3(counts)
    n = n[n > 0].astype(float)
    ntss = (n * n).sum() / total**2
    ln = (1 - 0.5**n).sum() / counts.size
    return float(1000 * np.sqrt(ntss * ln))


def _median_3x3(image: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the medians of 3 by 3 pixels, with zeros around the image.

    The median of nine is that of the greatest least, the middle middle and the least greatest of
    three columns of three.
    """
    import numpy as np

    padded = np.pad(image, 1)
    low, middle, high = _sorted3(padded[:-2], padded[1:-1], padded[2:])
    greatest = np.maximum(np.maximum(low[:, :-2], low[:, 1:-1]), low[:, 2:])
    least = np.minimum(np.minimum(high[:, :-2], high[:, 1:-1]), high[:, 2:])
    between = _sorted3(middle[:, :-2], middle[:, 1:-1], middle[:, 2:])[1]
    return _sorted3(greatest, between, least)[1]


def _sorted3(
    a: NDArray[np.int64], b: NDArray[np.int64], c: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the least, the middle and the greatest of three arrays, place by place."""
    import numpy as np

    a, b = np.minimum(a, b), np.maximum(a, b)
    b, c = np.minimum(b, c), np.maximum(b, c)
    return np.minimum(a, b), np.maximum(a, b), c
