# SPDX-License-Identifier: Apache-2.0
"""Writing MCAP, and that others read what was written."""

import io
import os
import struct
import threading

import numpy as np
import polars as pl
import pytest

import evarrow as ev

SIZE = (640, 480)
COMPRESSIONS = ["zstd", "lz4", "none"]
TRIGGERS = {"t": [5, 1000, 1000, 2_999_999], "id": [0, 1, 15, 6], "polarity": [1, -1, 1, -1]}


def events(n=300_000, seed=0):
    random = np.random.default_rng(seed)
    return {
        "x": random.integers(0, SIZE[0], n).astype(np.int16),
        "y": random.integers(0, SIZE[1], n).astype(np.int16),
        "t": np.sort(random.integers(0, 30_000_000, n)),
        "polarity": random.choice(np.array([-1, 1], np.int8), n),
    }


def columns_of(frame):
    return {name: frame[name].to_numpy() for name in ("x", "y", "t", "polarity")}


def assert_same(got, want):
    for name, column in want.items():
        assert np.array_equal(got[name], column), name


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("n", [0, 1, 300_000])
def test_events_and_triggers_come_back(tmp_path, compression, n):
    want = events(n)
    path = tmp_path / "a.mcap"
    assert ev.write(want, path, resolution=SIZE, triggers=TRIGGERS, compression=compression) == n
    assert_same(columns_of(ev.read(path, t_type="int64")), want)
    with ev.open(path) as rec:
        assert rec.format == "mcap"
        assert rec.resolution == SIZE
        got = rec.read("triggers").select(pl.col("t").dt.total_microseconds(), "id", "polarity")
    assert got.rows() == list(zip(*TRIGGERS.values(), strict=True))


def test_a_recording_of_nothing_has_its_size(tmp_path):
    none = {name: column[:0] for name, column in events(1).items()}
    ev.write(none, tmp_path / "a.mcap", resolution=SIZE)
    with ev.open(tmp_path / "a.mcap") as rec:
        assert rec.resolution == SIZE
        assert len(rec) == 0


def test_a_file_does_not_depend_on_threads(tmp_path):
    want = events()
    contents = set()
    for threads in (1, 2, 5):
        path = tmp_path / f"{threads}.mcap"
        ev.write(want, path, resolution=SIZE, threads=threads)
        contents.add(path.read_bytes())
    assert len(contents) == 1


def test_topic_and_frame_go_along(tmp_path):
    import ros_files

    packet = ros_files.packet("mono", ros_files.mono(ros_files.events(100, begin=5), 0), 0)
    source = tmp_path / "source.mcap"
    topic = ("/left/events", ros_files.PACKET, "cdr")
    source.write_bytes(ros_files.mcap([(0, 1, packet)], topics=(topic,)))
    ev.convert(source, tmp_path / "a.mcap")
    with ev.open(source) as old, ev.open(tmp_path / "a.mcap") as new:
        assert new.header["topic"] == "/left/events"
        assert new.header["frame_id"] == old.header["frame_id"]
        assert new.read().equals(old.read())


def test_a_pipe_gets_the_same_file(tmp_path):
    want = events(100_000)
    ev.write(want, tmp_path / "a.mcap", resolution=SIZE)
    read_end, write_end = os.pipe()
    taken = []

    def take():
        with os.fdopen(read_end, "rb") as pipe:
            taken.append(pipe.read())

    thread = threading.Thread(target=take)
    thread.start()
    with os.fdopen(write_end, "wb") as pipe:
        ev.write(want, pipe, format="mcap", resolution=SIZE)
    thread.join()
    assert taken[0] == (tmp_path / "a.mcap").read_bytes()


