# SPDX-License-Identifier: Apache-2.0
"""Polars' schemas of the streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["schema_of"]

_TIME: dict[str, Any] = {
    "duration": pl.Duration("us"),
    "int64": pl.Int64(),
    "timestamp": pl.Datetime("us"),
}
_TYPES: dict[str, Any] = {
    "int8": pl.Int8(),
    "int16": pl.Int16(),
    "int32": pl.Int32(),
    "int64": pl.Int64(),
    "float64": pl.Float64(),
}


def schema_of(fields: list[tuple[str, str]], options: Mapping[str, Any]) -> pl.Schema:
    """Return the Polars schema of a stream with these fields, names and types."""
    time = _TIME[options.get("t_type", "duration")]
    return pl.Schema({name: time if kind == "time" else _TYPES[kind] for name, kind in fields})
