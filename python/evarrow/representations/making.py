# SPDX-License-Identifier: Apache-2.0
"""Arrays out of events: what all representations have in common."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Literal

from evarrow.errors import EvarrowWarning
from evarrow.options import check_resolution
from evarrow.representations.cutting import Windowing, find_windows, is_cut, to_cutting
from evarrow.representations.memory import array_to_fill
from evarrow.representations.taking import take

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import DTypeLike

    from evarrow import _core
    from evarrow.events import Events

__all__ = ["Making", "check_choice", "make"]


class Making(Windowing, total=False):
    """What all representations can be told; see also `Windowing`.

    Attributes
    ----------
    resolution : (int, int)
        Width and height of the sensor, pixels; by default what the recording or the Arrow
        metadata says.
    dtype : dtype_like
        Type of the values. Whole numbers that it cannot hold become the nearest that it can: 200
        events are 127 in int8. Fractions are not put into whole numbers.
    out : ndarray, torch.Tensor or another array in the memory of the CPU
        The array to fill, of the right shape and type and C-contiguous: whatever has a writeable
        buffer, DLPack or ``__array__`` without a copy. It is returned.
    outside : {"drop", "raise", "clamp"}
        What becomes of events outside the sensor: they are left out, which a warning says, or are
        an error, or are moved to the nearest pixel.
    sparse : bool
        Whether to return the values that are not 0, with their coordinates, as a DataFrame; in
        place of an array, which is then never in memory as a whole.
    threads : int
        Number of threads; 0 stands for EVARROW_NUM_THREADS or the processors this process may
        use. The result is the same.
    """

    resolution: tuple[int, int] | None
    dtype: DTypeLike
    out: Any
    outside: Literal["drop", "raise", "clamp"]
    sparse: bool
    threads: int


def make(
    events: Events,
    kind: Callable[[int, int], _core.Representation],
    axes: Sequence[str],
    options: Mapping[str, Any],
    *,
    dtype: DTypeLike | None = None,
    insert: int | None = None,
) -> Any:
    """Return the array, or the table, of a representation.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    kind : callable
        Makes the representation for a width and a height.
    axes : sequence of str
        What the axes of the array of one window are called.
    options : mapping
        See `Making`.
    dtype : dtype_like, optional
        Type of the values if the options do not say; else that of the representation.
    insert : int, optional
        Where the array of one window has an axis of length 1 more than the representation.
    """
    import numpy as np

    _check(options)
    cutting = to_cutting(options)
    taken = take(events)
    what = kind(*_resolution(options.get("resolution"), taken.resolution))
    threads = options.get("threads", 0)
    if is_cut(options):
        windows = find_windows(taken, cutting, threads)
    else:
        windows = taken.span(threads) if what.needs_times else taken.whole()
    shape = what.shape if insert is None else (*what.shape[:insert], 1, *what.shape[insert:])
    if is_cut(options):
        shape = (len(windows), *shape)
    wanted = options.get("dtype")
    if wanted is None:
        wanted = dtype or what.dtype
    given = options.get("out")
    outside = options.get("outside", "drop")
    if options.get("sparse", False):
        left_out, kept = taken.fill(
            what, windows, _core_type(wanted, what), outside=outside, threads=threads
        )
        if left_out:
            _warn(left_out, outside)
        return _table(kept, shape, wanted, ("window", *axes) if is_cut(options) else axes)
    out = array_to_fill(given, shape, np.dtype(wanted))
    # The extension module knows no half precision, and none of the types that are not numbers.
    target = out if _is_known(out.dtype) else np.empty(shape, what.dtype)
    left_out, _ = taken.fill(what, windows, target, outside=outside, threads=threads)
    if target is not out:
        with np.errstate(over="ignore"):
            out[...] = target
    if left_out:
        _warn(left_out, outside)
    return out if given is None else given


def check_choice(name: str, value: Any, choices: Sequence[Any]) -> None:
    """Raise a ValueError unless `value` is one of `choices`."""
    if value not in choices:
        message = f"{name} must be one of {', '.join(map(repr, choices))}, not {value!r}"
        raise ValueError(message)


def _check(options: Mapping[str, Any]) -> None:
    known = {**Windowing.__annotations__, **Making.__annotations__}
    unknown = sorted(set(options) - set(known))
    if unknown:
        message = f"unknown argument {unknown[0]!r}; there are also {', '.join(known)}"
        raise TypeError(message)
    check_choice("outside", options.get("outside", "drop"), ("drop", "raise", "clamp"))
    if options.get("sparse", False) and options.get("out") is not None:
        message = "sparse makes a table in place of an array, so that there is none for out="
        raise ValueError(message)


def _resolution(given: Any, known: tuple[int, int] | None) -> tuple[int, int]:
    if given is None and known is None:
        message = (
            "these events do not say how large their sensor is; give resolution=(width, height)"
        )
        raise ValueError(message)
    return check_resolution(known if given is None else given)


def _warn(count: int, outside: str) -> None:
    done = "left out" if outside == "drop" else "moved to the nearest pixel"
    event = "event lies" if count == 1 else "events lie"
    message = f"{count} {event} outside the sensor: {done}"
    warnings.warn(message, EvarrowWarning, stacklevel=4)


def _is_known(dtype: Any) -> bool:
    """Return whether the extension module makes values of that type."""
    return dtype.kind in "iu" or dtype in ("f4", "f8")


def _core_type(wanted: Any, what: _core.Representation) -> str:
    """Return the name of the type in which values are made that are wanted in another."""
    import numpy as np

    dtype = np.dtype(wanted)
    return dtype.name if _is_known(dtype) else what.dtype


def _table(kept: Any, shape: Sequence[int], wanted: Any, axes: Sequence[str]) -> Any:
    """Return values that are not 0 and their coordinates, in the order of the array."""
    import numpy as np
    import polars as pl

    places, values = kept
    columns: dict[str, Any] = {}
    step = 1
    for name, length in reversed(list(zip(axes, shape, strict=True))):
        numbers = places // step % length
        step *= length
        if name == "polarity":
            columns[name] = (2 * numbers.astype(np.int8) - 1).astype(np.int8)
        else:
            columns[name] = numbers.astype(np.int16 if name in "xy" else np.int32)
    with np.errstate(over="ignore"):
        values = values.astype(wanted, copy=False)
    return pl.DataFrame({**{name: columns[name] for name in axes}, "value": values})
