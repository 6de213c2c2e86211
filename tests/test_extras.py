"""Each family's extra has what is compared there and nothing else, and all that is ours runs without any of them."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import patterns
from benchmarks.plan import availability
from benchmarks.plan.availability import needed
from benchmarks.plan.backends import version_of
from benchmarks.plan.comparisons import make_plan
from benchmarks.plan.filters import Filters
from benchmarks.plan.presets import PRESETS
from benchmarks.plan.workloads import questions
from benchmarks.telling import without_baseline
from tests.conftest import ROOT
from tests.layers import FAMILIES, OURS, imported
from tests.test_constraints import brought_along, project

ALWAYS_THERE = {"aiocache", "asyncio-throttle"}  # compared, and in every environment all the same
ON_DEMAND = {"dask", "distributed", "tornado"}  # of the extra `machines`, which brings the last along
KNOWN = {*sys.stdlib_module_names, *OURS, "loopmark"}


def names(requirements: list[str]) -> set[str]:
    """The distributions that are asked for."""
    return {canonicalize_name(Requirement(text).name) for text in requirements}


CORE: list[str] = project()["dependencies"]
EXTRAS: dict[str, list[str]] = {
    name: extra for name, extra in project()["optional-dependencies"].items() if name in patterns.families()
}


@cache
def owners() -> dict[str, set[str]]:
    """The distributions that bring each module."""
    return {name: set(map(canonicalize_name, owner)) for name, owner in metadata.packages_distributions().items()}


def modules_of(path: Path) -> set[str]:
    """The modules of others that a file imports, by their outermost names, also by a string."""
    source = path.read_text(encoding="utf-8")
    found = {*imported(path.relative_to(ROOT).as_posix(), source), *_imported_by_name(source)}
    return {name.partition(".")[0] for name in found} - KNOWN


def _imported_by_name(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield from (one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str))


def ours() -> list[Path]:
    """Every file of ours that is no family's, contracts included."""
    files = [path for package in ("benchmarks", "results", "reports") for path in (ROOT / package).rglob("*.py")]
    files += [ROOT / "loopmark.py", *ROOT.glob("patterns/*.py"), *ROOT.glob("patterns/*/__init__.py")]
    return [path for path in files if not path.relative_to(ROOT).as_posix().startswith(f"{FAMILIES}/")]


def test_every_family_has_an_extra() -> None:
    """And `all` has each of them."""
    (everything,) = (project()["optional-dependencies"]["all"],)

    assert [*EXTRAS] == patterns.families()
    assert [name.replace("-", "_") for one in everything for name in sorted(Requirement(one).extras)] == [*EXTRAS]


@pytest.mark.parametrize("family", patterns.families())
def test_an_extra_has_what_its_family_needs(family: str) -> None:
    """What alternatives and workloads say that they require, but for what everybody has; each with one bound."""
    required = [text for entry in patterns.alternatives(family) for text in needed(entry)]
    required += [text for workload in questions(family).workloads for text in workload.requires]

    assert names(EXTRAS[family]) == names(required) - names(CORE)
    assert len(names(EXTRAS[family])) == len(EXTRAS[family])
    elsewhere = {text for extra in EXTRAS.values() for text in extra if names([text]) & names(EXTRAS[family])}
    assert elsewhere == {*EXTRAS[family]}


@pytest.mark.parametrize("family", patterns.families())
def test_whatever_a_family_imports_is_declared(family: str) -> None:
    """In its extra or for all, or brought along by that; an alternative may need another Python than this one."""
    there = brought_along([*CORE, *EXTRAS[family]])
    alternatives = [
        entry for entry in patterns.alternatives(family) if not availability.wrong_python(entry, entry.library)
    ]
    files = [ROOT / entry.path for entry in alternatives] + [*(ROOT / FAMILIES / family).rglob("*.py")]
    undeclared = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in files
        for name in modules_of(path)
        if not owners().get(name, set()) & there
    }

    assert undeclared == set()


def test_whatever_else_is_imported_is_there_for_all() -> None:
    """And nothing is there for all that nobody imports."""
    there = brought_along(CORE)
    used = {name for path in ours() for name in modules_of(path)} - ON_DEMAND

    assert {name for name in used if not owners()[name] & there} == set()
    assert names(CORE) - set().union(*(owners()[name] for name in used)) == ALWAYS_THERE


WITHOUT = """
import importlib, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
for name in {modules}:
    importlib.import_module(name)
"""


def test_everything_of_ours_is_imported_where_nothing_is_compared() -> None:
    """Rooms of families among it: a package that is not there is missing in rows, and nowhere else."""
    there = brought_along(CORE)
    absent = {name for name, owner in owners().items() if not owner & there} - KNOWN
    files = [*ours(), *(ROOT / FAMILIES).rglob("*.py")]
    modules = [
        path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
        for path in files
        if not modules_of(path) & ON_DEMAND
    ]
    code = WITHOUT.format(absent=absent, modules=sorted(modules))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=100
    )

    assert len(absent) > len(EXTRAS)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("family", patterns.families())
def test_what_is_not_installed_is_a_row_with_the_reason(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever needs nothing of it is measured as ever."""
    there = names(CORE)
    monkeypatch.setattr(availability, "version_of", lambda name: version_of(name) if name in there else None)
    plan = make_plan(Filters((family,)), PRESETS["quick"])
    told = {row["alternative"]: row["reason"] for row in plan.unasked if row["state"] == "not here"}
    measured = {one.alternative for entry in plan.comparisons for one in entry.variants if not one.is_null}
    possible = [entry for entry in patterns.alternatives(family) if not availability.wrong_python(entry, entry.library)]
    lacking = {entry.name: names([*entry.requires]) - there for entry in possible}

    assert measured == {name for name, lacks in lacking.items() if not lacks}
    for name, lacks in lacking.items():
        if lacks:
            assert told[name] in {f"{one} is not installed" for one in lacks}
    baselines = {name for name in questions(family).baseline.values() if lacking[name]}
    assert {line.split()[4].removesuffix(",") for line in without_baseline(plan)} == baselines
