# SPDX-License-Identifier: Apache-2.0
"""How a recording is read: the options that every reading function takes."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from evarrow import _core

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ConvertOptions",
    "DecodeOptions",
    "OpenOptions",
    "ReadOptions",
    "WriteOptions",
    "check_options",
    "check_resolution",
    "split_options",
    "to_core",
    "to_sink",
]


class DecodeOptions(TypedDict, total=False):
    """How rows are made, whatever is read; see `ReadOptions`."""

    on_error: Literal["raise", "warn", "ignore"]
    out_of_sensor: Literal["format", "keep", "drop", "raise"]
    polarity_type: Literal["signed", "binary"]
    t_type: Literal["duration", "int64", "timestamp"]
    origin: Literal["sensor", "start"] | int
    io: Literal["auto", "mmap", "pread"]
    threads: int
    index: Literal["memory", "cache", "sidecar"]
    orientation: Literal["recorded", "mirror_x", "mirror_y", "rotate_180"]


class OpenOptions(DecodeOptions, total=False):
    """How recordings of any format are opened; see `ReadOptions`."""

    resolution: tuple[int, int] | None
    sort: bool
    sensor: str | None
    t_unit: Literal["s", "ms", "us", "ns"] | None
    order: str | None
    words: Mapping[str, Any] | None


class ReadOptions(OpenOptions, total=False):
    """Options of `open`, `scan`, `read` and all else that opens a recording.

    Attributes
    ----------
    format : str, optional
        Name of the format, as `evarrow.formats` lists them. By default found from the content.
    resolution : (int, int), optional
        Width and height of the sensor, pixels, in place of what the header says.
    sort : bool
        Whether times must not decrease, as by default. False keeps the order of the recording.
    on_error : {"raise", "warn", "ignore"}
        What damage does: raise `DamagedError`, or give what is sound and warn, or only give it.
    out_of_sensor : {"format", "keep", "drop", "raise"}
        What becomes of events outside the sensor: "format" is what the format's vendor does.
    polarity_type : {"signed", "binary"}
        -1 and +1, or 0 and 1.
    t_type : {"duration", "int64", "timestamp"}
        Arrow type of the times. All three are the same 64-bit microseconds in memory.
    origin : {"sensor", "start"} or int
        Which time is 0: the sensor's own clock, the first event, or a time of the sensor's clock
        in microseconds.
    io : {"auto", "mmap", "pread"}
        How the file is read: mapped or in blocks; "auto" does what is faster, "pread".
    threads : int
        Number of threads that decode; 0 stands for EVARROW_NUM_THREADS or the processors this
        process may use.
    index : {"memory", "cache", "sidecar"}
        Where the index is kept: in this process, also in the user's cache folder, or also
        beside the file.
    orientation : {"recorded", "mirror_x", "mirror_y", "rotate_180"}
        Which way round pixels of AEDAT 1 and 2 are, which programs show differently: as their
        addresses are, or counted from the right (as jAER does), from the bottom, or both.
    sensor : str, optional
        Which events of a file that holds those of several sensors. In HDF5, the path of their
        group or a part of it, such as "prophesee/right" or "right"; in AEDAT 4, the number, name
        or source of their stream, such as "1", "events" or "DVXplorer_DXB00010". Of a recording
        of one sensor, its name or serial number; any other is an error.
    t_unit : {"s", "ms", "us", "ns"}, optional
        What the times count, where the file does not say.
    words : mapping, optional
        How raw words of AER are laid out, which nothing in their files says: ``{"dtype": "<u4",
        "x": (first bit, bits), "y": ..., "p": ..., "t": ...}``, and ``"on": 0`` if 0 is ON and
        ``"offset"`` if the words do not begin at the front of the file.
    order : str, optional
        Which column of a table without names is which: the letters x, y, t and p in the order of
        the columns, such as "txyp".
    """

    format: str | None


class WriteOptions(TypedDict, total=False):
    """How a recording is written; which options there are depends on the format.

    Attributes
    ----------
    threads : int
        Number of threads that encode, as for reading.
    unit : {"us", "s", "ms", "ns"}
        What the times of text count: whole numbers of "us" by default, or of "ns"; with as many
        decimals as microseconds take in "s" and "ms".
    separator : {",", ";", " ", "tab"}
        What stands between the columns of text.
    columns : str
        The order of the columns of text, "txyp" by default.
    header : {"sizes", "names", "comment", "none"}
        The first line of text: the names of the columns, those of x and y with the size of the
        sensor (``t,x@640,y@480,p``), by default; the names alone; the first behind ``#``; nothing.
    layout : {"dvs128", "davis"}
        The addresses of AEDAT 2, by default of a DVS128 where the sensor is no larger.
    """

    threads: int
    unit: str
    separator: str
    columns: str
    header: str
    layout: str


class ConvertOptions(DecodeOptions, WriteOptions, total=False):
    """How a recording is read and how the new one is written."""


def check_resolution(resolution: Any) -> tuple[int, int]:
    """Return `resolution` as a pair of ints, or raise an error that says what it must be."""
    try:
        width, height = (operator.index(value) for value in resolution)
    except (TypeError, ValueError):
        message = f"resolution must be (width, height) in pixels, not {resolution!r}"
        raise TypeError(message) from None
    if width <= 0 or height <= 0:
        message = f"resolution must be positive, not {resolution!r}"
        raise ValueError(message)
    return width, height


def _check(name: str, value: Any) -> Any:
    """Return `value` as the extension module wants it."""
    if name == "format":
        if value is not None and not isinstance(value, str):
            message = f"format must be the name of a format, not {value!r}"
            raise TypeError(message)
        return value or ""
    if name == "resolution":
        return None if value is None else check_resolution(value)
    if name == "origin":
        if isinstance(value, str):
            return value
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            message = f'origin must be "sensor", "start" or an int of microseconds, not {value!r}'
            raise TypeError(message)
        return operator.index(value)
    if name == "sort":
        return bool(value)
    if name in {"sensor", "t_unit", "order"}:
        return _check_layout(name, value)
    if name == "words":
        return value  # checked by who uses it
    if name == "threads":
        if operator.index(value) < 0:
            message = f"threads must not be negative: {value!r}"
            raise ValueError(message)
        return operator.index(value)
    if not isinstance(value, str):
        message = f"{name} must be a string, not {value!r}"
        raise TypeError(message)
    return value


def _check_layout(name: str, value: Any) -> str | None:
    """Return one of the options that say what a table holds."""
    if value is None:
        return None
    if not isinstance(value, str):
        message = f"{name} must be a string, not {value!r}"
        raise TypeError(message)
    if name == "t_unit" and value not in {"s", "ms", "us", "ns"}:
        message = f'{name} must be "s", "ms", "us" or "ns", not {value!r}'
        raise ValueError(message)
    if name == "order" and sorted(value) != sorted("txyp"):
        message = f"{name} must be the letters x, y, t and p in some order, not {value!r}"
        raise ValueError(message)
    return value


_SELECTING = ("start", "end", "region", "polarity", "columns", "limit")


def check_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of `options`, checked; an unknown one is a TypeError that lists them all."""
    unknown = sorted(set(options) - set(ReadOptions.__annotations__))
    if unknown:
        known = ", ".join(sorted(ReadOptions.__annotations__))
        message = f"unknown option {unknown[0]!r}; there are {known}"
        if unknown[0] in _SELECTING:
            message += (
                f". Rows and columns are chosen by read(..., {unknown[0]}=), or by filter, select "
                "and head of the LazyFrame, which reach the decoder"
            )
        raise TypeError(message)
    return {name: _check(name, value) for name, value in options.items()}


