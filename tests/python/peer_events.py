# SPDX-License-Identifier: Apache-2.0
"""Columns of events in the forms of other libraries; a test is skipped where one is absent."""

import importlib
import warnings

import numpy as np
import pytest


def tonic_records(events):
    """Events as tonic has them: records whose polarity is 0 or 1."""
    out = np.empty(len(events["t"]), [("x", "i2"), ("y", "i2"), ("t", "i8"), ("p", "i1")])
    for name in "xyt":
        out[name] = events[name]
    out["p"] = events["polarity"] > 0
    return out


def dv_store(events):
    """Events as dv-processing has them."""
    dv = pytest.importorskip("dv_processing")
    store = dv.EventStore()
    columns = (events["t"], events["x"], events["y"], events["polarity"] > 0)
    for row in zip(*(np.asarray(values).tolist() for values in columns), strict=True):
        store.push_back(*row)
    return store


def eventcv_stream(events, size):
    """Events as EventCV has them."""
    eventcv = pytest.importorskip("eventcv")
    names = ("x", "y", "t", "polarity")
    table = np.stack([np.asarray(events[name], np.int64) for name in names], axis=1)
    return eventcv.from_numpy(table, sensor_size=size, time_unit="us")


def evutils_array(events):
    """Events as evutils has them."""
    evutils = pytest.importorskip("evutils")
    x, y = (np.asarray(events[name], np.uint16) for name in "xy")
    return evutils.EventArray(events["t"], x, y, (events["polarity"] > 0).astype(np.int8))


def evlib_module(name):
    """A module of evlib, which warns where torch is absent."""
    pytest.importorskip("evlib")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(f"evlib.{name}")


def evlib_frame(events):
    """Events as evlib has them."""
    import polars as pl

    columns = {name: np.asarray(events[name], np.int16) for name in "xy"}
    return pl.DataFrame(
        {
            **columns,
            "t": pl.Series(events["t"]).cast(pl.Duration("us")),
            "polarity": np.where(np.asarray(events["polarity"]) > 0, 1, -1).astype(np.int8),
        }
    )


def rows_of(x, y, t, polarity):
    """Events as rows in an order that does not depend on ties; ON is 1, all else 0."""
    rows = np.stack([np.asarray(one).astype(np.int64) for one in (t, x, y, polarity)])
    rows[3] = rows[3] > 0
    return rows[:, np.lexsort(rows[::-1])]
