# SPDX-License-Identifier: Apache-2.0
"""evarrow: one buffer a column, from all threads. The index is made anew for every load."""

import os
import pathlib

import bench_adapters
import polars as pl

import evarrow as ev

FORMATS = (
    *("evt2", "evt21", "evt3", "dat", "es", "nmnist", "aedat4", "csv"),
    *("dsec", "hdf5", "mvsec", "prophesee-hdf5", "npz", "parquet", "rosbag", "mcap"),
)
OPTIONS = {}


def prepare(path):
    # A file of another time is another file: what is known of it does not count.
    status = pathlib.Path(path).stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1000))


def load(path, _file_format):
    return ev.read(path, **OPTIONS)


def columns(frame):
    t = frame["t"].to_physical()
    return frame["x"].to_numpy(), frame["y"].to_numpy(), t.to_numpy(), frame["polarity"].to_numpy()


def stream(path, _file_format):
    def run():
        with ev.open(path, **OPTIONS) as recording:
            return sum(len(batch.t) for batch in recording.batches(65_536))

    return run


def query(path, _file_format):
    part = bench_adapters.part()
    x0, y0, x1, y1 = part.region
    lazy = ev.scan(path, **OPTIONS).filter(
        pl.col("t") >= pl.duration(microseconds=part.start),
        pl.col("t") < pl.duration(microseconds=part.end),
        pl.col("x").is_between(x0, x1 - 1),
        pl.col("y").is_between(y0, y1 - 1),
        pl.col("polarity") == part.polarity,
    )
    return lambda: lazy.collect().height


def window(path, _file_format):
    part = bench_adapters.window()
    ev.open(path).make_index()
    return lambda: ev.read(path, start=part.start, end=part.end).height


def write(path, file_format):
    events, size = ev.read(path, sort=False), ev.open(path).resolution or (1280, 720)
    how = {} if "threads" not in OPTIONS else {"threads": OPTIONS["threads"]}

    def run():
        # A file that is open already is not synced, like those of other libraries.
        with bench_adapters.target(file_format) as out, pathlib.Path(out).open("wb") as file:
            return ev.write(events, file, format=file_format, resolution=size, **how)

    return run


def box(path, _file_format):
    part = bench_adapters.part()
    events = ev.read(path)
    return lambda: (
        ev.filters.box(
            events, start=part.start, end=part.end, region=part.region, polarity=part.polarity
        ).height
    )
