# SPDX-License-Identifier: Apache-2.0
"""Folders of ROS 2: a file `metadata.yaml` and a recording in one or more parts."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

__all__ = ["only_part", "parts_of"]

# The number of a part comes after the name of the recording; each may be compressed as a whole.
_PART = re.compile(r"((?:.*_)?(\d+)\.(?:mcap|db3))(\.zstd?)?")
# The one list of the file that names the parts; what is quoted is quoted as in JSON.
_LIST = re.compile(r"^ *relative_file_paths:[ \t]*\n((?: *- .*\n?)+)", re.MULTILINE)
_MOST_METADATA = 1 << 20  # bytes


def parts_of(path: str) -> list[str]:
    """Return the parts of a recording in the order in which they were made; none if it is none.

    Raises
    ------
    FileNotFoundError
        If one that its metadata names is missing.
    """
    folder = Path(path)
    metadata = folder / "metadata.yaml"
    if not metadata.is_file():
        return []
    with metadata.open(encoding="utf-8", errors="replace") as file:
        listed = _LIST.search(file.read(_MOST_METADATA))
    if listed is None:
        return _numbered(folder)
    names = [line.strip()[2:].strip().strip("\"'") for line in listed[1].splitlines()]
    return [os.fspath(_found(folder, name)) for name in names]


def _found(folder: Path, name: str) -> Path:
    """Return where a part is; metadata of old recordings has its path in another folder."""
    packed = [ending for ending in (".zstd", ".zst") if name.endswith(ending)]
    plain = name.removesuffix(packed[0]) if packed else name
    for one in (plain, f"{plain}.zstd", f"{plain}.zst", Path(plain).name):
        if (folder / one).is_file():
            return folder / one
    text = f"{os.strerror(errno.ENOENT)}: metadata.yaml names it as a part of the recording"
    raise FileNotFoundError(errno.ENOENT, text, os.fspath(folder / name))


def _numbered(folder: Path) -> list[str]:
    found: dict[tuple[int, str], Path] = {}
    for one in sorted(folder.iterdir()):  # what is not compressed first
        match = _PART.fullmatch(one.name)
        if match is not None:
            found.setdefault((int(match[2]), match[1]), one)
    return [os.fspath(found[key]) for key in sorted(found)]


def only_part(path: str) -> str:
    """Return what is opened for `path`: the one part, if it is such a folder, or itself.

    Raises
    ------
    FileNotFoundError
        If a part is missing.
    IsADirectoryError
        If there are several.
    """
    parts = parts_of(path)
    if len(parts) > 1:
        message = (
            f"{path} is a ROS 2 recording in {len(parts)} parts, {Path(parts[0]).name} to "
            f"{Path(parts[-1]).name}: scan, read and load_events take them as one, open takes one"
        )
        raise IsADirectoryError(errno.EISDIR, message, path)
    return parts[0] if parts else path
