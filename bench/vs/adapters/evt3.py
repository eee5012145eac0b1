# SPDX-License-Identifier: Apache-2.0
"""evt3: one NumPy array a column."""

import evt3

FORMATS = ("evt3",)


def load(path, _file_format):
    return evt3.decode_file(path)


def columns(events):
    return events.x, events.y, events.t, events.p
