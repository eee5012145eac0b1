# SPDX-License-Identifier: Apache-2.0
"""The examples in the docstrings run, and what is public has a docstring."""

import doctest
import importlib
import inspect
import pkgutil

import polars as pl
import pytest

import evarrow as ev

MODULES = sorted(
    name.removeprefix("evarrow.")
    for _, name, _ in pkgutil.walk_packages(ev.__path__, "evarrow.")
    if not name.startswith(("evarrow._", "evarrow.cli", "evarrow.doctor"))
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name, sample, tmp_path):
    module = importlib.import_module(f"evarrow.{name}")
    names = {**vars(module), "ev": ev, "pl": pl, "path": sample, "tmp_path": tmp_path}
    result = doctest.testmod(module, extraglobs=names)
    assert result.failed == 0


def test_the_examples_are_there():
    finder = doctest.DocTestFinder()
    count = sum(
        len(test.examples)
        for name in MODULES
        for test in finder.find(importlib.import_module(f"evarrow.{name}"))
    )
    assert count > 20


@pytest.mark.parametrize("name", [name for name in ev.__all__ if name != "__version__"])
def test_public_names_are_documented(name):
    thing = getattr(ev, name)
    assert inspect.getdoc(thing)
    if inspect.isfunction(thing) and len(inspect.signature(thing).parameters):
        doc = inspect.getdoc(thing)
        for section in ("Parameters", "Returns", "Examples"):
            assert f"{section}\n---" in doc
