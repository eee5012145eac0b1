# SPDX-License-Identifier: Apache-2.0
"""What users write has types that mypy understands, without any exception."""

import subprocess
import sys
from pathlib import Path

import pytest

import evarrow as ev

USER = """
from __future__ import annotations

import datetime
import pathlib

import evarrow as ev
import numpy as np
import polars as pl
from numpy.typing import NDArray

path = pathlib.Path("rec.raw")
lazy: pl.LazyFrame = ev.scan(path, sort=False, t_type="int64")
many: pl.LazyFrame = ev.scan([path, "b.raw"], include_file_paths="file")
frame: pl.DataFrame = ev.read(path, start="1ms", end=datetime.timedelta(seconds=1), limit=5)
frames: dict[str, pl.DataFrame] = ev.read(path, stream=["events", "triggers"])
compatible: pl.LazyFrame = ev.load_events("rec.raw", t_start=0.1, polarity=1)
with ev.open(path, resolution=(640, 480), on_error="warn") as rec:
    size: tuple[int, int] | None = rec.resolution
    span: tuple[int, int] | None = rec.time_range
    count: int = len(rec)
    one: pl.DataFrame = rec.read("triggers")
    both: dict[str, pl.DataFrame] = rec.read(["events", "triggers"])
    for batch in rec.batches(1000, region=(0, 0, 10, 10)):
        x: NDArray[np.int16] = batch.x
        t: NDArray[np.int64] = batch.t
    for window in rec.windows("50ms", stride=25_000):
        total: int = window.start + len(window)
        p: NDArray[np.int8] = window.polarity
    scan: ev.Scan = rec.select(columns=["x"])
written: int = ev.write(lazy, "out.raw", resolution=(640, 480))
converted: int = ev.convert(path, "out2.raw", format="evt2", progress=lambda share: None)
report: ev.Validation = ev.validate(path)
units: list[ev.WorkUnit] = ev.plan([path], max_events=10)
names: list[str] = [one.name for one in ev.formats()]
try:
    ev.sample(path, duration="1s")
except ev.DamagedError as error:
    offset: int | None = error.offset
"""

WRONG = """
import evarrow as ev

ev.read("rec.raw", start=0.5)
ev.open("rec.raw", on_error="stop")
ev.scan("rec.raw", fromat="evt3")
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("mypy")


def mypy(tmp_path: Path, cache: Path, code: str) -> subprocess.CompletedProcess:
    file = tmp_path / "user.py"
    file.write_text(code)
    package = Path(ev.__file__).parents[1]
    # mypy finds what is installed by itself, and wants it named only where it is not.
    where = {} if package.name == "site-packages" else {"MYPYPATH": str(package)}
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary",
         f"--cache-dir={cache}", str(file)],
        capture_output=True, text=True, check=False, timeout=280, cwd=tmp_path,
        env={**where, "PATH": ""},
    )  # fmt: skip


def test_sound_code_passes(tmp_path, cache):
    done = mypy(tmp_path, cache, USER)
    assert done.returncode == 0, done.stdout + done.stderr


def test_mistakes_are_found(tmp_path, cache):
    done = mypy(tmp_path, cache, WRONG)
    lines = {line.split(":")[1] for line in done.stdout.splitlines() if ": error:" in line}
    assert lines == {"4", "5", "6"}, done.stdout + done.stderr
