# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from representation_events import SIZE, at_one_pixel, part, random_events

from evarrow import representations as reps


def mdes(events, bins, **options):
    return reps.mixed_density_stack(events, bins, resolution=(1, 1), **options).ravel().tolist()


def test_a_mixed_density_stack_counts_ever_longer_spans():
    assert mdes(at_one_pixel([0, 100]), 4) == [1, 1, 1, 2]
    assert mdes(at_one_pixel([0, 10, 20, 40, 80, 100], [1, 0, 1, 1, 0, 1]), 4) == [0, 1, 2, 2]
    many = at_one_pixel(np.zeros(200))
    assert mdes(many, 1, cutoff=None) == [-56]
    assert mdes(many, 1) == [-32]
    assert mdes(part(many, 0, 0), 3) == [0, 0, 0]


def test_a_mixed_density_stack_is_that_of_its_definition():
    events = random_events(20_000)
    t = events["t"]
    span = np.float32(max(t[-1] - t[0], 1))
    share = np.clip((t - t[0]).astype(np.float32) / span, np.float32(1e-6), np.float32(1 - 1e-6))
    bins = np.floor(np.maximum(10 - np.log(share) / np.log(np.float32(0.5)), 0)).astype(int)
    raw = np.zeros((10, SIZE[1], SIZE[0]), np.int8)
    np.add.at(raw, (bins, events["y"], events["x"]), events["polarity"])
    want = np.clip(np.cumsum(raw, axis=0, dtype=np.int8), -32, 32)
    assert np.array_equal(reps.mixed_density_stack(events, 10, resolution=SIZE), want)


def test_an_event_stack_keeps_the_last_polarity_of_ever_fewer_events():
    events = random_events(1_001)
    got = reps.event_stack(events, 5, resolution=SIZE)
    assert got.dtype == np.int8
    for level in range(5):
        n = 1_001 >> level
        want = np.zeros((SIZE[1], SIZE[0]), np.int8)
        for x, y, p in zip(*(events[k][1_001 - n :] for k in ("x", "y", "polarity")), strict=True):
            want[y, x] = p
        assert np.array_equal(got[level], want)
    windows = reps.event_stack(events, 5, resolution=SIZE, count=700)
    assert np.array_equal(
        windows[1], reps.event_stack(part(events, 700, 1_001), 5, resolution=SIZE)
    )


def test_the_channels_of_ergo12():
    n = 4_000
    events = random_events(n, size=(8, 6))
    t = (events["t"] - events["t"][0]) / (events["t"][-1] - events["t"][0])
    rows = [(0, n), (0, n // 3), (n // 3, 2 * (n // 3)), (2 * (n // 3), 3 * (n // 3))]
    rows += [(n - n // 2, n), (n - n // 4, n), (n - n // 8, n)]
    got = reps.ergo12(events, resolution=(8, 6))
    p = events["polarity"].astype(float)
    one = np.ones(n)
    channels = [
        (0, p, None, "var"),
        (3, t, -1, "var"),
        (2, one, -1, "mean"),
        (6, p, None, "sum"),
        (5, one, 1, "mean"),
        (6, one, None, "sum"),
        (2, t, 1, "mean"),
        (5, one, -1, "mean"),
        (1, t, -1, "max"),
        (0, t, 1, "max"),
        (4, t, None, "max"),
        (1, one, None, "mean"),
    ]
    for channel, (window, value, sign, made) in enumerate(channels):
        begin, end = rows[window]
        for y in range(6):
            for x in range(8):
                here = (events["x"][begin:end] == x) & (events["y"][begin:end] == y)
                if sign:
                    here &= p[begin:end] == sign
                some = value[begin:end][here]
                want = getattr(np, made)(some) if len(some) else 0
                assert got[channel, y, x] == pytest.approx(want, abs=1e-12)


def test_every_second_pixel_of_a_histogram_is_not_that_of_fewer_events():
    """RVT halves its arrays by the odd pixels, after bins are found with all events."""
    index = np.arange(36).reshape(6, 6)
    assert index[1::2, 1::2].ravel().tolist() == [7, 9, 11, 19, 21, 23, 31, 33, 35]
    # The first and the last event are on pixels that are left out.
    events = {
        "x": np.array([0, 1, 1, 0], np.int16),
        "y": np.array([0, 1, 1, 0], np.int16),
        "t": np.array([0, 40, 60, 100]),
        "polarity": np.ones(4, np.int8),
    }
    whole = reps.stacked_histogram(events, 4, profile="rvt", resolution=(2, 2))
    kept = {name: values[1:3] for name, values in events.items()}
    fewer = reps.stacked_histogram(kept, 4, profile="rvt", resolution=(2, 2))
    assert whole[4:, 1::2, 1::2].ravel().tolist() == [0, 1, 1, 0]
    assert fewer[4:, 1::2, 1::2].ravel().tolist() == [1, 0, 0, 1]
