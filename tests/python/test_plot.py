# SPDX-License-Identifier: Apache-2.0
"""Pictures: what is drawn is what the events say."""

import subprocess
import sys

import numpy as np
import polars as pl
import pytest

import evarrow as ev

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

from matplotlib import colors, pyplot  # noqa: E402

EVENTS = {
    "x": [0, 1, 1, 1, 3, 3],
    "y": [0, 2, 2, 2, 1, 1],
    "t": [0, 10, 20, 30, 1000, 2000],
    "polarity": [1, 1, 1, -1, -1, -1],
}
SIZE = (4, 3)


@pytest.fixture(autouse=True)
def figures():
    yield
    pyplot.close("all")


def events():
    return ev.from_arrays(**EVENTS)


def shown(ax):
    return np.asarray(ax.images[-1].get_array())


def test_a_frame_shows_the_difference():
    ax = ev.plot.frame(events(), resolution=SIZE)
    assert shown(ax).tolist() == [[1, 0, 0, 0], [0, 0, 0, -2], [0, 1, 0, 0]]
    image = ax.images[-1]
    assert image.get_clim() == (-2, 2)
    # More ON is bluer, more OFF redder, none is white.
    red, _, blue, _ = image.cmap(image.norm(1.5))
    assert blue > red
    red, _, blue, _ = image.cmap(image.norm(-1.5))
    assert red > blue
    assert min(image.cmap(image.norm(0))) > 0.95


def test_a_frame_shows_counts_and_polarities():
    ax = ev.plot.frame(events(), resolution=SIZE, show="count")
    assert shown(ax).tolist() == [[1, 0, 0, 0], [0, 0, 0, 2], [0, 3, 0, 0]]
    assert ax.images[-1].get_clim()[0] == 0
    ax = ev.plot.frame(events(), resolution=SIZE, show="polarity")
    assert shown(ax).tolist() == [[1, 0, 0, 0], [0, 0, 0, -1], [0, -1, 0, 0]]
    image = ax.images[-1]
    assert [colors.to_hex(image.cmap(image.norm(v))) for v in (-1, 0, 1)] == [
        ev.plot.OFF,
        "#ffffff",
        ev.plot.ON,
    ]


def test_y_grows_downwards_and_pixels_are_centred():
    ax = ev.plot.frame(events(), resolution=SIZE)
    assert ax.get_ylim() == (2.5, -0.5)
    assert ax.get_xlim() == (-0.5, 3.5)
    ax = ev.plot.frame(events(), resolution=SIZE, region=(1, 1, 3, 3))
    assert ax.get_ylim() == (2.5, 0.5)
    assert ax.get_xlim() == (0.5, 2.5)
    assert shown(ax).sum() == 1


def test_a_frame_says_what_its_colours_mean():
    ax = ev.plot.frame(events(), resolution=SIZE)
    assert [axes.get_ylabel() for axes in ax.figure.axes] == [
        "y (pixels)",
        "ON less OFF events a pixel",
    ]
    assert ax.get_title() == "0.0 to 2.0 ms, 6 events"
    ax = ev.plot.frame(events(), resolution=SIZE, show="polarity")
    ticks = [text.get_text() for text in ax.figure.axes[1].get_yticklabels()]
    assert ticks == ["OFF", "none", "ON"]
    assert len(ev.plot.frame(events(), resolution=SIZE, colorbar=False).figure.axes) == 1


def test_pictures_go_where_they_are_wanted():
    _, (left, right) = pyplot.subplots(1, 2)
    assert ev.plot.frame(events(), resolution=SIZE, ax=left) is left
    assert ev.plot.rate(events(), ax=right) is right
    space = pyplot.figure().add_subplot(projection="3d")
    assert ev.plot.events3d(events(), ax=space) is space
    with pytest.raises(ValueError, match="three dimensions"):
        ev.plot.events3d(events(), ax=left)


def test_hot_pixels_do_not_make_the_others_pale():
    n = 2000
    hot = ev.from_arrays(
        x=[*range(n), *[0] * 5000], y=[0] * (n + 5000), t=range(n + 5000), polarity=[1] * (n + 5000)
    )
    assert ev.plot.frame(hot, resolution=(n, 1)).images[0].get_clim()[1] < 10
    assert ev.plot.frame(hot, resolution=(n, 1), limit=7).images[0].get_clim() == (-7, 7)


