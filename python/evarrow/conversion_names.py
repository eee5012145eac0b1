# SPDX-License-Identifier: Apache-2.0
"""Which files a conversion of many reads, and what it writes them to."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from evarrow.format_list import formats
from evarrow.sources import PACKED

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Job", "find_jobs"]


@dataclass(frozen=True)
class Job:
    """One file of many: what is read and what is written."""

    source: Path
    target: Path


def find_jobs(
    sources: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    folder: str | os.PathLike[str],
    format: str,  # noqa: A002
) -> list[Job]:
    """Return what is converted to what; below the first wildcard of a pattern, folders are kept.

    Raises
    ------
    OSError
        If the one file is not there or a pattern matches none. Of several files that are named, one
        that is not there fails when its turn comes.
    ValueError
        If two files would get one name, or a file is to be written onto one that is read.
    """
    patterns = [sources] if isinstance(sources, (str, os.PathLike)) else list(sources)
    endings = next(one.extensions for one in formats() if one.name == format)
    ending = f".{format}" if f".{format}" in endings else endings[0]
    found: dict[Path, Path] = {}
    for pattern in patterns:
        for source, below in _match(os.fsdecode(pattern), alone=len(patterns) == 1):
            found.setdefault(source, Path(folder) / below.with_name(_stem(below.name) + ending))
    jobs = [Job(source, target) for source, target in found.items()]
    if not jobs:
        message = "there is nothing to convert: no file was named"
        raise ValueError(message)
    _check_names(jobs)
    return jobs


def _match(pattern: str, *, alone: bool) -> list[tuple[Path, PurePath]]:
    """Return the files that a pattern stands for, and where each is below its fixed part."""
    path = Path(pattern)
    if path.is_dir():
        message = "a folder: name its files with a pattern, such as " + repr(str(path / "**/*.raw"))
        raise IsADirectoryError(21, message, pattern)
    if path.exists() or not glob.has_magic(pattern):
        if alone:
            path.stat()
        return [(path, PurePath(path.name))]
    fixed = Path()
    for part in path.parts[:-1]:
        if glob.has_magic(part):
            break
        fixed /= part
    matches = (Path(name) for name in sorted(glob.glob(pattern, recursive=True)))  # noqa: PTH207
    files = [one for one in matches if one.is_file()]
    if not files:
        message = "no file matches the pattern"
        raise FileNotFoundError(2, message, pattern)
    return [(one, one.relative_to(fixed)) for one in files]


def _stem(name: str) -> str:
    if name.lower().endswith(PACKED):
        name = PurePath(name).stem
    return PurePath(name).stem


def _check_names(jobs: list[Job]) -> None:
    sources = {os.path.realpath(job.source): job for job in jobs}
    targets: dict[str, Job] = {}
    for job in jobs:
        target = os.path.realpath(job.target)
        first = targets.setdefault(target, job)
        if first is not job:
            message = (
                f"{first.source} and {job.source} would both become {job.target}: "
                "convert them into folders of their own"
            )
            raise ValueError(message)
        if target in sources:
            message = f"{job.source} would be written onto {job.target}, which is read as well"
            raise ValueError(message)
