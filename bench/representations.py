# SPDX-License-Identifier: Apache-2.0
"""Compare arrays made of events in memory with those of other libraries, by turns."""

from __future__ import annotations

import argparse
import importlib.util
import pathlib
import subprocess
import sys
import time
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import make_files

import evarrow as ev

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = (640, 480)
BINS = 10
REPS = ev.representations
COMPARED = {"count_image", "stacked_histogram", "time_surface", "voxel_grid"}
NOT_OF_EVENTS = {"block_mean", "learn_prototypes", "nearest_prototypes"}
SLOW = {"averaged_time_surface", "graph", "local_time_surfaces"}  # look at many events for each
FEW = 200_000
ARGUMENTS = {name: {"motion": (100.0, 0.0)} for name in ("contrast", "warped_image")}
Work = dict[str, "Callable[[], object]"]


def seconds_of(work: Callable[[], object]) -> float:
    """Return how long `work` takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def ours(events: dict[str, Any], works: dict[str, Work]) -> None:
    """Add evarrow's, with one thread and with all."""
    common = {"resolution": SIZE, "outside": "drop"}
    made = {
        "count frame": lambda **k: REPS.count_image(events, polarity="merged", **common, **k),
        "voxel grid": lambda **k: REPS.voxel_grid(events, BINS, **common, **k),
        "stacked histogram": lambda **k: REPS.stacked_histogram(
            events, BINS, profile="rvt-saturate", **common, **k
        ),
        "time surface": lambda **k: REPS.time_surface(events, **common, **k),
        "time surface in bytes, polarities together": lambda **k: REPS.time_surface(
            events, profile="dv", **common, **k
        ),
    }
    for name, make in made.items():
        works.setdefault(name, {})["evarrow"] = make
        works[name]["evarrow, 1 thread"] = lambda make=make: make(threads=1)


def others(events: dict[str, Any]) -> dict[str, Work]:
    """Return what no other library is compared with, for all threads and for one."""
    few = {name: values[:FEW] for name, values in events.items()}
    works: dict[str, Work] = {}
    for name in sorted(set(REPS.__all__) - COMPARED - NOT_OF_EVENTS):
        if not name.islower():
            continue
        given = few if name in SLOW else events
        make = partial(getattr(REPS, name), given, resolution=SIZE, **ARGUMENTS.get(name, {}))
        works[name] = {"all threads": make, "1 thread": partial(make, threads=1)}
    return works


def eventcv(events: dict[str, Any], works: dict[str, Work]) -> None:
    """Add EventCV's, whose voxel grid is over the whole span."""
    import eventcv as ecv

    table = np.stack([events[name].astype(np.int64) for name in ("x", "y", "t", "polarity")], 1)
    table[:, 3] = table[:, 3] > 0
    stream = ecv.from_numpy(table, sensor_size=SIZE, time_unit="us")
    span = int(events["t"][-1] - events["t"][0])
    works["count frame"]["EventCV"] = lambda: stream.count()
    works["voxel grid"]["EventCV"] = lambda: stream.voxel(bins=BINS, window_us=span)
    works["time surface"]["EventCV"] = lambda: stream.tsurf()


def evlib(events: dict[str, Any], works: dict[str, Work]) -> None:
    """Add evlib's, which are tables."""
    import evlib.representations as reps
    import polars as pl

    frame = pl.DataFrame(events).with_columns(pl.col("t").cast(pl.Duration("us")))
    ms = float(events["t"][-1] - events["t"][0] + 1) / 1000 / BINS
    width, height = SIZE
    works["voxel grid"]["evlib"] = lambda: reps.create_voxel_grid(frame, height, width, BINS)
    works["stacked histogram"]["evlib"] = lambda: reps.create_stacked_histogram(
        frame, height, width, BINS, ms
    )


def tonic(events: dict[str, Any], works: dict[str, Work]) -> None:
    """Add tonic's, which have OFF and ON apart in counts."""
    import tonic.transforms

    names = {"x": "x", "y": "y", "t": "t", "polarity": "p"}
    table = np.empty(len(events["t"]), [("x", "<i2"), ("y", "<i2"), ("t", "<i8"), ("p", "<i2")])
    for ours_name, name in names.items():
        table[name] = events[ours_name]
    table["p"] = table["p"] > 0
    size = (*SIZE, 2)
    to_grid = tonic.transforms.ToVoxelGrid(sensor_size=size, n_time_bins=BINS)
    to_stack = tonic.transforms.ToFrame(sensor_size=size, n_time_bins=BINS)
    works["voxel grid"]["tonic"] = lambda: to_grid(table.copy())
    works["stacked histogram"]["tonic"] = lambda: to_stack(table)


