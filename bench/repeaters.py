# SPDX-License-Identifier: Apache-2.0
"""Recordings of words made long by repeating them word for word.

The clocks of each repetition are moved on, so that time advances; all else, and with it the mix of
words that decides how fast a decoder is, stays as it was recorded. The repetitions of N-MNIST
records, whose times have 23 bits, are squeezed into these.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pathlib

    from numpy.typing import NDArray


@dataclasses.dataclass
class Words:
    """How the words of a format tell their type and the upper bits of the time."""

    dtype: str
    type_shift: int | None  # of the four bits with the type; None: all are events with a clock
    high_shift: int
    high_bits: int
    in_front: int = 0  # bytes between the lines of the header and the words

    def clocks(self, words: NDArray[np.unsignedinteger]) -> NDArray[np.intp]:
        """Return which words have a clock."""
        if self.type_shift is None:
            return np.arange(words.size)
        return np.flatnonzero(self.types(words) == TIME_HIGH)

    def types(self, words: NDArray[np.unsignedinteger]) -> NDArray[np.unsignedinteger]:
        """Return the type of each word."""
        return words >> words.dtype.type(self.type_shift)

    def count_events(self, words: NDArray[np.unsignedinteger]) -> int:
        """Return about how many events the words give."""
        if self.type_shift is None:
            return words.size
        kinds = self.types(words)
        if self.dtype == "<u4":
            return int((kinds <= 1).sum())
        if self.dtype == "<u8":
            return int(np.bitwise_count(words[kinds <= 1] & np.uint64(0xFFFFFFFF)).sum())
        vectors = int(np.bitwise_count(words[kinds == 4] & np.uint16(0xFFF)).sum())
        vectors += int(np.bitwise_count(words[kinds == 5] & np.uint16(0xFF)).sum())
        return vectors + int((kinds == 2).sum())


WORDS = {
    "evt2": Words("<u4", 28, 0, 28),
    "evt21": Words("<u8", 60, 32, 28),
    "evt3": Words("<u2", 12, 0, 12),
    "dat": Words("<u8", None, 0, 32, in_front=2),
}
TIME_HIGH = 8


def header_size(recording: bytes) -> int:
    """Return where the lines of a header end."""
    at = 0
    while recording[at : at + 2] == b"% ":
        end = recording.index(b"\n", at) + 1
        line = recording[at:end]
        at = end
        if line.strip() == b"% end":
            break
    return at


def is_legacy(words: NDArray[np.uint64]) -> bool:
    """Return whether EVT 2.1 words have their halves exchanged: where their types are defined."""
    known = np.array([0x0, 0x1, 0x8, 0xA, 0xE, 0xF])
    little = np.isin(words >> np.uint64(60), known).mean()
    legacy = np.isin(words >> np.uint64(28) & np.uint64(0xF), known).mean()
    return bool(legacy > little)


def swap_halves(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Exchange the halves of 64-bit words."""
    return words << np.uint64(32) | words >> np.uint64(32)


class Repeater:
    """The words of a recording from its first clock word on, and how long they last."""

    def __init__(self, recording: bytes, file_format: str) -> None:
        self.format = WORDS[file_format]
        begin = header_size(recording) + self.format.in_front
        self.header = recording[:begin]
        size = np.dtype(self.format.dtype).itemsize
        count = (len(recording) - begin) // size
        words = np.frombuffer(recording, self.format.dtype, count, begin)
        self.legacy = file_format == "evt21" and is_legacy(words)
        if self.legacy:
            words = swap_halves(words)
        clocks = self.format.clocks(words)
        if clocks.size == 0:
            message = "the recording has no clock, so it cannot be repeated"
            raise ValueError(message)
        self.words = words[clocks[0] :]
        self.clocks = clocks - clocks[0]
        self.events = self.format.count_events(self.words)
        mask = (1 << self.format.high_bits) - 1
        shift = self.words.dtype.type(self.format.high_shift)
        self.highs = (self.words[self.clocks] >> shift).astype(np.int64) & mask
        steps = np.diff(self.highs)
        half = 1 << (self.format.high_bits - 1)
        unwrapped = np.concatenate(([0], np.cumsum((steps + half) % (2 * half) - half)))
        self.period = int(unwrapped.max()) + 1
        self.mask = mask

    def repetition(self, number: int) -> bytes:
        """Return the words with all clocks moved on by `number` periods."""
        words = self.words.copy()
        highs = (self.highs + number * self.period) & self.mask
        kind = words.dtype.type
        shift = kind(self.format.high_shift)
        others = words[self.clocks] & ~kind(self.mask << self.format.high_shift)
        words[self.clocks] = others | highs.astype(words.dtype) << shift
        return (swap_halves(words) if self.legacy else words).tobytes()

    def write(self, path: pathlib.Path, events: int) -> None:
        """Write a recording of about `events` events, at least as many."""
        with path.open("wb") as file:
            file.write(self.header)
            for number in range(-(-events // self.events)):
                file.write(self.repetition(number))


class StreamRepeater:
    """The records of an Event Stream: times are steps, so that they go on by themselves."""

    HEADER = 20

    def __init__(self, recording: bytes) -> None:
        import evarrow

        self.recording = recording
        self.events = len(evarrow.open(recording))

    def write(self, path: pathlib.Path, events: int) -> None:
        """Write a recording of at least `events` events."""
        with path.open("wb") as file:
            file.write(self.recording[: self.HEADER])
            for _ in range(-(-events // self.events)):
                file.write(self.recording[self.HEADER :])


class NmnistRepeater:
    """N-MNIST records of 5 bytes, the repetitions squeezed into the 23 bits of their clock."""

    CLOCK = 1 << 23

    def __init__(self, recording: bytes) -> None:
        size = len(recording) // 5 * 5
        self.records = np.frombuffer(recording, np.uint8, size).reshape(-1, 5)

    def write(self, path: pathlib.Path, events: int) -> None:
        """Write a recording of at least `events` events."""
        high, middle, low = self.records[:, 2:].T.astype(np.int64)
        times = (high & 0x7F) << 16 | middle << 8 | low
        period = int(times.max()) + 1
        repetitions = -(-events // len(self.records))
        with path.open("wb") as file:
            for number in range(repetitions):
                squeezed = (times + number * period) * self.CLOCK // (repetitions * period)
                records = self.records.copy()
                records[:, 2] = records[:, 2] & 0x80 | squeezed >> 16
                records[:, 3] = squeezed >> 8 & 0xFF
                records[:, 4] = squeezed & 0xFF
                file.write(records.tobytes())
