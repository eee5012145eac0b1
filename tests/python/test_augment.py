# SPDX-License-Identifier: Apache-2.0
"""Augmentations: what they draw, and that it is the same for a seed."""

import pickle

import numpy as np
import polars as pl
import pytest

import evarrow as ev

F = ev.filters
SIZE = (64, 48)

RANDOM = [
    F.SpatialJitter(2, correlation=0.5),
    F.TimeJitter("1ms"),
    F.TimeJitter("1ms", sort=False, drop_negative=True),
    F.DropEvents(0.3),
    F.DropEvents((0.1, 0.9), exact=True),
    F.DropPixels(0.3),
    F.DropTime((0.1, 0.5)),
    F.DropArea((0.2, 0.5)),
    F.AddNoise(20),
    F.AddNoise(count=1000),
    F.RandomCrop((32, 32)),
    F.RandomRotate(30),
    F.ScaleTime((0.5, 2), offset=("0ms", "9ms")),
]


@pytest.fixture(scope="module")
def frame(sample):
    return ev.read(sample)


@pytest.mark.parametrize("one", RANDOM, ids=repr)
def test_a_seed_says_it_all(one, frame, sample):
    through = ev.Pipeline([one], resolution=SIZE)
    want = through(frame)
    assert through(frame).equals(want)
    assert through.with_seed(1)(frame).equals(want) is False
    parts = pl.concat([frame.slice(i, 999) for i in range(0, len(frame), 999)], rechunk=False)
    assert through(parts).equals(want)
    assert through(frame.lazy()).collect().equals(want)
    assert through(sample).collect().equals(want)
    with ev.open(sample, threads=1) as rec:
        assert pl.DataFrame(through(rec.select())).equals(want)
    copy = pickle.loads(pickle.dumps(through))
    assert copy(frame).equals(want)


def test_filters_of_one_pipeline_draw_different_numbers(frame):
    twice = ev.Pipeline([F.DropEvents(0.5), F.DropEvents(0.5)]).with_seed(3)
    assert 0.23 < len(twice(frame)) / len(frame) < 0.27


def test_moved_rows_keep_their_other_columns(frame):
    numbered = frame.with_columns(number=pl.int_range(pl.len()))
    for one in (F.TimeJitter("1ms"), F.ReverseTime(flip_polarity=False)):
        out = one(numbered)
        assert out.height == frame.height
        assert out["x"].equals(frame["x"][out["number"]])
        lazy = one(pl.concat([numbered[:5000], numbered[5000:]], rechunk=False).lazy()).collect()
        assert lazy.equals(out)
        columns = one({name: numbered[name].to_physical().to_numpy() for name in numbered.columns})
        assert np.array_equal(columns["number"], out["number"].to_numpy())
        assert np.array_equal(columns["t"], out["t"].to_physical().to_numpy())


def test_new_events_have_no_other_columns(frame):
    with pytest.raises(ValueError, match="leave these columns out"):
        F.add_noise(frame.with_columns(number=1), 10, resolution=SIZE)


def test_noise_is_known_for_scoring(frame):
    noisy = F.add_noise(frame, count=2000, seed=4, resolution=SIZE)
    noise = ~ev.metrics.kept(noisy, frame)
    assert noise.sum() == 2000
    quiet = F.refractory(noisy, "1ms", resolution=SIZE)
    assert ev.metrics.score(noisy, quiet, noise).noise_remove > 0


def test_time_jitter_is_what_it_says_it_draws(frame):
    part = frame[:3000]
    jitter = F.TimeJitter("2ms", sort=False, seed=8)
    t = part["t"].to_physical().to_numpy()
    want = t + np.rint(jitter.drawn(3000)).astype(np.int64)
    assert np.array_equal(jitter(part)["t"].to_physical().to_numpy(), want)
    assert np.array_equal(jitter.drawn(10, first=90), jitter.drawn(100)[90:])
    assert jitter.drawn(100_000).std() == pytest.approx(2000, rel=0.02)


