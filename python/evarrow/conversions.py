# SPDX-License-Identifier: Apache-2.0
"""Many recordings into a folder: at the same time, and again from where it stopped."""

from __future__ import annotations

import os
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from evarrow import _core
from evarrow.conversion_names import Job, find_jobs
from evarrow.converting import Outcome, convert_recording
from evarrow.manifest import Manifest
from evarrow.options import check_options
from evarrow.recording import open_recording
from evarrow.selection import to_scan_arguments
from evarrow.targets import target_format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Unpack

    from evarrow.losses import OnLoss
    from evarrow.options import OpenOptions
    from evarrow.selection import Selection
    from evarrow.times import Region, Time

__all__ = ["Conversion", "Observer", "Together", "convert_all", "convert_jobs"]


@dataclass(frozen=True)
class Conversion:
    """What became of one of many files.

    Attributes
    ----------
    source, target : str
        What was read and what was written.
    state : {"converted", "kept", "failed"}
        "kept": it had been converted before, from the same content with the same options.
    events, bytes : int
        Of the new file; 0 events where it was kept.
    faults : dict of str to (int, int or None)
        What was wrong with the recording: by kind, how often and the byte offset of the first.
    warnings : tuple of str
        What was stepped over or left out, in sentences.
    error : Exception or None
        Why it failed.
    """

    source: str
    target: str
    state: str
    events: int = 0
    bytes: int = 0
    faults: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    error: Exception | None = None


class Observer(Protocol):
    """Who is told how a conversion of many files goes on; from several threads."""

    def begin(self, job: Job) -> None:
        """Hear that a file is begun."""

    def move(self, job: Job, share: float) -> None:
        """Hear how much of a file is done, 0 to 1."""

    def end(self, job: Job, done: Conversion) -> None:
        """Hear what became of a file."""


def convert_all(
    sources: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    folder: str | os.PathLike[str],
    *,
    format: str,  # noqa: A002
    jobs: int | None = None,
    start: Time | None = None,
    end: Time | None = None,
    region: Region | None = None,
    polarity: int | None = None,
    stream: str = "events",
    overwrite: bool = False,
    compression: str | None = None,
    compression_level: int | None = None,
    on_loss: OnLoss = None,
    progress: Callable[[float], object] | None = None,
    **options: Unpack[OpenOptions],
) -> list[Conversion]:
    """Convert many recordings into a folder; those that are there already are not done again.

    A hidden file in the folder, ``.evarrow.jsonl``, records what was made from what. A file counts
    as done if its recording has the size, the time of change, the beginning and the end that it
    had, if it was converted by the same version with the same options, and if it is still as it
    was written. So a call that was killed can be made again.

    Parameters
    ----------
    sources : str, os.PathLike or iterable of them
        Recordings, or patterns such as "raw/**/*.raw"; the folders below the first wildcard are
        kept.
    folder : str or os.PathLike
        Where they are written, under their names with the ending of the format.
    format : str
        Name of the new format.
    jobs : int, optional
        How many are converted at the same time; by default one for each two processors.
    start, end, region, polarity
        Which events are kept, see `convert`.
    stream : str
        Which stream is written, see `convert`.
    overwrite : bool
        Whether files that are there, and were not made by the same call, are replaced.
    compression, compression_level
        How the content is compressed, see `convert`.
    on_loss : {"raise", "warn"}, optional
        What happens if the new format cannot hold something, see `convert`.
    progress : callable, optional
        Called now and then with the share of all that is done, 0 to 1.
    **options
        How they are opened, see `ReadOptions`; by default with ``sort=False``.

    Returns
    -------
    list of Conversion
        In the order of the files. An error in one does not keep the others from their turn.

    Raises
    ------
    OSError
        If a file or a match of a pattern is not there, or the folder cannot be written.
    ValueError
        If the format cannot be written or two files would get the same name.

    Examples
    --------
    >>> [done] = ev.convert_all([path], tmp_path / "all", format="dat", jobs=2)
    >>> done.state, done.events == len(ev.open(path))
    ('converted', True)
    >>> [one.state for one in ev.convert_all([path], tmp_path / "all", format="dat")]
    ['kept']
    """
    found = find_jobs(sources, folder, target_format("", format))
    chosen: Selection = {"start": start, "end": end, "region": region, "polarity": polarity}
    observer = Together(progress, found)
    other = {} if stream == "events" else {"stream": stream}
    done = convert_jobs(
        found,
        folder,
        chosen=chosen,
        format=format,
        workers=jobs,
        overwrite=overwrite,
        on_loss=on_loss,
        options=dict(options),
        packing={"compression": compression, "compression_level": compression_level, **other},
        observer=observer,
    )
    by_source = {one.source: one for one in done}
    return [by_source[str(job.source)] for job in found]


