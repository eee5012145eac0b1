# SPDX-License-Identifier: Apache-2.0
"""What all filters are: a value that says what to do, made into a filter for each pass."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, TypedDict

from evarrow.options import check_resolution
from evarrow.plain_types import check_plain_types

if TYPE_CHECKING:
    from collections.abc import Callable

    from evarrow import _core
    from evarrow.events import Events

__all__ = ["Filter", "Outside", "SensorArguments", "SensorFilter", "check_choice", "function_of"]

P = ParamSpec("P")

Outside = Literal["drop", "raise"]
"""What becomes of events that lie outside the sensor."""


class SensorArguments(TypedDict):
    """What the extension module needs to know of the sensor."""

    resolution: tuple[int, int]
    outside: str


@dataclasses.dataclass(frozen=True, repr=False)
class Filter:
    """A filter and its options. It may be used any number of times: each pass begins anew.

    Calling it with events is a pipeline of this filter alone.

    Examples
    --------
    >>> kept = ev.filters.Box(region=(0, 0, 32, 48))(ev.read(path))
    >>> kept["x"].max() < 32
    True
    """

    def __post_init__(self) -> None:
        """Check the options, which makes errors come where they belong."""
        types = {field.name: field.type for field in dataclasses.fields(self)}
        check_plain_types(types, vars(self))
        self._check()

    def _check(self) -> None:
        self.make((1, 1))

    @property
    def name(self) -> str:
        """What the filter is called: as its function."""
        return _snake_case(type(self).__name__)

    def resolution_of(self, events: tuple[int, int] | None) -> tuple[int, int] | None:
        """Return the size of the sensor, where the events that come in know it."""
        return events

    def make(self, resolution: tuple[int, int] | None) -> _core.Filter:
        """Return a filter for one pass over events of a sensor of that size."""
        raise NotImplementedError

    def __call__(self, events: Events) -> Any:
        """Return what comes out, of the kind that came in."""
        from evarrow.filters.pipeline import Pipeline

        return Pipeline([self])(events)

    def __repr__(self) -> str:
        """Return the call that makes it, without the options that are as by default."""
        options = [
            f"{field.name}={value!r}"
            for field in dataclasses.fields(self)
            if (value := getattr(self, field.name)) is not field.default and value != field.default
        ]
        return f"{type(self).__name__}({', '.join(options)})"


@dataclasses.dataclass(frozen=True, repr=False)
class SensorFilter(Filter):
    """A filter that remembers something of each pixel of the sensor."""

    resolution: tuple[int, int] | None = dataclasses.field(default=None, kw_only=True)
    outside: Outside = dataclasses.field(default="drop", kw_only=True)

    def __init_subclass__(cls) -> None:
        """Document the options that all have."""
        super().__init_subclass__()
        cls.__doc__ = _with_parameters(cls.__doc__ or "", _SENSOR)

    def __post_init__(self) -> None:
        """Check the options."""
        if self.resolution is not None:
            check_resolution(self.resolution)
        check_choice("outside", self.outside, ("drop", "raise"))
        super().__post_init__()

    def resolution_of(self, events: tuple[int, int] | None) -> tuple[int, int] | None:
        """Return the size of the sensor: the option, else that of the events."""
        return events if self.resolution is None else check_resolution(self.resolution)

    def make(self, resolution: tuple[int, int] | None) -> _core.Filter:
        """Return a filter for one pass over events of a sensor of that size."""
        if resolution is None:
            message = (
                f"{self.name} needs the size of the sensor, which these events do not know: pass "
                "resolution=(width, height) to it, or to the Pipeline that it is in"
            )
            raise ValueError(message)
        return self.make_for({"resolution": resolution, "outside": self.outside})

    def make_for(self, sensor: SensorArguments) -> _core.Filter:
        """Return a filter for one pass over events of that sensor."""
        raise NotImplementedError


def check_choice(name: str, value: object, allowed: tuple[object, ...]) -> None:
    """Raise a ValueError if `value` is none of those that are allowed."""
    if value not in allowed:
        message = f"{name} must be one of {', '.join(map(str, allowed))}, not {value!r}"
        raise ValueError(message)


def function_of(kind: Callable[P, Filter]) -> Callable[Concatenate[Events, P], Any]:
    """Return a class of filters as a function of events and of the options of the class."""

    def run(events: Events, /, *args: P.args, **kwargs: P.kwargs) -> Any:
        return kind(*args, **kwargs)(events)

    run.__name__ = run.__qualname__ = _snake_case(kind.__name__)
    run.__module__ = kind.__module__
    run.__doc__ = _doc_of_function(kind.__doc__ or "")
    run.__wrapped__ = kind  # type: ignore[attr-defined]
    run.__signature__ = _signature_of(kind)  # type: ignore[attr-defined]
    return run


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _signature_of(kind: Callable[P, Filter]) -> Any:
    import inspect

    signature = inspect.signature(kind)
    events = inspect.Parameter("events", inspect.Parameter.POSITIONAL_ONLY, annotation="Events")
    return signature.replace(
        parameters=[events, *signature.parameters.values()], return_annotation="Any"
    )


_SENSOR = """    resolution : (int, int), optional
        Width and height of the sensor, pixels. Needed where the events do not know it.
    outside : {"drop", "raise"}
        What becomes of events outside the sensor: left out with a warning, or a ValueError.

    Raises
    ------
    ValueError
        If an option makes no sense, or the size of the sensor is not known.
"""
_EVENTS = """    events : path, Recording, Polars frame, Arrow stream or columns
        With ``x``, ``y``, ``t`` and ``polarity``; frames and columns may have others too.
"""
_RETURNS = """
    Returns
    -------
    LazyFrame, DataFrame, pyarrow.Table, EventBatch, dict or structured array
        The kind that came in: a LazyFrame for a path, a `Recording` or a LazyFrame, an
        `EventBatch` for an Arrow stream.
"""
_HEADING = "    Parameters\n    ----------\n"
_BEHIND = re.compile(r"\n    (?:Raises|Notes|Examples)\n    -")


def _insert_behind_parameters(text: str, addition: str) -> str:
    found = _BEHIND.search(text)
    at = found.start() if found else len(text)
    return text[:at] + addition + text[at:]


def _with_parameters(text: str, parameters: str) -> str:
    """Return a docstring with more parameters behind those that it has."""
    heading = "" if _HEADING in text else "\n" + _HEADING
    return _insert_behind_parameters(text, heading + parameters)


def _doc_of_function(text: str) -> str:
    """Return the docstring of a class with what the function takes and returns in addition."""
    if _HEADING not in text:
        text = _with_parameters(text, "")
    text = text.replace(_HEADING, _HEADING + _EVENTS, 1)
    return _insert_behind_parameters(text, _RETURNS)
