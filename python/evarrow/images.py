# SPDX-License-Identifier: Apache-2.0
"""Frames of a recording: pictures beside the events."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evarrow.errors import DamagedError, EvarrowWarning
from evarrow.selection import warn_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from evarrow.recording import Recording
    from evarrow.selection import Selection

__all__ = ["Frame", "Pictures", "iterate_frames"]

_ROWS = 64  # of the table that are looked at together
_PLACE = ("width", "height", "channels", "bits", "offset", "size")


@dataclass(frozen=True, repr=False, eq=False)
class Frame:
    """A picture. Made by `Recording.frames`.

    Attributes
    ----------
    t : int
        Its time as the recording has it, microseconds: the middle or the begin of the exposure.
    exposure : (int, int)
        Between which times the pixels were exposed, microseconds; both are `t` where the
        recording does not say.
    position : (int, int)
        Where on the sensor its first pixel is: how far from the left and from the top, pixels.
    image : numpy.ndarray
        The pixels, shape (height, width), or (height, width, 3) of red, green and blue, or
        (height, width, 4) with alpha; uint8, uint16 or float32, as recorded.

    Examples
    --------
    >>> import numpy as np
    >>> frame = ev.Frame(t=5, exposure=(3, 7), position=(0, 0), image=np.zeros((4, 6), np.uint8))
    >>> frame
    <evarrow.Frame at 5 us, (4, 6) uint8>
    """

    t: int
    exposure: tuple[int, int]
    position: tuple[int, int]
    image: NDArray[Any]

    def __repr__(self) -> str:
        """Return the time, the shape and the type."""
        return f"<evarrow.Frame at {self.t} us, {self.image.shape} {self.image.dtype}>"


class Pictures:
    """Reads the pixels of rows of a recording's stream of frames.

    Whether pixels are sound shows when they are decoded: what becomes of those that are not is up
    to the recording's `on_error`, as of rows.
    """

    def __init__(self, recording: Recording) -> None:
        self._core = recording.core
        self._on_error = recording.options.get("on_error", "raise")
        self._lost, self._why = 0, ""

    def read(self, row: Mapping[str, int]) -> Frame | None:
        """Return a frame with its pixels, or None if it is damaged and left out.

        Raises
        ------
        DamagedError
            If it is damaged and not to be left out.
        """
        try:
            image = self._core.image(*(row[name] for name in _PLACE))
        except DamagedError as error:
            if self._on_error == "raise":
                raise
            self._why = self._why or str(error)
            self._lost += 1
            return None
        exposure = (row["exposure_begin"], row["exposure_end"])
        return Frame(row["t"], exposure, (row["left"], row["top"]), image)

    @property
    def warnings(self) -> list[str]:
        """What was left out, in sentences, if that is to be told."""
        if not self._lost or self._on_error != "warn":
            return []
        count = "1 frame is" if self._lost == 1 else f"{self._lost} frames are"
        return [f"{count} left out, since {self._why}"]


def iterate_frames(recording: Recording, selection: Selection) -> Iterator[Frame]:
    """Return the frames of a recording, one at a time."""
    reader = recording.core_scan("frames", selection, batch_size=_ROWS).open()
    pictures = Pictures(recording)
    while (batch := reader.next()) is not None:
        columns = {name: batch.column(name).tolist() for name in batch.columns}
        for row in zip(*columns.values(), strict=True):
            frame = pictures.read(dict(zip(columns, row, strict=True)))
            if frame is not None:
                yield frame
    for sentence in pictures.warnings:
        warnings.warn(sentence, EvarrowWarning, stacklevel=2)
    warn_of(reader.report)
