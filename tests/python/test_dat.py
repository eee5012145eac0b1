# SPDX-License-Identifier: Apache-2.0
"""DAT recordings: events, triggers, windows, conversion and what is damaged."""

import subprocess
import sys

import numpy as np
import pytest
import words

import evarrow as ev

LAP = 2**32


@pytest.fixture(scope="module")
def dat(tmp_path_factory):
    """A recording of `words.EVENTS` events, one every 10 us, whose columns are known."""
    path = tmp_path_factory.mktemp("dat") / "known.dat"
    path.write_bytes(words.dat_known())
    return path


def rows_of(batch, *names):
    return list(zip(*(batch.column(name).tolist() for name in names), strict=True))


def test_columns_and_header_are_as_written(dat):
    with ev.open(dat) as rec:
        assert (rec.format, rec.resolution, len(rec)) == ("dat", (640, 480), words.EVENTS)
        assert rec.header["Version"] == "2"
        assert rec.time_range == (0, (words.EVENTS - 1) * words.STEP)
        batch = rec.select().to_batch()
    for name, values in zip(("x", "y", "t", "polarity"), words.known(), strict=True):
        assert np.array_equal(batch.column(name), values), name


@pytest.mark.parametrize("threads", [1, 2])
def test_a_window_decodes_only_what_it_must(dat, threads):
    with ev.open(dat, threads=threads) as rec:
        rec.make_index()
        reader = rec.core_scan("events", {"start": 1_000_000, "end": 1_000_100}).open()
        rows = 0
        while (batch := reader.next()) is not None:
            rows += len(batch)
        assert rows == 10
        assert reader.report.events_decoded < words.EVENTS / 8
        part = rec.select(start="1s", end="1100ms", region=(0, 0, 320, 480), polarity=1).to_batch()
    x, y, t, polarity = words.known()
    keep = (t >= 1_000_000) & (t < 1_100_000) & (x < 320) & (polarity == 1)
    for name, values in zip(("x", "y", "t", "polarity"), (x, y, t, polarity), strict=True):
        assert np.array_equal(part.column(name), values[keep]), name


def test_the_clock_goes_on_past_its_restart_with_any_number_of_threads(tmp_path):
    x, y, t, polarity = words.known(1_500_000)
    t = t * 9000  # three turns of the clock
    path = tmp_path / "long.dat"
    path.write_bytes(words.DAT_HEADER + words.dat_words(x, y, t, polarity))
    for threads in (1, 2):
        with ev.open(path, threads=threads) as rec:
            assert rec.time_range == (0, t[-1])
            assert np.array_equal(rec.select().to_batch().t, t)
            window = rec.select(start=int(t[900_000]), end=int(t[900_010])).to_batch()
            assert np.array_equal(window.t, t[900_000:900_010])
            assert np.array_equal(window.x, x[900_000:900_010])
    assert t[-1] > 3 * LAP


def test_both_types_of_events_are_read():
    for kind in (0x00, 0x0C):
        content = words.dat((5, 1 << 28 | 479 << 14 | 639), (6, 3), kind=kind)
        assert ev.read(content, t_type="int64").rows() == [(639, 479, 5, 1), (3, 0, 6, -1)]


def test_crops_without_a_size_are_read():
    content = words.dat((5, 99 << 14 | 119), header=b"% Version 2\n% Date 2017-10-31 11:29:21\n")
    with ev.open(content) as rec:
        assert rec.resolution is None
        assert rec.header["Date"] == "2017-10-31 11:29:21"
        assert rec.select().to_batch().x.tolist() == [119]


def test_triggers_and_rates_are_streams_of_their_own():
    content = words.dat((10, 1), (LAP - 1, 6 << 26), (30, 63 << 26 | 1), kind=0x0E)
    with ev.open(content, sort=False) as rec:
        assert (len(rec), rec.time_range) == (0, None)
        edges = rec.select("triggers").to_batch()
        assert rows_of(edges, "t", "id", "polarity") == [
            (10, 0, 1), (LAP - 1, 6, -1), (LAP + 30, 63, 1),
        ]  # fmt: skip
        assert ev.validate(rec).triggers == 3
    with ev.open(words.dat((10, 1234), (20, 1 << 31 | 99), kind=0x11)) as rec:
        rates = rec.select("rates").to_batch()
        assert rows_of(rates, "t", "count", "output") == [(10, 1234, 0), (20, 99, 1)]


def test_events_outside_the_sensor_are_kept_unless_told():
    content = words.dat((1, 640), (2, 639), (3, 480 << 14))
    assert ev.read(content).height == 3
    assert ev.read(content, out_of_sensor="drop").height == 1
    assert ev.validate(content).faults["out_of_sensor"].count == 2
    with pytest.raises(ev.DamagedError, match="640x480"):
        ev.read(content, out_of_sensor="raise")


