# SPDX-License-Identifier: Apache-2.0
"""aedat: a NumPy array of records for each packet."""

import aedat
import numpy as np

FORMATS = ("aedat4",)


def load(path, _file_format):
    return np.concatenate(
        [packet["events"] for packet in aedat.Decoder(path) if "events" in packet]
    )


def columns(events):
    return events["x"], events["y"], events["t"], events["on"]
