# SPDX-License-Identifier: Apache-2.0
"""Recordings that are none, or only in part."""

import random
import subprocess
import sys

import h5py
import numpy as np
import polars as pl
import pytest
import words

import evarrow as ev


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"hello, world\n" * 100, None),
        (random.Random(1).randbytes(100_000), None),
        (b"\x89HDF\r\n\x1a\n" + bytes(1000), None),
        (b"% evt 5.0\n% end\n" + bytes(64), "5"),
    ],
    ids=["empty", "text", "random", "hdf5", "evt5"],
)
@pytest.mark.parametrize("call", [ev.open, ev.scan, ev.read, ev.load_events, ev.validate])
def test_what_is_no_recording_is_a_format_error(tmp_path, content, says, call):
    path = tmp_path / "rec.raw"
    path.write_bytes(content)
    for source in (path, content):
        with pytest.raises(ev.FormatError, match=says) as caught:
            call(source)
        assert len(str(caught.value)) > 20


def test_a_header_alone_is_a_recording_without_events():
    for header in (words.EVT2_HEADER, words.EVT3_HEADER):
        assert ev.read(header).shape == (0, 4)
        assert ev.scan(header).collect().schema == ev.read(header).schema
        assert ev.validate(header).events == 0


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_cut_last_word_warns_and_gives_the_rest(cut):
    whole = words.evt2_known(1000)
    with pytest.warns(ev.EvarrowWarning, match="byte"):
        frame = ev.read(whole[: len(whole) - cut])
    assert frame.equals(ev.read(words.evt2_known(999)))
    report = ev.validate(whole[: len(whole) - cut])
    assert report.faults["truncated"].count == 4 - cut
    assert report.faults["truncated"].offset == len(whole) - 4
    assert not report.ok
    assert not report.damaged


def test_garbage_behind_a_header_is_damage_with_its_offset():
    garbage = words.EVT3_HEADER + random.Random(3).randbytes(1_000_000)
    with pytest.raises(ev.DamagedError) as caught:
        ev.read(garbage)
    assert caught.value.offset is not None
    assert caught.value.offset >= len(words.EVT3_HEADER)
    assert ev.validate(garbage).damaged
    assert isinstance(ev.read(garbage, on_error="ignore"), pl.DataFrame)


@pytest.mark.parametrize("kind", ["evt2", "evt21", "evt3", "evt4", "dat"])
@pytest.mark.parametrize("jitter", [5, 200, 4_900])
def test_times_out_of_order_are_no_sign_of_another_format(kind, jitter, tmp_path):
    rng = np.random.default_rng(jitter)
    times = np.abs(np.cumsum(rng.integers(0, 40, 3000)) + rng.integers(-jitter, jitter + 1, 3000))
    columns = {"t": times, "polarity": rng.choice([-1, 1], 3000)}
    columns |= {"x": rng.integers(0, 1280, 3000), "y": rng.integers(0, 720, 3000)}
    path = tmp_path / ("rec.dat" if kind == "dat" else "rec.raw")
    ev.write(columns, path, format=kind, resolution=(1280, 720))
    back = ev.read(path, sort=False)
    assert back["t"].dt.total_microseconds().to_list() == times.tolist()
    assert back["x"].to_list() == columns["x"].tolist()


@pytest.mark.parametrize(
    ("kind", "named"), [("evt2", "evt21"), ("evt2", "evt3"), ("evt3", "evt2"), ("evt3", "evt21")]
)
def test_words_of_another_format_than_the_header_names_are_found_out(kind, named, sample, tmp_path):
    path = tmp_path / "rec.raw"
    ev.convert(sample, path, format=kind)
    content = path.read_bytes()
    versions = {"evt2": b"evt 2.0", "evt21": b"evt 2.1", "evt3": b"evt 3.0"}
    content = content.replace(versions[kind], versions[named], 1)
    content = content.replace(kind.upper().encode(), named.upper().encode(), 1)
    with pytest.raises(ev.DamagedError, match=f"look like {kind.upper()}"):
        ev.read(content)


def test_a_header_that_lies_is_found_out(sample):
    content = sample.read_bytes().replace(b"% evt 3.0", b"% evt 2.0").replace(b"EVT3", b"EVT2")
    with pytest.raises(ev.DamagedError, match=r"look like.*evt3"):
        ev.read(content)
    assert ev.read(content, format="evt3").equals(ev.read(sample))


def test_an_absurd_geometry_is_an_error_that_names_the_option():
    content = words.evt2_known(10).replace(b"480", b"99999999").replace(b"640", b"99999999")
    with pytest.raises(ev.FormatError, match="resolution"):
        ev.open(content)
    assert ev.read(content, resolution=(640, 480)).height == 10


def test_events_outside_the_sensor_are_kept_dropped_or_refused():
    content = words.evt2(words.time_high(64), words.event(65, 700, 5), words.event(66, 1, 5))
    assert ev.read(content)["x"].to_list() == [700, 1]
    assert ev.read(content, out_of_sensor="drop")["x"].to_list() == [1]
    with pytest.raises(ev.DamagedError, match="outside"):
        ev.read(content, out_of_sensor="raise")
    assert ev.validate(content).faults["out_of_sensor"].count == 1


SHRINK = """
import os, sys, evarrow as ev
with ev.open(sys.argv[1], io=sys.argv[2], threads=int(sys.argv[3])) as rec:
    batches = rec.batches(1000)
    next(batches)
    os.truncate(sys.argv[1], 1000)
    try:
        for _ in batches:
            pass
    except (ev.ChangedError, ev.DamagedError) as error:
        print("noticed")
"""


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("io", ["mmap", "pread"])
def test_a_file_that_shrinks_while_it_is_read_is_an_error(tmp_path, io, threads):
    path = tmp_path / "own.raw"
    path.write_bytes(words.evt2_known(2_000_000))
    # In a process of its own, which a touch of a page that is gone would end.
    done = subprocess.run(
        [sys.executable, "-c", SHRINK, str(path), io, str(threads)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "noticed\n"), done.stderr


def test_validation_lists_every_fault():
    content = words.evt2(
        words.event(0, 1, 1),
        words.time_high(128),
        words.event(140, 700, 1),
        words.event(130, 2, 2),
        0x5 << 28,
        words.trigger(141, 0),
    )
    report = ev.validate(content)
    assert (report.events, report.triggers) == (2, 1)
    assert set(report.faults) == {
        "before_clock",
        "out_of_sensor",
        "time_backwards",
        "unknown_word",
    }
    assert report.faults["before_clock"].offset == len(words.EVT2_HEADER)
    assert report.largest_step_back == 10
    assert report.time_range == (130, 140)
    assert len(report.findings) >= 4
    assert not report.ok
    assert not report.damaged


def test_a_recording_of_which_all_is_damaged_is_counted_and_read(tmp_path):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        for name, kind in {"x": "u2", "y": "u2", "t": "i8", "p": "u1"}.items():
            values = np.arange(1000).astype(kind)
            file.create_dataset(f"events/{name}", data=values, chunks=(1000,), compression="gzip")
        chunk = file["events/t"].id.get_chunk_info(0)
    content = bytearray(path.read_bytes())
    content[chunk.byte_offset : chunk.byte_offset + chunk.size] = bytes(chunk.size)
    for counted in (True, False):
        lenient = ev.open(bytes(content), on_error="ignore")
        strict = ev.open(bytes(content))
        if counted:
            assert (len(lenient), len(strict)) == (0, 0)
        assert lenient.read().height == 0
        with pytest.raises(ev.DamagedError, match="events/t"):
            strict.read()
