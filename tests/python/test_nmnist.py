# SPDX-License-Identifier: Apache-2.0
"""N-MNIST files: no header, records of five bytes."""

import os
import threading

import numpy as np
import pytest

import evarrow as ev

N = 50_000


@pytest.fixture(scope="module")
def content() -> bytes:
    i = np.arange(N)
    t = i * 7
    records = np.stack(
        [i % 34, i * 5 % 34, (i % 3 == 0) << 7 | t >> 16, t >> 8 & 255, t & 255], axis=1
    )
    return records.astype(np.uint8).tobytes()


def check(frame):
    i = np.arange(N)
    assert np.array_equal(frame["x"].to_numpy(), i % 34)
    assert np.array_equal(frame["y"].to_numpy(), i * 5 % 34)
    assert np.array_equal(frame["t"].to_physical().to_numpy(), i * 7)
    assert np.array_equal(frame["polarity"].to_numpy() == 1, i % 3 == 0)


def test_a_file_is_known_by_its_name_and_content(content, tmp_path):
    path = tmp_path / "00001.bin"
    path.write_bytes(content)
    with ev.open(path) as rec:
        assert (rec.format, rec.resolution, rec.streams) == ("nmnist", None, ("events",))
        assert len(rec) == N
    check(ev.read(path))
    check(ev.scan(path).collect())
    assert ev.open(path, resolution=(34, 34)).resolution == (34, 34)
    assert ev.read(path, start="7ms", end="14ms").height == 1000


def test_without_a_name_the_format_is_asked_for(content, tmp_path):
    with pytest.raises(ev.FormatError, match=r"nmnist where the name ends in \.bin"):
        ev.open(content)
    check(ev.read(content, format="nmnist"))
    path = tmp_path / "00001.dat"
    path.write_bytes(content)
    with pytest.raises(ev.FormatError, match="pass format="):
        ev.open(path)


def test_a_pipe_is_read_to_its_end(content):
    read, write = os.pipe()

    def pour():
        with os.fdopen(write, "wb") as file:
            file.write(content)

    writer = threading.Thread(target=pour)
    writer.start()
    with os.fdopen(read, "rb") as file:
        check(ev.read(file, format="nmnist"))
    writer.join()


def test_a_cut_record_is_left_out_with_a_warning(content):
    with pytest.warns(ev.EvarrowWarning, match="last 4 bytes"):
        check(ev.read(content + b"\1\2\3\4", format="nmnist"))


def test_other_files_of_that_name_are_refused(tmp_path):
    path = tmp_path / "firmware.bin"
    path.write_bytes(np.random.default_rng(1).bytes(10_000))
    with pytest.raises(ev.FormatError, match="does not begin like any known format"):
        ev.open(path)
