# SPDX-License-Identifier: Apache-2.0
"""Writing text and CSV, exactly and however it is to look."""

import io

import numpy as np
import polars as pl
import pytest

import evarrow as ev

SIZE = (640, 480)
MOST = 2**63 - 1
EVENTS = {
    "x": np.array([0, 9, 10, 99, 639, -1, 32767, -32768], np.int16),
    "y": np.array([0, 479, 100, 1, 7, 2047, 2048, -32768], np.int16),
    "t": np.array([-MOST, -1_000_000, -1, 0, 999, 1000, 1_234_567_890, MOST]),
    "polarity": np.array([1, -1, -1, 1, 1, -1, 1, -1], np.int8),
}
UNITS = {"s": 6, "ms": 3, "us": 0, "ns": -3}


def decimal(t, power):
    """Return a time as Python's own whole numbers have it."""
    sign, digits = ("-", str(-t)) if t < 0 else ("", str(t))
    if power <= 0:
        return sign + (digits if t == 0 else digits + "0" * -power)
    digits = digits.rjust(power + 1, "0")
    return f"{sign}{digits[:-power]}.{digits[-power:]}"


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("separator", [",", ";", " ", "tab"])
@pytest.mark.parametrize("columns", ["txyp", "xypt", "ptyx"])
@pytest.mark.parametrize("header", ["sizes", "names", "comment"])
def test_every_look_is_read_back_without_being_told(tmp_path, unit, separator, columns, header):
    how = {"unit": unit, "separator": separator, "columns": columns, "header": header}
    path = tmp_path / "a.csv"
    ev.write(EVENTS, path, resolution=SIZE, **how)
    between = {"tab": "\t"}.get(separator, separator)
    cells = {
        "t": [decimal(int(t), UNITS[unit]) for t in EVENTS["t"]],
        "x": EVENTS["x"],
        "y": EVENTS["y"],
        "p": (EVENTS["polarity"] + 1) // 2,
    }
    rows = zip(*(cells[name] for name in columns), strict=True)
    want = [between.join(str(cell) for cell in row) for row in rows]
    assert path.read_text().splitlines()[1:] == want
    frame = ev.read(path, sort=False, t_type="int64")
    for name, column in EVENTS.items():
        assert np.array_equal(frame[name].to_numpy(), column), name
    assert ev.open(path).resolution == (None if header == "names" else SIZE)


def test_a_line_without_a_header_is_the_first_event(tmp_path):
    ev.write(EVENTS, tmp_path / "a.csv", resolution=SIZE, header="none")
    assert (tmp_path / "a.csv").read_text().startswith(f"{-MOST},0,0,1\n{-1_000_000},9,479,0\n")


def test_text_is_as_the_data_sets_of_rpg_have_it(tmp_path):
    path = tmp_path / "events.txt"
    events = {"x": [33, 158], "y": [39, 145], "t": [0, 11_000_011], "polarity": [1, 0]}
    ev.write(events, path, resolution=(240, 180))
    assert path.read_text() == "# t_s x@240 y@180 p\n0.000000 33 39 1\n11.000011 158 145 0\n"
    assert np.loadtxt(path).tolist() == [[0, 33, 39, 1], [11.000011, 158, 145, 0]]
    with ev.open(path) as rec:
        assert rec.resolution == (240, 180)
        assert rec.read()["t"].dt.total_microseconds().to_list() == [0, 11_000_011]
    ev.write(events, tmp_path / "events.tsv", resolution=(240, 180))
    assert "t\tx@240\ty@180\tp\n" in (tmp_path / "events.tsv").read_text()


@pytest.mark.parametrize("unit", UNITS)
def test_many_lines_are_those_of_a_simple_writer(tmp_path, unit):
    random = np.random.default_rng(1)
    n = 50_000
    steps = random.choice([0, 1, 7, 999, 123_456, 10**9], n, p=[0.4, 0.3, 0.2, 0.07, 0.02, 0.01])
    t = np.cumsum(steps) - 500
    x = random.integers(0, 1280, n)
    y = random.integers(0, 720, n)
    p = random.integers(0, 2, n)
    path = tmp_path / "a.csv"
    ev.write({"x": x, "y": y, "t": t, "polarity": p}, path, resolution=(1280, 720), unit=unit)
    out = io.StringIO()
    for row in zip(t.tolist(), x, y, p, strict=True):
        out.write(f"{decimal(row[0], UNITS[unit])},{row[1]},{row[2]},{row[3]}\n")
    assert path.read_text().split("\n", 1)[1] == out.getvalue()
    texts = set()
    for threads in (1, 2, 5):
        ev.write(path, tmp_path / "b.csv", overwrite=True, threads=threads, unit=unit)
        texts.add((tmp_path / "b.csv").read_bytes())
    assert texts == {path.read_bytes()}


def test_polars_reads_what_was_written(tmp_path):
    ev.write(EVENTS, tmp_path / "a.csv", resolution=SIZE, header="names")
    frame = pl.read_csv(tmp_path / "a.csv")
    assert frame.columns == ["t", "x", "y", "p"]
    assert np.array_equal(frame["t"], EVENTS["t"])
    assert np.array_equal(frame["x"], EVENTS["x"])


def test_an_empty_recording_is_its_header(tmp_path):
    ev.write(ev.from_arrays(x=[], y=[], t=[], polarity=[]), tmp_path / "a.csv", resolution=SIZE)
    assert (tmp_path / "a.csv").read_text() == "t,x@640,y@480,p\n"
    assert ev.read(tmp_path / "a.csv").height == 0


def test_what_cannot_be_written_is_named(tmp_path):
    path = tmp_path / "a.csv"
    for how, says in (
        ({"unit": "min"}, "'unit' of text is us, s, ms or ns, not 'min'"),
        ({"separator": "|"}, "'separator'"),
        ({"columns": "txy"}, "'columns' .* t, x, y and p in any order"),
        ({"header": "yes"}, "'header'"),
        ({"layout": "davis"}, "without an option 'layout'; it has unit, separator"),
        ({"compression": "lz4"}, "'csv' are not compressed"),
    ):
        with pytest.raises(ValueError, match=says):
            ev.write(EVENTS, path, resolution=SIZE, **how)
    row = {"x": [1, 1], "y": [1, 1], "t": [0, -(2**63)], "polarity": [1, 1]}
    with pytest.raises(ValueError, match="row 1 of the events"):
        ev.write(row, path, resolution=SIZE)
    triggers = {"t": [1], "id": [1], "polarity": [1]}
    with pytest.raises(ValueError, match="csv has no place for triggers"):
        ev.write(EVENTS, path, resolution=SIZE, triggers=triggers)
    assert list(tmp_path.iterdir()) == []
