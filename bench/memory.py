# SPDX-License-Identifier: Apache-2.0
"""Show what memory a full read and a streamed pass of a long recording take.

A full read may peak at 14 bytes an event and 64 MB above what is there after the import, the
mapped input not counted; a streamed pass may hold 64 MB of anonymous memory above it, whatever the
size.
The exit code is 1 where that does not hold.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import subprocess
import sys
from typing import Any

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "vs")]

import make_files  # noqa: E402 - found once its folder is known
import measure  # noqa: E402

MB = 1_000_000
READ_BYTES_AN_EVENT = 14
READ_CONSTANT = 64 * MB
STREAM_MOST = 64 * MB


def stream(path: str) -> dict[str, Any]:
    """Read all batches of a recording, one by one; return how many events and what memory."""
    import polars  # noqa: F401 - as with the full read, part of the import

    import evarrow as ev

    with ev.open(path) as recording:
        watch = measure.PeakWatch()
        before = measure.status()
        events = 0
        last = 0
        for batch in recording.batches():
            events += len(batch)
            last = int(batch.t[-1])
        after = measure.status()
        peaks = watch.stop()
    return {
        "events": events,
        "last": last,
        "anonymous": max(peaks["RssAnon"], after["RssAnon"]),
        "anonymous_before": before["RssAnon"],
        "mapped": peaks["RssFile"] - before["RssFile"],
        "peak": after["VmHWM"] - before["VmRSS"],
    }


def run(arguments: list[str]) -> dict[str, Any]:
    """Run a program of Python in a process of its own; return the JSON that it prints."""
    done = subprocess.run(
        [sys.executable, *arguments], stdout=subprocess.PIPE, text=True, check=True
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def row_of(file_format: str, path: pathlib.Path) -> tuple[list[str], bool]:
    """Measure one recording; return a row of the table, and whether all is as it should be."""
    full = run([str(HERE / "vs" / "measure.py"), "evarrow", "read", file_format, str(path), "0"])
    events = full["facts"]["count"]
    peak = full["peak"] - min(full["peak_mapped"], path.stat().st_size)
    streamed = run([__file__, "--stream", str(path)])
    good = (
        peak <= READ_BYTES_AN_EVENT * events + READ_CONSTANT
        and streamed["anonymous"] - streamed["anonymous_before"] <= STREAM_MOST
        and streamed["events"] == events
    )
    cells = [
        path.name,
        f"{events / 1e6:.1f} M",
        f"{path.stat().st_size / MB:.0f}",
        f"{peak / events:.2f}",
        f"{(peak - 13 * events) / MB:.1f}",
        f"{streamed['anonymous'] / MB:.1f}",
        f"{(streamed['anonymous'] - streamed['anonymous_before']) / MB:.1f}",
        f"{streamed['mapped'] / MB:.1f}",
        "yes" if good else "NO",
    ]
    return cells, good


HEADINGS = (
    "file", "events", "file MB", "full read: peak B/event", "above 13 B/event, MB",
    "streamed: anonymous MB", "above import MB", "mapped MB", "as promised",
)  # fmt: skip


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    make_files.add_arguments(parser, [50_000_000])
    parser.add_argument("--stream", metavar="PATH", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stream:
        print(json.dumps(stream(options.stream)))
        return 0
    print("| " + " | ".join(HEADINGS) + " |\n|" + "---|" * len(HEADINGS))
    all_good = True
    for file_format in options.formats:
        for events in options.events:
            path = make_files.make(file_format, events, options.folder, options.source)
            cells, good = row_of(file_format, path)
            print("| " + " | ".join(cells) + " |", flush=True)
            all_good &= good
    return 0 if all_good else 1


if __name__ == "__main__":
    sys.exit(main())
