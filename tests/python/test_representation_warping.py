# SPDX-License-Identifier: Apache-2.0
from typing import get_args

import numpy as np
import pytest
from representation_events import counts_of, random_events

from evarrow import representations as reps
from evarrow.representations.warping import Objective

LINE = {
    "x": np.arange(10, dtype=np.int16),
    "y": np.full(10, 5, np.int16),
    "t": np.arange(10) * 1_000,
    "polarity": np.ones(10, np.int8),
}
SIZE = (20, 20)


def test_the_contrast_of_a_moving_point():
    for reference in ("first", "last"):
        value, _ = reps.contrast(LINE, (1_000, 0), reference=reference, resolution=SIZE)
        assert value == pytest.approx(0.249375, abs=1e-12)
        value, _ = reps.contrast(LINE, (0, 0), reference=reference, resolution=SIZE)
        assert value == pytest.approx(0.024375, abs=1e-12)
    sharp = reps.warped_image(LINE, (1_000, 0), reference="first", resolution=SIZE)
    assert sharp[0, 5, 0] == 10


OBJECTIVES = get_args(Objective)
MOTIONS = {
    "translation": (310.7, -123.4),
    "affine": (110.7, -23.4, 3.1, -2.2, 1.7, 4.5),
    "rotation": (2.1, -1.3, 4.4),
    "homography": (1.3, -0.4, 50.2, 0.7, -2.1, 30.3, 0.011, -0.02),
}
CAMERA = (25.0, 26.0, 15.5, 11.5)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("model", MOTIONS)
@pytest.mark.parametrize("reference", ["first", "middle", "last"])
def test_gradients_are_the_limits_of_differences(model, objective, reference):
    events = random_events(300, size=(32, 24), span=20_000)

    def value_of(motion):
        return reps.contrast(
            events,
            motion,
            objective=objective,
            model=model,
            camera=CAMERA,
            reference=reference,
            resolution=(32, 24),
        )

    motion = np.array(MOTIONS[model])
    value, gradient = value_of(motion)
    assert gradient.shape == motion.shape
    assert np.isfinite(value)
    for i in range(len(motion)):
        step = np.zeros_like(motion)
        step[i] = 1e-6 * max(abs(motion[i]), 0.01)
        limit = (value_of(motion + step)[0] - value_of(motion - step)[0]) / (2 * step[i])
        assert gradient[i] == pytest.approx(limit, rel=1e-4, abs=1e-7)


def test_objectives_of_a_moving_point():
    def values_of(motion):
        return {
            objective: float(
                reps.contrast(
                    LINE, motion, objective=objective, reference="first", resolution=SIZE
                )[0]
            )
            for objective in OBJECTIVES
        }

    n, e = 400, np.e
    sharp, spread = values_of((1_000, 0)), values_of((0, 0))

    def step(events):
        return 1 / (1 + np.exp((0.5 - events) / 0.1))

    of_points = {
        "variance": lambda k, m: k * m * m / n - (k * m / n) ** 2,
        "mean_square": lambda k, m: k * m * m / n,
        "exponential": lambda k, m: (k * e**m + n - k) / n,
        "inverse_exponential": lambda k, m: (k * e**-m + n - k) / n,
        "area": lambda k, m: -(k * step(m) + (n - k) * step(0)) / n,
    }
    for objective, value_of in of_points.items():
        # All ten events in one pixel, and in a pixel each.
        assert sharp[objective] == pytest.approx(value_of(1, 10), rel=1e-12, abs=1e-12)
        assert spread[objective] == pytest.approx(value_of(10, 1), rel=1e-12, abs=1e-12)
    assert sharp["maximum"] == pytest.approx(10)
    assert spread["maximum"] == pytest.approx(1)
    assert sharp["entropy"] == pytest.approx(0, abs=1e-12)
    assert spread["entropy"] == pytest.approx(-np.log(10))
    # The point is in the first column; both lines of differences lie beside one another.
    assert sharp["gradient"] == pytest.approx(3 * 100 / n)
    assert spread["gradient"] == pytest.approx((1 + 10 + 10) / n)
    for objective in OBJECTIVES:
        assert sharp[objective] > spread[objective]


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_contrasts_of_nothing_and_by_threads(objective, monkeypatch):
    events = random_events(70_000, size=(32, 24), span=20_000)
    common = {"objective": objective, "resolution": (32, 24)}
    for options in ({"rows": [(0, 1_000), (500, 70_000), (0, 0)]}, {}):
        want = reps.contrast(events, (310.7, -123.4), threads=1, **options, **common)
        assert all(np.isfinite(part).all() for part in want)
        for target in ("scalar", "avx2"):
            monkeypatch.setenv("EVARROW_TARGET", target)
            got = reps.contrast(events, (310.7, -123.4), threads=3, **options, **common)
            assert all(map(np.array_equal, got, want))
    _, gradient = reps.contrast(events, (0, 0), rows=[(0, 0)], **common)
    assert not gradient.any()


