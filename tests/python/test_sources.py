# SPDX-License-Identifier: Apache-2.0
import gzip
import io
import mmap
import os
import threading
from pathlib import Path

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
