# SPDX-License-Identifier: Apache-2.0
"""What filters that use chance share: a seed, and numbers drawn with it."""

from __future__ import annotations

import dataclasses
import operator
from typing import TYPE_CHECKING, Any

from evarrow import _core
from evarrow.filters.base import Filter

if TYPE_CHECKING:
    from typing import Self

__all__ = ["Seeded", "check_share", "draw_between", "range_of"]


@dataclasses.dataclass(frozen=True, repr=False)
class Seeded(Filter):
    """A filter whose choices depend on its seed and on the numbers of the events alone.

    The numbers are those of Philox4x32-10 (Salmon et al. 2011), which counts instead of going on
    from number to number: neither threads nor the places where events are cut change anything.
    """

    seed: int = dataclasses.field(default=0, kw_only=True)

    def __post_init__(self) -> None:
        """Check the options."""
        seed = self.seed
        if isinstance(seed, bool) or not hasattr(seed, "__index__"):
            message = f"seed must be an int, not {seed!r}"
            raise TypeError(message)
        if not 0 <= operator.index(seed) < 2**64:
            message = f"seed must be at least 0 and less than 2**64, not {seed!r}"
            raise ValueError(message)
        super().__post_init__()

    def with_seed(self, seed: int) -> Self:
        """Return the same filter with another seed."""
        return dataclasses.replace(self, seed=seed)

    def draw(self, count: int) -> list[float]:
        """Return the numbers, 0 <= number < 1, that the options are drawn with."""
        return list(_core.random_parameters(operator.index(self.seed), 0, count))


def range_of(name: str, value: Any) -> tuple[float, float]:
    """Return the range that an option is drawn from: a pair, or one number that is no choice."""
    low, high = value if isinstance(value, (tuple, list)) else (value, value)
    if isinstance(low, str) or not float(low) <= float(high):
        message = f"{name} must be a number or a pair (low, high), not {value!r}"
        raise ValueError(message)
    return float(low), float(high)


def check_share(name: str, value: Any) -> tuple[float, float]:
    """Return the range of a share, which is 0 to 1."""
    low, high = range_of(name, value)
    if not (low >= 0 and high <= 1):
        message = f"{name} must be a share from 0 to 1, not {value!r}"
        raise ValueError(message)
    return low, high


def draw_between(bounds: tuple[float, float], number: float) -> float:
    """Return the number of a range that stands where `number` stands from 0 to 1."""
    return bounds[0] + (bounds[1] - bounds[0]) * number