def evutils(events: dict[str, Any], works: dict[str, Work]) -> None:
    """Add evutils'."""
    from evutils import EventArray
    from evutils.dense import histogram, timesurface

    array = EventArray(
        events["t"], events["x"], events["y"], (events["polarity"] > 0).astype(np.int8)
    )
    works["count frame"]["evutils"] = lambda: histogram(array, *SIZE, dtype=np.uint32)
    works["time surface"]["evutils"] = lambda: timesurface(array, *SIZE)


def dv(events: dict[str, Any], works: dict[str, Work]) -> None:
    """Add dv-processing's; its count frame is an edge map."""
    import dv_processing

    store = dv_processing.EventStore()
    columns = (events["t"], events["x"], events["y"], events["polarity"] > 0)
    for row in zip(*(values.tolist() for values in columns), strict=True):
        store.push_back(*row)

    def surface() -> object:
        made = dv_processing.TimeSurface(SIZE)
        made.accept(store)
        return made.generateFrame()

    def edges() -> object:
        made = dv_processing.EdgeMapAccumulator(SIZE)
        made.accept(store)
        return made.generateFrame()

    works["count frame"]["dv-processing"] = edges
    works["time surface in bytes, polarities together"]["dv-processing"] = surface


def fused(path: pathlib.Path, works: dict[str, Work]) -> None:
    """Add a pass over a file, and its two halves."""
    recording = ev.open(path)
    recording.make_index()
    works["voxel grid of a file"] = {
        "decoding and accumulating": lambda: REPS.voxel_grid(recording, BINS),
        "decoding alone": lambda: sum(len(batch) for batch in recording.batches()),
        "accumulating alone": works["voxel grid"]["evarrow, 1 thread"],
    }


def peak_of_a_pass(path: pathlib.Path) -> None:
    """Print how much memory a pass over a file takes beyond its array, in a process of its own."""
    program = """
import resource, sys
import evarrow as ev
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
recording = ev.open(sys.argv[1])
first = recording.time_range[0]
ev.representations.count_image(recording, windows=[(first, first + 1_000)])
before = peak()
grid = ev.representations.voxel_grid(recording, 10)
print(len(recording), grid.nbytes, peak() - before)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, text=True, check=True
    )
    events, size, more = map(int, done.stdout.split())
    rest = (more - size) / 1e6
    print(f"{events:,} events: an array of {size / 1e6:.1f} MB, and {rest:.1f} MB beside it")


def rounds_of(contestants: Work, rounds: int) -> dict[str, list[float]]:
    """Return how long each takes, all of them in turn."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            times[name].append(seconds_of(run))
    return times


def print_others(events: dict[str, Any], rounds: int) -> None:
    """Print a row for each representation that has none beside other libraries."""
    ways = ("1 thread", "all threads")
    heads = [f"{way}: {what}" for way in ways for what in ("best, M events/s", "median")]
    print(f"| array | events | {' | '.join(heads)} |\n|{'---|' * 6}")
    for name, contestants in others(events).items():
        count = FEW if name in SLOW else len(events["t"])
        times = rounds_of(contestants, rounds)
        cells = [
            f"{count / pick(times[way]) / 1e6:,.1f}" if way in times else ""
            for way in ways
            for pick in (min, np.median)
        ]
        print(f"| `{name}` | {count / 1e6:.1f} M | {' | '.join(cells)} |", flush=True)


PEERS = {
    "eventcv": eventcv,
    "evlib": evlib,
    "tonic": tonic,
    "evutils": evutils,
    "dv_processing": dv,
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--source", default="auto", choices=["auto", "corpus", "sample"])
    parser.add_argument("--peers", nargs="*", default=list(PEERS), choices=list(PEERS))
    parser.add_argument("--folder", type=pathlib.Path, default=make_files.FOLDER)
    parser.add_argument("--others", action="store_true", help="measure those without a peer")
    parser.add_argument("--memory", action="store_true", help="measure a pass over a file instead")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    path = make_files.make("evt2", arguments.events, arguments.folder, arguments.source)
    if arguments.memory:
        peak_of_a_pass(path)
        return
    frame = ev.read(path)
    events = {name: frame[name].to_physical().to_numpy() for name in frame.columns}
    if arguments.others:
        print_others(events, arguments.rounds)
        return
    works: dict[str, Work] = {}
    ours(events, works)
    for name in arguments.peers:
        if importlib.util.find_spec(name) is not None:
            PEERS[name](events, works)
    fused(path, works)
    print("| array | made by | best, M events/s | median | evarrow's best is |")
    print("|---|---|---|---|---|")
    for work, contestants in works.items():
        times = rounds_of(contestants, arguments.rounds)
        first = min(next(iter(times.values())))
        for name, seconds in times.items():
            best, median = min(seconds), float(np.median(seconds))
            rates = f"{len(frame) / best / 1e6:,.0f} | {len(frame) / median / 1e6:,.0f}"
            print(f"| {work} | {name} | {rates} | {best / first:.2f} x |", flush=True)


if __name__ == "__main__":
    main()
