# SPDX-License-Identifier: Apache-2.0
"""Read the same recordings with evarrow and with other libraries, in turn, and print a table.

Every measurement is a process of its own. A round measures each reader once on each file, in an
order that is another one in each round, so that what else the machine does falls on all alike.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
from typing import Any

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import make_files  # noqa: E402 - found once its folder is known

import evarrow as ev  # noqa: E402

OURS = ("evarrow", "evarrow_1_thread", "evarrow_indexed")
PEERS = ("evlib", "evutils", "eventcv", "expelliarmus", "evt3", "faery", "event_stream", "tonic",
         "aedat", "dv_processing", "h5py")  # fmt: skip
ENGINES = ("polars",)  # in the environment of evarrow
WORKS = ("read", "stream", "query", "window", "box", "write")


@dataclasses.dataclass
class Result:
    """What was measured of one reader on one file."""

    seconds: list[float] = dataclasses.field(default_factory=list)  # of all loads
    first: list[float] = dataclasses.field(default_factory=list)  # of the first in each process
    memory: dict[str, Any] = dataclasses.field(default_factory=dict)
    failure: str = ""

    @property
    def facts(self) -> dict[str, int]:
        """What was read."""
        return dict(self.memory.get("facts", {}))


def measure(
    python: str, name: str, work: str, file_format: str, path: pathlib.Path, times: int
) -> Any:
    """Run measure.py; return its result, or why there is none."""
    command = [python, str(HERE / "measure.py"), name, work, file_format, str(path), str(times)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0 or not done.stdout:
        lines = done.stderr.strip().splitlines()
        return {"failure": lines[-1] if lines else f"exit code {done.returncode}"}
    return json.loads(done.stdout.splitlines()[-1])


def take(result: Result, measured: dict[str, Any]) -> None:
    """Add a measurement to a result."""
    if "failure" in measured:
        result.failure = measured["failure"]
    elif "seconds" in measured:
        result.seconds += measured["seconds"]
        result.first.append(measured["seconds"][0])
        if "facts" in measured:
            result.memory = measured
    else:
        result.memory = measured


def warm_up(path: pathlib.Path) -> None:
    """Bring a file into the page cache."""
    with path.open("rb", buffering=0) as file:
        buffer = bytearray(1 << 20)
        while file.readinto(buffer):
            pass


def run(
    files: list[tuple[str, pathlib.Path]],
    readers: dict[str, str],
    work: str,
    rounds: int,
    loads: int,
) -> dict[tuple[str, pathlib.Path], dict[str, Result]]:
    """Measure everything; `readers` are adapters with the Python each runs in."""
    results: dict[tuple[str, pathlib.Path], dict[str, Result]] = {}
    for file_format, path in files:
        warm_up(path)
        os.environ["EVARROW_BENCH_SPAN"] = json.dumps(ev.open(path).time_range)
        for name, python in readers.items():
            measured = measure(python, name, work, file_format, path, int(work != "read"))
            if measured.get("unsupported"):
                continue
            result = results.setdefault((file_format, path), {}).setdefault(name, Result())
            take(result, measured)
            print(f"{path.name}: {name}: {result.failure or 'tried'}", file=sys.stderr)
        for result in results.get((file_format, path), {}).values():
            result.seconds.clear()
            result.first.clear()
    shuffle = random.Random(0)
    for number in range(rounds):
        for (file_format, path), by_name in results.items():
            warm_up(path)
            os.environ["EVARROW_BENCH_SPAN"] = json.dumps(ev.open(path).time_range)
            names = [name for name, result in by_name.items() if not result.failure]
            shuffle.shuffle(names)
            for name in names:
                measured = measure(readers[name], name, work, file_format, path, loads)
                take(by_name[name], measured)
            print(f"round {number + 1} of {rounds}: {path.name}", file=sys.stderr)
    return results


def difference(facts: dict[str, int], ours: dict[str, int]) -> str:
    """Return in which columns a reader found something else than evarrow."""
    if not ours or not facts:
        return ""
    if ours.keys() != facts.keys() or len(facts) == 1:
        return "" if facts["count"] == ours["count"] else f"finds {facts['count']:,} events"
    if facts["count"] != ours["count"]:
        return f"finds {facts['count']:,} events, not {ours['count']:,}"
    names = [
        name for name, keys in (("x", ["x"]), ("y", ["y"]), ("t", ["first", "last", "t"]),
                                ("polarity", ["on"]))
        if any(facts[key] != ours[key] for key in keys)
    ]  # fmt: skip
    return f"other values of {', '.join(names)}" if names else ""


def rows_of(path: pathlib.Path, by_name: dict[str, Result]) -> list[dict[str, Any]]:
    """Return the rows of the table for one file."""
    ours = by_name.get("evarrow", Result())
    rows = []
    for name, result in by_name.items():
        row: dict[str, Any] = {"file": path.name, "reader": name}
        count = result.facts.get("count", 0)
        if result.failure or not result.seconds or not count:
            rows.append({**row, "note": result.failure or "nothing was read"})
            continue
        best, median = min(result.seconds), statistics.median(result.seconds)
        first = statistics.median(result.first)
        row |= {
            "events": count,
            "best": count / best,
            "median": count / median,
            "first": count / first,
            "best_ms": best * 1e3,
            "median_ms": median * 1e3,
            "note": difference(result.facts, ours.facts),
        }
        if result.memory.get("written"):
            row["size"] = result.memory["written"] / count
        if "peak" in result.memory:
            row["peak"] = result.memory["peak"] / count
            row["anonymous"] = result.memory["peak_anonymous"] / count
        if ours.seconds:
            row["ratio_best"] = best / min(ours.seconds)
            row["ratio_median"] = median / statistics.median(ours.seconds)
            row["ratio_first"] = first / statistics.median(ours.first)
        rows.append(row)
    return rows


# Heading, key of the row, how it is written.
READ_COLUMNS = (
    ("file", "file", str), ("reader", "reader", str),
    ("best", "best", "{:.1f}M".format), ("median", "median", "{:.1f}M".format),
    ("first load", "first", "{:.1f}M".format),
    ("peak B/event", "peak", "{:.1f}".format), ("of it anonymous", "anonymous", "{:.1f}".format),
    ("evarrow is faster by", "ratio_best", "{:.2f}x".format),
    ("median", "ratio_median", "{:.2f}x".format), ("first load", "ratio_first", "{:.2f}x".format),
    ("note", "note", str),
)  # fmt: skip
WORK_COLUMNS = (
    ("file", "file", str), ("reader", "reader", str), ("events found", "events", "{:,}".format),
    ("written B/event", "size", "{:.2f}".format),
    ("best, ms", "best_ms", "{:.2f}".format), ("median, ms", "median_ms", "{:.2f}".format),
    ("best", "best", "{:.1f}M".format), ("median", "median", "{:.1f}M".format),
    ("evarrow is faster by", "ratio_best", "{:.2f}x".format),
    ("median", "ratio_median", "{:.2f}x".format), ("note", "note", str),
)  # fmt: skip
MILLIONS = ("best", "median", "first")


def table_of(rows: list[dict[str, Any]], work: str) -> str:
    """Return rows as a Markdown table; speeds are in millions of events a second."""
    columns = READ_COLUMNS if work == "read" else WORK_COLUMNS
    lines = ["| " + " | ".join(heading for heading, _, _ in columns) + " |"]
    lines.append("|" + "---|" * len(columns))
    for row in rows:
        cells = []
        for _, key, write in columns:
            value = row[key] / 1e6 if key in MILLIONS and key in row else row.get(key)
            cells.append("" if value is None else write(value).removesuffix("M"))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def machine() -> str:
    """Return what the machine is."""
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    model = next(
        (line.split(":")[1].strip() for line in lines if line.startswith("model name")), "?"
    )
    pages = pathlib.Path("/sys/kernel/mm/transparent_hugepage/enabled")
    huge = pages.read_text().strip() if pages.exists() else "none"
    kernel = os.uname().release
    return f"{model}, {os.cpu_count()} processors, Linux {kernel}, huge pages: {huge}"


def parse() -> argparse.Namespace:
    """Return the arguments."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    make_files.add_arguments(parser, [10_000_000])
    parser.add_argument("--files", nargs="+", default=[], metavar="FORMAT=PATH",
                        help="recordings in place of made ones, such as evt3=rec.raw")  # fmt: skip
    parser.add_argument("--work", choices=WORKS, default="read", help="see bench/README.md")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--loads", type=int, default=3, help="loads in one process, one by one")
    parser.add_argument(
        "--only", nargs="+", choices=OURS + PEERS + ENGINES, default=list(OURS + PEERS + ENGINES)
    )
    parser.add_argument("--peers", default="build/peers", metavar="DIR",
                        help="the environment that setup.sh made")  # fmt: skip
    parser.add_argument("--json", metavar="PATH", help="also write the rows there")
    return parser.parse_args()


def main() -> None:
    """Measure and print."""
    options = parse()
    peers = pathlib.Path(options.peers) / "bin" / "python"
    if not peers.exists() and set(options.only) & set(PEERS):
        sys.exit(f"there is no {peers}: make it with {HERE / 'setup.sh'} {options.peers}")
    files = [(name, pathlib.Path(path)) for name, path in (f.split("=", 1) for f in options.files)]
    for file_format in options.formats if not files else []:
        for events in options.events:
            path = make_files.make(file_format, events, options.folder, options.source)
            files.append((file_format, path))
    readers = {name: str(peers if name in PEERS else sys.executable) for name in options.only}
    results = run(files, readers, options.work, options.rounds, options.loads)
    rows = [row for (_, path), by_name in results.items() for row in rows_of(path, by_name)]
    print(table_of(rows, options.work))
    print(f"\nSpeeds in millions of events a second. {options.rounds} rounds of {options.loads} "
          f"loads. {machine()}")  # fmt: skip
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