def test_spatial_jitter_is_what_it_says_it_draws():
    n = 5000
    events = ev.from_arrays(x=[50] * n, y=[60] * n, t=range(n), polarity=[1] * n)
    jitter = F.SpatialJitter((3, 2), correlation=-0.4, seed=8, resolution=(100, 100))
    want = np.rint(np.array([50, 60]) + jitter.drawn(n)).astype(int)
    out = jitter(events)
    assert np.array_equal(np.stack([out.x, out.y], axis=-1), want)
    assert np.corrcoef(jitter.drawn(100_000).T)[0, 1] == pytest.approx(-0.4, abs=0.02)


def test_ranges_are_drawn_from_end_to_end():
    def drawn(make, name):
        values = [make(seed).drawn()[name] for seed in range(300)]
        return min(values), max(values)

    low, high = drawn(lambda seed: F.DropEvents((0.2, 0.4), seed=seed), "share")
    assert 0.2 <= low < 0.21
    assert 0.39 < high <= 0.4
    low, high = drawn(lambda seed: F.RandomRotate((5, 10), seed=seed), "angle")
    assert 5 <= low < 5.1
    assert 9.9 < high <= 10
    places = [F.RandomCrop((3, 4), seed=seed).drawn((6, 4))["region"] for seed in range(100)]
    assert {place[0] for place in places} == {0, 1, 2, 3}
    assert {place[1] for place in places} == {0}
    areas = [F.DropArea((0.2, 0.4), seed=seed).drawn((100, 50))["region"] for seed in range(300)]
    widths = {x1 - x0 for x0, _, x1, _ in areas}
    assert min(widths) >= 20
    assert max(widths) <= 40
    assert all(x0 >= 0 and x1 <= 100 and y0 >= 0 and y1 <= 50 for x0, y0, x1, y1 in areas)


def test_event_drop_does_one_of_four_things(frame):
    kinds = [F.EventDrop(seed=seed).drawn() for seed in range(400)]
    for kind in ("nothing", "time", "area", "events"):
        assert 70 < sum(one["kind"] == kind for one in kinds) < 130
    shares = {one["share"] for one in kinds if one["kind"] == "area"}
    assert shares == {0.05, 0.1, 0.15, 0.2, 0.25}
    assert {one["share"] for one in kinds if one["kind"] == "time"} == {
        round(0.1 * i, 1) for i in range(1, 10)
    }
    for seed in range(8):
        one = F.EventDrop(seed=seed, resolution=SIZE)
        chosen = one.chosen()
        assert one(frame).equals(frame if chosen is None else chosen(frame))


def test_maybe_does_all_or_nothing(frame):
    flip = F.FlipX(resolution=SIZE)
    flipped = flip(frame)
    done = 0
    for seed in range(40):
        one = F.Maybe(flip, 0.25, seed=seed)
        done += one.drawn()["applied"]
        assert one(frame).equals(flipped if one.drawn()["applied"] else frame)
    assert 3 < done < 20
    assert F.maybe(frame, flip, 1).equals(flipped)
    assert F.maybe(frame, flip, 0).equals(frame)


def test_crops_in_the_middle():
    events = ev.from_arrays(x=[0, 1, 2, 3], y=[0] * 4, t=range(4), polarity=[1] * 4)
    assert F.center_crop(events, (3, 1), resolution=(4, 1)).x.tolist() == [0, 1, 2]
    assert F.center_crop(events, (2, 1), resolution=(4, 1)).x.tolist() == [0, 1]


def test_mixing_two_recordings(frame):
    other = frame[::3]
    out = F.mix(frame, other)
    assert out.height == frame.height + other.height
    assert out["t"].is_sorted()
    again = F.Mix(other, shift="5ms")
    first = frame["t"].to_physical()[0]
    added = ~ev.metrics.kept(again(frame), frame)
    assert again(frame)["t"].to_physical().to_numpy()[added].min() == first + 5000
    assert pickle.loads(pickle.dumps(again))(frame).equals(again(frame))
    assert repr(again) == f"Mix(<{other.height} events>, shift='5ms')"


