# SPDX-License-Identifier: Apache-2.0
import evarrow as ev


def test_formats_are_described():
    formats = ev.formats()
    names = [one.name for one in formats]
    assert {"evt2", "evt21", "evt3", "evt4", "dat", "es", "nmnist"} <= set(names)
    assert len(set(names)) == len(names)
    for one in formats:
        assert one.description
        assert one.specification.startswith("https://")
        assert one.seek in ("index", "index, one thread", "own table")
        assert all(extension.startswith(".") for extension in one.extensions)
        assert "events" in one.streams


def test_the_machine_is_described():
    assert ev.instruction_set() in ("scalar", "sse4", "avx2", "avx512", "neon")
    assert ev.thread_count() >= 1
    assert ev.thread_count(3) == 3
    assert ev.__version__.count(".") == 2
