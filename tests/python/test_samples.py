# SPDX-License-Identifier: Apache-2.0
import pytest

import evarrow as ev


@pytest.mark.parametrize("kind", ["evt3", "evt2", "dat"])
def test_a_sample_is_a_sound_recording(tmp_path, kind):
    path = tmp_path / "rec.raw"
    count = ev.sample(path, duration="200ms", resolution=(320, 240), format=kind)
    report = ev.validate(path)
    assert report.ok, report.findings
    assert report.events == count > 1000
    assert (report.triggers > 0) == (kind != "dat")
    with ev.open(path) as rec:
        assert (rec.format, rec.resolution) == (kind, (320, 240))
        first, last = rec.time_range
        assert first >= 0
        assert last < 200_000
        frame = rec.read()
    assert frame["x"].max() < 320
    assert frame["y"].max() < 240
    assert frame["polarity"].unique().sort().to_list() == [-1, 1]


def test_equal_seeds_give_equal_recordings(tmp_path):
    def make(name, seed, kind="evt3"):
        path = tmp_path / name
        ev.sample(path, duration="30ms", resolution=(64, 48), seed=seed, format=kind)
        return path

    assert make("a.raw", 1).read_bytes() == make("b.raw", 1).read_bytes()
    assert make("c.raw", 2).read_bytes() != make("a2.raw", 1).read_bytes()
    assert ev.read(make("d.raw", 1, "evt2")).equals(ev.read(tmp_path / "a.raw"))


def test_arguments_are_checked(tmp_path):
    path = tmp_path / "rec.raw"
    for arguments in ({"duration": 0}, {"resolution": (1, 1)}, {"format": "mat"}):
        with pytest.raises(ValueError):  # noqa: PT011 - each says something of its own
            ev.sample(path, **arguments)
    with pytest.raises(TypeError, match="duration"):
        ev.sample(path, duration=0.5)
    assert not path.exists()
    ev.sample(path, duration="1ms", resolution=(64, 48))
    with pytest.raises(FileExistsError):
        ev.sample(path, duration="1ms", resolution=(64, 48))
