# SPDX-License-Identifier: Apache-2.0
import numpy as np
from representation_events import SIZE, at_one_pixel, counts_of, random_events

from evarrow import representations as reps


def test_events_are_counted_by_polarity():
    events = random_events(50_000)
    want = counts_of(events)
    assert np.array_equal(reps.count_image(events, resolution=SIZE), want)
    merged = reps.count_image(events, resolution=SIZE, polarity="merged")
    assert merged.dtype == np.uint32
    assert np.array_equal(merged, want.sum(axis=0))
    signed = reps.count_image(events, resolution=SIZE, polarity="signed")
    assert signed.dtype == np.int32
    assert np.array_equal(signed, want[1].astype(int) - want[0])


def test_counts_wrap_only_where_asked():
    many = at_one_pixel(np.zeros(40_000))
    assert reps.count_image(many, resolution=(1, 1))[1, 0, 0] == 40_000
    assert reps.count_image(many, resolution=(1, 1), dtype=np.int16)[1, 0, 0] == -25_536
