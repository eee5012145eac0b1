# SPDX-License-Identifier: Apache-2.0
"""Folders of ROS 2: a file `metadata.yaml` and a recording in one or more parts."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

__all__ = ["only_part", "parts_of"]

# The number of a part comes after the name of the recording; each may be compressed as a whole.
_PART = re.compile(r"(?:.*_)?(\d+)\.(?:mcap|db3)(?:\.zstd?)?")


def parts_of(path: str) -> list[str]:
    """Return the parts of a recording in the order in which they were made; none if it is none."""
    folder = Path(path)
    if not (folder / "metadata.yaml").is_file():
        return []
    numbered = [(_PART.fullmatch(one.name), one) for one in folder.iterdir()]
    return [
        os.fspath(one)
        for _, one in sorted((int(found[1]), one) for found, one in numbered if found)
    ]


def only_part(path: str) -> str:
    """Return what is opened for `path`: the one part, if it is such a folder, or itself.

    Raises
    ------
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
