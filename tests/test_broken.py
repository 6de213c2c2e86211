"""The tests of the tests: every promise catches the defect that was planted for it, and nothing else."""

import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

import patterns
from benchmarks.plan.backends import BACKENDS, can_run
from benchmarks.plan.promises import promises
from results.safety import SafetyRecord, read, surprises
from tests.conftest import Command
from tests.defects import clear_room, plant

LOOPS = ["--backend", "asyncio", "--backend", "trio"]  # one of each library: our own code knows no loop, either
SEEDS = "3"  # a planted defect is one that the first schedules show
FAMILIES = [family for family in patterns.families() if promises(family)]


@cache
def planted(family: str) -> list[patterns.Alternative]:
    """The broken implementations of a family, and their correct twins."""
    with tempfile.TemporaryDirectory() as folder:
        plant(family, Path(folder))
        return [patterns.describe(family, path) for path in sorted(Path(folder).glob("*.py"))]


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory, command: Command) -> Callable[[str], SafetyRecord]:
    """What the real command finds in a copy of the project that has only a family's broken implementations."""

    @cache
    def run(family: str) -> SafetyRecord:
        root = tmp_path_factory.mktemp(family)
        plant(family, clear_room(family, root))
        arguments = ["check", "--family", family, *LOOPS, "--seeds", SEEDS, "--output", "found.json"]
        done = command(root, "benchmarks", *arguments)
        assert (root / "found.json").exists(), done.stderr
        return read(root / "found.json")

    return run


# The defects are planted in our own code, which knows no version; what packages do on each is asked in `test_safety`.
@pytest.mark.skipif(sys.version_info < (3, 13), reason="asked on the newest Python")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_planted_defect_is_caught_and_nothing_else(family: str, found: Callable[[str], SafetyRecord]) -> None:
    """A broken implementation fails exactly the promise it was made for; its correct twin fails none."""
    unexpected = [
        f"{entry['alternative']}@{entry['backend']} {entry['promise']}: {entry['state']}: {entry['reason']}"
        for entry in surprises(found(family))
    ]

    assert unexpected == []
    assert {entry.name for entry in planted(family)} <= {entry["alternative"] for entry in found(family)["findings"]}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_promise_has_a_defect_to_catch_on_every_library(family: str) -> None:
    """A promise that no broken implementation fails is not done; and each library has a correct twin."""
    wanted = {entry.name for entry in promises(family) if not entry.fact}
    for library in {backend.library for backend in BACKENDS.values()}:
        here = [entry for entry in planted(family) if can_run(entry.library, BACKENDS[library])]
        caught = {failure.promise for entry in here for failure in entry.known_failures}

        assert sorted(wanted) == sorted(caught & wanted), library
        assert any(not entry.known_failures for entry in here), f"no correct twin on {library}"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_planted_defect_is_one_defect(family: str) -> None:
    """An implementation that fails everything would prove nothing about the promise it is for."""
    for entry in planted(family):
        assert len({failure.promise for failure in entry.known_failures}) <= 1, entry.name