def test_what_evt3_cannot_hold_is_refused_or_left_out(tmp_path):
    want = events(1000)
    want["x"][500] = 2048
    want["t"][0] = -1
    with pytest.raises(ValueError, match="row 0 of the events"):
        ev.write(want, tmp_path / "a.mcap", resolution=SIZE)
    assert not list(tmp_path.iterdir())
    with pytest.warns(ev.EvarrowWarning, match="2 events"):
        written = ev.write(want, tmp_path / "a.mcap", resolution=SIZE, on_loss="warn")
    assert written == 998
    kept = np.delete(np.arange(1000), [0, 500])
    got = columns_of(ev.read(tmp_path / "a.mcap", t_type="int64"))
    assert_same(got, {name: column[kept] for name, column in want.items()})


def test_other_compressions_are_refused(tmp_path):
    with pytest.raises(ValueError, match="zstd, lz4 and none"):
        ev.write(events(1), tmp_path / "a.mcap", resolution=SIZE, compression="gzip")
    with pytest.raises(ValueError, match="level"):
        ev.write(events(1), tmp_path / "a.mcap", resolution=SIZE, compression_level=3)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_mcap_reads_it(tmp_path, compression):
    reader = pytest.importorskip("mcap.reader")
    want = events()
    path = tmp_path / "a.mcap"
    ev.write(want, path, resolution=SIZE, compression=compression)
    content = path.read_bytes()
    made = reader.SeekingReader(io.BytesIO(content), validate_crcs=True)
    summary = made.get_summary()
    assert len(summary.chunk_indexes) > 1
    messages = list(made.iter_messages())
    assert summary.statistics.message_count == len(messages)
    assert summary.statistics.chunk_count == len(summary.chunk_indexes)
    assert summary.statistics.message_end_time == want["t"][-1] * 1000
    assert [message.sequence for _, _, message in messages] == list(range(len(messages)))
    front = reader.NonSeekingReader(io.BytesIO(content), validate_crcs=True)
    assert [message for _, _, message in front.iter_messages()] == [one[2] for one in messages]
    # Messages of a stretch of time, found by the indexes.
    some = list(made.iter_messages(starting_at=10_000_000_000, ending_before=20_000_000_000))
    assert some == [one for one in messages if 10**10 <= one[2].log_time < 2 * 10**10]
    assert 0 < len(some) < len(messages)


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_rosbags_reads_the_words_of_a_raw_file(tmp_path, compression):
    highlevel = pytest.importorskip("rosbags.highlevel")
    want = events()
    path = tmp_path / "a.mcap"
    ev.write(want, path, resolution=SIZE, compression=compression)
    with highlevel.AnyReader([path]) as bag:
        messages = [
            bag.deserialize(raw, connection.msgtype) for connection, _, raw in bag.messages()
        ]
    assert {(one.width, one.height, one.encoding, one.is_bigendian) for one in messages} == {
        (*SIZE, "evt3", False)
    }
    assert [one.seq for one in messages] == list(range(len(messages)))
    raw = tmp_path / "a.raw"
    ev.write(want, raw, resolution=SIZE)
    joined = b"".join(one.events.tobytes() for one in messages)
    assert raw.read_bytes().endswith(joined)
    assert b"% end\n" + joined in raw.read_bytes()


def test_a_file_that_was_cut_is_read_up_to_there(tmp_path):
    want = events()
    path = tmp_path / "a.mcap"
    ev.write(want, path, resolution=SIZE, compression="none")
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    with pytest.warns(ev.EvarrowWarning, match="cut off"):
        got = ev.read(path, t_type="int64")
    assert 100_000 < len(got) < 300_000
    assert_same(columns_of(got), {name: column[: len(got)] for name, column in want.items()})


def test_the_front_of_a_chunk_says_its_checksum(tmp_path):
    import zlib

    ev.write(events(10), tmp_path / "a.mcap", resolution=SIZE, compression="none")
    content = (tmp_path / "a.mcap").read_bytes()
    at = 8 + 9 + struct.unpack_from("<Q", content, 9)[0]
    assert content[at] == 6
    size, checksum = struct.unpack_from("<QI", content, at + 9 + 16)
    begin = at + 9 + 16 + 12 + 4 + 8
    assert zlib.crc32(content[begin : begin + size]) == checksum
