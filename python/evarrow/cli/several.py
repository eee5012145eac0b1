# SPDX-License-Identifier: Apache-2.0
"""Commands that take many files: an error in one does not keep the others from their turn."""

from __future__ import annotations

import glob
from typing import TYPE_CHECKING

import click

from evarrow.cli.failures import failure_of
from evarrow.sources import is_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["each_file"]


def _expanded(name: str) -> list[str]:
    if not is_pattern(name):
        return [name]
    return sorted(glob.glob(name, recursive=True)) or [name]  # noqa: PTH207


def each_file(files: Sequence[str], work: Callable[[str, bool], int]) -> None:
    """Call ``work(file, is_first)`` for every file, then leave with the highest exit code.

    A pattern that the shell has left alone stands for the files that it fits.
    """
    codes = []
    for i, name in enumerate(found for one in files for found in _expanded(one)):
        try:
            codes.append(work(name, i == 0))
        except (click.ClickException, BrokenPipeError):
            raise
        except Exception as error:
            failure = failure_of(error)
            if failure is None:
                raise
            failure.show()
            codes.append(failure.exit_code)
    if any(codes):
        raise click.exceptions.Exit(max(codes))
