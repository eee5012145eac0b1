# SPDX-License-Identifier: Apache-2.0
"""Samples of the IMU in HDF5 files of data sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import h5py  # type: ignore[import-untyped]

from evarrow.errors import FormatError
from evarrow.hdf5.datasets import Column, StoredRows, length_of, store
from evarrow.hdf5.times import time_rule

if TYPE_CHECKING:
    from typing import IO

    from evarrow.column_names import TimeRule

__all__ = ["find_samples"]

Samples: TypeAlias = "tuple[int, list[StoredRows], list[tuple[int, int, str, bool, int]], TimeRule]"

_NOT_MEASURED = (2**32 - 1, 0, "f8", False, 0)  # a column that lies in no dataset
_AXES = 6


def find_samples(
    file: h5py.File, source: str | IO[bytes], path: str, kind: str, notes: list[str]
) -> Samples | None:
    """Return what the stream `imu` is made of: rows, datasets, columns and times; or None.

    A sample of MVSEC is what ROS says of it: acceleration in m/s² and angular velocity in rad/s,
    neither a magnetic field nor a temperature.

    Parameters
    ----------
    file : h5py.File
        An open file.
    source : str or binary file
        The same file.
    path : str
        Of the events: samples are those of the same camera.
    kind : str
        Name of the format.
    notes : list of str
        To which is added why samples are left out.
    """
    if kind != "mvsec":
        return None
    group = path.rpartition("/")[0]
    samples, times = _dataset(file, f"{group}/imu"), _dataset(file, f"{group}/imu_ts")
    if samples is None or times is None:
        return None
    if len(samples.shape) != 2 or samples.shape[1] != _AXES:
        notes.append(f"the samples of the IMU are left out: {samples.name} has no six columns")
        return None
    rows = length_of(times)
    if rows is None or rows != samples.shape[0]:
        notes.append("the samples of the IMU are left out: they are not as many as their times")
        return None
    columns = [Column(times), *(Column(samples, index=i) for i in range(_AXES))]
    try:
        rule = time_rule(columns[0], wanted=None, usual="s", offset=0)
        stored, places = store(columns, source)
    except FormatError as error:
        notes.append(f"the samples of the IMU are left out: {error}")
        return None
    return rows, stored, [*places, *[_NOT_MEASURED] * 4], rule


def _dataset(file: h5py.File, path: str) -> Any:
    """Return a dataset of numbers that is in this file, or None."""
    if not isinstance(file.get(path, getlink=True), h5py.HardLink):
        return None
    dataset = file.get(path)
    if not isinstance(dataset, h5py.Dataset) or not dataset.shape:
        return None
    return dataset if dataset.dtype.kind in "iuf" else None
