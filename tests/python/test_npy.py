# SPDX-License-Identifier: Apache-2.0
"""Events in NumPy's files."""

import contextlib
import io
import json
import pickle
import zipfile

import numpy as np
import polars as pl
import pytest
from hdf5_files import events

import evarrow as ev

METAVISION = np.dtype(
    {
        "names": ["x", "y", "p", "t"],
        "formats": ["<u2", "<u2", "<i2", "<i8"],
        "offsets": [0, 2, 4, 8],
        "itemsize": 16,
    }
)


def npy(array, **how):
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asanyarray(array), allow_pickle=False, **how)
    return file.getvalue()


def npz(compressed=False, **arrays):
    file = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(file, **arrays)
    return file.getvalue()


def rows_of(frame):
    return list(frame.select("x", "y", pl.col("t").to_physical(), "polarity").iter_rows())


def records(one, dtype, names="xytp"):
    out = np.zeros(len(one.t), dtype)
    for name, column in zip(names.split() if " " in names else names, "xytp", strict=True):
        out[name] = getattr(one, column)
    return out


@pytest.mark.parametrize(
    ("dtype", "names"),
    [
        (METAVISION, "xytp"),
        (np.dtype([("t", "<i8"), ("x", "<i2"), ("y", "<i2"), ("p", "u1")]), "xytp"),
        (np.dtype([("t", ">u8"), ("x", ">u2"), ("y", ">i4"), ("p", "?")]), "xytp"),
        (
            np.dtype([("more", "S3"), ("timestamp", "u4"), ("x", "f4"), ("y", "f8"), ("on", "i1")]),
            "x y timestamp on",
        ),
    ],
)
def test_records_of_any_layout(dtype, names, tmp_path):
    one = events(50_000)
    path = tmp_path / "events.npy"
    path.write_bytes(npy(records(one, dtype, names)))
    assert rows_of(ev.read(path)) == one.rows()
    assert rows_of(ev.scan(path).collect()) == one.rows()
    with ev.open(path) as rec:
        assert rec.format == "npy"
        assert len(rec) == 50_000
        assert rec.time_range == (one.t[0], one.t[-1])
    assert rows_of(ev.read(path.read_bytes())) == one.rows()


def test_a_window_of_records():
    one = events(100_000)
    content = npy(records(one, METAVISION))
    begin, end = one.t[40_000], one.t[41_000]
    frame = ev.scan(content, t_type="int64").filter(pl.col("t").is_between(begin, end)).collect()
    inside = (one.t >= begin) & (one.t <= end)
    assert frame["t"].to_list() == one.t[inside].tolist()


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("names", ["x y t p", "xs ys ts ps", "x y timestamps polarities"])
def test_archives_of_columns(compressed, names):
    one = events()
    x, y, t, p = names.split()
    arrays = {x: one.x, y: one.y, t: one.t, p: one.p, "width": 640, "height": 480}
    content = npz(compressed, image=np.zeros((30, 30)), **arrays)
    with ev.open(content) as rec:
        assert rec.format == "npz"
        assert rec.resolution == (640, 480)
        assert rows_of(rec.read()) == one.rows()


