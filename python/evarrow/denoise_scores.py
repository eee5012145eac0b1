# SPDX-License-Identifier: Apache-2.0
"""Filters of noise against labels."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from evarrow.events import batches_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from evarrow.events import Events

__all__ = ["Confusion", "Sweep", "confusion", "kept", "score", "sweep"]


@dataclasses.dataclass(frozen=True)
class Confusion:
    """What a filter of noise did with signal and noise. A share of nothing is NaN.

    Attributes
    ----------
    signal_kept, signal_dropped, noise_kept, noise_dropped : int
        Events: true positives, false negatives, false positives, true negatives.
    """

    signal_kept: int
    signal_dropped: int
    noise_kept: int
    noise_dropped: int

    @property
    def signal_retain(self) -> float:
        """Share of the signal that was kept: recall, the true positive rate."""
        return _share(self.signal_kept, self.signal_kept + self.signal_dropped)

    @property
    def noise_remove(self) -> float:
        """Share of the noise that was dropped: the true negative rate."""
        return _share(self.noise_dropped, self.noise_kept + self.noise_dropped)

    @property
    def tpr(self) -> float:
        """Share of the signal that was kept."""
        return self.signal_retain

    @property
    def fpr(self) -> float:
        """Share of the noise that was kept."""
        return _share(self.noise_kept, self.noise_kept + self.noise_dropped)

    @property
    def precision(self) -> float:
        """Share of what was kept that is signal."""
        return _share(self.signal_kept, self.signal_kept + self.noise_kept)

    @property
    def accuracy(self) -> float:
        """Share of the events that were treated as they should."""
        right = self.signal_kept + self.noise_dropped
        return _share(right, right + self.signal_dropped + self.noise_kept)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and `signal_retain`."""
        right = 2 * self.signal_kept
        return _share(right, right + self.noise_kept + self.signal_dropped)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def confusion(kept: ArrayLike, noise: ArrayLike) -> Confusion:
    """Count what was kept of signal and noise.

    Parameters
    ----------
    kept : array_like of bool, shape (n,)
        Which events a filter kept.
    noise : array_like of bool, shape (n,)
        Which events are noise; the others are signal.

    Returns
    -------
    Confusion

    Raises
    ------
    ValueError
        If they are not equally long, or hold other values than 0 and 1.

    Examples
    --------
    >>> ev.metrics.confusion([True, True, False], noise=[False, True, True]).precision
    0.5
    """
    import numpy as np

    stays, bad = _flags(kept, "kept"), _flags(noise, "noise")
    if len(stays) != len(bad):
        message = f"kept has {len(stays)} flags and noise {len(bad)}; each is one an event"
        raise ValueError(message)
    return Confusion(
        signal_kept=int(np.count_nonzero(stays & ~bad)),
        signal_dropped=int(np.count_nonzero(~stays & ~bad)),
        noise_kept=int(np.count_nonzero(stays & bad)),
        noise_dropped=int(np.count_nonzero(~stays & bad)),
    )


def _flags(values: ArrayLike, name: str) -> NDArray[np.bool_]:
    import numpy as np

    flags = np.asarray(values)
    if flags.ndim != 1:
        message = f"{name} must have one dimension, not {flags.ndim}"
        raise ValueError(message)
    if flags.dtype.kind != "b" and not np.isin(flags, (0, 1)).all():
        message = f"{name} must hold True and False, or 1 and 0"
        raise ValueError(message)
    return flags.astype(bool)


def kept(events: Events, filtered: Events) -> NDArray[np.bool_]:
    """Find out which events a filter kept, whoever made it.

    Parameters
    ----------
    events, filtered : path, Recording, Polars frame, Arrow stream or columns
        What went into the filter and what came out. Both are held in memory.

    Returns
    -------
    ndarray of bool, shape (n,)
        For each event that went in, whether it came out. Of events that are equal in x, y, t and
        polarity, the first ones count as kept.

    Raises
    ------
    ValueError
        If an event came out that did not go in.

    Examples
    --------
    >>> events = ev.from_arrays(x=[1, 1, 2], y=[0, 0, 0], t=[5, 5, 6], polarity=[1, 1, 1])
    >>> ev.metrics.kept(events, ev.filters.box(events, end=6)).tolist()
    [True, True, False]
    """
    import numpy as np

    went_in, came_out = _columns(events), _columns(filtered)
    n = len(went_in[0])
    both = [np.concatenate(pair) for pair in zip(went_in, came_out, strict=True)]
    # Equal events become neighbours; the sort is stable, so that those that went in come first.
    order = np.lexsort(both)
    differs = np.zeros(len(order), bool)
    differs[:1] = True
    for column in both:
        in_order = column[order]
        differs[1:] |= in_order[1:] != in_order[:-1]
    group = np.cumsum(differs) - 1
    is_in = order < n
    remaining = np.bincount(group[~is_in], minlength=group[-1] + 1 if len(group) else 0)
    places = np.arange(len(order)) - np.flatnonzero(differs)[group]
    if (remaining > np.bincount(group[is_in], minlength=len(remaining))).any():
        message = "an event came out that did not go in: the filter made or changed events"
        raise ValueError(message)
    out = np.zeros(n, bool)
    out[order[is_in]] = (places < remaining[group])[is_in]
    return out


