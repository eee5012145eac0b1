# SPDX-License-Identifier: Apache-2.0
"""`evarrow doctor`: is everything there."""

from __future__ import annotations

import dataclasses

import click

from evarrow.cli.output import facts, print_json
from evarrow.cli.parameters import JSON

__all__ = ["command"]


@click.command("doctor", short_help="Show versions, and what is missing.")
@JSON
def command(*, as_json: bool) -> None:
    """Show versions, instruction set and threads, and say what is missing and how to get it.

    The exit code is 1 if something is missing that evarrow needs.
    """
    from evarrow.doctor import examine

    report = examine()
    if as_json:
        print_json(dataclasses.asdict(report))
    else:
        for title, found in (
            ("evarrow", report.evarrow),
            ("machine", report.machine),
            ("settings", report.settings),
            ("packages", {k: v or "not installed" for k, v in report.packages.items()}),
        ):
            if found:
                rows = [(name.replace("_", " "), value) for name, value in found.items()]
                click.echo(f"{title}\n{facts(rows)}")
        for problem in report.problems:
            click.echo(f"PROBLEM: {problem}")
        for sentence in report.advice:
            click.echo(f"- {sentence}")
        if not report.problems:
            click.echo("Everything that evarrow needs is there.")
    if report.problems:
        raise click.exceptions.Exit(1)
