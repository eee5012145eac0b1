# SPDX-License-Identifier: Apache-2.0
"""Several recordings into one, parts of one, and what is sound of one."""

import numpy as np
import polars as pl
import pytest
import words
from cli_support import clock_reset, lines_of, run
from hypothesis import given, settings
from hypothesis import strategies as st

import evarrow as ev


def write(path, t, x, triggers=None):
    """Write events at times `t` whose x says which recording they are of, and y their number."""
    n = len(t)
    columns = {"x": [x] * n, "y": [i % 400 for i in range(n)], "t": t, "polarity": [1] * n}
    ev.write(columns, path, resolution=(640, 480), format="evt2", triggers=triggers)
    return path


def rows(path, stream="events"):
    return ev.read(path, stream=stream, t_type="int64").rows()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.integers(0, 30), max_size=40), min_size=1, max_size=4))
def test_merging_is_a_stable_sort(tmp_path_factory, lists):
    folder = tmp_path_factory.mktemp("merge")
    paths = [write(folder / f"{i}.raw", sorted(t), i) for i, t in enumerate(lists)]
    want = [row for path in paths for row in rows(path)]
    assert ev.merge(paths, folder / "out.raw") == len(want)
    assert rows(folder / "out.raw") == sorted(want, key=lambda row: row[2])


def test_long_recordings_are_merged_batch_by_batch(tmp_path):
    random = np.random.default_rng(1)
    lists = [np.sort(random.integers(0, 100_000, n)) for n in (300_000, 5, 200_000)]
    paths = [write(tmp_path / f"{i}.raw", t.tolist(), i) for i, t in enumerate(lists)]
    shares = []
    ev.merge(paths, tmp_path / "out.dat", progress=shares.append)
    want = pl.concat([ev.read(path) for path in paths]).sort("t", maintain_order=True)
    assert ev.read(tmp_path / "out.dat").equals(want)
    assert shares[-1] == 1.0
    assert shares == sorted(shares)


def test_triggers_are_merged_too(tmp_path):
    a = write(tmp_path / "a.raw", [0, 50, 90], 0, {"t": [5, 60], "id": [1, 1], "polarity": [1, -1]})
    b = write(
        tmp_path / "b.raw", [20, 30], 1, {"t": [5, 25, 99], "id": [2] * 3, "polarity": [1] * 3}
    )
    ev.merge([a, b], tmp_path / "out.raw", format="evt3")
    want = [(5, 1, 1), (5, 2, 1), (25, 2, 1), (60, 1, -1), (99, 2, 1)]
    assert rows(tmp_path / "out.raw", "triggers") == want
    assert ev.validate(tmp_path / "out.raw").ok


def test_recordings_follow_one_another(tmp_path):
    triggers = {"t": [15], "id": [1], "polarity": [1]}
    a = write(tmp_path / "a.raw", [10, 20], 0)
    b = write(tmp_path / "b.raw", [12, 30], 1, triggers)
    c = write(tmp_path / "c.raw", [20, 25], 2)
    out = tmp_path / "out.raw"
    ev.merge([a, c], out, concat=True)
    assert rows(out) == rows(a) + rows(c)
    with pytest.raises(ValueError, match=r"begins at 12 us, before .* ends at 20 us"):
        ev.merge([a, b], out, concat=True, overwrite=True)
    ev.merge([a, b, c], out, concat=True, shift=True, overwrite=True)
    assert [row[2] for row in rows(out)] == [10, 20, 21, 39, 40, 45]
    assert rows(out, "triggers") == [(24, 1, 1)]
    with pytest.raises(ValueError, match="concat=True"):
        ev.merge([a, b], out, shift=True)


def test_sensors_must_be_of_one_size(tmp_path, evt2, sample):
    with pytest.raises(ValueError, match=r"\(640, 480\).*\(64, 48\)"):
        ev.merge([evt2, sample], tmp_path / "out.raw")
    with pytest.raises(ValueError, match="nothing to merge"):
        ev.merge([], tmp_path / "out.raw")
    n = ev.merge([evt2, sample], tmp_path / "out.raw", resolution=(640, 480))
    assert n == len(ev.open(evt2)) + len(ev.open(sample))


def test_a_merge_never_writes_onto_what_it_reads(tmp_path):
    a = write(tmp_path / "a.raw", [10], 0)
    b = write(tmp_path / "b.raw", [12], 1)
    before = b.read_bytes()
    with pytest.raises(ValueError, match="is what is read"):
        ev.merge([a, b], b, overwrite=True)
    assert b.read_bytes() == before
    assert run("merge", a, b, b, "--overwrite").exit_code == 2


