# SPDX-License-Identifier: Apache-2.0
"""NumPy's files: records (`.npy`), and archives of columns (`.npz`)."""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from evarrow.outputs import PackageSink, signed_polarity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from evarrow._core import EventBatch
    from evarrow.outputs import About, Output

__all__ = ["ColumnArchive", "NpySink", "NpzSink"]

_PIECE = 1 << 20  # bytes copied at once
_LEVELS = range(10)


class ColumnArchive:
    """An archive of arrays that are written a piece at a time, side by side.

    They come one after the other in the archive, so they wait in temporary files of their own.

    Parameters
    ----------
    path : str
        What is written.
    columns : dict of str to numpy.dtype
        The arrays.
    compression : {"none", "deflate"}, optional
        By default "none": then the arrays can be read where they lie.
    level : int, optional
        0 to 9 of deflate; by default 6.
    """

    def __init__(
        self,
        path: str,
        columns: Mapping[str, np.dtype[Any]],
        compression: str | None,
        level: int | None,
    ) -> None:
        if compression not in {None, "none", "deflate"}:
            message = (
                f"archives of NumPy are compressed with 'deflate' or 'none', not {compression!r}"
            )
            raise ValueError(message)
        packed = compression == "deflate"
        if level is not None and (not packed or level not in _LEVELS):
            message = "compression_level goes from 0 to 9, with compression='deflate'"
            raise ValueError(message)
        self._path = path
        self._kinds = dict(columns)
        self._how: dict[str, Any] = {
            "compression": zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED,
            "compresslevel": level,
        }
        self._rows = 0
        self._columns: list[IO[bytes]] = [
            tempfile.TemporaryFile(prefix="evarrow-")  # noqa: SIM115
            for _ in columns
        ]

    def write(self, columns: Sequence[NDArray[Any]]) -> None:
        """Append a piece of each array."""
        for file, values in zip(self._columns, columns, strict=True):
            file.write(np.ascontiguousarray(values).view(np.uint8).data)
        self._rows += len(columns[0])

    def complete(self, scalars: Mapping[str, int]) -> None:
        """Write the archive, with whole numbers beside the arrays."""
        with zipfile.ZipFile(self._path, "w", allowZip64=True, **self._how) as archive:
            for (name, dtype), file in zip(self._kinds.items(), self._columns, strict=True):
                file.seek(0)
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    member.write(_header(dtype, (self._rows,)))
                    shutil.copyfileobj(file, member, _PIECE)
                file.close()
            for name, value in scalars.items():
                scalar = io.BytesIO()
                np.save(scalar, np.int64(value))
                archive.writestr(f"{name}.npy", scalar.getvalue())

    def close(self) -> None:
        """Let go of what waits."""
        for file in self._columns:
            file.close()


class NpzSink(PackageSink):
    """An archive with the arrays x, y, t and p, and the scalars width and height.

    Parameters
    ----------
    output : Output
        What is written.
    about : About
        What is known of the recording.
    compression, level
        As of `ColumnArchive`.
    """

    _COLUMNS = (("x", "<i2"), ("y", "<i2"), ("t", "<i8"), ("p", "u1"))

    def __init__(
        self, output: Output, about: About, compression: str | None, level: int | None
    ) -> None:
        super().__init__(output)
        self._about = about
        columns = {name: np.dtype(kind) for name, kind in self._COLUMNS}
        self._archive = ColumnArchive(output.path, columns, compression, level)

    def _write_events(self, events: EventBatch) -> None:
        on = signed_polarity(events, self.events) > 0
        self._archive.write((events.x, events.y, events.t, on))

    def _complete(self) -> None:
        size = zip(("width", "height"), self._about.resolution or (), strict=False)
        self._archive.complete(dict(size))

    def _let_go(self) -> None:
        self._archive.close()


class NpySink(PackageSink):
    """One array of records with the fields x, y, p and t, as Prophesee's tools use them.

    Parameters
    ----------
    output, about
        As of `NpzSink`; the size of the sensor has no place here.
    compression : {"none"}, optional
        There is none.
    level : None
        There are none.
    """

    _RECORD = np.dtype([("x", "<i2"), ("y", "<i2"), ("p", "<i2"), ("t", "<i8")], align=True)
    _DIGITS = 20  # room for any number of rows

    def __init__(
        self, output: Output, about: About, compression: str | None, level: int | None
    ) -> None:
        del about
        if compression not in {None, "none"} or level is not None:
            message = "files of the format 'npy' are not compressed"
            raise ValueError(message)
        super().__init__(output)
        self._file = open(output.path, "wb", buffering=_PIECE)  # noqa: PTH123, SIM115
        self._file.write(self._header())

    def _header(self) -> bytes:
        # As long for any number of rows: it is written again at the end.
        header = _header(self._RECORD, (10**self._DIGITS,))
        wanted = f"({self.events},)".encode()
        found = f"({10**self._DIGITS},)".encode()
        return header.replace(found, wanted.ljust(len(found)))

    def _write_events(self, events: EventBatch) -> None:
        rows = np.zeros(len(events), self._RECORD)
        rows["x"], rows["y"], rows["t"] = events.x, events.y, events.t
        rows["p"] = signed_polarity(events, self.events) > 0
        self._file.write(rows.tobytes())

    def _complete(self) -> None:
        self._file.seek(0)
        self._file.write(self._header())
        self._file.close()

    def _let_go(self) -> None:
        self._file.close()


def _header(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bytes:
    """Return the header of an array."""
    out = io.BytesIO()
    fields = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(out, fields)
    return out.getvalue()
