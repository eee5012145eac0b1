# SPDX-License-Identifier: Apache-2.0
"""Where HDF5 keeps the rows of a dataset, as the extension module takes it."""

from __future__ import annotations

import struct
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import h5py  # type: ignore[import-untyped]
import numpy as np

from evarrow.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import IO

__all__ = [
    "Column",
    "StoredRows",
    "chunks_of",
    "fill_of",
    "filters_of",
    "is_inside",
    "length_of",
    "numbers_at",
    "pack_chunks",
    "store",
    "store_whole",
]

StoredRows: TypeAlias = "tuple[str, int, int, list[tuple[int, list[int]]], bytes, bytes, bytes]"
StoredChunk: TypeAlias = "tuple[tuple[int, ...], int, int, int]"
StoredColumn: TypeAlias = "tuple[int, int, str, bool, int]"


@dataclass(frozen=True)
class Column:
    """One column: a dataset of its own, a field of records, or a column of a table.

    Attributes
    ----------
    dataset : h5py.Dataset
        Of shape (n,), (n, 1) or (1, n), or (n, k) for a column of a table.
    field : str, optional
        Of a record.
    index : int, optional
        Of a table.
    shift : int
        What is added to each coordinate.
    """

    dataset: Any
    field: str | None = None
    index: int | None = None
    shift: int = 0

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the numbers."""
        dtype: np.dtype[Any] = self.dataset.dtype
        return dtype if self.field is None else dtype[self.field]


def length_of(dataset: Any) -> int | None:
    """Return the number of rows of a dataset that can hold columns, or None."""
    shape = dataset.shape
    if shape is None:
        return 0 if dataset.dtype.kind != "O" else None
    if len(shape) == 1:
        return int(shape[0])
    if len(shape) == 2:
        return int(shape[1] if shape[0] == 1 and shape[1] > 8 else shape[0])
    return None


def numbers_at(file: h5py.File, path: str) -> Any:
    """Return a dataset of numbers that is in this file, or None."""
    if not isinstance(file.get(path, getlink=True), h5py.HardLink):
        return None
    dataset = file.get(path)
    if not isinstance(dataset, h5py.Dataset) or not dataset.shape or not is_inside(file, dataset):
        return None
    return dataset if dataset.dtype.kind in "iuf" else None


def is_inside(file: h5py.File, dataset: Any) -> bool:
    """Return whether a dataset is in this file: links of a path may lead to another one."""
    here, there = (h5py.h5o.get_info(one.id).fileno for one in (file, dataset))
    return bool(here == there)


def store(
    columns: Iterable[Column], source: str | IO[bytes]
) -> tuple[list[StoredRows], list[StoredColumn]]:
    """Return the datasets that `columns` lie in, and where in their rows each column is.

    Raises
    ------
    FormatError
        If a dataset has a type or a layout that cannot be read.
    """
    stored: dict[tuple[str, int], int] = {}
    rows: list[StoredRows] = []
    places: list[StoredColumn] = []
    for column in columns:
        dataset = column.dataset
        name, big_endian = _number(column)
        wide = _chunk_width(dataset)
        part, at = divmod(column.index or 0, wide)
        key = (dataset.name, part)
        if key not in stored:
            stored[key] = len(rows)
            rows.append(_store_dataset(dataset, part, wide, source))
        if column.field is not None:
            at = dataset.dtype.fields[column.field][1]
        else:
            at *= dataset.dtype.itemsize
        places.append((stored[key], at, name, big_endian, column.shift))
    return rows, places


def _number(column: Column) -> tuple[str, bool]:
    """Return the name of the type of a column's numbers, and whether they are big-endian."""
    dtype = column.dtype
    if dtype.kind == "b":
        return "u1", False
    if dtype.kind in "iu" or (dtype.kind == "f" and dtype.itemsize in {4, 8}):
        return f"{dtype.kind}{dtype.itemsize}", dtype.newbyteorder("=") != dtype
    message = f"the values of {column.dataset.name} are {dtype}, not numbers"
    raise FormatError(message)


def _chunk_width(dataset: Any) -> int:
    """Return how many columns of a table lie side by side in a chunk."""
    if dataset.shape is None or len(dataset.shape) == 1 or length_of(dataset) == dataset.shape[1]:
        return 1
    return int(dataset.chunks[1]) if dataset.chunks else int(dataset.shape[1])


