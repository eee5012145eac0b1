# SPDX-License-Identifier: Apache-2.0
"""`evarrow info`: what is in a recording."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from evarrow.cli.failures import DAMAGED, with_options
from evarrow.cli.output import facts, print_json, rows_of, show_warnings, size_of, times
from evarrow.cli.parameters import JSON, binary_input, read_options
from evarrow.cli.several import each_file

if TYPE_CHECKING:
    from evarrow.recording import Recording

__all__ = ["command", "describe", "to_text"]


def describe(recording: Recording, *, count: bool = False) -> dict[str, Any]:
    """Return what the header says and, with `count`, what a pass over the recording says."""
    from evarrow.format_list import formats

    metadata = recording.metadata
    resolution = recording.resolution
    found: dict[str, Any] = {
        "file": recording.name,
        "format": recording.format,
        "description": next(f.description for f in formats() if f.name == recording.format),
        "resolution": None if resolution is None else list(resolution),
        "sensor": metadata.get("evarrow.sensor"),
        "serial_number": metadata.get("evarrow.serial_number"),
        "date": metadata.get("evarrow.date"),
        "bytes": _bytes_of(recording),
        "streams": list(recording.streams),
        "header": dict(recording.header),
        "notes": list(recording.notes),
    }
    if count:
        found |= _count(recording)
    return found


def _bytes_of(recording: Recording) -> int | None:
    """Return the size of the file: what is read may be a copy, unpacked or put into records."""
    if os.path.isfile(recording.name):  # noqa: PTH113
        return os.path.getsize(recording.name)  # noqa: PTH202
    return recording.core.byte_size or None


def _count(recording: Recording) -> dict[str, Any]:
    from evarrow.validation import survey, validate

    if recording.core.seekable:
        events, bounds = len(recording), recording.time_range
        streams, findings, damaged = survey(recording)
    else:
        report = validate(recording)
        events, bounds = report.events, report.time_range
        streams, findings, damaged = report.streams, report.findings, report.damaged
    duration = None if bounds is None else bounds[1] - bounds[0]
    return {
        "events": events,
        "triggers": None,
        **{name: one.count for name, one in streams.items()},
        "first_us": None if bounds is None else bounds[0],
        "last_us": None if bounds is None else bounds[1],
        "duration_us": duration,
        "events_per_second": round(events / duration * 1e6, 1) if duration else None,
        "ranges_us": {name: one.time_range for name, one in streams.items() if one.count},
        "findings": list(findings),
        "damaged": damaged,
    }


def to_text(found: dict[str, Any]) -> str:
    """Return what `describe` found as lines for people."""
    resolution = found["resolution"]
    rows = [
        ("format", f"{found['format']} ({found['description']})"),
        ("resolution", "{} x {}".format(*resolution) if resolution else "not in the header"),
        ("sensor", found["sensor"] or ""),
        ("serial", found["serial_number"] or ""),
        ("date", found["date"] or ""),
        ("size", size_of(found["bytes"]) if found["bytes"] else ""),
        ("streams", ", ".join(found["streams"])),
    ]
    if "events" in found:
        rows += _counts_to_rows(found)
    rows += [("note", with_options(note)) for note in found["notes"]]
    rows += [("finding", with_options(finding)) for finding in found.get("findings", ())]
    text = f"{found['file']}\n{facts(rows)}"
    if found["header"]:
        text += f"\n  header\n{facts(found['header'].items(), indent='    ')}"
    return text


def _counts_to_rows(found: dict[str, Any]) -> list[tuple[str, str]]:
    rows = [("events", f"{found['events']:,}")]
    rows += [
        (name, rows_of(found[name], found["ranges_us"].get(name)))
        for name in found["streams"]
        if name != "events" and found.get(name) is not None
    ]
    if found["duration_us"] is not None:
        rows.append(("time", f"{found['first_us']} to {found['last_us']} us"))
        rows.append(("duration", times(found["duration_us"])))
    if found["events_per_second"] is not None:
        rows.append(("rate", f"{found['events_per_second'] / 1e6:.3g} M events/s"))
    return rows


@click.command("info", short_help="Show what is in recordings.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--count",
    is_flag=True,
    help="Also count the rows of all streams, give the ranges of their times and say what is wrong "
    "with those beside the events; reads the whole file.",
)
@read_options(with_on_error=True)
@JSON
def command(
    files: tuple[str, ...],
    *,
    count: bool,
    reading: dict[str, Any],
    as_json: bool,
) -> None:
    """Show what is in recordings: format, sensor, size, streams, header."""
    import evarrow as ev

    def show(name: str, first: bool) -> int:
        with ev.open(binary_input(name), **reading) as recording:
            found = describe(recording, count=count)
        if as_json:
            print_json(found)
        else:
            click.echo(to_text(found) if first else "\n" + to_text(found))
        is_wrong = found.get("damaged", False) and reading.get("on_error", "raise") == "raise"
        return DAMAGED if is_wrong else 0

    with show_warnings():
        each_file(files, show)
