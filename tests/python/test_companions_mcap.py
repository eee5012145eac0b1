# SPDX-License-Identifier: Apache-2.0
"""Samples and frames that go along into MCAP, and that others read them."""

import io

import numpy as np
import pytest
import ros_files
from companion_rows import (
    AXES,
    SIZE,
    T0,
    assert_frames_equal,
    assert_same_streams,
    events,
    pictures,
    recording_with_streams,
    samples,
)

import evarrow as ev


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("along") / "rec.aedat4"
    path.write_bytes(recording_with_streams())
    return path


@pytest.fixture(scope="module")
def ros_like(tmp_path_factory):
    """A recording with what messages of ROS hold."""
    path = tmp_path_factory.mktemp("ros") / "a.aedat4"
    imu = samples(600, 0) | {"temperature": np.full(600, np.nan)}
    imu |= {f"mag_{axis}": np.full(600, np.nan) for axis in "xyz"}
    imu["accel_y"][7] = np.nan
    for axis in "xyz":
        imu[f"gyro_{axis}"][9] = np.nan
    ev.write(events(200_000, 0, step=3), path, resolution=SIZE, imu=imu, frames=of_ros(40))
    return path


def of_ros(n):
    shapes = [((20, 30), "u1"), ((20, 30), "u2"), ((20, 30), "f4"), ((20, 31, 3), "u1"),
              ((3, 5, 4), "u1"), ((3, 5, 3), "u2"), ((3, 5, 4), "u2")]  # fmt: skip
    for i in range(n):
        shape, dtype = shapes[i % len(shapes)]
        image = np.random.default_rng(i).integers(0, 255, shape).astype(dtype)
        t = 1000 * i
        yield ev.Frame(t=t, exposure=(t, t), position=(0, 0), image=image)


@pytest.mark.parametrize("compression", ["zstd", "lz4", "none"])
def test_streams_of_mcap_come_back(ros_like, tmp_path, compression):
    path = tmp_path / "a.mcap"
    ev.convert(ros_like, path, compression=compression, on_loss="raise")
    assert_same_streams(ros_like, path)
    with ev.open(path) as rec:
        assert rec.header["imu_topic"] == "/event_camera/imu"
        assert rec.header["frames_topic"] == "/event_camera/image_raw"
    ev.convert(path, tmp_path / "b.mcap", compression=compression, on_loss="raise")
    assert (tmp_path / "b.mcap").read_bytes() == path.read_bytes()
    ev.convert(path, tmp_path / "part.mcap", start="10ms", end="20ms")
    assert_same_streams(path, tmp_path / "part.mcap", start="10ms", end="20ms")
    ev.convert(path, tmp_path / "back.aedat4")
    assert_same_streams(path, tmp_path / "back.aedat4")


def test_topics_and_values_of_bags_go_along(tmp_path):
    image = np.arange(12, dtype=np.uint8).reshape(3, 4)
    t = 1_700_000_000_000_001
    made = [
        (
            0,
            0,
            ros_files.packet("mono", ros_files.mono(ros_files.events(50, t), t * 1000), t * 1000),
        ),
        (1, 1, ros_files.imu(t * 1000, (0.1, 1e300, -3), (5e-324, 2, 0.3), cdr=True)),
        (2, 2, ros_files.image(t * 1000, image, "mono8", cdr=True)),
    ]
    topics = (
        ("/davis/left/events", ros_files.PACKET, "cdr"),
        ("/davis/left/imu/data", "sensor_msgs/msg/Imu", "cdr"),
        ("/davis/left/image", "sensor_msgs/msg/Image", "cdr"),
    )
    source, path = tmp_path / "a.mcap", tmp_path / "b.mcap"
    source.write_bytes(ros_files.mcap(made, topics=topics))
    ev.convert(source, path, on_loss="raise", origin=t - 1000)
    with ev.open(source, origin=t - 1000) as old, ev.open(path) as new:
        assert new.header["imu_topic"] == "/davis/left/imu/data"
        assert new.header["frames_topic"] == "/davis/left/image"
        assert new.read("imu").equals(old.read("imu"))
        assert_frames_equal(old.frames(), new.frames())


