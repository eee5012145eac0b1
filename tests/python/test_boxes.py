# SPDX-License-Identifier: Apache-2.0
import numpy as np
import polars as pl
import pytest

import evarrow as ev

GEN1 = np.dtype(
    [
        ("ts", "<u8"),
        *((name, "<f4") for name in "xywh"),
        ("class_id", "u1"),
        ("confidence", "<f4"),
        ("track_id", "<u4"),
    ]
)


def test_boxes_of_1_megapixel(corpus):
    frame = ev.read_boxes(corpus / "synthetic/gen4_bbox.npy")
    assert frame.schema == {
        "t": pl.Duration("us"),
        **dict.fromkeys("xywh", pl.Float32),
        "class_id": pl.UInt32,
        "track_id": pl.UInt32,
        "class_confidence": pl.Float32,
    }
    assert frame["t"].to_physical().to_list() == [1000, 2000]
    assert frame.row(0)[1:] == (1.5, 2.5, 10, 20, 1, 7, 0.5)


def test_boxes_of_gen1_have_other_names(tmp_path):
    path = tmp_path / "a_bbox.npy"
    np.save(path, np.array([(7, 1, 2, 3, 4, 1, 0.25, 9)], GEN1))
    frame = ev.read_boxes(path)
    assert frame["t"].to_physical().to_list() == [7]
    assert frame.row(0)[1:] == (1, 2, 3, 4, 1, 9, 0.25)


def test_what_holds_no_boxes_is_refused(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, np.zeros(3))
    with pytest.raises(ev.FormatError, match="holds no boxes: it has no t"):
        ev.read_boxes(path)
    np.savez(tmp_path / "y.npz", a=np.zeros(3))
    with pytest.raises(ev.FormatError, match="holds no boxes"):
        ev.read_boxes(tmp_path / "y.npz")
    path.write_bytes(b"no array")
    with pytest.raises(ev.FormatError, match="cannot be read"):
        ev.read_boxes(path)
    with pytest.raises(FileNotFoundError):
        ev.read_boxes(tmp_path / "no.npy")
