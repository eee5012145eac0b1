# SPDX-License-Identifier: Apache-2.0
"""`evarrow convert`: a recording, or a part of it, into another format."""

from __future__ import annotations

import os
from typing import Any

import click

from evarrow.cli.output import print_json, progress_bar, show_warnings, size_of
from evarrow.cli.parameters import (
    JSON,
    OVERWRITE,
    REGION,
    TIME,
    binary_input,
    binary_output,
    check_target,
    given,
    is_same_file,
    read_options,
)

__all__ = ["command"]

_POLARITIES = {"on": 1, "1": 1, "off": -1, "-1": -1}


@click.command("convert", short_help="Convert a recording, or cut a part out of it.")
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option(
    "--to",
    metavar="NAME",
    help="Format to write, one of `evarrow formats`. By default what the ending of OUT says, and "
    "the format of IN where that leaves a choice.",
)
@click.option("--start", type=TIME, help='First time that is kept: "2s", or microseconds.')
@click.option("--end", type=TIME, help="First time that is not kept any more.")
@click.option(
    "--region", type=REGION, metavar="x0,y0,x1,y1", help="Pixels that are kept; x1 and y1 are not."
)
@click.option("--polarity", type=click.Choice(list(_POLARITIES)), help="Polarity that is kept.")
@OVERWRITE
@read_options(with_on_error=True)
@JSON
def command(
    source: str,
    target: str,
    *,
    to: str | None,
    start: int | None,
    end: int | None,
    region: tuple[int, int, int, int] | None,
    polarity: str | None,
    overwrite: bool,
    reading: dict[str, Any],
    as_json: bool,
) -> None:
    """Convert a recording, with its triggers and header, or cut a part out of it.

    OUT appears under its name once it is complete.
    """
    import evarrow as ev
    from evarrow.targets import target_format

    if is_same_file(source, target):
        message = f"{target} is the input; write to another name"
        raise click.UsageError(message)
    check_target(target, overwrite=overwrite)
    chosen = given(start=start, end=end, region=region)
    if polarity is not None:
        chosen["polarity"] = _POLARITIES[polarity]
    with (
        show_warnings(),
        progress_bar("Converting") as progress,
        ev.open(binary_input(source), sort=False, **reading) as recording,
    ):
        output = binary_output(target)
        name = target_format(output, to or (recording.format if target == "-" else None), recording)
        events = ev.convert(
            recording, output, format=name, overwrite=overwrite, progress=progress, **chosen
        )
    _report(source, target, name, events, as_json=as_json)


def _report(source: str, target: str, name: str, events: int, *, as_json: bool) -> None:
    to_stdout = target == "-"
    size = None if to_stdout else os.stat(target).st_size  # noqa: PTH116
    if as_json:
        found = {"input": source, "file": target, "format": name, "events": events, "bytes": size}
        print_json(found, err=to_stdout)
    elif size is not None:
        click.echo(f"{target}: {name}, {events:,} events, {size_of(size)}")
