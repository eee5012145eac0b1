# SPDX-License-Identifier: Apache-2.0
"""Raw AER words: an event is some bits of a number, and nothing but the user says which."""

from __future__ import annotations

import operator
import os
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from evarrow import _core
from evarrow.column_names import LETTERS, UNITS
from evarrow.errors import FormatError
from evarrow.options import to_core

if TYPE_CHECKING:
    from evarrow.openers import Opener

__all__ = ["open_words"]

_KEYS = {"dtype", *LETTERS, "on", "offset"}
_MOST_BITS = {"x": 16, "y": 16, "p": 8, "t": 63}


def open_words(opener: Opener, options: Mapping[str, Any]) -> _core.Recording:
    """Open a file of raw words.

    Raises
    ------
    TypeError, ValueError
        If `words` does not say how they are laid out.
    FormatError
        If the source is a pipe.
    """
    dtype, bits, offset = _layout(options.get("words"))
    with opener.file() as file:
        if file is None:
            message = f"{opener.name} is a pipe: raw words are read from a file"
            raise FormatError(message)
        size = file.seek(0, os.SEEK_END)
    count = max(size - offset, 0) // dtype.itemsize
    plan = _core.ContainerPlan(format="aer")
    chunk = struct.pack("=4Q", 0, offset, count * dtype.itemsize, 0) if count else b""
    stored: list[Any] = [("words", dtype.itemsize, max(count, 1), [], chunk, b"", b"")]
    swapped = dtype.newbyteorder("=") != dtype
    places = [(0, 0, f"u{dtype.itemsize}", swapped, 0) for _ in LETTERS]
    rule = (0, *UNITS[options.get("t_unit") or "us"])
    plan.add_stream("events", count, stored, places, rule)
    inverted = (options["words"] or {}).get("on", 1) == 0
    for column, letter in enumerate(LETTERS):
        plan.choose_bits(column, *bits[letter], inverted=inverted and letter == "p")
    return opener.open(to_core({**options, "format": "aer"}, plan))


def _layout(words: Any) -> tuple[np.dtype[Any], dict[str, tuple[int, int]], int]:
    """Return the type of the words, first bit and number of bits of each column, and where."""
    if not isinstance(words, Mapping):
        message = (
            'raw words need their layout: words={"dtype": "<u4", "x": (first bit, bits), '
            '"y": ..., "p": ..., "t": ...}'
        )
        raise TypeError(message)
    lacking = sorted({"dtype", *LETTERS} - words.keys())
    if lacking or not words.keys() <= _KEYS:
        unknown = sorted(words.keys() - _KEYS)
        what = f"lacks {lacking}" if lacking else f"knows no {unknown}"
        message = f"words must say dtype, x, y, p and t, and may say on and offset; it {what}"
        raise ValueError(message)
    dtype = np.dtype(words["dtype"])
    if dtype.kind != "u" or dtype.names:
        message = f'the dtype of words must be unsigned, such as "<u4" or ">u8", not {dtype}'
        raise ValueError(message)
    bits = {letter: _bits(letter, words[letter], dtype) for letter in LETTERS}
    offset = operator.index(words.get("offset", 0))
    if offset < 0 or words.get("on", 1) not in {0, 1}:
        message = "offset must not be negative, and on must be 0 or 1"
        raise ValueError(message)
    return dtype, bits, offset


def _bits(letter: str, value: Any, dtype: np.dtype[Any]) -> tuple[int, int]:
    try:
        first, count = (operator.index(one) for one in value)
    except (TypeError, ValueError):
        message = f"{letter} must be (first bit, bits), not {value!r}"
        raise TypeError(message) from None
    if first < 0 or not 0 < count <= _MOST_BITS[letter] or first + count > 8 * dtype.itemsize:
        message = (
            f"{letter} must be at most {_MOST_BITS[letter]} of the {8 * dtype.itemsize} bits of a "
            f"word, not {count} from bit {first} on"
        )
        raise ValueError(message)
    return first, count
