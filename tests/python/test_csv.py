# SPDX-License-Identifier: Apache-2.0
"""Events as lines of text."""

import io
import os
import threading
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import evarrow as ev

PLAIN = {"t_type": "int64", "polarity_type": "binary"}


def read(text, **how):
    return ev.read(text.encode() if isinstance(text, str) else text, **(PLAIN | how))


def rows(text, **how):
    return list(read(text, **how).select("t", "x", "y", "polarity").iter_rows())


def lines(n, seed=0, form="{t} {x} {y} {p}\n"):
    random = np.random.default_rng(seed)
    x, y, p = random.integers(0, 640, n), random.integers(0, 480, n), random.integers(0, 2, n)
    t = 1_000_000 + np.cumsum(random.integers(0, 20, n))
    text = "".join(
        form.format(t=a, s=f"{a // 10**6}.{a % 10**6:06}", x=b, y=c, p=d)
        for a, b, c, d in zip(t.tolist(), x.tolist(), y.tolist(), p.tolist(), strict=True)
    )
    return text, np.stack([t, x, y, p], axis=1)


def table(frame):
    return frame.select("t", "x", "y", "polarity").to_numpy()


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(
    "form", ["{s} {x} {y} {p}\n", "{t},{x},{y},{p}\r\n", "{t};{x};{y};{p};9\n"]
)
def test_many_lines(form, threads, tmp_path):
    text, want = lines(50_000, form=form)
    path = tmp_path / "events.txt"
    for content in (text, text[:-1], text.rstrip()):
        path.write_text(content, newline="")
        how = PLAIN | {"threads": threads}
        assert np.array_equal(table(ev.read(path, **how)), want)
        assert np.array_equal(table(ev.scan(path, **how).collect()), want)
    with ev.open(path) as rec:
        assert rec.format == "csv"
        assert len(rec) == len(want)
        assert rec.time_range == (want[0, 0], want[-1, 0])
    begin, end = int(want[30_000, 0]), int(want[31_000, 0])
    window = ev.scan(path, **PLAIN).filter(pl.col("t").is_between(begin, end)).collect()
    assert np.array_equal(table(window), want[(want[:, 0] >= begin) & (want[:, 0] <= end)])


@pytest.mark.parametrize(
    "text",
    [
        "5 1 2 1\n7 3 4 0\n",
        "5\t1\t2\t1\n7\t3\t4\t0",
        "5, 1, 2, 1\n\n# a comment\n7 , 3 , 4 , 0\n",
        "\ufeff5;1;2;True\r\n7;3;4;false\r\n",
        "t,x,y,p\n5,1,2,1\n7,3,4,-1\n",
        "x,y,p,t\n1,2,+1,5\n3,4,0,7\n",
        "# timestamp x y polarity\n5 1 2 1\n7 3 4 0\n",
        "id,TIMESTAMP,X,Y,Pol,note\n0,5,1,2,1,a\n1,7,3,4,0,\n",
        "t_ns,x,y,on\n5000,1.0,2,1.0\n7400,3,4e0,0\n",
        "timestamp (s),x,y,p\n0.000005,1,2,1\n7e-6,3,4,0\n",
        "t [s],x [px],y (pixels),p\n0.000005,1,2,1\n7e-6,3,4,0\n",
        "t[ms],x,y,p\n0.005,1,2,1\n0.007,3,4,0\n",
        "0.000005 1 2 1\n0.000007 3 4 0\n",
        "%geometry:640,480\n1,2,1,5\n3,4,0,7\n",
        "640 480\n5 1 2 1\n7 3 4 0\n",
        "t,x@640,y@480,on\n5,1,2,1\n7,3,4,0\n",
        '"t","x","y","p"\n5,1,2,1\n7,3,4,0\n',
        "5e-06 1.0e+00 2.0e+00 1.0e+00\n7.0e-06 3.0e+00 4.0e+00 0.0e+00\n",
    ],
)
def test_the_same_two_events(text):
    assert rows(text) == [(5, 1, 2, 1), (7, 3, 4, 0)]
    size = ev.open(text.encode()).resolution
    assert size == ((640, 480) if "640" in text else None)


@pytest.mark.parametrize("first", ["zeit,spalte,zeile,vorz", "foo,bar,baz,boo", '"a","b","c","d"'])
def test_names_that_nobody_knows(first):
    text = f"# a comment\n{first}\n5,1,2,1\n7,3,4,0\n"
    with pytest.raises(ev.FormatError, match=r"its first line, .*, names no columns.*order="):
        ev.open(text.encode())
    assert rows(text, order="txyp") == [(5, 1, 2, 1), (7, 3, 4, 0)]
    damaged = text + "words,that,are,none\n"
    with pytest.raises(ev.DamagedError, match="at line 5"):
        rows(damaged, order="txyp")


def test_options_say_what_the_text_does_not():
    text = "1 2 1 5000\n3 4 0 7000\n"
    with pytest.raises(ev.FormatError, match="order="):
        ev.open(text.encode())
    assert rows(text, order="xypt", t_unit="ns") == [(5, 1, 2, 1), (7, 3, 4, 0)]
    assert rows("5 1 2 1\n", t_unit="s") == [(5_000_000, 1, 2, 1)]
    assert rows("t,x,y,p\n5,1,2,1\n", order="txyp", t_unit="ms") == [(5000, 1, 2, 1)]


