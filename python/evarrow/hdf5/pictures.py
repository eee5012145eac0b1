# SPDX-License-Identifier: Apache-2.0
"""Frames of the cameras in HDF5 files of data sets."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evarrow.errors import FormatError
from evarrow.hdf5.datasets import (
    Column,
    StoredRows,
    chunks_of,
    fill_of,
    filters_of,
    length_of,
    numbers_at,
    pack_chunks,
    store,
    store_whole,
)
from evarrow.hdf5.layouts import is_of
from evarrow.hdf5.times import time_rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    import h5py  # type: ignore[import-untyped]

    from evarrow import _core

__all__ = ["Camera", "Frames", "find_cameras", "find_frames"]

_MOST_SIDE = 32_767  # pixels
_MOST_TILES = 4096  # that chunks may cut a picture into
_MOST_DECODED = 1 << 29  # bytes of all chunks that a picture is in
_MOST_TIMES = 16  # the size of the file: it may have been cut off
_ABSENT = (2**32 - 1, 0, "i8", False, 0)  # a column that lies in no dataset
_COLUMNS = 11  # of the stream frames
_TYPES = {"u1": 8, "u2": 16, "f4": 32}

Tile = tuple[int, int, int, int, int, int, StoredRows]


@dataclass(frozen=True)
class Frames:
    """What the stream `frames` is made of, as `ContainerPlan` takes it."""

    stream: tuple[Any, ...]
    pictures: dict[str, Any]

    def add_to(self, plan: _core.ContainerPlan) -> None:
        """Add the stream to a plan."""
        plan.add_stream("frames", *self.stream)
        plan.set_pictures(**self.pictures)


@dataclass(frozen=True)
class Camera:
    """Frames of one camera.

    Attributes
    ----------
    path : str
        Of their group.
    pixels : h5py.Dataset
        Of shape (n, height, width) or (n, height, width, channels).
    times : h5py.Dataset
        Of shape (n,).
    unit : str
        Of the times.
    blue_first : bool
        Whether colours are in the order blue, green, red.
    """

    path: str
    pixels: Any
    times: Any
    unit: str
    blue_first: bool

    @property
    def side(self) -> str:
        """Which of the cameras it is, such as "left"."""
        return self.path.rpartition("/")[2]

    def frames(self, source: str | IO[bytes]) -> Frames:
        """Return what the stream `frames` is made of.

        Raises
        ------
        FormatError
            If the pictures are none that can be read.
        """
        height, width, channels, bits = self._size()
        rows = length_of(self.times)
        if rows is None or rows != self.pixels.shape[0]:
            message = f"those of {self.pixels.name} are not as many as their times"
            raise FormatError(message)
        t = Column(self.times)
        rule = time_rule(t, wanted=None, usual=self.unit, offset=0)
        stored, places = store([t, t, t], source)
        pictures = {
            "width": width,
            "height": height,
            "channels": channels,
            "bits": bits,
            "blue_first": self.blue_first and channels > 1,
            "tiles": list(self._tiles(height, width, channels, source)),
        }
        columns = [*places, *[_ABSENT] * (_COLUMNS - len(places))]
        return Frames((rows, stored, columns, rule), pictures)

    def _size(self) -> tuple[int, int, int, int]:
        """Return height, width, channels and bits."""
        dtype = self.pixels.dtype
        bits = _TYPES.get(f"{dtype.kind}{dtype.itemsize}")
        native = dtype.newbyteorder("=") == dtype
        shape = self.pixels.shape
        _, height, width, channels = shape if len(shape) == 4 else (*shape, 1, 0, 0)[:4]
        if (
            bits is None
            or not native
            or len(shape) not in {3, 4}
            or not 0 < height <= _MOST_SIDE
            or not 0 < width <= _MOST_SIDE
            or channels not in {1, 3, 4}
            or not _is_plain(self.pixels.id.get_type())
        ):
            message = f"{self.pixels.name} has the shape {shape} and the type {dtype.str}"
            raise FormatError(message)
        return height, width, channels, bits

    def _tiles(
        self, height: int, width: int, channels: int, source: str | IO[bytes]
    ) -> Iterator[Tile]:
        """Return the parts that chunks cut each picture into."""
        pixels = self.pixels
        value = pixels.dtype.itemsize
        if pixels.chunks is None and pixels.nbytes > _MOST_TIMES * pixels.file.id.get_filesize():
            message = f"the file is too small for {pixels.name} of the shape {pixels.shape}"
            raise FormatError(message)
        whole = store_whole(pixels, width * channels * value, pixels.shape[0] * height)
        if whole is not None:
            yield 0, 0, 0, height, width, channels, whole
            return
        together, *sizes = (int(one) for one in pixels.chunks)
        tall, wide, deep = sizes if len(sizes) == 3 else (*sizes, 1)
        ends = [(height, tall), (width, wide), (channels, deep)]
        corners = [range(0, end, size) for end, size in ends]
        tiles = math.prod(map(len, corners))
        if tiles > _MOST_TILES:
            message = f"its chunks of {pixels.chunks} pixels are too small"
            raise FormatError(message)
        if tiles * math.prod(pixels.chunks) * value > _MOST_DECODED:
            message = f"its chunks of {pixels.chunks} pixels take too much memory to decode"
            raise FormatError(message)
        found = defaultdict(list)
        for place, *where in chunks_of(pixels, source):
            if place[0] < pixels.shape[0]:
                found[(*place[1:], 0)[:3]].append((place[0] * tall, *where))
        line = wide * deep
        filters, fill = filters_of(pixels), fill_of(pixels) * line
        for corner in itertools.product(*corners):
            chunks = pack_chunks(found.get(corner, ()))
            rows = (pixels.name, line * value, together * tall, filters, chunks, fill, b"")
            top, left, channel = corner
            yield top, left, channel, tall, wide, deep, rows


def _is_plain(kind: Any) -> bool:
    """Return whether all bits of a number are those that NumPy knows."""
    bits = 8 * kind.get_size()
    return bool(kind.dtype.itemsize * 8 == bits == kind.get_precision() and not kind.get_offset())


def find_cameras(file: h5py.File) -> list[Camera]:
    """Return the cameras of a file of M3ED or MVSEC that have frames.

    Those of M3ED were decoded with OpenCV, which puts blue first.
    """
    places = [
        *((f"/davis/{side}", "image_raw", "image_raw_ts", "s") for side in ("left", "right")),
        *((f"/ovc/{side}", "data", "/ovc/ts", "us") for side in ("left", "right", "rgb")),
    ]
    cameras = []
    for path, pixels, times, unit in places:
        found = numbers_at(file, f"{path}/{pixels}")
        when = numbers_at(file, times if times.startswith("/") else f"{path}/{times}")
        if found is not None and when is not None:
            cameras.append(Camera(path, found, when, unit, blue_first=path.startswith("/ovc/")))
    return cameras


def find_frames(
    cameras: list[Camera], source: str | IO[bytes], path: str, sensor: str | None, notes: list[str]
) -> Frames | None:
    """Return the frames of a camera, or None.

    Parameters
    ----------
    cameras : list of Camera
        Those that there are.
    source : str or binary file
        The file.
    path : str
        Of the events: unless `sensor` is a camera, frames are those of the same side.
    sensor : str, optional
        What the user asks for.
    notes : list of str
        To which is added whose frames are read, or why none are.
    """
    if not cameras:
        return None
    sides = path.split("/")
    ranked = sorted(cameras, key=lambda one: (not is_of(one.path, sensor), one.side not in sides))
    first, *others = ranked
    notes.append(f"frames of {first.path}")
    if others:
        names = ", ".join(other.path for other in others)
        wanted = others[0].path.strip("/")
        notes.append(f'there are other frames in {names}: choose with sensor="{wanted}"')
    try:
        return first.frames(source)
    except FormatError as error:
        notes[-1 - bool(others)] = f"the frames are left out: {error}"
        return None
