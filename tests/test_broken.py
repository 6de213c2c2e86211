"""The tests of the tests: every promise catches the defect that was planted for it, and nothing else."""

import re
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache

import pytest

import patterns
from benchmarks.plan.backends import BACKENDS, can_run
from benchmarks.plan.promises import promises
from results.safety import surprising
from tests.asking import Findings, planted, planted_answers
from tests.defects import BROKEN, defects
from tests.where import LIBRARIES

FAMILIES = [family for family in patterns.families() if promises(family)]
Found = Callable[[str], Findings]
# What only those can read who know our code, or this one process: private and nested names, addresses, a bare type.
OBSCURE = re.compile(r"<locals>|\b_[a-z]|\b0x[0-9a-f]|^\W*\w*\W*$")


# One loop of each library: our own code knows no loop, either.
@pytest.fixture(scope="module")
def found(asker: ProcessPoolExecutor) -> Found:
    """What is found of a family's planted implementations."""
    return cache(lambda family: asker.submit(planted_answers, family).result())


@pytest.mark.timeout(600)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_planted_defect_is_caught_and_nothing_else(family: str, found: Found) -> None:
    """A broken implementation fails exactly the promise it was made for; its correct twin fails none."""
    unexpected = [
        f"{entry['alternative']}@{entry['backend']} {entry['promise']}: {entry['state']}: {entry['reason']}"
        for entry in found(family).values()
        if surprising(entry)
    ]

    assert unexpected == []


@pytest.mark.timeout(600)
@pytest.mark.parametrize("family", FAMILIES)
def test_no_planted_defect_is_left_out(family: str, found: Found) -> None:
    """Every file and every table of a family's folder fails its promise wherever it can run.

    Each promise is asked of somebody correct on the loop of each library.
    """
    names = {path.stem for path in (BROKEN / family).glob("*.py")} | {defect.name for defect in defects(family)}
    here = [(one, loop) for one in planted(family) for loop in LIBRARIES if can_run(one.library, BACKENDS[loop])]

    heard = {key: entry["state"] for key, entry in found(family).items()}
    broken = {(one.name, loop, failure.promise) for one, loop in here for failure in one.known_failures}
    twins = {one.name for one, _ in here if not one.known_failures}

    assert {one.name for one, _ in here} == names
    assert {key for key in broken if heard.get(key) != "FAIL"} == set()
    wanted = {(loop, question.name) for loop in LIBRARIES for question in promises(family)}
    assert wanted == {(loop, name) for one, loop, name in heard if one in twins}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_told_of_a_defect_can_be_read(family: str, found: Found) -> None:
    """By somebody who has the page, and nothing else."""
    told = {key: entry["reason"] for key, entry in found(family).items() if entry["state"] == "FAIL"}

    assert told
    assert {key: reason for key, reason in told.items() if OBSCURE.search(reason)} == {}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_promise_has_a_defect_to_catch_on_every_library(family: str) -> None:
    """A promise that no broken implementation fails is not done; each library has correct twins of several makes."""
    wanted = {entry.name for entry in promises(family) if not entry.fact}
    for library in LIBRARIES:
        here = [entry for entry in planted(family) if can_run(entry.library, BACKENDS[library])]
        caught = {failure.promise for entry in here for failure in entry.known_failures}

        assert sorted(wanted) == sorted(caught), library
        written = {path.stem for path in (BROKEN / family).glob("correct*.py")}
        assert len([entry for entry in here if entry.name in written]) >= 4, f"few correct twins on {library}"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_planted_defect_is_one_defect(family: str) -> None:
    """An implementation that fails everything would prove nothing about the promise it is for."""
    for entry in planted(family):
        assert len({failure.promise for failure in entry.known_failures}) <= 1, entry.name
