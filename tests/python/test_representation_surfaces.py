# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from representation_events import SIZE, at_one_pixel, between, counts_of, part, random_events

from evarrow import representations as reps


def last_times(events, size=SIZE, *, unseen=-1):
    out = np.full((2, size[1], size[0]), unseen, np.int64)
    # Of several at one place, NumPy keeps the last.
    out[(events["polarity"] > 0) * 1, events["y"], events["x"]] = events["t"]
    return out


@pytest.mark.parametrize("start", [0, -500_000, 2**40])
@pytest.mark.parametrize("span", [1_000_000, 2**33])
def test_surfaces_are_those_of_their_definition(start, span):
    events = random_events(3_000, start=start, span=span)
    last = last_times(events, unseen=-(2**60))
    seen = last > -(2**60)
    got = reps.time_surface(events, kind="times", resolution=SIZE, unseen=-7)
    assert got.dtype == np.int64
    assert np.array_equal(got, np.where(seen, last, -7))
    age = events["t"][-1] - last
    tau = span // 10
    exponential = reps.time_surface(events, tau, resolution=SIZE)
    assert exponential.dtype == np.float32
    assert np.allclose(exponential, np.where(seen, np.exp(-age / tau), 0), atol=1e-6)
    linear = reps.time_surface(events, tau, kind="linear", resolution=SIZE)
    assert np.allclose(linear, np.where(seen, np.maximum(0, 1 - age / tau), 0), atol=1e-6)
    image = reps.timestamp_image(events, resolution=SIZE)
    whole = events["t"][-1] - events["t"][0]
    assert np.allclose(image, np.where(seen, 1 - age / whole, 0), atol=1e-6)
    merged = reps.time_surface(events, kind="times", polarity="merged", resolution=SIZE)
    assert np.array_equal(merged, np.where(seen.any(0), last.max(axis=0), -1))


@pytest.mark.parametrize("kind", ["exponential", "linear"])
@pytest.mark.parametrize("windows", [None, [(0, 300_000), (250_000, 900_000)]])
def test_surfaces_are_averaged_over_all_events(kind, windows):
    events = random_events(3_000)
    got = reps.time_surface(
        events, "200ms", kind=kind, average=True, windows=windows, resolution=SIZE
    )
    merged = reps.time_surface(
        events,
        "200ms",
        kind=kind,
        average=True,
        polarity="merged",
        windows=windows,
        resolution=SIZE,
    )
    spans = windows or [(int(events["t"][0]), int(events["t"][-1]))]
    for i, (start, end) in enumerate(spans):
        some = events if windows is None else between(events, start, end)
        age = (end - some["t"]) / 200_000
        value = np.exp(-age) if kind == "exponential" else np.maximum(1 - age, 0)
        sums, counts = np.zeros((2, 48, 64)), counts_of(some)
        np.add.at(sums, ((some["polarity"] > 0) * 1, some["y"], some["x"]), value)
        one, both = (got, merged) if windows is None else (got[i], merged[i])
        assert np.allclose(one, sums / np.maximum(counts, 1), atol=1e-6)
        assert np.allclose(both, sums.sum(0) / np.maximum(counts.sum(0), 1), atol=1e-6)


def test_averages_that_make_no_sense():
    for options in ({"kind": "times"}, {"profile": "tonic"}, {"carry": True}):
        with pytest.raises(ValueError, match="averages are exponential or linear"):
            reps.time_surface(at_one_pixel([1]), average=True, resolution=(1, 1), **options)
    with pytest.raises(ValueError, match="tau"):
        reps.time_surface(at_one_pixel([1]), 0, average=True, resolution=(1, 1))


def test_a_surface_of_three_events():
    events = {
        "x": np.array([0, 1, 0], np.int16),
        "y": np.zeros(3, np.int16),
        "t": np.array([0, 12, 25]),
        "polarity": np.array([1, -1, 1], np.int8),
    }
    for profile in ("tonic", "evlib"):
        got = reps.time_surface(events, 10, profile=profile, every=10, resolution=(2, 1))
        assert got.dtype == np.float64
        assert got.shape == (2, 2, 1, 2)
        want = np.zeros((2, 2, 1, 2))
        want[0, 1, 0, 0] = np.exp(-1)
        want[1, 1, 0, 0] = np.exp(-2)
        want[1, 0, 0, 1] = np.exp(-0.8)
        assert np.allclose(got, want, atol=1e-15, rtol=0)


