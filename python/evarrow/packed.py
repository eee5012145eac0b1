# SPDX-License-Identifier: Apache-2.0
"""Recordings wrapped in gzip, zstd, xz, bzip2 or a zip archive of one file.

They are unpacked once, into a file without a name in the folder for temporary files, so that
windows and a second pass cost what they cost elsewhere, and memory stays bounded.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import sys
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import PurePath
from typing import IO, TYPE_CHECKING, cast

from evarrow.errors import FormatError
from evarrow.openers import Opener, opener_of_file

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["check_growth", "copy_bounded", "has_arrays", "unpack"]

_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xfd7zXZ\x00": "xz",
    b"BZh": "bzip2",
    b"PK\x03\x04": "zip",
}
_DAMAGE = (
    EOFError, OSError, NotImplementedError,
    lzma.LZMAError, zipfile.BadZipFile, zlib.error, zstd.ZstdError,
)  # fmt: skip
_PIECE = 1 << 20
# What is unpacked may be this many times as large, or a gigabyte: recordings are far from that.
_MOST_GROWTH = 1100
_MOST_ANYWAY = 1 << 30


def has_arrays(archive: zipfile.ZipFile) -> bool:
    """Return whether a zip archive is one of NumPy's, which is a recording as it is."""
    return any(one.filename.endswith(".npy") for one in archive.infolist())


def unpack(opener: Opener) -> Opener:
    """Return what is wrapped; the same if nothing is.

    Raises
    ------
    FormatError
        If the wrapper is damaged, holds more than one file, or far more than it should.
    """
    kind = _kind(opener.head())
    if kind is None:
        return opener
    with opener.file() as file:
        assert file is not None
        packed_size = file.seek(0, os.SEEK_END)
        file.seek(0)
        try:
            if kind == "zip" and has_arrays(zipfile.ZipFile(file)):
                return opener
            with _opened(file, kind, opener.name) as (inner, name):
                unpacked = _unpacked(inner, packed_size, opener.name)
                return opener_of_file(unpacked, name, temporary=True)
        except _DAMAGE as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # of the operating system: no space, say
            message = f"{opener.name} cannot be unpacked: its {kind} is damaged ({error})"
            raise FormatError(message) from None


def _unpacked(inner: IO[bytes], packed_size: int, name: str) -> IO[bytes]:
    """Return a temporary file, open at its front, with all that `inner` gives."""
    file: IO[bytes] = tempfile.TemporaryFile(prefix="evarrow-", buffering=0)  # noqa: SIM115
    try:
        copy_bounded(inner, file, packed_size, name)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def check_growth(name: str, packed_size: int, size: int) -> None:
    """Refuse to unpack what becomes far more than a recording can.

    Raises
    ------
    FormatError
        If `packed_size` bytes cannot become `size`.
    """
    most = max(_MOST_ANYWAY, packed_size * _MOST_GROWTH)
    if size > most:
        message = (
            f"{name} is not unpacked: its {packed_size:,} bytes become more than {most:,}, "
            "which no recording does"
        )
        raise FormatError(message)


def copy_bounded(inner: IO[bytes], to: IO[bytes], packed_size: int, name: str) -> None:
    """Copy all that `inner` gives, unless that is far more than can be."""
    written = 0
    while piece := inner.read(_PIECE):
        written += len(piece)
        check_growth(name, packed_size, written)
        to.write(piece)


def _kind(head: bytes) -> str | None:
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)


@contextmanager
def _opened(file: IO[bytes], kind: str, name: str) -> Iterator[tuple[IO[bytes], str]]:
    """Open the content of a wrapper, and say what it is called."""
    inner_name = f"{name}:{PurePath(name).stem}"
    if kind == "gzip":
        with gzip.GzipFile(fileobj=file) as inner:
            yield cast("IO[bytes]", inner), inner_name
    elif kind == "xz":
        with lzma.LZMAFile(file) as inner:
            yield inner, inner_name
    elif kind == "bzip2":
        with bz2.BZ2File(file) as inner:
            yield inner, inner_name
    elif kind == "zip":
        with zipfile.ZipFile(file) as archive:
            member = _only_member(archive, name)
            with archive.open(member) as inner:
                yield inner, f"{name}:{member.filename}"
    else:
        with zstd.ZstdFile(file) as inner:
            yield cast("IO[bytes]", inner), inner_name


def _is_of_finder(member: zipfile.ZipInfo) -> bool:
    """Return whether a member is what macOS adds to archives."""
    path = PurePath(member.filename)
    return path.parts[0] == "__MACOSX" or path.name == ".DS_Store"


def _only_member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    members = [one for one in archive.infolist() if not (one.is_dir() or _is_of_finder(one))]
    if len(members) != 1:
        names = ", ".join(one.filename for one in members[:10])
        message = (
            f"{name} is an archive of {len(members)} files ({names}): one recording is read at a "
            "time, so unpack it first"
        )
        raise FormatError(message)
    if members[0].flag_bits & 1:
        message = f"{name} is encrypted: unpack it first"
        raise FormatError(message)
    return members[0]