@pytest.mark.parametrize(
    "bad", ["2 2 x 1", "2 2 2", "nonsense", "2 40000 2 1", "2 2.5 2 1", "x" * 9000]
)
@pytest.mark.parametrize("threads", [1, 3])
def test_a_bad_line_is_named_and_no_other_is_lost(bad, threads):
    text, want = lines(20_000)
    every = text.splitlines(keepends=True)
    every[12_345] = bad + "\n"
    text = "# head\n" + "".join(every)
    with pytest.raises(ev.DamagedError, match=r"line '.*' is no event, at line 12347,") as error:
        read(text, threads=threads)
    assert bad[:20] in str(error.value)
    with pytest.warns(ev.EvarrowWarning, match=r"1 line of .* at line 12347"):
        frame = read(text, on_error="warn", threads=threads)
    assert np.array_equal(table(frame), np.delete(want, 12_345, axis=0))
    with pytest.raises(ev.DamagedError):
        ev.scan(text.encode()).collect()
    first = ev.scan(text.encode(), **PLAIN).head(1000).collect()
    assert np.array_equal(table(first), want[:1000])
    found = ev.validate(text.encode())
    assert found.damaged
    assert any("line 12347" in one for one in found.findings)


def test_times_are_exact():
    for text, want in {
        "1468939993.067416": 1468939993067416,
        "0.0000005": 0,
        "0.0000015": 2,
        "0.0000025": 2,
        "0.00000250000000000000000000000000001": 3,
        "-0.0000015": -2,
        "9223372036854.775807": 9223372036854775807,
        "1.5E+3": 1_500_000_000,
        "000000000000000000000000001.5": 1_500_000,
        ".5": 500_000,
        "5.": 5_000_000,
        "1e-300": 0,
    }.items():
        assert rows(f"{text} 1 1 1\n", t_unit="s")[0][0] == want, text
    for text in (
        "9223372036854.775808",
        "1e300",
        "1e99999999999999",
        "--1",
        "1e",
        "e5",
        ".",
        "1_0",
    ):
        with pytest.raises((ev.DamagedError, ev.FormatError)):
            read(f"0 1 1 1\n0 1 1 1\n{text} 1 1 1\n", t_unit="s")


@given(st.decimals(min_value=-9_000_000, max_value=9_000_000, allow_nan=False, places=None))
def test_any_decimal_becomes_the_nearest_microsecond(value):
    want = (
        int((value * 10**6).quantize(Decimal(1), ROUND_HALF_EVEN))
        if value.as_tuple().exponent > -60
        else None
    )
    if want is not None:
        assert rows(f"{value} 1 1 1\n", t_unit="s", sort=False)[0][0] == want


@given(st.lists(st.sampled_from("0123456789. ,;\t\n\r#%eE+-xytp"), max_size=200).map("".join))
def test_any_text_is_read_or_refused(text):
    try:
        frame = read(text, on_error="ignore", sort=False)
    except ev.FormatError:
        return
    assert frame.width == 4


def test_a_pipe_is_read_as_it_comes(tmp_path):
    text, want = lines(30_000)
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=lambda: path.write_text(text))
    writer.start()
    with ev.open(path, **PLAIN) as rec:
        batches = [np.stack([b.t, b.x, b.y, b.polarity], axis=1) for b in rec.batches(1000)]
    writer.join()
    assert np.array_equal(np.concatenate(batches), want)


def test_lines_of_any_length_across_all_cuts():
    random = np.random.default_rng(1)
    text, want = lines(40_000)
    every = text.splitlines()
    for i in range(0, len(every), 50):
        every[i] += " " * int(random.integers(0, 3000))
    assert np.array_equal(table(read("\n".join(every))), want)


def test_binary_and_other_text_is_not_taken_for_events():
    for content in (b"\0\1\2\3" * 50, b"hello world\n" * 20, b"1 2 3\n4 5 6\n", b"", b"a,b,c,d\n"):
        with pytest.raises(ev.FormatError):
            ev.open(content)


def test_no_events():
    assert len(read("t,x,y,p\n")) == 0
    assert len(read("# nothing\n\n", format="csv")) == 0


def test_the_first_of_several_bad_lines_is_named():
    text = "t,x,y,p\n1,1,1,1\n2,2,bad,1\n3,3,worse,1\n4,4,4,1\n"
    with pytest.raises(ev.DamagedError, match=r"the line '2,2,bad,1' is no event, at line 3"):
        ev.read(text.encode())


def test_an_open_file(tmp_path):
    text, want = lines(100)
    path = tmp_path / "events.csv"
    path.write_text(text)
    with path.open("rb") as file:
        assert np.array_equal(table(ev.read(file, **PLAIN)), want)
    assert np.array_equal(table(ev.read(io.BytesIO(text.encode()), **PLAIN)), want)


def test_the_corpus_has_a_bad_line(corpus):
    path = corpus / "synthetic/bad_line.txt"
    with pytest.raises(
        ev.DamagedError, match=r"'0.000002 2 x 1' is no event, at line 2, in .*bad_line"
    ):
        ev.read(path)
    assert list(ev.read(path, on_error="ignore", t_type="int64")["t"]) == [1, 3]
