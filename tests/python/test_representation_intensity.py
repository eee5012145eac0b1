# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from representation_events import SIZE, at_one_pixel, counts_of, part, random_events

import evarrow as ev
from evarrow import representations as reps


def test_counters_of_few_bits_stop_at_their_greatest_value():
    events = random_events(60_000)
    counts = counts_of(events)
    for negative, positive in ((4, 4), (1, 7), (3, 2)):
        bits = {"negative_bits": negative, "positive_bits": positive}
        got = reps.hardware_histogram(events, resolution=SIZE, **bits)
        most = np.array([2**negative - 1, 2**positive - 1])[:, None, None]
        assert got.dtype == np.uint8
        assert np.array_equal(got, np.minimum(counts, most))
        packed = reps.hardware_histogram(events, resolution=SIZE, packed=True, **bits)
        assert packed.shape == got.shape[1:]
        assert np.array_equal(packed, got[1] << negative | got[0])


def test_packed_counters_begin_anew_in_each_window():
    events = random_events(20_000)
    got = reps.hardware_histogram(events, packed=True, count=5_000, resolution=SIZE)
    for i, picture in enumerate(got):
        rows = part(events, 5_000 * i, 5_000 * (i + 1))
        want = reps.hardware_histogram(rows, packed=True, resolution=SIZE)
        assert np.array_equal(picture, want)


@pytest.mark.parametrize("bits", [2, 5, 8])
def test_differences_wrap_or_stay(bits):
    events = random_events(60_000)
    exact = reps.count_image(events, polarity="signed", resolution=SIZE)
    half = 2 ** (bits - 1)
    wrapped = reps.hardware_difference(events, bits=bits, resolution=SIZE)
    assert wrapped.dtype == np.int8
    assert np.array_equal(wrapped[0], (exact + half) % (2 * half) - half)
    signs = np.random.default_rng(1).choice([-1, 1], 5_000)
    want = 0
    for sign in signs:
        want = min(max(want + sign, -half), half - 1)
    events = at_one_pixel(np.arange(5_000), signs)
    got = reps.hardware_difference(events, bits=bits, overflow="saturate", resolution=(1, 1))
    assert got.item() == want


def test_counters_need_bits():
    events = random_events(10)
    for bits in ({"negative_bits": 0}, {"positive_bits": 5}, {"positive_bits": -1}):
        with pytest.raises(ValueError, match="8 together"):
            reps.hardware_histogram(events, resolution=SIZE, **bits)
    for count in (1, 9):
        with pytest.raises(ValueError, match="2 to 8"):
            reps.hardware_difference(events, bits=count, resolution=SIZE)
    with pytest.raises(ValueError, match="overflow must be one of"):
        reps.hardware_difference(events, overflow="roll", resolution=SIZE)


def test_contrasts_are_multiplied():
    events = random_events(20_000)
    off, on = counts_of(events).astype(float)
    got = reps.contrast_map(events, resolution=SIZE)
    assert got.dtype == np.float32
    assert np.allclose(got, 1.2 ** (on - off), rtol=1e-5)
    got = reps.contrast_map(events, contrast_on=1.5, contrast_off=0.9, resolution=SIZE)
    assert np.allclose(got, 1.5**on * 0.9**off, rtol=1e-5)
    assert np.array_equal(reps.contrast_map(part(events, 0, 0), resolution=(2, 1)), [[1, 1]])
    with pytest.raises(ValueError, match="greater than 0"):
        reps.contrast_map(events, contrast_on=0, resolution=SIZE)
    with pytest.raises(ValueError, match="greater than 0"):
        reps.contrast_map(events, contrast_off=-1, resolution=SIZE)


