# SPDX-License-Identifier: Apache-2.0
"""Commands that look: info, head, formats, doctor, demo."""

import pytest
import ros_files as ros
import words
from cli_support import lines_of, run

import evarrow as ev

# info


def test_info_says_what_the_header_says(evt2):
    text = run("info", evt2).stdout
    assert text.startswith(f"{evt2}\n")
    assert "evt2" in text
    assert "640 x 480" in text
    assert "events, triggers" in text
    assert "geometry" in text
    assert "duration" not in text


def test_info_counts_when_asked(evt2):
    [found] = lines_of(run("info", "--count", "--json", evt2))
    assert found["events"] == words.EVENTS
    assert (found["first_us"], found["last_us"]) == (0, (words.EVENTS - 1) * words.STEP)
    assert found["duration_us"] == found["last_us"]
    assert found["events_per_second"] == pytest.approx(1e5, rel=1e-4)
    assert found["triggers"] == 0
    assert found["resolution"] == [640, 480]
    assert found["bytes"] == evt2.stat().st_size
    assert f"{words.EVENTS:,}" in run("info", "--count", evt2).stdout


def test_info_of_a_recording_without_events(tmp_path):
    path = tmp_path / "empty.raw"
    path.write_bytes(words.EVT2_HEADER)
    [found] = lines_of(run("info", "--count", "--json", path))
    assert (found["events"], found["duration_us"]) == (0, None)
    assert run("info", "--count", path).exit_code == 0


def test_info_of_several_files_goes_on_after_an_error(evt2, sample, tmp_path):
    result = run("info", "--json", evt2, tmp_path / "missing.raw", sample)
    assert [found["format"] for found in lines_of(result)] == ["evt2", "evt3"]
    assert result.exit_code == 3
    assert result.stderr == f"evarrow: {tmp_path / 'missing.raw'}: No such file or directory\n"


def test_info_takes_format_and_resolution(evt2):
    [found] = lines_of(run("info", "--json", "--format", "evt3", "--resolution", "32x16", evt2))
    assert (found["format"], found["resolution"]) == ("evt3", [32, 16])


def test_info_reads_a_pipe(evt2):
    content = evt2.read_bytes()
    # CliRunner's standard input has no descriptor: it stands for any other binary file.
    [found] = lines_of(run("info", "--json", "--count", "-", input=content))
    assert found["events"] == words.EVENTS


# head


def test_head_prints_a_table(evt2):
    lines = run("head", "-n", 2, evt2).stdout.splitlines()
    assert [line.split() for line in lines] == [
        ["x", "y", "t", "polarity"],
        ["0", "0", "0", "-1"],
        ["7", "11", "10", "1"],
    ]


def test_head_as_json_has_one_row_a_line(evt2):
    assert lines_of(run("head", "--json", "-n", 2, evt2)) == [
        {"x": 0, "y": 0, "t": 0, "polarity": -1},
        {"x": 7, "y": 11, "t": 10, "polarity": 1},
    ]
    assert len(lines_of(run("head", "--json", evt2))) == 10
    assert lines_of(run("head", "--json", "-n", 0, evt2)) == []


def test_head_of_triggers(tmp_path):
    path = tmp_path / "triggers.raw"
    path.write_bytes(words.evt2(words.time_high(64), words.trigger(70, 3), words.event(71, 1, 1)))
    assert lines_of(run("head", "--json", "--stream", "triggers", path)) == [
        {"t": 70, "id": 3, "polarity": 1}
    ]
    result = run("head", "--stream", "nonsense", path)
    assert result.exit_code == 2
    assert "nonsense" in result.stderr


def test_head_of_a_cut_recording_warns_in_one_line(tmp_path):
    path = tmp_path / "cut.raw"
    path.write_bytes(words.evt2_known(5)[:-1])
    result = run("head", path)
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 5
    assert result.stderr.startswith("evarrow: warning: ")
    assert len(result.stderr.splitlines()) == 1


# formats, doctor, demo


def test_formats_lists_them_all():
    names = [one.name for one in ev.formats()]
    assert [found["name"] for found in lines_of(run("formats", "--json"))] == names
    text = run("formats").stdout
    assert [line.split()[0] for line in text.splitlines()[1:]] == names


def test_doctor_finds_everything_in_place():
    result = run("doctor", "--json")
    assert result.exit_code == 0
    [found] = lines_of(result)
    assert found["problems"] == []
    assert found["evarrow"]["version"] == ev.__version__
    assert found["evarrow"]["instruction_set"] == ev.instruction_set()
    assert found["evarrow"]["self_test"].endswith("fine")
    assert "polars" in run("doctor").stdout


def test_doctor_names_what_is_missing_and_how_to_get_it(monkeypatch):
    import evarrow.doctor

    def version(package):
        if package in ("polars", "duckdb"):
            raise evarrow.doctor.importlib.metadata.PackageNotFoundError(package)
        return "1.0"

    monkeypatch.setattr(evarrow.doctor.importlib.metadata, "version", version)
    result = run("doctor")
    assert result.exit_code == 1
    assert "PROBLEM: polars" in result.stdout
    assert "pip install duckdb" in result.stdout


def test_doctor_says_which_settings_are_in_force(monkeypatch):
    monkeypatch.setenv("EVARROW_NUM_THREADS", "1")
    [found] = lines_of(run("doctor", "--json"))
    assert found["settings"]["EVARROW_NUM_THREADS"] == "1"
    assert found["evarrow"]["threads"] == "1"


def test_demo_makes_a_recording_and_queries_it(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    result = run("demo")
    assert result.exit_code == 0, result.output
    [folder] = tmp_path.glob("evarrow-demo-*")
    assert str(folder / "rec.raw") in result.stdout
    assert "polarity" in result.stdout
    assert ".collect()" in result.stdout
    assert "Now you:" in result.stdout
    assert (folder / "rec.raw").exists()


def test_options_say_what_a_file_does_not(tmp_path):
    left, right = ros.events(20), ros.events(30, 2 * 10**15)
    topics = (("/left/events", ros.ARRAY), ("/right/events", ros.ARRAY))
    messages = [(0, 1, ros.array(left)), (1, 2, ros.array(right))]
    (tmp_path / "a.bag").write_bytes(ros.bag(messages, topics=topics))
    assert lines_of(run("info", "--json", "--count", tmp_path / "a.bag"))[0]["events"] == 20
    [found] = lines_of(run("info", "--json", "--count", "--sensor", "right", tmp_path / "a.bag"))
    assert found["events"] == 30
    assert "--sensor chooses" in run("info", tmp_path / "a.bag").stdout
    (tmp_path / "a.csv").write_text("5,7,1,100000\n6,8,0,250000\n")
    how = ("--order", "xypt", "--t-unit", "ns")
    rows = lines_of(run("head", "--json", *how, tmp_path / "a.csv"))
    assert rows[0] == {"x": 5, "y": 7, "t": 100, "polarity": 1}
    assert "sound" in run("validate", *how, tmp_path / "a.csv").stdout
    assert run("head", "--t-unit", "h", tmp_path / "a.csv").exit_code == 2
