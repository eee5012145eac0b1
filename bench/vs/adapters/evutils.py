# SPDX-License-Identifier: Apache-2.0
"""evutils: one NumPy array a column."""

import bench_adapters
from evutils.io import EventReader, EventWriter

FORMATS = ("evt2", "evt21", "evt3", "dat", "aedat4", "csv")


def load(path, _file_format):
    with EventReader(path) as reader:
        return reader.read_all()


def columns(events):
    return events.x, events.y, events.t, events.p


def stream(path, _file_format):
    # Windows of 10 ms in memory that is used again: the fastest of its iterators.
    def run():
        with EventReader(path, delta_t=10_000, reuse_buffers=True, max_events=1 << 24) as reader:
            return sum(len(events.t) for events in reader)

    return run


def window(path, _file_format):
    part = bench_adapters.window()
    reader = EventReader(path, delta_t=part.end - part.start, max_events=1 << 24)
    reader.init()

    def run():
        reader.seek(t=part.start)
        return len(reader.read().t)

    return run


def write(path, file_format):
    events = load(path, file_format)
    how = {"format": file_format} if file_format.startswith("evt") else {}

    def run():
        with bench_adapters.target(file_format) as out:
            with EventWriter(out, **how) as writer:
                writer.write(events)
            return len(events.t)

    return run
