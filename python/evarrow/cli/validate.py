# SPDX-License-Identifier: Apache-2.0
"""`evarrow validate`: what is wrong with a recording, and where."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import click

from evarrow.cli.failures import DAMAGED, with_options
from evarrow.cli.output import facts, fault_line, print_json, progress_bar, rows_of, times
from evarrow.cli.parameters import JSON, binary_input, read_options
from evarrow.cli.several import each_file

if TYPE_CHECKING:
    from evarrow.validation import Validation

__all__ = ["command"]


def _to_text(report: Validation) -> str:
    if report.damaged:
        verdict = "damaged"
    elif report.findings:
        verdict = "sound, with remarks"
    else:
        verdict = "sound"
    lines = [f"{report.name}: {verdict}"]
    others = [
        (name, rows_of(one.count, one.time_range))
        for name, one in report.streams.items()
        if one.count
    ]
    lines.append(
        facts(
            [
                ("format", report.format),
                ("events", rows_of(report.events, report.time_range)),
                *others,
                (
                    "largest step back",
                    times(report.largest_step_back) if report.largest_step_back else "",
                ),
            ]
        )
    )
    lines += [f"  - {with_options(finding)}" for finding in report.findings]
    lines += [
        f"    {fault_line(kind, fault.count, fault.offset)}"
        for kind, fault in report.faults.items()
    ]
    return "\n".join(lines)


@click.command("validate", short_help="Say what is wrong with recordings, and where.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@read_options(with_on_error=False)
@JSON
def command(
    files: tuple[str, ...],
    *,
    reading: dict[str, Any],
    as_json: bool,
) -> None:
    """Read whole recordings and say what is wrong with them, and at which byte.

    The exit code is 0 if all of them are sound and 1 if one is damaged.
    """
    import evarrow as ev

    def show(name: str, first: bool) -> int:
        with progress_bar(name) as progress:
            report = ev.validate(binary_input(name), progress=progress, **reading)
        if as_json:
            print_json(dataclasses.asdict(report) | {"triggers": report.triggers})
        else:
            click.echo(_to_text(report) if first else "\n" + _to_text(report))
        return DAMAGED if report.damaged else 0

    each_file(files, show)