def test_values_that_ros_has_no_place_for_are_named(source, tmp_path):
    path = tmp_path / "a.mcap"
    with pytest.warns(ev.EvarrowWarning) as told:
        ev.convert(source, path, origin=T0)
    sentences = " ".join(str(one.message) for one in told)
    assert (
        "rows of the imu are not whole in the new file: row 0 of the imu loses mag_x (" in sentences
    )
    assert "frames are not whole in the new file: row 0 of the frames loses exposure_begin (-" in (
        sentences
    )
    assert "temperature" in sentences
    with ev.open(source, origin=T0) as old, ev.open(path) as new:
        columns = ["t", *AXES[:6]]
        assert old.read("imu").select(columns).equals(new.read("imu").select(columns))
        assert new.read("imu")["temperature"].is_nan().all()
        for one, other in zip(old.frames(), new.frames(), strict=True):
            assert one.t == other.t
            assert other.exposure == (other.t, other.t)
            assert np.array_equal(one.image, other.image)
    with pytest.raises(ValueError, match=r"row 0 of the imu .* no place for mag_x \("):
        ev.convert(source, path, origin=T0, on_loss="raise", overwrite=True)
    with pytest.warns(ev.EvarrowWarning) as told:
        ev.convert(source, path, origin=T0 + 1500, overwrite=True, on_loss="warn")
    sentences = [str(one.message) for one in told]
    assert any("998 rows of the imu are not whole" in one for one in sentences)
    assert any(
        "2 rows of the imu are not in the new file: row 0 of the imu cannot be written: t is -1500"
        in one
        for one in sentences
    )
    with pytest.raises(ValueError, match=r"row 0 of the frames .* no place for exposure_begin"):
        ev.write(events(9, 0), path, resolution=SIZE, overwrite=True, frames=pictures(2))
    early = samples(5, -1000)
    with pytest.raises(ValueError, match=r"row 0 of the imu .*no place for mag_x"):
        ev.write(events(9, 0), path, resolution=SIZE, overwrite=True, imu=early)
    bare = {name: values for name, values in early.items() if name[:3] in ("t", "acc", "gyr")}
    with pytest.raises(ValueError, match=r"row 0 of the imu .* t is -1000 us"):
        ev.write(events(9, 0), path, resolution=SIZE, overwrite=True, imu=bare)
    colours = ev.Frame(t=5, exposure=(5, 5), position=(0, 0), image=np.ones((2, 2, 3), np.float32))
    with pytest.raises(ValueError, match="no encoding for 3 channels of 32 bits"):
        ev.write(events(9, 0), path, resolution=SIZE, overwrite=True, frames=[colours])


@pytest.mark.parametrize("compression", ["zstd", "lz4", "none"])
def test_mcap_and_rosbags_read_samples_and_frames(ros_like, tmp_path, compression):
    reader = pytest.importorskip("mcap.reader")
    highlevel = pytest.importorskip("rosbags.highlevel")
    path = tmp_path / "a.mcap"
    ev.convert(ros_like, path, compression=compression)
    content = path.read_bytes()
    made = reader.SeekingReader(io.BytesIO(content), validate_crcs=True)
    summary = made.get_summary()
    counts = {
        summary.channels[number].topic: count
        for number, count in summary.statistics.channel_message_counts.items()
    }
    assert counts["/event_camera/imu"] == 600
    assert counts["/event_camera/image_raw"] == 40
    assert summary.statistics.message_count == sum(counts.values())
    for topic, count in counts.items():
        found = list(made.iter_messages(topics=[topic]))
        assert [message.sequence for _, _, message in found] == list(range(count))
    front = reader.NonSeekingReader(io.BytesIO(content), validate_crcs=True)
    assert len(list(front.iter_messages())) == sum(counts.values())
    with highlevel.AnyReader([path]) as bag, ev.open(path, t_type="int64") as rec:
        found = {"imu": [], "image_raw": []}
        for connection, time, raw in bag.messages():
            name = connection.topic.rpartition("/")[2]
            if name in found:
                message = bag.deserialize(raw, connection.msgtype)
                stamp = message.header.stamp.sec * 10**9 + message.header.stamp.nanosec
                assert stamp == time
                assert message.header.frame_id == "event_camera"
                found[name].append(message)
        ours = rec.read("imu")
        for axis in "xyz":
            for name, field in (("accel", "linear_acceleration"), ("gyro", "angular_velocity")):
                theirs = np.array([getattr(getattr(one, field), axis) for one in found["imu"]])
                unknown = [getattr(one, field + "_covariance")[0] == -1 for one in found["imu"]]
                theirs[unknown] = np.nan
                column = ours[f"{name}_{axis}"].to_numpy()
                assert np.array_equal(column, theirs, equal_nan=True)
        assert {one.orientation_covariance[0] for one in found["imu"]} == {-1}
        for frame, message in zip(rec.frames(), found["image_raw"], strict=True):
            assert (message.height, message.width) == frame.image.shape[:2]
            assert message.step * message.height == len(message.data)
            pixels = message.data.view(frame.image.dtype).reshape(frame.image.shape)
            assert np.array_equal(pixels, frame.image)
