# SPDX-License-Identifier: Apache-2.0
"""A recording: what is in a file, and ways to its rows."""

from __future__ import annotations

import os
import types
from typing import TYPE_CHECKING, Any, overload

from evarrow import _core
from evarrow.options import check_options
from evarrow.selection import BATCH_SIZE, Scan, to_scan_arguments
from evarrow.sources import name_of, open_core

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Self, Unpack

    import polars as pl

    from evarrow._core import EventBatch
    from evarrow.images import Frame
    from evarrow.options import ReadOptions
    from evarrow.selection import Selection
    from evarrow.sources import Source
    from evarrow.times import Time
    from evarrow.window import Windows
    from evarrow.window_rules import WindowOptions

__all__ = ["Recording", "open_recording"]


def open_recording(source: Source, **options: Unpack[ReadOptions]) -> Recording:
    """Open a recording; only its header is read.

    Parameters
    ----------
    source : str, os.PathLike, bytes-like or binary file
        A path, a recording in memory, or a file open in binary mode. A pipe can be read once.
    **options
        See `ReadOptions`.

    Returns
    -------
    Recording
        To be used in a ``with`` statement or closed with `Recording.close`.

    Raises
    ------
    OSError
        If the file cannot be opened: `FileNotFoundError`, `IsADirectoryError`,
        `PermissionError`.
    FormatError
        If the content is no recording that evarrow knows.

    Examples
    --------
    >>> with ev.open(path) as rec:
    ...     rec.format, rec.resolution, rec.streams
    ('evt3', (64, 48), ('events', 'triggers', 'rates'))
    """
    checked = check_options(options)
    return Recording(open_core(source, checked), source, checked)


