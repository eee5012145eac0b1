# SPDX-License-Identifier: Apache-2.0
"""Make long recordings for the benchmarks, by repeating short ones word for word.

The clocks of each repetition are moved on, so that time advances; all else, and with it the mix of
words that decides how fast a decoder is, stays as it was recorded. The repetitions of N-MNIST
records, whose times have 23 bits, are squeezed into these.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import pathlib
import sys
import tempfile
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FOLDER = pathlib.Path(tempfile.gettempdir()) / "evarrow-bench"
# Real recordings of the corpus; EVT 2.1 in the legacy order of its words.
CORPUS = {
    "evt2": "real/faery_evt2_gen3.raw",
    "evt21": "derived/imx636_evt21_legacy.raw",
    "evt3": "real/expelliarmus_evt3.raw",
    "es": "real/faery_dvs.es",
    "nmnist": "real/tonic_nmnist.bin",
    "aedat4": "real/tonic_sample.aedat4",
    "csv": "real/faery_evt2_gen3.raw",
}
# Formats without a real recording that is long enough: another one's is converted.
CONVERTED = {"dat": "evt2"}
# Others: .raw
ENDINGS = {"dat": ".dat", "es": ".es", "nmnist": ".bin", "aedat4": ".aedat4", "csv": ".txt"}
READ_ALONE = ("nmnist", "aedat4", "csv")  # evarrow writes none of these


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


class PacketRepeater:
    """The events of an AEDAT 4 recording in new packets, compressed with LZ4, with a table."""

    PACKET = 2000  # events, as cameras send them: some milliseconds

    def __init__(self, recording: bytes) -> None:
        import evarrow

        self.events = evarrow.read(recording, t_type="int64", polarity_type="binary")

    def write(self, path: pathlib.Path, events: int) -> None:
        """Write a recording of at least `events` events."""
        sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "python"))
        import aedat4_files

        made = aedat4_files.Recording(streams={0: ("EVTS", "events", "DVXplorer_0", (320, 240))})
        one = np.zeros(len(self.events), aedat4_files.EVENT)
        for name, column in (("t", "t"), ("x", "x"), ("y", "y"), ("p", "polarity")):
            one[name] = self.events[column].to_numpy()
        period = int(one["t"][-1] - one["t"][0]) + 1
        for _ in range(-(-events // len(one))):
            for begin in range(0, len(one), self.PACKET):
                made.add(0, one[begin : begin + self.PACKET])
            one["t"] += period
        path.write_bytes(made.bytes())


class TextRepeater:
    """Lines of "t x y p", in seconds, as data sets have them."""

    def __init__(self, recording: bytes) -> None:
        import evarrow

        self.events = evarrow.read(recording, t_type="int64", polarity_type="binary")

    def write(self, path: pathlib.Path, events: int) -> None:
        """Write a recording of at least `events` events."""
        import polars as pl

        t = self.events["t"]
        period = int(t[-1]) - int(t[0]) + 1
        with path.open("wb") as file:
            for number in range(-(-events // len(t))):
                micros = pl.col("t") + number * period
                seconds = (micros // 1_000_000).cast(pl.String)
                rest = (micros % 1_000_000).cast(pl.String).str.pad_start(6, "0")
                lines = self.events.select(seconds + "." + rest, "x", "y", "polarity")
                lines.write_csv(file, include_header=False, separator=" ")


def repeater_of(
    recording: bytes, file_format: str
) -> Repeater | StreamRepeater | NmnistRepeater | PacketRepeater | TextRepeater:
    """Return what makes a long recording of a short one."""
    if file_format == "csv":
        return TextRepeater(recording)
    if file_format == "aedat4":
        return PacketRepeater(recording)
    if file_format == "es":
        return StreamRepeater(recording)
    if file_format == "nmnist":
        return NmnistRepeater(recording)
    return Repeater(recording, file_format)


def corpus_folder() -> pathlib.Path | None:
    """Return the folder of the recordings that the tests use, or None if there is none."""
    named = os.environ.get("EVARROW_CORPUS")
    if named:
        return pathlib.Path(named)
    beside = pathlib.Path(__file__).resolve().parents[2] / "shared" / "corpus"
    return beside if beside.is_dir() else None


def seed_recording(file_format: str, folder: pathlib.Path, source: str) -> tuple[pathlib.Path, str]:
    """Return the short recording to repeat, and "real" if it is of the corpus, else "sample"."""
    corpus = corpus_folder()
    seed = CORPUS[CONVERTED.get(file_format, file_format)]
    if source != "sample" and corpus is not None and (corpus / seed).exists():
        return in_format(file_format, corpus / seed, folder), "real"
    if source == "corpus":
        message = "there is no corpus: set EVARROW_CORPUS to its folder"
        raise FileNotFoundError(message)
    if file_format in READ_ALONE:
        message = f"evarrow does not write {file_format}: set EVARROW_CORPUS to the corpus' folder"
        raise FileNotFoundError(message)
    import evarrow

    path = folder / f"{file_format}_sample{ending(file_format)}"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        evarrow.sample(path, format=file_format, duration="200ms", resolution=(1280, 720))
    return path, "sample"


def in_format(file_format: str, path: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    """Return `path`, or what it was converted to where that is how the format gets a recording."""
    if file_format not in CONVERTED:
        return path
    import evarrow

    converted = folder / f"{file_format}_{path.stem}{ending(file_format)}"
    if not converted.exists():
        folder.mkdir(parents=True, exist_ok=True)
        evarrow.convert(path, converted, format=file_format)
    return converted


def ending(file_format: str) -> str:
    """Return the ending of the names of recordings."""
    return ENDINGS.get(file_format, ".raw")


def name_of(events: int) -> str:
    """Return a number of events as part of a name: 10m, 500k."""
    for unit, letter in ((1_000_000, "m"), (1000, "k")):
        if events % unit == 0:
            return f"{events // unit}{letter}"
    return str(events)


def make(
    file_format: str, events: int, folder: pathlib.Path = FOLDER, source: str = "auto"
) -> pathlib.Path:
    """Return a recording of about `events` events, made unless it is there."""
    seed, origin = seed_recording(file_format, folder, source)
    path = folder / f"{file_format}_{origin}_{name_of(events)}{ending(file_format)}"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        repeater_of(seed.read_bytes(), file_format).write(part, events)
        part.replace(path)
    return path


def add_arguments(parser: argparse.ArgumentParser, events: Sequence[int]) -> None:
    """Add the options that all benchmarks of long recordings have."""
    parser.add_argument("--events", type=int, nargs="+", default=list(events), metavar="N")
    parser.add_argument(
        "--formats", nargs="+", choices=[*CORPUS, *CONVERTED], default=["evt2", "evt3"]
    )
    parser.add_argument("--folder", type=pathlib.Path, default=FOLDER, help="where files are kept")
    parser.add_argument(
        "--source",
        choices=("auto", "corpus", "sample"),
        default="auto",
        help="what is repeated: real recordings where they are there, or made-up ones",
    )


def main() -> None:
    """Make the files and print their names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_arguments(parser, [10_000_000, 50_000_000])
    options = parser.parse_args()
    for file_format in options.formats:
        for events in options.events:
            path = make(file_format, events, options.folder, options.source)
            print(f"{path}  {path.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
