# SPDX-License-Identifier: Apache-2.0
"""Lines of text whose fields are not what they seem: decimal commas, numpy.savetxt, odd lengths."""

import io

import numpy as np
import pytest
from cli_support import run

import evarrow as ev

PLAIN = {"t_type": "int64", "polarity_type": "binary"}


def rows(text, **how):
    frame = ev.read(text.encode(), **(PLAIN | how))
    return list(frame.select("t", "x", "y", "polarity").iter_rows())


def savetxt(columns, **how):
    file = io.StringIO()
    np.savetxt(file, np.stack(columns, axis=1), **how)
    return file.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "t;x;y;p\n0,100;120;80;1\n0,200;121;80;0\n",
        "0,100;1;1;1\n0,200;1;0;0\n",
        "t\tx\ty\tp\n0,100\t120\t80\t1\n0,200\t121\t80\t0\n",
        "t,x,y,p\n1,2,3,1,9\n2,2,3,1,9\n",
        "t|x|y|p\n0,100|120|80|1\n0,200|121|80|0\n",
    ],
)
def test_decimal_commas_are_refused(text):
    with pytest.raises(ev.FormatError, match="write decimals with a point"):
        ev.open(text.encode())


@pytest.mark.parametrize("separator", [",", ";", " ", "\t", "|", " | "])
@pytest.mark.parametrize("header", ["t{0}x{0}y{0}p\n", ""])
@pytest.mark.parametrize("odd", ["{0}7", "{0}7{0}8", None])
@pytest.mark.parametrize("n", [5, 3000])
def test_a_line_with_other_fields_is_no_event(separator, header, odd, n):
    lines = [separator.join(map(str, (i, i % 99, 7, 1))) for i in range(n)]
    bad = n // 2
    lines[bad] = lines[bad].rsplit(separator, 1)[0] if odd is None else lines[bad] + odd.format(
        separator
    )  # fmt: skip
    text = header.format(separator) + "\n".join(lines) + "\n"
    place = bad + 1 + bool(header)
    with pytest.raises(ev.DamagedError, match=f"at line {place}"):
        rows(text)
    assert len(rows(text, on_error="ignore")) == n - 1


def test_further_fields_are_passed_over_if_all_lines_have_them():
    names = "frame,t,x,y,p,note\n"
    lines = "".join(f"3,{i},{i % 9},7,1,ok\n" for i in range(3000))
    assert rows(names + lines)[2000] == (2000, 2000 % 9, 7, 1)
    assert rows("1 2 3 1 9\n2 3 3 0 9\n") == [(1, 2, 3, 1), (2, 3, 3, 0)]
    assert rows("1,2,3,1,\n2,3,3,0,\n") == [(1, 2, 3, 1), (2, 3, 3, 0)]


def test_numpy_savetxt_of_seconds():
    random = np.random.default_rng(1)
    n = 20_000
    t = np.cumsum(random.integers(1, 30, n)) + 123_456_789
    x, y, p = random.integers(0, 640, n), random.integers(0, 480, n), random.integers(0, 2, n)
    want = list(zip(t.tolist(), x.tolist(), y.tolist(), p.tolist(), strict=True))
    assert rows(savetxt([t / 1e6, x, y, p])) == want
    assert rows(savetxt([t / 1e6, x, y, p], delimiter=",", header="t,x,y,p")) == want
    assert rows(savetxt([t, x, y, p], fmt="%d")) == want


@pytest.mark.parametrize("how", [{}, {"fmt": "%.1f"}, {"header": "t x y p"}])
def test_numpy_savetxt_of_whole_numbers_does_not_say_the_unit(how):
    columns = [np.array(one) for one in ([100, 250, 1_000_000], [5, 6, 639], [7, 0, 9], [1, 0, 1])]
    text = savetxt(columns, **how)
    with pytest.raises(ev.FormatError, match='pass t_unit="s", "ms", "us" or "ns"'):
        ev.open(text.encode())
    want = [(100, 5, 7, 1), (250, 6, 0, 0), (1_000_000, 639, 9, 1)]
    assert rows(text, t_unit="us") == want
    assert rows(text, t_unit="ms") == [(1000 * t, *rest) for t, *rest in want]
    named = savetxt(columns, **({**how, "header": "t_us x y p"}))
    assert rows(named) == want


def test_a_time_of_zero_has_any_unit():
    assert rows("0.000000 1 2 1\n") == [(0, 1, 2, 1)]


