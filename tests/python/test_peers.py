# SPDX-License-Identifier: Apache-2.0
"""Other readers open what evarrow writes and find the same events.

Each reader is tried on each format. What a reader is known to do wrong is named in KNOWN; a test
of it expects just that difference, so that it tells when the reader is mended.
"""

import importlib.util
import warnings

import peer_readers as readers
import pytest
import words

import evarrow as ev

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning"),
]


READERS = {
    "expelliarmus": (readers.expelliarmus, ("evt2", "evt3", "dat")),
    "evutils": (readers.evutils, ("evt2", "evt21", "evt3", "dat")),
    "faery": (readers.faery, ("evt2", "evt3", "dat", "es")),
    "event_stream": (readers.event_stream, ("es",)),
    "evt3": (readers.evt3, ("evt3",)),
    "evlib": (readers.evlib, ("evt2", "evt21", "evt3")),
}
CASES = [(name, kind) for name, (_, kinds) in READERS.items() for kind in kinds]

# What a reader makes of a recording that is as it should be: the columns that it gets wrong, or
# ALL where it gives nothing of use; and why.
ALL = readers.COLUMNS
KNOWN = {
    ("expelliarmus", "evt3", "known"): (["t"], "it carries both clock words, so time runs fast"),
    ("expelliarmus", "evt3", "real"): (["t"], "it carries both clock words, so time runs fast"),
    ("expelliarmus", "evt3", "sample"): (ALL, "it takes 0xC for the code of triggers"),
    ("evutils", "evt21", "known"): (ALL, "it reads the legacy order of words alone"),
    ("evutils", "evt21", "sample"): (ALL, "it reads the legacy order of words alone"),
    ("evutils", "evt21", "real"): (ALL, "it reads the legacy order of words alone"),
}


@pytest.fixture(scope="module")
def inputs(tmp_path_factory, sample, corpus):
    known = tmp_path_factory.mktemp("peers") / "known.raw"
    known.write_bytes(words.evt2_known(50_000))
    return {"known": known, "sample": sample, "real": corpus / "real" / "faery_evt2_gen3.raw"}


@pytest.mark.parametrize("source", ["known", "sample", "real"])
@pytest.mark.parametrize(("name", "kind"), CASES)
def test_what_evarrow_writes_is_read_by(name, kind, source, inputs, tmp_path):
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed: pip install 'evarrow[peers]'")
    endings = {"dat": ".dat", "es": ".es"}
    path = tmp_path / f"written{endings.get(kind, '.raw')}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ev.EvarrowWarning)  # of streams that the format lacks
        ev.convert(inputs[source], path, format=kind)
    batch = ev.open(inputs[source], sort=False, polarity_type="binary").select().to_batch()
    wrong = readers.differing(READERS[name][0], path, kind, batch)
    assert wrong == KNOWN.get((name, kind, source), ([], ""))[0]
