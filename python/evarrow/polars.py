# SPDX-License-Identifier: Apache-2.0
"""The namespace ``events`` of Polars frames: filters, windows and representations as methods.

    lf = ev.scan("rec.raw")
    clean = lf.events.refractory("1ms", resolution=(640, 480))
    grid = clean.events.to_voxel_grid(10, resolution=(640, 480))

It is there once evarrow has used Polars (``scan``, ``read``, ``load_events``), if Polars was
imported before evarrow, and after ``import evarrow.polars``.
"""

from __future__ import annotations

import polars as pl

from evarrow.namespace import EventsNamespace

__all__ = ["EventsNamespace"]


# Polars warns where a namespace is registered twice, as in a module that is loaded anew.
for _register, _kind in (
    (pl.api.register_dataframe_namespace, pl.DataFrame),
    (pl.api.register_lazyframe_namespace, pl.LazyFrame),
):
    if not hasattr(_kind, "events"):
        _register("events")(EventsNamespace)
