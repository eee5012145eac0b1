# SPDX-License-Identifier: Apache-2.0
"""Augmentations that leave out events by chance."""

from __future__ import annotations

import dataclasses
from typing import Any, Literal

from evarrow import _core
from evarrow.filters.base import Filter, SensorArguments, SensorFilter, check_choice, function_of
from evarrow.filters.seeds import Seeded, check_share, draw_between

__all__ = [
    "DropArea",
    "DropEvents",
    "DropPixels",
    "DropTime",
    "EventDrop",
    "drop_area",
    "drop_events",
    "drop_pixels",
    "drop_time",
    "event_drop",
]


@dataclasses.dataclass(frozen=True, repr=False)
class DropEvents(Seeded):
    """Leave out a share of the events, by chance.

    Parameters
    ----------
    share : float or (float, float)
        0 to 1; of a pair, one number between is drawn.
    exact : bool
        Whether exactly ``floor(share * n + 0.5)`` of the n events are left out, each choice of
        them being as likely as any other, which takes two passes; by default each event is left
        out with that chance.
    seed : int
        The same seed makes the same choices.

    Raises
    ------
    ValueError
        If the share is not 0 to 1.

    Notes
    -----
    tonic's ``DropEvent`` is exact.

    Examples
    --------
    >>> some = ev.filters.drop_events(ev.read(path, limit=1000), 0.2, exact=True, seed=1)
    >>> some.height
    800
    """

    share: float | tuple[float, float]
    _: dataclasses.KW_ONLY
    exact: bool = False

    def drawn(self) -> dict[str, Any]:
        """Return the options that are drawn: ``share``."""
        return {"share": draw_between(check_share("share", self.share), *self.draw(1))}

    def make(self, resolution: tuple[int, int] | None) -> _core.Filter:  # noqa: ARG002
        """Return a filter for one pass over events of a sensor of that size."""
        return _core.make_drop_events(**self.drawn(), exact=self.exact, seed=self.seed)


@dataclasses.dataclass(frozen=True, repr=False)
class DropPixels(Seeded, SensorFilter):
    """Leave out all events of a share of the pixels, by chance.

    Parameters
    ----------
    share : float or (float, float)
        The chance of a pixel, 0 to 1; of a pair, one number between is drawn.
    seed : int
        The same seed makes the same choices.
    resolution : (int, int), optional
        Width and height of the sensor, pixels. Needed where the events do not know it.
    outside : {"drop", "raise"}
        What becomes of events outside the sensor: left out with a warning, or a ValueError.

    Raises
    ------
    ValueError
        If the share is not 0 to 1, or the size of the sensor is not known.

    Examples
    --------
    >>> events = ev.from_arrays(x=range(1000), y=[0] * 1000, t=range(1000), polarity=[1] * 1000)
    >>> 400 < len(ev.filters.drop_pixels(events, 0.5, seed=1, resolution=(1000, 1))) < 600
    True
    """

    share: float | tuple[float, float]

    def drawn(self) -> dict[str, Any]:
        """Return the options that are drawn: ``share``."""
        return {"share": draw_between(check_share("share", self.share), *self.draw(1))}

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        return _core.make_drop_pixels(**sensor, **self.drawn(), seed=self.seed)


@dataclasses.dataclass(frozen=True, repr=False)
class DropTime(Seeded):
    """Leave out the events of a span of time, which begins anywhere in the recording.

    Parameters
    ----------
    share : float or (float, float)
        Of the time from the least to the greatest of the events, 0 to 1; of a pair, one number
        between is drawn.
    profile : {"tonic"}, optional
        As ``DropEventByTime`` of tonic 1.7, to which time begins at 0.
    seed : int
        The same seed makes the same choices.

    Raises
    ------
    ValueError
        If the share is not 0 to 1.

    Notes
    -----
    Both ends of the span are left out. It takes two passes.

    Examples
    --------
    >>> events = ev.from_arrays(x=[0] * 100, y=[0] * 100, t=range(100), polarity=[1] * 100)
    >>> len(ev.filters.drop_time(events, 0.3, seed=1)) in (69, 70)
    True
    """

    share: float | tuple[float, float]
    _: dataclasses.KW_ONLY
    profile: Literal["tonic"] | None = None

    def drawn(self) -> dict[str, Any]:
        """Return the options that are drawn.

        ``share``, and ``begin``: where the span begins, as a share of what is left of the time.
        """
        share, begin = self.draw(2)
        return {"share": draw_between(check_share("share", self.share), share), "begin": begin}

    def make(self, resolution: tuple[int, int] | None) -> _core.Filter:  # noqa: ARG002
        """Return a filter for one pass over events of a sensor of that size."""
        if self.profile is not None:
            check_choice("profile", self.profile, ("tonic",))
        return _core.make_drop_time(**self.drawn(), from_zero=self.profile == "tonic")


