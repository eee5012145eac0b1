# SPDX-License-Identifier: Apache-2.0
"""Recordings whose decode is known from elsewhere."""

import hashlib
import json
import warnings
from pathlib import Path

import numpy as np
import pytest

import evarrow as ev

FILES = [
    "real/faery_evt2_gen3.raw",
    "real/expelliarmus_evt3.raw",
    "derived/imx636_evt21_legacy.raw",
    "real/tonic_ncars.dat",
    "real/tonic_nmnist.bin",
    "real/faery_dvs.es",
    "real/tonic_sample.aedat4",
    "real/aedat_gray16.aedat4",
    "real/tonic_aedat2_header_only.aedat",
    "derived/davis346_a.aedat2.aedat",
    "derived/dvx_a.aedat31.aedat",
    "derived/gen3_rpg_a.txt",
    "real/aestream_sample.csv",
    "real/ecc_evt3_trigger.db3",
    "real/ecc_mono_cd.db3",
    "derived/davis_dvs_msgs_none.bag",
    "derived/davis_dvs_msgs_bz2.bag",
    "derived/evt3_none.mcap",
    "derived/gen3_dsec_a.h5",
    "derived/gen3_ecf.hdf5",
]
SYNTHETIC = [
    *("evt2_", "evt21_", "evt3_", "evt4_", "dat1_", "dat2_", "nmnist_", "es_"),
    *("aedat", "rpg_", "us_", "faery_", "libcaer_"),
    *("dsec", "m3ed", "mvsec", "prophesee_", "columns", "struct_"),
]
# What the headers say of the sensor, where the descriptions say something else.
SIZES = {
    "tonic_aedat2_header_only.aedat": (346, 260),
    "dvx_a.aedat31.aedat": None,
    "aedat3_basic.aedat": (128, 128),
    "gen3_rpg_a.txt": None,
    # The layout is that of TUM-VIE and VECtor too, whose sensors are larger.
    "gen3_dsec_a.h5": None,
    "dsec.h5": None,
}
# Their times go back by seconds, which is damage.
RESET = {"nmnist_basic.bin"}


def all_files(folder: Path) -> list[Path]:
    synthetic = sorted(
        path
        for path in (folder / "synthetic").iterdir()
        if path.name.startswith(tuple(SYNTHETIC)) and path.suffix != ".json"
    )
    return [folder / name for name in FILES] + synthetic


def columns_of(path):
    on_error = "warn" if path.name in RESET else "raise"
    rec = ev.open(path, sort=False, polarity_type="binary", on_error=on_error)
    batch = rec.select().to_batch()
    y = batch.y
    if rec.format == "es" and rec.resolution is not None:
        y = rec.resolution[1] - 1 - y  # the digests are of y as stored, from the bottom
    return batch.x, y, batch.t, batch.polarity


def digest(*columns):
    whole = hashlib.sha256()
    for column in columns:
        whole.update(column.tobytes())
    return whole.hexdigest()


@pytest.fixture(autouse=True)
def _cut_words_may_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ev.EvarrowWarning)
        yield


def test_every_recording_decodes_to_its_digest(corpus):
    files = all_files(corpus)
    assert len(files) > 20
    wrong = {}
    for path in files:
        want = json.loads(Path(f"{path}.json").read_text())
        x, y, t, polarity = columns_of(path)
        if digest(x, y, t, polarity) != want["sha256"]:
            wrong[path.name] = (len(t), want["n"], want.get("why"))
    assert not wrong


def test_synthetic_recordings_decode_to_the_events_and_triggers_listed(corpus):
    for path in all_files(corpus)[len(FILES) :]:
        want = json.loads(Path(f"{path}.json").read_text())
        x, y, t, polarity = columns_of(path)
        got = [list(row) for row in zip(*(c.tolist() for c in (t, x, y, polarity)), strict=True)]
        assert got == want["events"], path.name
        with ev.open(path, sort=False, polarity_type="binary") as rec:
            if "triggers" not in rec.streams:
                assert want["triggers"] == []
                continue
            batch = rec.select("triggers").to_batch()
            kind = rec.format
        edges = (batch.t, batch.column("id"), batch.polarity)
        rows = [list(row) for row in zip(*(c.tolist() for c in edges), strict=True)]
        assert rows == [trigger_of(kind, row) for row in want["triggers"]], path.name


def trigger_of(kind, row):
    """Return the row of a trigger that is listed: signals of AEDAT 2 and 3 by their numbers."""
    t, number, value = row
    if kind == "aedat3" or (kind == "aedat2" and value > 1):
        signal = number if kind == "aedat3" else value
        return [t, 2, 0] if signal == 3 else [t, signal, 1]
    return row


def test_sorting_is_a_stable_sort(corpus):
    for path in all_files(corpus):
        if path.name in RESET:
            continue
        with ev.open(path, sort=False) as rec:
            raw = rec.select().to_batch()
        order = np.argsort(raw.t, kind="stable")
        with ev.open(path) as rec:
            sorted_ = rec.select().to_batch()
            streamed = list(rec.batches(4096))
        for name in ("x", "y", "t", "polarity"):
            want = raw.column(name)[order]
            assert np.array_equal(sorted_.column(name), want), (path.name, name)
            if streamed:
                got = np.concatenate([batch.column(name) for batch in streamed])
                assert np.array_equal(got, want), (path.name, name)


def test_byte_strings_are_no_events(corpus):
    with ev.open(corpus / "real" / "faery_generic.es") as rec:
        assert (len(rec), rec.time_range, rec.resolution) == (0, None, None)
        assert rec.header["type"] == "generic"
        assert "messages" in rec.notes[0]
        assert rec.select().to_batch().t.size == 0


def test_times_that_go_back_by_seconds_are_damage(corpus):
    for name in RESET:
        with pytest.raises(ev.DamagedError, match="goes back"):
            ev.read(corpus / "synthetic" / name)


def test_geometry_is_that_of_the_header_or_the_sensor(corpus):
    for path in all_files(corpus):
        want = json.loads(Path(f"{path}.json").read_text())
        size = (want["width"], want["height"]) if want.get("width") else None
        size = SIZES.get(path.name, size)
        with ev.open(path) as rec:
            assert rec.resolution == size, path.name
