# SPDX-License-Identifier: Apache-2.0
"""Labels of the automotive data sets of Prophesee: boxes around objects."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from evarrow.errors import FormatError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["read_boxes"]

# The column of the frame, its type, and what the releases call it.
_COLUMNS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("t", pl.Duration("us"), ("t", "ts")),
    ("x", pl.Float32(), ("x",)),
    ("y", pl.Float32(), ("y",)),
    ("w", pl.Float32(), ("w",)),
    ("h", pl.Float32(), ("h",)),
    ("class_id", pl.UInt32(), ("class_id",)),
    ("track_id", pl.UInt32(), ("track_id",)),
    ("class_confidence", pl.Float32(), ("class_confidence", "confidence")),
)


def read_boxes(path: str | os.PathLike[str]) -> pl.DataFrame:
    """Return the boxes of a ``_bbox.npy`` file of Gen1 or 1 Megapixel.

    Parameters
    ----------
    path : str or os.PathLike
        Of the file that lies beside a recording.

    Returns
    -------
    polars.DataFrame
        A row for each box, in the order of the file: ``t`` Duration("us"), on the clock of the
        recording; ``x``, ``y``, ``w`` and ``h`` Float32, pixels, from the top left corner;
        ``class_id`` and ``track_id`` UInt32; ``class_confidence`` Float32. Classes are 0 car and 1
        pedestrian in Gen1; 0 pedestrian, 1 two-wheeler, 2 car, 3 truck, 4 bus, 5 traffic sign and
        6 traffic light in 1 Megapixel.

    Raises
    ------
    OSError
        If the file cannot be opened.
    FormatError
        If it holds no such boxes.

    Notes
    -----
    The layout is that of Prophesee's toolbox,
    https://github.com/prophesee-ai/prophesee-automotive-dataset-toolbox.

    Examples
    --------
    >>> import numpy as np
    >>> fields = ["t", "x", "y", "w", "h", "class_id", "track_id", "class_confidence"]
    >>> types = ["i8", "f4", "f4", "f4", "f4", "u4", "u4", "f4"]
    >>> dtype = list(zip(fields, types))
    >>> boxes = np.array([(1000, 1.5, 2.5, 10, 20, 1, 7, 0.5)], dtype)
    >>> np.save(tmp_path / "rec_bbox.npy", boxes)
    >>> ev.read_boxes(tmp_path / "rec_bbox.npy")["class_id"].to_list()
    [1]
    """
    name = os.fspath(path)
    try:
        boxes = np.load(path, allow_pickle=False)
    except (ValueError, EOFError) as error:
        message = f"{name} cannot be read: {error}"
        raise FormatError(message) from None
    if isinstance(boxes, np.lib.npyio.NpzFile):
        boxes.close()
    columns = {column: _column(boxes, column, dtype, known) for column, dtype, known in _COLUMNS}
    missing = [column for column, values in columns.items() if values is None]
    if missing:
        found = getattr(boxes, "dtype", type(boxes).__name__)
        message = f"{name} holds no boxes: it has no {', '.join(missing)}, only {found}"
        raise FormatError(message)
    return pl.DataFrame(columns)


def _column(boxes: Any, name: str, dtype: Any, known: tuple[str, ...]) -> pl.Series | None:
    """Return a column, by whichever of its names it has; None if it has none."""
    fields = getattr(getattr(boxes, "dtype", None), "names", None) or ()
    field = next((one for one in known if one in fields), None)
    if field is None or boxes.ndim != 1:
        return None
    values: NDArray[Any] = np.ascontiguousarray(boxes[field])
    if values.dtype.kind not in "iuf":
        return None
    if name == "t":
        return pl.Series(name, values.astype(np.int64)).cast(dtype)
    return pl.Series(name, values).cast(dtype)
