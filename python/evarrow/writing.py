# SPDX-License-Identifier: Apache-2.0
"""Events into files."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from evarrow.companions import CARRIED, Companions
from evarrow.converting import carried, check_apart, convert
from evarrow.errors import EvarrowWarning
from evarrow.events import batches_of
from evarrow.losses import Losses
from evarrow.recording import Recording, open_recording
from evarrow.sources import is_source
from evarrow.targets import open_sink, pour, resolution_of, target_format

if TYPE_CHECKING:
    from typing import Unpack

    from evarrow.events import Events
    from evarrow.losses import OnLoss
    from evarrow.options import WriteOptions
    from evarrow.targets import Target

__all__ = ["write"]


def write(
    events: Events,
    path: Target,
    *,
    format: str | None = None,  # noqa: A002
    resolution: tuple[int, int] | None = None,
    triggers: Any = None,
    imu: Any = None,
    frames: Any = None,
    overwrite: bool = False,
    compression: str | None = None,
    compression_level: int | None = None,
    on_loss: OnLoss = None,
    **options: Unpack[WriteOptions],
) -> int:
    """Write events into a file, which appears under its name once it is complete.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        With ``x``, ``y``, ``t`` and ``polarity``. Read batch by batch.
    path : str, os.PathLike or binary file
        What to write. To an open file, everything is written as it comes.
    format : str, optional
        Name of the format; by default what the ending of the name says, "evt3" for ".raw".
    resolution : (int, int), optional
        Width and height of the sensor, pixels. Needed where `events` does not know it.
    triggers : Polars frame, other columns or Recording, optional
        With ``t``, ``id`` and ``polarity``. By default those of a recording.
    imu : Polars frame, other columns or Recording, optional
        Samples with the columns and units of the stream "imu"; without ``mag_x``, ``mag_y``,
        ``mag_z`` and ``temperature``, these are NaN. By default those of a recording.
    frames : Recording, Polars frame or iterable of Frame, optional
        Pictures in order of time, of which one is in memory at a time; a Polars frame has the
        columns that `convert` gives the stream "frames". By default those of a recording.
    overwrite : bool
        Whether a file of that name is replaced.
    compression : str, optional
        How the content is compressed, "none" or what the format's page in the documentation lists;
        by default what is usual.
    compression_level : int, optional
        How strong the compression is, by the scale of the compressor.
    on_loss : {"raise", "warn"}, optional
        What happens if the format cannot hold something, see `convert`. Triggers, samples and
        frames that are given here are refused by default where the format has no place for them.
    **options
        How the format is written, see `WriteOptions`: ``unit="s"`` for text.

    Returns
    -------
    int
        How many events were written.

    Raises
    ------
    FileExistsError
        If there is a file of that name and `overwrite` is not set.
    ValueError
        If the format cannot be written, has no such option or cannot hold an event; and without a
        resolution.

    Examples
    --------
    >>> events = ev.from_arrays(x=[1, 2], y=[3, 4], t=[10, 20], polarity=[1, 0])
    >>> ev.write(events, tmp_path / "two.raw", resolution=(64, 48))
    2
    >>> ev.read(tmp_path / "two.raw")["x"].to_list()
    [1, 2]
    """
    rows = {"triggers": triggers, "imu": imu, "frames": frames}
    given = {stream: value for stream, value in rows.items() if value is not None}
    if not given and (isinstance(events, Recording) or is_source(events)):
        return convert(
            events,
            path,
            format=format,
            resolution=resolution,
            overwrite=overwrite,
            compression=compression,
            compression_level=compression_level,
            on_loss=on_loss,
            **options,
        )
    if is_source(events) and not isinstance(events, Recording):
        events = open_recording(events, sort=False)
    like = events if isinstance(events, Recording) else None
    size = resolution_of(events, resolution)
    if size is None and like is None:
        message = "the sensor's size is not known from the events: pass resolution=(width, height)"
        raise ValueError(message)
    if like is not None:
        check_apart(like, path)
    name = target_format(path, format, like)
    losses = Losses(on_loss, name, wanted=given)
    # What comes through a pipe comes once, for the events.
    own = dict.fromkeys(carried(like), like) if like is not None and like.core.seekable else {}
    companions = Companions(given={**own, **given})
    sink = open_sink(
        path,
        name,
        size,
        like,
        overwrite=overwrite,
        compression=compression,
        compression_level=compression_level,
        options=options,
        streams=[*own, *given],
    )
    borrow = getattr(sink, "takes_large_batches", True)
    sink = losses.watch(sink)
    try:
        for stream in CARRIED:
            if not sink.takes(stream):
                losses.leave_out(stream)
                for times in companions.times(stream):
                    losses.takes(stream, times)
        batches = batches_of(events, borrow=borrow)
    except BaseException:
        sink.abandon()
        raise
    written = pour(batches, sink, companions)
    for sentence in losses.sentences(sink):
        warnings.warn(sentence, EvarrowWarning, stacklevel=2)
    return written
