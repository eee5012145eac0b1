# SPDX-License-Identifier: Apache-2.0
"""AEDAT 4: iniVation's files of packets."""

import contextlib
import importlib.util
import struct
import tracemalloc

import aedat4_files
import numpy as np
import polars as pl
import pytest
from aedat4_files import Recording, events, recording

import evarrow as ev
from evarrow.packed import zstd


def rows(frame):
    return [frame[name].to_numpy() for name in ("x", "y", "t", "polarity")]


def read(content, **how):
    return ev.read(content, **({"polarity_type": "binary", "t_type": "int64"} | how))


def assert_same(frame, want):
    x, y, t, polarity = rows(frame)
    assert np.array_equal(x, want["x"])
    assert np.array_equal(y, want["y"])
    assert np.array_equal(t, want["t"])
    assert np.array_equal(polarity, want["p"])


@pytest.mark.parametrize("compression", aedat4_files.COMPRESSIONS)
@pytest.mark.parametrize("table", [True, False], ids=["table", "no_table"])
@pytest.mark.parametrize("threads", [1, 3])
def test_all_compressions_with_and_without_the_table(compression, table, threads):
    made, want = recording(compression=compression, table=table)
    content = made.bytes()
    assert_same(read(content, threads=threads), want)
    frame = ev.scan(content, polarity_type="binary", t_type="int64").collect()
    assert_same(frame, want)
    with ev.open(content) as rec:
        assert rec.format == "aedat4"
        assert rec.resolution == (346, 260)
        assert rec.metadata["evarrow.sensor"] == "Camera"
        assert len(rec) == len(want)
        assert rec.time_range == (want["t"][0], want["t"][-1])


@pytest.mark.parametrize("table", [True, False], ids=["table", "no_table"])
def test_a_window_gives_its_events(table):
    made, want = recording(100_000, table=table)
    t = want["t"]
    begin, end = int(t[50_000]), int(t[51_000])
    frame = (
        ev.scan(made.bytes(), t_type="int64", polarity_type="binary")
        .filter(pl.col("t").is_between(begin, end, closed="left"))
        .collect()
    )
    assert_same(frame, want[(t >= begin) & (t < end)])


def test_a_window_decodes_no_packet_far_from_it():
    made, want = recording(200_000)
    t = want["t"]
    # Whatever is decoded far from the window is damaged, and nobody is told.
    content = bytearray(made.bytes())
    begin = len(made.header(-1))
    content[begin + 20 : begin + 40] = bytes(20)
    frame = (
        ev.scan(bytes(content), t_type="int64", polarity_type="binary")
        .filter(pl.col("t") >= int(t[199_000]))
        .collect()
    )
    assert_same(frame, want[199_000:])
    with pytest.raises(ev.DamagedError, match="'events'"):
        ev.read(bytes(content))


def test_empty_packets_are_passed_over():
    made = Recording()
    want = events(100)
    for part in (want[:0], want[:50], want[:0], want[:0], want[50:], want[:0]):
        made.add(0, part)
    for table in (True, False):
        made.table = table
        assert_same(read(made.bytes()), want)


def test_no_events_at_all():
    for made in (Recording(), Recording(streams={}), Recording(table=False)):
        frame = ev.read(made.bytes())
        assert len(frame) == 0
        assert ev.open(made.bytes()).time_range is None


def test_a_table_that_is_wrong_is_not_used():
    made, want = recording(compression="none")
    packets = made.packets
    content = made.bytes()
    made.packets = packets[:-1]
    shorter = made.bytes()
    # The table of a recording without the last packet, at the place of the right one.
    at = len(made.header(-1)) + sum(8 + len(packet[1]) for packet in packets)
    table = shorter[len(made.header(-1)) + sum(8 + len(packet[1]) for packet in packets[:-1]) :]
    assert_same(read(content[:at] + table), want)
    assert_same(read(content[:at] + b"no table"), want)


def test_counts_that_lie_are_damage():
    for change in (-1, 1, 1 << 40, 300):
        made, want = recording()
        stream, content, count, first, last = made.packets[3]
        made.packets[3] = (stream, content, count + change, first, last)
        lying = made.bytes()
        with pytest.raises((ev.DamagedError, ev.FormatError)):
            ev.read(lying)
        if change == 1 << 40:
            continue
        with pytest.warns(ev.EvarrowWarning, match="cannot be decoded"):
            frame = read(lying, on_error="warn")
        assert_same(frame, np.delete(want, slice(2100, 2800)))