def _store_dataset(dataset: Any, part: int, wide: int, source: str | IO[bytes]) -> StoredRows:
    """Return what the extension module wants to know of a dataset, or of a part of its columns."""
    size = dataset.dtype.itemsize
    if dataset.id.get_type().get_size() != size:
        message = f"the numbers of {dataset.name} are of a type that cannot be read"
        raise FormatError(message)
    row_bytes = size * wide
    whole = store_whole(dataset, row_bytes, length_of(dataset) or 0)
    if whole is not None:
        return whole
    axis = _axis(dataset)
    chunks = _chunks(dataset, axis, part * wide, source)
    fill = fill_of(dataset) * wide
    rows = int(dataset.chunks[axis])
    return (dataset.name, row_bytes, rows, filters_of(dataset), chunks, fill, b"")


def store_whole(dataset: Any, row_bytes: int, rows: int) -> StoredRows | None:
    """Return where the rows of a dataset without chunks are; None if it has chunks.

    Raises
    ------
    FormatError
        If they are in another file or dataset.
    """
    properties = dataset.id.get_create_plist()
    layout = properties.get_layout()
    if layout == h5py.h5d.CHUNKED:
        return None
    rows = max(rows, 1)
    if layout == h5py.h5d.COMPACT:
        content = np.asarray(dataset[()]).tobytes()
        chunk = pack_chunks([(0, 0, len(content), 0)] if content else [])
        return (dataset.name, row_bytes, rows, [], chunk, b"", content)
    if layout != h5py.h5d.CONTIGUOUS or properties.get_external_count() != 0:
        message = f"{dataset.name} is virtual or outside of the file"
        raise FormatError(message)
    offset = dataset.id.get_offset()
    fill = fill_of(dataset) * (row_bytes // dataset.dtype.itemsize)
    if offset is None or dataset.id.get_storage_size() == 0:  # never written
        return (dataset.name, row_bytes, 1, [], b"", fill, b"")
    place = pack_chunks([(0, offset, dataset.id.get_storage_size(), 0)])
    return (dataset.name, row_bytes, rows, [], place, fill, b"")


def _axis(dataset: Any) -> int:
    """Return the axis along which the rows are."""
    return int(len(dataset.shape) == 2 and length_of(dataset) != dataset.shape[0])


def fill_of(dataset: Any) -> bytes:
    """Return the bytes of a value that was never written."""
    value = np.asarray(dataset.fillvalue).astype(dataset.dtype)
    return value.tobytes()


def _chunks(dataset: Any, axis: int, column: int, source: str | IO[bytes]) -> bytes:
    """Return the chunks that begin at a column, in order of rows."""
    rows = length_of(dataset) or 0
    return pack_chunks(
        (place[axis], *where)
        for place, *where in chunks_of(dataset, source)
        if place[axis] < rows and (len(place) == 1 or place[1 - axis] == column)
    )


def filters_of(dataset: Any) -> list[tuple[int, list[int]]]:
    """Return the numbers of the filters of a chunked dataset, and their values."""
    properties = dataset.id.get_create_plist()
    filters = [properties.get_filter(i) for i in range(properties.get_nfilters())]
    return [(int(one[0]), [int(value) for value in one[2]]) for one in filters]


def pack_chunks(chunks: Iterable[tuple[int, ...]]) -> bytes:
    """Return chunks, each (row, byte, size, filters left out), as the extension module has them."""
    return b"".join(struct.pack("=4Q", *chunk) for chunk in sorted(chunks))


def chunks_of(dataset: Any, source: str | IO[bytes]) -> list[StoredChunk]:
    """Return where each chunk is in the dataset and in the file, its size and its filter mask."""
    found: list[StoredChunk] = []

    def add(info: Any) -> None:
        found.append((info.chunk_offset, info.byte_offset, info.size, info.filter_mask))

    if hasattr(dataset.id, "chunk_iter"):
        dataset.id.chunk_iter(add)
    else:
        for i in range(dataset.id.get_num_chunks()):
            add(dataset.id.get_chunk_info(i))
    shift = _user_block(dataset, found, source)
    if shift == 0:
        return found
    return [(place, offset + shift, size, mask) for place, offset, size, mask in found]


def _user_block(dataset: Any, found: list[StoredChunk], source: str | IO[bytes]) -> int:
    """Return what has to be added to the places of chunks.

    Versions of the HDF5 library differ in whether these count from the front of the file or from
    the end of the block that the user may have put there.
    """
    block = int(dataset.file.userblock_size)
    if block == 0 or not found:
        return 0
    place, offset, size, _ = found[0]
    _, content = dataset.id.read_direct_chunk(place)
    length = min(size, 4096)
    with open(source, "rb") if isinstance(source, str) else nullcontext(source) as file:  # noqa: PTH123
        file.seek(offset)
        return 0 if file.read(length) == content[:length] else block
