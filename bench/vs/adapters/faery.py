# SPDX-License-Identifier: Apache-2.0
"""faery: one structured NumPy array."""

import faery

FORMATS = ("evt2", "evt3", "dat", "es")


def load(path, _file_format):
    return faery.events_stream_from_file(path).to_array()


def columns(events):
    return events["x"], events["y"], events["t"], events["on"]
