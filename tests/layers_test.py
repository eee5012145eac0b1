# SPDX-License-Identifier: Apache-2.0
"""The folders of src/ may include one another only as drawn here, top to bottom."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# docs/design.md, section 3.
LAYERS: dict[str, set[str]] = {
    "io": set(),
    "kernels": set(),
    "parallel": {"io"},
    "codecs": set(),
    "containers": {"io", "codecs"},
    "formats": {"io", "kernels", "parallel", "codecs", "containers"},
    "filters": {"kernels", "parallel"},
    "representations": {"kernels", "parallel"},
    "scan": {"io", "kernels", "parallel", "filters", "containers"},
    "sink": {"io"},
    "arrow": set(),
    "sample": {"kernels"},
}

SYSTEM_HEADERS = re.compile(
    r"(sys|linux|mach)/.+|fcntl\.h|unistd\.h|sched\.h|pthread\.h|windows\.h"
)
INTRINSICS = re.compile(r".*intrin\.h|arm_neon\.h|arm_sve\.h|cpuid\.h")


def sources(folder: str) -> list[Path]:
    """Return the C++ files below `folder`."""
    return sorted(file for file in (ROOT / folder).rglob("*") if file.suffix in {".h", ".cc"})


def includes(file: Path) -> list[str]:
    """Return what `file` includes, in either form of the directive."""
    return re.findall(r'^\s*#\s*include\s*["<]([^">]+)[">]', file.read_text(), re.MULTILINE)


def name(file: Path) -> str:
    """Return the path of `file` as messages show it."""
    return file.relative_to(ROOT).as_posix()


def ours(file: Path) -> list[str]:
    """Return the includes of `file` that name a file of src/ or one beside it."""
    return [
        header
        for header in includes(file)
        if (ROOT / "src" / header).exists() or (file.parent / header).exists()
    ]


def test_every_source_is_in_a_known_folder() -> None:
    assert sources("src")
    folders = {file.relative_to(ROOT / "src").parts[0] for file in sources("src")}
    assert folders <= LAYERS.keys()


@pytest.mark.parametrize("folder", LAYERS)
def test_a_folder_includes_only_what_it_may(folder: str) -> None:
    allowed = LAYERS[folder] | {folder, "evarrow"}
    for file in sources(f"src/{folder}"):
        extra = {header for header in ours(file) if header.split("/")[0] not in allowed}
        assert not extra, f"{name(file)} includes {sorted(extra)}"


def test_public_headers_include_nothing_of_src() -> None:
    for file in sources("include/evarrow"):
        quoted = re.findall(r'^#include "([^"]+)"', file.read_text(), re.MULTILINE)
        extra = {header for header in quoted if not header.startswith("evarrow/")}
        assert not extra, f"{name(file)} includes {sorted(extra)}"


def test_bindings_include_public_headers_alone() -> None:
    for file in sources("python/bindings"):
        beside = {header for header in includes(file) if (file.parent / header).exists()}
        extra = set(ours(file)) - beside
        assert not extra, f"{name(file)} includes {sorted(extra)}"


def test_only_os_files_call_the_operating_system() -> None:
    for file in sources("src"):
        found = [header for header in includes(file) if SYSTEM_HEADERS.fullmatch(header)]
        is_os = file.parent == ROOT / "src/io" and file.name.startswith("os_")
        assert is_os or not found, f"{name(file)} includes {found}"


def test_only_kernels_use_intrinsics() -> None:
    for file in sources("src"):
        found = [header for header in includes(file) if INTRINSICS.fullmatch(header)]
        in_kernels = ROOT / "src/kernels" in file.parents
        assert in_kernels or not found, f"{name(file)} includes {found}"
