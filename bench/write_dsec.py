# SPDX-License-Identifier: Apache-2.0
"""Write the same events as DSEC does with evarrow and with h5py, in turn; print a table."""

from __future__ import annotations

import argparse
import pathlib
import tempfile
import time

import h5py
import hdf5plugin
import numpy as np
import polars as pl

import evarrow as ev

CHUNK = 65_536  # values


def repeated(path: str, events: int) -> pl.DataFrame:
    """Return a recording, repeated until it has enough events."""
    once = ev.read(path, t_type="int64")
    span = once["t"][-1] - once["t"][0] + 1
    times = -(-events // len(once))
    copies = [once.with_columns(pl.col("t") + span * i) for i in range(times)]
    return pl.concat(copies)[:events].rechunk()


def write_h5py(frame: pl.DataFrame, path: pathlib.Path, level: int) -> None:
    """Write as h5py users do."""
    columns = {name: frame[name].to_numpy() for name in ("x", "y", "t", "polarity")}
    t = columns["t"]
    with h5py.File(path, "w") as file:
        how = {"chunks": (CHUNK,), **hdf5plugin.Blosc(cname="zstd", clevel=level)}
        file.create_dataset("events/x", data=columns["x"].astype("u2"), **how)
        file.create_dataset("events/y", data=columns["y"].astype("u2"), **how)
        file.create_dataset("events/t", data=(t - t[0]).astype("u4"), **how)
        file.create_dataset("events/p", data=(columns["polarity"] > 0).astype("u1"), **how)
        starts = np.arange(0, t[-1] - t[0] + 1000, 1000) + t[0]
        file["ms_to_idx"] = np.searchsorted(t, starts).astype("u8")
        file["t_offset"] = t[0]


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recording")
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    frame = repeated(options.recording, options.events)
    best: dict[str, tuple[float, int]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "out.h5"
        works = {
            "evarrow, default": lambda: ev.write(
                frame, path, format="dsec", resolution=(1280, 720)
            ),
            "evarrow, level 5": lambda: ev.write(
                frame, path, format="dsec", resolution=(1280, 720), compression_level=5
            ),
            "h5py, level 1": lambda: write_h5py(frame, path, 1),
            "h5py, level 5": lambda: write_h5py(frame, path, 5),
        }
        for _ in range(options.rounds):
            for name, work in works.items():
                path.unlink(missing_ok=True)
                begin = time.perf_counter()
                work()
                seconds = time.perf_counter() - begin
                size = path.stat().st_size
                best[name] = min(best.get(name, (seconds, size)), (seconds, size))
    for name, (seconds, size) in best.items():
        rate = options.events / seconds / 1e6
        print(f"| {name} | {rate:.1f} M events/s | {size / options.events:.3f} B/event |")


if __name__ == "__main__":
    main()
