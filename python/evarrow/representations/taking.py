# SPDX-License-Identifier: Apache-2.0
"""Events of any kind, as representations take them: columns, scans and batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from evarrow import _core
from evarrow.column_names import COLUMNS
from evarrow.events import (
    batches_of,
    find_columns,
    from_arrays,
    is_lazy_frame,
    names_of,
    resolution_in,
)
from evarrow.recording import Recording, open_recording
from evarrow.representations.callers import level_of_user
from evarrow.selection import Scan, warn_of
from evarrow.sources import is_source
from evarrow.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from evarrow.events import Events

__all__ = ["Taken", "take"]

Kept: TypeAlias = "tuple[NDArray[Any], NDArray[Any]] | None"

_TYPES = ("int16", "int16", "int64", "int8")
_ENDLESS = 2**63 - 1


class Taken:
    """Events that can be asked for their windows and then fill arrays."""

    resolution: tuple[int, int] | None = None

    def find(self, spec: _core.WindowSpec, threads: int = 0) -> _core.Windows:
        """Return the windows of the events."""
        raise NotImplementedError

    def whole(self) -> _core.Windows:
        """Return all events as one window, whose times need not be known."""
        raise NotImplementedError

    def span(self, threads: int = 0) -> _core.Windows:
        """Return all events as one window with its times."""
        return self.find(_core.WindowSpec(), threads)

    def between(self, start: int | None, end: int | None) -> Taken:  # noqa: ARG002
        """Return at least the events with start <= t < end, and fewer if that is less work."""
        return self

    def times(self) -> Iterable[Any]:
        """Return batches that have the column t, in a pass that is not the last one."""
        raise NotImplementedError

    def fill(
        self, what: _core.Representation, windows: _core.Windows, out: Any, **how: Any
    ) -> tuple[int, Kept]:
        """Fill `out`, or keep what is not 0 where it names a type.

        Returns how many events lay outside the sensor, and what was kept: the places of values, as
        if the arrays lay one behind the other, and the values.
        """
        raise NotImplementedError


class _Times:
    """The times of a batch."""

    resolution = None

    def __init__(self, t: NDArray[Any]) -> None:
        self._t = t

    def column(self, name: str) -> NDArray[Any]:  # noqa: ARG002
        return self._t


class _Columns(Taken):
    """Columns in memory."""

    def __init__(self, columns: Sequence[NDArray[Any]], keep: object = None) -> None:
        self._columns = columns
        self._keep = keep

    def find(self, spec: _core.WindowSpec, threads: int = 0) -> _core.Windows:
        return _core.find_windows_of_columns(self._columns[2], spec, threads)

    def whole(self) -> _core.Windows:
        return _core.Windows.whole(len(self._columns[0]))

    def times(self) -> Iterable[Any]:
        return (_Times(self._columns[2]),)

    def fill(
        self, what: _core.Representation, windows: _core.Windows, out: Any, **how: Any
    ) -> tuple[int, Kept]:
        x, y, t, polarity = self._columns
        return what.fill_from_columns(x, y, t, polarity, windows, out, **how)


class _Scanned(Taken):
    """A recording, which is decoded and accumulated in one pass."""

    def __init__(
        self,
        scan: _core.Scan,
        recording: Recording,
        times: _core.Scan,
        *,
        all_of_it: bool,
    ) -> None:
        self._scan = scan
        self._recording = recording
        self._times = times
        self._all_of_it = all_of_it
        self.resolution = recording.resolution

    def find(self, spec: _core.WindowSpec, threads: int = 0) -> _core.Windows:  # noqa: ARG002
        return _core.find_windows_of_scan(self._scan, spec)

    def between(self, start: int | None, end: int | None) -> Taken:
        return _of_recording(self._recording, start, end) if self._all_of_it else self

    def times(self) -> Iterable[Any]:
        # The pass that fills the arrays says what is wrong with the recording.
        reader = self._times.open()
        while (batch := reader.next()) is not None:
            yield batch

    def whole(self) -> _core.Windows:
        return _core.Windows.whole(_ENDLESS)

    def span(self, threads: int = 0) -> _core.Windows:
        if not self._all_of_it:
            return super().span(threads)
        # The index knows, and is there for the next time.
        first, last = self._recording.time_range or (0, 0)
        in_order = bool(self._recording.options.get("sort", True))
        return _core.Windows.between(len(self._recording), first, last, in_order)

    def fill(
        self, what: _core.Representation, windows: _core.Windows, out: Any, **how: Any
    ) -> tuple[int, Kept]:
        how.pop("threads")
        outside, kept, report = what.fill_from_scan(self._scan, windows, out, **how)
        warn_of(report, stacklevel=level_of_user() + 1)
        return outside, kept


class _Stream(Taken):
    """Batches that come one after another, once or as often as wanted."""

    def __init__(self, batches: Callable[[], Iterable[_core.EventBatch]], *, again: bool) -> None:
        self._batches = batches
        self._again = again

    def _hold(self) -> Iterable[_core.EventBatch]:
        """Return the batches of a pass that is not the last one."""
        if not self._again:
            held = list(self._batches())
            self._batches, self._again = lambda: held, True
        return self._batches()

    def find(self, spec: _core.WindowSpec, threads: int = 0) -> _core.Windows:  # noqa: ARG002
        finder = _core.WindowFinder(spec)
        for batch in self._hold():
            finder.add(batch)
        return finder.finish()

    def times(self) -> Iterable[Any]:
        return self._hold()

    def whole(self) -> _core.Windows:
        return _core.Windows.whole(_ENDLESS)

    def fill(
        self, what: _core.Representation, windows: _core.Windows, out: Any, **how: Any
    ) -> tuple[int, Kept]:
        filling = _core.Filling(what, windows, out, how["outside"])
        for batch in self._batches():
            filling.add(batch)
        return filling.finish()


def _of_recording(
    recording: Recording, start: int | None = None, end: int | None = None
) -> _Scanned:
    return _Scanned(
        recording.core_scan("events", {"start": start, "end": end}),
        recording,
        recording.core_scan("events", {"start": start, "end": end, "columns": ["t"]}),
        all_of_it=start is end is None,
    )


def take(events: Events) -> Taken:
    """Return anything that holds events as something that fills arrays.

    Raises
    ------
    TypeError
        If `events` is nothing that holds events.
    ValueError
        If a column is missing or holds what it cannot.
    """
    if is_source(events) and not isinstance(events, Recording):
        events = open_recording(events)
    if isinstance(events, Recording):
        if not events.core.seekable:
            stream = _Stream(events.batches, again=False)
            stream.resolution = events.resolution
            return stream
        return _of_recording(events)
    if isinstance(events, Scan):
        return _Scanned(events.core, events.recording, events.core, all_of_it=False)
    if isinstance(events, _core.EventBatch):
        taken: Taken = _Columns([events.column(name) for name in COLUMNS], keep=events)
        taken.resolution = events.resolution
        return taken
    if isinstance(events, Window):
        taken = _Columns(events.columns())
        taken.resolution = events.resolution
        return taken
    if is_lazy_frame(events):
        return _Stream(lambda: batches_of(events), again=True)
    if hasattr(events, "__arrow_c_stream__"):
        return _of_stream(events)
    names = names_of(events)
    if names is None:
        batches_of(events)  # says what it must be
    return _Columns(_plain_columns({k: events[v] for k, v in find_columns(names or ()).items()}))


def _of_stream(events: Any) -> Taken:
    columns = _frame_columns(events)
    if columns is not None:
        return _Columns(columns, keep=events)
    importer = _core.Importer(events.__arrow_c_stream__())

    def batches() -> Iterable[_core.EventBatch]:
        while (batch := importer.next()) is not None:
            yield batch

    stream = _Stream(batches, again=False)
    stream.resolution = resolution_in(importer.metadata)
    return stream


def _frame_columns(events: Any) -> list[NDArray[Any]] | None:
    """Return the columns of a Polars frame that can be looked at where they are."""
    if type(events).__module__.split(".")[0] != "polars" or not hasattr(events, "get_column"):
        return None
    columns = []
    found = find_columns(events.columns)
    for name, dtype in zip(COLUMNS, _TYPES, strict=True):
        column = events.get_column(found[name])
        if column.n_chunks() > 1 or column.null_count():
            return None
        if name == "t" and column.dtype.is_temporal():
            if getattr(column.dtype, "time_unit", None) != "us":
                return None
            column = column.to_physical()
        array = column.to_numpy()
        if array.dtype != dtype:
            return None
        columns.append(array)
    return columns


def _plain_columns(columns: dict[str, Any]) -> list[NDArray[Any]]:
    """Return columns as they are if the kernels can look at them, else copies."""
    import numpy as np

    arrays = [np.asarray(columns[name]) for name in COLUMNS]
    if arrays[2].dtype == "m8[us]":
        arrays[2] = arrays[2].view(np.int64)
    if all(
        array.dtype == dtype and array.ndim == 1 and array.flags.c_contiguous
        for array, dtype in zip(arrays, _TYPES, strict=True)
    ):
        return arrays
    batch = from_arrays(**columns)
    return [batch.column(name) for name in COLUMNS]
