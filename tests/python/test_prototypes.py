# SPDX-License-Identifier: Apache-2.0
"""Prototypes of time surfaces, and means of blocks."""

import numpy as np
import pytest
from representation_events import part, random_events

import evarrow as ev
from evarrow import representations as reps

SMALL = (7, 5)
EVENTS = random_events(3_000, size=SMALL)


def learned(surfaces, count):
    """Algorithm 1 of HOTS, one surface after another."""
    known = surfaces[:count].astype(float)
    moves = np.ones(count)
    for surface in surfaces[count:].astype(float):
        k = ((surface - known) ** 2).sum(axis=(1, 2)).argmin()
        alike = (surface * known[k]).sum() / np.sqrt((surface**2).sum() * (known[k] ** 2).sum())
        known[k] += 0.01 / (1 + moves[k] / 20_000) * (surface - alike * known[k])
        moves[k] += 1
    return known


@pytest.mark.parametrize("polarity", ["own", "merged"])
@pytest.mark.parametrize(("count", "radius"), [(1, 0), (3, 1), (8, 2)])
def test_prototypes_are_learned_as_hots_says(count, radius, polarity):
    how = {"tau": 2_000, "polarity": polarity, "resolution": SMALL}
    surfaces = reps.local_time_surfaces(EVENTS, radius, **how)
    got = reps.learn_prototypes(EVENTS, count, radius, **how)
    assert got.shape == (count, 2 * radius + 1, 2 * radius + 1)
    assert np.allclose(got, learned(surfaces, count), rtol=0, atol=1e-12)
    numbers = reps.nearest_prototypes(EVENTS, got, **how)
    off = ((surfaces[:, None] - got[None]) ** 2).sum(axis=(2, 3))
    assert numbers.dtype == np.int32
    assert np.allclose(off[np.arange(len(off)), numbers], off.min(axis=1), rtol=0, atol=1e-12)


def test_prototypes_of_few_events_and_of_events_outside():
    few = part(EVENTS, 0, 2)
    assert reps.learn_prototypes(few, 5, 1, resolution=SMALL).shape == (2, 3, 3)
    none = part(EVENTS, 0, 0)
    assert reps.learn_prototypes(none, 5, 1, resolution=SMALL).shape == (0, 3, 3)
    outside = ev.from_arrays(x=[-1, 0, 7], y=[0, 0, 0], t=[0, 1, 2], polarity=[1, 1, 1])
    known = reps.learn_prototypes(outside, 2, 1, resolution=SMALL)
    assert known.shape == (1, 3, 3)
    assert reps.nearest_prototypes(outside, known, resolution=SMALL).tolist() == [-1, 0, -1]


def test_prototypes_that_make_no_sense():
    for count in (0, 1.5, True):
        with pytest.raises(ValueError, match="count must be"):
            reps.learn_prototypes(EVENTS, count, resolution=SMALL)
    with pytest.raises(ValueError, match="radius must be"):
        reps.learn_prototypes(EVENTS, 2, 128, resolution=SMALL)
    for shape in ((2, 4, 4), (2, 3, 5), (3, 3), (0, 3, 3)):
        with pytest.raises(ValueError, match="prototypes must be of shape"):
            reps.nearest_prototypes(EVENTS, np.zeros(shape), resolution=SMALL)
    with pytest.raises(ValueError, match="resolution="):
        reps.learn_prototypes(EVENTS, 2)
    with pytest.raises(ValueError, match="order of time"):
        reps.learn_prototypes({**EVENTS, "t": EVENTS["t"][::-1]}, 2, resolution=SMALL)


def test_blocks_become_their_means():
    random = np.random.default_rng(0)
    array = random.integers(0, 255, (3, 2, 7, 9)).astype(np.uint8)
    for block in (1, 2, 3, 7):
        got = reps.block_mean(array, block)
        assert got.dtype == np.float32
        assert got.shape == (3, 2, 7 // block, 9 // block)
        for y, x in np.ndindex(got.shape[2:]):
            cut = array[..., y * block : (y + 1) * block, x * block : (x + 1) * block]
            assert np.allclose(got[..., y, x], cut.mean(axis=(2, 3)), rtol=1e-6)
    assert reps.block_mean(array.astype(np.float64), 2).dtype == np.float64
    for bad, block in ((array, 0), (array, 8), (array[0, 0, 0], 2)):
        with pytest.raises(ValueError, match="cannot be made"):
            reps.block_mean(bad, block)
