# SPDX-License-Identifier: Apache-2.0
"""Writing AEDAT 4, and that others read what was written."""

import importlib.util
import os
import threading

import aedat4_files
import numpy as np
import polars as pl
import pytest

import evarrow as ev

SIZE = (640, 480)
TRIGGERS = {
    "t": [5, 1000, 1000, 2_000_000, 2_999_999, 9_000_000],
    "id": [1, 1, 3, 8, 8, 0],
    "polarity": [1, -1, 1, 1, -1, 1],
}


def events(n=30_000, seed=0):
    random = np.random.default_rng(seed)
    return {
        "x": random.integers(0, SIZE[0], n).astype(np.int16),
        "y": random.integers(0, SIZE[1], n).astype(np.int16),
        "t": np.sort(random.integers(0, 3_000_000, n)),
        "polarity": random.choice(np.array([-1, 1], np.int8), n),
    }


def assert_same(path, want, **options):
    frame = ev.read(path, t_type="int64", sort=False, **options)
    assert len(frame) == len(want["t"])
    for name, column in want.items():
        assert np.array_equal(frame[name].to_numpy(), column), name


def rows_of(frame):
    return frame.select(pl.col("t").dt.total_microseconds(), "id", "polarity").rows()


@pytest.mark.parametrize("compression", aedat4_files.COMPRESSIONS)
@pytest.mark.parametrize("n", [0, 1, 8192, 30_000])
def test_events_and_triggers_come_back(tmp_path, compression, n):
    want = events(n)
    path = tmp_path / "a.aedat4"
    ev.write(want, path, resolution=SIZE, triggers=TRIGGERS, compression=compression)
    assert_same(path, want)
    with ev.open(path) as rec:
        assert rec.resolution == SIZE
        got = rows_of(rec.read("triggers"))
    assert got == list(zip(*TRIGGERS.values(), strict=True))


def test_any_values_of_the_columns_come_back(tmp_path):
    least, most = -(2**63), 2**63 - 1
    want = {
        "x": np.array([0, -1, 32767, -32768], np.int16),
        "y": np.array([-32768, 7, 0, 32767], np.int16),
        "t": np.array([most, least, -1, -1]),
        "polarity": np.array([1, -1, -1, 1], np.int8),
    }
    ev.write(want, tmp_path / "a.aedat4", resolution=SIZE)
    assert_same(tmp_path / "a.aedat4", want, on_error="ignore")


def test_a_file_does_not_depend_on_threads_and_batches(tmp_path):
    want = events(100_000)
    contents = set()
    for i, (threads, rows) in enumerate([(1, 100_000), (3, 100_000), (2, 4096), (1, 8191)]):
        path = tmp_path / f"{i}.aedat4"
        sink = ev._core.Sink(str(path), format="aedat4", resolution=SIZE, threads=threads)
        for begin in range(0, 100_000, rows):
            sink.write(ev.from_arrays(**{k: v[begin : begin + rows] for k, v in want.items()}))
        sink.finish()
        contents.add(path.read_bytes())
    assert len(contents) == 1


def test_the_table_says_where_times_are(tmp_path):
    path = tmp_path / "a.aedat4"
    want = events(100_000)
    ev.write(want, path, resolution=SIZE)
    content = bytearray(path.read_bytes())
    with ev.open(path) as rec:
        assert len(rec) == 100_000
        assert rec.time_range == (want["t"][0], want["t"][-1])
    # What lies far from the wanted events is not looked at.
    content[2000:2400] = bytes(400)
    last = int(want["t"][-1])
    frame = ev.scan(bytes(content)).filter(pl.col("t") >= pl.duration(microseconds=last)).collect()
    assert len(frame) == int((want["t"] == last).sum())


def test_a_pipe_gets_a_file_without_a_table(tmp_path):
    want = events()
    read, write = os.pipe()
    contents = []

    def collect():
        with open(read, "rb") as pipe:  # noqa: PTH123 - a descriptor
            contents.append(pipe.read())

    thread = threading.Thread(target=collect)
    thread.start()
    with os.fdopen(write, "wb") as pipe:
        ev.write(want, pipe, format="aedat4", resolution=SIZE)
    thread.join()
    assert_same(contents[0], want)
    # An open file gets all of it, wherever it begins.
    path = tmp_path / "b.aedat4"
    with path.open("wb") as file:
        file.write(b"before")
        ev.write(want, file, format="aedat4", resolution=SIZE)
    content = path.read_bytes()[6:]
    assert_same(content, want)
    assert len(content) > len(contents[0])
    with path.open("wb") as file:
        pass
    with path.open("ab") as file:
        ev.write(want, file, format="aedat4", resolution=SIZE)
    assert path.read_bytes() == contents[0]


