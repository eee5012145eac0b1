# SPDX-License-Identifier: Apache-2.0
"""`evarrow sample`: a recording for trying things out."""

from __future__ import annotations

import os

import click

from evarrow.cli.output import print_json, progress_bar, size_of
from evarrow.cli.parameters import JSON, OVERWRITE, RESOLUTION, TIME, binary_output, check_target

__all__ = ["command"]


@click.command("sample", short_help="Write a made-up recording.")
@click.argument("out", metavar="OUT")
@click.option(
    "--duration",
    type=TIME,
    default="1s",
    show_default=True,
    help='How long it lasts: "250ms", "10s", or a number of microseconds.',
)
@click.option(
    "--resolution",
    type=RESOLUTION,
    metavar="WxH",
    default="640x480",
    show_default=True,
    help="Size of the sensor.",
)
@click.option(
    "--format",
    "format_",
    metavar="NAME",
    default="evt3",
    show_default=True,
    help="evt3, evt2, evt21, evt4 or es.",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Another number, another scene."
)
@OVERWRITE
@JSON
def command(
    out: str,
    *,
    duration: int,
    resolution: tuple[int, int],
    format_: str,
    seed: int,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Write a made-up recording: a moving scene with edges, contrast and noise.

    The same options give the same recording on every machine.
    """
    import evarrow as ev

    check_target(out, overwrite=overwrite)
    with progress_bar("Making the recording") as progress:
        events = ev.sample(
            binary_output(out),
            duration=duration,
            resolution=resolution,
            format=format_,
            seed=seed,
            overwrite=overwrite,
            progress=progress,
        )
    to_stdout = out == "-"
    size = None if to_stdout else os.stat(out).st_size  # noqa: PTH116
    if as_json:
        found = {
            "file": out,
            "format": format_,
            "resolution": list(resolution),
            "duration_us": duration,
            "seed": seed,
            "events": events,
            "bytes": size,
        }
        print_json(found, err=to_stdout)
    elif size is not None:
        click.echo(f"{out}: {events:,} events, {size_of(size)}")
