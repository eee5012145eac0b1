# SPDX-License-Identifier: Apache-2.0
"""`evarrow slice`: a part of a recording."""

from __future__ import annotations

from typing import Any

import click

from evarrow.cli.convert import convert_one
from evarrow.cli.parameters import JSON, ON_LOSS, OVERWRITE, TO, bounds, read_options, write_options

__all__ = ["command"]


@click.command("slice", short_help="Cut a part out of a recording.")
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@TO
@bounds
@ON_LOSS
@OVERWRITE
@write_options
@read_options(with_on_error=True)
@JSON
def command(
    source: str,
    target: str,
    *,
    chosen: dict[str, Any],
    **how: Any,
) -> None:
    """Cut a span of time or a region out of a recording, with the triggers of that time.

    A part of a long recording is reached without reading what lies before it. Times and pixels
    stay as they are. OUT appears under its name once it is complete.
    """
    if not chosen:
        message = "say which part is wanted, with --start, --end, --region or --polarity"
        raise click.UsageError(message)
    convert_one(source, target, chosen=chosen, label="Cutting", **how)
