# SPDX-License-Identifier: Apache-2.0
"""The filter of hot pixels, which fire whatever the scene does."""

from __future__ import annotations

import dataclasses
from typing import Literal

from evarrow import _core
from evarrow.filters.base import SensorArguments, SensorFilter, check_choice, function_of

__all__ = ["HotPixels", "hot_pixels"]

_DEFAULTS = {"robust": 20.0, "deviation": 3.0, "quantile": 0.999, "neighbours": 10.0, "rate": None}


@dataclasses.dataclass(frozen=True, repr=False)
class HotPixels(SensorFilter):
    """Drop all events of pixels that have too many of them in the whole recording.

    It goes over the events twice: once to count those of each pixel, once to filter. Of a LazyFrame
    or a recording this means two passes; events of an Arrow stream are kept in memory between them.

    Parameters
    ----------
    method : {"robust", "deviation", "quantile", "rate", "neighbours"}
        How a pixel with n events is judged. "robust": n > median + threshold * MAD, where MAD is
        the median of the distances from the median, at least 1. "deviation": n > mean + threshold *
        standard deviation. "quantile": n > the quantile `threshold`, the nearest rank. These three
        of all pixels that have events. "rate": n > threshold * (t_last - t_first), in hertz.
        "neighbours": n > threshold * the most events of one of the eight pixels around, at least 1.
    threshold : float, optional
        By default 20 for "robust", 3 for "deviation", 0.999 for "quantile", 10 for "neighbours".
        "rate" has no default.
    profile : {"evlib", "tonic"}, optional
        The definition of another library in place of `method`: "quantile" as ``filter_hot_pixels``
        of evlib 0.13, where `threshold` is a percentage, 99.9 by default; "rate" as
        ``identify_hot_pixel`` of tonic 1.7.

    Examples
    --------
    >>> x = [5] * 300 + list(range(64)) * 4
    >>> rows = dict(x=x, y=[7] * 556, t=list(range(556)), polarity=[1] * 556)
    >>> kept = ev.filters.hot_pixels(ev.from_arrays(**rows), resolution=(64, 48))
    >>> len(kept), 5 in kept.x
    (252, False)
    """

    method: Literal["robust", "deviation", "quantile", "rate", "neighbours"] = "robust"
    threshold: float | None = None
    _: dataclasses.KW_ONLY
    profile: Literal["evlib", "tonic"] | None = None

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        check_choice("method", self.method, tuple(_DEFAULTS))
        check_choice("profile", self.profile, (None, "evlib", "tonic"))
        method: str = self.method
        if self.profile is not None:
            method = "quantile" if self.profile == "evlib" else "rate"
        threshold = _DEFAULTS[method] if self.threshold is None else float(self.threshold)
        if threshold is None:
            message = "the threshold of a rate must be given, in hertz"
            raise ValueError(message)
        if self.profile == "evlib" and self.threshold is not None:
            threshold /= 100
        return _core.make_hot_pixels(**sensor, method=method, threshold=threshold)


hot_pixels = function_of(HotPixels)
