# SPDX-License-Identifier: Apache-2.0
import gzip
import io
import mmap
import os
import threading
from pathlib import Path

import polars as pl
import pytest

import evarrow as ev


def test_paths_bytes_and_files_give_the_same(sample):
    want = ev.read(sample)
    content = sample.read_bytes()
    with (
        sample.open("rb") as file,
        sample.open("rb", buffering=0) as raw,
        sample.open("rb") as mapped,
        mmap.mmap(mapped.fileno(), 0, access=mmap.ACCESS_READ) as view,
    ):
        sources = {
            "str": str(sample),
            "Path": sample,
            "bytes": content,
            "bytearray": bytearray(content),
            "memoryview": memoryview(content),
            "mmap": view,
            "BytesIO": io.BytesIO(content),
            "file": file,
            "raw": raw,
        }
        for name, source in sources.items():
            assert ev.read(source).equals(want), name
        # The mapping cannot be closed while a view of it is kept.
        del sources, source
        import gc

        gc.collect()


def test_an_object_with_fspath_is_a_path(sample):
    class Where:
        def __fspath__(self):
            return str(sample)

    with ev.open(Where()) as rec:
        assert rec.name == str(sample)


def test_a_wrapped_file_is_read_through_its_wrapper(sample, tmp_path):
    packed = tmp_path / "rec.raw.gz"
    packed.write_bytes(gzip.compress(sample.read_bytes()))
    with gzip.open(packed) as file:
        assert ev.read(file).equals(ev.read(sample))


def test_a_pipe_is_read_once(sample):
    reading, writing = os.pipe()

    def fill():
        with os.fdopen(writing, "wb") as file:
            file.write(sample.read_bytes())

    thread = threading.Thread(target=fill)
    thread.start()
    with os.fdopen(reading, "rb") as file, ev.open(file) as rec:
        assert rec.read().equals(ev.read(sample))
        with pytest.raises(ValueError, match="once"):
            rec.read()
    thread.join()


@pytest.mark.parametrize("url", ["s3://bucket/rec.raw", "https://host/rec.raw", "file:///rec.raw"])
def test_a_url_is_an_error_that_names_fsspec(url):
    for call in (ev.open, ev.scan, ev.read, ev.load_events):
        with pytest.raises(ValueError, match="fsspec"):
            call(url)


def test_other_things_are_type_errors(sample):
    with pytest.raises(TypeError, match="from a path, bytes or a file"):
        ev.open(42)
    with sample.open(encoding="latin1") as text, pytest.raises(TypeError, match="binary mode"):
        ev.open(text)


@pytest.mark.parametrize("call", [ev.open, ev.scan, ev.read, ev.load_events, ev.validate])
def test_errors_of_the_system_are_its_own(tmp_path, call):
    missing = tmp_path / "missing.raw"
    with pytest.raises(FileNotFoundError) as caught:
        call(missing)
    assert caught.value.filename == str(missing)
    with pytest.raises(IsADirectoryError):
        call(tmp_path)
    assert not Path("missing.raw").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_forbidden_file_is_a_permission_error(sample, tmp_path):
    locked = tmp_path / "locked.raw"
    locked.write_bytes(sample.read_bytes())
    locked.chmod(0)
    with pytest.raises(PermissionError):
        ev.open(locked)


def copies(sample, folder, names):
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(sample.read_bytes())
    return folder


def test_read_takes_patterns_and_lists_as_scan_does(sample, tmp_path):
    folder = copies(sample, tmp_path / "a b", ["2.raw", "1.raw", "3.raw"])
    one = ev.read(sample)
    assert ev.read(f"{folder}/*.raw").equals(pl.concat([one] * 3))
    assert ev.read([folder / "1.raw", str(folder / "2.raw")]).height == 2 * one.height
    assert ev.read(f"{folder}/1*").equals(one)
    for how in ({"start": 2000, "end": 5000}, {"region": (3, 4, 9, 40)}, {"polarity": 1}):
        part = ev.read(sample, **how)
        assert ev.read(f"{folder}/*.raw", **how).equals(pl.concat([part] * 3))
    assert ev.read(f"{folder}/*.raw", columns=["t"], limit=one.height + 5).equals(
        pl.concat([one, one.head(5)]).select("t")
    )
    both = ev.read(f"{folder}/*.raw", stream=["events", "triggers"])
    assert both["events"].height == 3 * one.height
    assert both["triggers"].height == 3 * ev.read(sample, stream="triggers").height
    with pytest.raises(FileNotFoundError, match="no file matches"):
        ev.read(f"{folder}/*.h5")
    with pytest.raises(FileNotFoundError, match="a pattern is for scan, read and load_events"):
        ev.open(f"{folder}/*.raw")


@pytest.mark.parametrize("call", [ev.open, ev.scan, ev.read, ev.load_events])
def test_a_folder_is_an_error_that_names_what_is_in_it(sample, tmp_path, call):
    folder = copies(sample, tmp_path / "drive", ["b.raw", "a.raw", "c.raw", "notes.md", "d.raw"])
    with pytest.raises(IsADirectoryError) as caught:
        call(folder)
    assert caught.value.filename == str(folder)
    said = str(caught.value)
    assert "with a.raw, b.raw, c.raw and 1 more: pass one" in said
    assert f"{folder}/*.raw" in said
    (tmp_path / "empty").mkdir()
    with pytest.raises(IsADirectoryError, match="without recordings"):
        call(tmp_path / "empty")


def test_the_only_sensor_has_its_name_and_no_other(sample, tmp_path):
    with ev.open(sample) as rec:
        known = rec.metadata.get("evarrow.sensor"), rec.metadata.get("evarrow.serial_number")
        rows = len(rec)
    for name in filter(None, known):
        assert len(ev.open(sample, sensor=name)) == rows
    with pytest.raises(ev.FormatError, match="no events of sensor 'left'"):
        ev.open(sample, sensor="left")
    with pytest.raises(ev.FormatError, match="has no name there: leave out sensor="):
        ev.open(b"t,x,y,p\n1,2,3,1\n", sensor="left")
    named = b"% evt 2.0\n% sensor_name IMX636\n% serial_number 00042\n% end\n"
    for name in ("IMX636", "00042"):
        assert len(ev.open(named, sensor=name)) == 0
    with pytest.raises(ev.FormatError, match="is called IMX636, 00042"):
        ev.open(named, sensor="imx")
    for ending in ("npz", "npy", "parquet", "arrow"):
        ev.write(ev.read(sample), tmp_path / f"a.{ending}", resolution=(64, 48))
        with pytest.raises(ev.FormatError, match="no events of sensor 'left'"):
            ev.open(tmp_path / f"a.{ending}", sensor="left")
