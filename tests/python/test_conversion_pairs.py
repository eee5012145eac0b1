# SPDX-License-Identifier: Apache-2.0
"""From every format that is written to every other one: exact for what both can hold."""

import itertools
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import evarrow as ev

FORMATS = {one.name: one for one in ev.formats() if one.writable}


@dataclass(frozen=True)
class Holds:
    """What a format can hold. The defaults are what every format that evarrow writes can hold."""

    width: int = 128
    height: int = 128
    t_end: int = 2**22  # microseconds; all begin at 0
    t_step: int = 2**20  # the longest time between two events
    triggers: int = 0  # how many inputs; 0 for none
    serial: bool = False  # whether the serial number of the camera is kept
    least: int = 0  # events: a file without a header is known by them


EVT = {"width": 2048, "height": 2048, "serial": True}
KNOWN = {
    "evt2": Holds(**EVT, t_end=2**36, t_step=2**33, triggers=32),
    "evt21": Holds(**EVT, t_end=2**36, t_step=2**33, triggers=32),
    "evt3": Holds(**EVT, t_end=2**28, t_step=2**27, triggers=16),
    "evt4": Holds(**EVT, t_end=2**36, t_step=2**33, triggers=32),
    "mcap": Holds(width=2048, height=2048, t_end=2**28, t_step=2**27, triggers=16),
    "dat": Holds(width=16_384, height=16_384, t_end=2**36, t_step=2**30),
    "es": Holds(width=2048, height=2048, t_end=2**27, t_step=2**27),
}
NEVER_EMPTY = {"nmnist"}
PAIRS = list(itertools.product(FORMATS, FORMATS))


def holds(*names):
    """What all of some formats can hold."""
    each = [KNOWN.get(name, Holds()) for name in names]
    return Holds(
        width=min(one.width for one in each),
        height=min(one.height for one in each),
        t_end=min(one.t_end for one in each),
        t_step=min(one.t_step for one in each),
        triggers=min(one.triggers for one in each),
        serial=all(one.serial for one in each),
        least=int(not NEVER_EMPTY.isdisjoint(names)),
    )


@st.composite
def recordings(draw, limits):
    """Events and triggers within limits, in order of time, with the corners of the sensor."""
    width = draw(st.sampled_from([limits.width, min(limits.width, 640)]))
    height = draw(st.sampled_from([limits.height, min(limits.height, 480)]))
    n = draw(st.integers(limits.least, 60))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    span = draw(st.sampled_from([1, 50, 5000, limits.t_step // 2]))
    most = max(limits.t_end - span - 1, 0)
    start = draw(st.sampled_from([0, min(limits.t_step - 1, most) // 2]))
    t = np.sort(start + random.integers(0, span, n))
    x, y = random.integers(0, width, n), random.integers(0, height, n)
    if n > 1:
        x[0], y[0], x[1], y[1] = 0, 0, width - 1, height - 1
    events = pl.DataFrame(
        {
            "x": x.astype(np.int16),
            "y": y.astype(np.int16),
            "t": t.astype(np.int64),
            "polarity": random.choice(np.array([-1, 1], np.int8), n),
        },
        schema_overrides={"t": pl.Duration("us")},
    )
    # The first word of a file may have to be an event, so triggers are at times of events.
    m = draw(st.integers(0, 5)) if limits.triggers and n else 0
    triggers = pl.DataFrame(
        {
            "t": np.sort(random.choice(t, m)) if m else np.zeros(0, np.int64),
            "id": random.integers(0, max(limits.triggers, 1), m).astype(np.int16),
            "polarity": random.choice(np.array([-1, 1], np.int8), m),
        },
        schema_overrides={"t": pl.Duration("us")},
    )
    return events, triggers, (width, height)


def path_of(folder, name, stem):
    return folder / (stem + FORMATS[name].extensions[0])


@pytest.mark.parametrize(("first", "second"), PAIRS, ids=["-".join(pair) for pair in PAIRS])
def test_what_both_hold_goes_there_and_back(first, second, tmp_path):
    limits = holds(first, second)

    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
    @given(recordings(limits))
    def check(made):
        events, triggers, size = made
        one, two = path_of(tmp_path, first, "one"), path_of(tmp_path, second, "two")
        more = {"triggers": triggers} if limits.triggers else {}
        how = {"overwrite": True, "on_loss": "raise"}
        ev.write(events, one, format=first, resolution=size, **how, **more)
        with ev.open(one, format=first, sort=False) as source:
            ev.convert(source, two, format=second, resolution=size, **how)
        back = path_of(tmp_path, first, "back")
        with ev.open(two, format=second, sort=False) as middle:
            ev.convert(middle, back, format=first, resolution=size, **how)
        for path, name in ((one, first), (two, second), (back, first)):
            with ev.open(path, format=name) as recording:
                assert recording.read().equals(events)
                assert recording.resolution == size or name not in KNOWN
                if limits.triggers:
                    assert recording.read("triggers").equals(triggers)

    check()


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_beyond_a_format_is_refused_or_left_out_alone(name, tmp_path):
    limits = KNOWN.get(name)
    if limits is None:
        pytest.skip(f"nothing is said about what {name} holds")

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(recordings(limits), st.data())
    def check(made, data):
        events, _, size = made
        if events.height == 0:
            return
        bad = data.draw(st.integers(0, events.height - 1))
        column = data.draw(st.sampled_from(["x", "y", "t"]))
        value = -1 - data.draw(st.integers(0, 100))
        if column == "t":
            value = pl.lit(value).cast(pl.Duration("us"))
        rows = (
            events.with_row_index()
            .with_columns(
                pl.when(pl.col("index") == bad)
                .then(value)
                .otherwise(pl.col(column))
                .cast(events.schema[column])
                .alias(column)
            )
            .drop("index")
        )
        path = path_of(tmp_path, name, "lossy")
        path.unlink(missing_ok=True)
        with pytest.raises(ValueError, match=f"row {bad} of the events.*{column} is -"):
            ev.write(rows, path, format=name, resolution=size)
        assert not path.exists()
        with pytest.warns(ev.EvarrowWarning, match=f"1 events are not .* row {bad} of the events"):
            ev.write(rows, path, format=name, resolution=size, on_loss="warn")
        want = events.with_row_index().filter(pl.col("index") != bad).drop("index")
        assert ev.read(path, format=name).equals(want)

    check()


@pytest.mark.parametrize(
    ("first", "second"),
    [pair for pair in PAIRS if all(KNOWN.get(name, Holds()).serial for name in pair)],
)
def test_lines_of_the_header_survive(first, second, tmp_path):
    one, two = path_of(tmp_path, first, "one"), path_of(tmp_path, second, "two")
    columns = {"x": [1], "y": [2], "t": [3], "polarity": [1]}
    ev.write(columns, one, format=first, resolution=(64, 48))
    one.write_bytes(one.read_bytes().replace(b"% end", b"% serial_number 0042\n% end"))
    ev.convert(one, two, format=second)
    assert ev.open(two).metadata["evarrow.serial_number"] == "0042"
    assert ev.open(two).header["serial_number"] == "0042"
