# SPDX-License-Identifier: Apache-2.0
"""What evarrow raises and warns with."""

from __future__ import annotations

__all__ = ["ChangedError", "DamagedError", "EvarrowWarning", "FormatError"]


class FormatError(ValueError):
    """The input is no recording that evarrow knows, or its header cannot be used."""

    __module__ = "evarrow"


class DamagedError(FormatError):
    """The events of a recording are damaged.

    Attributes
    ----------
    offset : int or None
        Byte offset in the file of the first damage; None where there is no one place.
    """

    __module__ = "evarrow"

    def __init__(self, message: str, offset: int | None = None) -> None:
        super().__init__(message, offset)
        self.offset = offset

    def __str__(self) -> str:
        """Return the message alone."""
        return str(self.args[0])


class ChangedError(FormatError):
    """The file is no longer the one that was opened."""

    __module__ = "evarrow"


class EvarrowWarning(UserWarning):
    """Something in a recording that was stepped over, or that a conversion could not keep."""

    __module__ = "evarrow"
