# SPDX-License-Identifier: Apache-2.0
"""Filters one behind the other, in one native pass."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

from evarrow import _core
from evarrow.errors import EvarrowWarning
from evarrow.filters.base import Filter
from evarrow.filters.seeds import Seeded
from evarrow.options import check_resolution

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from evarrow._core import EventBatch
    from evarrow.events import Events

__all__ = ["FilterCounts", "Pipeline"]


class FilterCounts(NamedTuple):
    """How many events went into a filter, came out of it, and lay outside of its sensor."""

    name: str
    events_in: int
    events_out: int
    outside: int


class Pipeline:
    """Filters one behind the other: all of them in one pass, batch by batch, in native code.

    Parameters
    ----------
    filters : Filter or iterable of Filter
        One, or several in the order in which events go through them.
    resolution : (int, int), optional
        Width and height of the sensor, pixels, where the events do not know it. A filter may be
        given its own.

    Attributes
    ----------
    counts : tuple of FilterCounts
        Of the last pass that came to its end, a filter each: ``name``, ``events_in``,
        ``events_out``, ``outside``.

    Raises
    ------
    TypeError
        If one of `filters` is no filter.

    Examples
    --------
    >>> clean = ev.Pipeline([ev.filters.Box(end="50ms"), ev.filters.Refractory("1ms")])
    >>> frame = clean(path).collect()
    >>> clean.counts[1].events_out == frame.height
    True
    """

    def __init__(
        self, filters: Filter | Iterable[Filter], *, resolution: tuple[int, int] | None = None
    ) -> None:
        self._filters = (filters,) if isinstance(filters, Filter) else tuple(filters)
        self._resolution = None if resolution is None else check_resolution(resolution)
        self.counts: tuple[FilterCounts, ...] = ()
        wrong: list[object] = [one for one in self._filters if not isinstance(one, Filter)]
        if wrong:
            message = f"a pipeline consists of filters such as Box(), not {wrong[0]!r}"
            raise TypeError(message)

    def __call__(self, events: Events) -> Any:
        """Return what comes out, of the kind that came in.

        A LazyFrame for a path, a `Recording` or a LazyFrame: nothing is read before rows are asked
        for, and what a query asks of them it asks of what comes out. An `EventBatch` for an Arrow
        stream. Columns beside those of the events come along, unless a filter makes new events.
        """
        from evarrow.filters.passes import run

        return run(self, events)

    def batches(self, events: Events) -> Iterator[EventBatch]:
        """Return what comes out, batch by batch, in bounded memory.

        Examples
        --------
        >>> clean = ev.Pipeline([ev.filters.Refractory("1ms")])
        >>> sum(len(batch) for batch in clean.batches(path)) == clean.counts[0].events_out
        True
        """
        from evarrow.filters.passes import batches_through

        return batches_through(self, events)

    def __eq__(self, other: object) -> bool:
        """Return whether `other` has equal filters in the same order, and the same sensor."""
        if not isinstance(other, Pipeline):
            return NotImplemented
        return (self._filters, self._resolution) == (other._filters, other._resolution)

    def __hash__(self) -> int:
        """Return a number that equal pipelines share."""
        return hash((self._filters, self._resolution))

    def build(self, resolution: tuple[int, int] | None) -> _core.Pipeline:
        """Return the filters for one pass over events of a sensor of that size, if it is known."""
        size = resolution if self._resolution is None else self._resolution
        made = []
        for one in self._filters:
            known = one.resolution_of(size)
            made.append(one.make(known))
            # A crop knows the size behind it even where that before it is not known.
            after = made[-1].resolution_after(known or (0, 0))
            size = after if all(after) else None
        return _core.Pipeline(made)

    def ended(self, core: _core.Pipeline) -> None:
        """Keep the counts of a pass that is over, and warn of events that lay outside."""
        self.counts = tuple(
            FilterCounts(one.name, *counts)
            for one, counts in zip(self._filters, core.counts, strict=True)
        )
        for counts in self.counts:
            if counts.outside:
                message = (
                    f"{counts.outside} of {counts.events_in} events lay outside the sensor and "
                    f"were left out by {counts.name}"
                )
                warnings.warn(message, EvarrowWarning, stacklevel=3)

    def with_seed(self, seed: int) -> Pipeline:
        """Return the same filters, of which those that use chance have other seeds.

        The seeds follow from `seed` and from the place in the pipeline.

        Examples
        --------
        >>> train = ev.Pipeline([ev.filters.TimeJitter("1ms"), ev.filters.DropEvents(0.1)])
        >>> train.with_seed(7)[1] == train.with_seed(7)[1] != train.with_seed(8)[1]
        True
        """
        numbers = _core.random_seeds(seed, len(self._filters))
        return Pipeline(
            [
                one.with_seed(number) if isinstance(one, Seeded) else one
                for one, number in zip(self._filters, numbers, strict=True)
            ],
            resolution=self._resolution,
        )

    def __getitem__(self, place: int) -> Filter:
        """Return a filter by its place."""
        return self._filters[place]

    def __len__(self) -> int:
        """Return the number of filters."""
        return len(self._filters)

    def __iter__(self) -> Iterator[Filter]:
        """Return the filters."""
        return iter(self._filters)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the filters and the size of the sensor."""
        return _remake, (self._filters, self._resolution)

    def __repr__(self) -> str:
        """Return the filters as they are made."""
        inside = ", ".join(map(repr, self._filters))
        size = "" if self._resolution is None else f", resolution={self._resolution}"
        return f"Pipeline([{inside}]{size})"


def _remake(filters: tuple[Filter, ...], resolution: tuple[int, int] | None) -> Pipeline:
    return Pipeline(filters, resolution=resolution)
