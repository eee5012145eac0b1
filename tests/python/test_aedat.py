# SPDX-License-Identifier: Apache-2.0
"""AEDAT 1, 2 and 3, and what other readers find in them."""

import importlib.util

import numpy as np
import polars as pl
import pytest

import evarrow as ev

HEADER2 = (
    b"#!AER-DAT2.0\r\n# AEChip: eu.seebetter.ini.chips.davis.DAVIS240C\r\n#End Of ASCII Header\r\n"
)


def davis(n=30_000, seed=0):
    random = np.random.default_rng(seed)
    x, y, p = random.integers(0, 240, n), random.integers(0, 180, n), random.integers(0, 2, n)
    t = np.cumsum(random.integers(0, 20, n))
    words = np.zeros((n, 2), ">u4")
    words[:, 0] = y << 22 | x << 12 | p << 11
    words[:, 1] = t
    return HEADER2 + words.tobytes(), (x, y, t, p)


def columns(frame):
    return [frame[name].to_physical().to_numpy() for name in ("x", "y", "t", "polarity")]


def test_a_recording_of_a_davis(tmp_path):
    content, want = davis()
    path = tmp_path / "rec.aedat"
    path.write_bytes(content)
    with ev.open(path, polarity_type="binary") as rec:
        assert rec.format == "aedat2"
        assert rec.resolution == (240, 180)
        assert rec.metadata["evarrow.sensor"] == "DAVIS240C"
        for got, column in zip(columns(rec.read()), want, strict=True):
            assert np.array_equal(got, column)
    window = ev.scan(path, t_type="int64").filter(pl.col("t").is_between(1000, 2000)).collect()
    assert len(window) == ((want[2] >= 1000) & (want[2] <= 2000)).sum()


@pytest.mark.parametrize(
    ("orientation", "mirrored"),
    [("recorded", ""), ("mirror_x", "x"), ("mirror_y", "y"), ("rotate_180", "xy")],
)
def test_pixels_are_counted_from_the_side_that_is_wanted(orientation, mirrored):
    content, (x, y, t, p) = davis()
    want = [239 - x if "x" in mirrored else x, 179 - y if "y" in mirrored else y, t, p]
    with ev.open(content, polarity_type="binary", orientation=orientation) as rec:
        assert rec.metadata["evarrow.orientation"] == orientation
        for got, column in zip(columns(rec.read()), want, strict=True):
            assert np.array_equal(got, column)
        box = rec.read(region=(10, 20, 30, 40))
        inside = (want[0] >= 10) & (want[0] < 30) & (want[1] >= 20) & (want[1] < 40)
        assert len(box) == inside.sum()


def test_an_orientation_is_of_these_formats_and_needs_a_size(tmp_path):
    path = tmp_path / "rec.raw"
    ev.sample(path)
    with pytest.raises(ValueError, match="AEDAT 1 and 2"):
        ev.open(path, orientation="mirror_x")
    unknown = b"#!AER-DAT2.0\r\n# AEChip: a.b.DavisOfMine\r\n#End Of ASCII Header\r\n"
    with pytest.raises(ValueError, match="resolution="):
        ev.open(unknown + bytes(8), orientation="mirror_x")
    frame = ev.read(unknown + bytes(8), orientation="mirror_x", resolution=(50, 40))
    assert frame["x"].to_list() == [49]
    with pytest.raises(ValueError, match="orientation"):
        ev.open(unknown, orientation="upside_down")


def test_aedat_1_without_a_header_has_to_be_named():
    record = bytes([5, 6 << 1, 0, 0, 0, 9])
    with pytest.raises(ev.FormatError):
        ev.open(record * 10)
    frame = ev.read(record * 10, format="aedat1", t_type="int64")
    assert frame.row(0) == (6, 5, 9, 1)


def test_a_format_of_packets_that_is_not_raw_is_refused():
    with pytest.raises(ev.FormatError, match="'SERIAL_TS'"):
        ev.open(b"#!AER-DAT3.1\r\n#Format: SERIAL_TS\r\n#!END-HEADER\r\n" + bytes(99))


def test_a_packet_that_cannot_be_is_damage():
    header = b"#!AER-DAT3.1\r\n#Format: RAW\r\n#!END-HEADER\r\n"
    packet = np.array(
        [1 << 16 | 1, 8, 4, 0, 2, 2, 2, 0x00020005, 7, 0x00040005, 9], "<u4"
    ).tobytes()
    assert len(ev.read(header + packet)) == 2
    bad = header + packet + b"\1\0\1\0" + b"\xff" * 24
    with pytest.raises(ev.DamagedError, match=f"packet, at byte {len(header + packet)}"):
        ev.read(bad)
    with pytest.warns(ev.EvarrowWarning, match="cannot be decoded"):
        assert len(ev.read(bad, on_error="warn")) == 2
    with pytest.warns(ev.EvarrowWarning, match="its last 3 bytes"):
        assert len(ev.read(header + packet[:-5])) == 1


@pytest.mark.peers
def test_evutils_reads_the_same(tmp_path):
    if importlib.util.find_spec("evutils") is None:
        pytest.skip("evutils is not installed: pip install 'evarrow[peers]'")
    from evutils.io import EventReader

    content, want = davis()
    path = tmp_path / "rec.aedat"
    path.write_bytes(content)
    with EventReader(str(path)) as reader:
        theirs = reader.read_all()
    for got, column in zip((theirs.x, theirs.y, theirs.t, theirs.p), want, strict=True):
        assert np.array_equal(got, column)


@pytest.mark.peers
def test_evutils_reads_the_same_packets(corpus):
    if importlib.util.find_spec("evutils") is None:
        pytest.skip("evutils is not installed: pip install 'evarrow[peers]'")
    from evutils.io import EventReader

    path = corpus / "derived/dvx_a.aedat31.aedat"
    with EventReader(str(path)) as reader:
        theirs = reader.read_all()
    x, y, t, polarity = columns(ev.read(path, polarity_type="binary"))
    assert np.array_equal(theirs.t, t)
    assert np.array_equal(theirs.x, x)
    assert np.array_equal(theirs.y, y)
    assert np.array_equal(theirs.p, polarity)