@pytest.mark.parametrize("prefix", ["", "events_", "dataset_events_"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_archives_whose_x_and_y_are_one_array(prefix, order):
    one = events()
    xy = np.asarray(np.stack([one.x, one.y], axis=1), dtype="u2", order=order)
    arrays = {"t": one.t / 1e6 + 0.5e-7, "xy": xy, "p": one.p.astype("u1")}
    for compressed in (False, True):
        content = npz(compressed, **{prefix + name: values for name, values in arrays.items()})
        assert rows_of(ev.read(content)) == one.rows()
    arrays["xy"] = xy[1:]
    with pytest.raises(ev.FormatError, match="has no events"):
        ev.open(npz(**arrays))


@pytest.mark.parametrize("compressed", [False, True])
def test_archives_of_records(compressed):
    one = events()
    content = npz(compressed, other=np.zeros(5), events=records(one, METAVISION))
    assert rows_of(ev.read(content)) == one.rows()


@pytest.mark.parametrize("fortran", [False, True])
def test_tables_need_an_order(fortran):
    one = events()
    table = np.stack([one.t, one.x, one.y, one.p], axis=1).astype("i8")
    if fortran:
        table = np.asfortranarray(table)
    for content in (npy(table), npz(data=table), npz(True, data=table)):
        with pytest.raises(ev.FormatError, match='order="txyp"'):
            ev.open(content)
        assert rows_of(ev.read(content, order="txyp")) == one.rows()


def test_seconds_are_known_by_their_fractions():
    one = events()
    seconds = one.t / 1e6 + 1_500_000_000
    table = np.stack([seconds, one.x, one.y, one.p], axis=1)
    frame = ev.read(npy(table), order="txyp", t_type="int64")
    assert frame["t"].to_list() == np.rint(seconds * 1e6).astype("i8").tolist()
    whole = table.copy()
    whole[:, 0] = one.t
    with pytest.raises(ev.FormatError, match='pass t_unit="s"'):
        ev.open(npy(whole), order="txyp")
    assert rows_of(ev.read(npy(whole), order="txyp", t_unit="us")) == one.rows()
    assert ev.read(npy(whole), order="txyp", t_unit="ns", t_type="int64")["t"][-1] == (
        one.t[-1] // 1000
    )


@pytest.mark.parametrize(("unit", "factor"), [("s", 10**6), ("ms", 1000), ("us", 1)])
def test_time_types_say_their_unit(unit, factor):
    one = events()
    t = one.t.astype(f"m8[{unit}]")
    frame = ev.read(npz(x=one.x, y=one.y, t=t, p=one.p), t_type="int64")
    assert frame["t"].to_list() == (one.t * factor).tolist()
    with pytest.raises(ev.FormatError, match=r"timedelta64\[D\]"):
        ev.open(npz(x=one.x, y=one.y, t=one.t.astype("m8[D]"), p=one.p))


def test_ev_imo_is_known():
    one = events()
    table = np.stack([one.t / 1e6 + 0.5e-6, one.x, one.y, one.p], axis=1)
    content = npz(True, events=table, index=np.arange(3), discretization=0.01)
    frame = ev.read(content, t_type="int64")
    assert frame["x"].to_list() == one.x.tolist()


@pytest.mark.parametrize("compressed", [False, True])
def test_no_rows(compressed):
    empty = np.zeros(0, METAVISION)
    assert len(ev.read(npy(empty))) == 0
    assert len(ev.read(npz(compressed, events=empty))) == 0


def test_what_is_no_recording_is_refused_with_what_is_in_it():
    bad = {
        "has no events": npz(image=np.zeros((3, 3))),
        "differ in length": npz(x=np.zeros(3), y=np.zeros(3), t=np.zeros(4), p=np.zeros(3)),
        "not numbers": npz(x=np.zeros(3, "S2"), y=np.zeros(3), t=np.zeros(3, int), p=np.zeros(3)),
    }
    for message, content in bad.items():
        with pytest.raises(ev.FormatError, match=message):
            ev.open(content)
    objects = io.BytesIO()
    np.save(objects, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ev.FormatError):
        ev.open(objects.getvalue())


def test_nothing_is_unpickled():
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("it was unpickled",))

    content = npy(np.zeros(1))[:80] + pickle.dumps(Trap())
    with pytest.raises(ev.FormatError):
        ev.open(content)


def test_shapes_that_lie():
    content = npy(records(events(1000), METAVISION))
    for shape in (b"(-9,)", b"(99999,)", b"(1<<9,)", b"(10000000000000000000,)"):
        begin = content.index(b"(1000,)")
        changed = bytearray(content)
        changed[begin : begin + 30] = shape.ljust(29) + b"}"
        with pytest.raises((ev.FormatError, ev.DamagedError)):
            ev.read(bytes(changed))
    with pytest.warns(ev.EvarrowWarning, match="cannot be decoded"):
        ev.read(content[:-5], on_error="warn")


@pytest.mark.parametrize("seed", range(40))
def test_changed_bytes_are_refused_or_read(seed):
    one = events(200)
    random = np.random.default_rng(seed)
    content = bytearray(npz(bool(seed % 2), x=one.x, y=one.y, t=one.t, p=one.p))
    for _ in range(8):
        content[random.integers(0, len(content))] = random.integers(0, 256)
    with contextlib.suppress(ev.FormatError):
        assert ev.read(bytes(content), on_error="ignore", sort=False).width == 4


def test_members_that_claim_to_be_endless_are_not_unpacked(monkeypatch):
    monkeypatch.setattr("evarrow.packed._MOST_ANYWAY", 1000)
    content = npz(True, x=np.zeros(10**7), y=np.zeros(10**7), t=np.zeros(10**7, int), p=[1])
    with pytest.raises(ev.FormatError, match="differ in length"):
        ev.open(content)
    zeros = np.zeros(3 * 10**7, "i1")
    monkeypatch.setattr("evarrow.packed._MOST_GROWTH", 100)
    with pytest.raises(ev.FormatError, match="become more than"):
        ev.open(npz(True, x=zeros, y=zeros, t=zeros, p=zeros))


def test_the_corpus(corpus):
    for name, how in (
        ("columns.npz", {}),
        ("struct_metavision.npy", {}),
        ("struct_txyp.npy", {}),
    ):
        path = corpus / "synthetic" / name
        want = json.loads((corpus / "synthetic" / f"{name}.json").read_text())
        frame = ev.read(path, polarity_type="binary", t_type="int64", sort=False, **how)
        got = [list(row) for row in frame.select("t", "x", "y", "polarity").iter_rows()]
        assert got == want["events"]


def test_an_archive_in_a_folder_of_an_archive_is_found():
    one = events()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in "xytp":
            archive.writestr(f"{name}.npy", npy(getattr(one, name)))
        archive.writestr("readme.txt", "not an array")
    assert rows_of(ev.read(file.getvalue())) == one.rows()