@dataclasses.dataclass(frozen=True, repr=False)
class DropArea(Seeded, SensorFilter):
    """Leave out the events of a rectangle, which lies anywhere on the sensor.

    Parameters
    ----------
    share : float or (float, float), optional
        Of the width and the height of the sensor, 0 to 1; of a pair, one number between is drawn.
    region : (int, int, int, int), optional
        In place of `share`: the rectangle, x0 <= x < x1 and y0 <= y < y1.
    seed : int
        The same seed makes the same choices.
    resolution : (int, int), optional
        Width and height of the sensor, pixels. Needed where the events do not know it.
    outside : {"drop", "raise"}
        Without effect: events outside the sensor are not in the rectangle.

    Raises
    ------
    ValueError
        If the share is not 0 to 1, or the size of the sensor is not known.

    Notes
    -----
    The rectangle has ``int(width * share)`` by ``int(height * share)`` pixels and may touch every
    edge. tonic's ``DropEventByArea`` draws from (high, 1) where (low, high) was asked for.

    Examples
    --------
    >>> cut = ev.filters.DropArea(0.5, seed=1)
    >>> x0, y0, x1, y1 = cut.drawn((64, 48))["region"]
    >>> x1 - x0, y1 - y0
    (32, 24)
    """

    share: float | tuple[float, float] | None = None
    _: dataclasses.KW_ONLY
    region: tuple[int, int, int, int] | None = None

    def drawn(self, resolution: tuple[int, int]) -> dict[str, Any]:
        """Return the options that are drawn: ``region``, for a sensor of that size."""
        if (self.share is None) == (self.region is None):
            message = "drop_area takes a share of the sensor or region=, and one of them alone"
            raise ValueError(message)
        if self.region is not None:
            return {"region": tuple(self.region)}
        share, x, y = self.draw(3)
        part = draw_between(check_share("share", self.share), share)
        width, height = (int(pixels * part) for pixels in resolution)
        x0 = int(x * (resolution[0] - width + 1))
        y0 = int(y * (resolution[1] - height + 1))
        return {"region": (x0, y0, x0 + width, y0 + height)}

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        return _core.make_drop_area(**self.drawn(sensor["resolution"]))


@dataclasses.dataclass(frozen=True, repr=False)
class EventDrop(Seeded, SensorFilter):
    """Do one of four things by chance: nothing, or drop by time, by area, or any events.

    The augmentation EventDrop of Gu et al. 2021: each is as likely as the others; 0.1 to 0.9 of the
    time, in steps of 0.1; 0.05 to 0.25 of the width and height, in steps of 0.05; 0.1 to 0.9 of the
    events, exactly.

    Parameters
    ----------
    seed : int
        The same seed makes the same choices.
    resolution : (int, int), optional
        Width and height of the sensor, pixels. Needed where the events do not know it.
    outside : {"drop", "raise"}
        Without effect.

    Raises
    ------
    ValueError
        If the size of the sensor is not known.

    Examples
    --------
    >>> [ev.filters.EventDrop(seed=seed).drawn()["kind"] for seed in range(4)]
    ['events', 'events', 'time', 'nothing']
    """

    def drawn(self) -> dict[str, Any]:
        """Return the options that are drawn.

        ``kind``, one of "nothing", "time", "area" and "events", and ``share``.
        """
        which, amount = self.draw(2)
        kind = ("nothing", "time", "area", "events")[int(4 * which)]
        steps, step = {"time": (9, 0.1), "area": (5, 0.05), "events": (9, 0.1)}.get(kind, (0, 0.0))
        return {"kind": kind, "share": round(step * (1 + int(steps * amount)), 2)}

    def chosen(self) -> Filter | None:
        """Return the filter that is drawn, if any."""
        drawn = self.drawn()
        share = drawn["share"]
        if drawn["kind"] == "time":
            return DropTime(share, seed=self.seed)
        if drawn["kind"] == "area":
            return DropArea(share, seed=self.seed, resolution=self.resolution)
        return DropEvents(share, exact=True, seed=self.seed) if drawn["kind"] == "events" else None

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        chosen = self.chosen()
        return _core.make_box() if chosen is None else chosen.make(sensor["resolution"])


drop_events = function_of(DropEvents)
drop_pixels = function_of(DropPixels)
drop_time = function_of(DropTime)
drop_area = function_of(DropArea)
event_drop = function_of(EventDrop)
