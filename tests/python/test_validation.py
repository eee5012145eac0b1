# SPDX-License-Identifier: Apache-2.0
"""What `validate` and `info` say of the streams beside the events."""

import struct

import aedat4_files
import numpy as np
import pytest
import ros_files as ros
import words
from cli_support import lines_of, run
from hypothesis import given
from hypothesis import strategies as st
from test_corpus import all_files

import evarrow as ev

T0 = 1_500_000_000_000_000  # microseconds
HEADER3 = b"#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DAVIS240C\r\n#!END-HEADER\r\n"
PIXELS = np.arange(12, dtype=np.uint8).reshape(3, 4)


def packet3(kind, events):
    head = struct.pack("<HHiiiiii", kind, 1, len(events[0]), 12, 0, *[len(events)] * 3)
    return head + b"".join(events)


def frame3(width, height):
    return struct.pack("<I8i4H", 3, 10, 20, 12, 18, width, height, 0, 0, 1, 2, 3, 4)


def ros_recording(times, images, packing="none"):
    """Return a bag with ten events, a sample of an IMU for each time, and images."""
    topics = (("/dvs/events", ros.ARRAY), ("/dvs/imu", ros.IMU), ("/dvs/image", ros.IMAGE))
    messages = [(0, 1, ros.array(ros.events(10, T0)))]
    messages += [(1, 2 + i, ros.imu(t * 1000, (1, 2, 3), (4, 5, 6))) for i, t in enumerate(times)]
    messages += [(2, 3, image) for image in images]
    return ros.bag(messages, packing, topics=topics)


def image(t):
    return ros.image(t * 1000, PIXELS, "mono8")


def check(source, **options):
    """Check that the report on the streams is what reading them gives."""
    with ev.open(source, on_error="ignore", sort=False, t_type="int64", **options) as rec:
        report = ev.validate(rec)
        assert set(report.streams) == set(rec.streams) - {"events"}
        for name, found in report.streams.items():
            t = rec.read(name)["t"]
            assert found.count == len(t), name
            assert found.time_range == ((t.min(), t.max()) if len(t) else None), name
    return report


def test_streams_of_ros_and_damage_to_frames():
    content = ros_recording([T0 + 9, T0 + 5], [image(T0 + 7), image(T0 + 8)[:-1]])
    report = check(content)
    assert report.events == 10
    assert report.streams["imu"] == ev.StreamSummary(2, (T0 + 5, T0 + 9))
    assert report.streams["frames"] == ev.StreamSummary(1, (T0 + 7, T0 + 7))
    assert report.streams["triggers"] == ev.StreamSummary(0, None)
    assert report.damaged
    assert report.faults["corrupt"].count == 1
    assert content[report.faults["corrupt"].offset :].startswith(image(T0 + 8)[:40])
    [finding] = report.findings
    assert finding.startswith("stream 'frames': 1 row of")
    assert ev.validate(ros_recording([T0], [image(T0)])).ok


def test_streams_of_aedat_4_and_damage_to_frames():
    made, events = aedat4_files.recording(500)
    made.streams |= {
        1: ("TRIG", "triggers", "Camera_1", None),
        2: ("IMUS", "imu", "Camera_1", None),
        3: ("FRME", "frames", "Camera_1", (346, 260)),
    }
    made.add_triggers(1, [(T0 + 3, 1), (T0 + 4, 2)])
    made.add_imu(2, [(T0 + 5 + k, *[0.5] * 10) for k in range(3)])
    made.add_frame(3, T0 + 9, PIXELS)
    made.add_frame(3, T0 + 10, PIXELS, size=(30_000, 30_000))
    report = check(made.bytes())
    assert report.events == len(events)
    assert report.triggers == 2
    assert report.streams["imu"] == ev.StreamSummary(3, (T0 + 5, T0 + 7))
    assert report.streams["frames"].count == 1
    assert report.damaged
    assert "stream 'frames'" in report.findings[0]


def test_streams_among_the_words_of_aedat_3():
    samples = [struct.pack("<Ii7f", 1, t, 0, 0, 1, 90, 0, 0, 25) for t in (100, 1100)]
    sound = HEADER3 + packet3(3, samples) + packet3(2, [frame3(2, 2)])
    assert check(sound).ok
    report = check(sound + packet3(2, [frame3(2, 200)]))
    assert report.streams["imu"] == ev.StreamSummary(2, (100, 1100))
    assert report.streams["frames"] == ev.StreamSummary(1, (15, 15))
    assert report.damaged
    assert report.faults["corrupt"].offset > len(sound)
    assert not any(finding.startswith("stream") for finding in report.findings)


