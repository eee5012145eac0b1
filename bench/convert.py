# SPDX-License-Identifier: Apache-2.0
"""Convert a long recording to other formats and back; show the time, the memory and the sizes.

A conversion may hold 128 MB of anonymous memory above what is there after the import, whatever the
size, and the way there and back loses nothing: the exit code is 1 where that does not hold.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import sys
import tempfile
import time
from typing import Any

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "vs")]

import make_files  # noqa: E402 - found once its folder is known
import measure  # noqa: E402
import memory  # noqa: E402

MOST = 128 * memory.MB
TARGETS = ("parquet", "arrow", "npz", "dsec", "prophesee-hdf5", "aedat4", "mcap", "csv")


def convert(source: str, target: str, file_format: str) -> dict[str, Any]:
    """Convert a recording; return how many events, how long it took, and what memory."""
    import evarrow as ev

    # What is imported when it is needed is no memory of a conversion.
    with tempfile.TemporaryDirectory() as folder:
        names = [str(pathlib.Path(folder) / name) for name in ("small", "other")]
        ev.write(ev.read(source, limit=1000), names[0], format="evt2", resolution=(2048, 2048))
        ev.convert(names[0], names[1], format=file_format)
        with ev.open(source) as recording:
            next(iter(recording.batches()))
    watch = measure.PeakWatch()
    before = measure.status()
    begin = time.perf_counter()
    events = ev.convert(source, target, format=file_format)
    seconds = time.perf_counter() - begin
    peaks = watch.stop()
    return {"events": events, "seconds": seconds, "above": peaks["RssAnon"] - before["RssAnon"]}


def same_events(first: pathlib.Path, second: pathlib.Path) -> bool:
    """Compare two recordings, piece by piece."""
    import evarrow as ev

    with ev.open(first) as one, ev.open(second) as other:
        return len(one) == len(other) and all(
            (a.column(name) == b.column(name)).all()
            for a, b in zip(one.batches(1 << 20), other.batches(1 << 20), strict=True)
            for name in ("x", "y", "t", "polarity")
        )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    make_files.add_arguments(parser, [50_000_000])
    parser.add_argument("--to", nargs="+", default=TARGETS, metavar="FORMAT")
    parser.add_argument("--one", nargs=3, metavar=("FROM", "TO", "FORMAT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(convert(*options.one)))
        return 0
    print("| file | to | there: s | above import MB | file MB | back: s | above import MB | good |")
    print("|---" * 8 + "|")
    good = True
    for file_format in options.formats:
        for events in options.events:
            path = make_files.make(file_format, events, options.folder, options.source)
            for name in options.to:
                cells, is_good = there_and_back(path, file_format, name)
                good &= is_good
                print("| " + " | ".join(cells) + " |", flush=True)
    return 0 if good else 1


def there_and_back(path: pathlib.Path, file_format: str, name: str) -> tuple[list[str], bool]:
    """Convert a recording to a format and back again; return cells, and whether it is good."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        other = pathlib.Path(folder) / "other"
        again = pathlib.Path(folder) / "again"
        there = memory.run([__file__, "--one", str(path), str(other), name])
        back = memory.run([__file__, "--one", str(other), str(again), file_format])
        good = max(there["above"], back["above"]) <= MOST and same_events(path, again)
        cells = [
            path.name,
            name,
            f"{there['seconds']:.2f}",
            f"{there['above'] / memory.MB:.0f}",
            f"{other.stat().st_size / memory.MB:.0f}",
            f"{back['seconds']:.2f}",
            f"{back['above'] / memory.MB:.0f}",
            "yes" if good else "NO",
        ]
    return cells, good


if __name__ == "__main__":
    sys.exit(main())