def test_a_recording_that_was_cut_off_gives_all_whole_packets():
    made, want = recording(table=False)
    content = made.bytes()
    with pytest.warns(ev.EvarrowWarning, match=r"ends in the middle of a packet: its last \d+"):
        frame = read(content[:-5])
    assert_same(frame, want[: 28 * 700])
    begin = len(made.header(-1))
    for size in (begin + 3, begin + 8, begin + 30):
        with pytest.warns(ev.EvarrowWarning, match="middle of a packet"):
            assert len(read(content[:size])) == 0


def test_a_header_that_was_cut_off_is_refused():
    content = recording()[0].bytes()
    for size in (13, 16, 20, 100):
        with pytest.raises(ev.FormatError):
            ev.open(content[:size])


def test_several_streams_of_events_are_not_mixed():
    made = Recording(
        streams={
            1: ("EVTS", "left", "Left_7", (346, 260)),
            0: ("IMUS", "imu", "Left_7", None),
            5: ("EVTS", "right", "Right_8", (240, 180)),
        }
    )
    left, right = events(3000, seed=1), events(2000, seed=2)
    made.add(1, left[:1500])
    made.add(5, right)
    made.add(1, left[1500:])
    content = made.bytes()
    assert_same(read(content), left)
    assert_same(read(content, sensor="left"), left)
    for name in ("right", "Right_8", "5"):
        assert_same(read(content, sensor=name), right)
    with ev.open(content, sensor="right") as rec:
        assert rec.resolution == (240, 180)
        assert rec.metadata["evarrow.serial_number"] == "8"
        assert any("several streams" in note for note in rec.notes)
    with pytest.raises(ev.FormatError, match=r"sensor 'up'.*left.*right"):
        ev.open(content, sensor="up")


def test_triggers_are_a_table():
    made, want = recording()
    made.streams[3] = ("TRIG", "triggers", "Camera_1", None)
    t = int(want["t"][10])
    made.add_triggers(3, [(t, 1), (t + 5, 2), (t + 9, 3), (t + 12, 8), (t + 13, 9)])
    with ev.open(made.bytes(), t_type="int64") as rec:
        triggers = rec.read("triggers")
        got = list(zip(triggers["t"], triggers["id"], triggers["polarity"], strict=True))
    assert got == [(t, 1, 1), (t + 5, 1, -1), (t + 9, 3, 1), (t + 12, 8, 1), (t + 13, 8, -1)]


def test_a_bomb_takes_no_memory():
    made = Recording(compression="zstd")
    bomb = zstd.compress(bytes(1 << 28), 19)
    header = made.header(-1)
    content = header + struct.pack("<ii", 0, len(bomb)) + bomb
    tracemalloc.start()
    with pytest.raises((ev.DamagedError, ev.FormatError)):
        ev.read(content)
    tracemalloc.stop()


@pytest.mark.parametrize("seed", range(30))
def test_changed_bytes_are_damage_or_nothing(seed):
    made, _ = recording(5000, table=bool(seed % 2), compression=["none", "lz4", "zstd"][seed % 3])
    random = np.random.default_rng(seed)
    content = bytearray(made.bytes())
    for _ in range(20):
        content[random.integers(0, len(content))] = random.integers(0, 256)
    with contextlib.suppress(ev.FormatError):
        ev.read(bytes(content), on_error="ignore", sort=False)


@pytest.mark.peers
@pytest.mark.parametrize("compression", ["none", "lz4", "zstd"])
def test_aedat_reads_the_same(compression, tmp_path):
    if importlib.util.find_spec("aedat") is None:
        pytest.skip("aedat is not installed")
    import aedat

    made, want = recording(compression=compression)
    path = tmp_path / "rec.aedat4"
    path.write_bytes(made.bytes())
    theirs = np.concatenate([p["events"] for p in aedat.Decoder(str(path)) if "events" in p])
    frame = read(path)
    assert_same(frame, want)
    assert np.array_equal(theirs["t"], frame["t"])
    assert np.array_equal(theirs["x"], frame["x"])
    assert np.array_equal(theirs["y"], frame["y"])
    assert np.array_equal(theirs["on"], frame["polarity"])


@pytest.mark.peers
def test_dv_processing_reads_the_same(corpus):
    if importlib.util.find_spec("dv_processing") is None:
        pytest.skip("dv-processing is not installed")
    import dv_processing as dv

    path = corpus / "real/tonic_sample.aedat4"
    camera = dv.io.MonoCameraRecording(str(path))
    parts = []
    while (batch := camera.getNextEventBatch()) is not None:
        parts.append(batch.numpy())
    theirs = np.concatenate(parts)
    frame = read(path)
    assert len(theirs) == len(frame)
    assert np.array_equal(theirs["timestamp"], frame["t"])
    assert np.array_equal(theirs["x"], frame["x"])
    assert np.array_equal(theirs["polarity"], frame["polarity"])
