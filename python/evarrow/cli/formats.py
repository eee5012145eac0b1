# SPDX-License-Identifier: Apache-2.0
"""`evarrow formats`: what can be read and written."""

from __future__ import annotations

import dataclasses

import click

from evarrow.cli.output import print_json, table
from evarrow.cli.parameters import JSON

__all__ = ["command"]


@click.command("formats", short_help="List the formats.")
@JSON
def command(*, as_json: bool) -> None:
    """List the formats that evarrow reads and writes."""
    import evarrow as ev

    found = ev.formats()
    if as_json:
        for one in found:
            print_json(dataclasses.asdict(one))
        return
    rows = [
        (
            one.name,
            one.description,
            " ".join(one.extensions),
            "yes",
            "yes" if one.writable else "no",
            ", ".join(one.streams),
            one.seek,
            one.specification,
        )
        for one in found
    ]
    titles = ["name", "format", "files", "reads", "writes", "streams", "seek", "specification"]
    click.echo(table(titles, rows))
