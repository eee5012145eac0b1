# SPDX-License-Identifier: Apache-2.0
"""event_stream: one structured NumPy array a piece, joined for a whole recording."""

import event_stream
import numpy as np

FORMATS = ("es",)


def load(path, _file_format):
    with event_stream.Decoder(path) as decoder:
        return np.concatenate(list(decoder)), decoder.height


def columns(loaded):
    events, height = loaded
    # It leaves y as stored, from the bottom.
    return events["x"], height - 1 - events["y"].astype(np.int64), events["t"], events["on"]


def stream(path, _file_format):
    def run():
        with event_stream.Decoder(path) as decoder:
            return sum(len(events) for events in decoder)

    return run
