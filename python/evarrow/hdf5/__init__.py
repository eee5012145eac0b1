# SPDX-License-Identifier: Apache-2.0
"""HDF5 files: h5py finds the datasets and their chunks, the extension module decodes them."""

from __future__ import annotations

from evarrow.hdf5.opening import make_plan

__all__ = ["make_plan"]
