# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evarrow import _core
from evarrow.recording import Recording, open_recording

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Unpack

    from evarrow.options import ReadOptions
    from evarrow.sources import Source

__all__ = ["Fault", "StreamSummary", "Validation", "survey", "validate"]


@dataclass(frozen=True)
class Fault:
    """One kind of malformed input.

    Attributes
    ----------
    count : int
        How often it was met.
    offset : int or None
        Byte offset in the file of the first; of what went through a filter, where its chunk or
        packet begins. None where the file has no such byte, as in a database.
    """

    count: int
    offset: int | None


@dataclass(frozen=True)
class StreamSummary:
    """How many rows of a stream there are, and when.

    Attributes
    ----------
    count : int
        Rows that can be read.
    time_range : (int, int) or None
        The least and the greatest of their times, microseconds; None if there are none.
    """

    count: int
    time_range: tuple[int, int] | None


@dataclass(frozen=True)
class Validation:
    """What `validate` found.

    Attributes
    ----------
    name : str
        The recording.
    format : str
        Name of its format.
    events : int
        How many there are.
    time_range : (int, int) or None
        Times of the first and the last event, microseconds.
    streams : dict of str to StreamSummary
        The same of the other streams that the format can hold, by name: "triggers", "imu", ...
    largest_step_back : int
        The longest step back in time, microseconds.
    faults : dict of str to Fault
        By kind: "before_clock", "unknown_word", "time_backwards", "out_of_sensor", "truncated",
        "wrong_encoding", "clock_reset", "corrupt", "bad_value"; of all streams.
    findings : tuple of str
        The same in sentences, in the order of the file.
    damaged : bool
        Whether reading rows of one of the streams raises `DamagedError` unless told otherwise. The
        pixels of frames are not looked at.
    """

    name: str
    format: str
    events: int
    time_range: tuple[int, int] | None
    streams: dict[str, StreamSummary]
    largest_step_back: int
    faults: dict[str, Fault]
    findings: tuple[str, ...]
    damaged: bool

    @property
    def ok(self) -> bool:
        """Whether nothing at all was found."""
        return not self.faults and not self.damaged

    @property
    def triggers(self) -> int:
        """How many triggers there are."""
        return self.streams["triggers"].count if "triggers" in self.streams else 0


def validate(
    source: Source | Recording,
    *,
    progress: Callable[[float], object] | None = None,
    **options: Unpack[ReadOptions],
) -> Validation:
    """Read a whole recording and report every kind of fault; damage does not raise.

    Parameters
    ----------
    source : str, os.PathLike, bytes-like, binary file or Recording
        What to look at.
    progress : callable, optional
        Called now and then with the share done, 0 to 1.
    **options
        See `ReadOptions`.

    Returns
    -------
    Validation

    Raises
    ------
    OSError, FormatError
        As `open`.

    Examples
    --------
    >>> ev.validate(path).ok
    True
    """
    if isinstance(source, Recording):
        if options:
            message = "an open recording has its options already; pass them to evarrow.open"
            raise TypeError(message)
        return _validate(source, progress)
    # What is met on opening is told, too.
    options.setdefault("on_error", "ignore")
    with open_recording(source, **options) as recording:
        return _validate(recording, progress)


def _validate(recording: Recording, progress: Any) -> Validation:
    found = _core.validate(recording.core, progress)
    faults = {kind: Fault(*fault) for kind, fault in found.pop("faults").items()}
    return Validation(
        name=recording.name,
        format=recording.format,
        streams=_summaries(found.pop("streams")),
        faults=faults,
        findings=tuple(found.pop("findings")),
        **found,
    )


def survey(recording: Recording) -> tuple[dict[str, StreamSummary], tuple[str, ...], bool]:
    """Return `streams`, `findings` and `damaged` of the streams beside the events alone."""
    found = _core.survey_streams(recording.core)
    return _summaries(found["streams"]), tuple(found["findings"]), found["damaged"]


def _summaries(found: dict[str, Any]) -> dict[str, StreamSummary]:
    return {name: StreamSummary(*one) for name, one in found.items()}
