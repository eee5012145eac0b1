# SPDX-License-Identifier: Apache-2.0
"""Who called: the function that the user sees, and how far away the user is."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from evarrow.plain_types import check_plain_types

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["arguments_of_caller", "check_arguments", "level_of_user"]


def arguments_of_caller() -> tuple[str, ...]:
    """Return the named arguments of the representation that was called, but for the events."""
    code = _frames()[-1].f_code
    return code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]


def check_arguments() -> None:
    """Raise a TypeError for an argument of the caller that is no number, but should be."""
    frame = _frames()[-1]
    function = frame.f_globals.get(frame.f_code.co_name)
    check_plain_types(getattr(function, "__annotations__", {}), frame.f_locals)


def level_of_user() -> int:
    """Return the `stacklevel` with which a warning of the caller names a line of the user's."""
    return len(_frames()) - 1  # this function and the next belong to them


def _frames() -> list[FrameType]:
    """Return the frames of this package that lead here, from the inside out."""
    package = __package__ or ""
    frames = []
    frame = inspect.currentframe()
    while frame is not None and frame.f_globals.get("__name__", "").startswith(package):
        frames.append(frame)
        frame = frame.f_back
    return frames
