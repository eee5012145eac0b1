# SPDX-License-Identifier: Apache-2.0
"""Compare filters with those of other libraries, in turn, on the same events in memory.

Usage: python bench/filters.py [--events 10000000] [--rounds 5] [--file rec.raw] [--only NAME ...]

Each library has the events in its own form; what is timed is the call of the filter, up to the
events that are left in that form. `evarrow_1_thread` is evarrow told to use one thread. Prints
a table; needs what the extra `peers` installs, as far as it shall be compared.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import os
import random
import statistics
import sys
import time
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

import evarrow as ev
from evarrow import filters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Call = Callable[[], Any]

SLOW_EVENTS = 200_000  # of libraries that go through the events in Python


def events_of(path: str | None, count: int) -> tuple[dict[str, np.ndarray], tuple[int, int]]:
    """Return the columns of `count` events, repeated as often as need be, and the sensor."""
    if path is None:
        sample = ev.read(_sample_file(count), limit=count)
        size = (640, 480)
    else:
        with ev.open(path, resolution=(640, 480)) as recording:
            size = recording.resolution or (640, 480)
            sample = recording.read(limit=count)
    columns = {name: sample[name].to_physical().to_numpy() for name in sample.columns}
    have = len(columns["t"])
    times = -(-count // have)
    span = int(columns["t"][-1] - columns["t"][0]) + 1
    offsets = np.repeat(np.arange(times) * span, have)
    tiled = {name: np.tile(values, times) for name, values in columns.items()}
    tiled["t"] = tiled["t"] + offsets
    return {name: np.ascontiguousarray(values[:count]) for name, values in tiled.items()}, size


def _sample_file(count: int) -> str:
    import tempfile

    path = tempfile.NamedTemporaryFile(suffix=".raw", delete=False).name  # noqa: SIM115
    ev.sample(path, duration=max(count // 8, 100_000), overwrite=True)
    return path


def evarrow_calls(columns: dict[str, np.ndarray], size: tuple[int, int]) -> Iterator[Any]:
    """Give the filters of evarrow, by name: over arrays, as anybody has them."""
    for name, one in {
        "background activity": filters.BackgroundActivity("2ms", resolution=size),
        "hot pixels": filters.HotPixels("deviation", 3, resolution=size),
        "hot pixels, robust": filters.HotPixels(resolution=size),
        "refractory": filters.Refractory("1ms", resolution=size),
        "region": filters.Box(region=(160, 120, 480, 360)),
        "crop": filters.Crop((160, 120, 480, 360)),
        "polarity": filters.Box(polarity=1),
        "polygon": filters.Polygon([(320, 20), (600, 460), (40, 460)], resolution=size),
        "flip x": filters.FlipX(resolution=size),
        "flip polarity": filters.FlipPolarity(),
        "downsample": filters.Downsample(2),
        "drop events": filters.DropEvents(0.5, seed=1),
        "rate limit": filters.RateLimit(5_000_000),
        "correlation": filters.SpatioTemporalCorrelation("5ms", 2, resolution=size),
        "y noise": filters.YNoise("5ms", 2, resolution=size),
        "contrast": filters.SpatioTemporalContrast("10ms", resolution=size),
        "trail": filters.Trail("10ms", resolution=size),
        "anti flicker": filters.AntiFlicker(50, 520, resolution=size),
        "time surface": filters.TimeSurface("20ms", threshold=0.2, resolution=size),
        "decimate": filters.Decimate(7, per="stream", keep="first"),
        "k noise": filters.KNoise("1ms", resolution=size),
        "fast decay": filters.FastDecay("10ms", resolution=size),
        "low pass": filters.LowPass(1000, resolution=size),
        "band pass": filters.BandPass(50, 1000, resolution=size),
    }.items():
        pipeline = ev.Pipeline([one])
        yield name, (lambda pipeline=pipeline: pipeline(columns)), len(columns["t"])


def evarrow_1_thread_calls(columns: dict[str, np.ndarray], size: tuple[int, int]) -> Iterator[Any]:
    """Give the filters of evarrow, which are to use one thread."""

    def alone(call: Call) -> Any:
        os.environ["EVARROW_NUM_THREADS"] = "1"
        try:
            return call()
        finally:
            del os.environ["EVARROW_NUM_THREADS"]

    for name, call, events in evarrow_calls(columns, size):
        yield name, (lambda call=call: alone(call)), events


def eventcv_calls(columns: dict[str, np.ndarray], size: tuple[int, int]) -> Iterator[Any]:
    """Give the filters of EventCV."""
    eventcv = importlib.import_module("eventcv")
    rows = np.stack([columns[name] for name in ("x", "y", "t", "polarity")], axis=1)
    stream = eventcv.from_numpy(rows, sensor_size=size, time_unit="us")
    n = len(columns["t"])
    yield "background activity", lambda: stream.background_activity_filter(2000), n
    yield "hot pixels", lambda: stream.hot_pixel_filter(3.0), n
    yield "refractory", lambda: stream.refractory_filter(1000), n
    yield "crop", lambda: stream.crop(160, 120, 320, 240), n
    yield "polarity", lambda: stream.filter_polarity(1), n
    yield "decimate", lambda: stream.decimate(7), n


def dv_calls(columns: dict[str, np.ndarray], size: tuple[int, int]) -> Iterator[Any]:
    """Give the filters of dv-processing."""
    dv = importlib.import_module("dv_processing")
    n = min(len(columns["t"]), 2_000_000)
    store = dv.EventStore()
    values = (columns[name][:n].tolist() for name in ("t", "x", "y", "polarity"))
    for t, x, y, polarity in zip(*values, strict=True):
        store.push_back(t, x, y, polarity > 0)

    def call(make: Callable[[], Any]) -> Call:
        def run() -> Any:
            one = make()
            one.accept(store)
            return one.generateEvents()

        return run

    noise, ms = dv.noise, datetime.timedelta(milliseconds=1)
    yield "background activity", call(lambda: noise.BackgroundActivityNoiseFilter(size, 2 * ms)), n
    yield "region", call(lambda: dv.EventRegionFilter((160, 120, 320, 240))), n
    yield "polarity", call(lambda: dv.EventPolarityFilter(True)), n
    yield "k noise", call(lambda: noise.KNoiseFilter(size, ms)), n
    yield "fast decay", call(lambda: noise.FastDecayNoiseFilter(size, 10 * ms)), n
    yield "low pass", call(lambda: noise.LowPassFilter(size, 1000.0)), n
    yield "band pass", call(lambda: noise.BandPassFilter(size, 50.0, 1000.0)), n


def tonic_calls(columns: dict[str, np.ndarray], size: tuple[int, int]) -> Iterator[Any]:  # noqa: ARG001
    """Give the filters of tonic."""
    functional = importlib.import_module("tonic.functional")
    n = min(len(columns["t"]), SLOW_EVENTS)
    records = np.zeros(n, [("x", int), ("y", int), ("t", int), ("p", int)])
    for name, column in (("x", "x"), ("y", "y"), ("t", "t"), ("p", "polarity")):
        records[name] = columns[column][:n]
    yield "background activity", lambda: functional.denoise_numpy(records, filter_time=2000), n
    yield "refractory", lambda: functional.refractory_period_numpy(records, 1000), n


def evlib_calls(columns: dict[str, np.ndarray], size: tuple[int, int]) -> Iterator[Any]:  # noqa: ARG001
    """Give the filters of evlib."""
    import polars as pl

    evlib = importlib.import_module("evlib")
    frame = pl.DataFrame(columns).with_columns(pl.col("t").cast(pl.Duration("us"))).lazy()
    n = len(columns["t"])
    filtering = evlib.filtering
    noise = {"method": "refractory", "refractory_period_us": 1000}
    yield "refractory", lambda: filtering.filter_noise(frame, **noise).collect(), n
    hot = {"threshold_percentile": 99.9}
    yield "hot pixels", lambda: filtering.filter_hot_pixels(frame, **hot).collect(), n
    yield "region", lambda: filtering.filter_by_roi(frame, 160, 479, 120, 359).collect(), n
    yield "polarity", lambda: filtering.filter_by_polarity(frame, 1).collect(), n


LIBRARIES = {
    "evarrow": evarrow_calls,
    "evarrow_1_thread": evarrow_1_thread_calls,
    "eventcv": eventcv_calls,
    "dv": dv_calls,
    "tonic": tonic_calls,
    "evlib": evlib_calls,
}


def calls_of(names: list[str], columns: Any, size: Any) -> dict[tuple[str, str], tuple[Call, int]]:
    """Return what is to be timed, by filter and library."""
    calls = {}
    for name in names:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for work, call, events in LIBRARIES[name](columns, size):
                    calls[work, name] = (call, events)
        except ImportError as error:
            print(f"without {name}: {error}", file=sys.stderr)
    return calls


def measure(calls: dict[Any, tuple[Call, int]], rounds: int) -> dict[Any, list[float]]:
    """Return the millions of events a second of each round; all in turn, in another order each."""
    speeds: dict[Any, list[float]] = {key: [] for key in calls}
    keys = list(calls)
    for _ in range(rounds):
        random.shuffle(keys)
        for key in keys:
            call, events = calls[key]
            begin = time.perf_counter()
            result = call()
            speeds[key].append(events / (time.perf_counter() - begin) / 1e6)
            del result
    return speeds


def print_table(speeds: dict[Any, list[float]]) -> None:
    """Print a row for each filter and library."""
    print("| filter | library | best, M events/s | median | evarrow faster by, best | median |")
    print("|---|---|---|---|---|---|")
    for work, name in sorted(speeds, key=lambda key: (key[0], list(LIBRARIES).index(key[1]))):
        own, other = speeds.get((work, "evarrow")), speeds[work, name]
        ratio = [
            f"{pick(own) / pick(other):.1f}x" if own else "" for pick in (max, statistics.median)
        ]
        best, median = max(other), statistics.median(other)
        print(f"| {work} | {name} | {best:.1f} | {median:.1f} | {ratio[0]} | {ratio[1]} |")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--file", help="a recording; by default a made-up one, 640x480")
    parser.add_argument("--only", nargs="+", choices=LIBRARIES, default=list(LIBRARIES))
    parser.add_argument("--filters", nargs="+", help="the names of some filters")
    arguments = parser.parse_args()
    columns, size = events_of(arguments.file, arguments.events)
    calls = calls_of(arguments.only, columns, size)
    if arguments.filters:
        calls = {key: call for key, call in calls.items() if key[0] in arguments.filters}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        print_table(measure(calls, arguments.rounds))


if __name__ == "__main__":
    main()
