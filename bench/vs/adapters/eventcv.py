# SPDX-License-Identifier: Apache-2.0
"""EventCV: columns inside an EventStream."""

import eventcv

FORMATS = ("evt2", "evt3", "dat", "aedat4")


def load(path, _file_format):
    return eventcv.load(path)


def columns(stream):
    table = stream.numpy()
    return table[:, 0], table[:, 1], table[:, 2], table[:, 3]
