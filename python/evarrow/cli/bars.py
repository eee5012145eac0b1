# SPDX-License-Identifier: Apache-2.0
"""Progress bars of many files, drawn with rich."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evarrow.conversion_names import Job
    from evarrow.conversions import Conversion

__all__ = ["bars"]


class _Bars:
    """A bar for each file that is under way, and one for all by their sizes."""

    def __init__(self, drawn: Progress, jobs: list[Job]) -> None:
        self._drawn = drawn
        self._lock = threading.Lock()
        self._sizes = {job: max(job.source.stat().st_size, 1) for job in jobs}
        self._tasks: dict[Job, TaskID] = {}
        self._ended = 0
        self._all = drawn.add_task(f"0 of {len(jobs)} files", total=sum(self._sizes.values()))
        self._shares = dict.fromkeys(jobs, 0.0)

    def begin(self, job: Job) -> None:
        with self._lock:
            self._tasks[job] = self._drawn.add_task(job.source.name, total=1.0)

    def move(self, job: Job, share: float) -> None:
        with self._lock:
            self._drawn.update(self._tasks[job], completed=share)
            self._move_all(job, share)

    def end(self, job: Job, done: Conversion) -> None:
        with self._lock:
            self._drawn.remove_task(self._tasks.pop(job))
            self._ended += 1
            self._move_all(job, 1.0)
            if done.state == "failed":
                self._drawn.console.print(f"failed: {job.source}", markup=False, highlight=False)

    def _move_all(self, job: Job, share: float) -> None:
        self._drawn.advance(self._all, (share - self._shares[job]) * self._sizes[job])
        self._shares[job] = share
        text = f"{self._ended} of {len(self._sizes)} files"
        self._drawn.update(self._all, description=text)


@contextlib.contextmanager
def bars(jobs: list[Job]) -> Iterator[_Bars]:
    """Draw bars on standard error."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as drawn:
        yield _Bars(drawn, jobs)