def test_coordinates_are_whole_numbers():
    with pytest.raises(ev.DamagedError, match="at line 2"):
        rows("1 2 3 1\n2 2.0001 3 1\n")
    assert rows("1 2.000000000000000000e+02 3 1.000000000000000000e+00\n") == [(1, 200, 3, 1)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("t,x,y\n1,2,3\n2,2,3\n", r"no column of polarities \(p or polarity\)"),
        ("t,x,y,label\n1,2,3,9\n2,2,3,9\n", r"no column of polarities"),
        ("x,y,p,when\n1,2,1,9\n2,2,0,9\n", r"no column of times \(t or timestamp\)"),
        ("1 2 3\n2 3 4\n", "three numbers, and an event has four"),
    ],
)
def test_a_column_that_is_missing_is_named(tmp_path, text, says):
    with pytest.raises(ev.FormatError, match=says):
        ev.open(text.encode())
    path = tmp_path / "a.csv"
    path.write_text(text)
    assert run("info", path).exit_code == 4


WANT = [(100, 5, 7, 1), (250, 639, 0, 0)]


@pytest.mark.parametrize(
    "names",
    [
        *(
            "ts xs ys ps",
            "timestamps xs ys polarities",
            "time x_pos y_pos pols",
            "T XS Y POLARITIES",
        ),
        *("ts_us xs ys ps", "timestamps(us) x y polarities", "t xs@640 ys@480 ps"),
    ],
)
def test_names_in_the_plural(names):
    order = [names.split()[i] for i in (1, 2, 0, 3)]
    text = ",".join(order) + "\n5,7,100,1\n639,0,250,0\n"
    assert rows(text) == WANT
    with ev.open(text.encode()) as rec:
        assert rec.resolution == ((640, 480) if "@" in names else None)


@pytest.mark.parametrize(
    "text",
    [
        '"t","x","y","p"\n"100","5","7","1"\n"250","639","0","0"\n',
        '"t" "x" "y" "p"\r\n"100" "5" "7" "1"\r\n"250" "639" "0" "0"',
        '"timestamp (us)";x;y;p\n"100"; 5 ;"7";"True"\n250;639;0;"False"\n',
        '"100","5","7","1"\n"250","639","0","0"\n',
        't,x,y,p,note\n100,5,7,1,"a, b; c|d"\n250,639,0,0,""\n',
    ],
)
def test_quotes_around_fields(text):
    assert rows(text) == WANT


@pytest.mark.parametrize("bad", ['"5', '5"', '"5"6', '""', '"5,7"', "'5'"])
@pytest.mark.parametrize("n", [3, 2000])
def test_quotes_that_do_not_close_or_hold_no_number_make_a_bad_line(bad, n):
    lines = [f'"{i}","{i % 99}","7","1"' for i in range(n)]
    lines[n // 2] = f'"{n // 2}",{bad},"7","1"'
    text = "t,x,y,p\n" + "\n".join(lines) + "\n"
    with pytest.raises(ev.DamagedError, match=f"at line {n // 2 + 2}"):
        rows(text)
    assert len(rows(text, on_error="ignore")) == n - 1


def test_quoted_lines_among_plain_ones_cross_all_cuts():
    n = 40_000
    lines = [
        f'"{i}",{i % 640},"{i % 480}",{i % 2}' if i % 5 == 0 else f"{i},{i % 640},{i % 480},{i % 2}"
        for i in range(n)
    ]
    want = [(i, i % 640, i % 480, i % 2) for i in range(n)]
    for threads in (1, 3):
        assert rows("t,x,y,p\n" + "\n".join(lines) + "\n", threads=threads) == want


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("how", [{}, {"format": "csv"}])
def test_utf_16_is_named_with_its_remedy(tmp_path, encoding, how):
    path = tmp_path / "a.csv"
    path.write_bytes(("\ufeff" + "t,x,y,p\n1,2,3,1\n").encode(encoding))
    end = {"utf-16-le": "little", "utf-16-be": "big"}[encoding]
    with pytest.raises(ev.FormatError, match=rf"UTF-16 \({end}-endian\).*iconv -f UTF-16 -t UTF-8"):
        ev.open(path, **how)
    path.write_bytes("\ufefft,x,y,p\n1,2,3,1\n".encode())
    assert rows(path.read_text()) == [(1, 2, 3, 1)]
