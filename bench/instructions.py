# SPDX-License-Identifier: Apache-2.0
"""Count the instructions an event costs, on the portable path, and compare with what they were.

Unlike times, counts are the same on a busy machine. They depend on the compiler: only those of the
compiler that the table names are compared. Needs valgrind and build/bench.

    python bench/instructions.py            # print the counts beside those of the table
    python bench/instructions.py --check    # and fail where one is off by more than the tolerance
    python bench/instructions.py --write    # make the table anew
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TABLE = HERE / "instructions.json"
TOLERANCE = 0.05
WORKS = ("decode", "summarize", "encode")
FORMATS = ("evt2", "evt21", "evt3", "dat")
CASES = [*((work, name) for work in WORKS for name in FORMATS), ("filter", "evt2")]


def compiler(build: pathlib.Path) -> str:
    """Return the name and the major version of the compiler of a build folder."""
    cache = (build / "CMakeCache.txt").read_text()
    found = re.search(r"^CMAKE_CXX_COMPILER:\w+=(.*)$", cache, re.MULTILINE)
    assert found is not None
    text = subprocess.run([found[1], "--version"], capture_output=True, text=True, check=True)
    line = text.stdout.splitlines()[0]
    version = re.search(r"(\d+)\.\d+\.\d+", line)
    assert version is not None
    return f"{'clang' if 'clang' in line else 'g++'} {version[1]}"


def count(program: pathlib.Path, work: str, name: str, times: int) -> tuple[int, int]:
    """Run a work; return the instructions of the whole program, and how many events a time has."""
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
         str(program), work, name, str(times)],
        capture_output=True, text=True, check=False, env={**os.environ, "EVARROW_TARGET": "scalar"},
    )  # fmt: skip
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or found is None:
        sys.exit(f"{work} {name}: exit code {done.returncode}\n{done.stderr}")
    return int(found[1]), int(done.stdout)


def per_event(program: pathlib.Path, work: str, name: str) -> float:
    """Return the instructions an event: the difference between one time and three."""
    once, events = count(program, work, name, 1)
    thrice, _ = count(program, work, name, 3)
    return (thrice - once) / (2 * events)


def main() -> None:
    """Count and compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parent / "build" / "bench")
    parser.add_argument("--check", action="store_true", help="fail where a count changed")
    parser.add_argument("--write", action="store_true", help="make the table anew")
    options = parser.parse_args()
    if shutil.which("valgrind") is None:
        sys.exit("valgrind was not found. On Debian and Ubuntu: apt install valgrind")
    table = json.loads(TABLE.read_text()) if TABLE.exists() else {"compiler": None, "counts": {}}
    here = compiler(options.build)
    counts = {}
    worse = []
    print(f"{'instructions an event':24}{here:>12}{table['compiler'] or 'none':>12}")
    for work, name in CASES:
        case = f"{work} {name}"
        counts[case] = round(per_event(options.build / "instructions", work, name), 2)
        before = table["counts"].get(case)
        print(f"{case:24}{counts[case]:12.2f}{'' if before is None else f'{before:12.2f}'}")
        if before is None or abs(counts[case] - before) > TOLERANCE * before:
            worse.append(case)
    if options.write:
        TABLE.write_text(json.dumps({"compiler": here, "counts": counts}, indent=2) + "\n")
    elif options.check and here != table["compiler"]:
        print(f"not compared: the table is that of {table['compiler']}")
    elif options.check and worse:
        sys.exit(f"more than {TOLERANCE:.0%} off: {', '.join(worse)}; if that is meant, --write")


if __name__ == "__main__":
    main()
