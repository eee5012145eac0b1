# SPDX-License-Identifier: Apache-2.0
"""Events in the files of table libraries: Parquet, Arrow (Feather) and MATLAB 5.

Other libraries open these. Most files of Parquet and Arrow are decoded where rows are wanted
(`evarrow.parquet`, `evarrow.arrow_file`). What is found in others becomes records, once, in a file
without a name in the folder for temporary files, which is read like any NumPy array: lazily, in
bounded memory and with windows.
"""

from __future__ import annotations

import importlib.util
import io
import struct
import tempfile
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import polars as pl

from evarrow.arrow_file import metadata_of, open_batches, read_metadata
from evarrow.arrow_stream import read_stream
from evarrow.column_names import COLUMNS, LETTERS, UNITS, pick
from evarrow.errors import FormatError
from evarrow.event_frame import EventFrame
from evarrow.npy import Array, has_fractions, open_records
from evarrow.packed import check_growth
from evarrow.parquet import open_groups

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from evarrow import _core
    from evarrow.openers import Opener

__all__ = ["open_table"]

_MOST_DEPTH = 8  # of structs in structs
_OF_POLARS = (OSError, OverflowError, EOFError, ValueError)  # raised by it for what is damaged
_CAMERA = ("sensor", "serial_number", "date")

Columns = dict[str, "NDArray[Any]"]


@dataclass(frozen=True)
class _Table:
    """Columns in stretches, and what is known of them."""

    stretches: Iterator[Columns]
    t_unit: str | None = None
    size: tuple[int, int] = (0, 0)
    about: Mapping[str, Any] = field(default_factory=dict)
    truncated: int = 0  # bytes at the end


def open_table(opener: Opener, options: Mapping[str, Any], head: bytes) -> _core.Recording:
    """Open a file that begins with `head`.

    Raises
    ------
    FormatError
        If it has no columns of events, or is damaged; for a MATLAB file also if SciPy, which
        reads it, is not installed.
    """
    if head.startswith(b"MATLAB"):
        return _open_matlab(opener, options)
    try:
        if head.startswith(b"PAR1"):
            return _open_frame("parquet", opener, options)
        if head.startswith(b"ARROW1"):
            return _open_frame("arrow", opener, options)
        return _open_stream(opener, options)
    except (pl.exceptions.PolarsError, struct.error, *_OF_POLARS) as error:
        if isinstance(error, FormatError):
            raise
        message = f"{opener.name} cannot be read: {error}"
        raise FormatError(message) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        message = f"{opener.name} cannot be read: it is damaged"
        raise FormatError(message) from None


def _open_frame(kind: str, opener: Opener, options: Mapping[str, Any]) -> _core.Recording:
    with opener.file() as file:
        assert file is not None
        content = opener.content if isinstance(opener.content, str) else io.BytesIO(file.read())
    read = pl.scan_parquet if kind == "parquet" else pl.scan_ipc
    frame = read(content, glob=False, hive_partitioning=False)
    events = _of_frame(frame, _metadata(kind, content), opener.name)
    opened = (open_groups if kind == "parquet" else open_batches)(opener, events, options)
    if opened is not None:
        return opened
    table = _Table(_stretches(events, opener.name), events.t_unit, events.size, events.about)
    return _open_table(kind, table, opener, options)


def _open_stream(opener: Opener, options: Mapping[str, Any]) -> _core.Recording:
    """Open a stream of Arrow, which Polars would read whole: it gets a batch at a time."""
    with opener.file() as file:
        assert file is not None
        stream = read_stream(file)
        metadata = metadata_of(stream.schema)

        def frames() -> Iterator[EventFrame]:
            for one in stream.files(file):
                yield _of_frame(pl.scan_ipc(one), metadata, opener.name)

        events = next(frames())
        opened = open_batches(opener, events, options, stream)
        if opened is not None:
            return opened
        stretches = (one for events in frames() for one in _stretches(events, opener.name))
        table = _Table(stretches, events.t_unit, events.size, events.about, stream.truncated)
        return _open_table("arrow", table, opener, options)