def test_the_threshold_of_the_area():
    def area_of(threshold):
        return -reps.contrast(LINE, (0, 0), objective="area", threshold=threshold, resolution=SIZE)[
            0
        ]

    assert area_of(0.5) == pytest.approx(10 / 400, abs=0.01)
    assert area_of(2.0) < 1e-3
    assert area_of(-9.0) == pytest.approx(1)


def test_motions_that_are_the_same_make_the_same_image():
    events = random_events(500, size=(32, 24), span=20_000)
    common = {"resolution": (32, 24), "reference": "first"}
    want = reps.warped_image(events, (310.7, -123.4), **common)
    flow = np.broadcast_to(np.array([310.7, -123.4], np.float32), (24, 32, 2))
    same = {
        "affine": (310.7, -123.4, 0, 0, 0, 0),
        "homography": (0, 0, 310.7, 0, 0, -123.4, 0, 0),
        "flow": flow,
    }
    for model, motion in same.items():
        got = reps.warped_image(events, motion, model=model, **common)
        assert np.allclose(got, want, atol=1e-4)
    still = reps.warped_image(events, (0, 0, 0), model="rotation", camera=CAMERA, **common)
    assert np.allclose(still[0], counts_of(events, (32, 24)).sum(axis=0))
    nearest = reps.warped_image(events, (0, 0), kernel="nearest", polarity="signed", **common)
    counts = counts_of(events, (32, 24)).astype(int)
    assert np.array_equal(nearest[0], counts[1] - counts[0])


def test_windows_have_contrasts_of_their_own():
    value, gradient = reps.contrast(LINE, (1_000, 0), count=5, resolution=SIZE)
    assert value.shape == (2,)
    assert gradient.shape == (2, 2)
    _, none = reps.contrast(LINE, np.zeros((20, 20, 2)), model="flow", resolution=SIZE)
    assert none.shape == (0,)


def test_warps_that_make_no_sense():
    with pytest.raises(ValueError, match="2 parameters"):
        reps.warped_image(LINE, (1, 2, 3), resolution=SIZE)
    with pytest.raises(ValueError, match="camera"):
        reps.warped_image(LINE, (1, 2, 3), model="rotation", resolution=SIZE)
    with pytest.raises(ValueError, match="shape"):
        reps.warped_image(LINE, (1, 2), model="flow", resolution=SIZE)
    with pytest.raises(ValueError, match="for each pixel"):
        reps.warped_image(LINE, np.zeros((2, 2, 2)), model="flow", resolution=SIZE)
    with pytest.raises(ValueError, match="model must be"):
        reps.warped_image(LINE, (1, 2), model="spin", resolution=SIZE)
    with pytest.raises(ValueError, match="not signed"):
        reps.contrast(LINE, (1, 2), objective="entropy", polarity="signed", resolution=SIZE)
    with pytest.raises(ValueError, match="objective must be"):
        reps.contrast(LINE, (1, 2), objective="sharpness", resolution=SIZE)
    with pytest.raises(TypeError, match="sparse"):
        reps.contrast(LINE, (1, 2), sparse=True, resolution=SIZE)
    for motion in ((1, np.nan), (np.inf, 1)):
        with pytest.raises(ValueError, match=r"^motion must be finite, not \["):
            reps.warped_image(LINE, motion, resolution=SIZE)
        with pytest.raises(ValueError, match=r"^motion must be finite"):
            reps.contrast(LINE, motion, resolution=SIZE)
    far = reps.warped_image(LINE, (1e30, -1e30), resolution=SIZE)
    assert np.isfinite(far).all()
