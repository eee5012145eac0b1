# SPDX-License-Identifier: Apache-2.0
"""dv-processing: its store of events, made an array of records."""

import bench_adapters
import dv_processing as dv

FORMATS = ("aedat4",)


def load(path, _file_format):
    camera = dv.io.MonoCameraRecording(path)
    events = dv.EventStore()
    while (batch := camera.getNextEventBatch()) is not None:
        events.add(batch)
    return events.numpy()


def columns(events):
    return events["x"], events["y"], events["timestamp"], events["polarity"]


def write(path, _file_format):
    camera = dv.io.MonoCameraRecording(path)
    events = dv.EventStore()
    while (batch := camera.getNextEventBatch()) is not None:
        events.add(batch)
    size = (640, 480)  # of the file that is written, and no smaller than that of what is read

    def run():
        with bench_adapters.target("aedat4") as out:
            config = dv.io.MonoCameraWriter.Config("bench")
            config.addEventStream(size)
            writer = dv.io.MonoCameraWriter(out, config)
            writer.writeEvents(events)
            del writer  # which completes the file
            return events.size()

    return run
