# SPDX-License-Identifier: Apache-2.0
"""The refractory filter."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Literal

from evarrow import _core
from evarrow.filters.base import SensorArguments, SensorFilter, check_choice, function_of
from evarrow.times import to_microseconds

if TYPE_CHECKING:
    from evarrow.times import Time

__all__ = ["Refractory", "refractory"]

_PROFILES: dict[str, dict[str, bool]] = {
    "evlib": {"since_seen": True, "strict": True},
    "tonic": {"since_seen": True, "strict": True, "primed": True},
}


@dataclasses.dataclass(frozen=True, repr=False)
class Refractory(SensorFilter):
    """Drop events that follow too soon upon another one of the same pixel.

    An event is kept if it is the first of its pixel or if ``t - t_before >= period``.

    Parameters
    ----------
    period : int, str or timedelta
        For how long a pixel rests: int microseconds, "1ms" or a timedelta.
    reference : {"kept", "seen"}
        Which event of the pixel comes before: the last one that was kept, which is how long a
        pixel of a sensor is dead, or the last one that there was.
    strict : bool
        Whether an event is kept only if ``t - t_before > period``.
    per_polarity : bool
        Whether ON and OFF events of a pixel do not count for each other.
    profile : {"evlib", "tonic"}, optional
        The definition of another library, in place of `reference` and `strict`: of evlib 0.13,
        ``filter_noise``, seen and strict; of tonic 1.7, ``RefractoryPeriod``, the same, but as if
        each pixel had had an event at ``-period``.

    Examples
    --------
    >>> events = ev.from_arrays(x=[5] * 4, y=[5] * 4, t=[0, 600, 1200, 1900], polarity=[1] * 4)
    >>> ev.filters.refractory(events, "1ms", resolution=(64, 48)).t.tolist()
    [0, 1200]
    """

    period: Time
    _: dataclasses.KW_ONLY
    reference: Literal["kept", "seen"] = "kept"
    strict: bool = False
    per_polarity: bool = False
    profile: Literal["evlib", "tonic"] | None = None

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        check_choice("reference", self.reference, ("kept", "seen"))
        options: dict[str, Any] = {
            "since_seen": self.reference == "seen",
            "strict": self.strict,
            "primed": False,
        }
        if self.profile is not None:
            check_choice("profile", self.profile, tuple(_PROFILES))
            options |= _PROFILES[self.profile]
        return _core.make_refractory(
            **sensor,
            period=to_microseconds(self.period, "period"),
            per_polarity=self.per_polarity,
            **options,
        )


refractory = function_of(Refractory)
