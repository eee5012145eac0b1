# SPDX-License-Identifier: Apache-2.0
"""Which rows and columns of a stream are wanted, and the scans that give them."""

from __future__ import annotations

import operator
import warnings
from typing import TYPE_CHECKING, Any, TypedDict

from evarrow.errors import EvarrowWarning
from evarrow.times import to_box, to_microseconds

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Sequence

    from evarrow import _core
    from evarrow._core import Batch
    from evarrow.recording import Recording

__all__ = ["RowSelection", "Scan", "Selection", "to_scan_arguments", "warn_of"]

BATCH_SIZE = 65_536


class RowSelection(TypedDict, total=False):
    """Rows and columns of a stream, whatever their time; see `Selection`."""

    region: tuple[int, int, int, int] | None
    polarity: int | None
    columns: str | Sequence[str] | None
    limit: int | None


class Selection(RowSelection, total=False):
    """Rows and columns of a stream; all bounds are half-open.

    Attributes
    ----------
    start, end : int, str or timedelta, optional
        Times from `start` on and before `end`: int microseconds, "50ms" or a timedelta.
    region : (int, int, int, int), optional
        Pixels (x0, y0, x1, y1) with x0 <= x < x1 and y0 <= y < y1. It may lie outside of the
        sensor, where most formats keep the events that a file has there.
    polarity : int, optional
        The one polarity that is wanted, as it comes out: -1 or 1, or 0 or 1.
    columns : sequence of str, optional
        The columns that are wanted; the others are not made.
    limit : int, optional
        How many of the first rows that the above leaves are wanted.
    """

    start: int | str | datetime.timedelta | None
    end: int | str | datetime.timedelta | None


def _check_polarity(polarity: Any, binary: bool) -> int:
    allowed = (0, 1) if binary else (-1, 1)
    if not hasattr(polarity, "__index__"):
        message = f"polarity must be one of {allowed}, not {polarity!r}"
        raise TypeError(message)
    if operator.index(polarity) not in allowed:
        other = "" if binary else "; with polarity_type='binary' it is 0 or 1"
        message = f"polarity is one of {allowed} here, not {polarity!r}{other}"
        raise ValueError(message)
    return operator.index(polarity)


def _check_count(value: Any, name: str, least: int) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        message = f"{name} must be an int, not {value!r}"
        raise TypeError(message)
    if operator.index(value) < least:
        message = f"{name} must be at least {least}, not {value!r}"
        raise ValueError(message)
    return operator.index(value)


def to_scan_arguments(selection: Selection, *, binary: bool) -> dict[str, Any]:
    """Return a selection as the arguments of the extension module's make_scan."""
    unknown = sorted(set(selection) - set(Selection.__annotations__))
    if unknown:
        known = ", ".join(Selection.__annotations__)
        message = f"unknown argument {unknown[0]!r}; rows are selected with {known}"
        raise TypeError(message)
    given: dict[str, Any] = {k: v for k, v in selection.items() if v is not None}
    out: dict[str, Any] = {}
    for name, argument in (("start", "t_begin"), ("end", "t_end")):
        if name in given:
            out[argument] = to_microseconds(given[name], name)
    if len(out) == 2 and out["t_begin"] > out["t_end"]:
        message = (
            f"start must not be later than end: {given['start']!r} is {out['t_begin']} us, and "
            f"{given['end']!r} is {out['t_end']} us"
        )
        raise ValueError(message)
    if "region" in given:
        out["region"] = to_box(given["region"])
    if "polarity" in given:
        out["polarity"] = _check_polarity(given["polarity"], binary)
    if "columns" in given:
        columns = given["columns"]
        out["columns"] = [columns] if isinstance(columns, str) else list(columns)
    if "limit" in given:
        out["limit"] = _check_count(given["limit"], "limit", 0)
    return out


def warn_of(report: _core.Report, stacklevel: int = 3) -> None:
    """Warn of what a pass stepped over."""
    for sentence in report.warnings:
        warnings.warn(sentence, EvarrowWarning, stacklevel=stacklevel)


class Scan:
    """Rows and columns of one stream of a recording, as an Arrow stream.

    Made by `Recording.select`. It is a description: each use makes a pass of its own, any number
    of times and in any number of threads. Anything that takes an Arrow stream takes a scan, such
    as ``pyarrow.table(scan)`` or ``polars.DataFrame(scan)``.
    """

    def __init__(self, recording: Recording, stream: str, selection: Selection) -> None:
        self._recording = recording
        self._stream = stream
        self._selection = selection
        self._core = self._make(BATCH_SIZE)

    def _make(self, batch_size: int) -> _core.Scan:
        return self._recording.core_scan(self._stream, self._selection, batch_size=batch_size)

    @property
    def core(self) -> _core.Scan:
        """The scan of the extension module."""
        return self._core

    @property
    def recording(self) -> Recording:
        """The recording that it reads."""
        return self._recording

    @property
    def stream(self) -> str:
        """Name of the stream."""
        return self._stream

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, in the order of the stream."""
        return self._core.columns

    def count(self) -> int:
        """Return the number of rows, without making them where the index can tell."""
        return self._core.count()

    def batches(self, size: int = BATCH_SIZE) -> Iterator[Batch]:
        """Return the rows, `size` at a time, the last time fewer.

        The columns of a batch are read-only NumPy views of its own memory, which stays as it is
        for as long as anything looks at it.
        """
        return _iterate(self._make(_check_count(size, "size", 1)))

    def __iter__(self) -> Iterator[Batch]:
        """Return the rows in batches of a size that suits most."""
        return _iterate(self._core)

    def to_batch(self) -> Batch:
        """Return all rows in one batch, in memory of its exact size."""
        batch, _, report = self._core.read()
        warn_of(report)
        return batch

    def __arrow_c_schema__(self) -> object:
        """Return the schema as an Arrow capsule."""
        return self._core.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Begin a pass and return it as an Arrow capsule."""
        return self._core.__arrow_c_stream__(requested_schema)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the description; the recording is opened again where it is unpickled."""
        return Scan, (self._recording, self._stream, self._selection)

    def __repr__(self) -> str:
        """Return the recording, the stream and the selection."""
        bounds = "".join(f", {k}={v!r}" for k, v in self._selection.items() if v is not None)
        return f"<evarrow.Scan of {self._recording.name!r}, {self._stream!r}{bounds}>"


def _iterate(scan: _core.Scan) -> Iterator[Batch]:
    reader = scan.open()
    while (batch := reader.next()) is not None:
        yield batch
    warn_of(reader.report)
