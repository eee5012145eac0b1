# SPDX-License-Identifier: Apache-2.0
"""Frames of events as sensors count them, with few bits a pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from evarrow import _core
from evarrow.representations.making import check_choice, make

if TYPE_CHECKING:
    from typing import Unpack

    from evarrow.events import Events
    from evarrow.representations.making import Making

__all__ = ["hardware_difference", "hardware_histogram"]

_PIXELS = ("y", "x")


def hardware_histogram(
    events: Events,
    *,
    negative_bits: int = 4,
    positive_bits: int = 4,
    packed: bool = False,
    **options: Unpack[Making],
) -> Any:
    """Count events in counters of few bits, which stop at their greatest value.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    negative_bits, positive_bits : int
        Bits of the counters of OFF and of ON, together at most 8.
    packed : bool
        Whether both counters of a pixel are put in one byte, ``on << negative_bits | off``.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of uint8, shape ([windows,] 2, height, width), or DataFrame
        OFF before ON, up to ``2**bits - 1``; of shape ([windows,] height, width) if packed.

    Raises
    ------
    ValueError
        If a counter has no bit, or both have more than 8.

    References
    ----------
    OpenEB 5.1, EventFrameHistoGenerationAlgorithm, with its defaults.

    Examples
    --------
    >>> events = ev.from_arrays(x=[0] * 20, y=[0] * 20, t=range(20), polarity=[1] * 17 + [-1] * 3)
    >>> ev.representations.hardware_histogram(events, resolution=(1, 1)).ravel().tolist()
    [3, 15]
    >>> hex(ev.representations.hardware_histogram(events, packed=True, resolution=(1, 1))[0, 0])
    '0xf3'
    """
    return make(
        events,
        lambda w, h: _core.hardware_histogram(w, h, negative_bits, positive_bits, packed),
        _PIXELS if packed else ("polarity", *_PIXELS),
        options,
    )


def hardware_difference(
    events: Events,
    *,
    bits: int = 8,
    overflow: Literal["wrap", "saturate"] = "wrap",
    **options: Unpack[Making],
) -> Any:
    """Sum up polarities in counters of few bits.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    bits : int
        Bits of a counter, 2 to 8: sums are from ``-2**(bits - 1)`` to ``2**(bits - 1) - 1``.
    overflow : {"wrap", "saturate"}
        Whether an event beyond the greatest sum leads to the least and the other way round, or
        changes nothing.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of int8, shape ([windows,] 1, height, width), or DataFrame
        ON less OFF.

    Raises
    ------
    ValueError
        If there are other numbers of bits.

    References
    ----------
    OpenEB 5.1, EventFrameDiffGenerationAlgorithm, with its defaults.

    Examples
    --------
    >>> events = ev.from_arrays(x=[0] * 3, y=[0] * 3, t=[0, 1, 2], polarity=[1, 1, 1])
    >>> difference = ev.representations.hardware_difference
    >>> difference(events, bits=2, resolution=(1, 1)).item()
    -1
    >>> difference(events, bits=2, overflow="saturate", resolution=(1, 1)).item()
    1
    """
    check_choice("overflow", overflow, ("wrap", "saturate"))
    wraps = overflow == "wrap"
    return make(
        events,
        lambda w, h: _core.hardware_difference(w, h, bits, wraps),
        ("channel", *_PIXELS),
        options,
    )
