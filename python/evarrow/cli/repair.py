# SPDX-License-Identifier: Apache-2.0
"""`evarrow repair`: what is sound of a damaged recording."""

from __future__ import annotations

import dataclasses
from typing import Any

import click

from evarrow.cli.failures import with_options
from evarrow.cli.output import fault_line, print_json, progress_bar
from evarrow.cli.parameters import (
    JSON,
    OVERWRITE,
    TO,
    binary_input,
    binary_output,
    check_target,
    read_options,
    refuse_same_file,
)

__all__ = ["command"]


@click.command("repair", short_help="Save what is sound of a damaged recording.")
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@TO
@OVERWRITE
@read_options(with_on_error=False)
@JSON
def command(
    source: str,
    target: str,
    *,
    to: str | None,
    overwrite: bool,
    reading: dict[str, Any],
    as_json: bool,
) -> None:
    """Write what is sound of a recording into a new one, and say what was lost and where.

    IN is not changed. OUT appears under its name once it is complete.
    """
    import evarrow as ev

    refuse_same_file(source, target)
    check_target(target, overwrite=overwrite)
    output = binary_output(target)
    with progress_bar("Repairing") as progress:
        saved = ev.repair(
            binary_input(source),
            output,
            format=to,
            overwrite=overwrite,
            progress=progress,
            **reading,
        )
    err = target == "-"
    if as_json:
        print_json({"input": source, "file": target, **dataclasses.asdict(saved)}, err=err)
        return
    what = "nothing was lost" if not saved.lost else "but not all of it"
    click.echo(f"{target}: {saved.events:,} events saved, {what}", err=err)
    for sentence in saved.lost:
        click.echo(f"  - {with_options(sentence)}", err=err)
    for kind, fault in saved.faults.items():
        click.echo(f"    {fault_line(kind, fault.count, fault.offset)}", err=err)
