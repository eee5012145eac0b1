# SPDX-License-Identifier: Apache-2.0
"""Events for the tests of representations, and plain definitions in NumPy."""

import numpy as np

SIZE = (64, 48)


def random_events(n, seed=0, size=SIZE, span=1_000_000, start=0):
    """Columns of `n` events in order of time."""
    random = np.random.default_rng(seed)
    return {
        "x": random.integers(0, size[0], n).astype(np.int16),
        "y": random.integers(0, size[1], n).astype(np.int16),
        "t": start + np.sort(random.integers(0, span, n)),
        "polarity": (2 * random.integers(0, 2, n) - 1).astype(np.int8),
    }


def at_one_pixel(t, p=None):
    """Columns of events at (0, 0)."""
    t = np.asarray(t, np.int64)
    p = np.ones(len(t)) if p is None else np.asarray(p)
    zero = np.zeros(len(t), np.int16)
    return {"x": zero, "y": zero, "t": t, "polarity": np.where(p > 0, 1, -1).astype(np.int8)}


def part(events, begin, end):
    """Rows [begin, end) of columns."""
    return {name: values[begin:end] for name, values in events.items()}


def between(events, start, end):
    """The events with start <= t < end."""
    begin, stop = np.searchsorted(events["t"], (start, end))
    return part(events, begin, stop)


def counts_of(events, size=SIZE):
    out = np.zeros((2, size[1], size[0]), np.uint32)
    np.add.at(out, ((events["polarity"] > 0) * 1, events["y"], events["x"]), 1)
    return out


def spread(events, at, bins, size=SIZE, weights=None):
    """Polarities shared out to the bins `floor(at)` and the next, where they are."""
    out = np.zeros((bins + 2, size[1], size[0]))
    left = np.floor(at).astype(int)
    share = at - left
    w = events["polarity"] if weights is None else weights
    place = np.clip(left + 1, 0, bins + 1)
    np.add.at(out, (place, events["y"], events["x"]), w * (1 - share))
    np.add.at(out, (np.clip(left + 2, 0, bins + 1), events["y"], events["x"]), w * share)
    return out[1 : bins + 1]


def voxels_of(events, bins, size=SIZE):
    t = events["t"]
    if len(t) == 0:
        return np.zeros((bins, size[1], size[0]))
    at = (bins - 1) * (t - t[0]) / max(t[-1] - t[0], 1)
    return spread(events, at, bins, size)
