# SPDX-License-Identifier: Apache-2.0
"""Whether arguments are of the plain types that their annotations say."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["check_plain_types"]

_TYPES = ("int", "float", "bool")


def check_plain_types(annotations: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Raise a TypeError for the first of `values` that is no int, float or bool but should be.

    Other annotations are not looked at, nor is None, where it may stand in place of a number. A
    number that is NaN raises a ValueError: nothing sensible is made of it.

    Examples
    --------
    >>> check_plain_types({"bins": "int", "tau": "Time"}, {"bins": 2.5, "tau": "5ms"})
    Traceback (most recent call last):
    ...
    TypeError: bins must be an int, not 2.5
    """
    for name, annotation in annotations.items():
        wanted, _, none = str(annotation).partition(" | ")
        if wanted not in _TYPES or none not in ("", "None") or name not in values:
            continue
        value = values[name]
        if value is None and none:
            continue
        if _passes(value, wanted):
            if wanted == "float" and math.isnan(value):
                message = f"{name} must be a number, not nan"
                raise ValueError(message)
            continue
        article = "an" if wanted == "int" else "a"
        message = f"{name} must be {article} {wanted}, not {value!r}"
        raise TypeError(message)


def _passes(value: Any, wanted: str) -> bool:
    kind = type(value)
    if wanted == "bool":
        return kind.__name__ in ("bool", "bool_")
    return hasattr(kind, "__index__") or (wanted == "float" and hasattr(kind, "__float__"))