def convert_jobs(
    jobs: list[Job],
    folder: str | os.PathLike[str],
    *,
    chosen: Selection,
    format: str,  # noqa: A002
    workers: int | None,
    overwrite: bool,
    on_loss: OnLoss,
    options: dict[str, Any],
    observer: Observer,
    packing: dict[str, Any] | None = None,
) -> Iterator[Conversion]:
    """Convert files, and yield what became of each when it is known."""
    reading = {"sort": False, **options}
    check_options(reading)
    binary = reading.get("polarity_type") == "binary"
    how = to_scan_arguments(chosen, binary=binary) | reading
    how |= {"format": options.get("format"), "to": format, "on_loss": on_loss}
    packing = packing or {}
    Path(folder).mkdir(parents=True, exist_ok=True)
    count = min(_count(workers), len(jobs))
    reading.setdefault("threads", max(_core.thread_count() // count, 1))
    with Manifest(Path(folder)) as manifest:
        manifest.remove_unfinished([job.target for job in jobs])
        work = _Work(
            manifest,
            chosen,
            format,
            overwrite,
            on_loss,
            reading,
            _plain(how | packing),
            packing,
            observer,
        )
        yield from _run(work, jobs, count)


def _count(workers: int | None) -> int:
    if workers is None:
        return max(_core.thread_count() // 2, 1)
    if workers < 1:
        message = f"jobs must be at least 1, not {workers!r}"
        raise ValueError(message)
    return workers


def _plain(options: dict[str, Any]) -> dict[str, Any]:
    """Return options as they come back out of a file of JSON, without those that say nothing."""
    import json

    given = {name: value for name, value in options.items() if value is not None}
    given.pop("threads", None)
    plain: dict[str, Any] = json.loads(json.dumps(given, sort_keys=True, default=str))
    return plain


def _run(work: _Work, jobs: list[Job], count: int) -> Iterator[Conversion]:
    with ThreadPoolExecutor(count, thread_name_prefix="evarrow-convert") as pool:
        waiting = iter(jobs)
        running: set[Future[Conversion]] = set()
        try:
            while True:
                # Only as many as run are handed out, so that an interruption ends it soon.
                while len(running) < count and (job := next(waiting, None)) is not None:
                    running.add(pool.submit(work, job))
                if not running:
                    return
                ended, running = wait(running, return_when=FIRST_COMPLETED)
                for one in ended:
                    yield one.result()
        finally:
            work.stop.set()


class _Stopped(BaseException):
    """The whole conversion is over: a file that is under way is given up."""


@dataclass
class _Work:
    """What is done with each file."""

    manifest: Manifest
    chosen: Selection
    format: str
    overwrite: bool
    on_loss: OnLoss
    reading: dict[str, Any]
    how: dict[str, Any]
    packing: dict[str, Any]
    observer: Observer
    stop: threading.Event = field(default_factory=threading.Event)

    def __call__(self, job: Job) -> Conversion:
        self.observer.begin(job)
        try:
            done = self._convert(job)
        except Exception as error:
            done = Conversion(str(job.source), str(job.target), "failed", error=error)
        self.observer.end(job, done)
        return done

    def _convert(self, job: Job) -> Conversion:
        source_name, target_name = str(job.source), str(job.target)
        if self.manifest.is_done(job.target, job.source, self.how):
            size = job.target.stat().st_size
            return Conversion(source_name, target_name, "kept", bytes=size)
        replace = self.overwrite or self.manifest.is_left_over(job.target)
        if os.path.lexists(job.target) and not replace:
            message = (
                "there is a file of this name that was not made from this recording in this way; "
                "pass overwrite=True to replace it"
            )
            raise FileExistsError(17, message, str(job.target))
        job.target.parent.mkdir(parents=True, exist_ok=True)
        self.manifest.begin(job.target, job.source, self.how)
        try:
            outcome = self._pass(job, replace=replace)
        except BaseException:
            self.manifest.give_up(job.target)
            raise
        self.manifest.finish(job.target, job.source, self.how)
        return Conversion(
            source_name,
            target_name,
            "converted",
            events=outcome.events,
            bytes=job.target.stat().st_size,
            faults=outcome.faults,
            warnings=outcome.warnings,
        )

    def _pass(self, job: Job, *, replace: bool) -> Outcome:
        with open_recording(job.source, **self.reading) as recording:
            return convert_recording(
                recording,
                job.target,
                self.chosen,
                format=self.format,
                resolution=None,
                overwrite=replace,
                on_loss=self.on_loss,
                progress=lambda share: self._move(job, share),
                **self.packing,
            )

    def _move(self, job: Job, share: float) -> None:
        if self.stop.is_set():
            raise _Stopped
        self.observer.move(job, share)


class Together:
    """Files in progress as one share of all, by their sizes."""

    def __init__(self, progress: Callable[[float], object] | None, jobs: list[Job]) -> None:
        self._progress = progress
        # What is not there fails when its turn comes.
        self._sizes = {
            job: max(job.source.stat().st_size if job.source.exists() else 0, 1) for job in jobs
        }
        self._shares: dict[Job, float] = {}
        self._lock = threading.Lock()

    def begin(self, job: Job) -> None:
        """Count a file as begun."""
        self.move(job, 0.0)

    def end(self, job: Job, done: Conversion) -> None:  # noqa: ARG002
        """Count a file as done, whatever became of it."""
        self.move(job, 1.0)

    def move(self, job: Job, share: float) -> None:
        """Count a part of a file as done."""
        if self._progress is None:
            return
        with self._lock:
            self._shares[job] = share
            done = sum(self._sizes[one] * part for one, part in self._shares.items())
            self._progress(min(done / sum(self._sizes.values()), 1.0))
