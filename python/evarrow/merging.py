# SPDX-License-Identifier: Apache-2.0
"""Several recordings into one."""

from __future__ import annotations

import contextlib
import os
import warnings
from typing import TYPE_CHECKING, Any

from evarrow.companions import Companions
from evarrow.converting import carried, check_apart, leave_out
from evarrow.errors import EvarrowWarning
from evarrow.events import from_arrays
from evarrow.losses import Losses
from evarrow.openers import MEMORY
from evarrow.recording import Recording, open_recording
from evarrow.targets import open_sink, pour, resolution_of, target_format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Unpack

    from numpy.typing import NDArray

    from evarrow._core import EventBatch
    from evarrow.losses import OnLoss
    from evarrow.options import DecodeOptions
    from evarrow.sources import Source
    from evarrow.targets import Target

__all__ = ["merge"]


def merge(
    sources: Iterable[Source | Recording],
    target: Target,
    *,
    format: str | None = None,  # noqa: A002
    resolution: tuple[int, int] | None = None,
    concat: bool = False,
    shift: bool = False,
    overwrite: bool = False,
    on_loss: OnLoss = None,
    progress: Callable[[float], object] | None = None,
    **options: Unpack[DecodeOptions],
) -> int:
    """Merge recordings of one sensor, or of sensors with one clock, into a new recording.

    Events come in order of time, those of one time in the order of the sources; triggers,
    samples of an IMU and frames too. The memory needed does not depend on how long the recordings
    are.

    Parameters
    ----------
    sources : iterable of str, os.PathLike, bytes-like, binary file or Recording
        What is merged. The header of the new file is that of the first.
    target : str, os.PathLike or binary file
        What to write.
    format : str, optional
        Name of the new format; by default what the ending of the name says.
    resolution : (int, int), optional
        Width and height of the sensor, pixels, in place of what the headers say.
    concat : bool
        Whether the recordings follow one another instead, in the order of `sources`.
    shift : bool
        With `concat`: whether the times of each recording are moved so that it begins 1 us behind
        the last event of the one before. Without it, one that begins earlier is refused.
    overwrite : bool
        Whether a file of that name is replaced.
    on_loss : {"raise", "warn"}, optional
        What happens if the new format cannot hold something, see `convert`.
    progress : callable, optional
        Called now and then with the share done, 0 to 1.
    **options
        How the sources are read, see `ReadOptions`.

    Returns
    -------
    int
        How many events were written.

    Raises
    ------
    OSError, FormatError, DamagedError
        As `open` and `scan`.
    TypeError
        If `sources` is a single recording.
    ValueError
        If the sensors are not of one size, if a recording begins before the end of the one that
        it follows, or as `convert`.

    Examples
    --------
    >>> left = ev.convert(path, tmp_path / "left.raw", region=(0, 0, 32, 48))
    >>> right = ev.convert(path, tmp_path / "right.raw", region=(32, 0, 64, 48))
    >>> parts = [tmp_path / "left.raw", tmp_path / "right.raw"]
    >>> ev.merge(parts, tmp_path / "both.raw") == left + right
    True
    """
    if isinstance(sources, (str, os.PathLike, Recording, *MEMORY)):
        message = "sources is a list of recordings, such as ['a.raw', 'b.raw'], not a single one"
        raise TypeError(message)
    if shift and not concat:
        message = "shift=True moves recordings behind one another: pass concat=True as well"
        raise ValueError(message)
    with contextlib.ExitStack() as stack:
        recordings = [_open(source, options, stack) for source in sources]
        if not recordings:
            message = "there is nothing to merge: no recording was named"
            raise ValueError(message)
        for recording in recordings:
            check_apart(recording, target)
        size = resolution_of(None, resolution) or _common_size(recordings)
        name = target_format(target, format, recordings[0])
        losses = Losses(on_loss, name)
        tracks = [_Track(recording, losses) for recording in recordings]
        merged = _Merged(tracks, progress)
        streams = sorted({stream for one in recordings for stream in carried(one)})
        sink = open_sink(target, name, size, recordings[0], overwrite=overwrite, streams=streams)
        sink = losses.watch(sink)
        for recording in recordings:
            leave_out(recording, sink, losses)
        rows = merged.one_after_another(shift=shift) if concat else merged.by_time()
        written = pour(rows, sink, merged.companions)
        told = [sentence for track in tracks for sentence in track.warnings]
        for sentence in (*told, *losses.sentences(sink)):
            warnings.warn(sentence, EvarrowWarning, stacklevel=2)
    return written


def _open(source: Any, options: Any, stack: contextlib.ExitStack) -> Recording:
    if isinstance(source, Recording):
        if options:
            message = "an open recording has its options already; pass them to evarrow.open"
            raise TypeError(message)
        return source
    return stack.enter_context(open_recording(source, **options))


