# SPDX-License-Identifier: Apache-2.0
"""Other readers of the same files: each returns the columns x, y, t and polarity."""

import warnings

import numpy as np

COLUMNS = ["x", "y", "t", "polarity"]


def expelliarmus(path, kind):
    from expelliarmus import Wizard

    a = Wizard(encoding=kind, fpath=str(path)).read()
    return a["x"], a["y"], a["t"], a["p"]


def evutils(path, _kind):
    from evutils.io import EventReader

    with EventReader(str(path)) as reader:
        a = reader.read_all()
    return a.x, a.y, a.t, a.p


def faery(path, _kind):
    import faery

    a = np.concatenate(list(faery.events_stream_from_file(str(path))))
    return a["x"], a["y"], a["t"], a["on"]


def evt3(path, _kind):
    import evt3

    a = evt3.decode_file(str(path))
    return a.x, a.y, a.t, a.p


def evlib(path, _kind):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import evlib
    import polars as pl

    a = evlib.load_events(str(path), sort=False).collect()
    t = a["t"].dt.total_microseconds()
    assert isinstance(a, pl.DataFrame)
    return a["x"], a["y"], t, a["polarity"] > 0


def evio(path, _kind):
    import evio

    a = evio.read(path)
    return a["x"], a["y"], a["t"], a["p"]


def event_stream(path, _kind):
    import event_stream

    with event_stream.Decoder(str(path)) as decoder:
        a = np.concatenate(list(decoder))
        # It leaves y as it is stored, from the bottom.
        return a["x"], decoder.height - 1 - a["y"].astype(np.int64), a["t"], a["on"]


def eventcv(path, _kind):
    import eventcv

    a = eventcv.load(str(path)).numpy()
    return a[:, 0], a[:, 1], a[:, 2], a[:, 3]


def dv_processing(path, _kind):
    import dv_processing as dv

    camera = dv.io.MonoCameraRecording(str(path))
    events = dv.EventStore()
    while (batch := camera.getNextEventBatch()) is not None:
        events.add(batch)
    a = events.numpy()
    return a["x"], a["y"], a["timestamp"], a["polarity"]


def aedat(path, _kind):
    import aedat

    a = np.concatenate([one["events"] for one in aedat.Decoder(str(path)) if "events" in one])
    return a["x"], a["y"], a["t"], a["on"]


def tonic(path, kind):
    import tonic.io

    if kind == "aedat4":
        a = tonic.io.read_aedat4(str(path))
    else:
        dtype = np.dtype([(name, np.int64) for name in "xytp"])
        a = tonic.io.read_mnist_file(str(path), dtype=dtype)
    return a["x"], a["y"], a["t"], a["p"]


def h5py(path, _kind):
    """The datasets of DSEC as they are stored, with their offset."""
    import h5py
    import hdf5plugin  # noqa: F401 - brings the filters

    with h5py.File(path) as file:
        x, y, t, p = (file["events"][name][:] for name in "xytp")
        return x, y, t.astype(np.int64) + int(file["t_offset"][()]), p


def differing(reader, path, kind, batch):
    """The columns in which `reader` finds something else than `batch` has."""
    try:
        columns = reader(path, kind)
    except TypeError:  # what a reader that gives up returns has no columns
        return COLUMNS
    return [
        name
        for name, values in zip(COLUMNS, columns, strict=True)
        if not np.array_equal(np.asarray(values).astype(np.int64), batch.column(name))
    ]
