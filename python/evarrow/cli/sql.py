# SPDX-License-Identifier: Apache-2.0
"""`evarrow sql`: a query over recordings."""

from __future__ import annotations

import datetime
from typing import Any

import click

from evarrow.cli.failures import USAGE, Failure
from evarrow.cli.output import print_json, show_warnings, table
from evarrow.cli.parameters import JSON, read_options

__all__ = ["command"]

_MOST_ROWS = 1000  # that are printed as a table


@click.command("sql", short_help="Run a query of SQL over recordings.")
@click.argument("query")
@read_options(with_on_error=True)
@JSON
def command(query: str, *, reading: dict[str, Any], as_json: bool) -> None:
    r"""Run a query of DuckDB's SQL in which files stand for tables; times are microseconds.

    \b
    evarrow sql "SELECT t // 1000 AS ms, count(*) FROM 'rec.raw' GROUP BY ms ORDER BY ms"
    evarrow sql "SELECT * FROM 'rec.raw#triggers' LIMIT 5"
    """
    import evarrow as ev

    with show_warnings():
        try:
            frame = ev.sql(query, **reading)
        except ModuleNotFoundError as error:
            raise Failure(str(error), USAGE) from None
    if as_json:
        for row in frame.iter_rows(named=True):
            print_json({name: _plain(value) for name, value in row.items()})
        return
    click.echo(table(frame.columns, frame.head(_MOST_ROWS).rows(), right=True))
    if frame.height > _MOST_ROWS:
        click.echo(f"and {frame.height - _MOST_ROWS:,} more: --json prints all", err=True)


def _plain(value: Any) -> Any:
    """Return a value of a frame as one that JSON has."""
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta, bytes)):
        return str(value)
    if value is None or isinstance(value, (bool, int, float, str, list, dict)):
        return value
    return str(value)
