# SPDX-License-Identifier: Apache-2.0
"""`evarrow convert` of many files: what is drawn meanwhile, and the summary at the end."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any

import click

from evarrow.cli.failures import failure_of, with_options
from evarrow.cli.output import (
    fault_line,
    name_of_rows,
    print_json,
    progress_bar,
    show_warnings,
    size_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evarrow.conversion_names import Job
    from evarrow.conversions import Conversion, Observer

__all__ = ["convert_many"]


def convert_many(
    sources: Sequence[str],
    folder: str,
    *,
    to: str | None,
    jobs: int | None,
    reading: dict[str, Any],
    writing: dict[str, Any],
    as_json: bool,
    stream: str,
    **how: Any,
) -> None:
    """Convert files into a folder; leave with the highest exit code of those that failed."""
    from evarrow.conversion_names import find_jobs
    from evarrow.conversions import convert_jobs
    from evarrow.targets import target_format

    if to is None:
        message = "many files go to a folder, so say what they become: --to NAME"
        raise click.UsageError(message)
    found = find_jobs(sources, folder, target_format("", to))
    packing = {name: writing.pop(name, None) for name in ("compression", "compression_level")}
    if stream != "events":
        packing["stream"] = stream
    done = []
    with show_warnings(), _observer(found) as observer:
        for one in convert_jobs(
            found,
            folder,
            format=to,
            workers=jobs,
            options=reading,
            observer=observer,
            packing=packing | ({"options": writing} if writing else {}),
            **how,
        ):
            done.append(one)
            if as_json:
                print_json(_to_json(one))
    if not as_json:
        click.echo(_summary(done, name_of_rows(stream)))
    codes = [_code(one) for one in done if one.error is not None]
    if codes:
        raise click.exceptions.Exit(max(codes))


def _code(one: Conversion) -> int:
    failure = None if one.error is None else failure_of(one.error)
    return 1 if failure is None else failure.exit_code


def _why(one: Conversion) -> str:
    if one.error is None:
        return ""
    failure = failure_of(one.error)
    if failure is None:
        return f"{type(one.error).__name__}: {one.error}"
    return with_options(failure.message)


def _to_json(one: Conversion) -> dict[str, Any]:
    return {
        "input": one.source,
        "file": one.target,
        "state": one.state,
        "events": one.events,
        "bytes": one.bytes,
        "faults": {kind: {"count": n, "offset": at} for kind, (n, at) in one.faults.items()},
        "warnings": list(one.warnings),
        "error": _why(one) or None,
    }


def _summary(done: Sequence[Conversion], rows: str) -> str:
    """Return what became of the files, and what was wrong with each."""
    by_state = {
        state: [one for one in done if one.state == state]
        for state in ("converted", "kept", "failed")
    }
    new = by_state["converted"]
    counts = f"{len(new)} converted"
    if new:
        counts += f" ({sum(one.events for one in new):,} {rows}, {_sizes(new)})"
    if by_state["kept"]:
        counts += f", {len(by_state['kept'])} there already"
    if by_state["failed"]:
        counts += f", {len(by_state['failed'])} failed"
    lines = [counts]
    for one in sorted(done, key=lambda one: one.source):
        told = [with_options(sentence) for sentence in one.warnings]
        told += [fault_line(kind, *fault) for kind, fault in one.faults.items()]
        if one.error is not None:
            told.append(f"failed: {_why(one)}")
        if told:
            lines.append(f"{one.source}:")
            lines += [f"  - {sentence}" for sentence in told]
    return "\n".join(lines)


def _sizes(done: Sequence[Conversion]) -> str:
    return size_of(sum(one.bytes for one in done)).partition(" (")[0]


class _Silent:
    """Nothing is drawn."""

    def begin(self, job: Job) -> None:
        pass

    def move(self, job: Job, share: float) -> None:
        pass

    def end(self, job: Job, done: Conversion) -> None:
        pass


@contextlib.contextmanager
def _observer(jobs: list[Job]) -> Iterator[Observer]:
    """Give what draws a bar for each file and one for all, while standard error is a terminal."""
    if not sys.stderr.isatty():
        yield _Silent()
        return
    try:
        from evarrow.cli.bars import bars
    except ImportError:
        from evarrow.conversions import Together

        with progress_bar("Converting") as progress:
            yield Together(progress, jobs)
        return
    with bars(jobs) as observer:
        yield observer
