# SPDX-License-Identifier: Apache-2.0
"""SQL over recordings, by DuckDB: the columns and the times that a query asks for are decoded."""

from __future__ import annotations

import glob
import importlib
import os
import re
import warnings
from typing import TYPE_CHECKING, Any

from evarrow.errors import EvarrowWarning
from evarrow.recording import Recording, open_recording

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Unpack

    import polars as pl

    from evarrow.options import ReadOptions
    from evarrow.selection import Scan, Selection

__all__ = ["sql"]

# What DuckDB says of a table that it does not know, and of a file that is none of its own.
_MISSING = (
    re.compile(r"Table with name (.+?) does not exist"),
    re.compile(r'capable of reading the file "(.+?)"'),
)
_LEAST, _MOST = -(1 << 63), (1 << 63) - 1


def sql(query: str, **options: Unpack[ReadOptions]) -> pl.DataFrame:
    """Run a query of SQL in which files stand for tables.

    Times are BIGINT counts of microseconds, since DuckDB cannot calculate with durations. The
    columns, the span of time, the region and the polarity that a query asks for with plain
    comparisons reach the decoder.

    Parameters
    ----------
    query : str
        One statement of DuckDB's SQL. ``FROM 'rec.raw'`` is the events of a recording,
        ``FROM 'rec.raw#triggers'`` another stream of it.
    **options
        How recordings are opened, see `ReadOptions`.

    Returns
    -------
    polars.DataFrame

    Raises
    ------
    ModuleNotFoundError
        If DuckDB or pyarrow is not installed.
    ValueError
        If the query cannot be run.
    OSError, FormatError, DamagedError
        As `open` and `scan`.

    Examples
    --------
    >>> frame = ev.sql(f"SELECT count(*) AS n FROM '{path}' WHERE t < 5000 AND polarity = 1")
    >>> frame["n"][0] == ev.read(path, end=5000, polarity=1).height
    True
    """
    duckdb = _import("duckdb")
    _import("pyarrow")
    options["t_type"] = "int64"
    passes = _Passes()
    with duckdb.connect() as connection:
        while True:
            try:
                frame: pl.DataFrame = connection.sql(query).pl()
            except duckdb.Error as error:
                if passes.failure is not None:
                    raise passes.failure from None
                name = _missing_recording(str(error), connection)
                if name is None:
                    raise ValueError(str(error)) from None
                connection.register(name, _dataset(name, options, passes))
            else:
                for sentence in passes.warnings:
                    warnings.warn(sentence, EvarrowWarning, stacklevel=2)
                return frame


class _Passes:
    """What the passes of a query met: DuckDB passes on the text of an error alone."""

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.warnings: list[str] = []

    def run(self, scan: Scan) -> Iterator[Any]:
        """Yield the rows of a scan as batches of pyarrow."""
        import pyarrow as pa

        try:
            reader = scan.core.open()
            while (batch := reader.next()) is not None:
                yield pa.record_batch(batch)
            self.warnings += reader.report.warnings
        except Exception as error:
            self.failure = error
            raise


def _import(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        message = (
            f'SQL needs DuckDB and pyarrow, and {name} is not installed: pip install "evarrow[sql]"'
        )
        raise ModuleNotFoundError(message, name=name) from None


def _missing_recording(error: str, connection: Any) -> str | None:
    """Return the table that DuckDB does not know, if it is a file that is not registered yet."""
    found = next((found for one in _MISSING if (found := one.search(error))), None)
    if found is None:
        return None
    known = {row[0] for row in connection.execute("SHOW TABLES").fetchall()}
    name = found[1]
    if glob.has_magic(name) and not os.path.lexists(_split(name)[0]):
        message = (
            f"{name!r} is a pattern, and a table is one recording: name it, or put several "
            "together with UNION ALL"
        )
        raise ValueError(message)
    return name if name not in known and os.path.exists(_split(name)[0]) else None  # noqa: PTH110


def _split(name: str) -> tuple[str, str]:
    """Return the path and the stream that a table stands for."""
    path, mark, stream = name.rpartition("#")
    if not mark or os.path.exists(name):  # noqa: PTH110
        return name, "events"
    return path, stream


def _dataset(name: str, options: ReadOptions, passes: _Passes) -> Any:
    """Return a stream of a recording as a dataset whose scans are pushed down."""
    import pyarrow as pa
    import pyarrow.dataset

    path, stream = _split(name)
    recording = open_recording(path, **options)
    if stream not in recording.streams:
        message = f"{path} has no stream {stream!r}, but {', '.join(recording.streams)}"
        raise ValueError(message)

    class EventDataset(pyarrow.dataset.Dataset):  # type: ignore[misc]
        """What DuckDB asks for columns and rows."""

        def __init__(self) -> None:
            pass

        @property
        def schema(self) -> Any:
            return pa.schema(recording.select(stream))

        def scanner(self, columns: Any = None, filter: Any = None, **_: Any) -> Any:  # noqa: A002
            names = self.schema.names
            wanted = names if columns is None else list(columns)
            used = [one for one in names if filter is not None and _names(filter, one)]
            selection = _box(recording, stream, "" if filter is None else str(filter))
            selection["columns"] = [one for one in names if one in wanted or one in used]
            selection["columns"] = selection["columns"] or names[:1]
            scan = recording.select(stream, **selection)
            schema = pa.schema(scan)
            reader = pa.RecordBatchReader.from_batches(schema, passes.run(scan))
            return pyarrow.dataset.Scanner.from_batches(reader, columns=wanted, filter=filter)

    return EventDataset()


def _names(expression: Any, column: str) -> bool:
    return re.search(rf"\b{re.escape(column)}\b", str(expression)) is not None


def _box(recording: Recording, stream: str, expression: str) -> Selection:
    """Return the box of rows that a conjunction of comparisons lies in; the rest stays as it is."""
    if re.search(r"\bor\b|invert|not|is_in|cast", expression):
        return {}
    bounds = {"t": [_LEAST, _MOST], "x": [-32768, 32768], "y": [-32768, 32768]}
    for column, sign, text in re.findall(r"\((\w+) (>=|<=|>|<|==) (-?\d+)\)", expression):
        if column not in bounds:
            continue
        value = int(text)
        low, high = bounds[column]
        if sign in {">", ">=", "=="}:
            low = max(low, value + (sign == ">"))
        if sign in {"<", "<=", "=="}:
            high = min(high, value + (sign != "<"))
        bounds[column] = [low, high]
    box: Selection = {}
    start, end = bounds["t"]
    if start > _LEAST:
        box["start"] = start
    if end < _MOST:
        box["end"] = max(end, start)
    if "x" in dict(recording.core.stream_fields(stream)):
        (x0, x1), (y0, y1) = bounds["x"], bounds["y"]
        if (x0, x1, y0, y1) != (-32768, 32768, -32768, 32768):
            box["region"] = (x0, y0, max(x1, x0), max(y1, y0))
    return box
