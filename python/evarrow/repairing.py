# SPDX-License-Identifier: Apache-2.0
"""What is sound of a damaged recording, as a new recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evarrow.converting import convert_recording
from evarrow.recording import open_recording
from evarrow.validation import Fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Unpack

    from evarrow.options import OpenOptions
    from evarrow.sources import Source
    from evarrow.targets import Target

__all__ = ["Repair", "repair"]


@dataclass(frozen=True)
class Repair:
    """What `repair` saved, and what it did not.

    Attributes
    ----------
    events : int
        How many are in the new file.
    faults : dict of str to Fault
        What was wrong, by kind, with the byte offset of the first in the old file.
    lost : tuple of str
        What is not in the new file or may be wrong in it, in sentences.
    """

    events: int
    faults: dict[str, Fault]
    lost: tuple[str, ...]


def repair(
    source: Source,
    target: Target,
    *,
    format: str | None = None,  # noqa: A002
    overwrite: bool = False,
    progress: Callable[[float], object] | None = None,
    **options: Unpack[OpenOptions],
) -> Repair:
    """Write what is sound of a recording into a new one, and say what was lost.

    The events keep their times and their order: where a clock was reset, the times of the new
    file go back as well, unless its format cannot hold that; then those events are lost.

    Parameters
    ----------
    source : str, os.PathLike, bytes-like or binary file
        What is damaged. It is not changed.
    target : str, os.PathLike or binary file
        What to write.
    format : str, optional
        Name of the new format; by default what the ending of the name says, and the old format
        where that leaves a choice.
    overwrite : bool
        Whether a file of that name is replaced.
    progress : callable, optional
        Called now and then with the share done, 0 to 1.
    **options
        How `source` is opened, see `ReadOptions`. Damage is never an error here.

    Returns
    -------
    Repair

    Raises
    ------
    OSError, FormatError
        As `open`.
    FileExistsError, ValueError
        As `convert`.

    Examples
    --------
    >>> whole = path.read_bytes()
    >>> _ = (tmp_path / "cut.raw").write_bytes(whole[:-1])
    >>> saved = ev.repair(tmp_path / "cut.raw", tmp_path / "mended.raw")
    >>> list(saved.faults), ev.validate(tmp_path / "mended.raw").ok
    (['truncated'], True)
    """
    options["on_error"] = "warn"
    options.setdefault("sort", False)
    with open_recording(source, **options) as recording:
        done = convert_recording(
            recording,
            target,
            {},
            format=format,
            resolution=None,
            overwrite=overwrite,
            on_loss="warn",
            progress=progress,
        )
    faults = {kind: Fault(*fault) for kind, fault in done.faults.items()}
    return Repair(done.events, faults, done.warnings)
