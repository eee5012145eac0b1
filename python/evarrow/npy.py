# SPDX-License-Identifier: Apache-2.0
"""Events in NumPy's files: records or tables (`.npy`), or archives of columns (`.npz`).

The arrays are not loaded: a plan says where in the file they lie, and the extension module decodes
them like those of any container.
"""

from __future__ import annotations

import struct
import tempfile
import tokenize
import zipfile
import zlib
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from evarrow import _core
from evarrow.column_names import COLUMNS, LETTERS, UNITS, TimeRule, pick
from evarrow.errors import FormatError
from evarrow.openers import Opener, opener_of_file
from evarrow.options import to_core
from evarrow.packed import copy_bounded, has_arrays

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

__all__ = ["Array", "has_fractions", "open_arrays", "open_records", "time_rule"]

_TABLES = ("events", "data", "event", "arr_0")  # what archives call a single array
_OF_PAIRS = ("", "events_", "dataset_events_")  # before t, xy and p: the last are of EV-IMO2
_SIZE = {"width", "height"}  # scalars of an archive
_LOOKED_AT = 1000  # times, to see whether they have fractions
_ZIP_HEADER = 30


@dataclass(frozen=True)
class Array:
    """An array in a file."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    fortran: bool
    offset: int  # bytes, of its first value

    @property
    def rows(self) -> int:
        """Its length."""
        return self.shape[0] if self.shape else 1


@dataclass(frozen=True)
class _Column:
    """Numbers of one column: `at` bytes into rows of `step` bytes, which begin at `start`."""

    array: Array
    dtype: np.dtype[Any]
    start: int
    step: int
    at: int


def open_arrays(opener: Opener, options: Mapping[str, Any]) -> _core.Recording | None:
    """Open a `.npy` file, or a zip archive if it holds some; None if it holds none.

    Raises
    ------
    FormatError
        If there are no events in it, or nothing says which column is which.
    """
    with opener.file() as file:
        if file is None:
            return None
        try:
            if file.read(4) == b"PK\x03\x04":
                return _open_npz(opener, file, options)
            file.seek(0)
            array = _read_header(file, "the array")
            columns = _columns_of({array.name: array}, opener.name, options)
            plan = _plan("npy", file, columns, opener.name, options)
        except (ValueError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
            message = f"{opener.name} cannot be read: {error}"
            raise FormatError(message) from None
    return opener.open(to_core(options, plan))


def open_records(
    kind: str,
    file: IO[bytes],
    records: Array,
    name: str,
    options: Mapping[str, Any],
    geometry: tuple[int, int],
    about: Mapping[str, Any],
    truncated: int = 0,
) -> _core.Recording:
    """Open records with the fields x, y, t and polarity that lie in a temporary file.

    `truncated`: how many bytes at the end of the file that they are from are no rows.
    """
    plan = _plan(kind, file, _fields(records), name, options, geometry, about)
    plan.set_truncated(truncated)
    return opener_of_file(file, name).open(to_core(options, plan, is_copy=True))


def _open_npz(
    opener: Opener, file: IO[bytes], options: Mapping[str, Any]
) -> _core.Recording | None:
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        if not has_arrays(archive):
            return None
        members = {
            one.filename.removesuffix(".npy"): one
            for one in archive.infolist()
            if one.filename.endswith(".npy")
        }
        arrays = {}
        for name, one in members.items():
            with archive.open(one) as inner:
                arrays[name] = _read_header(inner, name)
        columns = _columns_of(arrays, opener.name, options)
        names = {column.array.name for column in columns.values()} | (_SIZE & members.keys())
        used = {name: members[name] for name in names}
        # Members that are stored as they are need not be unpacked.
        if all(one.compress_type == zipfile.ZIP_STORED for one in used.values()):
            places = {name: _place(file, one) for name, one in used.items()}
            return _open_members(opener, file, arrays, places, options)
        with tempfile.TemporaryFile(prefix="evarrow-", buffering=0) as unpacked:
            places = {}
            for name, one in used.items():
                places[name] = unpacked.tell()
                with archive.open(one) as inner:
                    copy_bounded(inner, unpacked, one.compress_size, opener.name)
            inside = opener_of_file(unpacked, opener.name)
            return _open_members(inside, unpacked, arrays, places, options, is_copy=True)


def _place(file: IO[bytes], member: zipfile.ZipInfo) -> int:
    """Return where the content of a member begins."""
    if member.flag_bits & 1:
        message = f"{member.filename} is encrypted"
        raise ValueError(message)
    file.seek(member.header_offset)
    header = file.read(_ZIP_HEADER)
    if len(header) < _ZIP_HEADER:
        message = f"{member.filename} lies outside of the archive"
        raise ValueError(message)
    name, extra = struct.unpack("<HH", header[26:])
    return int(member.header_offset + _ZIP_HEADER + name + extra)


def _open_members(
    opener: Opener,
    file: IO[bytes],
    arrays: Mapping[str, Array],
    places: Mapping[str, int],
    options: Mapping[str, Any],
    *,
    is_copy: bool = False,
) -> _core.Recording:
    """Open the members that lie at `places`."""
    placed = {
        name: replace(one, offset=one.offset + places.get(name, 0)) for name, one in arrays.items()
    }
    columns = _columns_of(placed, opener.name, options)
    size = {name: placed[name] for name in _SIZE & places.keys()}
    plan = _plan("npz", file, columns, opener.name, options, _geometry(file, size))
    return opener.open(to_core(options, plan, is_copy=is_copy))


def _read_header(file: IO[bytes], name: str) -> Array:
    """Read the header of the array that `file` stands at the front of."""
    version = np.lib.format.read_magic(file)
    read = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read is None:
        message = f"version {version[0]}.{version[1]} of NumPy's format is none that is read"
        raise ValueError(message)
    try:
        shape, fortran, dtype = read(file)
    except (SyntaxError, tokenize.TokenError, RecursionError, MemoryError) as error:
        message = f"the header of {name} is damaged ({error})"
        raise ValueError(message) from None
    rows, row = (shape[0] if shape else 1), dtype.itemsize * int(np.prod(shape[1:]))
    if any(one < 0 for one in shape) or rows * row >= 1 << 63 or rows >= 1 << 63:
        message = f"no array has the shape {shape}"
        raise ValueError(message)
    return Array(name, dtype, shape, fortran and len(shape) > 1, file.tell())


def _columns_of(
    arrays: Mapping[str, Array], name: str, options: Mapping[str, Any]
) -> dict[str, _Column]:
    """Return where x, y, t and polarity are."""
    flat = {key: one for key, one in arrays.items() if len(one.shape) == 1 and not one.dtype.names}
    picked = pick(flat)
    if picked:
        lengths = {flat[key].rows for key in picked.values()}
        if len(lengths) > 1:
            found = ", ".join(f"{key} {flat[key].rows:,}" for key in picked.values())
            message = f"{name} cannot be read: its columns differ in length: {found}"
            raise FormatError(message)
        return {column: _whole(flat[key]) for column, key in picked.items()}
    pairs = _with_pairs(arrays)
    if pairs:
        return pairs
    for one in sorted(arrays.values(), key=_rank):
        if one.dtype.names and len(one.shape) == 1:
            columns = _fields(one)
        elif len(one.shape) == 2 and one.shape[1] == len(COLUMNS):
            columns = _table(one, name, arrays, options)
        else:
            continue
        if columns:
            return columns
    found = ", ".join(f"{one.name} {one.dtype} {one.shape}" for one in arrays.values())
    message = (
        f"{name} has no events: looked for columns x, y, t and p, for records with these fields, "
        f"and for a table of four columns, and found {found[:500]}"
    )
    raise FormatError(message)


def _with_pairs(arrays: Mapping[str, Array]) -> dict[str, _Column]:
    """Return the columns of archives whose x and y are one array of two columns."""
    for prefix in _OF_PAIRS:
        t, xy, p = (arrays.get(prefix + name) for name in ("t", "xy", "p"))
        if t is None or xy is None or p is None:
            continue
        if len(t.shape) == len(p.shape) == 1 and xy.shape == (t.rows, 2) and p.rows == t.rows:
            places = _side_by_side(xy)
            return {"x": places[0], "y": places[1], "t": _whole(t), "polarity": _whole(p)}
    return {}


def _side_by_side(array: Array) -> list[_Column]:
    """Return the columns of a table."""
    size, count = array.dtype.itemsize, array.shape[1]
    if array.fortran:
        starts = [array.offset + i * size * array.rows for i in range(count)]
        return [_Column(array, array.dtype, start, size, 0) for start in starts]
    return [_Column(array, array.dtype, array.offset, size * count, i * size) for i in range(count)]


def _rank(array: Array) -> tuple[int, str]:
    known = array.name in _TABLES
    return (_TABLES.index(array.name) if known else len(_TABLES), array.name)


def _whole(array: Array) -> _Column:
    return _Column(array, array.dtype, array.offset, array.dtype.itemsize, 0)


def _fields(array: Array) -> dict[str, _Column]:
    assert array.dtype.fields is not None
    columns = {}
    for column, field in pick(array.dtype.fields).items():
        dtype, at = array.dtype.fields[field][:2]
        columns[column] = _Column(array, dtype, array.offset, array.dtype.itemsize, at)
    return columns


def _table(
    array: Array, name: str, arrays: Mapping[str, Array], options: Mapping[str, Any]
) -> dict[str, _Column]:
    order = options.get("order")
    if order is None and array.name == "events" and {"index", "discretization"} <= arrays.keys():
        order = "txyp"  # EV-IMO
    if order is None:
        message = (
            f"nothing says which of the four columns of {name} is which: "
            'pass order="txyp", "xytp" or whatever it is'
        )
        raise FormatError(message)
    columns = _side_by_side(array)
    return {LETTERS[letter]: column for letter, column in zip(order, columns, strict=True)}


def _plan(
    kind: str,
    file: IO[bytes],
    columns: Mapping[str, _Column],
    name: str,
    options: Mapping[str, Any],
    geometry: tuple[int, int] = (0, 0),
    about: Mapping[str, Any] | None = None,
) -> _core.ContainerPlan:
    width, height = geometry
    plan = _core.ContainerPlan(format=kind, width=width, height=height, **(about or {}))
    datasets: dict[int, int] = {}
    stored: list[Any] = []
    places = []
    for key in COLUMNS:
        column = columns[key]
        if column.start not in datasets:
            datasets[column.start] = len(stored)
            rows = column.array.rows
            chunk = struct.pack("=4Q", 0, column.start, rows * column.step, 0) if rows else b""
            title = column.array.name
            stored.append((title, column.step, max(rows, 1), [], chunk, b"", b""))
        number, big_endian = _number(column)
        places.append((datasets[column.start], column.at, number, big_endian, 0))
    rule = time_rule(
        columns["t"].dtype,
        options.get("t_unit"),
        name,
        lambda: has_fractions(_first_times(file, columns["t"])),
    )
    plan.add_stream("events", columns["t"].array.rows, stored, places, rule)
    return plan


def _number(column: _Column) -> tuple[str, bool]:
    """Return the name of the type of a column's numbers, and whether they are big-endian."""
    dtype = column.dtype
    swapped = dtype.newbyteorder("=") != dtype
    if dtype.kind == "b":
        return "u1", False
    if dtype.kind in "mM":
        return "i8", swapped
    if dtype.kind in "iu" or (dtype.kind == "f" and dtype.itemsize in {4, 8}):
        return f"{dtype.kind}{dtype.itemsize}", swapped
    message = f"the values of {column.array.name} are {dtype}, not numbers"
    raise ValueError(message)


