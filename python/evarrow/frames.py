# SPDX-License-Identifier: Apache-2.0
"""Recordings as Polars frames, straight from their paths: scan, read, load_events."""

from __future__ import annotations

import glob
import os
from typing import TYPE_CHECKING, Any, overload

import polars as pl

from evarrow.many import scan_many
from evarrow.options import check_options
from evarrow.recording import Recording, open_recording
from evarrow.sources import is_source, name_of, open_core
from evarrow.times import I64_MAX, I64_MIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Unpack

    from evarrow.options import DecodeOptions, ReadOptions
    from evarrow.selection import Selection
    from evarrow.sources import Source
    from evarrow.times import Region, Time

__all__ = ["load_events", "read", "scan"]


def scan(
    source: Source | Iterable[str | os.PathLike[str]],
    *,
    stream: str = "events",
    include_file_paths: str | None = None,
    **options: Unpack[ReadOptions],
) -> pl.LazyFrame:
    """Return a recording as a Polars LazyFrame; only its header is read.

    Bounds of ``t``, ``x``, ``y`` and ``polarity`` in filters, the columns that a query uses and
    ``head`` reach the decoder; whatever else a query does, Polars does.

    Parameters
    ----------
    source : str, os.PathLike, bytes-like, binary file, or iterable of paths
        One recording, a glob pattern such as "drive/*.raw", or several paths: many recordings
        come one after the other, in the order given, those of a pattern in order of their names.
    stream : str
        Which stream: "events", "triggers", ...
    include_file_paths : str, optional
        Name of one more column, that holds the path each row comes from.
    **options
        See `ReadOptions`.

    Returns
    -------
    polars.LazyFrame
        For events: ``x`` Int16, ``y`` Int16, pixels from the top left; ``t`` Duration("us"), the
        sensor's clock; ``polarity`` Int8, -1 or 1.

    Raises
    ------
    OSError
        If the file cannot be opened: `FileNotFoundError`, `IsADirectoryError`,
        `PermissionError`.
    FormatError
        If the content is no recording that evarrow knows.

    Notes
    -----
    What goes wrong while rows are read raises `DamagedError` and the like out of ``collect`` and
    ``sink_parquet``. Polars before 2.0 raises its own `ComputeError` there, which names the error.

    Examples
    --------
    >>> lf = ev.scan(path)
    >>> lf.filter(pl.col("t") < pl.duration(milliseconds=5), pl.col("x") < 32).collect().columns
    ['x', 'y', 't', 'polarity']
    """
    checked = check_options(options)
    sources = _expand(source)
    if len(sources) > 1:
        return scan_many(sources, stream, checked, include_file_paths)
    [one] = sources
    frame = Recording(open_core(one, checked), one, checked).scan(stream)
    if include_file_paths is None:
        return frame
    return frame.with_columns(pl.lit(name_of(one)).alias(include_file_paths))


_PATHS = (str, os.PathLike)


def _expand(source: Any) -> list[Any]:
    """Return the paths that a pattern or an iterable stands for, or the one source itself."""
    if isinstance(source, (str, os.PathLike)):
        text = os.fsdecode(source)
        parts = _parts(text)
        if parts:
            return parts
        if not glob.has_magic(text) or os.path.exists(text):  # noqa: PTH110
            return [source]
        paths = sorted(glob.glob(text, recursive=True))  # noqa: PTH207
        if not paths:
            message = f"no file matches the pattern {text!r}"
            raise FileNotFoundError(message)
        return [part for path in paths for part in _parts(path) or [path]]
    if is_source(source) or not hasattr(source, "__iter__"):
        return [source]
    # Of a list each may be a pattern, or a folder with parts.
    paths = [
        path for one in source for path in (_expand(one) if isinstance(one, _PATHS) else [one])
    ]
    if not paths:
        message = "there is nothing to scan: the list of paths is empty"
        raise ValueError(message)
    return paths


def _parts(path: str) -> list[str]:
    """Return the parts of a recording that is a folder; none if it is no such folder."""
    if not os.path.isdir(path):  # noqa: PTH112
        return []
    from evarrow.ros_folder import parts_of

    return parts_of(path)


