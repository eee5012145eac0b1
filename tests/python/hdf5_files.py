# SPDX-License-Identifier: Apache-2.0
"""HDF5 files with known events, as data sets and tools lay them out."""

from dataclasses import dataclass

import h5py
import numpy as np

EVENTS = 5000


@dataclass(frozen=True)
class Events:
    """Columns, polarity 0 or 1, times in microseconds."""

    x: np.ndarray
    y: np.ndarray
    t: np.ndarray
    p: np.ndarray

    def rows(self, polarity=(-1, 1)):
        signed = np.where(self.p > 0, polarity[1], polarity[0])
        return list(
            zip(self.x.tolist(), self.y.tolist(), self.t.tolist(), signed.tolist(), strict=True)
        )


def events(n=EVENTS, start=0, seed=0):
    random = np.random.default_rng(seed)
    return Events(
        random.integers(0, 640, n).astype("u2"),
        random.integers(0, 480, n).astype("u2"),
        start + np.cumsum(random.integers(0, 20, n)).astype("i8"),
        random.integers(0, 2, n).astype("u1"),
    )


def write_columns(group, one, names="xytp", **how):
    """Write the columns of `one` under `names`, with any arguments of h5py's create_dataset."""
    how.setdefault("chunks", (1000,) if len(one.t) else None)
    for name, values in zip(names, (one.x, one.y, one.t, one.p), strict=True):
        group.create_dataset(name, data=values, **how)


def write_dsec(path, one, offset=57_799_000_000, **how):
    with h5py.File(path, "w") as file:
        small = Events(one.x, one.y, one.t.astype("u4"), one.p)
        write_columns(file.create_group("events"), small, **how)
        file["t_offset"] = offset
        milliseconds = np.arange(0, one.t[-1] // 1000 + 1) * 1000 if len(one.t) else []
        file["ms_to_idx"] = np.searchsorted(one.t, milliseconds).astype("u8")
    return path


def write_m3ed(path, one, sides=("left", "right"), **how):
    with h5py.File(path, "w") as file:
        for i, side in enumerate(sides):
            moved = Events(one.x, one.y, one.t + i, one.p.astype("i1"))
            write_columns(file.create_group(f"prophesee/{side}"), moved, **how)
            file[f"prophesee/{side}/ms_map_idx"] = np.zeros(1, "u8")
    return path


def write_mvsec(path, one, start=1_506_119_776, **how):
    table = np.stack([one.x, one.y, start + one.t / 1e6, np.where(one.p, 1.0, -1.0)], axis=1)
    with h5py.File(path, "w") as file:
        file.create_dataset("davis/left/events", data=table, **how)
    return path


def write_monash(path, one, **how):
    with h5py.File(path, "w") as file:
        seconds = Events(one.x.astype("i2"), one.y.astype("i2"), one.t / 1e6, one.p.astype(bool))
        write_columns(file.create_group("events"), seconds, ("xs", "ys", "ts", "ps"), **how)
        file.attrs["sensor_resolution"] = (480, 640)
    return path


def write_prophesee(path, one, triggers=(), **how):
    record = np.dtype(
        {
            "names": ["x", "y", "p", "t"],
            "formats": ["<u2", "<u2", "<i2", "<i8"],
            "offsets": [0, 2, 4, 8],
            "itemsize": 16,
        }
    )
    edge = np.dtype(
        {
            "names": ["p", "t", "id"],
            "formats": ["<i2", "<i8", "<i2"],
            "offsets": [0, 8, 16],
            "itemsize": 24,
        }
    )
    rows = np.zeros(len(one.t), record)
    for name in ("x", "y", "p", "t"):
        rows[name] = getattr(one, name)
    edges = np.zeros(len(triggers), edge)
    for i, (t, number, p) in enumerate(triggers):
        edges[i] = (p, t, number)
    how.setdefault("chunks", (1024,))
    with h5py.File(path, "w") as file:
        file.attrs["geometry"] = "640x480"
        file.attrs["serial_number"] = "00000042"
        file.create_dataset("CD/events", data=rows, maxshape=(None,), **how)
        file.create_dataset("EXT_TRIGGER/events", data=edges, maxshape=(None,), chunks=(1024,))
    return path
