# SPDX-License-Identifier: Apache-2.0
"""Options and arguments that several commands share."""

from __future__ import annotations

import functools
import os
import re
import sys
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from evarrow.cli.failures import NO_FILE, Failure
from evarrow.times import to_microseconds

if TYPE_CHECKING:
    from collections.abc import Callable

    Command = Callable[..., Any]
    _TimeType = click.ParamType[int]
    _PixelsType = click.ParamType[tuple[int, ...]]
else:
    _TimeType = _PixelsType = click.ParamType

__all__ = [
    "JSON",
    "ON_LOSS",
    "OVERWRITE",
    "REGION",
    "RESOLUTION",
    "TIME",
    "TO",
    "Pixels",
    "binary_input",
    "binary_output",
    "bounds",
    "check_target",
    "given",
    "read_options",
    "refuse_same_file",
    "write_options",
]


class _Time(_TimeType):
    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, str) and re.fullmatch(r"[+-]?\d+", value):
            value = int(value)
        try:
            return to_microseconds(value, "the time")
        except (TypeError, ValueError) as error:
            self.fail(str(error), param, ctx)


class Pixels(_PixelsType):
    """Some whole numbers with something between them."""

    def __init__(self, name: str, pattern: str, example: str) -> None:
        self.name = name
        self._pattern = re.compile(pattern)
        self._example = example

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """Return the numbers."""
        if isinstance(value, tuple):
            return value
        found = self._pattern.fullmatch(str(value).replace(" ", ""))
        if found is None:
            self.fail(f"{value!r} is not of the form {self._example}.", param, ctx)
        return tuple(int(number) for number in found.groups())


class _Origin(_TimeType):
    name = "origin"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return value if value in ("sensor", "start") else TIME.convert(value, param, ctx)


TIME = _Time()
RESOLUTION = Pixels("WxH", r"(\d+)[xX,](\d+)", "640x480")
REGION = Pixels("x0,y0,x1,y1", r"(-?\d+),(-?\d+),(-?\d+),(-?\d+)", "0,0,320,240")

JSON = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON, one object a line, for scripts."
)
OVERWRITE = click.option("--overwrite", is_flag=True, help="Replace OUT if it is there.")
TO = click.option(
    "--to",
    metavar="NAME",
    help="Format to write, one of `evarrow formats`. By default what the ending of OUT says, and "
    "the format of IN where that leaves a choice.",
)
ON_LOSS = click.option(
    "--on-loss",
    type=click.Choice(["raise", "warn"]),
    help="What happens if the new format cannot hold something: stop, or leave it out with a "
    "warning. By default an event stops, and a stream that has no place is left out.",
)
_WRITING = (
    click.option(
        "--compression",
        metavar="NAME",
        help="How the content of OUT is compressed: zstd, lz4, none, ...; each format has its own.",
    ),
    click.option(
        "--compression-level", type=int, metavar="N", help="How strong, by the compressor's scale."
    ),
    click.option(
        "--write-option",
        multiple=True,
        metavar="NAME=VALUE",
        help="More of how OUT is written, such as unit=s or separator=tab of text.",
    ),
)
_POLARITIES = {"on": 1, "1": 1, "off": -1, "-1": -1}
_FORMAT = click.option(
    "--format",
    "format_",
    metavar="NAME",
    help="Read the input as this format, whatever it looks like.",
)
_RESOLUTION = click.option(
    "--resolution",
    type=RESOLUTION,
    metavar="WxH",
    help="Size of the sensor, in place of what the header says.",
)
_SENSOR = click.option(
    "--sensor",
    metavar="NAME",
    help="Whose events, of a file with those of several: a group, a stream or a topic.",
)
_T_UNIT = click.option(
    "--t-unit", type=click.Choice(["s", "ms", "us", "ns"]), help="What times count."
)
_ORDER = click.option(
    "--order", metavar="LETTERS", help='Columns of a table without names, such as "txyp".'
)
_ORIGIN = click.option(
    "--origin",
    type=_Origin(),
    metavar="start|TIME",
    help="Which time becomes 0: the first event, or one of the sensor's clock. Recordings whose "
    "times count from 1970 fit into RAW, DAT and Event Streams that way.",
)
_ORIENTATION = click.option(
    "--orientation",
    type=click.Choice(["recorded", "mirror_x", "mirror_y", "rotate_180"]),
    help="Which way round the pixels of AEDAT 1 and 2 are.",
)
_READING = ("resolution", "sensor", "t_unit", "order", "origin", "orientation", "on_error")
_ON_ERROR = click.option(
    "--on-error",
    type=click.Choice(["raise", "warn", "ignore"]),
    default="raise",
    show_default=True,
    help="What damage does: stop, or give what is sound, with or without a warning.",
)