def test_damage_is_told():
    cut = words.dat((1, 1), (2, 2))[:-3]
    with pytest.warns(ev.EvarrowWarning, match="last 5 bytes"):
        assert ev.read(cut).height == 1
    back = words.dat((50_000, 1), (1_000, 2))
    with pytest.raises(ev.DamagedError, match="49000 us"):
        ev.read(back)
    for content in (words.DAT_LINES, words.DAT_HEADER, words.DAT_HEADER[:-1]):
        assert ev.read(content).height == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (words.DAT_LINES + b"\x28\x1c" + bytes(28), "type 40 with 28 bytes"),
        (words.DAT_LINES + b"% Wid", "cut off"),
        (b"% Version 2\n% Width 640\n\x0c\x08", "pass resolution="),
        (b"% Version 2\n% Width 0\n% Height 99999\n\x0c\x08", "pass resolution="),
    ],
)
def test_a_header_that_cannot_be_is_refused(content, says):
    with pytest.raises(ev.FormatError, match=says):
        ev.open(content)


def test_words_of_another_format_are_noticed():
    payload = words.evt2_known(5000)[len(words.EVT2_HEADER) :]
    with pytest.raises(ev.DamagedError, match="do not look like DAT"):
        ev.read(words.DAT_HEADER + payload)
    payload = words.dat_known(5000)[len(words.DAT_HEADER) :]
    with pytest.raises(ev.DamagedError, match='format="dat"'):
        ev.read(words.EVT3_HEADER + payload)


def test_a_file_without_a_header_can_be_named():
    content = words.dat_known(100)[len(words.DAT_HEADER) :]
    with pytest.raises(ev.FormatError, match="known format"):
        ev.open(content)
    assert np.array_equal(ev.open(content, format="dat").select().to_batch().x, words.known(100)[0])


def test_the_ending_of_a_name_says_what_is_written(evt2, tmp_path):
    path = tmp_path / "out.dat"
    assert ev.convert(evt2, path) == words.EVENTS
    with ev.open(path) as rec:
        assert (rec.format, rec.resolution) == ("dat", (640, 480))
    assert ev.read(path).equals(ev.read(evt2))
    assert path.read_bytes().endswith(words.dat_known()[len(words.DAT_HEADER) :])
    back = tmp_path / "back.raw"
    ev.convert(path, back, format="evt2")
    assert ev.read(back).equals(ev.read(evt2))
    again = tmp_path / "again.dat"
    ev.convert(path, again)
    assert again.read_bytes() == path.read_bytes()


def test_conversion_warns_of_triggers_that_a_file_of_events_does_not_hold(sample, tmp_path):
    path = tmp_path / "out.dat"
    edges = ev.read(sample, stream="triggers")
    with pytest.warns(ev.EvarrowWarning, match=rf"{edges.height} rows .* 'triggers'"):
        assert ev.convert(sample, path) == len(ev.open(sample))
    assert ev.read(path).equals(ev.read(sample))
    with pytest.raises(ValueError, match="row 0 of the triggers"):
        ev.write(ev.read(sample), path, resolution=(64, 48), triggers=edges, overwrite=True)


def test_a_file_of_triggers_stays_one(tmp_path):
    path = tmp_path / "trigger.dat"
    content = words.dat((10, 1), (20, 6 << 26), kind=0x0E)
    assert ev.convert(content, path) == 0
    assert path.read_bytes().endswith(b"\x0e\x08" + content[-16:])
    raw = tmp_path / "trigger.raw"
    assert ev.convert(path, raw) == 0
    edges = ev.open(raw).select("triggers").to_batch()
    assert rows_of(edges, "t", "id", "polarity") == [(10, 0, 1), (20, 6, -1)]


def test_a_late_recording_is_converted_from_its_start(tmp_path):
    x, y, t, polarity = words.known(100)
    raw = tmp_path / "late.raw"
    path = tmp_path / "late.dat"
    events = ev.from_arrays(x=x, y=y, t=t + 2 * LAP, polarity=polarity)
    ev.write(events, raw, format="evt2", resolution=(640, 480))
    with pytest.raises(ValueError, match='origin="start"'):
        ev.convert(raw, path)
    assert not path.exists()
    ev.convert(raw, path, origin="start")
    assert np.array_equal(ev.open(path).select().to_batch().t, t)


def test_a_pipe_is_read(dat):
    code = (
        "import sys, evarrow as ev; print(sum(len(b) for b in ev.open(sys.stdin.buffer).batches()))"
    )
    with subprocess.Popen(["cat", str(dat)], stdout=subprocess.PIPE) as cat:
        done = subprocess.run(
            [sys.executable, "-c", code],
            stdin=cat.stdout,
            capture_output=True,
            text=True,
            check=True,
        )
    assert int(done.stdout) == words.EVENTS
