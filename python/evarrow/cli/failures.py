# SPDX-License-Identifier: Apache-2.0
"""Errors of the library as sentences and exit codes."""

from __future__ import annotations

import errno
import os
import re
from typing import IO, Any

import click

__all__ = [
    "DAMAGED",
    "INTERRUPTED",
    "NOT_A_RECORDING",
    "NO_FILE",
    "PIPE_CLOSED",
    "USAGE",
    "Failure",
    "failure_of",
    "with_options",
]

DAMAGED = 1
USAGE = 2
NO_FILE = 3
NOT_A_RECORDING = 4
INTERRUPTED = 130
PIPE_CLOSED = 141

# How the library names a remedy, and what it is called here.
_OPTIONS = (
    (r'(?:pass )?on_error="(\w+)"', r"--on-error \1"),
    (r'(?:pass )?format="(\w+)"', r"--format \1"),
    (r"pass format= ?one of", "choose with --to one of"),
    (r"pass format=$", "say so with --format NAME"),
    (r"(?:pass )?resolution=\(width, height\)", "--resolution WxH"),
    (r'(?:pass )?t_unit="s", "ms", "us" or "ns"', "--t-unit s, ms, us or ns"),
    (r"pass t_unit=", "pass --t-unit"),
    (r'(?:pass )?order="(\w+)"(?:, "(\w+)" or whatever it is)?', r"--order \1"),
    (r"sensor= chooses", "--sensor chooses"),
    (r"leave out sensor=", "leave out --sensor; `evarrow info` lists what --stream takes"),
    (r"pass shift=True", "pass --shift"),
    (r'read with origin="(\w+)"', r"pass --origin \1"),
    (r"pass overwrite=True", "pass --overwrite"),
    (r'pass on_loss="warn"', "pass --on-loss warn"),
)


class Failure(click.ClickException):
    """The end of a command: a sentence for the user and an exit code."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence."""
        click.echo(f"evarrow: {with_options(self.message)}", file=file, err=True)


def with_options(text: str) -> str:
    """Return a sentence of the library with the command line's names for its arguments.

    Examples
    --------
    >>> with_options('they look like EVT3, so try format="evt3"')
    'they look like EVT3, so try --format evt3'
    """
    for pattern, replacement in _OPTIONS:
        text = re.sub(pattern, replacement, text)
    return text


def failure_of(error: Exception) -> Failure | None:
    """Return what a user is told of `error`; None if it is no error of theirs or of their files."""
    from evarrow.errors import ChangedError, DamagedError, FormatError

    if isinstance(error, DamagedError):
        return Failure(str(error), DAMAGED)
    if isinstance(error, ChangedError):
        return Failure(str(error), NO_FILE)
    if isinstance(error, FormatError):
        return Failure(str(error), NOT_A_RECORDING)
    is_plain = str(getattr(error, "strerror", "")).startswith(os.strerror(errno.EISDIR))
    if isinstance(error, IsADirectoryError) and error.filename is not None and is_plain:
        name = os.path.join(os.fsdecode(error.filename), "")  # noqa: PTH118
        message = f"{name} is a folder: name the recordings in it, as in {name}*.raw"
        return Failure(message, NO_FILE)
    if isinstance(error, OSError):
        return Failure(_sentence(error), NO_FILE)
    if isinstance(error, MemoryError):
        return Failure("there is not enough memory for this", NO_FILE)
    # click's own errors and its exits are runtime errors.
    if isinstance(error, ValueError):
        return Failure(str(error), USAGE)
    return None


def _sentence(error: OSError) -> str:
    text = error.strerror or str(error)
    if error.filename is None:
        return text
    name = os.fsdecode(error.filename)
    return text if name in text else f"{name}: {text}"
