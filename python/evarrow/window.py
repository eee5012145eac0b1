# SPDX-License-Identifier: Apache-2.0
"""The events of one window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evarrow import _core

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from evarrow._core import EventBatch
    from evarrow.namespace import EventsNamespace
    from evarrow.window_rules import Closed

__all__ = ["COLUMNS", "Window", "Windows"]

COLUMNS = ("x", "y", "t", "polarity")


class Window:
    """The events of one window. Where events are wanted, a window will do.

    Attributes
    ----------
    start, end : int
        The window, microseconds: start <= t < end, unless it is closed otherwise.
    closed : str
        Which bounds belong to it: "left", "both" or "right".
    x, y : ndarray of int16, shape (n,)
        Pixels.
    t : ndarray of int64, shape (n,)
        Times, microseconds.
    polarity : ndarray of int8, shape (n,)
        Polarities.
    resolution : (int, int) or None
        Width and height of the sensor, where the events that were cut know it.
    events : EventsNamespace
        Filters, windows and representations as methods: ``window.events.to_voxel_grid(10)``.
    """

    __slots__ = ("closed", "end", "polarity", "resolution", "start", "t", "x", "y")

    start: int
    end: int
    closed: Closed
    resolution: tuple[int, int] | None
    x: NDArray[np.int16]
    y: NDArray[np.int16]
    t: NDArray[np.int64]
    polarity: NDArray[np.int8]

    def __init__(
        self,
        start: int,
        end: int,
        columns: dict[str, NDArray[Any]],
        closed: Closed = "left",
        resolution: tuple[int, int] | None = None,
    ) -> None:
        self.start = start
        self.end = end
        self.closed = closed
        self.resolution = resolution
        for name, values in columns.items():
            setattr(self, name, values)

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self.t)

    def __bool__(self) -> bool:
        """Return True: an empty window is a window too."""
        return True

    def __repr__(self) -> str:
        """Return the bounds and the number of events."""
        left = "(" if self.closed == "right" else "["
        right = ")" if self.closed == "left" else "]"
        return f"<evarrow.Window {left}{self.start}, {self.end}{right} us, {len(self)} events>"

    def columns(self) -> list[NDArray[Any]]:
        """Return x, y, t and polarity; a ValueError if one was left out."""
        import numpy as np

        lacking = [name for name in COLUMNS if not hasattr(self, name)]
        if lacking:
            message = f"this window has no column {lacking[0]!r}: it was not selected"
            raise ValueError(message)
        return [np.ascontiguousarray(getattr(self, name)) for name in COLUMNS]

    @property
    def events(self) -> EventsNamespace:
        """Filters, windows and representations as methods, as frames have them.

        Examples
        --------
        >>> with ev.open(path) as rec:
        ...     [w.events.to_voxel_grid(5).shape for w in rec.windows("50ms")]
        [(5, 48, 64), (5, 48, 64)]
        """
        from evarrow.namespace import EventsNamespace

        return EventsNamespace(self)

    def to_batch(self) -> EventBatch:
        """Return a copy of the events as a batch; a ValueError if a column was left out."""
        return _core.EventBatch.from_arrays(*self.columns(), resolution=self.resolution)

    def __arrow_c_schema__(self) -> object:
        """Return the schema of the events as an Arrow capsule."""
        return self.to_batch().__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the events as an Arrow stream capsule."""
        return self.to_batch().__arrow_c_stream__(requested_schema)


class Windows:
    """An iterator over windows, which knows how many there are where that can be told.

    ``len`` is the number of all of them, those that have come included. It is there for windows
    of time, of events and of `into`, of columns in memory and of recordings that have their index
    (`Recording.make_index`); for times of `at` and between a `start` and an `end` always. Else it
    is a TypeError, as it would take a pass over the events.
    """

    def __init__(self, windows: Iterator[Window], count: Callable[[], int]) -> None:
        self._windows = windows
        self._count = count

    def __iter__(self) -> Windows:
        """Return itself."""
        return self

    def __next__(self) -> Window:
        """Return the next window."""
        return next(self._windows)

    def __len__(self) -> int:
        """Return how many windows there are; a TypeError if that takes a pass."""
        return self._count()

    def __bool__(self) -> bool:
        """Return True, also where there is no window."""
        return True
