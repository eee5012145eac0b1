# SPDX-License-Identifier: Apache-2.0
"""Recordings whose events have no times."""

import numpy as np
import pytest

import evarrow as ev

HEADER = b"% date 2024-01-01 00:00:00\n% format {};height=320;width=320\n% end\n"


def recording(encoding, count):
    rng = np.random.default_rng(1)
    x, y, p = rng.integers(0, 320, count), rng.integers(0, 320, count), rng.integers(0, 2, count)
    events = y | x << 9 | p << 18
    width = 24 if encoding == "AER-8b" else 20
    bits = (events[:, None] >> np.arange(width)) & 1
    content = np.packbits(bits.astype(np.uint8).ravel(), bitorder="little").tobytes()
    return HEADER.replace(b"{}", encoding.encode()) + content, x, y, p


@pytest.mark.parametrize("encoding", ["AER-8b", "AER-4b"])
def test_times_are_numbers(encoding):
    content, x, y, p = recording(encoding, 200_000)
    with ev.open(content) as rec:
        assert rec.format == encoding.lower().replace("-", "")
        assert (rec.resolution, len(rec), rec.time_range) == ((320, 320), 200_000, (0, 199_999))
        assert "no times" in rec.notes[0]
        batch = rec.select().to_batch()
        assert np.array_equal(batch.t, np.arange(200_000))
        assert np.array_equal(batch.x, x)
        assert np.array_equal(batch.y, y)
        assert np.array_equal(batch.polarity > 0, p)
        window = rec.select(start=150_000, end=150_010).to_batch()
        assert np.array_equal(window.x, x[150_000:150_010])
        assert np.array_equal(np.concatenate([one.t for one in rec.batches(999)]), batch.t)


def test_a_cut_word_is_left_out():
    content = recording("AER-8b", 10)[0]
    with pytest.warns(ev.EvarrowWarning, match="middle of a word"):
        assert ev.read(content[:-1]).height == 9


# Raw words

SPIF = {"dtype": "<u8", "y": (0, 15), "p": (15, 1), "x": (16, 15), "t": (32, 32)}
JAER = {"dtype": ">u8", "p": (32, 1), "x": (33, 7), "y": (40, 7), "t": (0, 32), "on": 0}


def words_of(layout, dtype, **columns):
    words = np.zeros(len(columns["t"]), np.uint64)
    for name, values in columns.items():
        words |= np.asarray(values).astype(np.uint64) << np.uint64(layout[name][0])
    return words.astype(dtype).tobytes()


@pytest.mark.parametrize("layout", [SPIF, JAER])
@pytest.mark.parametrize("offset", [0, 13])
def test_raw_words_are_read_by_the_layout_that_is_given(tmp_path, layout, offset):
    rng = np.random.default_rng(3)
    n = 100_000
    x, y, p = rng.integers(0, 128, n), rng.integers(0, 128, n), rng.integers(0, 2, n)
    t = np.sort(rng.integers(0, 2**32, n))
    content = bytes(offset) + words_of(layout, layout["dtype"], x=x, y=y, p=p, t=t)
    (tmp_path / "a.aer").write_bytes(content + b"123")
    layout = {**layout, "offset": offset}
    for source in (tmp_path / "a.aer", content):
        with ev.open(source, words=layout, resolution=(128, 128)) as rec:
            assert (rec.format, len(rec)) == ("aer", n)
            batch = rec.select().to_batch()
        assert np.array_equal(batch.x, x)
        assert np.array_equal(batch.y, y)
        assert np.array_equal(batch.t, t)
        assert np.array_equal(batch.polarity > 0, (p == 0) if "on" in layout else (p == 1))
    frame = ev.scan(tmp_path / "a.aer", words=layout, t_unit="ns").limit(5).collect()
    assert frame["t"].dt.total_microseconds().to_list() == (t[:5] // 1000).tolist()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (None, "need their layout"),
        ({"dtype": "<u4"}, "lacks"),
        ({**SPIF, "q": 1}, "knows no"),
        ({**SPIF, "dtype": "<i8"}, "unsigned"),
        ({**SPIF, "dtype": "<u4"}, "of the 32 bits"),
        ({**SPIF, "x": (0, 17)}, "at most 16"),
        ({**SPIF, "x": 5}, "first bit, bits"),
        ({**SPIF, "on": 2}, "on must be"),
        ({**SPIF, "offset": -1}, "negative"),
    ],
)
def test_a_layout_that_is_none_says_so(words, says):
    with pytest.raises((TypeError, ValueError), match=says):
        ev.open(bytes(80), format="aer", words=words)


def test_no_words_are_no_events():
    assert len(ev.open(b"1234567", words=SPIF)) == 0


def test_events_outside_the_sensor_can_be_left_out():
    content, x, y, _ = recording("AER-4b", 2001)
    content = content.replace(b"height=320;width=320", b"height=200;width=200")
    inside = int(((x < 200) & (y < 200))[:2000].sum())
    with ev.open(content, out_of_sensor="drop") as rec, pytest.warns(match="middle of a word"):
        assert (len(rec), rec.read().height) == (inside, inside)
    with pytest.warns(match="middle of a word"):
        assert ev.read(content, out_of_sensor="drop").height == inside
