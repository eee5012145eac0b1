# SPDX-License-Identifier: Apache-2.0
"""What is said of calls that strangers make."""

import gzip
import io
import shutil
import subprocess
import sys

import polars as pl
import pytest
from cli_support import clock_reset, run

import evarrow as ev


def info_of(content):
    return subprocess.run(
        [sys.executable, "-m", "evarrow", "info", "-"],
        input=content,
        capture_output=True,
        check=False,
        timeout=120,
    )


def test_what_is_packed_cannot_come_through_a_pipe(evt2):
    done = info_of(gzip.compress(evt2.read_bytes()))
    assert done.returncode == 4
    assert b"compressed with gzip" in done.stderr
    assert b"gzip -dc rec.raw | evarrow info -" in done.stderr


@pytest.mark.parametrize(
    ("content", "what"),
    [(b"SQLite format 3\0" + bytes(84), b"an SQLite database"), (None, b"a Parquet file")],
)
def test_what_needs_a_file_cannot_come_through_a_pipe(content, what):
    if content is None:
        pl.DataFrame({"x": [1]}).write_parquet(file := io.BytesIO())
        content = file.getvalue()
    done = info_of(content)
    assert done.returncode == 4
    assert what in done.stderr
    assert b"has to be saved first" in done.stderr


@pytest.mark.parametrize("name", ["real/tonic_sample.aedat4", "derived/evt3_none.mcap"])
def test_containers_cannot_come_through_a_pipe(corpus, name):
    done = info_of((corpus / name).read_bytes())
    assert done.returncode == 2
    assert b"is not read from front to back" in done.stderr
    assert b"has to be saved first" in done.stderr


@pytest.mark.parametrize("command", [("convert",), ("info",), ("validate",), ("stats",)])
def test_a_folder_is_not_a_recording(tmp_path, command):
    folder = tmp_path / "raw"
    folder.mkdir()
    more = [tmp_path / "out.raw"] if command == ("convert",) else []
    result = run(*command, folder, *more)
    assert result.exit_code == 3
    assert f"{folder}/ is a folder: name the recordings in it, as in {folder}/*.raw" in (
        result.stderr
    )


@pytest.mark.parametrize("command", ["info", "validate"])
def test_patterns_stand_for_the_files_they_fit(tmp_path, evt2, command):
    for name in ("a.raw", "b.raw"):
        shutil.copy(evt2, tmp_path / name)
    result = run(command, tmp_path / "*.raw")
    assert result.exit_code == 0
    assert str(tmp_path / "a.raw") in result.stdout
    assert str(tmp_path / "b.raw") in result.stdout
    result = run(command, tmp_path / "*.dat", tmp_path / "a.raw")
    assert result.exit_code == 3
    assert "*.dat" in result.stderr
    assert str(tmp_path / "a.raw") in result.stdout


def test_sql_and_patterns(tmp_path, evt2):
    pytest.importorskip("duckdb")
    shutil.copy(evt2, tmp_path / "a.raw")
    with pytest.raises(ValueError, match="is a pattern, and a table is one recording"):
        ev.sql(f"SELECT * FROM '{tmp_path}/*.raw'")


def test_sql_and_damage(tmp_path):
    pytest.importorskip("duckdb")
    path = tmp_path / "a.raw"
    path.write_bytes(clock_reset())
    query = f"SELECT count(*) FROM '{path}'"
    result = run("sql", query)
    assert result.exit_code == 1
    assert "time goes back" in result.stderr
    with pytest.raises(ev.DamagedError, match="time goes back"):
        ev.sql(query)
    with pytest.warns(ev.EvarrowWarning, match="goes back"):
        assert ev.sql(query, on_error="warn").item() == 2000


@pytest.mark.parametrize("compression", ["zstd", "gzip", "brotli"])
def test_a_level_that_there_is_not(tmp_path, evt2, compression):
    for level in (99, -1):
        with pytest.raises(ValueError, match=rf"goes from \d to \d+, so it is not {level}"):
            ev.convert(
                evt2, tmp_path / "a.parquet", compression=compression, compression_level=level
            )
    assert list(tmp_path.glob("*.parquet")) == []
    result = run("convert", evt2, tmp_path / "a.parquet", "--compression-level", 99)
    assert result.exit_code == 2
    assert "goes from 1 to 22" in result.stderr


@pytest.mark.parametrize("wrap", [str, lambda path: path, lambda path: path.read_bytes()])
def test_one_recording_is_nothing_to_merge(tmp_path, evt2, wrap):
    with pytest.raises(TypeError, match="a list of recordings"):
        ev.merge(wrap(evt2), tmp_path / "out.raw")


def test_a_pipeline_of_one_filter(evt2):
    one = ev.filters.Box(end="1ms")
    assert ev.Pipeline(one) == ev.Pipeline([one])
    assert ev.Pipeline(one)(evt2).collect().height > 0
    with pytest.raises(TypeError, match="consists of filters"):
        ev.Pipeline("box")


def test_a_window_that_ends_before_it_starts(tmp_path, evt2):
    says = "start must not be later than end: '5ms' is 5000 us, and 3000 is 3000 us"
    with pytest.raises(ValueError, match=says):
        ev.read(evt2, start="5ms", end=3000)
    with ev.open(evt2) as rec, pytest.raises(ValueError, match="must not be later"):
        rec.select(start=5, end=3)
    with pytest.raises(ValueError, match="must not be later"):
        ev.convert(evt2, tmp_path / "out.raw", start=5, end=3)
    assert run("slice", evt2, tmp_path / "out.raw", "--start", 5, "--end", 3).exit_code == 2
    assert ev.read(evt2, start=5, end=5).height == 0


def test_a_region_outside_of_the_sensor_is_empty(evt2):
    assert ev.read(evt2, region=(5000, 0, 6000, 10)).height == 0
