# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
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
    assert reps.count_image(many, resolution=(1, 1), dtype=np.int16)[1, 0, 0] == 32_767
    assert reps.count_image(many, resolution=(1, 1), profile="tonic")[1, 0, 0] == -25_536


def test_signs_and_bits_of_counts():
    events = random_events(2_000)
    want = counts_of(events).astype(int)
    ternary = reps.count_image(events, resolution=SIZE, polarity="ternary")
    assert ternary.dtype == np.int8
    assert np.array_equal(ternary, np.sign(want[1] - want[0]))
    binary = reps.count_image(events, resolution=SIZE, polarity="binary")
    assert binary.dtype == np.uint8
    assert np.array_equal(binary, want.sum(axis=0) > 0)
    assert reps.count_image(events, resolution=SIZE, profile="tonic").dtype == np.int16
    assert reps.count_image(events, resolution=SIZE, profile="evlib").dtype == np.int64


def test_steps_stay_within_bounds():
    events = at_one_pixel(range(8), [1, 1, 1, 1, 1, 1, 1, 0])
    histogram = reps.event_histogram(events, resolution=(1, 1)).ravel()
    assert histogram == pytest.approx([0.2, 1.0])
    difference = reps.event_difference(events, resolution=(1, 1))
    assert difference.shape == (1, 1, 1)
    assert difference[0, 0, 0] == pytest.approx(0.8)  # 5 steps up, held twice, one down
    free = reps.event_difference(events, resolution=(1, 1), step=1, clip=None)
    assert free[0, 0, 0] == 6


def test_smaller_images_leave_out_what_is_left_over():
    events = random_events(3_000, size=(7, 5))
    small = reps.event_histogram(
        events, resolution=(7, 5), downsample=1, profile="metavision-ml", clip=None
    )
    assert small.shape == (2, 2, 3)
    kept = (events["x"] < 6) & (events["y"] < 4)
    assert small.sum() == pytest.approx(kept.sum() * 0.05, rel=1e-4)
    with pytest.raises(ValueError, match="smaller"):
        reps.event_histogram(events, resolution=(7, 5), downsample=3)


def stacked(events, bins, size=SIZE, *, float32=False):
    t = events["t"]
    span = max(t[-1] - t[0], 1)
    if float32:
        share = (t - t[0]).astype(np.float32) / np.float32(span)
        bin_ = np.floor(share * np.float32(bins)).astype(int)
    else:
        bin_ = (t - t[0]) * bins // span
    out = np.zeros((2, bins, size[1], size[0]), np.int64)
    place = ((events["polarity"] > 0) * 1, np.minimum(bin_, bins - 1), events["y"], events["x"])
    np.add.at(out, place, 1)
    return out.reshape(-1, size[1], size[0])


@pytest.mark.parametrize("bins", [1, 7, 10, 49])
@pytest.mark.parametrize("span", [49, 1_000, 50_000, 1_000_000])
def test_stacked_histograms_are_those_of_their_definition(bins, span):
    events = random_events(20_000, span=span)
    got = reps.stacked_histogram(events, bins, resolution=SIZE)
    assert got.dtype == np.uint32
    assert np.array_equal(got, stacked(events, bins))
    rvt = reps.stacked_histogram(events, bins, resolution=SIZE, profile="rvt")
    assert rvt.dtype == np.uint8
    want = stacked(events, bins, float32=True)
    assert np.array_equal(rvt, np.minimum(want % 256, 10))
    got = reps.stacked_histogram(events, bins, resolution=SIZE, profile="rvt-saturate", cutoff=255)
    assert np.array_equal(got, np.minimum(want, 255))


def rvt(events, **options):
    return reps.stacked_histogram(events, resolution=(1, 1), profile="rvt", **options).ravel()


def test_a_stacked_histogram_of_seven_events():
    events = at_one_pixel([0, 4999, 5000, 9999, 10000, 49999, 50000], [0, 0, 0, 1, 1, 1, 1])
    assert rvt(events).tolist() == [2, 1, *[0] * 8, 0, 1, 1, *[0] * 6, 2]


@pytest.mark.parametrize(
    ("n", "wrapped", "saturated"),
    [(255, 10, 10), (256, 0, 10), (257, 1, 10), (300, 10, 10), (519, 7, 10)],
)
def test_counts_of_rvt_wrap_before_they_are_cut_off(n, wrapped, saturated):
    events = at_one_pixel(np.zeros(n))
    assert rvt(events, bins=1)[1] == wrapped
    got = reps.stacked_histogram(events, 1, resolution=(1, 1), profile="rvt-saturate")
    assert got.ravel()[1] == saturated


def in_single_precision(n, bins):
    """The counts of an event each microsecond, in bins that torch finds as RVT does."""
    torch = pytest.importorskip("torch")
    t = torch.arange(n)
    bin_ = torch.floor((t - t[0]) / max(int(t[-1] - t[0]), 1) * bins).clamp(max=bins - 1)
    on = torch.bincount(bin_.to(torch.int64), minlength=bins)
    return torch.cat([torch.zeros_like(on), on]).to(torch.uint8).clamp(max=10).numpy()


def test_bins_of_rvt_are_found_in_single_precision():
    events = at_one_pixel(range(50))
    single = rvt(events, bins=49)
    assert np.array_equal(single, in_single_precision(50, 49))
    exact = rvt(events, bins=49, binning="integer")
    assert np.flatnonzero(single != exact).tolist()[:2] == [49 + 26, 49 + 27]
    for span in (*range(1, 401), 50_000):
        events = at_one_pixel(range(span + 1))
        single = rvt(events, bins=10)
        assert np.array_equal(single, in_single_precision(span + 1, 10)), span
        assert np.array_equal(single, rvt(events, bins=10, binning="integer")), span


def test_windows_of_rvt_hold_both_ends():
    events = at_one_pixel([50_000, 100_000, 100_001])
    windows = [(end - 50_000, end) for end in (50_000, 100_000)]
    got = reps.stacked_histogram(
        events, windows=windows, closed="both", profile="rvt", resolution=(1, 1)
    )
    assert got.sum(axis=(1, 2, 3)).tolist() == [1, 2]