def test_any_events_are_drawn_in_part_or_as_a_whole(sample):
    df = ev.read(sample, start="10ms", end="20ms")
    want = np.zeros((48, 64), int)
    np.add.at(want, (df["y"].to_numpy(), df["x"].to_numpy()), df["polarity"].to_numpy())
    with ev.open(sample) as rec:
        whole = rec.read()
        columns = {name: whole[name].to_physical().to_numpy() for name in whole.columns}
        for source in (rec, sample, whole, rec.scan(), whole.to_arrow(), columns):
            size = None if source is rec or source is sample else (64, 48)
            ax = ev.plot.frame(source, resolution=size, start="10ms", end="20ms")
            assert np.array_equal(shown(ax), want)
    window = next(ev.windows(df, count=100))
    ax = ev.plot.frame(window, resolution=(64, 48), show="count")
    assert shown(ax).sum() == 100


def test_frames_of_polarities_0_and_1(sample):
    ax = ev.plot.frame(ev.open(sample, polarity_type="binary"))
    assert np.array_equal(shown(ax), shown(ev.plot.frame(sample)))


def test_events_outside_the_sensor_are_told():
    with pytest.warns(ev.EvarrowWarning, match="2 events outside the 3x3 sensor"):
        ax = ev.plot.frame(events(), resolution=(3, 3), show="count")
    assert shown(ax).sum() == 4


def test_a_frame_needs_a_size_and_knows_what_it_shows():
    with pytest.raises(ValueError, match="pass resolution="):
        ev.plot.frame(events())
    with pytest.raises(ValueError, match="show is"):
        ev.plot.frame(events(), resolution=SIZE, show="sum")


def test_no_events_make_empty_pictures():
    none = ev.from_arrays(x=[], y=[], t=[], polarity=[])
    assert not shown(ev.plot.frame(none, resolution=SIZE)).any()
    assert ev.plot.events3d(none).get_title() == "no events"
    assert ev.plot.rate(none).patches[0].get_data().values.size == 0


def points(collection):
    x, y, z = collection._offsets3d
    return list(zip(np.asarray(x).tolist(), np.asarray(y), np.asarray(z), strict=True))


def test_events_in_time_and_space():
    ax = ev.plot.events3d(events(), resolution=SIZE)
    off, on = ax.collections
    assert points(on) == [(0, 0, 0), (0.01, 1, 2), (0.02, 1, 2)]
    assert points(off) == [(0.03, 1, 2), (1, 3, 1), (2, 3, 1)]
    assert colors.to_hex(on.get_facecolor()[0]) == ev.plot.ON
    assert ax.get_zlim() == (3, 0)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["OFF", "ON"]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_of_many_events_every_so_many_is_drawn(size):
    n = 1000
    frame = pl.DataFrame(
        ev.from_arrays(x=range(n), y=[0] * n, t=range(0, n * 1000, 1000), polarity=[1] * n)
    )
    parts = pl.concat([frame.slice(i, size) for i in range(0, n, size)], rechunk=False)
    ax = ev.plot.events3d(parts, max_events=300)
    assert [x for _, x, _ in points(ax.collections[1])] == list(range(0, n, 4))
    assert ax.get_title().endswith("1,000 events")


def bars(patch):
    data = patch.get_data()
    return data.values.tolist(), data.edges.tolist()


def test_rates_of_equal_bins():
    ax = ev.plot.rate(events(), "1ms")
    both, on, off = ax.patches
    assert bars(both) == ([4000, 1000, 1000], [0, 0.001, 0.002, 0.003])
    assert bars(on)[0] == [3000, 0, 0]
    assert bars(off)[0] == [1000, 1000, 1000]
    assert len(ev.plot.rate(events(), by_polarity=False).patches) == 1


@pytest.mark.parametrize("batch", [1, 100, 100_000])
def test_bins_that_nobody_asked_for(batch):
    n = 5000
    t = np.random.default_rng(1).integers(3_000_000, 4_000_000, n)  # not in order
    frame = pl.DataFrame(ev.from_arrays(x=[0] * n, y=[0] * n, t=t, polarity=[1] * n))
    parts = pl.concat([frame.slice(i, batch) for i in range(0, n, batch)], rechunk=False)
    values, edges = bars(ev.plot.rate(parts).patches[0])
    assert 200 <= len(values) <= 400
    want, _ = np.histogram(t / 1e6, edges)
    assert np.allclose(values, want * 1e6 / 4096)
    assert edges[0] <= t.min() / 1e6
    assert edges[-1] > t.max() / 1e6


def test_bins_that_are_too_short_are_an_error():
    long = ev.from_arrays(x=[0, 0], y=[0, 0], t=[0, 10**12], polarity=[1, 1])
    with pytest.raises(ValueError, match="choose a longer one"):
        ev.plot.rate(long, 1)
    assert len(bars(ev.plot.rate(long).patches[0])[0]) <= 400


def test_without_matplotlib_the_error_says_what_to_install():
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "import evarrow as ev\n"
        "try:\n"
        "    ev.plot.frame(ev.from_arrays(x=[], y=[], t=[], polarity=[]), resolution=(1, 1))\n"
        "except ImportError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'evarrow[plot]'" in done.stdout