def _of_frame(frame: pl.LazyFrame, metadata: Mapping[str, str], name: str) -> EventFrame:
    schema = frame.collect_schema()
    picked = _pick(schema.names(), f"{name} ({', '.join(schema.names())[:300]})")
    unit = None
    columns = []
    for column in COLUMNS:
        kind = schema[picked[column]]
        values = pl.col(picked[column])
        if column == "t" and isinstance(kind, (pl.Duration, pl.Datetime)):
            unit = kind.time_unit
            values = values.to_physical()
        elif kind == pl.Boolean:
            values = values.cast(pl.UInt8)
        elif not kind.is_integer() and not kind.is_float():
            message = f"the column {picked[column]!r} of {name} holds {kind}, not numbers"
            raise FormatError(message)
        columns.append(values.alias(column))
    return EventFrame(frame.select(columns), picked, unit, _size(metadata), _about(metadata))


def _stretches(events: EventFrame, name: str) -> Iterator[Columns]:
    for batch in events.rows.collect_batches(maintain_order=True):
        for column in COLUMNS:
            if batch[column].null_count():
                message = f"the column {events.names[column]!r} of {name} lacks some of its values"
                raise FormatError(message)
        yield {column: batch[column].to_numpy() for column in COLUMNS}


def _metadata(kind: str, content: str | IO[bytes]) -> Mapping[str, str]:
    """Return the metadata of the schema, as far as it can be had."""
    if kind == "parquet":
        found = {**pl.read_parquet_metadata(content)}
    else:
        # Polars does not give it out.
        with open(content, "rb") if isinstance(content, str) else nullcontext(content) as file:  # noqa: PTH123
            found = read_metadata(file)
    if not isinstance(content, str):
        content.seek(0)
    return found


def _size(metadata: Mapping[str, str]) -> tuple[int, int]:
    try:
        width, height = (int(metadata[f"evarrow.{name}"]) for name in ("width", "height"))
    except (KeyError, ValueError):
        return 0, 0
    return (width, height) if 0 < width <= 32767 and 0 < height <= 32767 else (0, 0)


def _about(metadata: Mapping[str, str]) -> dict[str, Any]:
    """Return what evarrow's metadata says of the camera, and the lines of a header."""
    prefix = "evarrow.header."
    lines = [
        (key.removeprefix(prefix), value)
        for key, value in metadata.items()
        if key.startswith(prefix)
    ]
    camera = {name: metadata.get(f"evarrow.{name}", "") for name in _CAMERA}
    return {"fields": lines, **camera}


def _open_matlab(opener: Opener, options: Mapping[str, Any]) -> _core.Recording:
    """Open a MATLAB file of version 5 to 7."""
    if importlib.util.find_spec("scipy") is None:
        message = (
            f"{opener.name} is a MATLAB file, which SciPy reads: pip install 'evarrow[mat]', "
            "or save it with -v7.3"
        )
        raise FormatError(message)
    from scipy.io import loadmat  # type: ignore[import-untyped]

    with opener.file() as file:
        assert file is not None
        try:
            found = loadmat(file, struct_as_record=True, squeeze_me=True)
        except Exception as error:
            message = f"{opener.name} cannot be read as a MATLAB file: {error}"
            raise FormatError(message) from None
    columns, notes = _of_matlab(found, opener.name, options)
    whole = columns["t"].dtype.kind == "f" and not has_fractions(columns["t"])
    # Numbers of MATLAB are floating-point unless told otherwise.
    unit = "us" if whole else None
    about = {"notes": notes}
    options = {**options, "sensor": None}  # it has been chosen
    return _open_table("mat", _Table(iter([columns]), unit, about=about), opener, options)