def _common_size(recordings: Sequence[Recording]) -> tuple[int, int] | None:
    known = [one for one in recordings if one.resolution is not None]
    for one in known[1:]:
        if one.resolution != known[0].resolution:
            message = (
                f"{known[0].name} is of a sensor of {known[0].resolution} pixels and {one.name} "
                f"of one of {one.resolution}: pass resolution=(width, height) to merge them"
            )
            raise ValueError(message)
    return known[0].resolution if known else None


class _Track:
    """One of the recordings: the events of its current batch that wait, and what goes along."""

    def __init__(self, recording: Recording, losses: Losses) -> None:
        self.name = recording.name
        self._losses = losses
        self._also = [stream for stream in recording.streams if stream != "events"]
        self.reader = recording.core_scan("events", {}, also=self._also).open()
        self.companions = Companions(recording)
        self.batch: EventBatch | None = None

    def advance(self) -> bool:
        """Take the next batch; False if there is none."""
        batch: Any = self.reader.next()
        self.batch = batch
        for stream in self._also:
            rows = self.reader.take(stream)
            if self._losses.takes(stream, rows.t):
                self.companions.add(stream, rows)
        return batch is not None

    @property
    def warnings(self) -> list[str]:
        """What was met on the way, in sentences."""
        return [*self.reader.report.warnings, *self.companions.warnings]

    def cut(self, end: int) -> list[NDArray[Any]]:
        """Take the events before number `end`: their x, y, t and polarity."""
        assert self.batch is not None
        batch = self.batch
        columns: list[NDArray[Any]] = [batch.x, batch.y, batch.t, batch.polarity]
        self.batch = None
        if end < len(batch):
            x, y, t, polarity = (column[end:] for column in columns)
            self.batch = from_arrays(x=x, y=y, t=t, polarity=polarity)
        return [column[:end] for column in columns]


class _Merged:
    """The events of several recordings as one, and what goes along with them."""

    def __init__(
        self, tracks: Sequence[_Track], progress: Callable[[float], object] | None
    ) -> None:
        self._tracks = tracks
        self._progress = progress
        self.companions = Companions()

    def by_time(self) -> Iterator[EventBatch]:
        """Yield all events in order of time, those of one time in the order of the recordings."""
        import numpy as np

        active = [track for track in self._tracks if track.advance()]
        while active:
            # Nothing that is still to come can belong before the end of the batch that ends first;
            # of batches that end at one time, that of the first recording.
            ends = [int(track.batch.t[-1]) for track in active if track.batch is not None]
            limit = min(ends)
            first = ends.index(limit)
            pieces = []
            for i, track in enumerate(active):
                assert track.batch is not None
                side: Any = "right" if i <= first else "left"
                pieces.append(track.cut(int(np.searchsorted(track.batch.t, limit, side=side))))
            columns = [np.concatenate(parts) for parts in zip(*pieces, strict=True)]
            order = np.argsort(columns[2], kind="stable")
            x, y, t, polarity = (column[order] for column in columns)
            self._merge(limit)
            yield from_arrays(x=x, y=y, t=t, polarity=polarity)
            active = [track for track in active if track.batch is not None or track.advance()]
            self._tell()
        self._merge(None)

    def one_after_another(self, *, shift: bool) -> Iterator[EventBatch]:
        """Yield the events of one recording after the other."""
        last: int | None = None
        before = ""
        for track in self._tracks:
            offset: int | None = None
            while track.advance():
                batch = track.batch
                assert batch is not None
                if offset is None:
                    offset = _offset(int(batch.t[0]), last, track.name, before, shift=shift)
                self.companions.add_all([track.companions], None, offset)
                last = int(batch.t[-1]) + offset
                yield _moved(batch, offset)
                self._tell()
            self.companions.add_all([track.companions], None, offset or 0)
            before = track.name

    def _merge(self, limit: int | None) -> None:
        self.companions.add_all([track.companions for track in self._tracks], limit)

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(sum(one.reader.share_done for one in self._tracks) / len(self._tracks))


def _offset(first: int, last: int | None, name: str, before: str, *, shift: bool) -> int:
    """Return what is added to the times of a recording that begins at `first`."""
    if last is None:
        return 0
    if shift:
        return last + 1 - first
    if first < last:
        message = (
            f"{name} begins at {first} us, before {before} ends at {last} us: pass shift=True to "
            "move its times behind, or merge by time"
        )
        raise ValueError(message)
    return 0


def _moved(batch: EventBatch, offset: int) -> EventBatch:
    if offset == 0:
        return batch
    return from_arrays(x=batch.x, y=batch.y, t=batch.t + offset, polarity=batch.polarity)
