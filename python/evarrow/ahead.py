# SPDX-License-Identifier: Apache-2.0
"""Iterators that several threads work on ahead of who consumes them."""

from __future__ import annotations

import itertools
import queue
import threading
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["run_ahead"]

T = TypeVar("T")

_DEPTH = 2  # items that a job may be ahead
_PATIENCE = 0.1  # seconds after which a thread looks whether it is still wanted
_END = object()


def run_ahead(jobs: Sequence[Callable[[], Iterable[T]]], threads: int) -> Iterator[T]:
    """Give the items of all jobs, job after job, while the next ones are made by threads.

    At most `threads` jobs are under way, each a few items ahead. What a job raises is raised in
    its turn. With one thread, or one job, no thread is started.
    """
    if threads <= 1 or len(jobs) <= 1:
        for job in jobs:
            yield from job()
        return
    ahead = _Ahead(jobs)
    workers = [
        threading.Thread(target=ahead.work, name="evarrow-ahead", daemon=True)
        for _ in range(min(threads, len(jobs)))
    ]
    for worker in workers:
        worker.start()
    try:
        for items in ahead.queues:
            while (item := items.get()) is not _END:
                if isinstance(item, _Raised):
                    raise item.error
                yield item
    finally:
        ahead.stopped.set()
        for worker in workers:
            worker.join()


class _Raised:
    """What a job has raised."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


class _Ahead:
    """Jobs, of which each thread takes the next one that nobody has taken."""

    def __init__(self, jobs: Sequence[Callable[[], Iterable[Any]]]) -> None:
        self._jobs = jobs
        self._next = itertools.count()  # taking from it is atomic
        self.queues: list[queue.Queue[Any]] = [queue.Queue(_DEPTH) for _ in jobs]
        self.stopped = threading.Event()

    def work(self) -> None:
        """Do one job after the other."""
        while not self.stopped.is_set():
            at = next(self._next)
            if at >= len(self._jobs):
                return
            try:
                for item in self._jobs[at]():
                    if not self._put(at, item):
                        return
                self._put(at, _END)
            except BaseException as error:
                self._put(at, _Raised(error))

    def _put(self, at: int, item: Any) -> bool:
        while not self.stopped.is_set():
            try:
                self.queues[at].put(item, timeout=_PATIENCE)
            except queue.Full:
                continue
            return True
        return False
