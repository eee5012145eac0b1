# SPDX-License-Identifier: Apache-2.0
"""Writing AEDAT 2, in the addresses of a DVS128 and of a DAVIS."""

import struct

import numpy as np
import pytest

import evarrow as ev


def events(size, n=40_000, seed=0):
    random = np.random.default_rng(seed)
    return {
        "x": random.integers(0, size[0], n).astype(np.int16),
        "y": random.integers(0, size[1], n).astype(np.int16),
        "t": np.sort(random.integers(0, 2**33, n)),
        "polarity": random.choice(np.array([-1, 1], np.int8), n),
    }


def assert_same(path, want):
    frame = ev.read(path, t_type="int64", sort=False)
    for name, column in want.items():
        assert np.array_equal(frame[name].to_numpy(), column), name


@pytest.mark.parametrize("size", [(128, 128), (34, 34), (240, 180), (346, 260), (1024, 512)])
def test_events_of_any_sensor_come_back(tmp_path, size):
    want = events(size)
    path = tmp_path / "a.aedat"
    assert ev.write(want, path, format="aedat2", resolution=size) == 40_000
    assert_same(path, want)
    with ev.open(path) as rec:
        assert (rec.format, rec.resolution) == ("aedat2", size)
        again = tmp_path / "b.aedat"
        ev.convert(rec, again)
    assert again.read_bytes() == path.read_bytes()


def test_records_are_those_of_jaer(tmp_path):
    path = tmp_path / "a.aedat"
    rows = {"x": [3, 127], "y": [5, 0], "t": [7, 2**32 - 1 - 2**31], "polarity": [1, -1]}
    triggers = {"t": [8], "id": [0], "polarity": [1]}
    ev.write(rows, path, format="aedat2", resolution=(128, 128), triggers=triggers)
    header, _, content = path.read_bytes().partition(b"#End Of ASCII Header\r\n")
    assert header.startswith(b"#!AER-DAT2.0\r\n# AEChip: ch.unizh.ini.jaer.chip.retina.DVS128\r\n")
    assert struct.unpack(">6I", content) == (
        5 << 8 | 3 << 1, 7, 1 << 15, 8, 127 << 1 | 1, 2**31 - 1
    )  # fmt: skip
    triggers = {"t": [8, 9, 9], "id": [2, 2, 14], "polarity": [1, -1, 1]}
    how = {"layout": "davis", "triggers": triggers, "overwrite": True}
    ev.write(rows, path, format="aedat2", resolution=(128, 128), **how)
    content = path.read_bytes().partition(b"#End Of ASCII Header\r\n")[2]
    assert struct.unpack(">10I", content) == (
        5 << 22 | 3 << 12 | 1 << 11, 7, 1 << 10 | 2, 8, 1 << 10 | 3, 9, 1 << 10 | 14, 9,
        127 << 12, 2**31 - 1,
    )  # fmt: skip
    with ev.open(path, t_type="int64") as rec:
        assert rec.resolution == (128, 128)
        assert rec.read("triggers").select("t", "id", "polarity").rows() == [
            (8, 2, 1),
            (9, 2, -1),
            (9, 14, 1),
        ]


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("x", 1024, "x is 1024, but AEDAT 2 of a DAVIS holds 0 to 1023"),
        ("y", 512, "y is 512"),
        ("y", -1, "y is -1"),
        ("t", -1, "t is -1 us"),
        ("t", 2**32 + 5, "the clock of AEDAT 2 starts over"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, column, value, says):
    rows = {"x": [1, 1], "y": [1, 1], "t": [5, 6], "polarity": [1, 1]}
    rows[column][1] = value
    with pytest.raises(ValueError, match=f"row 1 of the events cannot be written: .*{says}"):
        ev.write(rows, tmp_path / "a.aedat", format="aedat2", resolution=(640, 480))
    assert list(tmp_path.iterdir()) == []


def test_signals_that_it_does_not_have_are_named(tmp_path):
    rows = {"x": [1], "y": [1], "t": [5], "polarity": [1]}
    for layout, trigger in (("dvs128", (1, 1)), ("dvs128", (0, -1)), ("davis", (3, 1))):
        triggers = {"t": [1], "id": [trigger[0]], "polarity": [trigger[1]]}
        how = {"format": "aedat2", "resolution": (64, 64), "layout": layout, "triggers": triggers}
        with pytest.raises(ValueError, match=r"row 0 of the triggers .* has no signal with id"):
            ev.write(rows, tmp_path / "a.aedat", **how)
    with pytest.raises(ValueError, match="the layouts dvs128 and davis, not 'dvs'"):
        ev.write(rows, tmp_path / "a.aedat", format="aedat2", resolution=(64, 64), layout="dvs")
