# SPDX-License-Identifier: Apache-2.0
"""Recordings that are wrapped in gzip, zstd, xz, bzip2 or zip."""

import bz2
import gzip
import io
import lzma
import zipfile

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import evarrow as ev
from evarrow.packed import zstd


def zipped(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return file.getvalue()


WRAPPERS = {
    "gz": gzip.compress,
    "zst": zstd.compress,
    "xz": lzma.compress,
    "bz2": bz2.compress,
    "zip": lambda content: zipped(rec__raw=content),
}


@pytest.mark.parametrize("kind", WRAPPERS)
def test_a_wrapped_recording_is_read_like_the_recording(kind, sample, tmp_path):
    content = sample.read_bytes()
    path = tmp_path / f"rec.raw.{kind}"
    path.write_bytes(WRAPPERS[kind](content))
    want = ev.read(sample)
    assert_frame_equal(ev.read(path), want)
    assert_frame_equal(ev.scan(path).collect(), want)
    assert_frame_equal(ev.read(path.read_bytes()), want)
    with ev.open(path) as rec:
        assert rec.format == "evt3"
        assert rec.resolution == (64, 48)
        assert rec.time_range == ev.open(sample).time_range
    window = pl.col("t") < pl.duration(milliseconds=20)
    assert_frame_equal(ev.scan(path).filter(window).collect(), want.filter(window))


@pytest.mark.parametrize("kind", WRAPPERS)
def test_it_is_found_without_its_ending(kind, sample, tmp_path):
    path = tmp_path / "rec"
    path.write_bytes(WRAPPERS[kind](sample.read_bytes()))
    assert_frame_equal(ev.read(path), ev.read(sample))
    with path.open("rb") as file:
        assert_frame_equal(ev.read(file), ev.read(sample))


def test_the_ending_below_still_counts(tmp_path):
    words = b"".join(b"\3\5" + (1 << 23 | 10 * i).to_bytes(3, "big") for i in range(100))
    path = tmp_path / "a.BIN.gz"
    path.write_bytes(gzip.compress(words))
    with ev.open(path) as rec:
        assert rec.format == "nmnist"
        assert len(rec) == 100


def test_several_frames_one_behind_the_other(sample, tmp_path):
    content = sample.read_bytes()
    half = len(content) // 2
    for kind in ("gz", "zst", "xz", "bz2"):
        path = tmp_path / f"rec.raw.{kind}"
        path.write_bytes(WRAPPERS[kind](content[:half]) + WRAPPERS[kind](content[half:]))
        assert_frame_equal(ev.read(path), ev.read(sample))


@pytest.mark.parametrize("kind", WRAPPERS)
def test_a_damaged_wrapper_says_so(kind, sample, tmp_path):
    packed = WRAPPERS[kind](sample.read_bytes())
    path = tmp_path / f"rec.raw.{kind}"
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(ev.FormatError, match=f"rec.raw.{kind} cannot be unpacked"):
        ev.open(path)


def test_an_archive_of_several_files_names_them(tmp_path):
    path = tmp_path / "all.zip"
    path.write_bytes(zipped(a__raw=b"a", b__raw=b"b"))
    with pytest.raises(ev.FormatError, match=r"2 files \(a.raw, b.raw\)"):
        ev.open(path)


def test_what_macos_adds_to_archives_is_passed_over(sample, tmp_path):
    path = tmp_path / "rec.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("__MACOSX/._rec.raw", b"\0\5\x16\7")
        archive.writestr("rec.raw", sample.read_bytes())
        archive.writestr(".DS_Store", b"\0\0\0\1Bud1")
    assert_frame_equal(ev.read(path), ev.read(sample))


def test_what_is_inside_may_be_nothing_that_is_known(tmp_path):
    path = tmp_path / "x.raw.gz"
    path.write_bytes(gzip.compress(b"what is this"))
    with pytest.raises(ev.FormatError, match=r"x.raw.gz:x.raw cannot be read"):
        ev.open(path)


def test_a_wrapper_in_a_wrapper_is_read(sample, tmp_path):
    path = tmp_path / "rec.gz.gz"
    path.write_bytes(gzip.compress(gzip.compress(sample.read_bytes())))
    assert_frame_equal(ev.read(path), ev.read(sample))


def test_a_file_that_only_ends_so_is_read_as_it_is(sample, tmp_path):
    path = tmp_path / "rec.raw.gz"
    path.write_bytes(sample.read_bytes())
    assert_frame_equal(ev.read(path), ev.read(sample))


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("evarrow.packed._MOST_ANYWAY", 1 << 20)
    monkeypatch.setattr("evarrow.packed._MOST_GROWTH", 100)
    path = tmp_path / "bomb.raw.gz"
    path.write_bytes(gzip.compress(bytes(1 << 24)))
    with pytest.raises(ev.FormatError, match="become more than"):
        ev.open(path)


def test_a_path_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        ev.open(tmp_path / "no.raw.gz")
    (tmp_path / "dir.zip").mkdir()
    with pytest.raises(IsADirectoryError):
        ev.open(tmp_path / "dir.zip")
