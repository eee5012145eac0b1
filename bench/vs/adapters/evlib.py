# SPDX-License-Identifier: Apache-2.0
"""evlib: a Polars frame, sorted by time."""

import warnings

import polars  # noqa: F401

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import evlib

FORMATS = ("evt2", "evt3")


def load(path, _file_format):
    return evlib.load_events(path).collect()


def columns(frame):
    t = frame["t"].dt.total_microseconds()
    return frame["x"].to_numpy(), frame["y"].to_numpy(), t.to_numpy(), frame["polarity"].to_numpy()
