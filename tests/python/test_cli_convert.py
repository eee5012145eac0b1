# SPDX-License-Identifier: Apache-2.0
"""Commands that write or judge recordings: sample, convert, validate."""

import pytest
import words
from cli_support import clock_reset, lines_of, run

import evarrow as ev


@pytest.fixture
def bad(tmp_path):
    """A recording whose clock goes back by a second after its first 1000 events."""
    path = tmp_path / "bad.raw"
    path.write_bytes(clock_reset())
    return path


# sample


def test_sample_makes_what_was_asked_for(tmp_path):
    path = tmp_path / "rec.raw"
    args = ("--duration", "20ms", "--resolution", "64x48", "--format", "evt2", "--seed", 5)
    [found] = lines_of(run("sample", path, *args, "--json"))
    with ev.open(path) as rec:
        assert (rec.format, rec.resolution, len(rec)) == ("evt2", (64, 48), found["events"])
        assert rec.time_range[1] < 20_000
    assert found["bytes"] == path.stat().st_size
    assert found["duration_us"] == 20_000


def test_sample_refuses_to_replace_a_file_unless_told(tmp_path):
    path = tmp_path / "rec.raw"
    path.write_bytes(b"mine")
    small = ("--duration", "10ms", "--resolution", "64x48")
    result = run("sample", path, *small)
    assert (result.exit_code, path.read_bytes()) == (3, b"mine")
    assert "--overwrite" in result.stderr
    assert run("sample", path, *small, "--overwrite").exit_code == 0
    assert len(ev.open(path)) > 0


@pytest.mark.parametrize(
    "args",
    [
        ("--duration", "5 bananas"),
        ("--duration", "0s"),
        ("--resolution", "64"),
        ("--resolution", "0x5"),
        ("--format", "evt9"),
    ],
)
def test_sample_refuses_what_makes_no_sense(tmp_path, args):
    result = run("sample", tmp_path / "rec.raw", *args)
    assert result.exit_code == 2
    assert args[1] in result.stderr or args[0].strip("-") in result.stderr
    assert list(tmp_path.iterdir()) == []


# convert


def test_convert_keeps_every_event_and_trigger(sample, tmp_path):
    path = tmp_path / "out.raw"
    [found] = lines_of(run("convert", sample, path, "--to", "evt2", "--json"))
    assert found["format"] == "evt2"
    assert found["events"] == len(ev.open(sample))
    for stream in ("events", "triggers"):
        assert ev.read(path, stream=stream).equals(ev.read(sample, stream=stream))


def test_convert_keeps_the_format_where_the_ending_leaves_a_choice(evt2, tmp_path):
    assert run("convert", evt2, tmp_path / "out.raw").exit_code == 0
    assert ev.open(tmp_path / "out.raw").format == "evt2"


def test_convert_cuts_a_part_out(evt2, tmp_path):
    path = tmp_path / "out.raw"
    part = ("--start", "10ms", "--end", 20_000, "--region", "0,0,320,240", "--polarity", "on")
    [found] = lines_of(run("convert", evt2, path, *part, "--json"))
    want = ev.read(evt2, start="10ms", end="20ms", region=(0, 0, 320, 240), polarity=1)
    assert found["events"] == want.height > 0
    assert ev.read(path).equals(want)
    assert ev.open(path).resolution == (640, 480)


def test_convert_of_a_part_keeps_triggers_of_both_polarities_and_the_header(tmp_path):
    source, path = tmp_path / "in.raw", tmp_path / "out.raw"
    content = words.evt2(
        words.time_high(64),
        words.event(70, 1, 1, on=False),
        words.trigger(71, 2, on=True),
        words.event(72, 2, 2, on=True),
        words.trigger(73, 2, on=False),
        words.time_high(128),
        words.event(140, 3, 3, on=True),
        words.trigger(141, 2, on=True),
    )
    source.write_bytes(content.replace(b"% end", b"% serial_number 0042\n% end"))
    assert run("convert", source, path, "--polarity", "off", "--end", 100).exit_code == 0
    assert ev.read(path)["x"].to_list() == [1]
    triggers = ev.read(path, stream="triggers", t_type="int64")
    assert triggers.rows() == [(71, 2, 1), (73, 2, -1)]
    assert ev.open(path).metadata["evarrow.serial_number"] == "0042"


def test_convert_refuses_to_write_onto_its_input(evt2, tmp_path):
    copy = tmp_path / "rec.raw"
    copy.write_bytes(evt2.read_bytes())
    (tmp_path / "link.raw").symlink_to(copy)
    for target in (copy, tmp_path / "link.raw"):
        result = run("convert", copy, target, "--overwrite")
        assert result.exit_code == 2
        assert "is the input" in result.stderr
    assert copy.read_bytes() == evt2.read_bytes()


def test_convert_refuses_to_replace_a_file_unless_told(evt2, tmp_path):
    path = tmp_path / "out.raw"
    path.write_bytes(b"mine")
    assert run("convert", evt2, path).exit_code == 3
    assert path.read_bytes() == b"mine"
    assert run("convert", evt2, path, "--overwrite").exit_code == 0


def test_convert_to_a_full_disk_says_so(evt2):
    result = run("convert", evt2, "/dev/full", "--to", "evt2", "--overwrite")
    assert result.exit_code == 3
    assert "No space left on device" in result.stderr


