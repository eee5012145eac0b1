# SPDX-License-Identifier: Apache-2.0
"""Make long recordings for the benchmarks, by repeating short ones."""

from __future__ import annotations

import argparse
import os
import pathlib
import sys
import tempfile
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import repackers
import repeaters

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
    "dsec": "real/faery_evt2_gen3.raw",
    "hdf5": "real/faery_evt2_gen3.raw",
    "mvsec": "real/faery_evt2_gen3.raw",
    "npz": "real/faery_evt2_gen3.raw",
    "parquet": "real/faery_evt2_gen3.raw",
    "rosbag": "real/faery_evt2_gen3.raw",
    "mcap": "real/faery_evt2_gen3.raw",
    "prophesee-hdf5": "derived/gen3_ecf.hdf5",
}
# Formats without a real recording that is long enough: another one's is converted.
CONVERTED = {"dat": "evt2"}
# Others: .raw
ENDINGS = {
    "dat": ".dat", "es": ".es", "nmnist": ".bin", "aedat4": ".aedat4", "csv": ".txt",
    "dsec": ".h5", "hdf5": ".h5", "mvsec": ".hdf5", "npz": ".npz", "parquet": ".parquet",
    "rosbag": ".bag", "mcap": ".mcap", "prophesee-hdf5": ".hdf5",
}  # fmt: skip
# These are made of events of the corpus alone.
READ_ALONE = (
    *("nmnist", "aedat4", "csv", "dsec", "hdf5", "mvsec", "npz", "parquet", "rosbag", "mcap"),
    "prophesee-hdf5",
)


class Maker(Protocol):
    """What makes a long recording of a short one."""

    def write(self, path: pathlib.Path, events: int) -> None:
        """Write a recording of at least `events` events."""


def repeater_of(recording: bytes, file_format: str) -> Maker:
    """Return what makes a long recording of a short one."""
    makers = {
        "es": repeaters.StreamRepeater,
        "nmnist": repeaters.NmnistRepeater,
        "csv": repackers.TextRepeater,
        "aedat4": repackers.PacketRepeater,
        "dsec": repackers.DsecRepeater,
        "hdf5": repackers.GzipRepeater,
        "mvsec": repackers.MvsecRepeater,
        "npz": repackers.NpzRepeater,
        "parquet": repackers.ParquetRepeater,
        "prophesee-hdf5": repackers.EcfRepeater,
    }
    if file_format in ("rosbag", "mcap"):
        return repackers.RosRepeater(recording, file_format)
    if file_format in makers:
        return makers[file_format](recording)
    return repeaters.Repeater(recording, file_format)


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
        message = f"{file_format} is made of the corpus alone: set EVARROW_CORPUS to its folder"
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
