# SPDX-License-Identifier: Apache-2.0
"""Accumulators and surfaces are those of dv-processing, frame after frame."""

import itertools

import numpy as np
import pytest
from peer_events import dv_store
from representation_events import part, random_events

from evarrow import representations as reps

pytestmark = pytest.mark.peers

dv = pytest.importorskip("dv_processing")

SIZE = (16, 12)
EVENTS = random_events(20_000, size=SIZE, start=1)  # dv takes 0 for never
PARTS = [(0, 7_000), (7_000, 7_001), (7_001, 20_000)]


def frames_of_dv(accumulator):
    """The frames after each part of the events."""
    out = []
    for begin, end in PARTS:
        accumulator.accept(dv_store(part(EVENTS, begin, end)))
        out.append(accumulator.generateFrame().image.astype(int))
    return np.array(out)


def test_dv_time_surfaces():
    want = frames_of_dv(dv.TimeSurface(SIZE))
    ends = [{"rows": [(0, end)]} for _, end in PARTS]
    got = [reps.time_surface(EVENTS, profile="dv", resolution=SIZE, **end)[0] for end in ends]
    # As long as every pixel has an event: else dv takes 0 for the least time.
    assert abs(np.array(got, int) - want).max() <= 1


def test_dv_surfaces_far_from_0_where_pixels_have_no_event():
    events = random_events(100, size=SIZE, start=10**15)
    seen = reps.count_image(events, polarity="binary", resolution=SIZE) > 0
    surface = dv.TimeSurface(SIZE)
    surface.accept(dv_store(events))
    theirs = surface.generateFrame().image
    assert not seen.all()
    assert theirs[seen].min() >= 254  # of 0, which it takes for the least time
    ours = reps.time_surface(events, profile="dv", resolution=SIZE)
    assert (ours[seen].min(), ours.max()) == (0, 255)


# What the potential is between, what it begins with, and what is lost of it.
BOUNDS = [(0.0, 0.0, 1.0), (-1.0, 0.25, 2.0)]
DECAYS = [("exponential", 50_000.0), ("linear", 1 / 50_000), ("step", 0.0), ("none", 0.0)]


@pytest.mark.parametrize(("decay", "parameter"), DECAYS)
def test_dv_accumulators(decay, parameter):
    kind = getattr(dv.Accumulator.Decay, decay.upper())
    for synchronous, rectify, bounds in itertools.product((False, True), (False, True), BOUNDS):
        least, neutral, greatest = bounds
        theirs = dv.Accumulator(
            SIZE, kind, parameter, synchronous, 0.1, greatest, neutral, least, rectify
        )
        got = reps.decayed_image(
            EVENTS,
            decay=decay,
            tau=50_000,
            contribution=0.1,
            least=least,
            greatest=greatest,
            neutral=neutral,
            synchronous=synchronous,
            rectify=rectify,
            rows=PARTS,
            resolution=SIZE,
        )
        assert abs(got - frames_of_dv(theirs)).max() <= 1


def test_dv_accumulators_as_they_come():
    theirs = dv.Accumulator(SIZE)
    assert theirs.getEventContribution() == pytest.approx(0.15)  # its documentation says 0.04
    got = reps.decayed_image(EVENTS, rows=PARTS, resolution=SIZE)
    assert abs(got - frames_of_dv(theirs)).max() <= 1
    got = reps.edge_map(EVENTS, rows=PARTS, resolution=SIZE)
    assert abs(got - frames_of_dv(dv.EdgeMapAccumulator(SIZE))).max() <= 1
