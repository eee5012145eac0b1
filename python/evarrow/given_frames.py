# SPDX-License-Identifier: Apache-2.0
"""Frames that somebody gives to be written."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from evarrow.images import Frame
from evarrow.recording import Recording

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["GivenFrames"]

_FRAMES = 16  # of a table that are in memory together
_COLUMNS = {
    *("t", "exposure_begin", "exposure_end", "left", "top"),
    *("width", "height", "channels", "bits", "pixels"),
}
_KINDS = {8: "uint8", 16: "uint16", 32: "float32"}  # by bits


class GivenFrames:
    """Frames that come one after the other, in order of time.

    Parameters
    ----------
    frames : Recording, Polars frame or iterable of Frame
        A Polars frame has their pixels.

    Raises
    ------
    TypeError, ValueError
        If that is no such thing, or holds what no file does; a row is named.
    """

    def __init__(self, frames: Any) -> None:
        self._frames = enumerate(_frames_of(frames))
        self._next: Frame | None = None
        self._last: int | None = None

    def until(self, time: int | None) -> Iterator[Frame]:
        """Give the frames up to and with `time`, all of them for None."""
        while True:
            frame = self._next or self._take()
            if frame is None:
                return
            self._next = frame
            if time is not None and frame.t > time:
                return
            self._next = None
            yield frame

    def _take(self) -> Frame | None:
        row, frame = next(self._frames, (0, None))
        if frame is None:
            return None
        if not isinstance(frame, Frame):
            message = f"frames must be evarrow.Frame, as Recording.frames gives, not {frame!r}"
            raise TypeError(message)
        frame = _checked(row, frame)
        if self._last is not None and frame.t < self._last:
            message = (
                f"row {row} of the frames cannot be written: its time, {frame.t} us, is before "
                f"{self._last} us, that of the frame in front of it"
            )
            raise ValueError(message)
        self._last = frame.t
        return frame


def _frames_of(value: Any) -> Iterable[Any]:
    if isinstance(value, Recording):
        return value.frames()
    if type(value).__module__.startswith("polars"):
        return _frames_in(value)
    if isinstance(value, Mapping | str | bytes) or not isinstance(value, Iterable):
        message = (
            "frames come from a Recording, a Polars frame with their pixels or an iterable of "
            f"evarrow.Frame, not from a {type(value).__name__}; a file is opened first, with "
            "evarrow.open"
        )
        raise TypeError(message)
    return value


def _frames_in(table: Any) -> Iterator[Frame]:
    """Give the frames of a table with pixels, as `evarrow.convert` writes it."""
    begin = 0
    for part in table.lazy().collect_batches(chunk_size=_FRAMES, maintain_order=True):
        missing = _COLUMNS - set(part.columns)
        if missing:
            message = f"there is no column {min(missing)!r} among {sorted(part.columns)}"
            raise ValueError(message)
        for row in part.with_columns(_physical(part)).iter_rows(named=True):
            yield _frame_of(begin, row)
            begin += 1


def _frame_of(number: int, row: dict[str, Any]) -> Frame:
    import numpy as np

    lost = sorted(name for name in _COLUMNS if row[name] is None)
    if lost:
        raise _refusal(number, f"its {lost[0]} is null")
    kind = _KINDS.get(row["bits"])
    if kind is None:
        raise _refusal(number, f"its bits are {row['bits']}, but must be 8, 16 or 32")
    shape = (row["height"], row["width"], row["channels"])
    size = np.dtype(kind).itemsize * math.prod(shape)
    if min(shape) < 1 or len(row["pixels"]) != size:
        raise _refusal(
            number,
            f"height {shape[0]}, width {shape[1]}, {shape[2]} channels and {row['bits']} bits are "
            f"not those of {len(row['pixels'])} bytes of pixels",
        )
    return Frame(
        t=row["t"],
        exposure=(row["exposure_begin"], row["exposure_end"]),
        position=(row["left"], row["top"]),
        image=np.frombuffer(row["pixels"], kind).reshape(shape[: 2 + (shape[2] > 1)]),
    )


def _checked(number: int, frame: Frame) -> Frame:
    """Return a frame as a sink takes it, if it is one."""
    import numpy as np

    try:
        t, begin, end, left, top = map(operator.index, (frame.t, *frame.exposure, *frame.position))
    except (TypeError, ValueError):
        raise _refusal(
            number, "t, two times of the exposure and two of the position are whole numbers"
        ) from None
    if not all(-(1 << 63) <= time < 1 << 63 for time in (t, begin, end)):
        raise _refusal(number, "its times are not in the 64 bits that they have")
    if not all(-(1 << 15) <= place < 1 << 15 for place in (left, top)):
        raise _refusal(number, f"its position, {(left, top)}, is not from -32768 to 32767")
    image = np.asarray(frame.image)
    image = image.astype(image.dtype.newbyteorder("="), copy=False)
    return Frame(t=t, exposure=(begin, end), position=(left, top), image=image)


def _refusal(number: int, why: str) -> ValueError:
    return ValueError(f"row {number} of the frames cannot be written: {why}")


def _physical(part: Any) -> list[Any]:
    """Return the columns of times as whole microseconds."""
    import polars as pl

    return [
        pl.col(name).dt.cast_time_unit("us").to_physical()
        for name, kind in part.schema.items()
        if kind.is_temporal()
    ]
