# SPDX-License-Identifier: Apache-2.0
"""How many windows there are, told from where the events begin and end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from evarrow import _core
from evarrow.events import is_lazy_frame
from evarrow.recording import Recording
from evarrow.window import Window
from evarrow.window_buffer import Pending
from evarrow.window_cuts import cuts

if TYPE_CHECKING:
    from evarrow._core import EventBatch
    from evarrow.events import Events
    from evarrow.window_rules import Rule

__all__ = ["count_windows"]


class _Ends:
    """A batch that has but the first and the last event of many."""

    resolution = None

    def __init__(self, times: tuple[int, int]) -> None:
        self._times = times

    def column(self, name: str) -> Any:  # noqa: ARG002
        import numpy as np

        return np.array(self._times, np.int64)


class _Rows(NamedTuple):
    """Events that have been read, of which the number alone matters."""

    rows: int

    def read_rows(self, count: int) -> None: ...

    def drop_before(self, row: int) -> None: ...

    def time_of(self, row: int) -> int:  # noqa: ARG002
        return 0


def count_windows(events: Events, rule: Rule, *, all_rows: bool) -> int:
    """Return the number of windows without a pass over the events.

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        What is cut.
    rule : Rule
        How.
    all_rows : bool
        Whether all of the events are.

    Raises
    ------
    TypeError
        If that cannot be told.
    """
    if rule.at is not None and rule.partial:
        return len(rule.at)
    bounded = rule.start is not None and rule.end is not None
    by_time = rule.into is None and rule.count is None
    if by_time and bounded and rule.preset is None:
        return sum(1 for _ in cuts(Pending([], ["t"]), rule))
    anywhere = rule.start is rule.end is None
    told = by_time or (anywhere and (rule.length is None) and rule.at is None)
    if not all_rows or not told:
        message = "the number of these windows depends on each of the events; go through them"
        raise TypeError(message)
    rows, ends = _extent(events)
    if not rows:
        return 0
    if rule.into is not None:
        return rule.into
    if rule.count is not None:
        return sum(1 for _ in cuts(cast("Pending", _Rows(rows)), rule))
    batches = cast("list[EventBatch]", [_Ends(ends)])
    return sum(1 for _ in cuts(Pending(batches, ["t"]), rule))


def _extent(events: Events) -> tuple[int, tuple[int, int]]:
    """Return the number of the events, and the first and the last time, if that takes no pass."""
    if isinstance(events, Recording):
        if not events.core.has_index:
            message = (
                "the number of these windows is not known before the recording has been read "
                "once; call make_index() first"
            )
            raise TypeError(message)
        return len(events), events.time_range or (0, 0)
    times = _times(events)
    if times is None:
        message = "the number of these windows is not known before the events have been read"
        raise TypeError(message)
    return len(times), (int(times[0]), int(times[-1])) if len(times) else (0, 0)


def _times(events: Events) -> Any:
    """Return the column of times, where it lies in memory as a whole."""
    import numpy as np

    if isinstance(events, Window):
        return events.t
    if isinstance(events, _core.EventBatch):
        return events.column("t")
    if is_lazy_frame(events):
        return None
    if hasattr(events, "get_column") and type(events).__module__.startswith("polars"):
        t = events.get_column("t") if "t" in events.columns else None
        return None if t is None or getattr(t.dtype, "time_unit", "us") != "us" else t.to_physical()
    try:
        t = np.asarray(cast("Any", events)["t"])
    except (IndexError, KeyError, TypeError, ValueError):
        return None
    return t.view(np.int64) if t.dtype == "m8[us]" else t if t.dtype.kind == "i" else None
