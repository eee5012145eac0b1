# SPDX-License-Identifier: Apache-2.0
"""What the documents show runs: every Python block, page by page, and every command."""

import re
import shlex
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import evarrow as ev

ROOT = Path(__file__).parents[2]
# The design speaks of all that evarrow shall be.
PAGES = [ROOT / "README.md"] + [
    page for page in sorted((ROOT / "docs").glob("*.md")) if page.name != "design.md"
]
BLOCK = re.compile(r"(?:<!-- needs: ([\w, ]+) -->\n)?```python\n(.*?)```", re.DOTALL)
COMMANDS = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def blocks(page):
    text = page.read_text()
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start(2))
        needs = [name.strip() for name in (found[1] or "").split(",") if name.strip()]
        yield line, needs, found[2]


@pytest.fixture
def folder(tmp_path, monkeypatch, recording):
    """A folder with a recording `rec.raw`, the current one."""
    (tmp_path / "rec.raw").symlink_to(recording)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def recording(tmp_path_factory):
    path = tmp_path_factory.mktemp("docs") / "rec.raw"
    ev.sample(path)
    return path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(blocks(page))], ids=lambda page: page.name
)
def test_python_blocks_run(page, capsys):
    names = {"__name__": "__main__"}
    missing = set()
    for line, needs, code in blocks(page):
        lacking = [name for name in needs if not is_there(name)]
        missing.update(lacking)
        if lacking:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("error", ev.EvarrowWarning)
            # Line numbers in errors are those of the page.
            exec(compile("\n" * line + code, str(page), "exec"), names)
    capsys.readouterr()
    if missing:
        pytest.skip(f"all but the blocks that need {', '.join(sorted(missing))} ran")


def is_there(name):
    try:
        __import__(name)
    except ImportError:
        return False
    return True


def commands():
    for page in PAGES:
        for block in COMMANDS.findall(page.read_text()):
            for line in block.replace("\\\n", " ").splitlines():
                plain = line.split("  #")[0].strip()
                if plain.startswith("evarrow ") or " | evarrow " in plain:
                    yield pytest.param(plain, id=f"{page.name}: {plain}")


@pytest.mark.parametrize("command", list(commands()))
def test_commands_run(folder, command):
    for name in ("a.raw", "b.raw", "in.raw"):
        (folder / name).symlink_to(folder / "rec.raw")
    if "sample rec.raw" in command:
        (folder / "rec.raw").unlink()
    script = f'evarrow() {{ {shlex.quote(sys.executable)} -m evarrow "$@"; }}\n{command}'
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr


def test_links_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_page_is_on_the_map():
    text = (ROOT / "docs" / "index.md").read_text()
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "index.md" or f"({page.name})" in text


@pytest.mark.parametrize(("language", "compiler"), [("cpp", "g++"), ("c", "gcc")])
def test_native_blocks_compile(tmp_path, language, compiler):
    if shutil.which(compiler) is None:
        pytest.skip(f"there is no {compiler}")
    # The structs of Arrow, which the page tells C programs to bring along.
    header = (ROOT / "include" / "evarrow" / "arrow.h").read_text()
    structs = header[header.index("#ifndef ARROW_C_DATA") : header.rindex("}\n\nnamespace")]
    (tmp_path / "arrow_c_abi.h").write_text(f"#include <stdint.h>\n{structs}")
    text = (ROOT / "docs" / "cpp.md").read_text()
    found = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    assert found
    for code in found:
        source = tmp_path / f"block.{language}"
        source.write_text(code)
        standard = "-std=c++20" if language == "cpp" else "-std=c11"
        include = [f"-I{ROOT / 'include'}", f"-I{tmp_path}"]
        done = subprocess.run(
            [compiler, standard, "-Wall", "-Wextra", "-Werror", "-fsyntax-only", *include, source],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
