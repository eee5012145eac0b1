# SPDX-License-Identifier: Apache-2.0
"""Samples of inertial measurement units."""

import importlib.util
import json
import struct

import aedat4_files
import numpy as np
import polars as pl
import pytest
import ros_files as ros
from click.testing import CliRunner

import evarrow as ev
from evarrow.cli import main

T0 = 1_700_000_000_000_000
AXES = [f"{what}_{axis}" for what in ("accel", "gyro", "mag") for axis in "xyz"]
COLUMNS = ["t", *AXES, "temperature"]
HEADER3 = b"#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DAVIS240C\r\n#!END-HEADER\r\n"
HEADER2 = (
    b"#!AER-DAT2.0\r\n# AEChip: eu.seebetter.ini.chips.davis.DAVIS240C\r\n#End Of ASCII Header\r\n"
)


def samples(n, seed=0):
    random = np.random.default_rng(seed)
    t = T0 + 1000 * np.arange(n)
    numbers = random.normal(size=(n, 10)).astype(np.float32)
    return [
        (int(one), *(float(value) for value in row)) for one, row in zip(t, numbers, strict=True)
    ]


def with_imu(rows, packet=50, **how):
    made, events = aedat4_files.recording(2000, **how)
    made.streams[2] = ("IMUS", "imu", "Camera_1", None)
    for begin in range(0, len(rows), packet):
        made.add_imu(2, rows[begin : begin + packet])
    return made, events


def recorded(frame):
    """Return the numbers as the recording has them: float32 of g, degrees and microtesla."""
    scale = [9.80665] * 3 + [np.pi / 180] * 3 + [1e-6] * 3
    axes = frame.select(AXES).to_numpy() / scale
    return np.column_stack([frame["temperature"].to_numpy(), axes]).astype(np.float32)


@pytest.mark.parametrize("compression", aedat4_files.COMPRESSIONS)
@pytest.mark.parametrize("table", [True, False], ids=["table", "no_table"])
def test_samples_of_aedat_4_come_back_exactly(compression, table):
    want = samples(1234)
    made, events = with_imu(want, compression=compression, table=table)
    with ev.open(made.bytes(), t_type="int64") as rec:
        assert "imu" in rec.streams
        frame = rec.read("imu")
        assert frame.columns == COLUMNS
        assert set(frame.dtypes[1:]) == {pl.Float64}
        assert frame["t"].to_list() == [row[0] for row in want]
        assert np.array_equal(recorded(frame), np.array(want, np.float64)[:, 1:].astype(np.float32))
        assert rec.select("imu").count() == len(want)
        assert len(rec) == len(events)
        both = rec.read(["events", "imu"])
        assert both["imu"].equals(frame)
        assert len(both["events"]) == len(events)


@pytest.mark.parametrize("table", [True, False], ids=["table", "no_table"])
def test_a_window_of_samples(table):
    want = samples(5000)
    made, _ = with_imu(want, table=table)
    begin, end = want[4000][0], want[4100][0]
    with ev.open(made.bytes(), t_type="int64") as rec:
        frame = rec.read("imu", start=begin, end=end)
        assert frame["t"].to_list() == [row[0] for row in want[4000:4100]]
        lazy = rec.scan("imu").filter(pl.col("t") >= begin, pl.col("accel_x") > 0)
        assert len(lazy.collect()) == sum(row[2] > 0 for row in want[4000:])
        assert [len(batch) for batch in rec.batches(2000, stream="imu")] == [2000, 2000, 1000]
        both = rec.read(["events", "imu"], start=begin, end=end)
        assert both["imu"].equals(frame)


def test_a_window_decodes_no_packet_far_from_it():
    want = samples(40_000)
    made, _ = with_imu(want, packet=500, compression="lz4")
    content = bytearray(made.bytes())
    body = [
        at
        for at in range(len(made.header(-1)), len(content) - 8)
        if content[at : at + 4] == b"\2\0\0\0"
    ]
    first = next(at for at in body if struct.unpack_from("<i", content, at + 4)[0] > 10_000)
    content[first + 20 : first + 60] = bytes(40)
    with ev.open(bytes(content), t_type="int64") as rec:
        frame = rec.read("imu", start=want[39_000][0], end=want[39_100][0])
        assert len(frame) == 100
        with pytest.raises(ev.DamagedError):
            rec.read("imu")
    with ev.open(bytes(content), t_type="int64", on_error="warn") as rec:
        with pytest.warns(ev.EvarrowWarning, match="500 rows"):
            frame = rec.read("imu")
        assert len(frame) == len(want) - 500
        assert len(rec.read()) == 2000


def test_origin_holds_for_all_streams():
    made, events = with_imu(samples(10))
    with ev.open(made.bytes(), t_type="int64", origin="start") as rec:
        assert rec.read("imu")["t"][0] == T0 - int(events["t"][0])


def test_a_recording_without_samples_has_an_empty_table():
    made, _ = aedat4_files.recording(100)
    with ev.open(made.bytes()) as rec:
        frame = rec.read("imu")
        assert frame.columns == COLUMNS
        assert len(frame) == 0
        assert rec.select("imu").count() == 0


