# SPDX-License-Identifier: Apache-2.0
"""`evarrow head`: the first rows of a stream."""

from __future__ import annotations

from typing import Any

import click

from evarrow.cli.output import print_json, show_warnings, table
from evarrow.cli.parameters import JSON, binary_input, read_options

__all__ = ["command"]


@click.command("head", short_help="Print the first events.")
@click.argument("file", metavar="FILE")
@click.option(
    "-n",
    "rows",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    help="How many rows.",
)
@click.option("--stream", default="events", show_default=True, help="Which stream.")
@read_options(with_on_error=True)
@JSON
def command(
    file: str,
    *,
    rows: int,
    stream: str,
    reading: dict[str, Any],
    as_json: bool,
) -> None:
    """Print the first rows of a recording; times in microseconds."""
    import evarrow as ev

    with show_warnings(), ev.open(binary_input(file), **reading) as recording:
        scan = recording.select(stream, limit=rows)
        found = [
            values
            for batch in scan.batches(max(rows, 1))
            for values in zip(*(batch.column(c).tolist() for c in scan.columns), strict=True)
        ]
        columns = scan.columns
    if as_json:
        for values in found:
            print_json(dict(zip(columns, values, strict=True)))
    else:
        click.echo(table([*columns], found, right=True))
