# SPDX-License-Identifier: Apache-2.0
"""h5py: the columns of DSEC as NumPy arrays of evarrow's types, the offset added."""

import h5py
import hdf5plugin  # noqa: F401 - it tells HDF5 of blosc

FORMATS = ("dsec",)


def load(path, _file_format):
    with h5py.File(path) as file:
        events = file["events"]
        x, y = events["x"][:].astype("i2"), events["y"][:].astype("i2")
        t = events["t"][:].astype("i8") + file["t_offset"][()]
        return x, y, t, events["p"][:].astype("i1")


def columns(events):
    return events