def test_batches_are_numpy_views():
    made, _ = with_imu(samples(10))
    with ev.open(made.bytes()) as rec:
        (batch,) = rec.batches(stream="imu")
        assert batch.columns == tuple(COLUMNS)
        assert batch.column("gyro_z").dtype == np.float64
        assert not batch.column("gyro_z").flags.writeable
        table = pl.DataFrame(batch)
        assert table.schema["mag_x"] == pl.Float64


def test_info_counts_samples_and_conversion_warns_of_them(tmp_path):
    made, _ = with_imu(samples(77))
    path = tmp_path / "rec.aedat4"
    path.write_bytes(made.bytes())
    result = CliRunner().invoke(main, ["info", "--count", "--json", str(path)])
    assert json.loads(result.output)["imu"] == 77
    assert "77" in CliRunner().invoke(main, ["info", "--count", str(path)]).output
    with pytest.warns(ev.EvarrowWarning, match="77 rows of the stream 'imu'"):
        ev.convert(path, tmp_path / "rec.raw", format="evt3", origin="start")


def imu6(t, numbers, valid=True):
    return struct.pack("<Ii7f", int(valid), t, *numbers)


def packet3(kind, events, *, size, overflow=0):
    return struct.pack("<HHiiiiii", kind, 1, size, 4, overflow, *[len(events)] * 3) + b"".join(
        events
    )


def test_samples_of_aedat_3():
    rows = [(5, [1, 2, 3, 4, 5, 6, 7.5]), (9, [-1, 0.25, 0, 0, 1, 2, np.nan])]
    events = [imu6(*row) for row in rows]
    content = HEADER3 + packet3(3, [events[0], imu6(7, [0] * 7, valid=False)], size=36)
    content += packet3(3, [events[1]], size=36, overflow=1)
    nine = struct.pack("<Ii10f", 1, 20, *range(10))
    content += packet3(4, [nine], size=48, overflow=1)
    with ev.open(content, t_type="int64") as rec:
        frame = rec.read("imu")
    assert frame["t"].to_list() == [5, (1 << 31) + 9, (1 << 31) + 20]
    got = recorded(frame)
    assert got[0, :7].tolist() == [7.5, 1, 2, 3, 4, 5, 6]
    assert np.isnan(got[1, 0])
    assert np.isnan(got[:2, 7:]).all()
    assert got[2].tolist() == [6, 0, 1, 2, 3, 4, 5, 7, 8, 9]


def test_samples_of_aedat_2():
    def words(t, numbers):
        return b"".join(
            struct.pack(">II", 0x80000C00 | i << 28 | (n & 0xFFFF) << 12, t)
            for i, n in enumerate(numbers)
        )

    event = struct.pack(">II", 5 << 22 | 6 << 12 | 1 << 11, 90)
    content = HEADER2 + words(100, [8192, -8192, 4096, 340, 655, -655, 131])[16:] + event
    content += words(100, [8192, -8192, 4096, 340, 655, -655, 131]) + event
    content += words(101, [1, 2, 3])
    with ev.open(content, t_type="int64") as rec:
        frame = rec.read("imu")
        assert len(rec.read()) == 2
    assert frame["t"].to_list() == [100]
    assert recorded(frame)[0, :7].tolist() == [36, 1, -1, 0.5, 10, -10, 2]
    assert np.isnan(recorded(frame)[0, 7:]).all()


def test_samples_of_the_corpus(corpus):
    with ev.open(corpus / "synthetic/aedat2_davis.aedat", t_type="int64") as rec:
        frame = rec.read("imu")
        assert frame["t"].to_list() == [0x67]
        raw = frame.select(AXES[:3]).to_numpy() / 9.80665 * 8192
        assert np.allclose(raw, [[0, 100, 200]])
    with ev.open(corpus / "synthetic/aedat3_basic.aedat", t_type="int64") as rec:
        frame = rec.read("imu")
        assert frame["t"].to_list() == [15]
        assert recorded(frame)[0, 0] == 25


def ros_samples(n, begin, *, cdr):
    random = np.random.default_rng(3)
    numbers = random.normal(size=(n, 6))
    times = begin + 1_000_000 * np.arange(n) + 999
    messages = [
        ros.imu(int(t), row[:3], row[3:], cdr=cdr) for t, row in zip(times, numbers, strict=True)
    ]
    return times, numbers, messages


