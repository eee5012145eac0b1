# SPDX-License-Identifier: Apache-2.0
"""evarrow finds what other libraries write, and what they read, in formats it reads alone."""

import importlib.util

import numpy as np
import pytest

import evarrow as ev

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning"),
]
WIDTH, HEIGHT = 300, 200


@pytest.fixture
def event_stream():
    return pytest.importorskip("event_stream")


def rows_of(kind, dtype):
    """Any values, but for times that do not go back, now and then after a silence."""
    chance = np.random.default_rng(7)
    rows = np.zeros(20_000, dtype)
    steps = chance.integers(0, 90, rows.size) * chance.choice([1, 1, 1, 40], rows.size)
    rows["t"] = np.cumsum(steps)
    if kind == "generic":
        # It ends a string at the first zero, and writes an empty one wrongly.
        rows["bytes"] = [
            b"\7" + chance.bytes(chance.integers(400)).replace(b"\0", b"\1") for _ in rows
        ]
        return rows
    rows["x"] = chance.integers(0, WIDTH, rows.size)
    rows["y"] = chance.integers(0, HEIGHT, rows.size)
    for name in rows.dtype.names[3:]:
        most = 2 if rows.dtype[name].kind == "b" else 256
        rows[name] = chance.integers(0, most, rows.size)
    return rows


def written(event_stream, path, kind):
    rows = rows_of(kind, getattr(event_stream, f"{kind}_dtype"))
    with event_stream.Encoder(str(path), kind, WIDTH, HEIGHT) as encoder:
        encoder.write(rows)
    return rows


def check(frame, rows, columns):
    for ours, theirs in columns.items():
        want = HEIGHT - 1 - rows["y"].astype(np.int64) if theirs == "y" else rows[theirs]
        assert np.array_equal(frame[ours].to_numpy(), want.astype(np.int64)), ours


def test_threshold_crossings_that_event_stream_writes(event_stream, tmp_path):
    rows = written(event_stream, tmp_path / "a.es", "atis")
    both = ev.read(
        tmp_path / "a.es",
        stream=["events", "exposures"],
        t_type="int64",
        polarity_type="binary",
    )
    place = {"x": "x", "y": "y", "t": "t"}
    check(both["events"], rows[~rows["exposure"]], place | {"polarity": "polarity"})
    check(both["exposures"], rows[rows["exposure"]], place | {"crossing": "polarity"})


def test_colours_that_event_stream_writes(event_stream, tmp_path):
    rows = written(event_stream, tmp_path / "a.es", "color")
    columns = {"x": "x", "y": "y", "t": "t", "red": "r", "green": "g", "blue": "b"}
    check(ev.read(tmp_path / "a.es", stream="colors", t_type="int64"), rows, columns)


def test_byte_strings_that_event_stream_writes(event_stream, tmp_path):
    rows = written(event_stream, tmp_path / "a.es", "generic")
    content = (tmp_path / "a.es").read_bytes()
    messages = ev.read(tmp_path / "a.es", stream="messages", t_type="int64")
    check(messages, rows, {"t": "t"})
    places = zip(messages["offset"], messages["size"], strict=True)
    assert [content[offset : offset + size] for offset, size in places] == list(rows["bytes"])


@pytest.mark.parametrize("name", ["real/tonic_nmnist.bin", "synthetic/nmnist_overflow.bin"])
def test_nmnist_files_are_read_as_tonic_does(name, corpus):
    if importlib.util.find_spec("tonic") is None:
        pytest.skip("tonic is not installed: pip install 'evarrow[peers]'")
    from tonic.io import read_mnist_file

    dtype = np.dtype([("x", int), ("y", int), ("t", int), ("p", int)])
    rows = read_mnist_file(str(corpus / name), dtype)
    batch = ev.open(corpus / name, sort=False, polarity_type="binary").select().to_batch()
    assert batch.t.size == rows.size
    for ours, theirs in zip(("x", "y", "t", "polarity"), dtype.names, strict=True):
        assert np.array_equal(batch.column(ours).astype(np.int64), rows[theirs]), ours
