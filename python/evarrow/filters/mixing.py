# SPDX-License-Identifier: Apache-2.0
"""Augmentations that add events: noise, and those of another recording."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from evarrow import _core
from evarrow.filters.base import Filter, SensorArguments, SensorFilter, function_of
from evarrow.filters.seeds import Seeded
from evarrow.times import to_microseconds

if TYPE_CHECKING:
    from evarrow.times import Time

__all__ = ["AddNoise", "Mix", "add_noise", "mix"]


@dataclasses.dataclass(frozen=True, repr=False)
class AddNoise(Seeded, SensorFilter):
    """Add events of noise, uniform in place and time, in order between the others.

    Parameters
    ----------
    rate : float, optional
        How many a second and pixel, Hz; their numbers are distributed as Poisson's are.
    count : int, optional
        In place of `rate`: how many exactly. This takes two passes.
    on_share : float
        The chance of an event of noise to be ON, 0 to 1.
    seed : int
        The same seed makes the same noise.
    resolution : (int, int), optional
        Width and height of the sensor, pixels. Needed where the events do not know it.
    outside : {"drop", "raise"}
        Without effect.

    Raises
    ------
    ValueError
        If not one of `rate` and `count` is given, times decrease, or the size of the sensor is not
        known.

    Notes
    -----
    Times lie from the first event on and before the last, in whole microseconds; of equal times
    noise comes last. Which events are noise, for scoring, is ``~ev.metrics.kept(noisy, events)``.
    tonic's ``UniformNoise`` takes a `count`.

    Examples
    --------
    >>> events = ev.read(path)
    >>> noisy = ev.filters.add_noise(events, count=500, seed=1, resolution=(64, 48))
    >>> noisy.height == events.height + 500
    True
    """

    rate: float | None = None
    _: dataclasses.KW_ONLY
    count: int | None = None
    on_share: float = 0.5

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        options: dict[str, Any] = {
            "resolution": sensor["resolution"],
            "on_share": float(self.on_share),
            "seed": self.seed,
        }
        if (self.rate is None) == (self.count is None):
            message = "add_noise takes a rate or count=, and one of them alone"
            raise ValueError(message)
        if self.rate is not None:
            return _core.make_noise_rate(**options, rate=float(self.rate))
        count: Any = self.count
        if isinstance(count, bool) or not hasattr(count, "__index__") or count < 0:
            message = f"count must be an int of 0 or more, not {count!r}"
            raise ValueError(message)
        return _core.make_noise_count(**options, count=count)


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class Mix(Filter):
    """Add the events of another recording, in order of time.

    Parameters
    ----------
    other : path, Recording, Polars frame, Arrow stream or columns
        The events to add. They are held in memory.
    shift : int, str or timedelta, optional
        How long behind the first event the first one of `other` comes; by default `other` keeps its
        times.

    Raises
    ------
    ValueError
        If times decrease.

    Notes
    -----
    Of equal times, those of `other` come last.

    Examples
    --------
    >>> one = ev.from_arrays(x=[1, 1], y=[0, 0], t=[10, 20], polarity=[1, 1])
    >>> two = ev.from_arrays(x=[2, 2], y=[0, 0], t=[500, 504], polarity=[1, 1])
    >>> ev.filters.mix(one, two, shift=8).t.tolist()
    [10, 18, 20, 22]
    """

    other: Any
    _: dataclasses.KW_ONLY
    shift: Time | None = None

    def __post_init__(self) -> None:
        """Read the events and check the options."""
        import numpy as np

        from evarrow.column_names import COLUMNS
        from evarrow.events import batches_of

        parts = [[batch.column(name) for name in COLUMNS] for batch in batches_of(self.other)]
        types = (np.int16, np.int16, np.int64, np.int8)
        columns = zip([np.empty(0, one) for one in types], *parts, strict=True)
        object.__setattr__(self, "other", tuple(np.concatenate(column) for column in columns))
        super().__post_init__()

    def make(self, resolution: tuple[int, int] | None) -> _core.Filter:  # noqa: ARG002
        """Return a filter for one pass over events of a sensor of that size."""
        shift = None if self.shift is None else to_microseconds(self.shift, "shift")
        return _core.make_mix(*self.other, shift=shift)

    def __repr__(self) -> str:
        """Return the call that makes it, but for the events."""
        shift = "" if self.shift is None else f", shift={self.shift!r}"
        return f"Mix(<{len(self.other[0])} events>{shift})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the columns."""
        names = ("x", "y", "t", "polarity")
        return _remake, (dict(zip(names, self.other, strict=True)), self.shift)


def _remake(columns: dict[str, Any], shift: Time | None) -> Mix:
    return Mix(columns, shift=shift)


add_noise = function_of(AddNoise)
mix = function_of(Mix)
