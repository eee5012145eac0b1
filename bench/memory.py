# SPDX-License-Identifier: Apache-2.0
"""Show what memory a full read and a streamed pass of a long recording take.

A full read may peak at 14 bytes an event and 64 MB above what is there after the import, the
mapped input not counted; a streamed pass may hold 64 MB of anonymous memory above it, whatever the
size. With --filters a pass goes through a pipeline of filters instead, batch by batch and as a
LazyFrame, which may hold as much.
The exit code is 1 where that does not hold.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import subprocess
import sys
from typing import TYPE_CHECKING, Any

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "vs")]

import make_files  # noqa: E402 - found once its folder is known
import measure  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MB = 1_000_000
READ_BYTES_AN_EVENT = 14
READ_CONSTANT = 64 * MB
STREAM_MOST = 64 * MB


def pipeline() -> Any:
    """Return filters that count pixels beforehand, remember them, and move events."""
    import evarrow as ev

    filters = ev.filters
    return ev.Pipeline(
        [
            filters.HotPixels(),
            filters.Refractory("100us"),
            filters.BackgroundActivity("10ms"),
            filters.CenterCrop((400, 400)),
            filters.TimeJitter("100us", seed=1),
        ]
    )


# What gives the pieces of a recording one by one.
STREAMS: dict[str, Callable[[Any], Iterable[Any]]] = {
    "batches of the recording": lambda recording: recording.batches(),
    "batches of the pipeline": lambda recording: pipeline().batches(recording),
    "pieces of its LazyFrame": lambda recording: pipeline()(recording).collect_batches(lazy=True),
}


def stream(name: str, path: str) -> dict[str, Any]:
    """Go through a recording, piece by piece; return how many events and what memory."""
    import polars  # noqa: F401 - as with the full read, part of the import

    import evarrow as ev

    with ev.open(path) as recording:
        watch = measure.PeakWatch()
        before = measure.status()
        events = sum(map(len, STREAMS[name](recording)))
        after = measure.status()
        peaks = watch.stop()
    anonymous = max(peaks["RssAnon"], after["RssAnon"])
    return {
        "events": events,
        "anonymous": anonymous,
        "above": anonymous - before["RssAnon"],
        "mapped": peaks["RssFile"] - before["RssFile"],
    }


def run(arguments: list[str]) -> dict[str, Any]:
    """Run a program of Python in a process of its own; return the JSON that it prints."""
    done = subprocess.run(
        [sys.executable, *arguments], stdout=subprocess.PIPE, text=True, check=True
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def cells_of(streamed: dict[str, Any]) -> list[str]:
    """Return what a streamed pass held, for a table."""
    return [f"{streamed[name] / MB:.1f}" for name in ("anonymous", "above", "mapped")]


def rows_of(file_format: str, path: pathlib.Path) -> Iterator[tuple[list[str], bool]]:
    """Measure a recording; give a row of the table, and whether all is as it should be."""
    full = run([str(HERE / "vs" / "measure.py"), "evarrow", "read", file_format, str(path), "0"])
    events = full["facts"]["count"]
    peak = full["peak"] - min(full["peak_mapped"], path.stat().st_size)
    streamed = run([__file__, "--stream", "batches of the recording", str(path)])
    good = (
        peak <= READ_BYTES_AN_EVENT * events + READ_CONSTANT
        and streamed["above"] <= STREAM_MOST
        and streamed["events"] == events
    )
    cells = [
        path.name,
        f"{events / 1e6:.1f} M",
        f"{path.stat().st_size / MB:.0f}",
        f"{peak / events:.2f}",
        f"{(peak - 13 * events) / MB:.1f}",
        *cells_of(streamed),
    ]
    yield cells, good


def filtered_rows_of(_: str, path: pathlib.Path) -> Iterator[tuple[list[str], bool]]:
    """Measure passes through filters; give a row for each, and whether it is as it should be."""
    import evarrow as ev

    with ev.open(path) as recording:
        events = len(recording)
    for name in ("batches of the pipeline", "pieces of its LazyFrame"):
        streamed = run([__file__, "--stream", name, str(path)])
        left = streamed["events"]
        cells = [path.name, f"{events / 1e6:.1f} M", name, f"{left / 1e6:.1f} M"]
        yield [*cells, *cells_of(streamed)], 0 < left < events and streamed["above"] <= STREAM_MOST


STREAM_HEADINGS = ("streamed: anonymous MB", "above import MB", "mapped MB", "as promised")
HEADINGS = (
    "file", "events", "file MB", "full read: peak B/event", "above 13 B/event, MB",
    *STREAM_HEADINGS,
)  # fmt: skip
FILTER_HEADINGS = ("file", "events", "read as", "events left", *STREAM_HEADINGS)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    make_files.add_arguments(parser, [50_000_000])
    parser.add_argument("--filters", action="store_true", help="go through filters instead")
    parser.add_argument("--stream", nargs=2, metavar=("WAY", "PATH"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stream:
        print(json.dumps(stream(*options.stream)))
        return 0
    headings = FILTER_HEADINGS if options.filters else HEADINGS
    measured = filtered_rows_of if options.filters else rows_of
    print("| " + " | ".join(headings) + " |\n|" + "---|" * len(headings))
    all_good = True
    for file_format in options.formats:
        for events in options.events:
            path = make_files.make(file_format, events, options.folder, options.source)
            for cells, good in measured(file_format, path):
                print("| " + " | ".join([*cells, "yes" if good else "NO"]) + " |", flush=True)
                all_good &= good
    return 0 if all_good else 1


if __name__ == "__main__":
    sys.exit(main())
