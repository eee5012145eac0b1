# SPDX-License-Identifier: Apache-2.0
"""What pictures of events show, summed up batch by batch in bounded memory."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, TypedDict

from evarrow.events import batches_of
from evarrow.filters import box
from evarrow.recording import Recording, open_recording
from evarrow.sources import is_source
from evarrow.targets import resolution_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from evarrow._core import EventBatch
    from evarrow.events import Events
    from evarrow.times import Region, Time

__all__ = ["Part", "begin", "rates", "thin"]


class Part(TypedDict, total=False):
    """Which events are wanted; the bounds are those of `Selection`, half-open."""

    start: Time | None
    end: Time | None
    region: Region | None
    polarity: int | None


# Bins of a rate whose width nobody asked for: at least half as many, unless times are few.
_BINS = 400
# An array of more bins than this would be no picture.
_MOST_BINS = 1 << 24


def begin(
    events: Events, part: Part, resolution: Any = None
) -> tuple[Iterator[EventBatch], tuple[int, int] | None]:
    """Return the wanted events in batches, and the size of their sensor if it is known."""
    if not isinstance(events, Recording) and is_source(events):
        events = open_recording(events)
    size = resolution_of(events, resolution)
    if isinstance(events, Recording):
        return events.batches(**part), size
    if any(bound is not None for bound in part.values()):
        events = box(events, **part)
    return batches_of(events), size


def thin(batches: Iterable[EventBatch], limit: int) -> tuple[dict[str, NDArray[Any]], int]:
    """Return at most `limit` events, every n-th one, and how many there are in all.

    n is the least power of two that will do, so that they do not depend on how the events are cut.
    """
    import numpy as np

    step, seen = 1, 0
    held: dict[str, list[NDArray[Any]]] = {name: [] for name in ("x", "y", "t", "polarity")}
    count = 0
    for batch in batches:
        wanted = slice(-seen % step, None, step)
        seen += len(batch)
        for name, parts in held.items():
            parts.append(batch.column(name)[wanted])
        count += len(held["t"][-1])
        while count > limit:
            step *= 2
            for name, parts in held.items():
                held[name] = [np.concatenate(parts)[::2]]
            count = len(held["t"][0])
    empty = {"x": np.int16, "y": np.int16, "t": np.int64, "polarity": np.int8}
    return {
        name: np.concatenate([np.empty(0, empty[name]), *parts]) for name, parts in held.items()
    }, seen


def rates(
    batches: Iterable[EventBatch], every: int | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the edges of bins, shape (n + 1,), microseconds, and their OFF and ON events, (2, n).

    Without `every` a bin is so many microseconds, a power of two, that there are at most 400; bins
    begin at multiples of it. With `every` they begin at the first event.

    Raises
    ------
    ValueError
        If `every` makes more bins than memory should hold.
    """
    import numpy as np

    width = every or 1
    origin: int | None = None if every else 0
    counts: tuple[Counter[int], Counter[int]] = (Counter(), Counter())
    for batch in batches:
        if len(batch) == 0:
            continue
        if origin is None:
            origin = int(batch.t[0])
        bins = (batch.t - origin) // width
        for sums, mask in zip(counts, (batch.polarity <= 0, batch.polarity > 0), strict=True):
            values, numbers = np.unique(bins[mask], return_counts=True)
            sums.update(dict(zip(values.tolist(), numbers.tolist(), strict=True)))
        while every is None and _span(counts) > _BINS:
            width *= 2
            counts = _halved(counts[0]), _halved(counts[1])
    if origin is None or _span(counts) == 0:
        return np.zeros(1, np.int64), np.zeros((2, 0), np.int64)
    first, n = min(min(sums) for sums in counts if sums), _span(counts)
    if n > _MOST_BINS:
        message = f"every={every} us makes {n} bins; choose a longer one"
        raise ValueError(message)
    out = np.zeros((2, n), np.int64)
    for row, sums in zip(out, counts, strict=True):
        row[np.fromiter(sums, np.int64, len(sums)) - first] = list(sums.values())
    return origin + (first + np.arange(n + 1)) * width, out


def _span(counts: tuple[Counter[int], Counter[int]]) -> int:
    """Return the number of bins from the first one that holds events to the last one."""
    bins = [edge for sums in counts if sums for edge in (min(sums), max(sums))]
    return max(bins) - min(bins) + 1 if bins else 0


def _halved(sums: Counter[int]) -> Counter[int]:
    out: Counter[int] = Counter()
    for bin_, count in sums.items():
        out[bin_ // 2] += count
    return out
