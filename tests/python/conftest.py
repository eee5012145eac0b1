# SPDX-License-Identifier: Apache-2.0
"""Recordings for the tests."""

import os
import sys
from pathlib import Path

import pytest

# What the tests share is imported by name: words.py, expressions.py.
sys.path.insert(0, str(Path(__file__).parent))

import words

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real and synthetic recordings with their expected decodes."""
    folder = Path(os.environ.get("EVARROW_CORPUS", ROOT.parent / "shared" / "corpus"))
    if not folder.is_dir():
        pytest.skip("the corpus is absent: neither $EVARROW_CORPUS nor ../shared/corpus is there")
    return folder


@pytest.fixture(scope="session")
def sample(tmp_path_factory) -> Path:
    """A made-up EVT3 recording, 64x48 pixels, 100 ms."""
    import evarrow as ev

    path = tmp_path_factory.mktemp("sample") / "rec.raw"
    ev.sample(path, duration="100ms", resolution=(64, 48), seed=1)
    return path


@pytest.fixture(scope="session")
def evt2(tmp_path_factory) -> Path:
    """An EVT2 recording of `words.EVENTS` events, one every 10 us, whose columns are known."""
    path = tmp_path_factory.mktemp("evt2") / "known.raw"
    path.write_bytes(words.evt2_known())
    return path
