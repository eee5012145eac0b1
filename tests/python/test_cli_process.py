# SPDX-License-Identifier: Apache-2.0
"""The commands as processes: pipes, signals, start-up."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import words

import evarrow as ev

EVARROW = [sys.executable, "-m", "evarrow"]


def run(*args, **more):
    return subprocess.run(
        [*EVARROW, *map(str, args)], capture_output=True, check=False, timeout=120, **more
    )


def test_info_starts_without_numpy_and_polars(evt2):
    code = (
        "import sys\n"
        "from evarrow.cli import main\n"
        "try:\n"
        f"    main(['info', '--count', {str(evt2)!r}])\n"
        "except SystemExit as end:\n"
        "    assert end.code == 0\n"
        "print(sorted({'numpy', 'polars', 'rich', 'h5py', 'pyarrow'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_the_console_script_is_installed():
    script = Path(sys.executable).with_name("evarrow")
    if not script.exists():
        pytest.skip("evarrow is not installed beside this interpreter")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"evarrow {ev.__version__}\n"


def test_a_sample_goes_through_pipes(tmp_path):
    sample = [*EVARROW, "sample", "-", "--duration", "20ms", "--resolution", "64x48"]
    with subprocess.Popen(sample, stdout=subprocess.PIPE) as making:
        info = run("info", "--json", "--count", "-", stdin=making.stdout)
    assert making.returncode == 0
    found = json.loads(info.stdout)
    path = tmp_path / "rec.raw"
    events = ev.sample(path, duration="20ms", resolution=(64, 48))
    assert (found["events"], found["resolution"]) == (events, [64, 48])


def test_standard_input_may_be_a_file_and_standard_output_a_pipe(evt2, tmp_path):
    with evt2.open("rb") as file:
        done = run("convert", "-", "-", "--to", "evt3", stdin=file)
    assert done.returncode == 0, done.stderr
    path = tmp_path / "out.raw"
    path.write_bytes(done.stdout)
    assert ev.read(path).equals(ev.read(evt2))
    head = run("head", "--json", "-n", "1", "-", input=done.stdout)
    assert json.loads(head.stdout) == {"x": 0, "y": 0, "t": 0, "polarity": -1}
    sound = run("validate", "-", input=done.stdout)
    assert (sound.returncode, sound.stderr) == (0, b"")


def test_convert_of_a_pipe_cuts_a_part_out(evt2, tmp_path):
    path = tmp_path / "out.raw"
    done = run("convert", "-", path, "--start", "10ms", "--end", "20ms", input=evt2.read_bytes())
    assert done.returncode == 0, done.stderr
    assert ev.read(path).equals(ev.read(evt2, start="10ms", end="20ms"))


def test_a_reader_that_goes_away_is_no_error(evt2):
    for command in (["head", "-n", "100000", "--json", evt2], ["convert", evt2, "-"]):
        with subprocess.Popen(
            [*EVARROW, *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as writing:
            writing.stdout.read(10)
            writing.stdout.close()
            errors = writing.stderr.read()
        assert (writing.returncode, errors) == (141, b"")


def test_ctrl_c_ends_quietly_and_leaves_no_file(tmp_path):
    command = [*EVARROW, "sample", str(tmp_path / "rec.raw"), "--duration", "1h"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as making:
        wait_for(lambda: any(tmp_path.iterdir()))
        making.send_signal(signal.SIGINT)
        _, errors = making.communicate(timeout=60)
    assert making.returncode == 130
    assert b"Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


def wait_for(condition):
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def in_terminal(*args):
    """What a command prints on a terminal, and its exit code."""
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [*EVARROW, *map(str, args)], stdin=follower, stdout=follower, stderr=follower
    ) as process:
        os.close(follower)
        text = b""
        while True:
            ready, _, _ = select.select([leader], [], [], 60)
            try:
                piece = os.read(leader, 65536) if ready else b""
            except OSError:
                piece = b""
            if not piece:
                break
            text += piece
    os.close(leader)
    return text.decode(), process.returncode


def test_long_work_shows_its_progress_on_a_terminal(evt2, tmp_path):
    text, code = in_terminal("convert", evt2, tmp_path / "out.raw")
    assert code == 0
    assert "Converting" in text
    assert "100%" in text
    done = run("convert", evt2, tmp_path / "second.raw")
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("command", [("sample", "-"), ("info", "-"), ("head", "-")])
def test_recordings_are_not_read_from_or_written_to_a_terminal(command):
    text, code = in_terminal(*command)
    assert code == 2
    assert "terminal" in text


def test_damage_in_a_pipe_has_its_exit_code():
    reset = words.evt2(
        words.time_high(1_000_000), words.event(1_000_000, 1, 1), words.time_high(0)
    ) + words.evt2_words(*words.known(1000))
    done = run("head", "-n", "100", "-", input=reset)
    assert done.returncode == 1
    assert done.stderr.startswith(b"evarrow: ")
    assert b"Traceback" not in done.stderr
