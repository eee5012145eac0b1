# SPDX-License-Identifier: Apache-2.0
"""Polars: the events in memory, filtered by its own engine."""

import bench_adapters
import polars as pl

import evarrow as ev

FORMATS = ("evt2", "evt21", "evt3", "dat", "csv")


def write(path, _file_format):
    events = ev.read(path, t_type="int64").select("t", "x", "y", "polarity")

    def run():
        with bench_adapters.target("csv") as out:
            events.write_csv(out)
            return events.height

    return run


def box(path, _file_format):
    part = bench_adapters.part()
    x0, y0, x1, y1 = part.region
    lazy = ev.read(path).lazy().filter(
        pl.col("t") >= pl.duration(microseconds=part.start),
        pl.col("t") < pl.duration(microseconds=part.end),
        pl.col("x").is_between(x0, x1 - 1),
        pl.col("y").is_between(y0, y1 - 1),
        pl.col("polarity") == part.polarity,
    )  # fmt: skip
    return lambda: lazy.collect().height
