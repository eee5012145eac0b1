# SPDX-License-Identifier: Apache-2.0
"""The pass over a recording that is converted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evarrow.companions import Companions
from evarrow.events import from_arrays
from evarrow.selection import to_scan_arguments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from evarrow import _core
    from evarrow._core import EventBatch
    from evarrow.losses import Losses
    from evarrow.recording import Recording
    from evarrow.selection import Selection

__all__ = ["ConversionPass"]


class ConversionPass:
    """One pass over a recording: its events, and what goes along with them."""

    def __init__(
        self,
        recording: Recording,
        chosen: Selection,
        losses: Losses,
        progress: Callable[[float], object] | None,
    ) -> None:
        binary = recording.options.get("polarity_type") == "binary"
        bounds = to_scan_arguments(chosen, binary=binary)
        self._polarity: int | None = bounds.get("polarity")
        self._also = [stream for stream in recording.streams if stream != "events"]
        self._losses = losses
        self._progress = progress
        self._span = None
        if (
            progress is not None
            and recording.core.seekable
            and ("t_begin" in bounds or "t_end" in bounds)
        ):
            self._span = _span(recording.time_range, bounds)
        # A pass over events of one polarity would leave out the triggers of the other one.
        rows: Selection = {**chosen, "polarity": None}
        self._reader = recording.core_scan("events", rows, also=self._also).open()
        self._told = 0.0
        self.companions = Companions(recording)

    def batches(self) -> Iterator[EventBatch]:
        """Yield the events that are wanted; each batch lets what goes along wait."""
        while True:
            batch: Any = self._reader.next()
            for stream in self._also:
                rows = self._reader.take(stream)
                if self._losses.takes(stream, rows.t):
                    self.companions.add(stream, rows)
            if batch is None:
                self._tell(1.0)
                return
            yield batch if self._polarity is None else _of_polarity(batch, self._polarity)
            self._tell(self._share_done(batch))

    @property
    def report(self) -> _core.Report:
        """What the pass met, once it is over."""
        return self._reader.report

    def _share_done(self, batch: EventBatch) -> float:
        if self._span is None or not len(batch):
            return self._reader.share_done
        first, last = self._span
        return (int(batch.t[-1]) - first) / max(last - first, 1)

    def _tell(self, share: float) -> None:
        if self._progress is not None:
            self._told = min(max(share, self._told), 1.0)
            self._progress(self._told)


def _span(times: tuple[int, int] | None, bounds: dict[str, Any]) -> tuple[int, int] | None:
    """Return the times between which events are looked for."""
    if times is None:
        return None
    return max(times[0], bounds.get("t_begin", times[0])), min(
        times[1], bounds.get("t_end", times[1])
    )


def _of_polarity(batch: EventBatch, polarity: int) -> EventBatch:
    keep = batch.polarity == polarity
    return from_arrays(
        x=batch.x[keep], y=batch.y[keep], t=batch.t[keep], polarity=batch.polarity[keep]
    )