def _of_matlab(
    found: Mapping[str, Any], name: str, options: Mapping[str, Any]
) -> tuple[Columns, list[str]]:
    """Return the columns of arrays, of a struct, or of a table of four columns, and notes."""
    arrays = {key: np.asarray(one) for key, one in found.items() if not key.startswith("__")}
    order, sensor = options.get("order"), options.get("sensor")
    groups = dict(_groups_of_matlab("", arrays))
    if groups:
        path = _choose(list(groups), sensor, name)
        others = ", ".join(one for one in groups if one != path)
        note = f"those of {path} are read, and sensor= chooses from {others}"
        return groups[path], [f"there are events of several structs: {note}"] if others else []
    if sensor is not None:
        message = f"there are no events of {sensor!r} in {name}, which has no structs with events"
        raise FormatError(message)
    tables = [one for one in arrays.values() if one.ndim == 2 and one.shape[1] == len(COLUMNS)]
    if tables and order is None:
        message = (
            f"nothing says which of the four columns of {name} is which: "
            'pass order="txyp", "xytp" or whatever it is'
        )
        raise FormatError(message)
    if tables and order is not None:
        return {LETTERS[letter]: tables[0][:, i] for i, letter in enumerate(order)}, []
    _pick([], f"{name} ({', '.join(arrays)[:300]})")
    return {}, []


def _groups_of_matlab(
    path: str, members: Mapping[str, NDArray[Any]], depth: int = 0
) -> Iterator[tuple[str, Columns]]:
    """Yield the columns of a struct and of those in it, and where they are."""
    flat = {key: one.ravel() for key, one in members.items() if one.dtype.kind in "biuf"}
    picked = pick(flat)
    if picked:
        yield path or "/", {column: flat[key] for column, key in picked.items()}
        return
    for key, one in members.items():
        if one.dtype.names and one.size == 1 and depth < _MOST_DEPTH:
            fields = {field: np.asarray(one[field].item()) for field in one.dtype.names}
            yield from _groups_of_matlab(f"{path}/{key}", fields, depth + 1)


def _choose(paths: list[str], sensor: str | None, name: str) -> str:
    """Return the first of `paths`, or of those that `sensor` names."""
    wanted = [one for one in paths if sensor is None or f"/{sensor.strip('/')}/" in f"{one}/"]
    if not wanted:
        message = f"there are no events of {sensor!r} in {name}, only {', '.join(paths)}"
        raise FormatError(message)
    return wanted[0]


def _pick(names: list[str], where: str) -> dict[str, str]:
    picked = pick(names)
    if not picked:
        message = f"there are no events in {where}: looked for the columns x, y, t and p"
        raise FormatError(message)
    return picked


def _open_table(
    kind: str, table: _Table, opener: Opener, options: Mapping[str, Any]
) -> _core.Recording:
    """Write the columns as records and open these."""
    with opener.file() as packed:
        assert packed is not None
        size = packed.seek(0, io.SEEK_END)
    with tempfile.TemporaryFile(prefix="evarrow-", buffering=0) as file:
        rows, dtype = _write(table.stretches, file, size, opener.name)
        array = Array("the table", dtype, (rows,), fortran=False, offset=0)
        how = dict(options)
        if table.t_unit is not None and not how.get("t_unit"):
            how["t_unit"] = table.t_unit
        assert how.get("t_unit") in {None, *UNITS}
        return open_records(
            kind, file, array, opener.name, how, table.size, table.about, table.truncated
        )


def _write(
    stretches: Iterator[Columns], file: IO[bytes], packed_size: int, name: str
) -> tuple[int, np.dtype[Any]]:
    """Write columns as records; return how many, and what they are."""
    rows = 0
    dtype = np.dtype([(column, "<i8" if column == "t" else "<i2") for column in COLUMNS])
    for columns in stretches:
        lengths = {len(one) for one in columns.values()}
        if len(lengths) != 1:
            message = f"{name} cannot be read: its columns differ in length: {sorted(lengths)}"
            raise FormatError(message)
        if rows == 0:
            dtype = np.dtype([(column, columns[column].dtype) for column in COLUMNS])
        records = np.empty(lengths.pop(), dtype)
        for column, values in columns.items():
            records[column] = values
        rows += len(records)
        check_growth(name, packed_size, rows * dtype.itemsize)
        file.write(records.tobytes())
    return rows, dtype