def bounds(command: Command) -> Command:
    """Give a command the options that say which events are kept: those given, as `chosen`."""

    @click.option("--start", type=TIME, help='First time that is kept: "2s", or microseconds.')
    @click.option("--end", type=TIME, help="First time that is not kept any more.")
    @click.option(
        "--region",
        type=REGION,
        metavar="x0,y0,x1,y1",
        help="Pixels that are kept; x1 and y1 are not.",
    )
    @click.option("--polarity", type=click.Choice(list(_POLARITIES)), help="Polarity that is kept.")
    @functools.wraps(command)
    def wrapped(*arguments: Any, **named: Any) -> Any:
        chosen = given(**{name: named.pop(name) for name in ("start", "end", "region")})
        polarity = named.pop("polarity")
        if polarity is not None:
            chosen["polarity"] = _POLARITIES[polarity]
        return command(*arguments, chosen=chosen, **named)

    return wrapped


def read_options(*, with_on_error: bool) -> Callable[[Command], Command]:
    """Give a command the options that say how its input is read: those given, as `reading`."""
    options = (
        *(_FORMAT, _RESOLUTION, _SENSOR, _T_UNIT, _ORDER, _ORIGIN, _ORIENTATION),
        *((_ON_ERROR,) * with_on_error),
    )

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def wrapped(*arguments: Any, **named: Any) -> Any:
            reading = {name: named.pop(name) for name in _READING if name in named}
            reading["format"] = named.pop("format_")
            return command(*arguments, reading=given(**reading), **named)

        for option in reversed(options):
            wrapped = option(wrapped)
        return wrapped

    return decorate


def write_options(command: Command) -> Command:
    """Give a command the options that say how its output is written: `writing`."""

    @functools.wraps(command)
    def wrapped(*arguments: Any, **named: Any) -> Any:
        packing = {name: named.pop(name) for name in ("compression", "compression_level")}
        from evarrow.options import WriteOptions

        options = {}
        for text in named.pop("write_option"):
            name, is_there, value = text.partition("=")
            if not is_there:
                message = f"--write-option takes NAME=VALUE, such as unit=s, not {text!r}"
                raise click.UsageError(message)
            if name not in WriteOptions.__annotations__ or name == "threads":
                known = ", ".join(sorted(WriteOptions.__annotations__.keys() - {"threads"}))
                message = f"--write-option knows {known}, not {name!r}"
                raise click.UsageError(message)
            options[name] = value
        return command(*arguments, writing={**given(**packing), **options}, **named)

    for option in reversed(_WRITING):
        wrapped = option(wrapped)
    return wrapped


def given(**options: Any) -> dict[str, Any]:
    """Return the options that were given."""
    return {name: value for name, value in options.items() if value is not None}


def binary_input(name: str) -> str | BinaryIO:
    """Return the file `name`, or standard input for "-"."""
    if name != "-":
        return name
    if sys.stdin.isatty():
        message = "standard input is a terminal; pipe a recording into it: evarrow info - < rec.raw"
        raise click.UsageError(message)
    return sys.stdin.buffer


def binary_output(name: str) -> str | BinaryIO:
    """Return the file `name`, or standard output for "-"."""
    if name != "-":
        return name
    if sys.stdout.isatty():
        message = "a recording is no text for a terminal; redirect standard output into a file"
        raise click.UsageError(message)
    return sys.stdout.buffer


def refuse_same_file(source: str, target: str) -> None:
    """Refuse two names that stand for one file."""
    if (
        "-" not in (source, target)
        and os.path.exists(source)  # noqa: PTH110
        and os.path.exists(target)  # noqa: PTH110
        and os.path.samefile(source, target)  # noqa: PTH121
    ):
        message = f"{target} is the input; write to another name"
        raise click.UsageError(message)


def check_target(target: str, *, overwrite: bool) -> None:
    """Refuse to write onto a file that is there, unless that is wanted."""
    if target != "-" and not overwrite and os.path.lexists(target):
        message = f"{target} is there already; --overwrite replaces it"
        raise Failure(message, NO_FILE)
