# SPDX-License-Identifier: Apache-2.0
"""The gallery is made of what there is."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

import evarrow as ev

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(importlib.util.find_spec("matplotlib") is None, reason="needs matplotlib")
def test_the_gallery_shows_every_filter_and_representation(tmp_path):
    script = ROOT / "scripts" / "make_gallery.py"
    done = subprocess.run(
        [sys.executable, script, "--out", tmp_path],
        capture_output=True, text=True, check=False, timeout=250,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "gallery.md").read_text()
    for module in ("filters", "representations"):
        for name in getattr(ev, module).__all__:
            if name.islower():
                assert f"`ev.{module}.{name}(events" in page
    pictures = re.findall(r"\]\((gallery/\w+\.png)\)", page)
    assert len(pictures) > 20
    assert sorted(pictures) == sorted(
        f"gallery/{path.name}" for path in (tmp_path / "gallery").iterdir()
    )
    for picture in pictures:
        content = (tmp_path / picture).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert 500 < len(content) < 60_000
