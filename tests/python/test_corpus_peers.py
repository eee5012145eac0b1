# SPDX-License-Identifier: Apache-2.0
"""Other readers find the events that evarrow finds in the recordings of the corpus.

What a reader is known to get wrong is named here; the test expects just that.
"""

import importlib.util
import warnings

import peer_readers as readers
import pytest

import evarrow as ev

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning"),
]

READERS = {
    "real/faery_evt2_gen3.raw": ("evutils", "eventcv", "expelliarmus", "faery"),
    "real/expelliarmus_evt3.raw": ("evutils", "eventcv", "expelliarmus", "faery", "evt3"),
    "derived/imx636_evt21_legacy.raw": ("evutils",),
    "real/tonic_ncars.dat": ("evutils", "expelliarmus", "evio"),
    "synthetic/dat2_basic.dat": ("evutils", "eventcv", "expelliarmus", "faery", "evio"),
    "synthetic/dat2_wrap32.dat": ("evutils", "eventcv", "expelliarmus", "evio"),
    "real/tonic_nmnist.bin": ("tonic", "evio"),
    "real/faery_dvs.es": ("event_stream", "faery"),
    "real/tonic_sample.aedat4": (
        *("evutils", "eventcv", "dv_processing", "aedat", "tonic", "faery"),
    ),
    "synthetic/aedat4_notable.aedat4": ("evutils", "eventcv", "dv_processing", "aedat", "tonic"),
    "derived/davis346_a.aedat2.aedat": ("evutils", "eventcv"),
    "derived/dvx_a.aedat31.aedat": ("evutils",),
    "derived/gen3_dsec_a.h5": ("evutils", "h5py"),
    "synthetic/dsec.h5": ("evutils", "h5py"),
    "derived/gen3_rpg_a.txt": ("eventcv", "evutils"),
    "real/aestream_sample.csv": ("evutils", "eventcv", "faery"),
    "synthetic/columns.npz": ("evutils",),
}
MODULES = {"h5py": "hdf5plugin"}  # what a reader needs, where that has another name
ALL = readers.COLUMNS
KNOWN = {
    ("expelliarmus", "expelliarmus_evt3.raw"): (["t"], "it carries both clock words"),
    ("faery", "expelliarmus_evt3.raw"): (["t"], "it holds times at the greatest so far"),
    ("eventcv", "dat2_wrap32.dat"): (["t"], "its clock does not go on after 2^32 us"),
    ("evio", "dat2_wrap32.dat"): (["t"], "its clock does not go on after 2^32 us"),
    ("eventcv", "davis346_a.aedat2.aedat"): (["y"], "it turns y over"),
    ("evutils", "gen3_rpg_a.txt"): (ALL, "it takes seconds for x"),
    ("eventcv", "aestream_sample.csv"): (["t"], "it takes microseconds for seconds"),
    ("faery", "aestream_sample.csv"): (ALL, "it takes the first event for a header"),
}


@pytest.mark.parametrize(
    ("file", "name"), [(file, name) for file, names in READERS.items() for name in names]
)
def test_a_reader_finds_the_same_events(corpus, file, name):
    module = MODULES.get(name, name)
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed: pip install 'evarrow[peers]'")
    path = corpus / file
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ev.EvarrowWarning)  # of a cut last word
        with ev.open(path, sort=False, polarity_type="binary") as rec:
            kind, batch = rec.format, rec.select().to_batch()
    assert len(batch) > 0
    wrong = readers.differing(getattr(readers, name), path, kind, batch)
    assert wrong == KNOWN.get((name, path.name), ([], ""))[0]