def test_the_merge_command(tmp_path):
    a = write(tmp_path / "a.raw", [10, 20], 0)
    b = write(tmp_path / "b.raw", [12, 30], 1)
    out = tmp_path / "out.dat"
    [found] = lines_of(run("merge", a, b, out, "--json"))
    assert (found["events"], found["format"]) == (4, "dat")
    assert [row[2] for row in rows(out)] == [10, 12, 20, 30]
    result = run("merge", a, b, out, "--overwrite", "--concat")
    assert result.exit_code == 2
    assert "--shift" in result.stderr
    assert run("merge", a, b, out, "--overwrite", "--concat", "--shift").exit_code == 0
    assert [row[2] for row in rows(out)] == [10, 20, 21, 39]


def test_the_slice_command(evt2, tmp_path):
    out = tmp_path / "out.raw"
    args = ("--start", "10ms", "--end", 20_000, "--region", "0,0,320,240")
    assert run("slice", evt2, out, *args).exit_code == 0
    assert ev.read(out).equals(ev.read(evt2, start="10ms", end="20ms", region=(0, 0, 320, 240)))
    result = run("slice", evt2, tmp_path / "all.raw")
    assert result.exit_code == 2
    assert "--start" in result.stderr


def test_repair_saves_what_is_sound_and_says_what_was_lost(tmp_path):
    path, out = tmp_path / "bad.raw", tmp_path / "good.raw"
    path.write_bytes(clock_reset()[:-1])
    saved = ev.repair(path, out)
    assert saved.events == len(ev.open(out, sort=False, on_error="ignore"))
    assert saved.events == len(ev.open(path, sort=False, on_error="ignore"))
    assert set(saved.faults) >= {"clock_reset", "truncated"}
    assert saved.faults["clock_reset"].offset == ev.validate(path).faults["clock_reset"].offset
    assert any("back" in sentence for sentence in saved.lost)
    assert path.read_bytes() == clock_reset()[:-1]
    with pytest.raises(FileExistsError):
        ev.repair(path, out)


def test_the_repair_command(tmp_path):
    path = tmp_path / "bad.raw"
    path.write_bytes(words.evt2_known(100)[:-3])
    result = run("repair", path, tmp_path / "good.raw")
    assert result.exit_code == 0
    assert "99 events saved" in result.stdout
    assert "truncated: 1, first at byte" in result.stdout
    [found] = lines_of(run("repair", path, tmp_path / "two.raw", "--json"))
    assert found["faults"]["truncated"]["count"] == 1
    assert run("repair", path, path, "--overwrite").exit_code == 2
    assert run("repair", path, tmp_path / "good.raw").exit_code == 3


# stats


def test_stats_count_by_polarity_pixel_and_time(evt2):
    x, y, t, polarity = words.known()
    found = ev.stats(evt2)
    assert (found.events, found.on) == (words.EVENTS, int((polarity > 0).sum()))
    assert found.time_range == (0, int(t[-1]))
    assert found.active_pixels == len(set(zip(x.tolist(), y.tolist(), strict=True)))
    assert found.rate == pytest.approx(words.EVENTS / t[-1] * 1e6)
    assert found.peak_rate == pytest.approx(100_000)
    [line] = lines_of(run("stats", evt2, "--json"))
    assert line["events"] == words.EVENTS
    assert "100,000" not in run("stats", evt2).stdout
    assert "active pixels" in run("stats", evt2).stdout


def test_stats_find_hot_pixels(tmp_path):
    path = tmp_path / "hot.raw"
    x = [i % 64 for i in range(6400)] + [5] * 1000
    y = [i // 64 % 48 for i in range(6400)] + [7] * 1000
    columns = {"x": x, "y": y, "t": list(range(7400)), "polarity": [1] * 7400}
    ev.write(columns, path, resolution=(64, 48))
    [hot] = ev.stats(path).hot_pixels
    assert (hot.x, hot.y) == (5, 7)
    assert hot.events > 1000
    assert "(5, 7)" in run("stats", path).stdout


def test_stats_of_nothing(tmp_path):
    columns = {"x": [], "y": [], "t": [], "polarity": []}
    ev.write(columns, tmp_path / "none.raw", resolution=(64, 48))
    found = ev.stats(tmp_path / "none.raw")
    assert (found.events, found.rate, found.time_range, found.hot_pixels) == (0, None, None, ())
    assert run("stats", tmp_path / "none.raw").exit_code == 0
