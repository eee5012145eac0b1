# SPDX-License-Identifier: Apache-2.0
"""What a new file cannot hold of the old one, and what becomes of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from evarrow.events import from_arrays

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from evarrow._core import Batch, EventBatch

__all__ = ["Losses", "OnLoss"]

OnLoss: TypeAlias = Literal["raise", "warn"] | None
"""What becomes of what a target cannot hold: see `evarrow.convert`."""

_PLURALS = {"events", "triggers", "frames"}  # streams that are called as their rows are


class Losses:
    """The rows that a target does not get, counted by stream.

    Streams that it has no place for are named with `leave_out`. Single rows are left out and
    counted by the sink: events if `on_loss` allows it, others unless it forbids it. Rows of the
    streams in `wanted` are not left out by default.
    """

    def __init__(self, on_loss: OnLoss, target_format: str, wanted: Collection[str] = ()) -> None:
        if on_loss not in {None, "raise", "warn"}:
            message = f'on_loss must be "raise" or "warn", not {on_loss!r}'
            raise ValueError(message)
        self._on_loss = on_loss
        self._format = target_format
        self._wanted = wanted
        self._streams: dict[str, int] = {}

    def watch(self, sink: Any) -> Any:
        """Return what to write to: the sink, leaving out what does not fit if that is allowed."""
        if self._on_loss == "raise":
            return sink
        if hasattr(sink, "allow_loss"):
            every = self._on_loss == "warn"
            sink.allow_loss(of_events=every, wanted=[] if every else list(self._wanted))
            return sink
        return _Sieve(sink) if self._on_loss == "warn" else sink

    def leave_out(self, stream: str) -> None:
        """Count the rows of a stream from now on, or refuse the first of them."""
        self._streams.setdefault(stream, 0)

    def takes(self, stream: str, times: Sequence[int] | NDArray[Any]) -> bool:
        """Return whether rows of these times go to the target; those that do not are counted.

        Raises
        ------
        ValueError
            If they are to be written, and the target has no place for them.
        """
        if stream not in self._streams:
            return True
        default = "raise" if stream in self._wanted else "warn"
        if len(times) and (self._on_loss or default) == "raise":
            message = (
                f"row 0 of the {stream} (t = {int(times[0])} us) cannot be written: "
                f"{self._format} has no place for {stream}; "
                'pass on_loss="warn" to leave them out'
            )
            raise ValueError(message)
        self._streams[stream] += len(times)
        return False

    def sentences(self, sink: Any) -> list[str]:
        """Return what was left out, in sentences."""
        found = [
            f"{count} rows of the stream {stream!r} are not in the new file"
            for stream, count in self._streams.items()
            if count
        ]
        for stream, of_values, count, first in getattr(sink, "losses", ()):
            rows = f"{count} {stream}" if stream in _PLURALS else f"{count} rows of the {stream}"
            found.append(f"{rows} are not {'whole ' * of_values}in the new file: {first}")
        return found


class _Sieve:
    """A sink that checks a batch before it takes any of it, without the rows that it refuses."""

    _REFUSED = re.compile(r"row (\d+) of the events cannot be written")

    def __init__(self, sink: Any) -> None:
        self._sink = sink
        self._lost = 0
        self._first = ""

    def __getattr__(self, name: str) -> Any:
        """Return what the sink has."""
        return getattr(self._sink, name)

    @property
    def losses(self) -> list[tuple[str, bool, int, str]]:
        """What was left out, as of `_core.Sink`."""
        return [("events", False, self._lost, self._first)] if self._lost else []

    def write(self, events: EventBatch, triggers: Batch | None = None) -> None:
        """Append the events that fit, and triggers."""
        if triggers is not None and len(triggers):
            self._sink.write(_rows(events, 0, 0), triggers)
        while True:
            try:
                self._sink.write(events)
            except ValueError as error:
                refused = self._REFUSED.search(str(error))
                if refused is None:
                    raise
                row = int(refused[1]) - self._sink.events
                self._first = self._first or str(error)
                self._lost += 1
            else:
                return
            if row:
                self._sink.write(_rows(events, 0, row))
            events = _rows(events, row + 1, len(events))


def _rows(events: EventBatch, begin: int, end: int) -> EventBatch:
    columns = {name: events.column(name)[begin:end] for name in ("x", "y", "t", "polarity")}
    return from_arrays(**columns)
