# SPDX-License-Identifier: Apache-2.0
"""Show what a short window out of the middle of a long recording costs.

The index is made first, once; what the window decodes and reads is as the pass itself reports.
"""

from __future__ import annotations

import argparse
import pathlib
import statistics
import sys
import time
from typing import TYPE_CHECKING

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import make_files  # noqa: E402 - found once its folder is known

import evarrow as ev  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable


def seconds_of(work: Callable[[], object]) -> float:
    """Return how long `work` takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def row_of(path: pathlib.Path, length: int, repeats: int, threads: int) -> list[str]:
    """Measure one recording; return a row of the table."""
    with ev.open(path, threads=threads) as recording:
        index = seconds_of(recording.make_index)
        assert recording.time_range is not None
        first, last = recording.time_range
        start = (first + last) // 2
        end = start + length
        scan = recording.core_scan("events", {"start": start, "end": end})
        batch, _, report = scan.read()
        window = [seconds_of(lambda: recording.read(start=start, end=end)) for _ in range(repeats)]
        # From the path each time: what opening the file adds.
        opened = [
            seconds_of(lambda: ev.read(path, start=start, end=end, threads=threads))
            for _ in range(repeats)
        ]
        events = len(recording)
    return [
        path.name,
        f"{events / 1e6:.1f} M",
        f"{(last - first) / 1e6:.1f} s",
        f"{index * 1e3:.1f} ms",
        f"{len(batch):,}",
        f"{report.events_decoded:,}",
        f"{report.bytes_read / 1e3:.0f} kB of {path.stat().st_size / 1e6:.0f} MB",
        f"{statistics.median(window) * 1e3:.2f} ms",
        f"{statistics.median(opened) * 1e3:.2f} ms",
    ]


HEADINGS = (
    "file", "events", "duration", "index, once", "events in the window", "events decoded",
    "bytes read", "window, median", "with opening the file",
)  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    make_files.add_arguments(parser, [50_000_000])
    parser.add_argument("--length", type=int, default=10_000, help="of the window, microseconds")
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--threads", type=int, default=0)
    options = parser.parse_args()
    print("| " + " | ".join(HEADINGS) + " |\n|" + "---|" * len(HEADINGS))
    for file_format in options.formats:
        for events in options.events:
            path = make_files.make(file_format, events, options.folder, options.source)
            cells = row_of(path, options.length, options.repeats, options.threads)
            print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
