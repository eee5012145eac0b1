# SPDX-License-Identifier: Apache-2.0
"""Show that the time of a pass grows with the recording and no faster: nanoseconds an event."""

from __future__ import annotations

import argparse
import os
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import make_files  # noqa: E402 - found once its folder is known

import evarrow as ev  # noqa: E402

EVENTS = [1_000_000, 10_000_000, 50_000_000, 100_000_000, 200_000_000]


def read(path: pathlib.Path) -> int:
    """Read everything, the index with it."""
    status = path.stat()
    # A file of another time is another file: its index is made anew.
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1000))
    return ev.read(path).height


def stream(path: pathlib.Path) -> int:
    """Go through all batches."""
    with ev.open(path) as recording:
        return sum(len(batch) for batch in recording.batches())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    make_files.add_arguments(parser, EVENTS)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    print("| file | events | read, ns an event | stream, ns an event |\n|---|---|---|---|")
    for file_format in options.formats:
        for events in options.events:
            path = make_files.make(file_format, events, options.folder, options.source)
            best = []
            for work in (read, stream):
                seconds = []
                for _ in range(options.repeats):
                    begin = time.perf_counter()
                    found = work(path)
                    seconds.append(time.perf_counter() - begin)
                best.append(min(seconds) / found * 1e9)
            cells = [path.name, f"{found:,}", *(f"{value:.2f}" for value in best)]
            print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
