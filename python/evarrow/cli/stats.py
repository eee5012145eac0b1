# SPDX-License-Identifier: Apache-2.0
"""`evarrow stats`: a recording in numbers."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import click

from evarrow.cli.output import facts, print_json, progress_bar, show_warnings, times
from evarrow.cli.parameters import JSON, binary_input, read_options
from evarrow.cli.several import each_file

if TYPE_CHECKING:
    from evarrow.measuring import Stats

__all__ = ["command"]

_MOST_HOT = 10  # that are shown


def _to_text(found: Stats) -> str:
    span = ""
    if found.time_range is not None:
        first, last = found.time_range
        span = f"{first} to {last} us ({times(last - first)})"
    pixels = f"{found.active_pixels:,}"
    if found.resolution is not None:
        width, height = found.resolution
        pixels += f" of {width * height:,}"
    rows = [
        ("format", found.format),
        ("events", f"{found.events:,}"),
        ("on, off", f"{found.on:,}, {found.off:,}"),
        ("time", span),
        ("rate", _rate(found.rate)),
        ("peak rate", f"{_rate(found.peak_rate)} in 10 ms" if found.peak_rate else ""),
        ("active pixels", pixels),
        ("events of each", f"{found.mean:.1f} on average, deviation {found.deviation:.1f}"),
        ("outside", f"{found.outside:,} events" if found.outside else ""),
        ("hot pixels", f"{len(found.hot_pixels):,}"),
    ]
    lines = [found.name, facts(rows)]
    lines += [
        f"    ({one.x}, {one.y})  {one.events:,} events" for one in found.hot_pixels[:_MOST_HOT]
    ]
    if len(found.hot_pixels) > _MOST_HOT:
        lines.append(f"    and {len(found.hot_pixels) - _MOST_HOT:,} more: --json lists all")
    return "\n".join(lines)


def _rate(rate: float | None) -> str:
    return "" if rate is None else f"{rate / 1e6:.3g} M events/s"


@click.command("stats", short_help="Show rates, polarities and pixels of recordings.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@read_options(with_on_error=True)
@JSON
def command(
    files: tuple[str, ...],
    *,
    reading: dict[str, Any],
    as_json: bool,
) -> None:
    """Count the events of recordings: rates, polarities, active and hot pixels.

    Hot pixels have more events than the mean of the active ones and five standard deviations.
    """
    import evarrow as ev

    def show(name: str, first: bool) -> int:
        with progress_bar(name) as progress:
            found = ev.stats(binary_input(name), progress=progress, **reading)
        if as_json:
            print_json(dataclasses.asdict(found))
        else:
            click.echo(_to_text(found) if first else "\n" + _to_text(found))
        return 0

    with show_warnings():
        each_file(files, show)
