# SPDX-License-Identifier: Apache-2.0
"""Time the start of programs, each a process of its own, in turn."""

from __future__ import annotations

import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import evarrow as ev


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = str(pathlib.Path(folder) / "rec.raw")
        ev.sample(path, duration="100ms")
        python = sys.executable
        commands = {
            "python -c pass": [python, "-c", "pass"],
            "import evarrow": [python, "-c", "import evarrow"],
            "import evarrow, open": [python, "-c", f"import evarrow; evarrow.open({path!r})"],
            "import polars": [python, "-c", "import polars"],
            "import evarrow, scan": [python, "-c", f"import evarrow; evarrow.scan({path!r})"],
            "evarrow info": [python, "-m", "evarrow", "info", path],
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(options.repeats):
            for name, command in commands.items():
                begin = time.perf_counter()
                subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
                seconds[name].append(time.perf_counter() - begin)
    own = min(seconds["python -c pass"])
    print("| program | best, ms | median, ms | beyond Python, ms |\n|---|---|---|---|")
    for name, times in seconds.items():
        best, median = min(times) * 1e3, statistics.median(times) * 1e3
        print(f"| `{name}` | {best:.0f} | {median:.0f} | {best - own * 1e3:.0f} |")


if __name__ == "__main__":
    main()
