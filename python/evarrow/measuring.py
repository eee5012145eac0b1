# SPDX-License-Identifier: Apache-2.0
"""What a recording looks like in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evarrow.recording import Recording, open_recording

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Unpack

    from numpy.typing import NDArray

    from evarrow._core import EventBatch
    from evarrow.options import ReadOptions
    from evarrow.sources import Source

__all__ = ["HotPixel", "Stats", "stats"]

RATE_WINDOW = 10_000  # microseconds
HOT = 5.0  # standard deviations above the mean
_ROWS = 1 << 20  # of a batch: a count of all pixels is added for each


@dataclass(frozen=True)
class HotPixel:
    """A pixel that fires far more often than the others: where it is and how many events it has."""

    x: int
    y: int
    events: int


@dataclass(frozen=True)
class Stats:
    """What `stats` found.

    Attributes
    ----------
    name, format : str
        The recording and its format.
    resolution : (int, int) or None
        Width and height of the sensor, pixels.
    events, on, off : int
        How many events there are, and of each polarity.
    time_range : (int, int) or None
        Times of the first and the last event, microseconds.
    rate : float or None
        Events in a second, over the whole time; None if that is 0.
    peak_rate : float or None
        Events in a second, in the fullest of the windows of 10 ms that begin at the first event.
    active_pixels : int
        Pixels with an event at least.
    mean, deviation : float
        Events of an active pixel: their mean and standard deviation.
    hot_pixels : tuple of HotPixel
        Active pixels with more than ``mean + 5 * deviation`` events, those with most first.
    outside : int
        Events outside of the sensor, which the counts of pixels leave out.
    """

    name: str
    format: str
    resolution: tuple[int, int] | None
    events: int
    on: int
    off: int
    time_range: tuple[int, int] | None
    rate: float | None
    peak_rate: float | None
    active_pixels: int
    mean: float
    deviation: float
    hot_pixels: tuple[HotPixel, ...]
    outside: int


def stats(
    source: Source | Recording,
    *,
    progress: Callable[[float], object] | None = None,
    **options: Unpack[ReadOptions],
) -> Stats:
    """Count the events of a recording by time, polarity and pixel, in one pass.

    Parameters
    ----------
    source : str, os.PathLike, bytes-like, binary file or Recording
        What to count.
    progress : callable, optional
        Called now and then with the share done, 0 to 1.
    **options
        See `ReadOptions`.

    Returns
    -------
    Stats

    Raises
    ------
    OSError, FormatError, DamagedError
        As `open` and `scan`.

    Examples
    --------
    >>> found = ev.stats(path)
    >>> found.on + found.off == found.events == len(ev.open(path))
    True
    """
    if isinstance(source, Recording):
        if options:
            message = "an open recording has its options already; pass them to evarrow.open"
            raise TypeError(message)
        return _measure(source, progress)
    with open_recording(source, **options) as recording:
        return _measure(recording, progress)


def _measure(recording: Recording, progress: Callable[[float], object] | None) -> Stats:
    tally = _Tally(recording.resolution)
    reader = recording.core_scan("events", {}, batch_size=_ROWS).open()
    while True:
        batch: Any = reader.next()
        if batch is None:
            break
        tally.add(batch)
        if progress is not None:
            progress(reader.share_done)
    return tally.result(recording)


class _Tally:
    """Counts that grow batch by batch."""

    def __init__(self, resolution: tuple[int, int] | None) -> None:
        import numpy as np

        self._known = resolution is not None
        width, height = resolution or (1, 1)
        self._pixels: NDArray[Any] = np.zeros((height, width), np.int64)
        self._events = self._on = self._outside = 0
        self._first: int | None = None
        self._last = 0
        self._peak = 0
        self._window = 0  # the last window that an event was in
        self._in_window = 0

    def add(self, batch: EventBatch) -> None:
        """Count the events of a batch."""
        import numpy as np

        t, x, y = batch.t, batch.x.astype(np.int64), batch.y.astype(np.int64)
        if self._first is None:
            self._first = self._last = int(t[0])
        self._first = min(self._first, int(t.min()))
        self._last = max(self._last, int(t.max()))
        self._events += len(batch)
        self._on += int(np.count_nonzero(batch.polarity > 0))
        self._add_rates((t - self._first) // RATE_WINDOW)
        if not self._known:
            self._grow(int(x.max()) + 1, int(y.max()) + 1)
        height, width = self._pixels.shape
        inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
        at = (y * width + x)[inside]
        self._outside += len(batch) - len(at)
        self._pixels += np.bincount(at, minlength=width * height).reshape(height, width)

    def _grow(self, width: int, height: int) -> None:
        import numpy as np

        old_height, old_width = self._pixels.shape
        more = ((0, max(height - old_height, 0)), (0, max(width - old_width, 0)))
        self._pixels = np.pad(self._pixels, more)

    def _add_rates(self, windows: NDArray[Any]) -> None:
        import numpy as np

        numbers, counts = np.unique(windows, return_counts=True)
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            self._in_window = count + (self._in_window if number == self._window else 0)
            self._window = number
            self._peak = max(self._peak, self._in_window)

    def result(self, recording: Recording) -> Stats:
        """Return the numbers."""
        import numpy as np

        counts = self._pixels[self._pixels > 0]
        mean, deviation = (float(counts.mean()), float(counts.std())) if len(counts) else (0.0, 0.0)
        ys, xs = np.nonzero(self._pixels > mean + HOT * deviation)
        hot = [
            HotPixel(int(x), int(y), int(self._pixels[y, x])) for x, y in zip(xs, ys, strict=True)
        ]
        duration = 0 if self._first is None else self._last - self._first
        return Stats(
            name=recording.name,
            format=recording.format,
            resolution=recording.resolution,
            events=self._events,
            on=self._on,
            off=self._events - self._on,
            time_range=None if self._first is None else (self._first, self._last),
            rate=self._events / duration * 1e6 if duration else None,
            peak_rate=self._peak / RATE_WINDOW * 1e6 if duration else None,
            active_pixels=len(counts),
            mean=mean,
            deviation=deviation,
            hot_pixels=tuple(sorted(hot, key=lambda one: (-one.events, one.y, one.x))),
            outside=self._outside,
        )
