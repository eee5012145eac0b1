# SPDX-License-Identifier: Apache-2.0
"""How many events each pixel has."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evarrow._core import EventBatch
    from evarrow.window import Window

__all__ = ["PixelSums"]


class PixelSums:
    """Sums of each pixel.

    Attributes
    ----------
    counts : ndarray of int64, shape (2, height, width)
        OFF and ON events.
    last : ndarray of int8, shape (height, width)
        Polarity of the last event, -1 or 1; 0 where there is none.
    events, outside : int
        Events on the sensor and those that lie outside of it.
    span : (int, int) or None
        Least and greatest time, microseconds.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        import numpy as np

        self._width, self._height = size
        self.counts: NDArray[np.int64] = np.zeros((2, self._height, self._width), np.int64)
        self.last: NDArray[np.int8] = np.zeros((self._height, self._width), np.int8)
        self.events = self.outside = 0
        self.span: tuple[int, int] | None = None

    def add(self, batch: EventBatch | Window) -> None:
        """Add the events of a batch."""
        import numpy as np

        if len(batch) == 0:
            return
        x, y = batch.x.astype(np.int64), batch.y.astype(np.int64)
        on = batch.polarity > 0
        inside = (x >= 0) & (x < self._width) & (y >= 0) & (y < self._height)
        pixels = (y * self._width + x)[inside]
        on = on[inside]
        np.add.at(self.counts.reshape(-1), pixels + on * self.last.size, 1)
        # Of a pixel that is written several times the last value stays.
        self.last.reshape(-1)[pixels] = np.where(on, 1, -1)
        self.events += len(pixels)
        self.outside += len(x) - len(pixels)
        least, greatest = int(batch.t.min()), int(batch.t.max())
        before = self.span or (least, greatest)
        self.span = min(least, before[0]), max(greatest, before[1])
