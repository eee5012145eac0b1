# SPDX-License-Identifier: Apache-2.0
"""How the commands print: facts in two columns, tables, JSON, warnings and progress."""

from __future__ import annotations

import contextlib
import json
import sys
import warnings
from typing import TYPE_CHECKING, Any

import click

from evarrow.cli.failures import with_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = [
    "facts",
    "fault_line",
    "name_of_rows",
    "print_json",
    "progress_bar",
    "rows_of",
    "show_warnings",
    "size_of",
    "table",
    "times",
]

_STEPS = 1000


def print_json(value: Any, *, err: bool = False) -> None:
    """Print one JSON object on one line."""
    click.echo(json.dumps(value, ensure_ascii=False), err=err)


def facts(rows: Iterable[tuple[str, str]], indent: str = "  ") -> str:
    """Return names and values in two columns."""
    kept = [(name, value) for name, value in rows if value]
    width = max((len(name) for name, _ in kept), default=0)
    return "\n".join(f"{indent}{name:<{width}}  {value}".rstrip() for name, value in kept)


def table(header: Sequence[str], rows: Iterable[Sequence[Any]], *, right: bool = False) -> str:
    """Return rows under a header, the columns aligned."""
    cells = [list(header), *([str(value) for value in row] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    align = str.rjust if right else str.ljust
    return "\n".join(
        "  ".join(align(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


def size_of(count: int) -> str:
    """Return a number of bytes as people read it.

    Examples
    --------
    >>> size_of(999), size_of(1_234_567)
    ('999 bytes', '1.23 MB (1,234,567 bytes)')
    """
    size = float(count)
    for unit in ("", "kB", "MB", "GB", "TB"):
        if size < 1000 or unit == "TB":
            break
        size /= 1000
    return f"{size:.3g} {unit} ({count:,} bytes)" if unit else f"{count} bytes"


def rows_of(count: int, time_range: tuple[int, int] | None) -> str:
    """Return how many rows there are, and when.

    Examples
    --------
    >>> rows_of(1_234, (50, 1_550)), rows_of(0, None)
    ('1,234 from 50 to 1550 us (1.5 ms)', '0')
    """
    if time_range is None:
        return f"{count:,}"
    first, last = time_range
    return f"{count:,} from {first} to {last} us ({times(last - first)})"


def name_of_rows(stream: str) -> str:
    """Return what to call the rows of a stream behind their number."""
    return "events" if stream == "events" else f"rows of {stream}"


def times(us: int) -> str:
    """Return microseconds as people read them.

    Examples
    --------
    >>> times(250), times(1_500), times(1_234_567)
    ('250 us', '1.5 ms', '1.234567 s')
    """
    for length, unit in ((1_000_000, "s"), (1_000, "ms")):
        if abs(us) >= length:
            whole, rest = divmod(abs(us), length)
            digits = f"{rest:0{len(str(length)) - 1}d}".rstrip("0")
            return f"{'-' if us < 0 else ''}{whole}{'.' + digits if digits else ''} {unit}"
    return f"{us} us"


@contextlib.contextmanager
def show_warnings() -> Iterator[None]:
    """Print warnings of evarrow as sentences, each time they come."""
    from evarrow.errors import EvarrowWarning

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: Any = None,
        line: str | None = None,
    ) -> None:
        if issubclass(category, EvarrowWarning):
            click.echo(f"evarrow: warning: {with_options(str(message))}", err=True)
        else:
            usual(message, category, filename, lineno, file, line)

    with warnings.catch_warnings():
        usual = warnings.showwarning
        warnings.showwarning = show
        warnings.simplefilter("always", EvarrowWarning)
        yield


@contextlib.contextmanager
def progress_bar(label: str) -> Iterator[Callable[[float], bool] | None]:
    """Draw a progress bar while standard error is a terminal; give what moves it, or None."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=_STEPS, label=label, file=sys.stderr) as bar:

        def move(share: float) -> bool:
            steps = int(share * _STEPS) - bar.pos
            if steps > 0:
                bar.update(steps)
            return True

        yield move


def fault_line(kind: str, count: int, offset: int | None) -> str:
    """Return a kind of fault with how many there are and where the first is.

    Examples
    --------
    >>> fault_line("truncated", 3, 1024)
    'truncated: 3, first at byte 1,024'
    """
    place = "" if offset is None else f", first at byte {offset:,}"
    return f"{kind}: {count:,}{place}"
