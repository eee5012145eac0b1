# SPDX-License-Identifier: Apache-2.0
"""The formats that evarrow knows."""

from __future__ import annotations

from dataclasses import dataclass

from evarrow import _core
from evarrow.targets import is_writable

__all__ = ["FormatInfo", "formats"]


@dataclass(frozen=True)
class FormatInfo:
    """One format.

    Attributes
    ----------
    name : str
        What `format=` takes.
    description : str
        What it is.
    specification : str
        Where its layout is described.
    extensions : tuple of str
        Usual endings of file names, with the dot.
    streams : tuple of str
        What a recording can hold.
    writable : bool
        Whether evarrow writes it too.
    seek : str
        How a time is found: "index", which one pass by all threads makes; "index, one thread",
        where that pass has to go from front to back; "own table", where the file may have one.
    """

    name: str
    description: str
    specification: str
    extensions: tuple[str, ...]
    streams: tuple[str, ...]
    writable: bool
    seek: str


def formats() -> list[FormatInfo]:
    """Return the formats, in the order in which they are tried.

    Examples
    --------
    >>> [one.name for one in ev.formats() if one.writable]  # doctest: +ELLIPSIS
    ['evt2', 'evt21', 'evt3', 'evt4', 'dat', 'prophesee-hdf5', 'dsec', ...]
    >>> [one.name for one in ev.formats() if ".h5" in one.extensions]
    ['prophesee-hdf5', 'dsec', 'm3ed', 'mvsec', 'monash', 'hdf5']
    """
    return [FormatInfo(**{**row, "writable": is_writable(row)}) for row in _core.formats()]
