# SPDX-License-Identifier: Apache-2.0
"""What an HDF5 file says of which event comes when."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import h5py  # type: ignore[import-untyped]

from evarrow.errors import FormatError
from evarrow.hdf5.datasets import Column, length_of, store

if TYPE_CHECKING:
    from typing import IO

    from evarrow import _core

__all__ = ["add_periods"]

_MILLISECOND = 1000  # microseconds
_PROPHESEE_PERIOD = 2000  # microseconds


def add_periods(
    plan: _core.ContainerPlan,
    file: h5py.File,
    source: str | IO[bytes],
    path: str,
    kind: str,
    offset: int,
) -> None:
    """Add where the file says which event comes when to the stream that was added last.

    A file that does not, or whose index is of a kind that cannot be read, is read all the same.

    Parameters
    ----------
    plan : ContainerPlan
        With the events.
    file : h5py.File
        An open file.
    source : str or binary file
        The same file.
    path : str
        Of the events.
    kind : str
        Name of the format.
    offset : int
        What is added to every time, microseconds.
    """
    found = _find(file, path, kind, offset)
    if found is None:
        return
    column, first, period = found
    if column.dtype.kind not in "iu" or len(column.dataset.shape or ()) != 1:
        return
    with suppress(FormatError):
        (dataset,), (place,) = store([column], source)
        plan.set_periods(dataset, length_of(column.dataset) or 0, place, first, period)


def _find(file: h5py.File, path: str, kind: str, offset: int) -> tuple[Column, int, int] | None:
    """Return the column of numbers of events, when its first period begins, and the period."""
    if kind == "prophesee-hdf5":
        dataset = file.get("CD/indexes")
        names = dataset.dtype.names if isinstance(dataset, h5py.Dataset) else None
        first = None if names is None else _first_time(dataset)
        if names is None or "id" not in names or first is None:
            return None
        return Column(dataset, "id"), first, _PROPHESEE_PERIOD
    where = {"dsec": "ms_to_idx", "m3ed": f"{path}/ms_map_idx"}.get(kind)
    dataset = None if where is None else file.get(where)
    if not isinstance(dataset, h5py.Dataset) or dataset.dtype.names:
        return None
    return Column(dataset), offset, _MILLISECOND


def _first_time(indexes: h5py.Dataset) -> int | None:
    """Return the time of the first event: the attribute has it with the sign turned."""
    value = indexes.attrs.get("offset")
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    try:
        return -int(text)
    except ValueError:
        return None