@pytest.mark.parametrize(
    "make",
    [
        lambda e, **k: reps.time_surface(e, kind="times", carry=True, **k),
        lambda e, **k: reps.tore(e, **k),
        lambda e, **k: reps.leaky_surface(e, carry=True, lifetime="1s", **k),
        lambda e, **k: reps.time_decay(e, **k),
        lambda e, **k: reps.decayed_image(e, dtype="f4", **k),
    ],
)
def test_what_is_remembered_goes_on_between_windows(make):
    events = random_events(30_000)
    t0 = int(events["t"][0])
    whole = make(events, resolution=SIZE, every="100ms", start=t0)
    # Windows that do not meet, and in another order.
    pairs = [(t0 + 600_000, t0 + 700_000), (t0 + 200_000, t0 + 300_000)]
    some = make(events, resolution=SIZE, windows=pairs)
    assert np.array_equal(some[0], whole[6])
    assert np.array_equal(some[1], whole[2])


def test_how_far_into_the_window_an_event_was():
    events = at_one_pixel([3, 15, 18])
    got = reps.time_surface(events, profile="metavision-ml", every=10, start=0, resolution=(1, 1))
    assert got[:, 1, 0, 0] == pytest.approx([0.3, 0.8])


def test_bytes_between_the_least_and_the_greatest_time():
    events = {**at_one_pixel([0, 500, 1000]), "x": np.array([0, 1, 2], np.int16)}
    got = reps.time_surface(events, profile="dv", resolution=(4, 1))
    assert got.dtype == np.uint8
    assert got.ravel().tolist() == [0, 127, 255, 0]


def test_surfaces_at_given_events_are_those_of_rows():
    """The former ToTimesurface of tonic, but for pixels that have had no event."""
    events = random_events(5_000)
    tau = 20_000
    numbers = [0, 17, 999, 4_999]
    got = reps.time_surface(
        events, tau, rows=[(i, i + 1) for i in numbers], carry=True, dtype="f8", resolution=SIZE
    )
    last = np.full((2, SIZE[1], SIZE[0]), -np.inf)
    at = 0
    for i in range(5_000):
        last[int(events["polarity"][i] > 0), events["y"][i], events["x"][i]] = events["t"][i]
        if i in numbers:
            want = np.exp((last - events["t"][i]) / tau)
            assert np.allclose(got[at], want, rtol=0, atol=1e-6)
            at += 1


def test_ranks_are_dense():
    events = {**at_one_pixel([5, 5, 7, 9]), "x": np.array([0, 1, 2, 2], np.int16)}
    got = reps.rank_image(events, resolution=(4, 1)).ravel()
    assert got.tolist() == [0.5, 0.5, 1, 0]


def test_times_are_averaged():
    events = random_events(20_000, size=(8, 6))
    share = (events["t"] - events["t"][0]) / (events["t"][-1] - events["t"][0])
    counts = np.zeros((2, 6, 8))
    sums = np.zeros((2, 6, 8))
    place = ((events["polarity"] > 0) * 1, events["y"], events["x"])
    np.add.at(counts, place, 1)
    np.add.at(sums, place, share)
    assert np.allclose(reps.average_timestamps(events, resolution=(8, 6)), sums / counts)
    planes = reps.cstr(events, resolution=(8, 6))
    assert np.allclose(planes[:2], sums / counts)
    total = counts.sum(axis=0)
    assert np.allclose(planes[2], total / total.max())


def test_speed_does_not_show_in_a_speed_invariant_surface():
    def edge(speed):
        n = 20
        return {
            "x": np.arange(n, dtype=np.int16),
            "y": np.full(n, 5, np.int16),
            "t": np.arange(n) * speed,
            "polarity": np.ones(n, np.int8),
        }

    slow, fast = (reps.speed_invariant_surface(edge(s), 2, resolution=(20, 11)) for s in (1000, 10))
    assert np.array_equal(slow, fast)
    assert slow[1, 5, -4:].tolist() == [25, 25, 25, 25] or slow[1, 5, -1] == 25


@pytest.mark.parametrize("radius", [0, 1, 2, 3, 4, 7, 8])
@pytest.mark.parametrize("size", [(12, 9), (21, 19), (3, 30)])
def test_speed_invariant_surfaces_are_those_of_the_definition(radius, size):
    events = random_events(700, size=size)
    want = np.zeros((2, *size[::-1]), int)
    for x, y, p in zip(events["x"], events["y"], events["polarity"], strict=True):
        plane = want[int(p > 0)]
        rows, columns = (slice(max(at - radius, 0), at + radius + 1) for at in (y, x))
        area = plane[rows, columns]
        area[area > plane[y, x]] -= 1
        plane[y, x] = (2 * radius + 1) ** 2
    assert np.array_equal(reps.speed_invariant_surface(events, radius, resolution=size), want)