def test_times_that_step_back_are_held():
    events = ev.from_arrays(x=[0] * 4, y=[0] * 4, t=[10, 9, 8, 12], polarity=[1] * 4)
    for profile in (None, "rvt"):
        assert F.hold_time(events, profile=profile).t.tolist() == [10, 10, 10, 12]
    negative = ev.from_arrays(x=[0] * 3, y=[0] * 3, t=[-5, 3, 2], polarity=[1] * 3)
    assert F.hold_time(negative).t.tolist() == [-5, 3, 3]
    with pytest.raises(ValueError, match="first event is at -5 us"):
        F.hold_time(negative, profile="rvt")
    with pytest.raises(ValueError, match="profile must be"):
        F.hold_time(negative, profile="dv")


def test_held_times_are_the_greatest_so_far(frame):
    mixed = frame.sample(fraction=1.0, shuffle=True, seed=1)
    held = F.hold_time(mixed)
    want = np.maximum.accumulate(mixed["t"].to_physical().to_numpy())
    assert np.array_equal(held["t"].to_physical().to_numpy(), want)
    assert held.drop("t").equals(mixed.drop("t"))
    assert ev.representations.count_image(held, every="1ms", resolution=(640, 480)).ndim == 4


def test_reversed_time(frame):
    out = F.reverse_time(frame)
    back = F.reverse_time(out)
    assert out["t"].is_sorted()
    assert out["x"].equals(frame["x"].reverse())
    assert back["t"].equals(frame["t"])
    assert back["polarity"].equals(frame["polarity"])


@pytest.mark.parametrize("make", [lambda _: F.AddNoise(20), lambda _: F.ReverseTime(), F.Mix])
def test_polarities_that_are_made_are_those_that_there_are(make, sample):
    through = ev.Pipeline([make(sample)], resolution=SIZE)
    with ev.open(sample, polarity_type="binary") as rec:
        binary = rec.read()
        want = through(rec.read().with_columns(polarity=pl.col("polarity") * 2 - 1))
        for out in (through(rec).collect(), through(binary), pl.DataFrame(through(rec.select()))):
            assert set(out["polarity"].unique()) == {0, 1}
            assert (out["polarity"] * 2 - 1).equals(want["polarity"])


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: F.DropEvents(1.5), ValueError, "share from 0 to 1"),
        (lambda: F.DropEvents((0.5, 0.2)), ValueError, "a pair"),
        (lambda: F.DropEvents(0.5, seed=-1), ValueError, "seed must be at least 0"),
        (lambda: F.DropEvents(0.5, seed=1.0), TypeError, "seed must be an int"),
        (lambda: F.DropArea(), ValueError, "one of them alone"),
        (lambda: F.DropTime(0.5, profile="evlib"), ValueError, "profile must be one of"),
        (lambda: F.SpatialJitter(-1), ValueError, "0 pixels or more"),
        (lambda: F.SpatialJitter(correlation=2), ValueError, "-1 to 1"),
        (lambda: F.TimeJitter(0.5), TypeError, "deviation must be an int"),
        (lambda: F.TimeJitter(-5), ValueError, "0 us or longer"),
        (lambda: F.ScaleTime(0), ValueError, "positive number"),
        (lambda: F.AddNoise(), ValueError, "one of them alone"),
        (lambda: F.AddNoise(1, count=1), ValueError, "one of them alone"),
        (lambda: F.AddNoise(count=-1), ValueError, "0 or more"),
        (lambda: F.AddNoise(1, on_share=2), ValueError, "0 to 1"),
        (lambda: F.Maybe(0.5), TypeError, "takes a filter"),
        (lambda: F.Maybe(F.FlipX(), 2), ValueError, "chance must be"),
        (lambda: F.RandomCrop((5, 5), resolution=(4, 9)), ValueError, "needs a sensor"),
    ],
)
def test_options_that_make_no_sense(make, error, words):
    with pytest.raises(error, match=words):
        make()
