# SPDX-License-Identifier: Apache-2.0
"""What evarrow finds on this machine, what is missing and how to get it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
import tempfile
from dataclasses import dataclass
from typing import Any

__all__ = ["Report", "examine"]

REQUIRED = {
    "numpy": "columns as arrays",
    "polars": "scan, read and load_events",
    "click": "the command line",
    "h5py": "HDF5 recordings",
}
OPTIONAL = {
    "pyarrow": "pyarrow tables, pandas with Arrow types, datasets",
    "pandas": "pandas frames",
    "duckdb": "SQL",
    "torch": "tensors",
    "matplotlib": "plots",
}
# Settings by which the environment changes what evarrow does.
SETTINGS = ("EVARROW_NUM_THREADS", "EVARROW_TARGET")

_HUGE_PAGES = "/sys/kernel/mm/transparent_hugepage/enabled"


@dataclass(frozen=True)
class Report:
    """What was found.

    Attributes
    ----------
    evarrow : dict of str to str
        The version, the instruction set and what else the library says of itself.
    machine : dict of str to str
        Python, the system, processors, huge pages.
    settings : dict of str to str
        Environment variables that matter and are set.
    packages : dict of str to str or None
        Versions of packages that evarrow works with; None where one is not installed.
    problems : tuple of str
        What keeps evarrow from working, in sentences that say what to do.
    advice : tuple of str
        What is missing but not needed, and how to get it.
    """

    evarrow: dict[str, str]
    machine: dict[str, str]
    settings: dict[str, str]
    packages: dict[str, str | None]
    problems: tuple[str, ...]
    advice: tuple[str, ...]


def examine() -> Report:
    """Look at the library, the machine and the packages.

    Examples
    --------
    >>> from evarrow.doctor import examine
    >>> examine().problems
    ()
    """
    problems: list[str] = []
    evarrow = _library(problems)
    packages = {name: _version(name) for name in (*REQUIRED, *OPTIONAL)}
    problems += [
        f"{name} is not installed, and {REQUIRED[name]} need it: pip install {name}"
        for name in REQUIRED
        if packages[name] is None
    ]
    advice = [
        f"{name} is not installed; for {use}: pip install {name}"
        for name, use in OPTIONAL.items()
        if packages[name] is None
    ]
    huge_pages = _huge_pages()
    if huge_pages == "never":
        advice.append(
            "huge pages are off, which slows down large reads: "
            f"echo madvise | sudo tee {_HUGE_PAGES}"
        )
    machine = {
        "python": f"{platform.python_version()} ({platform.python_implementation()}, "
        f"{sys.executable})",
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processors": str(_processors()),
        "huge_pages": huge_pages,
    }
    settings = {name: os.environ[name] for name in SETTINGS if name in os.environ}
    return Report(evarrow, machine, settings, packages, tuple(problems), tuple(advice))


def _library(problems: list[str]) -> dict[str, str]:
    try:
        from evarrow import _core
    except ImportError as error:
        problems.append(
            f"the extension module cannot be loaded ({error}): install evarrow again with "
            "pip install --force-reinstall"
        )
        return {"version": _version("evarrow") or "unknown"}
    found = {
        "version": _core.version,
        "instruction_set": _core.instruction_set(),
        "threads": str(_core.thread_count()),
        "location": os.path.dirname(os.path.abspath(__file__)),  # noqa: PTH100, PTH120
    }
    found["self_test"] = _self_test(problems)
    return found


def _self_test(problems: list[str]) -> str:
    """Write a recording in each format and read it back."""
    import evarrow as ev

    tried = []
    with tempfile.TemporaryDirectory(prefix="evarrow-doctor-") as folder:
        for one in ev.formats():
            if not one.writable:
                continue
            path = os.path.join(folder, one.name + one.extensions[0])  # noqa: PTH118
            try:
                written = ev.sample(path, duration="20ms", resolution=(64, 48), format=one.name)
                with ev.open(path) as recording:
                    read = len(recording)
            except Exception as error:
                problems.append(f"the self test of {one.name} failed: {error}")
                continue
            if written != read:
                problems.append(f"the self test of {one.name} wrote {written} events, read {read}")
                continue
            tried.append(one.name)
    return f"{', '.join(tried)} fine" if tried else "failed"


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _processors() -> int:
    affinity: Any = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def _huge_pages() -> str:
    """Return the kernel's setting: always, madvise or never."""
    try:
        with open(_HUGE_PAGES, encoding="ascii") as file:  # noqa: PTH123
            text = file.read()
    except OSError:
        return "unknown"
    return text.partition("[")[2].partition("]")[0] or "unknown"