def test_convert_takes_the_sensor_as_a_stream_too(evt2, tmp_path):
    result = run("convert", evt2, tmp_path / "out.raw", "--stream", "left", "--sensor", "left")
    assert result.exit_code == 2
    assert "the same" in result.stderr
    result = run("convert", evt2, tmp_path / "out.parquet", "--stream", "trigger")
    assert result.exit_code == 4
    assert "leave out --sensor; `evarrow info` lists what --stream takes" in result.stderr


def test_convert_moves_times_that_count_from_1970(tmp_path):
    lines = ["1700000000.000200,3,4,1", "1700000000.000100,1,2,0", "1700000000.000300,5,6,1"]
    path = tmp_path / "epoch.csv"
    path.write_text("t,x,y,p\n" + "\n".join(lines) + "\n")
    command = ["convert", path, tmp_path / "rec.raw", "--t-unit", "s", "--resolution", "64x48"]
    assert run(*command).exit_code != 0
    assert not (tmp_path / "rec.raw").exists()
    result = run(*command, "--origin", "start", "--sort")
    assert result.exit_code == 0, result.output
    assert ev.read(tmp_path / "rec.raw", t_type="int64", sort=False)["t"].to_list() == [0, 100, 200]
    result = run(*command, "--origin", "1700000000s", "--overwrite")
    assert result.exit_code == 0, result.output
    read = ev.read(tmp_path / "rec.raw", t_type="int64", sort=False)
    assert read["t"].to_list() == [200, 100, 300]


def test_convert_of_damage_leaves_no_file(bad, tmp_path):
    result = run("convert", bad, tmp_path / "out.raw")
    assert result.exit_code == 1
    assert "byte" in result.stderr
    assert sorted(tmp_path.iterdir()) == [bad]
    assert run("convert", bad, tmp_path / "out.raw", "--on-error", "ignore").exit_code == 0


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--to", "evt9"), "evt9"),
        (("--region", "1,2,3"), "0,0,320,240"),
        (("--region", "9,0,1,1"), "region"),
        (("--polarity", "maybe"), "maybe"),
        (("--start", "soon"), "soon"),
    ],
)
def test_convert_refuses_what_makes_no_sense(evt2, tmp_path, args, says):
    result = run("convert", evt2, tmp_path / "out.raw", *args)
    assert result.exit_code == 2
    assert says in result.stderr
    assert not (tmp_path / "out.raw").exists()


# validate


def test_validate_calls_a_sound_recording_sound(evt2, sample):
    result = run("validate", evt2, sample)
    assert result.exit_code == 0
    assert f"{evt2}: sound" in result.stdout
    assert f"{sample}: sound" in result.stdout
    assert f"{words.EVENTS:,}" in result.stdout


def test_validate_says_where_the_damage_is(bad, evt2):
    result = run("validate", bad, evt2)
    assert result.exit_code == 1
    assert f"{bad}: damaged" in result.stdout
    report = ev.validate(bad)
    for fault in report.faults.values():
        assert f"{fault.offset:,}" in result.stdout
    assert f"{evt2}: sound" in result.stdout
    first, second = lines_of(run("validate", "--json", bad, evt2))
    assert (first["damaged"], second["damaged"]) == (True, False)
    assert first["findings"] == list(report.findings)
    assert second["events"] == words.EVENTS


def test_validate_tells_remarks_from_damage(tmp_path):
    path = tmp_path / "cut.raw"
    path.write_bytes(words.evt2_known(5)[:-1])
    result = run("validate", path)
    assert result.exit_code == 0
    assert "sound, with remarks" in result.stdout
    assert "truncated: 3, first at byte" in result.stdout


# how the new file is written


def test_the_compression_is_that_asked_for(tmp_path, sample):
    sizes = {}
    for name in ("none", "zstd"):
        path = tmp_path / f"{name}.parquet"
        assert run("convert", sample, path, "--compression", name).exit_code == 0
        sizes[name] = path.stat().st_size
        assert ev.read(path).equals(ev.read(sample))
    assert sizes["zstd"] < sizes["none"]
    many = run("convert", sample, f"{tmp_path}/all/", "--to", "parquet", "--compression", "none")
    [path] = (tmp_path / "all").glob("*.parquet")
    assert (many.exit_code, path.stat().st_size) == (0, sizes["none"])
    wrong = run("convert", sample, tmp_path / "b.parquet", "--compression", "zip")
    assert (wrong.exit_code, "zstd" in wrong.stderr) == (2, True)


def test_options_of_a_format_are_given_by_name(tmp_path, sample):
    path = tmp_path / "a.csv"
    args = ("--write-option", "unit=s", "--write-option", "separator=;")
    assert run("convert", sample, path, *args).exit_code == 0
    assert ";" in path.read_text().splitlines()[1]
    assert ev.read(path, t_unit="s").equals(ev.read(sample))
    assert run("convert", sample, tmp_path / "b.csv", "--write-option", "unit").exit_code == 2
    wrong = run("convert", sample, tmp_path / "b.csv", "--write-option", "colour=red")
    assert (wrong.exit_code, "colour" in wrong.stderr) == (2, True)


def test_info_tells_the_size_of_the_file_itself(tmp_path, sample):
    path = tmp_path / "a.parquet"
    assert run("convert", sample, path).exit_code == 0
    [found] = lines_of(run("info", "--json", path))
    assert found["bytes"] == path.stat().st_size
