# SPDX-License-Identifier: Apache-2.0
"""Passes through a pipeline, over anything that holds events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from evarrow import _core
from evarrow.column_names import COLUMNS
from evarrow.events import find_columns, from_arrays, is_lazy_frame, names_of, resolution_in
from evarrow.recording import Recording, open_recording
from evarrow.selection import Scan, warn_of
from evarrow.sources import is_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from evarrow._core import EventBatch
    from evarrow.events import Events
    from evarrow.filters.pipeline import Pipeline

__all__ = ["are_plain", "arrays_of", "batches_through", "is_of", "learn_of", "run"]


def run(pipeline: Pipeline, events: Events) -> Any:
    """Return what comes out of a pipeline, of the kind that came in."""
    if isinstance(events, Recording) or is_source(events):
        from evarrow.filters.lazy import of_recording

        recording = events if isinstance(events, Recording) else open_recording(events)
        return of_recording(pipeline, recording)
    if is_lazy_frame(events):
        from evarrow.filters.lazy import of_lazy_frame

        return of_lazy_frame(pipeline, events)
    if names_of(events) is not None:
        return _of_columns(pipeline, events)
    if is_of(events, "polars", "DataFrame"):
        from evarrow.filters.frame_pass import of_frame

        return of_frame(pipeline, events)
    if is_of(events, "pyarrow", "Table"):
        from evarrow.filters.frame_pass import of_table

        return of_table(pipeline, events)
    return _join(list(batches_through(pipeline, events)))


def is_of(value: object, package: str, name: str) -> bool:
    """Return whether `value` is of a class of another package, without importing it."""
    kind = type(value)
    return kind.__module__.split(".")[0] == package and kind.__name__ == name


def arrays_of(batch: _core.Batch) -> list[NDArray[Any]]:
    """Return the columns of events, which share the memory of the batch."""
    return [batch.column(name) for name in COLUMNS]


def batches_through(pipeline: Pipeline, events: Events) -> Iterator[EventBatch]:
    """Return what comes out of a pipeline, batch by batch."""
    if isinstance(events, Recording) or is_source(events):
        recording = events if isinstance(events, Recording) else open_recording(events)
        return _of_scan(pipeline, recording.core_scan("events", {}), recording.resolution)
    if isinstance(events, Scan):
        return _of_scan(pipeline, events.core, events.recording.resolution)
    return _of_batches(pipeline, *_import(events))


def _of_scan(
    pipeline: Pipeline, scan: _core.Scan, resolution: tuple[int, int] | None
) -> Iterator[EventBatch]:
    core = pipeline.build(resolution)
    reader = core.open(scan)
    while (batch := reader.next()) is not None:
        yield batch
    warn_of(reader.report)
    pipeline.ended(core)


def _import(events: Events) -> tuple[Iterable[EventBatch], tuple[int, int] | None]:
    """Return the events in batches, and the size of their sensor where they know it."""
    from evarrow.events import batches_of

    if is_lazy_frame(events) or not hasattr(events, "__arrow_c_stream__"):
        return batches_of(events), None
    importer = _core.Importer(events.__arrow_c_stream__())
    return iter(importer.next, None), resolution_in(importer.metadata)


def learn_of(core: _core.Pipeline, batches: Iterable[EventBatch]) -> list[EventBatch]:
    """Keep all batches and show them to the filters that have to see them first."""
    kept = list(batches)
    while core.learning:
        for batch in kept:
            core.learn(*arrays_of(batch))
        core.learned()
    return kept


def _of_batches(
    pipeline: Pipeline, batches: Iterable[EventBatch], resolution: tuple[int, int] | None
) -> Iterator[EventBatch]:
    core = pipeline.build(resolution)
    if core.learning:
        batches = learn_of(core, batches)
    for batch in batches:
        out = core.append(*arrays_of(batch))
        if len(out):
            yield out
    rest = core.finish()
    if len(rest):
        yield rest
    pipeline.ended(core)


def _join(batches: list[EventBatch]) -> EventBatch:
    import numpy as np

    if len(batches) == 1:
        return batches[0]
    if not batches:
        return from_arrays(x=[], y=[], t=[], polarity=[])
    columns = zip(*map(arrays_of, batches), strict=True)
    return _core.EventBatch.from_arrays(*(np.concatenate(parts) for parts in columns))


def are_plain(columns: Sequence[NDArray[Any]]) -> bool:
    """Return whether x, y, t and polarity are as the extension module takes them."""
    return all(
        column.dtype == dtype and column.flags.c_contiguous
        for column, dtype in zip(columns, ("i2", "i2", "i8", "i1"), strict=True)
    )


def _of_columns(pipeline: Pipeline, events: Any) -> Any:
    """Return a mapping or a structured array of what comes out, with all other columns."""
    import numpy as np

    names = find_columns(names_of(events) or ())
    arrays = {name: np.asarray(events[names[name]]) for name in COLUMNS}
    others = set(names_of(events) or ()) - set(names.values())
    core = pipeline.build(None)
    if core.creates and others:
        refuse(others)
    plain = are_plain([_as_numbers(arrays[name]) for name in COLUMNS])
    if plain:
        columns = [_as_numbers(arrays[name]) for name in COLUMNS]
    else:
        columns = arrays_of(from_arrays(**arrays))
    while core.learning:
        core.learn(*columns)
        core.learned()
    direct = core.creates or (plain and not others and isinstance(events, Mapping))
    parts = [core.append(*columns, numbered=not direct), core.finish(numbered=not direct)]
    pipeline.ended(core)
    out = {name: _joined(parts, name) for name in (*COLUMNS, *(() if direct else ("row",)))}
    changed = set(COLUMNS) if core.creates else set(core.changes)
    made = {
        names[name]: to_dtype(name, out[name], arrays[name])
        if name in changed
        else out[name].view(arrays[name].dtype)
        for name in (COLUMNS if direct else changed)
    }
    if isinstance(events, Mapping):
        return {
            name: made[name] if name in made else np.asarray(values)[out["row"]]
            for name, values in events.items()
        }
    result = np.empty(len(out["t"]), events.dtype) if direct else events[out["row"]]
    for name, values in made.items():
        result[name] = values
    return result


def _joined(parts: Sequence[_core.Batch], name: str) -> NDArray[Any]:
    """Return a column of several batches; a copy only where there is more than one with rows."""
    import numpy as np

    columns = [part.column(name) for part in parts if len(part)]
    return columns[0] if len(columns) == 1 else np.concatenate(columns or [parts[0].column(name)])


def _as_numbers(values: NDArray[Any]) -> NDArray[Any]:
    """Return durations in microseconds as the numbers that they are."""
    return values.view("i8") if values.dtype == "m8[us]" else values


def refuse(others: Iterable[str]) -> None:
    """Raise the error for columns for which new events have no values."""
    message = (
        f"a filter here makes new events, for which the columns {sorted(others)} have no values: "
        "leave these columns out"
    )
    raise ValueError(message)


def to_dtype(name: str, values: NDArray[Any], like: NDArray[Any]) -> NDArray[Any]:
    """Return a column that was made with the type and the meaning that it had before."""
    import numpy as np

    if name == "t" and like.dtype.kind == "m":
        return values.view("m8[us]").astype(like.dtype, copy=False)
    if name == "polarity" and (like.dtype.kind in "bu" or np.isin(0, like)):
        return (values > 0).astype(like.dtype)
    return values.astype(like.dtype, copy=False)
