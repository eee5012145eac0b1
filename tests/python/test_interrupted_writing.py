# SPDX-License-Identifier: Apache-2.0
"""Files of every format whose writing ends early: nothing is there under their names."""

import json
import signal
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

import evarrow as ev

FORMATS = [one.name for one in ev.formats() if one.writable]
SIZE = (34, 34)  # which every format holds
ROWS = 200_000

# What both programs begin with: batches of events that no compression makes small.
SOURCE = f"""
import json, os, resource, signal, sys
import numpy as np, polars as pl, pyarrow as pa
import evarrow as ev

def rows(n, seed=1):
    rng = np.random.default_rng(seed)
    return pl.DataFrame({{
        "x": rng.integers(0, {SIZE[0]}, n).astype("i2"),
        "y": rng.integers(0, {SIZE[1]}, n).astype("i2"),
        "t": pl.Series(np.sort(rng.integers(0, 2**22, n))).cast(pl.Duration("us")),
        "polarity": (rng.integers(0, 2, n) * 2 - 1).astype("i1"),
    }})
"""

LIMITED = (
    SOURCE
    + """
found = {}
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for name in json.loads(sys.argv[2]):
    try:
        ev.write(rows(200_000), os.path.join(sys.argv[1], name), format=name, resolution=(34, 34))
    except Exception as error:
        found[name] = [isinstance(error, OSError), str(error)]
    else:
        found[name] = [False, "it was written"]
print(json.dumps(found))
"""
)

KILLED = (
    SOURCE
    + """
class Source:
    def __arrow_c_stream__(self, requested_schema=None):
        def batches():
            yield from rows(200_000).to_arrow().to_batches()
            os.kill(os.getpid(), signal.SIGKILL)

        schema = rows(1).to_arrow().schema
        return pa.RecordBatchReader.from_batches(schema, batches()).__arrow_c_stream__()

ev.write(Source(), sys.argv[1], format=sys.argv[2], resolution=(34, 34))
"""
)


def test_a_file_that_may_not_grow_is_an_error_and_leaves_nothing(tmp_path):
    command = [sys.executable, "-c", LIMITED, tmp_path, json.dumps(FORMATS)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert list(found) == FORMATS
    for name, (is_os_error, message) in found.items():
        assert is_os_error, f"{name}: {message}"
        assert "File too large" in message, f"{name}: {message}"
        assert f"{tmp_path / name}'" in message, f"{name}: {message}"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", FORMATS)
def test_a_killed_program_leaves_nothing_under_the_name(name, tmp_path):
    target = tmp_path / "out"
    done = subprocess.run([sys.executable, "-c", KILLED, target, name], check=False)
    assert done.returncode == -signal.SIGKILL
    left = list(tmp_path.iterdir())
    assert [path for path in left if path.suffix != ".tmp"] == []
    rng = np.random.default_rng(2)
    frame = pl.DataFrame(
        {
            "x": rng.integers(0, SIZE[0], 1000).astype("i2"),
            "y": rng.integers(0, SIZE[1], 1000).astype("i2"),
            "t": pl.Series(np.arange(1000)).cast(pl.Duration("us")),
            "polarity": np.ones(1000, "i1"),
        }
    )
    ev.write(frame, target, format=name, resolution=SIZE)
    assert ev.read(target, format=name).equals(frame)
