# SPDX-License-Identifier: Apache-2.0
"""The benchmark programs run, on recordings small enough for a test."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"
FORMATS = ["evt2", "evt21", "evt3", "dat", "es"]
SMALL = ["--formats", *FORMATS, "--events", "100000", "--source", "sample"]


def run(program, *arguments):
    command = [sys.executable, str(BENCH / program), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=250)
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if line.startswith("|")]


@pytest.mark.parametrize("work", ["read", "stream", "query", "window", "box", "write"])
def test_the_comparison_runs_with_our_own_readers(work, tmp_path):
    ours = ["--only", "evarrow", "evarrow_1_thread", "--rounds", 1, "--loads", 1]
    lines = run("vs/run.py", "--work", work, *ours, *SMALL, "--folder", tmp_path)
    readers = 1 if work == "box" else 2
    assert len(lines) == 2 + len(FORMATS) * readers, lines
    assert all(line.rstrip("| ").endswith("x") for line in lines[2:]), lines


@pytest.mark.parametrize(
    ("program", "arguments"),
    [
        ("memory.py", SMALL),
        ("memory.py", ["--filters", *SMALL, "--formats", "evt2"]),
        ("convert.py", [*SMALL, "--formats", "evt3", "--to", "parquet", "csv"]),
        ("window.py", [*SMALL, "--length", 1000, "--repeats", 1]),
        ("linear.py", [*SMALL, "--repeats", 1]),
        (
            "representations.py",
            ["--others", "--rounds", 1, "--events", 100_000, "--source", "sample"],
        ),
        ("startup.py", ["--repeats", 1]),
    ],
)
def test_the_other_programs_run(program, arguments, tmp_path):
    folder = ["--folder", tmp_path] if "--events" in arguments else []
    assert len(run(program, *arguments, *folder)) > 2
