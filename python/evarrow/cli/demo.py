# SPDX-License-Identifier: Apache-2.0
"""`evarrow demo`: the main job, on a recording made on the spot."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any

import click

from evarrow.cli.info import describe, to_text
from evarrow.cli.output import progress_bar, show_warnings

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["command"]

_QUERY = """\
>>> import evarrow as ev, polars as pl
>>> lf = ev.scan({path!r})
>>> lf.filter(
...     pl.col("t").is_between(pl.duration(milliseconds=500), pl.duration(milliseconds=510)),
...     pl.col("x") < 320,
... ).collect()"""


@click.command("demo", short_help="See the main job done on a made-up recording.")
def command() -> None:
    """Make a recording, look at it and query it lazily with Polars."""
    import evarrow as ev

    path = os.path.join(tempfile.mkdtemp(prefix="evarrow-demo-"), "rec.raw")  # noqa: PTH118
    with show_warnings():
        click.echo("$ evarrow sample rec.raw   # one second of a moving scene")
        with progress_bar("Making the recording") as progress:
            ev.sample(path, progress=progress)
        click.echo("\n$ evarrow info --count rec.raw")
        with ev.open(path) as recording:
            click.echo(to_text(describe(recording, count=True)))
            events = len(recording)
        click.echo("\n" + _QUERY.format(path=path))
        _run_query(path, events)
    click.echo(
        f"\nNow you:\n"
        f"  evarrow head {path}\n"
        f"  evarrow convert {path} out.raw --to evt2 --start 200ms --end 300ms\n"
        f"  evarrow validate {path}\n"
        f"  evarrow info YOUR_RECORDING.raw\n"
        f"The recording stays there until you remove it: rm -r {os.path.dirname(path)}"  # noqa: PTH120
    )


def _run_query(path: str, events: int) -> None:
    import polars as pl

    import evarrow as ev

    query = ev.scan(path).filter(
        pl.col("t").is_between(pl.duration(milliseconds=500), pl.duration(milliseconds=510)),
        pl.col("x") < 320,
    )
    frame, first = _timed(lambda: query.collect())
    with pl.Config(tbl_rows=8, ascii_tables=not _speaks_utf8()):
        click.echo(str(frame))
    _, again = _timed(lambda: query.collect())
    _, whole = _timed(lambda: ev.read(path))
    click.echo(
        f"{frame.height:,} of {events:,} events: {first:.1f} ms the first time, {again:.1f} ms "
        f"when asked again. Reading all of them: {whole:.1f} ms."
    )


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Return what `work` returns, and how many milliseconds it took."""
    began = time.perf_counter()
    result = work()
    return result, (time.perf_counter() - began) * 1e3


def _speaks_utf8() -> bool:
    encoding: str = getattr(sys.stdout, "encoding", None) or ""
    return encoding.lower().replace("-", "") == "utf8"
