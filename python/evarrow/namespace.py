# SPDX-License-Identifier: Apache-2.0
"""Filters, windows and representations as methods of what holds events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["EventsNamespace"]


class EventsNamespace:
    """What can be done to a frame or a window of events.

    All filters of `evarrow.filters` are methods, `windows` is, and all representations of
    `evarrow.representations` with ``to_`` before their names.

    Examples
    --------
    >>> lf = ev.scan(path).events.refractory("1ms", resolution=(64, 48))
    >>> lf.events.box(end="50ms").collect().columns
    ['x', 'y', 't', 'polarity']
    >>> lf.events.to_voxel_grid(5, every="50ms", resolution=(64, 48)).shape
    (2, 5, 48, 64)
    """

    def __init__(self, events: Any) -> None:
        self._events = events

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return what has that name as a method."""
        import functools

        try:
            return functools.partial(_methods()[name], self._events)
        except KeyError:
            message = f"events have no method {name!r}; dir(frame.events) lists them"
            raise AttributeError(message) from None

    def __dir__(self) -> list[str]:
        """Return the names of the methods."""
        return list(_methods())


def _methods() -> dict[str, Callable[..., Any]]:
    """Return what takes events, by the names of the methods."""
    from evarrow import filters, representations
    from evarrow.windowing import windows

    made = set(representations.__all__) - {"block_mean"}  # of arrays
    return {
        **{name: getattr(filters, name) for name in filters.__all__ if name.islower()},
        **{f"to_{name}": getattr(representations, name) for name in made if name.islower()},
        "windows": windows,
    }
