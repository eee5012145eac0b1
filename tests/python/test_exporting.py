# SPDX-License-Identifier: Apache-2.0
"""Streams beside the events as tables of their own."""

import json
import subprocess
import sys

import aedat4_files
import numpy as np
import polars as pl
import pytest
from cli_support import run

import evarrow as ev
from evarrow.exporting import TABLES

T0 = 1_700_000_000_000_000
SIZE = (346, 260)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A recording with 1000 samples, 150 frames and two triggers."""
    path = tmp_path_factory.mktemp("export") / "rec.aedat4"
    made, _ = aedat4_files.recording(1000)
    made.streams[1] = ("FRME", "frames", "Camera_1", SIZE)
    made.streams[2] = ("IMUS", "imu", "Camera_1", None)
    made.streams[3] = ("TRIG", "triggers", "Camera_1", None)
    random = np.random.default_rng(1)
    made.add_imu(2, [(T0 + 1000 * i, *random.normal(size=10).tolist()) for i in range(1000)])
    shapes = [((20, 30), "u1"), ((4, 5, 3), "u1"), ((2, 3), "u2"), ((6, 4), "f4")]
    for i in range(150):
        shape, dtype = shapes[i % 4]
        image = random.integers(0, 255, shape).astype(dtype)
        made.add_frame(1, T0 + i, image, exposure=(T0 + i - 5, T0 + i + 7), position=(i, 1))
    made.add_triggers(3, [(T0 + 5, 1), (T0 + 99_000, 2)])
    path.write_bytes(made.bytes())
    return path


def table(path):
    """Return a table that was written, times as whole numbers."""
    if path.suffix == ".npz":
        with np.load(path) as archive:
            return pl.DataFrame({k: v for k, v in archive.items() if v.ndim})
    read = {".parquet": pl.read_parquet, ".arrow": pl.read_ipc, ".csv": pl.read_csv}[path.suffix]
    frame = read(path)
    return frame.with_columns(
        pl.col(name).to_physical() for name, kind in frame.schema.items() if kind.is_temporal()
    )


@pytest.mark.parametrize("kind", TABLES)
def test_samples_and_triggers_as_tables(source, tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    assert ev.convert(source, path, stream="imu") == 1000
    with ev.open(source, t_type="int64") as rec:
        want = rec.read("imu")
        assert table(path).equals(want)
        bounds = {"start": T0 + 10_000, "end": T0 + 30_000}
        assert ev.convert(rec, path, stream="imu", overwrite=True, **bounds) == 20
        assert table(path).equals(rec.read("imu", **bounds))
        assert ev.convert(rec, path, stream="triggers", polarity=-1, overwrite=True) == 1
        found = table(path).cast(rec.read("triggers").schema)
        assert found.equals(rec.read("triggers", polarity=-1))
        assert ev.convert(rec, path, stream="imu", end=T0, overwrite=True) == 0
        assert table(path).is_empty()


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_frames_are_tables_with_pixels(source, tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    assert ev.convert(source, path, stream="frames") == 150
    with ev.open(source, t_type="int64") as rec:
        want = rec.read("frames").drop("offset", "size")
        found = table(path)
        assert found.drop("pixels").equals(want)
        for pixels, frame in zip(found["pixels"], rec.frames(), strict=True):
            assert pixels == frame.image.tobytes()
        assert ev.convert(rec, path, stream="frames", start=T0 + 140, overwrite=True) == 10


@pytest.mark.parametrize("lazy", [False, True])
def test_tables_are_written_into_recordings_again(source, tmp_path, lazy):
    rows = {}
    for stream in ("triggers", "imu", "frames"):
        path = tmp_path / f"{stream}.parquet"
        ev.convert(source, path, stream=stream)
        rows[stream] = pl.scan_parquet(path) if lazy else pl.read_parquet(path)
    ev.write(ev.read(source), tmp_path / "again.aedat4", resolution=SIZE, **rows)
    with ev.open(source) as old, ev.open(tmp_path / "again.aedat4") as new:
        for stream in ("events", "triggers", "imu"):
            assert new.read(stream).equals(old.read(stream))
        for one, other in zip(old.frames(), new.frames(), strict=True):
            assert (one.t, one.exposure, one.position) == (other.t, other.exposure, other.position)
            assert one.image.dtype == other.image.dtype
            assert np.array_equal(one.image, other.image)
    bare = pl.read_parquet(tmp_path / "frames.parquet").drop("left")
    with pytest.raises(ValueError, match="no column 'left'"):
        ev.write(ev.read(source), tmp_path / "no.aedat4", resolution=SIZE, frames=bare)


def test_times_have_the_type_that_was_asked_for(source, tmp_path):
    for t_type, kind in (("int64", pl.Int64()), ("duration", pl.Duration("us"))):
        path = tmp_path / f"{t_type}.parquet"
        ev.convert(source, path, stream="imu", t_type=t_type, origin=T0)
        assert pl.read_parquet_schema(path)["t"] == kind
        assert table(path)["t"][:2].to_list() == [0, 1000]
    about = pl.read_parquet_metadata(path)
    assert about["evarrow.stream"] == "imu"
    assert about["evarrow.width"] == "346"


@pytest.mark.parametrize("kind", ["parquet", "arrow", "npz"])
def test_tables_are_compressed_as_asked(source, tmp_path, kind):
    plain, packed = tmp_path / f"a.{kind}", tmp_path / f"b.{kind}"
    ev.convert(source, plain, stream="imu", compression="none")
    ev.convert(source, packed, stream="imu", compression={"npz": "deflate"}.get(kind, "zstd"))
    assert packed.stat().st_size < plain.stat().st_size
    assert table(plain).equals(table(packed))


def test_what_no_table_can_be_is_refused(source, tmp_path):
    for options, why in (
        ({"stream": "frames", "format": "csv"}, "csv has no place for the pixels"),
        ({"stream": "imu", "format": "evt3"}, "written as a table"),
        ({"stream": "nonsense"}, "no stream 'nonsense'"),
        ({"stream": "imu", "region": (0, 0, 1, 1)}, "no pixels"),
        ({"stream": "imu", "format": "csv", "compression": "zstd"}, "compressed with none"),
        ({"stream": "imu", "format": "arrow", "compression_level": 3}, "of no level"),
        ({"stream": "imu", "compression": "lzma"}, "Parquet is compressed with"),
        ({"stream": "imu", "format": "npz", "compression": "lzma"}, "archives of NumPy"),
        ({"stream": "imu", "unit": "s"}, "without an option 'unit'"),
    ):
        with pytest.raises(ValueError, match=why):
            ev.convert(source, tmp_path / "a.parquet", **options)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "a.csv").write_text("mine")
    with pytest.raises(FileExistsError):
        ev.convert(source, tmp_path / "a.csv", stream="imu")
    with pytest.raises(ValueError, match="is what is read"):
        ev.convert(source, source, stream="imu", overwrite=True)


def test_damage_stops_it_or_is_told(tmp_path):
    made, _ = aedat4_files.recording(100)
    made.streams[1] = ("FRME", "frames", "Camera_1", SIZE)
    for i, size in enumerate([None, (9, 9), None]):
        made.add_frame(1, T0 + i, np.ones((2, 2), np.uint8), size=size)
    path = tmp_path / "a.parquet"
    with pytest.raises(ev.DamagedError):
        ev.convert(made.bytes(), path, stream="frames")
    assert list(tmp_path.iterdir()) == []
    with pytest.warns(ev.EvarrowWarning, match="1 row of"):
        assert ev.convert(made.bytes(), path, stream="frames", on_error="warn") == 2


FULL = """
import json, resource, signal, sys
import evarrow as ev
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for kind in json.loads(sys.argv[3]):
    try:
        ev.convert(sys.argv[1], f"{sys.argv[2]}.{kind}", stream="imu", compression="none")
    except OSError as error:
        print(error)
