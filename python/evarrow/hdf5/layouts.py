# SPDX-License-Identifier: Apache-2.0
"""Finding events in an HDF5 file, by what is in it and never by its name."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import h5py  # type: ignore[import-untyped]

from evarrow.column_names import LETTERS, pick
from evarrow.errors import FormatError
from evarrow.hdf5.datasets import Column, length_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Layout", "find_layouts", "is_of"]

_TABLE_WIDTH = 4
_MOST_OBJECTS = 100_000  # looked at
_MOST_DEPTH = 8


@dataclass(frozen=True)
class Layout:
    """Events found in a file.

    Attributes
    ----------
    path : str
        Of the group or dataset they are in.
    columns : dict of str to Column
        x, y, t and polarity; empty for a table whose columns nothing names.
    unit : str, optional
        Of the times, where the data set is known.
    """

    path: str
    columns: Mapping[str, Column] = field(default_factory=dict)
    unit: str | None = None

    @property
    def is_table(self) -> bool:
        """Whether the columns are those of one dataset with two dimensions."""
        return any(column.index is not None for column in self.columns.values())

    @property
    def is_known(self) -> bool:
        """Whether it is known which column is which."""
        return bool(self.columns)


def find_layouts(file: h5py.File, order: str | None) -> list[Layout]:
    """Return all events of a file, those that are most likely meant first.

    Parameters
    ----------
    file : h5py.File
        An open file.
    order : str, optional
        Which column of a table is which, such as "txyp".
    """
    found = [layout for layout in _walk(file, order) if _is_sound(layout)]
    return sorted(found, key=_rank)


def is_of(path: str, sensor: str | None) -> bool:
    """Return whether `sensor` names what is at `path`, or a group that it is in."""
    if sensor is None:
        return False
    wanted, path = sensor.strip("/"), path.strip("/")
    return path == wanted or f"/{wanted}/" in f"/{path}/"


def _rank(layout: Layout) -> tuple[bool, bool, int, str]:
    parts = layout.path.strip("/").split("/")
    return (not layout.is_known, "left" not in parts and len(parts) > 1, len(parts), layout.path)


def _walk(file: h5py.File, order: str | None) -> Iterator[Layout]:
    seen = 0
    waiting: list[tuple[str, h5py.Group]] = [("", file)]
    while waiting:
        path, group = waiting.pop(0)
        members = _members(group)
        seen += len(members)
        if seen > _MOST_OBJECTS:
            return
        columns = _named(members)
        is_ebssa = path == "/TD" and bool(file.userblock_size)
        if columns:
            moved = _from_1(columns) if is_ebssa else columns
            yield Layout(path or "/", moved, "us" if is_ebssa else None)
        for name, member in members.items():
            below = f"{path}/{name}"
            if isinstance(member, h5py.Dataset):
                yield from _of_dataset(below, name, member, order)
            elif below.count("/") < _MOST_DEPTH and not columns:
                waiting.append((below, member))


def _members(group: h5py.Group) -> dict[str, h5py.Group | h5py.Dataset]:
    """Return the members of a group that are in this file and not elsewhere."""
    members = {}
    for i, name in enumerate(group):
        if i >= _MOST_OBJECTS:
            break
        if isinstance(group.get(name, getlink=True), h5py.HardLink):
            member = group.get(name)
            if isinstance(member, (h5py.Group, h5py.Dataset)):
                members[name] = member
    return members


def _named(members: Mapping[str, h5py.Group | h5py.Dataset]) -> dict[str, Column]:
    datasets = {name: one for name, one in members.items() if isinstance(one, h5py.Dataset)}
    return {column: Column(datasets[name]) for column, name in pick(datasets).items()}


def _from_1(columns: Mapping[str, Column]) -> dict[str, Column]:
    """Return the columns of EBSSA, a data set of MATLAB files whose first pixel is 1."""
    moved = {name: replace(columns[name], shift=-1) for name in ("x", "y") if name in columns}
    return {**columns, **moved}


def _of_dataset(path: str, name: str, dataset: Any, order: str | None) -> Iterator[Layout]:
    if dataset.dtype.names:
        picked = pick(dataset.dtype.names)
        if picked and len(dataset.shape or ()) == 1:
            yield Layout(path, {column: Column(dataset, one) for column, one in picked.items()})
        return
    is_table = (
        dataset.shape is not None
        and len(dataset.shape) == 2
        and dataset.shape[1] == _TABLE_WIDTH
        and name.lower() in {"events", "event", "data"}
        and dataset.dtype.kind in "iuf"
    )
    if is_table:
        letters = order or _known_order(path, dataset)
        columns = {LETTERS[one]: Column(dataset, index=i) for i, one in enumerate(letters)}
        yield Layout(path, columns)


def _known_order(path: str, dataset: Any) -> str:
    """Return the order of the columns of tables that data sets are known to have."""
    if path.startswith("/davis/") and dataset.dtype.kind == "f":
        return "xytp"  # MVSEC
    if path == "/events" and dataset.dtype.kind in "iu":
        return "txyp"  # v2e, 3ET
    return ""


def _is_sound(layout: Layout) -> bool:
    """Return whether all columns have the same number of rows."""
    lengths = {length_of(column.dataset) for column in layout.columns.values()}
    if len(lengths) <= 1 and None not in lengths:
        return True
    names = ", ".join(f"{name} {column.dataset.shape}" for name, column in layout.columns.items())
    message = f"the columns of {layout.path} differ in length: {names}"
    raise FormatError(message)