def test_surfaces_of_cells_are_averaged():
    events = at_one_pixel([0, 100])
    got = reps.averaged_time_surface(events, tau=100, decay="exponential", resolution=(10, 10))
    assert got.shape == (1, 2, 7, 7)
    assert got[0, 1, 3, 3] == pytest.approx(1.1839397)
    assert got.sum() == pytest.approx(1.1839397)
    events = random_events(300, size=(23, 11), span=3_000)
    got = reps.averaged_time_surface(
        events, cell_size=5, size=3, memory=800, tau=500, resolution=(23, 11)
    )
    sums = np.zeros((15, 2, 3, 3))
    counts = np.zeros((15, 2))
    rows = list(zip(*(events[k].tolist() for k in ("x", "y", "t", "polarity")), strict=True))
    for i, (x, y, t, p) in enumerate(rows):
        cell, c = y // 5 * 5 + x // 5, int(p > 0)
        counts[cell, c] += 1
        sums[cell, c, 1, 1] += 1
        for x2, y2, t2, p2 in rows[:i]:
            near = abs(x2 - x) <= 1 and abs(y2 - y) <= 1 and t2 >= t - 800
            if near and p2 == p and y2 // 5 * 5 + x2 // 5 == cell:
                sums[cell, c, y2 - y + 1, x2 - x + 1] += 1 - (t - t2) / 1500
    want = sums / np.maximum(counts, 1)[..., None, None]
    assert np.allclose(got, want, atol=1e-5)


def test_tore_holds_logarithms_of_ages():
    last = 5_000_150
    events = at_one_pixel([last - 5_000_000, last - 1000, last - 150, last])
    got = reps.tore(events, 5, resolution=(1, 1)).ravel()
    want = [0, 0, 1.891475, 10.407669, 10.407669, *[10.407669] * 5]
    assert got == pytest.approx(want, abs=1e-5)
    # An event at the time of the picture is not in it.
    timed = reps.tore(events, 1, resolution=(1, 1), windows=[(0, last)])
    assert timed.ravel() == pytest.approx([0, 10.407669], abs=1e-5)
    assert timed.shape == (1, 2, 1, 1)


def test_bits_are_read_as_a_fraction():
    first = at_one_pixel([0, 99], [1, 0])
    got = reps.bina_rep(first, 2, windows=[(0, 100)], resolution=(1, 1)).ravel()
    assert got == pytest.approx([1 / 3, 2 / 3])
    full = at_one_pixel(range(0, 80, 10))
    assert reps.bina_rep(full, 8, windows=[(0, 80)], resolution=(1, 1)).ravel()[1] == 1
    assert not reps.bina_rep(part(full, 0, 0), 8, resolution=(1, 1)).any()


def test_the_last_event_is_a_colour():
    events = {**at_one_pixel([0, 50, 100], [1, 0, 1]), "x": np.array([0, 1, 2], np.int16)}
    got = reps.tencode(events, resolution=(4, 1))[:, 0].T.tolist()
    assert got == [[255, 255, 0], [0, 127, 255], [255, 0, 0], [0, 0, 0]]


def test_a_leaky_surface_falls_with_time():
    events = at_one_pixel([0, 50, 200])
    assert reps.leaky_surface(events, lifetime=100, resolution=(1, 1))[0, 0] == 1
    got = reps.leaky_surface(part(events, 0, 2), lifetime=100, resolution=(1, 1))
    assert got[0, 0] == pytest.approx(1.5)
    timed = reps.leaky_surface(events, lifetime=100, windows=[(0, 75)], resolution=(1, 1))
    assert timed.ravel() == pytest.approx([1.25])
    split = reps.leaky_surface(events, lifetime=100, polarity="split", resolution=(1, 1))
    assert split.ravel().tolist() == [0, 1]


def test_a_potential_decays():
    two = at_one_pixel([0, 10])
    potential = reps.decayed_image(two, resolution=(1, 1), dtype="f4")[0, 0]
    assert potential == pytest.approx(0.29999852, abs=1e-6)
    assert reps.decayed_image(two, resolution=(1, 1))[0, 0] == 76
    down = at_one_pixel([0, 10], [1, 0])
    assert reps.decayed_image(down, resolution=(1, 1))[0, 0] == 0
    linear = reps.decayed_image(
        at_one_pixel([0, 100], [1, 1]), decay="linear", tau=1000, resolution=(1, 1), dtype="f4"
    )
    assert linear[0, 0] == pytest.approx(0.15 - 0.1 + 0.15)
    apart = {**at_one_pixel([0, 1000]), "x": np.array([0, 1], np.int16)}
    common = {"tau": 1000, "resolution": (2, 1), "dtype": "f4"}
    assert reps.decayed_image(apart, **common).ravel() == pytest.approx([0.15, 0.15])
    together = reps.decayed_image(apart, synchronous=True, **common)
    assert together.ravel() == pytest.approx([0.15 * np.exp(-1), 0.15])
    frames = reps.edge_map(at_one_pixel([0, 1, 20]), every=10, resolution=(1, 1))
    assert frames.ravel().tolist() == [128, 0, 64]


def test_greys_fade_to_the_middle():
    events = {**at_one_pixel([0, 100], [1, 0]), "x": np.array([0, 1], np.int16)}
    got = reps.time_decay(events, 100, resolution=(3, 1)).ravel()
    assert got.tolist() == [round(127.5 * (1 + np.exp(-1))), 0, 128]
