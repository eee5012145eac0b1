# SPDX-License-Identifier: Apache-2.0
"""Frames of a recording: pictures beside the events."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evarrow.errors import DamagedError, EvarrowWarning
from evarrow.selection import warn_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from evarrow.recording import Recording
    from evarrow.selection import Selection

__all__ = ["Frame", "iterate_frames"]

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


def iterate_frames(recording: Recording, selection: Selection) -> Iterator[Frame]:
    """Return the frames of a recording, one at a time.

    Whether pixels are sound shows when they are decoded: what becomes of those that are not is up
    to `on_error`, as of rows.
    """
    on_error = recording.options.get("on_error", "raise")
    reader = recording.core_scan("frames", selection, batch_size=_ROWS).open()
    core = recording.core
    lost, why = 0, ""
    while (batch := reader.next()) is not None:
        rows: dict[str, list[int]] = {name: batch.column(name).tolist() for name in batch.columns}
        for i, t in enumerate(rows["t"]):
            try:
                image = core.image(*(rows[name][i] for name in _PLACE))
            except DamagedError as error:
                if on_error == "raise":
                    raise
                why = why or str(error)
                lost += 1
                continue
            exposure = (rows["exposure_begin"][i], rows["exposure_end"][i])
            yield Frame(t, exposure, (rows["left"][i], rows["top"][i]), image)
    if lost and on_error == "warn":
        count = "1 frame is" if lost == 1 else f"{lost} frames are"
        message = f"{count} left out, since {why}"
        warnings.warn(message, EvarrowWarning, stacklevel=2)
    warn_of(reader.report)
