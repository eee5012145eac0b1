# SPDX-License-Identifier: Apache-2.0
"""EventCV: columns inside an EventStream."""

import bench_adapters
import eventcv

FORMATS = ("evt2", "evt3", "dat", "aedat4", "csv")


def load(path, _file_format):
    return eventcv.load(path)


def columns(stream):
    table = stream.numpy()
    return table[:, 0], table[:, 1], table[:, 2], table[:, 3]


def write(path, file_format):
    # Of the formats that are compared, it writes text alone.
    if file_format != "csv":
        raise ValueError("it does not write this format")
    events = load(path, file_format)

    def run():
        with bench_adapters.target("csv") as out:
            eventcv.save(events, out.replace(".csv", ".txt"))
            return len(events)

    return run
