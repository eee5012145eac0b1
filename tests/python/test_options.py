# SPDX-License-Identifier: Apache-2.0
import pytest

import evarrow as ev


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        (
            {"fromat": "evt3"},
            TypeError,
            "unknown option 'fromat'; there are .*format, .*resolution",
        ),
        ({"region": (0, 0, 9, 9)}, TypeError, r"there are .* chosen by read\(\.\.\., region=\)"),
        ({"format": 3}, TypeError, "format must be the name"),
        ({"format": "evt9"}, ValueError, "evt9"),
        ({"resolution": 5}, TypeError, r"resolution must be \(width, height\)"),
        ({"resolution": (0, 5)}, ValueError, "resolution must be positive"),
        ({"on_error": "stop"}, ValueError, "on_error must be one of 'raise', 'warn', 'ignore'"),
        ({"on_error": None}, TypeError, "on_error must be a string"),
        ({"out_of_sensor": "x"}, ValueError, "out_of_sensor must be one of"),
        ({"polarity_type": "bool"}, ValueError, "polarity_type must be one of 'signed', 'binary'"),
        ({"t_type": "float"}, ValueError, "t_type must be one of"),
        ({"origin": "zero"}, ValueError, "origin must be one of 'sensor', 'start'"),
        ({"origin": 1.5}, TypeError, "origin must be"),
        ({"io": "fast"}, ValueError, "io must be one of"),
        ({"index": "disk"}, ValueError, "index must be one of"),
        ({"threads": -1}, ValueError, "threads must not be negative"),
    ],
)
def test_an_option_that_makes_no_sense_is_named(sample, options, error, says):
    with pytest.raises(error, match=says):
        ev.open(sample, **options)


def test_binary_polarity_is_0_and_1(sample):
    signed = ev.read(sample)["polarity"]
    binary = ev.read(sample, polarity_type="binary")["polarity"]
    assert signed.unique().sort().to_list() == [-1, 1]
    assert ((signed + 1) // 2 == binary).all()
    assert len(ev.read(sample, polarity_type="binary", polarity=0)) == (signed == -1).sum()


def test_the_origin_moves_all_times(sample):
    import polars as pl

    with ev.open(sample) as rec:
        first, last = rec.time_range
    us = pl.col("t").dt.total_microseconds()
    for origin, shift in (("start", first), (1000, 1000), ("sensor", 0)):
        with ev.open(sample, origin=origin) as rec:
            assert rec.time_range == (first - shift, last - shift)
            t = rec.read().select(us)["t"]
            assert (t[0], t[-1]) == (first - shift, last - shift)
            assert len(rec.read(start=0, end=5000)) == t.is_between(0, 4999).sum()
            # The same shift holds for all streams.
            triggers = rec.read("triggers").select(us)["t"]
            assert triggers[0] + shift == ev.read(sample, stream="triggers").select(us)["t"][0]


@pytest.mark.parametrize("io", ["mmap", "pread"])
@pytest.mark.parametrize("threads", [1, 2, 3])
def test_ways_of_reading_and_threads_change_nothing(sample, io, threads):
    assert ev.read(sample, io=io, threads=threads).equals(ev.read(sample))
    assert ev.scan(sample, io=io, threads=threads).collect().equals(ev.read(sample))
