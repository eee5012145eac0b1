# SPDX-License-Identifier: Apache-2.0
"""What a new file cannot hold: refused, or left out and counted."""

import os

import polars as pl
import pytest
import words
from cli_support import run

import evarrow as ev


def events_with(bad):
    """Ten events, 1 us apart, of which some are replaced."""
    columns = {"x": list(range(10)), "y": [1] * 10, "t": list(range(10)), "polarity": [1, -1] * 5}
    for row, values in bad.items():
        for name, value in values.items():
            columns[name][row] = value
    return columns


BAD = {3: {"x": 2100}, 4: {"y": -1}, 9: {"t": -5}}


def test_an_event_that_does_not_fit_is_named_by_row_value_and_reason(tmp_path):
    path = tmp_path / "out.raw"
    for on_loss in (None, "raise"):
        with pytest.raises(ValueError, match=r"row 3 of the events.* x is 2100.*0 to 2047"):
            ev.write(events_with(BAD), path, resolution=(2048, 8), format="evt2", on_loss=on_loss)
    assert list(tmp_path.iterdir()) == []


def test_with_loss_allowed_the_rest_is_written_and_the_loss_counted(tmp_path):
    path = tmp_path / "out.raw"
    with pytest.warns(ev.EvarrowWarning, match="3 events are not in the new file: row 3 of the"):
        n = ev.write(events_with(BAD), path, resolution=(2048, 8), format="evt2", on_loss="warn")
    assert n == 7
    assert ev.read(path)["x"].to_list() == [0, 1, 2, 5, 6, 7, 8]


@pytest.mark.parametrize("kind", ["dsec", "prophesee-hdf5"])
def test_files_of_the_package_lose_what_does_not_fit_alone(kind, tmp_path):
    path = tmp_path / "out.h5"
    bad = {3: {"x": -1}, 4: {"y": -1}, 9: {"x": -7}}
    with pytest.warns(ev.EvarrowWarning, match="3 events are not in the new file: row 3 of the"):
        n = ev.write(events_with(bad), path, resolution=(640, 8), format=kind, on_loss="warn")
    assert n == 7
    assert ev.read(path)["x"].to_list() == [0, 1, 2, 5, 6, 7, 8]


def test_text_loses_a_time_that_no_reader_takes(tmp_path):
    path = tmp_path / "out.txt"
    columns = events_with({3: {"t": -(2**63)}, 9: {"t": -(2**63)}})
    with pytest.raises(ValueError, match=r"row 3 of the events cannot be written: t is -9223"):
        ev.write(columns, path, resolution=(16, 8))
    with pytest.warns(ev.EvarrowWarning, match="2 events are not in the new file: row 3 of the"):
        assert ev.write(columns, path, resolution=(16, 8), on_loss="warn") == 8
    assert ev.read(path)["x"].to_list() == [0, 1, 2, 4, 5, 6, 7, 8]


@pytest.mark.parametrize("unit", ["ns", "us", "ms", "s"])
def test_text_has_every_time_exactly(unit, tmp_path):
    times = [-1001, -1, 0, 1, 999, 1000, 1999, 2000, 2001, 999_999, 1_000_000, 123_456_789_012]
    columns = {"x": range(12), "y": [2047, 2048, *range(10)], "t": times, "polarity": [1, 0] * 6}
    path = tmp_path / "out.txt"
    ev.write(pl.DataFrame(columns), path, resolution=(4096, 4096), unit=unit)
    back = ev.read(path, t_unit=unit)
    assert back["t"].dt.total_microseconds().to_list() == times
    assert back["y"].to_list() == [2047, 2048, *range(10)]


def test_events_before_the_epoch_are_lost_or_refused(evt2, tmp_path):
    path = tmp_path / "out.dat"
    with pytest.raises(ValueError, match=r"row 0 of the events.* t is -1000 us"):
        ev.convert(evt2, path, origin=1000)
    with pytest.warns(ev.EvarrowWarning, match="100 events are not in the new file"):
        assert ev.convert(evt2, path, origin=1000, on_loss="warn") == words.EVENTS - 100
    assert ev.read(path).equals(ev.read(evt2, origin=1000, start=0))


def test_a_step_back_that_a_format_cannot_take_is_lost(tmp_path):
    path = tmp_path / "out.es"
    columns = events_with({5: {"t": 1}})
    with pytest.raises(ValueError, match="row 5 of the events"):
        ev.write(columns, path, resolution=(16, 8))
    with pytest.warns(ev.EvarrowWarning, match="1 events"):
        assert ev.write(columns, path, resolution=(16, 8), on_loss="warn") == 9


def test_a_stream_without_a_place_warns_or_is_refused(sample, tmp_path):
    count = ev.read(sample, stream="triggers").height
    path = tmp_path / "out.dat"
    for on_loss in (None, "warn"):
        with pytest.warns(ev.EvarrowWarning, match=f"{count} rows of the stream 'triggers'"):
            ev.convert(sample, path, on_loss=on_loss, overwrite=True)
        assert ev.read(path).equals(ev.read(sample))
    path.unlink()
    with pytest.raises(ValueError, match=r"row 0 of the triggers \(t = \d+ us\).* dat has no"):
        ev.convert(sample, path, on_loss="raise")
    assert list(tmp_path.iterdir()) == []


def test_triggers_that_are_given_are_refused_unless_loss_is_allowed(tmp_path):
    path = tmp_path / "out.dat"
    triggers = pl.DataFrame({"t": [1, 2], "id": [0, 0], "polarity": [1, -1]})
    how = {"resolution": (16, 8), "triggers": triggers}
    with pytest.raises(ValueError, match="triggers"):
        ev.write(events_with({}), path, **how)
    with pytest.warns(ev.EvarrowWarning, match="2 rows of the stream 'triggers'"):
        assert ev.write(events_with({}), path, **how, on_loss="warn") == 10


def test_what_happens_is_one_of_two(evt2, tmp_path):
    with pytest.raises(ValueError, match='on_loss must be "raise" or "warn"'):
        ev.convert(evt2, tmp_path / "out.raw", on_loss="ignore")
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_what_was_lost(sample, tmp_path):
    result = run("convert", sample, tmp_path / "out.dat", "--on-loss", "raise")
    assert result.exit_code == 2
    assert "--on-loss warn" in result.stderr
    result = run("convert", sample, tmp_path / "out.dat", "--on-loss", "warn")
    assert result.exit_code == 0
    assert "'triggers' are not in the new file" in result.stderr


@pytest.mark.parametrize("link", [None, os.symlink, os.link])
def test_a_recording_is_never_written_onto_itself(evt2, tmp_path, link):
    path = tmp_path / "rec.raw"
    path.write_bytes(evt2.read_bytes())
    target = path
    if link is not None:
        target = tmp_path / "other.raw"
        link(path, target)
    for write in (ev.convert, ev.write):
        with pytest.raises(ValueError, match="is what is read"):
            write(path, target, overwrite=True)
    with path.open("rb") as source, pytest.raises(ValueError, match="is what is read"):
        ev.convert(source, target, overwrite=True)
    assert path.read_bytes() == evt2.read_bytes()
    assert len(list(tmp_path.iterdir())) == (1 if link is None else 2)
