# SPDX-License-Identifier: Apache-2.0
"""Event Streams: times are sums, y is stored from the bottom, there are no triggers."""

import json
import os
import struct
import threading

import numpy as np
import pytest

import evarrow as ev

HEADER = b"Event Stream\2\0\0"
STREAMS = ("events", "exposures", "colors", "messages")


def dvs(step, x, y, on):
    return struct.pack("<BHH", step << 1 | on, x, y)


def head(kind, width=320, height=240):
    return HEADER + struct.pack("<BHH", kind, width, height)


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    path = tmp_path_factory.mktemp("es") / "rec.es"
    ev.sample(path, duration="500ms", resolution=(64, 48), format="es")
    return path


def test_a_recording_is_read_as_stored_but_for_y():
    content = head(1) + dvs(0, 1, 239, 1) + b"\xff" + dvs(126, 2, 0, 0) + b"\xfe"
    with ev.open(content) as rec:
        assert (rec.format, rec.resolution, rec.streams) == ("es", (320, 240), STREAMS)
        assert rec.header == {"version": "2.0.0", "type": "dvs"}
        assert rec.time_range == (0, 253)
    frame = ev.read(content, t_type="int64")
    assert frame.rows() == [(1, 0, 0, 1), (2, 239, 253, -1)]


def test_threshold_crossings_are_a_table():
    content = head(2) + bytes([1 << 2 | 2, 1, 0, 2, 0, 3 << 2 | 1, 3, 0, 4, 0, 0x83, 5, 0, 6, 0])
    both = ev.read(content, stream=["events", "exposures"], t_type="int64")
    assert both["events"].rows() == [(1, 237, 1, 1)]
    assert both["exposures"].columns == ["x", "y", "t", "crossing"]
    assert both["exposures"].rows() == [(3, 235, 4, 0), (5, 233, 36, 1)]
    with ev.open(content) as rec:
        assert rec.read("exposures", start=10)["x"].to_list() == [5]
        assert rec.read("exposures", region=(0, 0, 4, 240))["x"].to_list() == [3]


def test_colours_are_a_table(tmp_path):
    content = head(4) + bytes([7, 1, 0, 2, 0, 200, 100, 255])
    both = ev.read(content, stream=["colors", "events"], t_type="int64")
    assert both["events"].rows() == [(1, 237, 7, 1)]
    assert both["colors"].columns == ["x", "y", "t", "red", "green", "blue"]
    assert both["colors"].rows() == [(1, 237, 7, 200, 100, 255)]
    with pytest.warns(ev.EvarrowWarning, match="1 rows? of the stream 'colors'"):
        ev.convert(content, tmp_path / "a.raw", format="evt3")


def test_byte_strings_are_a_table_of_where_they_are(corpus):
    path = corpus / "synthetic" / "es_generic.es"
    content = path.read_bytes()
    want = json.loads(path.with_name("es_generic.es.json").read_text())["generic"]
    rows = ev.read(path, stream="messages", t_type="int64").rows()
    strings = [[t, content[offset : offset + size].hex()] for t, offset, size in rows]
    assert strings == want


def test_the_height_that_is_given_is_the_one_that_y_is_flipped_by():
    content = head(1, 0, 0) + dvs(0, 1, 2, 1)
    with pytest.raises(ev.FormatError, match="resolution="):
        ev.open(content)
    assert ev.read(content, resolution=(100, 50))["y"].to_list() == [47]


def test_other_versions_are_refused():
    with pytest.raises(ev.FormatError, match=r"version 1\.0\.0"):
        ev.open(b"Event Stream\1\0\0\1\0\0\0\0")


def test_a_file_cut_anywhere_gives_the_events_before_and_a_warning():
    whole = head(1) + dvs(3, 1, 2, 1) + dvs(4, 5, 6, 0)
    for left in range(1, 5):
        with pytest.warns(ev.EvarrowWarning, match=f"its last {left} bytes, at byte 25"):
            assert ev.read(whole[: 25 + left]).height == 1
    for size in range(1, 20):
        with pytest.raises(ev.FormatError):
            ev.open(whole[:size])
    assert ev.read(whole[:20]).height == 0


def test_windows_and_filters_are_those_of_the_whole(recording):
    whole = ev.read(recording, t_type="int64")
    assert whole.height > 10_000
    part = ev.read(recording, t_type="int64", start="20ms", end="21ms", region=(5, 5, 30, 30))
    t, x, y = whole["t"], whole["x"], whole["y"]
    want = whole.filter((t >= 20_000) & (t < 21_000) & x.is_between(5, 29) & y.is_between(5, 29))
    assert part.equals(want)
    assert ev.validate(recording).ok


def test_a_pipe_is_read_to_its_end(recording):
    read, write = os.pipe()

    def pour():
        with os.fdopen(write, "wb") as file:
            file.write(recording.read_bytes() + b"\x03\x01")

    writer = threading.Thread(target=pour)
    writer.start()
    with (
        os.fdopen(read, "rb") as file,
        pytest.warns(ev.EvarrowWarning, match="its last 2 bytes"),
    ):
        assert ev.read(file).equals(ev.read(recording))
    writer.join()


def test_conversions_keep_every_event(recording, tmp_path):
    ev.convert(recording, tmp_path / "a.raw", format="evt2")
    ev.convert(tmp_path / "a.raw", tmp_path / "b.es")
    assert ev.open(tmp_path / "a.raw").resolution == (64, 48)
    assert (tmp_path / "b.es").read_bytes() == recording.read_bytes()


def test_triggers_that_the_new_file_cannot_hold_are_told(sample, tmp_path):
    triggers = ev.scan(sample, stream="triggers").collect().height
    assert triggers > 0
    with pytest.warns(ev.EvarrowWarning, match=f"{triggers} rows of the stream 'triggers'"):
        ev.convert(sample, tmp_path / "a.es")
    assert ev.read(tmp_path / "a.es").equals(ev.read(sample))
    edges = {"t": [1], "id": [0], "polarity": [1]}
    with pytest.raises(ValueError, match="row 0 of the triggers"):
        ev.write(ev.read(sample), tmp_path / "b.es", resolution=(64, 48), triggers=edges)


def test_events_out_of_order_are_refused_by_their_row(tmp_path):
    events = ev.from_arrays(x=[1, 2], y=[1, 2], t=[10, 9], polarity=[1, 1])
    with pytest.raises(ValueError, match=r"row 1 of the events.*sort the rows"):
        ev.write(events, tmp_path / "a.es", resolution=(64, 48))
    assert not (tmp_path / "a.es").exists()


@pytest.mark.filterwarnings("ignore:.* ends in the middle of a word")
def test_garbage_gives_no_more_events_than_there_are_bytes_for():
    garbage = np.random.default_rng(5).bytes(300_000)
    for kind in range(5):
        content = (head(kind) if kind in (1, 2, 4) else HEADER + bytes([kind])) + garbage
        found = ev.validate(content)
        assert found.events <= len(garbage) / 5
        assert ev.read(content).height == found.events
        assert (found.events > 0) == (kind in (1, 2, 4))
