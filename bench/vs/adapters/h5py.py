# SPDX-License-Identifier: Apache-2.0
"""h5py: columns as NumPy arrays of evarrow's types, in microseconds."""

import h5py
import hdf5plugin  # noqa: F401 - it tells HDF5 of blosc
import numpy as np

FORMATS = ("dsec", "hdf5", "mvsec")


def load(path, file_format):
    with h5py.File(path) as file:
        if file_format == "mvsec":
            x, y, t, p = file["davis/left/events"][:].T
            return x.astype("i2"), y.astype("i2"), np.rint(t * 1e6).astype("i8"), p.astype("i1")
        events = file["events"]
        x, y = events["x"][:].astype("i2"), events["y"][:].astype("i2")
        t = events["t"][:].astype("i8")
        if file_format == "dsec":
            t += file["t_offset"][()]
        return x, y, t, events["p"][:].astype("i1")


def window(path, _file_format):
    """DSEC's own way: the row of each millisecond, then the rows of two of them."""
    import bench_adapters

    part = bench_adapters.window()
    file = h5py.File(path)
    offset = int(file["t_offset"][()])
    rows = file["ms_to_idx"][:]

    def run():
        start, end = part.start - offset, part.end - offset
        first = int(rows[start // 1000])
        last = int(rows[min(-(-end // 1000), len(rows) - 1)])
        t = file["events/t"][first:last]
        low, high = np.searchsorted(t, [start, end])
        _x, _y, p = (file[f"events/{name}"][first + low : first + high] for name in "xyp")
        return len(p)

    return run


def columns(events):
    return events
