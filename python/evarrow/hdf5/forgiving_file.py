# SPDX-License-Identifier: Apache-2.0
"""A file for libraries that do not survive a disk that is full."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

__all__ = ["ForgivingFile"]


class ForgivingFile(io.RawIOBase):
    """A new file that takes every write, and says only when asked that one has failed.

    The HDF5 library keeps pieces of a file in memory until it is closed. If they cannot be written
    then, it frees the file and goes on using it, and the process dies. So it is told that all is
    well; what was made of the file is not kept.

    Parameters
    ----------
    path : str
        Where it is.
    """

    def __init__(self, path: str) -> None:
        self._failure: OSError | None = None
        self._file = open(path, "w+b", buffering=0)  # noqa: PTH123, SIM115

    def check(self) -> None:
        """Say whether all was written.

        Raises
        ------
        OSError
            What the system said of the first write that failed.
        """
        if self._failure is not None:
            raise self._failure

    def write(self, data: ReadableBuffer, /) -> int:
        """Write at the place of the file; return how many bytes there are in `data`."""
        rest = memoryview(data).cast("B")
        size = len(rest)
        while len(rest) and self._failure is None:
            try:
                rest = rest[self._file.write(rest) :]
            except OSError as error:
                self._failure = error
        return size

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Read at the place of the file; what was never written is 0."""
        to = memoryview(buffer).cast("B")
        count = self._file.readinto(to) or 0
        to[count:] = bytes(len(to) - count)
        return len(to)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move the place of the file."""
        return self._file.seek(offset, whence)

    def truncate(self, size: int | None = None, /) -> int:
        """Make the file as long as `size`."""
        try:
            return self._file.truncate(size)
        except OSError as error:
            self._failure = self._failure or error
            return 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def writable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def close(self) -> None:
        """Close the file; raises what `check` does."""
        super().close()
        self._file.close()
        self.check()
