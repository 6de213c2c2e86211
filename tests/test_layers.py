"""Imports only run patterns <- benchmarks -> results <- reports, and the packages under test are the ones beside us."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGES = ("patterns", "benchmarks", "results", "reports")
ALLOWED = {
    "patterns": {"patterns"},
    "benchmarks": {"benchmarks", "patterns", "results"},
    "results": {"results"},
    "reports": {"reports", "results"},
}


def imported(path: Path) -> Iterator[str]:
    """The top-level packages that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_run_one_way(package: str) -> None:
    """No package imports one that it must not know."""
    forbidden = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (ROOT / package).rglob("*.py")
        for name in imported(path)
        if name in {*PACKAGES, "tests"} - ALLOWED[package]
    }

    assert set() == forbidden


@pytest.mark.parametrize("package", ["patterns", "benchmarks", "results"])
def test_a_measuring_process_needs_no_pandas(package: str) -> None:
    """Only the reading side imports pandas: a worker that did would start three times as slowly."""
    heavy = {
        str(path.relative_to(ROOT))
        for path in (ROOT / package).rglob("*.py")
        if path.name != "frame.py" and {"pandas", "altair", "jinja2"} & set(imported(path))
    }

    assert set() == heavy


@pytest.mark.parametrize("package", PACKAGES)
def test_the_packages_are_ours(package: str) -> None:
    """Four generic names: make sure that no installed package of that name shadows ours."""
    module = importlib.import_module(package)

    assert module.__file__ is not None
    assert Path(module.__file__).is_relative_to(ROOT)
