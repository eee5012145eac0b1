# SPDX-License-Identifier: Apache-2.0
"""Measure one reader in a process of its own; started by run.py. Prints one line of JSON.

Usage: python measure.py ADAPTER WORK FORMAT PATH TIMES

The work `read` loads everything; with TIMES 0 it measures memory and what was read, in one load,
else the time of each load. Any other work is a function of the adapter that gets all ready and
returns what is to be timed, which returns a number of events.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import json
import os
import pathlib
import resource
import signal
import sys
import time
from typing import Any

ADAPTERS = pathlib.Path(__file__).with_name("adapters")
SAMPLE_SECONDS = 0.001


def status(process: int | str = "self") -> dict[str, int]:
    """Return the memory of a process, in bytes, by the names of /proc."""
    lines = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
    fields = (line.split() for line in lines if line.startswith(("Vm", "Rss")))
    return {name.rstrip(":"): int(value) * 1024 for name, value, _ in fields}


def import_adapter(name: str) -> Any:
    """Import an adapter; its folder must not hide the libraries of the same names."""
    spec = importlib.util.spec_from_file_location(
        "bench_adapters", ADAPTERS / "__init__.py", submodule_search_locations=[str(ADAPTERS)]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules["bench_adapters"] = package
    spec.loader.exec_module(package)
    return importlib.import_module(f"bench_adapters.{name}")


class PeakWatch:
    """The most anonymous and mapped memory, looked at from another process.

    The kernel keeps no peak of them, and a thread would wait for readers that hold the GIL.
    """

    def __init__(self) -> None:
        self._read_end, write_end = os.pipe()
        watched = os.getpid()
        self._child = os.fork()
        if self._child:
            os.close(write_end)
            return
        over = False

        def stop(*_: object) -> None:
            nonlocal over
            over = True

        signal.signal(signal.SIGTERM, stop)
        peaks = {"RssAnon": 0, "RssFile": 0}
        while not over and os.getppid() == watched:
            now = status(watched)
            peaks = {name: max(peak, now[name]) for name, peak in peaks.items()}
            time.sleep(SAMPLE_SECONDS)
        os.write(write_end, json.dumps(peaks).encode())
        os._exit(0)

    def stop(self) -> dict[str, int]:
        """Return the peaks."""
        os.kill(self._child, signal.SIGTERM)
        with os.fdopen(self._read_end) as pipe:
            text = pipe.read()
        os.waitpid(self._child, 0)
        return dict(json.loads(text))


def facts_of(x: Any, y: Any, t: Any, polarity: Any) -> dict[str, int]:
    """Return what must be the same for all readers, in whatever order they give the events."""
    import numpy as np

    t = np.asarray(t)
    return {
        "count": len(t),
        "first": int(t[0]),
        "last": int(t[-1]),
        "x": int(np.asarray(x).sum(dtype=np.int64)),
        "y": int(np.asarray(y).sum(dtype=np.int64)),
        "t": int(t.sum(dtype=np.int64)),
        "on": int((np.asarray(polarity) > 0).sum()),
    }


def measure_memory(adapter: Any, path: str, file_format: str) -> dict[str, Any]:
    """Load once, in a fresh process, and look at the memory."""
    gc.collect()
    watch = PeakWatch()
    before = status()
    loaded = adapter.load(path, file_format)
    after = status()
    peaks = watch.stop()
    return {
        "peak": after["VmHWM"] - before["VmRSS"],
        "peak_anonymous": max(peaks["RssAnon"], after["RssAnon"]) - before["RssAnon"],
        "peak_mapped": max(peaks["RssFile"], after["RssFile"]) - before["RssFile"],
        "held_anonymous": after["RssAnon"] - before["RssAnon"],
        "facts": facts_of(*adapter.columns(loaded)),
    }


def measure_time(adapter: Any, path: str, file_format: str, loads: int) -> dict[str, Any]:
    """Load a number of times; letting go of the events is not part of it."""
    prepare = getattr(adapter, "prepare", lambda _path: None)
    seconds = []
    for _ in range(loads):
        prepare(path)
        gc.collect()
        begin = time.perf_counter()
        loaded = adapter.load(path, file_format)
        seconds.append(time.perf_counter() - begin)
        del loaded
    return {"seconds": seconds}


def measure_work(adapter: Any, work: str, path: str, file_format: str, times: int) -> Any:
    """Time a work a number of times."""
    run = getattr(adapter, work)(path, file_format)
    seconds = []
    events = 0
    for _ in range(times):
        gc.collect()
        begin = time.perf_counter()
        events = run()
        seconds.append(time.perf_counter() - begin)
    size = sys.modules["bench_adapters"].written[0]
    return {"seconds": seconds, "facts": {"count": events}, "written": size}


def main() -> None:
    """Measure what the arguments say."""
    name, work, file_format, path, loads = sys.argv[1:]
    output = os.dup(1)
    os.dup2(2, 1)  # what a reader prints is not the result
    # The folder of this file would be searched for modules first.
    sys.path = [entry for entry in sys.path if entry != str(ADAPTERS.parent)]
    adapter = import_adapter(name)
    can = hasattr(adapter, "load" if work == "read" else work)
    if not can or file_format not in adapter.FORMATS:
        result: dict[str, Any] = {"unsupported": True}
    elif work != "read":
        result = measure_work(adapter, work, path, file_format, int(loads))
    else:
        kept = pathlib.Path(path).stat()
        try:
            if int(loads) == 0:
                result = measure_memory(adapter, path, file_format)
            else:
                result = measure_time(adapter, path, file_format, int(loads))
        finally:
            os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    result["peak_process"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    os.write(output, json.dumps(result).encode() + b"\n")


if __name__ == "__main__":
    main()