def test_what_the_format_cannot_hold_is_named(tmp_path):
    triggers = {"t": [1, 2, 3], "id": [1, 1, 2], "polarity": [1, -1, -1]}
    with pytest.raises(ValueError, match=r"row 2 of the triggers.* id 2 and polarity -1"):
        ev.write(events(5), tmp_path / "a.aedat4", resolution=SIZE, triggers=triggers)
    with pytest.raises(ValueError, match="no compression 'lzma'; it has none, lz4"):
        ev.write(events(5), tmp_path / "a.aedat4", resolution=SIZE, compression="lzma")
    with pytest.raises(ValueError, match="without an option 'unit'; it has compression"):
        ev.write(events(5), tmp_path / "a.aedat4", resolution=SIZE, unit="s")
    with pytest.raises(ValueError, match="know no level"):
        ev.write(events(5), tmp_path / "a.aedat4", resolution=SIZE, compression_level=3)
    with pytest.raises(TypeError, match="unit must be a string"):
        ev.write(events(5), tmp_path / "a.aedat4", resolution=SIZE, unit=3)
    with pytest.raises(TypeError, match="unknown option 'level'"):
        ev.write(events(5), tmp_path / "a.aedat4", resolution=SIZE, level="3")
    assert list(tmp_path.iterdir()) == []


def test_what_the_header_says_comes_along(tmp_path, corpus):
    path = tmp_path / "a.aedat4"
    ev.convert(corpus / "real/tonic_sample.aedat4", path, compression="zstd")
    with ev.open(corpus / "real/tonic_sample.aedat4") as first, ev.open(path) as second:
        assert second.resolution == first.resolution
        for name in ("evarrow.sensor", "evarrow.serial_number"):
            assert second.metadata[name] == first.metadata[name]
        assert dict(second.header)["0/info/tsOffset"] == dict(first.header)["0/info/tsOffset"]
        assert second.read().equals(first.read())
        assert second.read("imu").equals(first.read("imu"))
    ev.convert(path, tmp_path / "b.aedat4", compression="zstd")
    assert (tmp_path / "b.aedat4").read_bytes() == path.read_bytes()


@pytest.mark.peers
@pytest.mark.parametrize("compression", aedat4_files.COMPRESSIONS)
def test_dv_processing_reads_what_was_written(tmp_path, compression):
    dv = pytest.importorskip("dv_processing")
    want = events()
    path = tmp_path / "a.aedat4"
    ev.write(want, path, resolution=SIZE, triggers=TRIGGERS, compression=compression)
    camera = dv.io.MonoCameraRecording(str(path))
    store = dv.EventStore()
    while (batch := camera.getNextEventBatch()) is not None:
        store.add(batch)
    theirs = store.numpy()
    for ours, name in zip(want, ("x", "y", "timestamp", "polarity"), strict=True):
        values = want[ours] > 0 if ours == "polarity" else want[ours]
        assert np.array_equal(theirs[name], values), name
    assert camera.getEventResolution() == SIZE
    assert camera.getTimeRange()[1] == TRIGGERS["t"][-1]
    triggers = []
    while (batch := camera.getNextTriggerBatch()) is not None:
        triggers += [(one.timestamp, int(one.type)) for one in batch]
    assert triggers == list(zip(TRIGGERS["t"], [1, 2, 3, 8, 9, 0], strict=True))


@pytest.mark.peers
@pytest.mark.parametrize("compression", ["none", "lz4", "zstd"])
def test_aedat_and_eventcv_read_what_was_written(tmp_path, compression):
    want = events()
    path = tmp_path / "a.aedat4"
    ev.write(want, path, resolution=SIZE, compression=compression)
    if importlib.util.find_spec("aedat") is not None:
        import aedat

        packets = [p["events"] for p in aedat.Decoder(str(path)) if "events" in p]
        theirs = np.concatenate(packets)
        assert np.array_equal(theirs["t"], want["t"])
        assert np.array_equal(theirs["x"], want["x"])
        assert np.array_equal(theirs["y"], want["y"])
        assert np.array_equal(theirs["on"], want["polarity"] > 0)
    if importlib.util.find_spec("eventcv") is not None:
        import eventcv

        table = eventcv.load(str(path)).numpy()
        assert np.array_equal(table[:, 0], want["x"])
        assert np.array_equal(table[:, 2], want["t"])