def check_ros(content, times, numbers, **how):
    with ev.open(content, t_type="int64", **how) as rec:
        assert "imu" in rec.streams
        frame = rec.read("imu")
        assert frame["t"].to_list() == (times // 1000).tolist()
        assert np.array_equal(frame.select(AXES[:6]).to_numpy(), numbers)
        assert frame["mag_x"].is_nan().all()
        assert frame["temperature"].is_nan().all()
        assert rec.header["imu_topic"] == "/dvs/imu"
        assert rec.select("imu").count() == len(times)
        window = rec.read("imu", start=int(times[50]) // 1000, end=int(times[60]) // 1000)
        assert len(window) == 10
        both = rec.read(["events", "imu"])
        assert both["imu"].equals(frame)
        return both["events"]


@pytest.mark.parametrize("packing", ["none", "lz4", "bz2"])
def test_samples_of_a_bag(packing):
    found = [ros.events(100, 1_500_000_000_000_000 + k * 10_000, seed=k) for k in range(4)]
    times, numbers, imu = ros_samples(100, 1_500_000_000 * 10**9, cdr=False)
    topics = (("/other/imu", ros.IMU), ("/dvs/events", ros.ARRAY), ("/dvs/imu", ros.IMU))
    messages = [(1, int(part[2][-1]) * 1000, ros.array(part, k)) for k, part in enumerate(found)]
    messages += [(2, int(t), one) for t, one in zip(times, imu, strict=True)]
    messages += [(0, int(times[0]), ros.imu(5, (0, 0, 0), (0, 0, 0)))]
    messages.sort(key=lambda one: one[1])
    content = ros.bag(messages, packing, topics=topics)
    assert len(check_ros(content, times, numbers)) == 400


@pytest.mark.parametrize("encoding", ["mono", "evt3"])
@pytest.mark.parametrize("packing", ["", "zstd"])
def test_samples_of_mcap(encoding, packing):
    columns = ros.events(50, 10**9)
    content = ros.mono(columns, 10**12) if encoding == "mono" else bytes(200)
    times, numbers, imu = ros_samples(100, 1_500_000_000 * 10**9, cdr=True)
    topics = (("/dvs/events", ros.PACKET, "cdr"), ("/dvs/imu", "sensor_msgs/msg/Imu", "cdr"))
    messages = [(0, 0, ros.packet(encoding, content, 10**12))]
    messages += [(1, int(t), one) for t, one in zip(times, imu, strict=True)]
    events = check_ros(ros.mcap(messages, packing, topics=topics), times, numbers)
    assert len(events) == (50 if encoding == "mono" else 0)


def test_samples_of_a_database(tmp_path):
    path = tmp_path / "rec.db3"
    times, numbers, imu = ros_samples(100, 1_500_000_000 * 10**9, cdr=True)
    topics = (("/dvs/events", ros.PACKET), ("/dvs/imu", "sensor_msgs/msg/Imu"))
    packet = ros.packet("mono", ros.mono(ros.events(50, 10**9), 10**12), 10**12)
    messages = [(0, 0, packet)] + [(1, int(t), one) for t, one in zip(times, imu, strict=True)]
    ros.database(path, messages, topics)
    assert len(check_ros(path, times, numbers)) == 50


def test_what_an_imu_says_it_does_not_measure_is_not_a_number():
    topics = (("/dvs/imu", ros.IMU),)
    messages = [
        (0, 1000, ros.imu(1000, (1, 2, 3), (4, 5, 6), known=(False, True))),
        (0, 2000, ros.imu(2000, (1, 2, 3), (4, 5, 6), known=(True, False))),
    ]
    with ev.open(ros.bag(messages, topics=topics)) as rec:
        frame = rec.read("imu")
        assert len(rec.read()) == 0
    assert np.isnan(frame["accel_x"][0])
    assert frame["gyro_z"][0] == 6
    assert frame["accel_z"][1] == 3
    assert np.isnan(frame["gyro_y"][1])


def test_a_message_of_an_imu_that_is_cut_is_damage():
    topics = (("/dvs/imu", ros.IMU),)
    whole = ros.imu(1000, (1, 2, 3), (4, 5, 6))
    content = ros.bag([(0, 1000, whole), (0, 2000, whole[:-9])], topics=topics)
    with pytest.raises(ev.DamagedError, match="sensor_msgs/Imu"):
        ev.open(content)
    with ev.open(content, on_error="ignore") as rec:
        assert len(rec.read("imu")) == 1


@pytest.mark.peers
def test_aedat_reads_the_same_samples(tmp_path, corpus):
    if importlib.util.find_spec("aedat") is None:
        pytest.skip("aedat is not installed")
    import aedat

    made, _ = with_imu(samples(500))
    path = tmp_path / "rec.aedat4"
    path.write_bytes(made.bytes())
    for file in (path, corpus / "real/tonic_sample.aedat4"):
        theirs = [p["imus"] for p in aedat.Decoder(str(file)) if "imus" in p]
        with ev.open(file, t_type="int64") as rec:
            frame = rec.read("imu")
        if not theirs:
            assert len(frame) == 0
            continue
        all_of_them = np.concatenate(theirs)
        assert np.array_equal(all_of_them["t"], frame["t"])
        names = [
            "temperature",
            *(
                f"{what}_{axis}"
                for what in ("accelerometer", "gyroscope", "magnetometer")
                for axis in "xyz"
            ),
        ]
        want = np.column_stack([all_of_them[name] for name in names])
        assert np.array_equal(want, recorded(frame))
