# SPDX-License-Identifier: Apache-2.0
"""Whole streams as Polars DataFrames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

import evarrow.polars  # noqa: F401 - frames get their namespace
from evarrow.selection import Selection, warn_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evarrow import _core
    from evarrow.recording import Recording

__all__ = ["read_frame", "read_frames", "to_frame"]


def to_frame(batch: _core.Batch, *, in_order: bool) -> pl.DataFrame:
    """Return the columns of a batch as a DataFrame that looks at the batch's own memory."""
    frame = pl.DataFrame(batch)
    if in_order and "t" in batch.columns:
        # In place and without a query, which would cost more than a small batch does.
        frame.replace_column(frame.get_column_index("t"), frame["t"].set_sorted())
    return frame


def read_frame(recording: Recording, stream: str, selection: Selection) -> pl.DataFrame:
    """Read rows and columns of one stream."""
    scan = recording.core_scan(stream, selection)
    batch, _, report = scan.read()
    warn_of(report, stacklevel=4)
    frame = to_frame(batch, in_order=report.sorted)
    columns = selection.get("columns")
    if columns is None:
        return frame
    return frame.select([columns] if isinstance(columns, str) else list(columns))


def read_frames(
    recording: Recording, streams: Sequence[str], selection: Selection
) -> dict[str, pl.DataFrame]:
    """Read several streams in one pass."""
    refused = [name for name in selection if name not in ("start", "end")]
    if refused:
        message = f"{refused[0]} selects rows of one stream; name one stream, not {len(streams)}"
        raise ValueError(message)
    if not streams:
        return {}
    first, others = _order(streams)
    scan = recording.core_scan(first, selection, also=others)
    batch, also, report = scan.read()
    warn_of(report, stacklevel=4)
    frames: dict[str, Any] = {first: to_frame(batch, in_order=report.sorted)}
    for name, rows in zip(others, also, strict=True):
        frames[name] = to_frame(rows, in_order=False)
    return {name: frames[name] for name in streams}


def _order(streams: Sequence[str]) -> tuple[str, list[str]]:
    """Return the stream that leads the pass, the events if they are asked for, and the rest."""
    unique = list(dict.fromkeys(streams))
    first = "events" if "events" in unique else unique[0]
    return first, [name for name in unique if name != first]
