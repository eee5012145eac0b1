# SPDX-License-Identifier: Apache-2.0
"""`evarrow merge`: several recordings into one."""

from __future__ import annotations

import contextlib
from typing import Any

import click

from evarrow.cli.convert import report
from evarrow.cli.output import progress_bar, show_warnings
from evarrow.cli.parameters import (
    JSON,
    ON_LOSS,
    OVERWRITE,
    TO,
    binary_input,
    binary_output,
    check_target,
    read_options,
    refuse_same_file,
)

__all__ = ["command"]


@click.command("merge", short_help="Merge recordings into one.")
@click.argument("sources", metavar="IN...", nargs=-1, required=True)
@click.argument("target", metavar="OUT")
@TO
@click.option("--concat", is_flag=True, help="One after the other, instead of by time.")
@click.option(
    "--shift",
    is_flag=True,
    help="With --concat: move the times of each one behind the end of the one before.",
)
@ON_LOSS
@OVERWRITE
@read_options(with_on_error=True)
@JSON
def command(
    sources: tuple[str, ...],
    target: str,
    *,
    to: str | None,
    concat: bool,
    shift: bool,
    on_loss: Any,
    overwrite: bool,
    reading: dict[str, Any],
    as_json: bool,
) -> None:
    """Merge recordings by time, or one after the other, with their triggers.

    They must be of sensors of one size, and for a merge by time of one clock. The header is that
    of the first. OUT appears under its name once it is complete.
    """
    import evarrow as ev
    from evarrow.targets import target_format

    for source in sources:
        refuse_same_file(source, target)
    check_target(target, overwrite=overwrite)
    with show_warnings(), progress_bar("Merging") as progress, contextlib.ExitStack() as stack:
        recordings = [
            stack.enter_context(ev.open(binary_input(source), **reading)) for source in sources
        ]
        output = binary_output(target)
        first = recordings[0]
        name = target_format(output, to or (first.format if target == "-" else None), first)
        events = ev.merge(
            recordings,
            output,
            format=name,
            resolution=reading.get("resolution"),
            concat=concat,
            shift=shift,
            overwrite=overwrite,
            on_loss=on_loss,
            progress=progress,
        )
    report(list(sources), target, name, events, as_json=as_json)
