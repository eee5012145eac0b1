# SPDX-License-Identifier: Apache-2.0
"""Anything that holds events, as batches of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from evarrow import _core
from evarrow.recording import Recording, open_recording
from evarrow.selection import Scan
from evarrow.sources import is_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from evarrow._core import Batch, EventBatch

__all__ = [
    "Events",
    "batches_of",
    "find_columns",
    "from_arrays",
    "is_lazy_frame",
    "names_of",
    "resolution_in",
    "stream_batch",
]

Events: TypeAlias = Any
"""A path or another source, a Recording, a Polars frame, anything with ``__arrow_c_stream__``, a
structured NumPy array, or a mapping of columns."""

_NAMES = {"x": ("x",), "y": ("y",), "t": ("t", "ts", "timestamp"), "polarity": ("polarity", "p")}


def from_arrays(*, x: ArrayLike, y: ArrayLike, t: ArrayLike, polarity: ArrayLike) -> EventBatch:
    """Make a batch of events out of columns.

    Parameters
    ----------
    x, y : array_like of int, shape (n,)
        Pixels, -32768 to 32767.
    t : array_like of int or timedelta64, shape (n,)
        Times, ints in microseconds.
    polarity : array_like of int or bool, shape (n,)
        ON is 1 or True; OFF is -1, 0 or False.

    Returns
    -------
    EventBatch
        That holds copies of the columns, polarity as -1 and 1.

    Raises
    ------
    TypeError
        If a column holds no whole numbers.
    ValueError
        If the columns are not equally long or a value does not fit.

    Examples
    --------
    >>> batch = ev.from_arrays(x=[1, 2], y=[3, 4], t=[10, 20], polarity=[0, 1])
    >>> batch.polarity.tolist()
    [-1, 1]
    """
    import numpy as np

    on = _whole_numbers(polarity, "polarity")
    if not np.isin(on, (-1, 0, 1)).all():
        message = "polarity must hold -1, 0 and 1 alone"
        raise ValueError(message)
    return _core.EventBatch.from_arrays(
        _fit(_whole_numbers(x, "x"), np.int16, "x"),
        _fit(_whole_numbers(y, "y"), np.int16, "y"),
        _fit(_whole_numbers(t, "t"), np.int64, "t"),
        np.where(on > 0, np.int8(1), np.int8(-1)).astype(np.int8),
    )


_WHOLE = {"t": "int64", "id": "int16", "polarity": "int8"}
_OF_STREAMS = {
    "triggers": ("t", "id", "polarity"),
    "imu": (
        "t",
        *(f"{what}_{axis}" for what in ("accel", "gyro", "mag") for axis in "xyz"),
        "temperature",
    ),
}
_UNMEASURED = {"mag_x", "mag_y", "mag_z", "temperature"}  # of cameras that have no such thing


def stream_batch(stream: str, columns: Mapping[str, Any]) -> Batch:
    """Make a batch of triggers or samples out of columns, in order of time.

    Raises
    ------
    TypeError
        If a column holds no numbers.
    ValueError
        If a column is missing, is not as long as others or holds what it cannot.
    """
    import numpy as np

    found: dict[str, NDArray[Any]] = {}
    for name in _OF_STREAMS[stream]:
        if name not in columns and name in _UNMEASURED:
            found[name] = np.full(len(found["t"]), np.nan)
        elif name not in columns:
            message = f"there is no column {name!r} among {sorted(columns)}"
            raise ValueError(message)
        elif name in _WHOLE:
            values = _whole_numbers(columns[name], name)
            found[name] = _fit(values, np.dtype(_WHOLE[name]), name)
        else:
            found[name] = np.asarray(columns[name], dtype=np.float64)
    order = np.argsort(found["t"], kind="stable")
    if any(len(values) != len(order) for values in found.values()):
        message = f"{', '.join(found)} must be equally long"
        raise ValueError(message)
    return _core.Batch.from_columns(stream, {name: found[name][order] for name in found})


def _whole_numbers(values: ArrayLike, name: str) -> NDArray[np.integer[Any]]:
    import numpy as np

    array = np.asarray(values)
    if array.ndim != 1:
        message = f"{name} must have one dimension, not {array.ndim}"
        raise ValueError(message)
    if array.size == 0:
        return array.astype(np.int64)
    if array.dtype.kind == "m":
        return array.astype("m8[us]").astype(np.int64)
    if array.dtype.kind == "b":
        return array.astype(np.int8)
    if array.dtype.kind not in "iu":
        message = f"{name} must hold whole numbers, not {array.dtype}"
        raise TypeError(message)
    return array


def _fit(array: NDArray[Any], dtype: Any, name: str) -> NDArray[Any]:
    import numpy as np

    limits = np.iinfo(dtype)
    if array.size and (array.min() < limits.min or array.max() > limits.max):
        message = f"{name} must lie between {limits.min} and {limits.max}"
        raise ValueError(message)
    return np.ascontiguousarray(array, dtype=dtype)


def is_lazy_frame(value: object) -> bool:
    """Return whether `value` is a Polars LazyFrame, without importing Polars."""
    return type(value).__module__.startswith("polars") and type(value).__name__ == "LazyFrame"


def batches_of(events: Events, *, borrow: bool = False) -> Iterator[EventBatch]:
    """Return the events of anything that holds events, in batches.

    With `borrow`, those of Arrow streams and frames may lie in their own memory, in batches of
    millions of rows.

    Raises
    ------
    TypeError
        If `events` is nothing that holds events.
    ValueError
        If a column is missing or holds what it cannot.
    """
    if isinstance(events, (Recording, Scan)):
        return events.batches()  # type: ignore[return-value]
    if isinstance(events, _core.EventBatch):
        return iter((events,))
    if is_lazy_frame(events):
        return _of_lazy_frame(events, borrow)
    if hasattr(events, "__arrow_c_stream__"):
        return _of_stream(events, borrow)
    if is_source(events):
        return open_recording(events).batches()
    names = names_of(events)
    if names is not None:
        columns = {name: events[found] for name, found in find_columns(names).items()}
        return iter((from_arrays(**columns),))
    message = (
        "events come from a path, a Recording, a Polars frame, an Arrow stream, a structured "
        f"array or a mapping of columns, not from a {type(events).__name__}"
    )
    raise TypeError(message)


def _of_stream(events: Any, borrow: bool) -> Iterator[EventBatch]:
    importer = _core.Importer(events.__arrow_c_stream__())
    while (batch := importer.next(borrow)) is not None:
        yield batch


def _of_lazy_frame(events: Any, borrow: bool) -> Iterator[EventBatch]:
    # Of what a frame holds beside the events, nothing needs to be made.
    names = [name for name in events.collect_schema().names() if name in sum(_NAMES.values(), ())]
    for frame in events.select(names).collect_batches(maintain_order=True):
        yield from _of_stream(frame, borrow)


def resolution_in(metadata: Mapping[str, bytes]) -> tuple[int, int] | None:
    """Return the size of the sensor that the metadata of an Arrow schema tells."""
    try:
        return int(metadata["evarrow.width"]), int(metadata["evarrow.height"])
    except (KeyError, ValueError):
        return None


def names_of(events: Any) -> tuple[str, ...] | None:
    """Return the names of the columns of a mapping or a structured array; None for others."""
    if isinstance(events, Mapping):
        return tuple(events)
    names: tuple[str, ...] | None = getattr(getattr(events, "dtype", None), "names", None)
    return names


def find_columns(names: Sequence[str]) -> dict[str, str]:
    """Return what x, y, t and polarity are called among `names`.

    Raises
    ------
    ValueError
        If one is missing.
    """
    columns = {}
    for name, spellings in _NAMES.items():
        found = [spelling for spelling in spellings if spelling in names]
        if not found:
            message = f"there is no column {name!r} among {sorted(names)}"
            raise ValueError(message)
        columns[name] = found[0]
    return columns