_OF_LAYOUTS = ("sensor", "order", "t_unit")


def to_core(
    options: Mapping[str, Any],
    container: _core.ContainerPlan | None = None,
    *,
    is_copy: bool = False,
) -> _core.Options:
    """Return the options as the extension module takes them.

    `is_copy` says that what is read is made of another file, of which no byte can be told.
    """
    checked = check_options(options)
    for name in _OF_LAYOUTS:
        checked[name] = checked.get(name) or ""
    checked.pop("words", None)
    return _core.Options(**checked, container=container, is_copy=is_copy)


def split_options(options: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return those of `options` that say how to read, and those that say how to write."""
    writing = {name: options[name] for name in options if name in WriteOptions.__annotations__}
    reading = {name: options[name] for name in options if name not in writing or name == "threads"}
    return reading, writing


def to_sink(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return how to write as the extension module takes it."""
    named = dict(options)
    threads = _check("threads", named.pop("threads", 0))
    for name, value in named.items():
        if name not in WriteOptions.__annotations__:
            known = ", ".join(WriteOptions.__annotations__)
            message = f"unknown option {name!r}; for writing there are {known}"
            raise TypeError(message)
        if not isinstance(value, str):
            message = f"{name} must be a string, not {value!r}"
            raise TypeError(message)
    return {"options": named, "threads": threads}
