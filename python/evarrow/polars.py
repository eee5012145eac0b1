# SPDX-License-Identifier: Apache-2.0
"""The namespace ``events`` of Polars frames: each filter as a method.

    lf = ev.scan("rec.raw")
    clean = lf.events.refractory("1ms", resolution=(640, 480))

It is there once evarrow has used Polars (``scan``, ``read``, ``load_events``), if Polars was
imported before evarrow, and after ``import evarrow.polars``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["EventsNamespace"]


class EventsNamespace:
    """What can be done to a frame of events; all filters of `evarrow.filters` are methods.

    Examples
    --------
    >>> lf = ev.scan(path).events.refractory("1ms", resolution=(64, 48))
    >>> lf.events.box(end="50ms").collect().columns
    ['x', 'y', 't', 'polarity']
    """

    def __init__(self, frame: pl.DataFrame | pl.LazyFrame) -> None:
        self._frame = frame

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return a filter of that name as a method."""
        import functools

        from evarrow import filters

        if name not in filters.__all__ or not name.islower():
            message = f"there is no filter {name!r} in evarrow.filters"
            raise AttributeError(message)
        return functools.partial(getattr(filters, name), self._frame)

    def __dir__(self) -> list[str]:
        """Return the names of the filters."""
        from evarrow import filters

        return [name for name in filters.__all__ if name.islower()]


# Polars warns where a namespace is registered twice, as in a module that is loaded anew.
for _register, _kind in (
    (pl.api.register_dataframe_namespace, pl.DataFrame),
    (pl.api.register_lazyframe_namespace, pl.LazyFrame),
):
    if not hasattr(_kind, "events"):
        _register("events")(EventsNamespace)
