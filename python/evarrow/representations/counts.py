# SPDX-License-Identifier: Apache-2.0
"""How many events each pixel has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from evarrow import _core
from evarrow.representations.making import make

if TYPE_CHECKING:
    from typing import Unpack

    from evarrow.events import Events
    from evarrow.representations.making import Making

__all__ = ["count_image"]


def count_image(
    events: Events,
    *,
    polarity: Literal["split", "merged", "signed"] = "split",
    **options: Unpack[Making],
) -> Any:
    """Count the events of each pixel: event frames and histograms.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    polarity : {"split", "merged", "signed"}
        Whether OFF and ON are counted apart, together, or ON minus OFF.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of uint32, shape ([windows,] 2, height, width), or DataFrame
        The first of the two is OFF. Merged and signed: shape ([windows,] height, width), signed of
        int32.

    Raises
    ------
    TypeError, ValueError
        If an option makes no sense, or the resolution is not known.

    Examples
    --------
    >>> counts = ev.representations.count_image(path, every="50ms")
    >>> counts.shape, counts.dtype
    ((2, 2, 48, 64), dtype('uint32'))
    """
    if polarity not in ("split", "merged", "signed"):
        message = f'polarity must be "split", "merged" or "signed", not {polarity!r}'
        raise ValueError(message)
    axes = ("polarity", "y", "x") if polarity == "split" else ("y", "x")
    return make(events, lambda w, h: _core.count_image(w, h, polarity), axes, options)
