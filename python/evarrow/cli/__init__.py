# SPDX-License-Identifier: Apache-2.0
"""The command line: one module a command, imported when the command is used."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING

import click

from evarrow.cli.failures import INTERRUPTED, PIPE_CLOSED, failure_of

if TYPE_CHECKING:
    from typing import Any

__all__ = ["main"]

COMMANDS = (
    "demo",
    "info",
    "head",
    "stats",
    "sql",
    "formats",
    "sample",
    "convert",
    "slice",
    "merge",
    "validate",
    "repair",
    "doctor",
)


class Commands(click.Group):
    """The commands, and what an error in one of them becomes: a sentence and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of the commands in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command; its module is imported now."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"evarrow.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _close_output()
            raise click.exceptions.Exit(PIPE_CLOSED) from None
        except (KeyboardInterrupt, click.Abort):
            raise click.exceptions.Exit(INTERRUPTED) from None
        except Exception as error:
            failure = failure_of(error)
            if failure is None:
                raise
            raise failure from None
        return result


def _close_output() -> None:
    """Keep the interpreter from complaining at its end that nobody reads its output."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
    except (OSError, ValueError):
        pass


def _print_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001
    if value:
        import evarrow

        click.echo(f"evarrow {evarrow.__version__}")
        ctx.exit()


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 fine, 1 damaged recording, 2 wrong usage, 3 a file cannot be read or "
    "written, 4 not a recording. FILE may be - for standard input, OUT for standard output.",
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Show the version and exit.",
)
def main() -> None:
    """Event-camera recordings as Arrow columns.

    `evarrow demo` shows what it does. Every command has --help.
    """