@overload
def read(
    source: Source | Recording | Iterable[str | os.PathLike[str]],
    *,
    start: Time | None = ...,
    end: Time | None = ...,
    region: Region | None = ...,
    polarity: int | None = ...,
    columns: str | Sequence[str] | None = ...,
    limit: int | None = ...,
    stream: str = ...,
    **options: Unpack[ReadOptions],
) -> pl.DataFrame: ...
@overload
def read(
    source: Source | Recording | Iterable[str | os.PathLike[str]],
    *,
    start: Time | None = ...,
    end: Time | None = ...,
    stream: list[str] | tuple[str, ...],
    **options: Unpack[ReadOptions],
) -> dict[str, pl.DataFrame]: ...
def read(
    source: Source | Recording | Iterable[str | os.PathLike[str]],
    *,
    start: Time | None = None,
    end: Time | None = None,
    region: Region | None = None,
    polarity: int | None = None,
    columns: str | Sequence[str] | None = None,
    limit: int | None = None,
    stream: str | list[str] | tuple[str, ...] = "events",
    **options: Unpack[ReadOptions],
) -> pl.DataFrame | dict[str, pl.DataFrame]:
    """Read a recording, or a part of it, or several, into a Polars DataFrame.

    Parameters
    ----------
    source : str, os.PathLike, bytes-like, binary file, Recording, or iterable of paths
        What to read: many recordings come one after the other, as in `scan`.
    start, end : int, str or timedelta, optional
        Times from `start` on and before `end`: int microseconds, "50ms" or a timedelta.
    region : (int, int, int, int), optional
        Pixels (x0, y0, x1, y1) with x0 <= x < x1 and y0 <= y < y1.
    polarity : int, optional
        The one polarity that is wanted: -1 or 1.
    columns : sequence of str, optional
        The columns that are wanted, in this order.
    limit : int, optional
        How many of the first rows that the above leaves are wanted.
    stream : str or sequence of str
        Which stream, or which ones, to be read in one pass.
    **options
        See `ReadOptions`.

    Returns
    -------
    polars.DataFrame, or dict of str to polars.DataFrame for several streams
        In one chunk, in the memory that the decoder wrote: 13 bytes an event.

    Raises
    ------
    OSError, FormatError
        As `scan`.
    DamagedError
        If the events are damaged, unless ``on_error`` says otherwise.

    Examples
    --------
    >>> ev.read(path, start="2ms", end="4ms", columns=["t", "x"]).columns
    ['t', 'x']
    """
    selection: Selection = {}
    for name, value in (
        ("start", start),
        ("end", end),
        ("region", region),
        ("polarity", polarity),
        ("columns", columns),
        ("limit", limit),
    ):
        if value is not None:
            selection[name] = value  # type: ignore[literal-required]
    if isinstance(source, Recording):
        if options:
            message = "an open recording has its options already; pass them to evarrow.open"
            raise TypeError(message)
        return source.read(stream, **selection)
    parts = []
    for one in _expand(source):
        with open_recording(one, **options) as recording:
            parts.append(recording.read(stream, **selection))
        if limit is not None:
            selection["limit"] = limit = limit - len(parts[-1])
    return parts[0] if len(parts) == 1 else _join(parts)


def _join(parts: list[Any]) -> Any:
    """Return frames, or the frames of streams, one behind the other."""
    if isinstance(parts[0], pl.DataFrame):
        return pl.concat(parts, rechunk=True)
    return {name: pl.concat([one[name] for one in parts], rechunk=True) for name in parts[0]}


def load_events(
    path: Source | Iterable[str | os.PathLike[str]],
    t_start: float | None = None,
    t_end: float | None = None,
    min_x: int | None = None,
    max_x: int | None = None,
    min_y: int | None = None,
    max_y: int | None = None,
    polarity: int | None = None,
    sort: bool = True,
    *,
    format: str | None = None,  # noqa: A002
    resolution: tuple[int, int] | None = None,
    **options: Unpack[DecodeOptions],
) -> pl.LazyFrame:
    """Load events as evlib does, but lazily: the bounds reach the decoder.

    Parameters
    ----------
    path : str, os.PathLike, bytes-like, binary file, or iterable of paths
        The recording, or several, as in `scan`.
    t_start, t_end : float, optional
        Times in seconds, both inclusive, cut to whole microseconds.
    min_x, max_x, min_y, max_y : int, optional
        Bounds of the pixels, all inclusive.
    polarity : int, optional
        The one polarity that is wanted, as stored: -1 or 1.
    sort : bool
        Whether times must not decrease; equal times keep their order.
    format, resolution, **options
        See `ReadOptions`.

    Returns
    -------
    polars.LazyFrame
        As `scan`.

    Raises
    ------
    OSError, FormatError
        As `scan`.

    Examples
    --------
    >>> lf = ev.load_events(path, t_start=0.002, max_x=31)
    >>> lf.select(pl.col("x").max() < 32).collect().item()
    True
    """
    frame = scan(path, format=format, resolution=resolution, sort=sort, **options)
    kind = frame.collect_schema()["t"]
    bounds: list[pl.Expr] = []
    if t_start is not None:
        bounds.append(pl.col("t") >= _time_literal(t_start, kind))
    if t_end is not None:
        bounds.append(pl.col("t") <= _time_literal(t_end, kind))
    for name, least, greatest in (("x", min_x, max_x), ("y", min_y, max_y)):
        if least is not None:
            bounds.append(pl.col(name) >= _number(least, name))
        if greatest is not None:
            bounds.append(pl.col(name) <= _number(greatest, name))
    if polarity is not None:
        bounds.append(pl.col("polarity") == _number(polarity, "polarity"))
    return frame.filter(bounds) if bounds else frame


def _number(value: Any, name: str) -> Any:
    if isinstance(value, str) or not hasattr(value, "__float__"):
        message = f"the bound of {name} must be a number, not {value!r}"
        raise TypeError(message)
    if value != value:  # NaN
        message = f"the bound of {name} is not a number"
        raise ValueError(message)
    return value


def _time_literal(seconds: Any, kind: pl.DataType) -> pl.Expr:
    us = float(_number(seconds, "t")) * 1e6
    whole = I64_MIN if us <= I64_MIN else I64_MAX if us >= I64_MAX else int(us)
    return pl.lit(whole, dtype=pl.Int64).cast(kind)
