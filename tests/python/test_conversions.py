# SPDX-License-Identifier: Apache-2.0
"""Many recordings into a folder."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import words
from cli_support import clock_reset, lines_of, run

import evarrow as ev
from evarrow.manifest import MANIFEST

SIZES = {"a.raw": 1000, "b.raw": 2000, "deep/a.raw": 3000, "deep/er/c.raw": 500}


@pytest.fixture
def raw(tmp_path):
    """A folder of recordings, some in folders of their own."""
    folder = tmp_path / "raw"
    for name, events in SIZES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(words.evt2_known(events))
    return folder


def states(done):
    return [one.state for one in done]


def files(folder):
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file())


def test_a_pattern_keeps_its_folders(raw, tmp_path):
    out = tmp_path / "out"
    done = ev.convert_all(str(raw / "**/*.raw"), out, format="dat", jobs=2)
    assert states(done) == ["converted"] * 4
    assert files(out) == [MANIFEST, "a.dat", "b.dat", "deep/a.dat", "deep/er/c.dat"]
    for one in done:
        assert ev.read(one.target).equals(ev.read(one.source))
        assert one.events == len(ev.open(one.source))
        assert one.bytes == Path(one.target).stat().st_size
    assert [one.source for one in done] == sorted(one.source for one in done)


def test_what_is_done_is_known_by_its_content(raw, tmp_path):
    out = tmp_path / "out"
    pattern = str(raw / "*.raw")
    convert = lambda **more: states(ev.convert_all(pattern, out, format="dat", **more))  # noqa: E731
    assert convert() == ["converted"] * 2
    assert convert() == ["kept"] * 2
    # Another output under the same name, another input, other options.
    (out / "a.dat").write_bytes(b"mine")
    assert convert() == ["failed", "kept"]
    assert (out / "a.dat").read_bytes() == b"mine"
    assert convert(overwrite=True) == ["converted", "kept"]
    (raw / "b.raw").write_bytes(words.evt2_known(2001))
    assert convert() == ["kept", "failed"]
    assert convert(overwrite=True) == ["kept", "converted"]
    assert convert(start=50) == ["failed"] * 2
    (out / "b.dat").unlink()
    assert convert() == ["kept", "converted"]
    # A renamed input is still what it was.
    (raw / "a.raw").rename(raw / "z.raw")
    assert states(ev.convert_all(raw / "z.raw", out, format="dat")) == ["converted"]


def test_finished_files_are_known_by_what_their_sources_hold(raw, tmp_path):
    out = tmp_path / "out"

    def convert(**options):
        return states(ev.convert_all([raw / "a.raw", raw / "b.raw"], out, format="dat", **options))

    assert convert() == ["converted"] * 2
    # What met no damage is the same whatever damage would have done.
    assert convert(on_error="warn") == ["kept"] * 2
    for name in ("a.raw", "b.raw"):
        os.utime(raw / name, ns=(1, 1))
    assert convert() == ["kept"] * 2
    # Another content of the same size, the same at both ends.
    content = bytearray((raw / "b.raw").read_bytes())
    content += content[-4:] * 80_000
    (raw / "b.raw").write_bytes(content)
    assert convert(overwrite=True) == ["kept", "converted"]
    content[len(content) // 2] ^= 1
    (raw / "b.raw").write_bytes(content)
    os.utime(raw / "b.raw", ns=(1, 1))
    assert convert() == ["kept", "failed"]


def test_what_passed_over_damage_is_not_kept_where_damage_is_refused(raw, tmp_path):
    (raw / "bad.raw").write_bytes(clock_reset())

    def convert(on_error):
        [done] = ev.convert_all(raw / "bad.raw", tmp_path / "out", format="dat", on_error=on_error)
        return done.state

    assert convert("warn") == "converted"
    assert convert("warn") == "kept"
    assert convert("raise") == "failed"


def test_an_error_in_one_file_does_not_keep_the_others(raw, tmp_path):
    (raw / "bad.raw").write_bytes(clock_reset())
    (raw / "text.raw").write_bytes(b"no recording at all, just words\n" * 100)
    out = tmp_path / "out"
    done = ev.convert_all(str(raw / "*.raw"), out, format="dat", jobs=3)
    assert states(done) == ["converted", "converted", "failed", "failed"]
    assert isinstance(done[2].error, ev.DamagedError)
    assert isinstance(done[3].error, ev.FormatError)
    assert files(out) == [MANIFEST, "a.dat", "b.dat"]
    # What failed is not taken for begun: a file put there later is kept.
    (out / "bad.dat").write_bytes(b"mine")
    assert ev.convert_all(raw / "bad.raw", out, format="dat")[0].state == "failed"
    assert (out / "bad.dat").read_bytes() == b"mine"
    [done] = ev.convert_all(raw / "bad.raw", out, format="dat", overwrite=True, on_error="warn")
    assert done.state == "converted"
    assert done.faults["clock_reset"][0] == 1
    assert any("back" in sentence for sentence in done.warnings)


def test_a_file_that_is_not_there_does_not_keep_the_others(raw, tmp_path):
    named = [raw / "a.raw", raw / "none.raw", raw / "b.raw"]
    done = ev.convert_all(named, tmp_path / "out", format="csv")
    assert states(done) == ["converted", "failed", "converted"]
    assert isinstance(done[1].error, FileNotFoundError)
    assert files(tmp_path / "out") == [MANIFEST, "a.csv", "b.csv"]
    with pytest.raises(FileNotFoundError):
        ev.convert_all(raw / "none.raw", tmp_path / "out", format="csv")


def test_names_that_would_meet_are_refused_before_anything_is_done(raw, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(ValueError, match="would both become"):
        ev.convert_all([raw / "a.raw", raw / "deep/a.raw"], out, format="dat")
    with pytest.raises(ValueError, match="which is read as well"):
        ev.convert_all([raw / "a.raw", raw / "b.raw"], raw, format="evt3")
    with pytest.raises(FileNotFoundError, match="no file matches"):
        ev.convert_all(str(raw / "*.h5"), out, format="dat")
    with pytest.raises(FileNotFoundError):
        ev.convert_all(raw / "none.raw", out, format="dat")
    with pytest.raises(IsADirectoryError, match="pattern"):
        ev.convert_all(raw, out, format="dat")
    with pytest.raises(ValueError, match="cannot be written"):
        ev.convert_all(raw / "a.raw", out, format="evt9")
    with pytest.raises(ValueError, match="jobs"):
        ev.convert_all(raw / "a.raw", out, format="dat", jobs=0)
    assert not out.exists() or files(out) == []


def test_wrapped_recordings_lose_both_endings(raw, tmp_path):
    import gzip

    with gzip.open(raw / "z.raw.gz", "wb") as file:
        file.write(words.evt2_known(100))
    [done] = ev.convert_all(raw / "z.raw.gz", tmp_path / "out", format="dat")
    assert done.target == str(tmp_path / "out" / "z.dat")


def test_progress_of_all_goes_from_0_to_1(raw, tmp_path):
    shares = []
    ev.convert_all(str(raw / "**/*.raw"), tmp_path / "out", format="dat", progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_one_conversion_works_in_a_folder_at_a_time(raw, tmp_path):
    from evarrow.manifest import Manifest

    out = tmp_path / "out"
    out.mkdir()
    with Manifest(out), pytest.raises(OSError, match="another conversion"):
        ev.convert_all(raw / "a.raw", out, format="dat")


def test_the_command_converts_many_and_sums_up(raw, tmp_path):
    (raw / "bad.raw").write_bytes(clock_reset())
    out = tmp_path / "out"
    args = ("convert", raw / "**/*.raw", f"{out}/", "--to", "dat", "--jobs", 2)
    result = run(*args)
    assert result.exit_code == 1
    assert "4 converted (6,500 events, 52.3 kB), 1 failed" in result.stdout
    assert f"{raw / 'bad.raw'}:\n  - failed:" in result.stdout
    assert "--on-error" in result.stdout
    tables = ("convert", raw / "**/*.raw", tmp_path / "tables", "--to", "csv")
    result = run(*tables, "--stream", "triggers")
    assert " rows of triggers, " in result.stdout
    rows = lines_of(run(*args, "--json"))
    assert sorted(row["state"] for row in rows) == ["failed"] + ["kept"] * 4
    [failed] = [row for row in rows if row["state"] == "failed"]
    assert failed["input"] == str(raw / "bad.raw")
    assert "byte" in failed["error"]
    result = run(*args, "--on-error", "ignore", "--overwrite")
    assert result.exit_code == 0
    assert "clock_reset: 1, first at byte" in result.stdout


def test_the_command_takes_files_that_the_shell_found(raw, tmp_path):
    out = tmp_path / "out"
    result = run("convert", raw / "a.raw", raw / "b.raw", out, "--to", "dat")
    assert result.exit_code == 0
    assert files(out) == [MANIFEST, "a.dat", "b.dat"]
    result = run("convert", raw / "a.raw", raw / "b.raw", out)
    assert result.exit_code == 2
    assert "--to" in result.stderr
    result = run("convert", raw / "a.raw", f"{tmp_path / 'one'}/", "--to", "dat")
    assert result.exit_code == 0
    assert (tmp_path / "one" / "a.dat").exists()


def test_a_conversion_that_is_killed_goes_on_where_it_was(tmp_path):
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    content = words.evt2_known(3_000_000)
    for i in range(6):
        (raw / f"{i}.raw").write_bytes(content)
    command = [sys.executable, "-m", "evarrow", "convert", str(raw / "*.raw"), str(out) + "/"]
    command += ["--to", "evt3", "--jobs", "2", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and len(list(out.glob("*.raw"))) < 2:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = {path.name: path.stat().st_mtime_ns for path in out.glob("*.raw")}
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert {row["state"] for row in rows} <= {"kept", "converted"}
    assert sum(row["state"] == "kept" for row in rows) >= len(before) - 2
    assert files(out) == [MANIFEST, *(f"{i}.raw" for i in range(6))]
    want = ev.read(raw / "0.raw")
    for i in range(6):
        assert ev.read(out / f"{i}.raw").equals(want)


def test_a_file_that_was_renamed_before_it_was_recorded_is_made_again(raw, tmp_path):
    out = tmp_path / "out"
    ev.convert_all(raw / "a.raw", out, format="dat")
    lines = (out / MANIFEST).read_text().splitlines()
    assert len(lines) == 2
    # Killed behind the renaming; the last line is cut as well.
    (out / MANIFEST).write_text(lines[0] + "\n" + lines[1][:20])
    (out / f".a.dat.{2**22 + 1}-0.tmp").write_bytes(b"left over")
    [done] = ev.convert_all(raw / "a.raw", out, format="dat")
    assert done.state == "converted"
    assert ev.convert_all(raw / "a.raw", out, format="dat")[0].state == "kept"
    assert files(out) == [MANIFEST, "a.dat"]