def time_rule(
    dtype: np.dtype[Any], unit: str | None, name: str, has_fractions: Callable[[], bool]
) -> TimeRule:
    """Return what times of a type count, which `unit` says if it is not None.

    Raises
    ------
    ValueError
        If they are of a unit that is not known.
    FormatError
        If nothing says it.
    """
    if unit is None and dtype.kind in "mM":
        unit, count = np.datetime_data(dtype)
        if unit not in UNITS or count != 1:
            message = f"its times are {dtype}, which is none of s, ms, us and ns"
            raise ValueError(message)
    if unit is None and dtype.kind in "biu":
        unit = "us"
    if unit is None and has_fractions():
        unit = "s"
    if unit is None:
        message = (
            f"the times of {name} are {dtype} without fractions, and nothing says whether "
            'they are seconds: pass t_unit="s", "ms", "us" or "ns"'
        )
        raise FormatError(message)
    return 0, *UNITS[unit]


def has_fractions(times: NDArray[Any]) -> bool:
    """Return whether one of the floating-point times is no whole number."""
    return bool(np.any(times != np.floor(times)))


def _first_times(file: IO[bytes], column: _Column) -> NDArray[Any]:
    rows = min(column.array.rows, _LOOKED_AT)
    file.seek(column.start)
    content = file.read(rows * column.step)
    found = len(content) // column.step
    if not found:
        return np.empty(0, column.dtype)
    return np.ndarray((found,), column.dtype, content, offset=column.at, strides=(column.step,))


def _geometry(file: IO[bytes], arrays: Mapping[str, Array]) -> tuple[int, int]:
    """Return the scalars width and height of an archive, 0 where they are not there."""
    size = []
    for key in ("width", "height"):  # in this order
        array = arrays.get(key)
        if array is None or array.dtype.kind not in "iu" or int(np.prod(array.shape)) != 1:
            return 0, 0
        file.seek(array.offset)
        content = file.read(array.dtype.itemsize)
        if len(content) < array.dtype.itemsize:
            return 0, 0
        size.append(int(np.frombuffer(content, array.dtype)[0]))
    width, height = size
    return (width, height) if 0 < width <= 32767 and 0 < height <= 32767 else (0, 0)
