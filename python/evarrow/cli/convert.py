# SPDX-License-Identifier: Apache-2.0
"""`evarrow convert`: a recording, or a part of it, into another format."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from evarrow.cli.output import print_json, progress_bar, show_warnings, size_of
from evarrow.cli.parameters import (
    JSON,
    ON_ERROR,
    OVERWRITE,
    REGION,
    TIME,
    binary_input,
    binary_output,
    check_target,
    given,
    is_same_file,
    read_options,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from evarrow._core import EventBatch
    from evarrow.recording import Recording
    from evarrow.selection import Selection

__all__ = ["command"]

_POLARITIES = {"on": 1, "1": 1, "off": -1, "-1": -1}


@click.command("convert", short_help="Convert a recording, or cut a part out of it.")
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option(
    "--to",
    metavar="NAME",
    help="Format to write: evt3, evt2 or evt21. By default what the ending of OUT says, and the "
    "format of IN where that leaves a choice.",
)
@click.option("--start", type=TIME, help='First time that is kept: "2s", or microseconds.')
@click.option("--end", type=TIME, help="First time that is not kept any more.")
@click.option(
    "--region", type=REGION, metavar="x0,y0,x1,y1", help="Pixels that are kept; x1 and y1 are not."
)
@click.option("--polarity", type=click.Choice(list(_POLARITIES)), help="Polarity that is kept.")
@OVERWRITE
@read_options
@ON_ERROR
@JSON
def command(
    source: str,
    target: str,
    *,
    to: str | None,
    start: int | None,
    end: int | None,
    region: tuple[int, int, int, int] | None,
    polarity: str | None,
    overwrite: bool,
    format_: str | None,
    resolution: tuple[int, int] | None,
    on_error: str,
    as_json: bool,
) -> None:
    """Convert a recording, with its triggers and header, or cut a part out of it.

    OUT appears under its name once it is complete.
    """
    import evarrow as ev

    if is_same_file(source, target):
        message = f"{target} is the input; write to another name"
        raise click.UsageError(message)
    check_target(target, overwrite=overwrite)
    options = given(format=format_, resolution=resolution, on_error=on_error)
    chosen: Selection = {}
    if start is not None:
        chosen["start"] = start
    if end is not None:
        chosen["end"] = end
    if region is not None:
        chosen["region"] = region
    if polarity is not None:
        chosen["polarity"] = _POLARITIES[polarity]
    with (
        show_warnings(),
        progress_bar("Converting") as progress,
        ev.open(binary_input(source), sort=False, **options) as recording,
    ):
        if target == "-":
            to = to or recording.format
        work = _convert_part if chosen else _convert
        events, name = work(recording, binary_output(target), to, chosen, overwrite, progress)
    _report(source, target, name, events, as_json=as_json)


def _report(source: str, target: str, name: str, events: int, *, as_json: bool) -> None:
    to_stdout = target == "-"
    size = None if to_stdout else os.stat(target).st_size  # noqa: PTH116
    if as_json:
        found = {"input": source, "file": target, "format": name, "events": events, "bytes": size}
        print_json(found, err=to_stdout)
    elif size is not None:
        click.echo(f"{target}: {name}, {events:,} events, {size_of(size)}")


def _convert(
    recording: Recording,
    target: Any,
    to: str | None,
    chosen: Selection,  # noqa: ARG001
    overwrite: bool,
    progress: Callable[[float], bool] | None,
) -> tuple[int, str]:
    from evarrow.writing import convert, target_format

    name = target_format(target, to, recording)
    events = convert(recording, target, format=name, overwrite=overwrite, progress=progress)
    return events, name


def _convert_part(
    recording: Recording,
    target: Any,
    to: str | None,
    chosen: Selection,
    overwrite: bool,
    progress: Callable[[float], bool] | None,
) -> tuple[int, str]:
    from evarrow.selection import warn_of
    from evarrow.writing import _open_sink, _pour, _Triggers, target_format

    name = target_format(target, to, recording)
    also = [stream for stream in recording.streams if stream == "triggers"]
    # A pass over events of one polarity would leave out the triggers of the other one.
    polarity = chosen.get("polarity")
    times: Selection = {**chosen, "polarity": None}
    reader = recording.core_scan("events", times, also=also).open()
    edges = _Triggers()
    span = _span(recording, chosen) if progress is not None and recording.core.seekable else None

    def batches() -> Iterator[EventBatch]:
        while True:
            batch = reader.next()
            for stream in also:
                edges.add(reader.take(stream))
            if batch is None:
                return
            if progress is not None and span is not None and len(batch):
                progress(min((int(batch.t[-1]) - span[0]) / (span[1] - span[0]), 1.0))
            yield _of_polarity(batch, polarity)

    sink = _open_sink(target, name, recording.resolution, recording, overwrite=overwrite)
    events = _pour(batches(), sink, edges)
    warn_of(reader.report)
    return events, name


def _span(recording: Recording, chosen: Selection) -> tuple[int, int] | None:
    """Return the times between which events are looked for."""
    bounds = recording.time_range
    if bounds is None:
        return None
    start, end = chosen.get("start"), chosen.get("end")
    first = bounds[0] if not isinstance(start, int) else max(bounds[0], start)
    last = bounds[1] if not isinstance(end, int) else min(bounds[1], end)
    return (first, last) if first < last else None


def _of_polarity(batch: Any, polarity: int | None) -> EventBatch:
    if polarity is None:
        return batch  # type: ignore[no-any-return]
    from evarrow.events import from_arrays

    keep = batch.polarity == polarity
    return from_arrays(
        x=batch.x[keep], y=batch.y[keep], t=batch.t[keep], polarity=batch.polarity[keep]
    )
