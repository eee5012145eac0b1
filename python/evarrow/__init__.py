# SPDX-License-Identifier: Apache-2.0
"""Event-camera recordings as Arrow columns.

    import evarrow as ev

    lf = ev.scan("rec.raw")              # Polars LazyFrame [x, y, t, polarity]
    df = ev.read("rec.raw", start="10ms", end="20ms")
    with ev.open("rec.raw") as rec:      # header, streams, batches, windows, Arrow
        print(rec.format, rec.resolution, len(rec))

Columns: ``x``, ``y`` int16, pixels from the top left; ``t`` a duration in microseconds, the
sensor's own clock; ``polarity`` int8, -1 (OFF) or 1 (ON). NumPy and Polars are imported when first
needed.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evarrow import filters, metrics, plot, representations
    from evarrow._core import Batch, EventBatch, instruction_set, thread_count
    from evarrow._core import version as __version__
    from evarrow.boxes import read_boxes
    from evarrow.conversions import Conversion, convert_all
    from evarrow.converting import convert
    from evarrow.errors import ChangedError, DamagedError, EvarrowWarning, FormatError
    from evarrow.events import from_arrays
    from evarrow.filters.pipeline import Pipeline
    from evarrow.format_list import FormatInfo, formats
    from evarrow.frames import load_events, read, scan
    from evarrow.images import Frame
    from evarrow.measuring import HotPixel, Stats, stats
    from evarrow.merging import merge
    from evarrow.options import ReadOptions, WriteOptions
    from evarrow.planning import WorkUnit, plan
    from evarrow.recording import Recording
    from evarrow.recording import open_recording as open  # noqa: A004
    from evarrow.repairing import Repair, repair
    from evarrow.samples import sample
    from evarrow.selection import Scan, Selection
    from evarrow.sql_query import sql
    from evarrow.validation import Fault, StreamSummary, Validation, validate
    from evarrow.window import Window
    from evarrow.windowing import windows
    from evarrow.writing import write

__all__ = [
    "Batch",
    "ChangedError",
    "Conversion",
    "DamagedError",
    "EvarrowWarning",
    "EventBatch",
    "Fault",
    "FormatError",
    "FormatInfo",
    "Frame",
    "HotPixel",
    "Pipeline",
    "ReadOptions",
    "Recording",
    "Repair",
    "Scan",
    "Selection",
    "Stats",
    "StreamSummary",
    "Validation",
    "Window",
    "WorkUnit",
    "WriteOptions",
    "__version__",
    "convert",
    "convert_all",
    "filters",
    "formats",
    "from_arrays",
    "instruction_set",
    "load_events",
    "merge",
    "metrics",
    "open",
    "plan",
    "plot",
    "read",
    "read_boxes",
    "repair",
    "representations",
    "sample",
    "scan",
    "sql",
    "stats",
    "thread_count",
    "validate",
    "windows",
    "write",
]

# Where each name is defined: the module, and what it is called there if that is another name.
_HOMES = {
    "Batch": ("_core", "Batch"),
    "ChangedError": ("errors", "ChangedError"),
    "Conversion": ("conversions", "Conversion"),
    "DamagedError": ("errors", "DamagedError"),
    "EvarrowWarning": ("errors", "EvarrowWarning"),
    "EventBatch": ("_core", "EventBatch"),
    "Fault": ("validation", "Fault"),
    "FormatError": ("errors", "FormatError"),
    "FormatInfo": ("format_list", "FormatInfo"),
    "HotPixel": ("measuring", "HotPixel"),
    "Frame": ("images", "Frame"),
    "Pipeline": ("filters.pipeline", "Pipeline"),
    "ReadOptions": ("options", "ReadOptions"),
    "Recording": ("recording", "Recording"),
    "Repair": ("repairing", "Repair"),
    "Scan": ("selection", "Scan"),
    "Selection": ("selection", "Selection"),
    "Stats": ("measuring", "Stats"),
    "StreamSummary": ("validation", "StreamSummary"),
    "Validation": ("validation", "Validation"),
    "Window": ("window", "Window"),
    "WorkUnit": ("planning", "WorkUnit"),
    "WriteOptions": ("options", "WriteOptions"),
    "__version__": ("_core", "version"),
    "convert": ("converting", "convert"),
    "convert_all": ("conversions", "convert_all"),
    "formats": ("format_list", "formats"),
    "from_arrays": ("events", "from_arrays"),
    "instruction_set": ("_core", "instruction_set"),
    "load_events": ("frames", "load_events"),
    "merge": ("merging", "merge"),
    "open": ("recording", "open_recording"),
    "plan": ("planning", "plan"),
    "read": ("frames", "read"),
    "read_boxes": ("boxes", "read_boxes"),
    "repair": ("repairing", "repair"),
    "sample": ("samples", "sample"),
    "scan": ("frames", "scan"),
    "sql": ("sql_query", "sql"),
    "stats": ("measuring", "stats"),
    "thread_count": ("_core", "thread_count"),
    "validate": ("validation", "validate"),
    "windows": ("windowing", "windows"),
    "write": ("writing", "write"),
}


# Names that are modules.
_MODULES = ("filters", "metrics", "plot", "representations")


def __getattr__(name: str) -> object:
    """Import what is asked for, when it is first asked for."""
    if name in _MODULES:
        return importlib.import_module(f"evarrow.{name}")
    home = _HOMES.get(name)
    if home is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value: object = getattr(importlib.import_module(f"evarrow.{home[0]}"), home[1])
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return list(__all__)


# Where Polars is there already, its frames get their namespace at once; else when evarrow needs it.
if "polars" in sys.modules:
    importlib.import_module("evarrow.polars")
