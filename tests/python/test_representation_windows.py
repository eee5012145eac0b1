# SPDX-License-Identifier: Apache-2.0
"""Which events are in the array of a window."""

import numpy as np
import pytest
from representation_events import SIZE, at_one_pixel, between, counts_of, part, random_events

from evarrow import representations as reps

EVENTS = random_events(100_000)


def test_windows_are_those_of_their_definition():
    def check(want, **options):
        got = reps.count_image(EVENTS, resolution=SIZE, **options)
        assert np.array_equal(got, [counts_of(events) for events in want])

    t0, tn = EVENTS["t"][0], EVENTS["t"][-1]
    starts = range(t0, tn + 1, 70_000)
    check([between(EVENTS, s, s + 70_000) for s in starts], every=70_000)
    check([between(EVENTS, s, s + 100_000) for s in starts], every="100ms", stride="70ms")
    check(
        [between(EVENTS, s, min(s + 100_000, 333_333)) for s in range(-50_000, 333_333, 100_000)],
        every="100ms",
        start=-50_000,
        end=333_333,
    )
    whole = [s for s in starts if s + 70_000 <= tn]
    check([between(EVENTS, s, s + 70_000) for s in whole], every=70_000, partial=False)
    rows = range(0, 100_000, 7_000)
    check([part(EVENTS, r, r + 9_000) for r in rows], count=9_000, stride=7_000)
    full = [r for r in rows if r + 9_000 <= 100_000]
    check([part(EVENTS, r, r + 9_000) for r in full], count=9_000, stride=7_000, partial=False)
    pairs = [(500_000, 700_000), (0, 10), (100, 100), (300_000, 600_000), (-9, 2_000_000)]
    check([between(EVENTS, *pair) for pair in pairs], windows=pairs)
    check([part(EVENTS, *pair) for pair in [(5, 9), (0, 99_999)]], rows=[(5, 9), (0, 99_999)])


def test_bounds_belong_to_windows_as_asked():
    events = at_one_pixel([10, 20, 20, 30])
    want = {"left": 3, "right": 3, "both": 4}
    for closed, count in want.items():
        got = reps.count_image(events, windows=[(10, 30)], closed=closed, resolution=(1, 1))
        assert got.sum() == count
    with pytest.raises(ValueError, match="closed"):
        reps.count_image(events, every=5, closed="none", resolution=(1, 1))
