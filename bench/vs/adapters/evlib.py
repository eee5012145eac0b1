# SPDX-License-Identifier: Apache-2.0
"""evlib: a Polars frame, sorted by time."""

import warnings

import bench_adapters
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


def bounds(part):
    # Both ends are part of what evlib selects.
    x0, y0, x1, y1 = part.region
    return {
        "t_start": part.start / 1e6, "t_end": (part.end - 1) / 1e6, "min_x": x0, "max_x": x1 - 1,
        "min_y": y0, "max_y": y1 - 1, "polarity": part.polarity,
    }  # fmt: skip


def query(path, _file_format):
    selection = bounds(bench_adapters.part())
    return lambda: evlib.load_events(path, **selection).collect().height


def window(path, _file_format):
    part = bench_adapters.window()
    times = {"t_start": part.start / 1e6, "t_end": (part.end - 1) / 1e6}
    return lambda: evlib.load_events(path, **times).collect().height


def box(path, file_format):
    from evlib import filtering

    events = load(path, file_format)
    part = bench_adapters.part()
    x0, y0, x1, y1 = part.region

    def run():
        found = filtering.filter_by_time(events.lazy(), part.start / 1e6, (part.end - 1) / 1e6)
        found = filtering.filter_by_roi(found, x0, x1 - 1, y0, y1 - 1)
        return filtering.filter_by_polarity(found, part.polarity).collect().height

    return run
