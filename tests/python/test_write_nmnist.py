# SPDX-License-Identifier: Apache-2.0
"""Writing the records of N-MNIST."""

import numpy as np
import pytest

import evarrow as ev

EVENTS = {
    "x": np.array([0, 255, 7], np.int16),
    "y": np.array([239, 0, 15], np.int16),
    "t": np.array([2**23 - 1, 0, 654]),
    "polarity": np.array([1, -1, 1], np.int8),
}


def test_records_are_those_of_the_data_set(tmp_path, corpus):
    path = tmp_path / "a.bin"
    assert ev.write(EVENTS, path, resolution=(256, 240)) == 3
    assert path.read_bytes() == bytes.fromhex("00efffffff ff00000000 070f80028e")
    # A camera's own, byte for byte.
    source = corpus / "real/tonic_nmnist.bin"
    ev.convert(source, path, overwrite=True)
    assert path.read_bytes() == source.read_bytes()


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("x", 256, "x is 256, but N-MNIST holds 0 to 255"),
        ("x", -1, "x is -1"),
        ("y", 240, "y is 240, but N-MNIST holds 0 to 239"),
        ("t", -1, "t is -1 us"),
        ("t", 2**23, "t is 8388608 us, but N-MNIST has times up to 8388607 us"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, column, value, says):
    events = {name: values.copy() for name, values in EVENTS.items()}
    events[column][1] = value
    with pytest.raises(ValueError, match=f"row 1 of the events cannot be written: {says}"):
        ev.write(events, tmp_path / "a.bin", resolution=(34, 34))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.peers
def test_tonic_reads_what_was_written(tmp_path):
    tonic = pytest.importorskip("tonic.io")
    path = tmp_path / "a.bin"
    events = {name: values[1:] for name, values in EVENTS.items()}
    ev.write(events, path, resolution=(256, 240))
    kind = np.dtype([("x", int), ("y", int), ("t", int), ("p", int)])
    theirs = tonic.read_mnist_file(str(path), kind)
    for name, theirs_name in (("x", "x"), ("y", "y"), ("t", "t")):
        assert np.array_equal(theirs[theirs_name], events[name])
    assert np.array_equal(theirs["p"], events["polarity"] > 0)
