# SPDX-License-Identifier: Apache-2.0
"""Samples of the IMU in HDF5 files of data sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evarrow.errors import FormatError
from evarrow.hdf5.datasets import Column, StoredRows, length_of, numbers_at, store
from evarrow.hdf5.times import time_rule

if TYPE_CHECKING:
    from typing import IO

    import h5py  # type: ignore[import-untyped]

    from evarrow import _core
    from evarrow.column_names import TimeRule

__all__ = ["Samples", "find_samples"]

_NOT_MEASURED = (2**32 - 1, 0, "f8", False, 0)  # a column that lies in no dataset
_RUN = 1 << 18  # times that are looked at together
_MOST_TIMES = 1 << 24  # looked at
_MOST_CHUNK = 1 << 26  # bytes
_NO_TIME = np.iinfo(np.int64).min  # what NaN becomes as a whole number


@dataclass(frozen=True)
class Samples:
    """What the stream `imu` is made of.

    Attributes
    ----------
    rows : int
        How many there are.
    datasets, columns, rule : list, list and tuple
        As `ContainerPlan.add_stream` takes them.
    have_gaps : bool
        Whether there are rows without a time, which are no samples.
    """

    rows: int
    datasets: list[StoredRows]
    columns: list[tuple[int, int, str, bool, int]]
    rule: TimeRule
    have_gaps: bool

    def add_to(self, plan: _core.ContainerPlan) -> None:
        """Add the stream to a plan."""
        plan.add_stream("imu", self.rows, self.datasets, self.columns, self.rule)
        if self.have_gaps:
            plan.drop_timeless()


def find_samples(
    file: h5py.File, source: str | IO[bytes], path: str, kind: str, notes: list[str]
) -> Samples | None:
    """Return the samples of a file, or None.

    A sample of MVSEC and M3ED is what ROS says of it: acceleration in m/s² and angular velocity in
    rad/s, neither a magnetic field nor a temperature.

    Parameters
    ----------
    file : h5py.File
        An open file.
    source : str or binary file
        The same file.
    path : str
        Of the events: samples of MVSEC are those of the same camera; M3ED has one IMU.
    kind : str
        Name of the format.
    notes : list of str
        To which is added how many rows are no samples, or why all are left out.
    """
    if kind == "mvsec":
        group = path.rpartition("/")[0]
        times, tables, unit = f"{group}/imu_ts", {f"{group}/imu": 6}, "s"
    elif kind == "m3ed":
        times, tables, unit = "/ovc/imu/ts", {"/ovc/imu/accel": 3, "/ovc/imu/omega": 3}, "us"
    else:
        return None
    found = [numbers_at(file, one) for one in (times, *tables)]
    if any(one is None for one in found):
        return None
    try:
        return _make(
            found[0], dict(zip(found[1:], tables.values(), strict=True)), unit, source, notes
        )
    except FormatError as error:
        notes.append(f"the samples of the IMU are left out: {error}")
        return None


def _make(
    times: Any, tables: dict[Any, int], unit: str, source: str | IO[bytes], notes: list[str]
) -> Samples:
    rows = length_of(times)
    for table, width in tables.items():
        if len(table.shape) != 2 or table.shape[1] != width:
            message = f"{table.name} has the shape {table.shape}, not {width} columns"
            raise FormatError(message)
        if rows is None or rows != table.shape[0]:
            message = f"those of {table.name} are not as many as the times of {times.name}"
            raise FormatError(message)
    columns = [Column(times)]
    columns += [Column(table, index=i) for table, width in tables.items() for i in range(width)]
    rule = time_rule(columns[0], wanted=None, usual=unit, offset=0)
    stored, places = store(columns, source)
    gaps = _count_gaps(times)
    if gaps != 0:
        count = {None: "any samples", 1: "1 sample"}.get(gaps, f"{gaps} samples")
        notes.append(f"{count} of the IMU without a time, which the file has in gaps, left out")
    return Samples(rows or 0, stored, [*places, *[_NOT_MEASURED] * 4], rule, gaps != 0)


def _count_gaps(times: Any) -> int | None:
    """Return how many rows have no time; None if that cannot be found out without reading much."""
    if times.dtype.kind != "i" or times.dtype.itemsize != 8:
        return 0
    chunk = 8 * int(np.prod(times.chunks or (1,), dtype=object))
    if times.size > _MOST_TIMES or chunk > _MOST_CHUNK:
        return None
    rows = times.shape[0]
    try:
        return sum(
            int(np.count_nonzero(times[row : row + _RUN] == _NO_TIME))
            for row in range(0, rows, _RUN)
        )
    except OSError:  # damaged, which is told when samples are read, or of a filter unknown to h5py
        return None