class Recording:
    """A recording: its header, its streams and its rows. Made by `evarrow.open`.

    Nothing is decoded before rows, counts or times are asked for.
    """

    def __init__(self, core: _core.Recording, source: Source, options: Mapping[str, Any]) -> None:
        self._open: _core.Recording | None = core
        self._source = source
        self._options = dict(options)
        self.name: str = name_of(source)

    @property
    def core(self) -> _core.Recording:
        """The recording of the extension module; a ValueError once it is closed."""
        if self._open is None:
            message = f"the recording {self.name!r} is closed"
            raise ValueError(message)
        return self._open

    # What it is

    @property
    def format(self) -> str:
        """Name of the format, such as "evt3"."""
        return self.core.format

    @property
    def resolution(self) -> tuple[int, int] | None:
        """Width and height of the sensor, pixels; None if the recording does not say."""
        return self.core.resolution

    @property
    def header(self) -> Mapping[str, str]:
        """The lines of the header by their keys."""
        return types.MappingProxyType(dict(self.core.fields))

    @property
    def notes(self) -> tuple[str, ...]:
        """What is remarkable about the header, in sentences."""
        return tuple(self.core.notes)

    @property
    def metadata(self) -> dict[str, str]:
        """The metadata of the Arrow schema."""
        return dict(self.core.metadata())

    @property
    def streams(self) -> tuple[str, ...]:
        """Names of the streams that the format knows; a recording may have no rows in one."""
        return self.core.streams

    @property
    def options(self) -> Mapping[str, Any]:
        """The options the recording was opened with."""
        return types.MappingProxyType(self._options)

    @property
    def time_range(self) -> tuple[int, int] | None:
        """Times of the first and the last event, int microseconds; None if there are none.

        The first use makes a counting pass, which is kept.
        """
        return self.core.time_range()

    def __len__(self) -> int:
        """Return the number of events. The first use makes a counting pass, which is kept."""
        return self.core.count()

    def __bool__(self) -> bool:
        """Return True: a recording without events is a recording too."""
        return True

    def __repr__(self) -> str:
        """Return the name and what the header says."""
        if self._open is None:
            return f"<evarrow.Recording {self.name!r}, closed>"
        return (
            f"<evarrow.Recording {self.name!r}, format={self.format!r}, "
            f"resolution={self.resolution}>"
        )

    def make_index(self, progress: Callable[[float], object] | None = None) -> None:
        """Make the index that counts, times and random access need, unless it is there.

        Parameters
        ----------
        progress : callable, optional
            Called now and then with the share done, 0 to 1.
        """
        self.core.index(progress)

    # Rows

    def core_scan(self, stream: str, selection: Selection, **more: Any) -> _core.Scan:
        """Return a scan of the extension module."""
        binary = self._options.get("polarity_type") == "binary"
        arguments = to_scan_arguments(selection, binary=binary)
        scan = _core.make_scan(self.core, stream, **arguments, **more)
        if "region" in arguments and "x" not in dict(self.core.stream_fields(stream)):
            message = f"the stream {stream!r} has no pixels, so that no region can be selected"
            raise ValueError(message)
        return scan

    def select(self, stream: str = "events", **selection: Unpack[Selection]) -> Scan:
        """Return rows and columns of one stream as an Arrow stream that can be read repeatedly.

        Parameters
        ----------
        stream : str
            One of `streams`.
        **selection
            See `Selection`.

        Examples
        --------
        >>> with ev.open(path) as rec:
        ...     pl.DataFrame(rec.select(columns=["x", "t"], limit=2)).columns
        ['x', 't']
        """
        return Scan(self, stream, selection)

    def scan(self, stream: str = "events") -> pl.LazyFrame:
        """Return a stream as a Polars LazyFrame; what it asks for reaches the decoder."""
        from evarrow.scan_frame import scan_frame

        return scan_frame(self, stream)

    @overload
    def read(self, stream: str = "events", **selection: Unpack[Selection]) -> pl.DataFrame: ...
    @overload
    def read(
        self, stream: list[str] | tuple[str, ...], **selection: Unpack[Selection]
    ) -> dict[str, pl.DataFrame]: ...
    def read(
        self,
        stream: str | list[str] | tuple[str, ...] = "events",
        **selection: Unpack[Selection],
    ) -> pl.DataFrame | dict[str, pl.DataFrame]:
        """Read a stream into a Polars DataFrame, or several in one pass into a dict of them.

        Parameters
        ----------
        stream : str, or list or tuple of str
            One or more of `streams`.
        **selection
            See `Selection`. Of several streams, only `start` and `end` can be selected.

        Returns
        -------
        polars.DataFrame or dict of str to polars.DataFrame
            Each in one chunk, in the memory that the decoder wrote.
        """
        from evarrow.read_frame import read_frame, read_frames

        if isinstance(stream, str):
            return read_frame(self, stream, selection)
        return read_frames(self, stream, selection)

    def batches(
        self, size: int = BATCH_SIZE, *, stream: str = "events", **selection: Unpack[Selection]
    ) -> Iterator[EventBatch]:
        """Return the rows of a stream, `size` at a time, the last time fewer.

        Parameters
        ----------
        size : int
            Rows of a batch.
        stream : str
            One of `streams`.
        **selection
            See `Selection`.

        Returns
        -------
        iterator of EventBatch
            With the columns as read-only NumPy views of its own memory: ``x`` and ``y`` int16,
            ``t`` int64 in microseconds, ``polarity`` int8.

        Examples
        --------
        >>> with ev.open(path) as rec:
        ...     sum(len(batch) for batch in rec.batches(1000)) == len(rec)
        True
        """
        return self.select(stream, **selection).batches(size)  # type: ignore[return-value]

    def frames(self, *, start: Time | None = None, end: Time | None = None) -> Iterator[Frame]:
        r"""Return the frames, pictures beside the events, one at a time.

        One picture is in memory at a time, unless you keep more. The table of their times and
        sizes, without pixels, is the stream "frames".

        Parameters
        ----------
        start, end : int, str or timedelta, optional
            Frames from `start` on and before `end`: int microseconds, "50ms" or a timedelta.

        Returns
        -------
        iterator of Frame
            With the time ``t`` in microseconds, ``exposure``, ``position`` and the pixels as
            ``image``, a NumPy array of its own.

        Raises
        ------
        ValueError
            If recordings of this format have no frames.
        DamagedError
            If a frame is damaged; see `on_error` in `ReadOptions`.

        Examples
        --------
        A recording of AEDAT 3.1 with one frame:

        >>> import struct
        >>> frame = struct.pack("<I8i4H", 3, 0, 9, 2, 6, 2, 2, 0, 0, 1, 2, 3, 4)
        >>> packet = struct.pack("<HH6i", 2, 0, len(frame), 12, 0, 1, 1, 1) + frame
        >>> with ev.open(b"#!AER-DAT3.1\r\n#!END-HEADER\r\n" + packet) as rec:
        ...     [(frame.t, frame.image.tolist()) for frame in rec.frames()]
        [(4, [[1, 2], [3, 4]])]
        """
        from evarrow.images import iterate_frames

        return iterate_frames(self, {"start": start, "end": end})

    def windows(self, every: Time | None = None, **how: Unpack[WindowOptions]) -> Windows:
        """Return the events in windows, in bounded memory.

        See `evarrow.windows`, which does the same for anything that holds events.
        """
        from evarrow.windowing import windows

        return windows(self, every, **how)

    def __arrow_c_schema__(self) -> object:
        """Return the schema of the events as an Arrow capsule."""
        return self.core_scan("events", {}).__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Begin a pass over the events and return it as an Arrow capsule."""
        return self.core_scan("events", {}).__arrow_c_stream__(requested_schema)

    # Life

    def close(self) -> None:
        """Let go of the file. Passes under way and rows already read are not touched."""
        self._open = None

    def __enter__(self) -> Self:
        """Return the recording, open."""
        self.core  # noqa: B018 - raises if it is closed
        return self

    def __exit__(self, *exception: object) -> None:
        """Close the recording."""
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the path, or the bytes, and the options."""
        source = self._source
        if isinstance(source, (str, os.PathLike)):
            source = os.path.abspath(os.fsdecode(source))  # noqa: PTH100 - keeps the links
        elif isinstance(source, (bytes, bytearray, memoryview)):
            source = bytes(source)
        else:
            message = f"a recording opened from a {type(source).__name__} cannot be pickled"
            raise TypeError(message)
        return _reopen, (source, self._options)


def _reopen(source: Source, options: dict[str, Any]) -> Recording:
    return Recording(open_core(source, options), source, options)