def test_streams_of_a_pipe(tmp_path):
    content = words.evt2(words.time_high(64), words.trigger(70, 3), words.event(71, 1, 1))
    (tmp_path / "a.raw").write_bytes(content)
    want = ev.validate(tmp_path / "a.raw")
    assert want.streams["triggers"] == ev.StreamSummary(1, (70, 70))
    [found] = lines_of(run("validate", "--json", "-", input=content))
    assert found["streams"]["triggers"] == {"count": 1, "time_range": [70, 70]}
    [found] = lines_of(run("info", "--count", "--json", "-", input=content))
    assert (found["triggers"], found["ranges_us"]) == (1, {"triggers": [70, 70]})


def test_times_are_those_of_the_origin():
    content = ros_recording([T0 + 9], [image(T0 + 7)])
    first = int(ros.events(10, T0)[2][0])
    streams = check(content, origin="start").streams
    assert streams["imu"].time_range == (T0 + 9 - first,) * 2
    assert streams["frames"].time_range == (T0 + 7 - first,) * 2


def test_samples_that_step_back_far_are_damage_of_theirs():
    made, _ = aedat4_files.recording(500)
    made.streams[1] = ("IMUS", "imu", "Camera_1", None)
    made.add_imu(1, [(t, *[0.5] * 10) for t in (T0 + 100_000, T0)])
    report = check(made.bytes())
    assert report.damaged
    assert report.faults["clock_reset"].count == 1
    assert "the rows are not in order of time there" in report.findings[0]
    assert report.largest_step_back == 0


@given(
    st.lists(st.integers(0, 10**6), max_size=5),
    st.lists(st.tuples(st.integers(0, 10**6), st.booleans()), max_size=5),
    st.sampled_from(["none", "lz4"]),
)
def test_what_is_reported_is_what_is_read(times, images, packing):
    made = [image(T0 + t) if sound else image(T0 + t)[:-3] for t, sound in images]
    report = check(ros_recording([T0 + t for t in times], made, packing))
    bad = sum(not sound for _, sound in images)
    assert report.damaged == (bad > 0)
    assert ("corrupt" in report.faults) == (bad > 0)
    assert report.streams["frames"].count == len(images) - bad


def test_streams_of_the_corpus(corpus):
    beside = 0
    for path in all_files(corpus):
        streams = check(path).streams
        beside += sum(one.count for one in streams.values())
    assert beside > 10


# The commands.


@pytest.fixture
def bad(tmp_path):
    path = tmp_path / "bad.bag"
    path.write_bytes(
        ros_recording([T0 + 5, T0 + 9], [image(T0 + 7), image(T0 + 6), image(T0 + 8)[:-1]])
    )
    return path


def test_validate_prints_the_streams(bad):
    result = run("validate", bad)
    assert result.exit_code == 1
    assert f"2 from {T0 + 5} to {T0 + 9} us (4 us)" in result.stdout
    assert f"2 from {T0 + 6} to {T0 + 7} us (1 us)" in result.stdout
    assert "triggers" not in result.stdout
    assert "stream 'frames': 1 row" in result.stdout
    [found] = lines_of(run("validate", "--json", bad))
    assert found["streams"]["frames"] == {"count": 2, "time_range": [T0 + 6, T0 + 7]}
    assert found["triggers"] == 0


def test_info_counts_the_streams_and_says_what_is_wrong_with_them(bad):
    result = run("info", "--count", bad)
    assert result.exit_code == 1
    assert f"2 from {T0 + 5} to {T0 + 9} us (4 us)" in result.stdout
    assert "stream 'frames': 1 row" in result.stdout
    result = run("info", "--count", "--json", "--on-error", "warn", bad)
    assert result.exit_code == 0
    [found] = lines_of(result)
    assert (found["events"], found["imu"], found["frames"], found["triggers"]) == (10, 2, 2, 0)
    assert found["ranges_us"] == {"imu": [T0 + 5, T0 + 9], "frames": [T0 + 6, T0 + 7]}
    assert found["damaged"]
    [finding] = found["findings"]
    assert "stream 'frames'" in finding
    assert run("info", bad).exit_code == 0


def test_damage_that_is_met_on_opening_is_a_finding(corpus):
    content = bytearray((corpus / "derived" / "davis_dvs_msgs_bz2.bag").read_bytes())
    half = len(content) // 2
    content[half : half + 40] = bytes(40)
    with pytest.raises(ev.DamagedError):
        ev.read(bytes(content))
    found = ev.validate(bytes(content))
    assert found.damaged
    assert "cannot be" in found.findings[0]
    with pytest.raises(ev.DamagedError):
        ev.validate(bytes(content), on_error="raise")