def _columns(events: Events) -> list[NDArray[Any]]:
    import numpy as np

    parts = [(batch.polarity > 0, batch.x, batch.y, batch.t) for batch in batches_of(events)]
    empty = [np.empty(0, dtype) for dtype in (bool, np.int16, np.int16, np.int64)]
    return [np.concatenate(column) for column in zip(empty, *parts, strict=True)]


def score(events: Events, filtered: Events, noise: ArrayLike) -> Confusion:
    """Score a filter of noise against labels.

    Parameters
    ----------
    events, filtered : path, Recording, Polars frame, Arrow stream or columns
        What went into the filter and what came out.
    noise : array_like of bool, shape (n,)
        Which of `events` are noise.

    Returns
    -------
    Confusion

    Raises
    ------
    ValueError
        If `noise` is not one flag an event, or an event came out that did not go in.

    Examples
    --------
    >>> events = ev.from_arrays(x=[1, 9, 2], y=[0, 7, 0], t=[1, 2, 3], polarity=[1, 1, 1])
    >>> result = ev.metrics.score(events, ev.filters.box(events, start=2), [False, True, False])
    >>> result.tpr, result.fpr
    (0.5, 1.0)
    """
    return confusion(kept(events, filtered), noise)


@dataclasses.dataclass(frozen=True)
class Sweep:
    """Scores of a filter over values of a parameter.

    Attributes
    ----------
    values : tuple, length k
        Of the parameter.
    scores : tuple of Confusion, length k
        What each gave.
    """

    values: tuple[Any, ...]
    scores: tuple[Confusion, ...]

    @property
    def tpr(self) -> NDArray[np.float64]:
        """Share of the signal that was kept, for each value."""
        return self.of("tpr")

    @property
    def fpr(self) -> NDArray[np.float64]:
        """Share of the noise that was kept, for each value."""
        return self.of("fpr")

    def of(self, name: str) -> NDArray[np.float64]:
        """Return an attribute of all scores, such as "precision", as an array of shape (k,)."""
        import numpy as np

        return np.array([getattr(one, name) for one in self.scores], float)

    @property
    def auc(self) -> float:
        """Area under the curve of `tpr` over `fpr`, by trapezoids between points in order of both.

        The curve goes from (0, 0), nothing kept, to (1, 1), all kept.
        """
        import numpy as np

        points = sorted([(0.0, 0.0), (1.0, 1.0), *zip(self.fpr, self.tpr, strict=True)])
        x, y = np.array(points).T
        return float(np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2))

    def best(self, by: str = "f1") -> tuple[Any, Confusion]:
        """Return the value whose score is greatest by one of the shares, and its score."""
        import numpy as np

        at = int(np.nanargmax(self.of(by)))
        return self.values[at], self.scores[at]


def sweep(
    filter: Callable[[Any, Any], Events],  # noqa: A002
    values: Iterable[Any],
    events: Events,
    noise: ArrayLike,
) -> Sweep:
    """Score a filter of noise at several values of a parameter: its ROC curve.

    Parameters
    ----------
    filter : callable
        Called with `events` and a value; returns the events that it keeps.
    values : iterable
        The values of the parameter.
    events : path, Recording, Polars frame, Arrow stream or columns
        What goes into the filter; something that can be read several times.
    noise : array_like of bool, shape (n,)
        Which of `events` are noise.

    Returns
    -------
    Sweep
        Its ``tpr`` and ``fpr`` are the curve, ``auc`` the area under it.

    Raises
    ------
    ValueError
        As `score`.

    Examples
    --------
    >>> events = ev.from_arrays(x=[1, 9, 2, 8], y=[0] * 4, t=[1, 2, 3, 4], polarity=[1] * 4)
    >>> noise = [False, True, False, True]
    >>> result = ev.metrics.sweep(
    ...     lambda events, width: ev.filters.box(events, region=(0, 0, width, 1)),
    ...     [0, 2, 5, 10],
    ...     events,
    ...     noise,
    ... )
    >>> result.tpr.tolist(), result.auc, result.best()[0]
    ([0.0, 0.5, 1.0, 1.0], 1.0, 5)
    """
    tried = tuple(values)
    return Sweep(tried, tuple(score(events, filter(events, value), noise) for value in tried))
