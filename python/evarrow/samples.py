# SPDX-License-Identifier: Apache-2.0
"""A recording for trying things out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evarrow import _core
from evarrow.options import check_resolution
from evarrow.targets import open_sink, target_format
from evarrow.times import to_period

if TYPE_CHECKING:
    from collections.abc import Callable

    from evarrow.targets import Target
    from evarrow.times import Time

__all__ = ["sample"]


def sample(
    path: Target,
    *,
    duration: Time = "1s",
    resolution: tuple[int, int] = (640, 480),
    format: str = "evt3",  # noqa: A002
    seed: int = 0,
    overwrite: bool = False,
    progress: Callable[[float], object] | None = None,
) -> int:
    """Write a made-up recording: a moving scene with edges, contrast and noise.

    Parameters
    ----------
    path : str, os.PathLike or binary file
        What to write.
    duration : int, str or timedelta
        How long it lasts: int microseconds, "1s" or a timedelta.
    resolution : (int, int)
        Width and height of the sensor, pixels.
    format : str
        Name of the format; triggers that it does not hold are left out.
    seed : int
        The same seed gives the same recording, on every machine.
    overwrite : bool
        Whether a file of that name is replaced.
    progress : callable, optional
        Called now and then with the share done, 0 to 1.

    Returns
    -------
    int
        How many events were written.

    Examples
    --------
    >>> ev.sample(tmp_path / "rec.raw", duration="10ms", resolution=(64, 48)) > 0
    True
    """
    width, height = check_resolution(resolution)
    length = to_period(duration, "duration")
    scene = _core.SampleScene(width=width, height=height, duration=length, seed=seed)
    name = target_format(path, format)
    sink = open_sink(path, name, (width, height), None, overwrite=overwrite)
    if hasattr(sink, "allow_loss"):
        sink.allow_loss(of_events=False)
    try:
        while (batches := scene.next()) is not None:
            events, triggers = batches
            sink.write(events, triggers if sink.takes("triggers") else None)
            if progress is not None and len(events):
                progress(min(int(events.t[-1]) / length, 1.0))
        sink.finish()
    except BaseException:
        sink.abandon()
        raise
    return sink.events
