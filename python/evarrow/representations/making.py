# SPDX-License-Identifier: Apache-2.0
"""Arrays out of events: what all representations have in common."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from evarrow.errors import EvarrowWarning
from evarrow.options import check_resolution
from evarrow.representations.callers import arguments_of_caller, check_arguments, level_of_user
from evarrow.representations.cutting import (
    Windowing,
    find_whole,
    find_windows,
    is_cut,
    only_between,
    to_cutting,
)
from evarrow.representations.memory import array_to_fill
from evarrow.representations.taking import take

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import DTypeLike

    from evarrow import _core
    from evarrow.events import Events
    from evarrow.representations.taking import Taken

__all__ = [
    "CHOICES",
    "Choice",
    "Making",
    "Storing",
    "check",
    "check_choice",
    "check_points",
    "fill",
    "make",
    "make_each",
    "refuse",
    "resolution_for",
    "run",
    "windows_of",
]

Choice: TypeAlias = Literal["evenly", "first", "last"]
"""Which events of a window are kept one by one."""

CHOICES = ("evenly", "first", "last")


class Storing(Windowing, total=False):
    """What all arrays can be told; see also `Windowing`.

    Attributes
    ----------
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

    dtype: DTypeLike
    out: Any
    outside: Literal["drop", "raise", "clamp"]
    sparse: bool
    threads: int


class Making(Storing, total=False):
    """What all representations can be told; see also `Storing` and `Windowing`.

    Attributes
    ----------
    resolution : (int, int)
        Width and height of the sensor, pixels; by default what the recording or the Arrow
        metadata says.
    """

    resolution: tuple[int, int] | None


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
    check(options)
    taken = take(events)
    what = kind(*resolution_for(taken, options))
    if not what.carries:
        taken = only_between(taken, options)
    windows = windows_of(taken, options, timed=what.needs_times)
    return fill(taken, what, windows, axes, options, dtype=dtype, insert=insert)


def make_each(
    events: Events,
    kind: Callable[[int, int, int], _core.Representation],
    axes: Sequence[str],
    points: int | None,
    options: Mapping[str, Any],
) -> Any:
    """Return the array, or the table, of something that is made of each event.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    kind : callable
        Makes the representation for a width, a height and a number of events.
    axes : sequence of str
        What the axes of the array of one window are called; the first one is that of the events.
    points : int, optional
        How many events of a window there is room for; by default as many as the longest has.
    options : mapping
        See `Making`.
    """
    check(options)
    check_points(points)
    taken = only_between(take(events), options)
    resolution = resolution_for(taken, options)
    windows = windows_of(taken, options)
    room = max(windows.rows(), default=0) if points is None else points
    return fill(taken, kind(*resolution, room), windows, axes, options)


def fill(
    taken: Taken,
    what: _core.Representation,
    windows: _core.Windows,
    axes: Sequence[str],
    options: Mapping[str, Any],
    *,
    dtype: DTypeLike | None = None,
    insert: int | None = None,
) -> Any:
    """Return the array, or the table, of windows that are known; as `make` does."""
    import numpy as np

    shape = what.shape if insert is None else (*what.shape[:insert], 1, *what.shape[insert:])
    if is_cut(options):
        shape = (len(windows), *shape)
    wanted = options.get("dtype")
    if wanted is None:
        wanted = dtype or what.dtype
    given = options.get("out")
    if options.get("sparse", False):
        kept = run(taken, what, windows, _core_type(wanted, what), options)
        return _table(kept, shape, wanted, ("window", *axes) if is_cut(options) else axes)
    out = array_to_fill(given, shape, np.dtype(wanted))
    # The extension module knows no half precision, and none of the types that are not numbers.
    target = out if _is_known(out.dtype) else np.empty(shape, what.dtype)
    run(taken, what, windows, target, options)
    if target is not out:
        with np.errstate(over="ignore"):
            out[...] = target
    return out if given is None else given


def run(
    taken: Taken,
    what: _core.Representation,
    windows: _core.Windows,
    into: Any,
    options: Mapping[str, Any],
) -> Any:
    """Make the pass, warn of events outside, and return what was kept."""
    outside = options.get("outside", "drop")
    count, kept = taken.fill(
        what, windows, into, outside=outside, threads=options.get("threads", 0)
    )
    if count:
        done = "left out" if outside == "drop" else "moved to the nearest pixel"
        event = "event lies" if count == 1 else "events lie"
        message = f"{count} {event} outside the sensor: {done}"
        warnings.warn(message, EvarrowWarning, stacklevel=level_of_user())
    return kept


def windows_of(taken: Taken, options: Mapping[str, Any], *, timed: bool = True) -> _core.Windows:
    """Return the windows that the options ask for; all events in one if they ask for none."""
    cutting = to_cutting(options)
    threads = options.get("threads", 0)
    if is_cut(options):
        return find_windows(taken, cutting, threads)
    return find_whole(taken, options, threads, timed=timed)


def check_choice(name: str, value: Any, choices: Sequence[Any]) -> None:
    """Raise a ValueError unless `value` is one of `choices`."""
    if value not in choices:
        message = f"{name} must be one of {', '.join(map(repr, choices))}, not {value!r}"
        raise ValueError(message)


def check_points(points: int | None) -> None:
    """Raise a ValueError unless `points` is None or a whole number, at least 1."""
    if points is not None and (isinstance(points, bool) or not isinstance(points, int)):
        message = f"points must be an int, not {points!r}"
        raise TypeError(message)
    if points is not None and points < 1:
        message = f"points must be at least 1, not {points!r}"
        raise ValueError(message)


def check(options: Mapping[str, Any]) -> None:
    """Raise an error for options that there are not, or that do not go together."""
    parts = (Windowing, Storing, Making)
    known = {name: None for part in parts for name in part.__annotations__}
    unknown = sorted(set(options) - set(known))
    if unknown:
        names = ", ".join((*arguments_of_caller(), *known))
        message = f"unknown argument {unknown[0]!r}; there are {names}"
        raise TypeError(message)
    check_arguments()
    check_choice("outside", options.get("outside", "drop"), ("drop", "raise", "clamp"))
    if options.get("sparse", False) and options.get("out") is not None:
        message = "sparse makes a table in place of an array, so that there is none for out="
        raise ValueError(message)


def refuse(options: Mapping[str, Any], names: Sequence[str], why: str) -> None:
    """Raise a TypeError for options that something has no use for."""
    for name in names:
        value = options.get(name)
        if value is not None and value is not False:
            message = f"{name} is of arrays, not of {why}"
            raise TypeError(message)


def resolution_for(taken: Taken, options: Mapping[str, Any]) -> tuple[int, int]:
    """Return the size of the sensor, given or known; a ValueError if it is neither."""
    given = options.get("resolution")
    if given is None and taken.resolution is None:
        message = (
            "these events do not say how large their sensor is; give resolution=(width, height)"
        )
        raise ValueError(message)
    return check_resolution(taken.resolution if given is None else given)


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
