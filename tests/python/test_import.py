# SPDX-License-Identifier: Apache-2.0
"""Importing evarrow costs little and prints nothing."""

import subprocess
import sys

import pytest

import evarrow as ev


def run(code: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )


HEAVY = "sorted({'numpy', 'polars', 'pyarrow', 'h5py', 'pandas'} & set(sys.modules))"


@pytest.mark.parametrize(
    "code",
    [
        "import sys, evarrow",
        "import sys, evarrow, evarrow._core",
        "import sys, evarrow as ev; ev.open, ev.formats(), ev.instruction_set(), ev.__version__",
        "import sys, evarrow as ev; ev.Recording, ev.FormatError, ev.validate, ev.convert",
    ],
)
def test_import_brings_neither_numpy_nor_polars_and_prints_nothing(code):
    done = run(f"{code}\nassert not {HEAVY}, {HEAVY}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_batches_need_no_polars(sample):
    done = run(
        f"import sys, evarrow as ev\n"
        f"with ev.open({str(sample)!r}) as rec:\n"
        f"    for batch in rec.batches(1000): batch.x, batch.t\n"
        f"    for window in rec.windows('5ms'): window.x\n"
        f"assert 'polars' not in sys.modules and 'numpy' in sys.modules"
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_public_name_is_there_and_listed():
    for name in ev.__all__:
        assert getattr(ev, name) is not None
    assert dir(ev) == sorted(ev.__all__)
    assert {*ev._HOMES, *ev._MODULES} == set(ev.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        ev.nonsense  # noqa: B018
