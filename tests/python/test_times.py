# SPDX-License-Identifier: Apache-2.0
import datetime

import numpy as np
import pytest

from evarrow.times import to_box, to_microseconds, to_period


@pytest.mark.parametrize(
    ("value", "us"),
    [
        (0, 0),
        (-5, -5),
        (np.int32(7), 7),
        ("50ms", 50_000),
        ("1s500ms", 1_500_000),
        ("250us", 250),
        ("250µs", 250),
        ("2000ns", 2),
        ("-3ms", -3_000),
        ("1m", 60_000_000),
        ("2h", 7_200_000_000),
        ("1d", 86_400_000_000),
        ("1w", 604_800_000_000),
        (datetime.timedelta(milliseconds=3, microseconds=1), 3_001),
        (datetime.timedelta(microseconds=-1), -1),
        (np.timedelta64(3, "ms"), 3_000),
        (np.timedelta64(3000, "ns"), 3),
    ],
)
def test_times_are_read_as_microseconds(value, us):
    assert to_microseconds(value, "start") == us


@pytest.mark.parametrize("value", [0.5, 1.0, None, True, [1], np.float64(3)])
def test_anything_else_is_a_type_error_that_says_what_to_write(value):
    with pytest.raises(TypeError, match=r"start must be an int of microseconds.*'50ms'"):
        to_microseconds(value, "start")


@pytest.mark.parametrize(
    "value",
    ["", "50", "ms", "5 ms", "1.5s", "1mo", "5ms3", "1500ns", 2**63, np.timedelta64(1, "ns")],
)
def test_what_is_no_whole_number_of_microseconds_is_a_value_error(value):
    with pytest.raises(ValueError, match=r"duration|whole number|64 bits"):
        to_microseconds(value, "start")


def test_not_a_time_is_refused():
    with pytest.raises(ValueError, match="whole number"):
        to_microseconds(np.timedelta64("NaT", "us"), "start")


@pytest.mark.parametrize("value", [0, "0ms", "-5ms"])
def test_a_period_is_longer_than_nothing(value):
    with pytest.raises(ValueError, match="every must be longer than nothing"):
        to_period(value, "every")


def test_regions_are_cut_to_what_pixels_can_be():
    assert to_box((0, -1, 640, 10**9)) == (0, -1, 640, 32768)
    assert to_box(np.array([1, 2, 3, 4])) == (1, 2, 3, 4)


@pytest.mark.parametrize("region", [(1, 2, 3), "abcd", 5, (0, 0, 1.5, 2)])
def test_a_region_is_four_ints(region):
    with pytest.raises(TypeError, match="region must be four ints"):
        to_box(region)


def test_a_region_turned_over_is_an_error():
    with pytest.raises(ValueError, match="x0 <= x1"):
        to_box((10, 0, 5, 1))