def integrate(events, bounds, size, tau=1e6, on=1.2, most=5, diffusion=0.0):
    """Pictures after each of some rows, by the definition."""
    sums = np.zeros((size[1], size[0]))
    times = np.zeros((size[1], size[0]))
    out, begin = [], 0
    for end in bounds:
        for i in range(begin, end):
            at = events["y"][i], events["x"][i]
            sums[at] *= np.exp(-(events["t"][i] - times[at]) / tau)
            sums[at] += np.log(on) * events["polarity"][i]
            times[at] = events["t"][i]
        begin = end
        last = events["t"][end - 1]
        sums *= np.exp(-(last - times) / tau)
        times[:] = last
        out.append(np.clip(255 * on**-most * np.exp(sums), 0, 255))
        for y in range(1, size[1] - 1) if diffusion else ():
            for x in range(1, size[0] - 1):
                near = sums[y, x - 1] + sums[y, x + 1] + sums[y - 1, x] + sums[y + 1, x]
                sums[y, x] = (1 - 4 * diffusion) * sums[y, x] + diffusion * near
    return np.array(out)


@pytest.mark.parametrize("diffusion", [0.0, 0.1, 0.25])
def test_integration_decays_and_goes_on_from_window_to_window(diffusion):
    size = (16, 12)
    events = random_events(3_000, size=size, start=7_000_000)
    got = reps.integrated_image(
        events, tau="100ms", diffusion=diffusion, count=1_000, resolution=size
    )
    want = integrate(events, (1_000, 2_000, 3_000), size, 1e5, diffusion=diffusion)
    assert got.dtype == np.uint8
    # Where the exact value is close to a half, float32 may fall on the other side.
    assert np.abs(got - want).max() < 0.501
    assert len(np.unique(got)) > 20


def test_integration_knows_its_bounds():
    white = at_one_pixel(np.zeros(300))
    assert reps.integrated_image(white, resolution=(1, 1)).item() == 255
    black = at_one_pixel(np.zeros(300), -np.ones(300))
    assert reps.integrated_image(black, resolution=(1, 1)).item() == 0
    nothing = reps.integrated_image(at_one_pixel([]), resolution=(1, 1))
    assert nothing.item() == round(255 * 1.2**-5)
    for options in ({"diffusion": 0.3}, {"diffusion": -0.1}, {"contrast_on": -1}):
        with pytest.raises(ValueError, match=r"greater|diffusion"):
            reps.integrated_image(white, resolution=(1, 1), **options)


@pytest.mark.parametrize("polarity", ["own", "merged"])
@pytest.mark.parametrize("radius", [0, 1, 3])
def test_local_surfaces_are_those_of_the_definition(polarity, radius):
    size = (9, 7)
    events = random_events(400, size=size, span=2_000)
    got = reps.local_time_surfaces(events, radius, tau="500us", polarity=polarity, resolution=size)
    assert got.dtype == np.float32
    last = np.full((2, size[1] + 2 * radius, size[0] + 2 * radius), -np.inf)
    for i, patch in enumerate(got):
        x, y, t, p = (events[name][i] for name in ("x", "y", "t", "polarity"))
        on = int(p > 0) if polarity == "own" else 0
        last[on, y + radius, x + radius] = t
        around = last[on, y : y + 2 * radius + 1, x : x + 2 * radius + 1]
        assert np.allclose(patch, np.exp((around - t) / 500), atol=1e-7)


def test_local_surfaces_of_events_outside_are_0_and_times_must_not_decrease():
    events = random_events(5, size=(4, 4))
    events["x"][2] = 9
    with pytest.warns(ev.EvarrowWarning, match="1 event lies outside"):
        got = reps.local_time_surfaces(events, resolution=(4, 4))
    assert not got[2].any()
    assert (got[[0, 1, 3, 4], 2, 2] == 1).all()
    assert reps.local_time_surfaces(part(events, 0, 0), resolution=(4, 4)).shape == (0, 5, 5)
    events = part(events, 3, 5)
    events["t"][1] = -1
    with pytest.raises(ValueError, match="order of time"):
        reps.local_time_surfaces(events, resolution=(4, 4))
    with pytest.raises(ValueError, match="radius"):
        reps.local_time_surfaces(events, -1, resolution=(4, 4))
    with pytest.raises(ValueError, match="resolution"):
        reps.local_time_surfaces(events)
