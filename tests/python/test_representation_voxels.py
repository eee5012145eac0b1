# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from representation_events import SIZE, at_one_pixel, between, part, random_events, voxels_of

from evarrow import representations as reps

FIVE = at_one_pixel([0, 25, 50, 75, 100])


def one(events, bins, **options):
    return reps.voxel_grid(events, bins, resolution=(1, 1), **options).ravel()


def test_shares_of_five_events():
    assert one(FIVE, 3).tolist() == [1.5, 2, 1.5]


@pytest.mark.parametrize("n", [1, 2, 1_000, 300_000])
@pytest.mark.parametrize("bins", [1, 2, 10])
def test_the_grid_is_that_of_its_definition(n, bins):
    events = random_events(n)
    got = reps.voxel_grid(events, bins, resolution=SIZE)
    assert got.dtype == np.float32
    assert abs(got - voxels_of(events, bins)).max() < 1e-4


def test_windows_have_their_own_first_and_last_event():
    events = random_events(60_000)
    t0 = int(events["t"][0])
    got = reps.voxel_grid(events, 4, resolution=SIZE, every="100ms")
    for i, grid in enumerate(got):
        start = t0 + i * 100_000
        assert abs(grid - voxels_of(between(events, start, start + 100_000), 4)).max() < 1e-4
    got = reps.voxel_grid(events, 4, resolution=SIZE, count=7_000)
    for i, grid in enumerate(got):
        assert abs(grid - voxels_of(part(events, i * 7_000, (i + 1) * 7_000), 4)).max() < 1e-4


def test_events_at_one_time_are_in_the_first_bin():
    assert one(at_one_pixel([7, 7, 7]), 4).tolist() == [3, 0, 0, 0]
    assert one(at_one_pixel([7]), 1).tolist() == [1]
