# SPDX-License-Identifier: Apache-2.0
"""What all commands have in common: help, errors and exit codes, how they print."""

import doctest
import errno
import importlib
import os

import pytest
from cli_support import clock_reset, run

import evarrow as ev
from evarrow.cli import COMMANDS
from evarrow.cli.failures import failure_of
from evarrow.cli.output import size_of, table, times


@pytest.fixture
def bad(tmp_path):
    """A recording whose clock goes back by a second after its first 1000 events."""
    path = tmp_path / "bad.raw"
    path.write_bytes(clock_reset())
    return path


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_listed_and_explains_itself(name):
    assert f"\n  {name} " in run("--help").stdout
    result = run(name, "--help")
    assert result.exit_code == 0
    assert f"Usage: main {name}" in result.stdout


def test_help_fits_a_terminal_and_names_the_exit_codes():
    text = run("--help").stdout
    assert max(map(len, text.splitlines())) <= 80
    assert "..." not in text.replace("[ARGS]...", "")
    assert "4 not a" in text


def test_version_is_that_of_the_package():
    assert run("--version").stdout == f"evarrow {ev.__version__}\n"


def test_an_unknown_command_is_wrong_usage():
    result = run("nonsense")
    assert result.exit_code == 2
    assert "nonsense" in result.stderr


# Errors


@pytest.mark.parametrize("command", ["info", "head", "validate"])
@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (None, 3, "No such file"),
        ("folder", 3, "is a folder"),
        (b"", 4, "empty"),
        (b"hello, world\n", 4, "format"),
        (b"% evt 5.0\n% end\n" + bytes(64), 4, "EVT 5.0"),
    ],
    ids=["missing", "folder", "empty", "text", "evt5"],
)
def test_what_is_no_recording_is_a_sentence_and_a_code(tmp_path, command, content, code, says):
    path = tmp_path / "rec.raw"
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    result = run(command, path)
    assert result.exit_code == code
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    assert line.startswith("evarrow: ")
    assert says in line
    assert str(path) in line


def test_damage_is_a_sentence_and_a_code(bad):
    result = run("head", "-n", 100_000, bad)
    assert result.exit_code == 1
    [line] = result.stderr.splitlines()
    assert "byte" in line
    assert run("head", "--on-error", "ignore", bad).exit_code == 0


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ev.DamagedError("broken", 5), 1),
        (ValueError("what"), 2),
        (FileNotFoundError(errno.ENOENT, "No such file", "a.raw"), 3),
        (ev.ChangedError("changed"), 3),
        (MemoryError(), 3),
        (ev.FormatError("not one"), 4),
    ],
)
def test_each_error_has_its_exit_code(error, code):
    assert failure_of(error).exit_code == code


def test_an_error_of_our_own_keeps_its_traceback(monkeypatch):
    assert failure_of(KeyError("x")) is None
    monkeypatch.setattr("evarrow.format_list._core.formats", lambda: 1 / 0)
    assert isinstance(run("formats").exception, ZeroDivisionError)


def test_remedies_are_named_as_options(sample, tmp_path, bad):
    lie = tmp_path / "lie.raw"
    lie.write_bytes(sample.read_bytes().replace(b"evt 3.0", b"evt 2.0").replace(b"EVT3", b"EVT2"))
    assert "try --format evt3" in run("validate", lie).stdout
    assert "try --format evt3" in run("head", lie).stderr
    assert "--on-error warn" in run("convert", bad, tmp_path / "out.raw").stderr
    text = tmp_path / "text.raw"
    text.write_bytes(b"hello")
    assert "--format" in run("info", text).stderr
    assert "--to one of evt" in run("convert", sample, tmp_path / "out.mat").stderr
    huge = tmp_path / "huge.raw"
    huge.write_bytes(lie.read_bytes().replace(b"width=64", b"width=99999"))
    assert "--resolution WxH" in run("info", huge).stderr


def test_os_errors_name_the_file_once():
    name = os.fspath("a.raw")
    assert failure_of(OSError(5, "I/O error", name)).message == "a.raw: I/O error"
    assert failure_of(OSError(5, "cannot read a.raw", name)).message == "cannot read a.raw"
    assert failure_of(OSError("plain")).message == "plain"


# How things are printed


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (0, "0 us"),
        (999, "999 us"),
        (-1500, "-1.5 ms"),
        (1_000_000, "1 s"),
        (1_000_001, "1.000001 s"),
    ],
)
def test_times_are_printed_exactly(us, text):
    assert times(us) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (1000, "1 kB (1,000 bytes)"),
        (1_234_567, "1.23 MB (1,234,567 bytes)"),
        (5 * 10**15, "5e+03 TB (5,000,000,000,000,000 bytes)"),
    ],
)
def test_sizes_are_printed_for_people_and_exactly(count, text):
    assert size_of(count) == text


def test_tables_are_aligned():
    assert table(["a", "bb"], [(1, 2), (333, 4)], right=True) == "  a  bb\n  1   2\n333   4"
    assert table(["a", "bb"], [("xyz", "u")]) == "a    bb\nxyz  u"


@pytest.mark.parametrize("name", ["cli.failures", "cli.output", "doctor"])
def test_examples_in_docstrings_run(name):
    result = doctest.testmod(importlib.import_module(f"evarrow.{name}"))
    assert (result.failed, result.attempted > 0) == (0, True)
