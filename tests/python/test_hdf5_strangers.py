# SPDX-License-Identifier: Apache-2.0
"""HDF5 files from strangers: they say what is not so, or lead out of themselves."""

import h5py
import hdf5_files as files
import numpy as np
import pytest

import evarrow as ev


def test_rows_that_are_not_there(tmp_path):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        for name in "xytp":
            file.create_dataset(name, (10**15,), "u4", chunks=(1000,))
    with pytest.raises(ev.FormatError, match="holds only 0 of them"):
        ev.open(path)


def test_links_out_of_the_file_are_not_followed(tmp_path):
    other = files.write_dsec(tmp_path / "other.h5", files.events())
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["events"] = h5py.ExternalLink(str(other), "/events")
    with pytest.raises(ev.FormatError, match="without events"):
        ev.open(path)


@pytest.mark.parametrize("where", ["external", "virtual"])
def test_columns_in_other_files_are_not_read(tmp_path, where):
    secret = np.arange(100, dtype=np.uint16)
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        if where == "external":
            secret.tofile(tmp_path / "secret")
            file.create_dataset("x", (100,), "u2", external=[(str(tmp_path / "secret"), 0, 200)])
        else:
            with h5py.File(tmp_path / "secret", "w") as other:
                other["x"] = secret
            layout = h5py.VirtualLayout((100,), "u2")
            layout[:] = h5py.VirtualSource(str(tmp_path / "secret"), "x", (100,))
            file.create_virtual_dataset("x", layout)
        for name in "ytp":
            file[name] = np.zeros(100, np.uint32)
    with pytest.raises(ev.FormatError, match="/x is virtual or outside of the file"):
        ev.open(path)
