# SPDX-License-Identifier: Apache-2.0
"""`evarrow convert`: recordings, or a part of one, into another format."""

from __future__ import annotations

import os
from typing import Any

import click

from evarrow.cli.output import name_of_rows, print_json, progress_bar, show_warnings, size_of
from evarrow.cli.parameters import (
    JSON,
    ON_LOSS,
    OVERWRITE,
    TO,
    binary_input,
    binary_output,
    bounds,
    check_target,
    read_options,
    refuse_same_file,
    write_options,
)
from evarrow.sources import is_pattern

__all__ = ["command", "convert_one", "report"]


@click.command("convert", short_help="Convert recordings, or cut a part out of one.")
@click.argument("sources", metavar="IN...", nargs=-1, required=True)
@click.argument("target", metavar="OUT")
@TO
@bounds
@click.option(
    "--stream",
    metavar="NAME",
    help="A stream beside the events as a table of its own, such as imu or frames: in Parquet, "
    "Arrow, CSV or .npz. Any other name is that of a sensor or topic, as of --sensor.",
)
@click.option("--sort", is_flag=True, help="Put the events in order of time.")
@click.option(
    "--jobs", type=click.IntRange(1), metavar="N", help="How many files at the same time."
)
@ON_LOSS
@OVERWRITE
@write_options
@read_options(with_on_error=True)
@JSON
def command(
    sources: tuple[str, ...],
    target: str,
    *,
    to: str | None,
    chosen: dict[str, Any],
    stream: str | None,
    sort: bool,
    jobs: int | None,
    on_loss: str | None,
    overwrite: bool,
    writing: dict[str, Any],
    reading: dict[str, Any],
    as_json: bool,
) -> None:
    """Convert a recording, with what lies beside its events, or cut a part out of it.

    With several IN or a pattern in quotes ('raw/**/*.raw'), OUT is a folder and --to says what is
    written there. What is there already, made from the same recordings in the same way, is not made
    again. Every new file appears under its name once it is complete.
    """
    if stream is not None and not _is_stream(stream):
        if "sensor" in reading:
            message = f"--stream {stream} and --sensor are the same: give one of them"
            raise click.UsageError(message)
        reading["sensor"] = stream
        stream = None
    reading["sort"] = sort
    more: dict[str, Any] = {
        "chosen": chosen,
        "on_loss": on_loss,
        "overwrite": overwrite,
        "writing": writing,
        "as_json": as_json,
        "stream": stream or "events",
    }
    if _are_many(sources, target):
        from evarrow.cli.convert_many import convert_many

        convert_many(sources, target, to=to, jobs=jobs, reading=reading, **more)
    else:
        convert_one(sources[0], target, to=to, reading=reading, **more)


def _is_stream(name: str) -> bool:
    from evarrow import _core

    return any(name in row["streams"] for row in _core.formats())


def _are_many(sources: tuple[str, ...], target: str) -> bool:
    [first, *others] = sources
    folder = target.endswith(os.sep) or os.path.isdir(target)  # noqa: PTH112
    return bool(others) or is_pattern(first) or folder


def convert_one(
    source: str,
    target: str,
    *,
    to: str | None,
    chosen: dict[str, Any],
    on_loss: Any,
    overwrite: bool,
    writing: dict[str, Any],
    reading: dict[str, Any],
    as_json: bool,
    stream: str = "events",
    label: str = "Converting",
) -> None:
    """Convert one recording and report it."""
    import evarrow as ev
    from evarrow.targets import target_format

    refuse_same_file(source, target)
    check_target(target, overwrite=overwrite)
    with (
        show_warnings(),
        progress_bar(label) as progress,
        ev.open(binary_input(source), **{"sort": False, **reading}) as recording,
    ):
        output = binary_output(target)
        name = target_format(output, to or (recording.format if target == "-" else None), recording)
        events = ev.convert(
            recording,
            output,
            format=name,
            overwrite=overwrite,
            on_loss=on_loss,
            progress=progress,
            stream=stream,
            **chosen,
            **writing,
        )
    report(source, target, name, events, as_json=as_json, rows=name_of_rows(stream))


def report(
    source: str | list[str],
    target: str,
    name: str,
    count: int,
    *,
    as_json: bool,
    rows: str = "events",
) -> None:
    """Say what was written: so many rows, which are called `rows`."""
    to_stdout = target == "-"
    size = None if to_stdout else os.stat(target).st_size  # noqa: PTH116
    if as_json:
        found = {"input": source, "file": target, "format": name, "events": count, "bytes": size}
        if rows != "events":
            found["rows"] = found.pop("events")
        print_json(found, err=to_stdout)
    elif size is not None:
        click.echo(f"{target}: {name}, {count:,} {rows}, {size_of(size)}")