"""


def test_a_full_disk_leaves_nothing(source, tmp_path):
    command = [sys.executable, "-c", FULL, source, tmp_path / "a", json.dumps(TABLES)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert len(lines) == len(TABLES)
    for line, kind in zip(lines, TABLES, strict=True):
        assert "File too large" in line
        assert f"a.{kind}" in line
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_streams(source, tmp_path):
    path = tmp_path / "imu.parquet"
    result = run("convert", source, path, "--stream", "imu")
    assert result.exit_code == 0, result.output
    assert "parquet, 1,000 rows of imu" in result.output
    assert len(pl.read_parquet(path)) == 1000
    result = run("convert", source, tmp_path / "a.csv", "--stream", "triggers", "--json")
    assert json.loads(result.output)["rows"] == 2
    result = run("convert", source, tmp_path / "a.raw", "--stream", "frames")
    assert result.exit_code == 2
    assert "as a table" in result.stderr
    result = run("convert", source, tmp_path / "c.csv", "--stream", "imu", "--sensor", "Camera_1")
    assert result.exit_code == 0, result.output
    # Any other name is that of a sensor, as before.
    result = run("convert", source, tmp_path / "b.csv", "--stream", "Camera_1")
    assert result.exit_code == 0, result.output
    assert len(ev.read(tmp_path / "b.csv")) == 1000


def test_many_recordings_give_many_tables(source, tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.aedat4").write_bytes(source.read_bytes())
    pattern, folder = str(tmp_path / "*.aedat4"), tmp_path / "out"
    done = ev.convert_all(pattern, folder, format="parquet", stream="imu")
    assert [one.events for one in done] == [1000, 1000]
    again = ev.convert_all(pattern, folder, format="parquet", stream="imu")
    assert [one.state for one in again] == ["kept", "kept"]
    result = run("convert", pattern, folder, "--to", "csv", "--stream", "imu")
    assert result.exit_code == 0, result.output
    assert len(pl.read_csv(folder / "one.csv")) == 1000
