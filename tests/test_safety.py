"""Every alternative answers every promise of its family just as its file says, on this Python."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache

import pytest

import patterns
from benchmarks.plan.availability import missing_here
from benchmarks.plan.backends import BACKENDS, can_run
from benchmarks.plan.mistakes import in_alternative, in_family
from benchmarks.plan.promises import promises
from results.safety import surprising
from tests.asking import Findings, answers
from tests.where import LATE, LIBRARIES, ROOT, asked, schedules

ANSWERS = ("pass", "FAIL", "yes", "no")
FAMILIES = [family for family in patterns.families() if promises(family)]
Check = Callable[[str], Findings]


@pytest.fixture(scope="module")
def check(asker: ProcessPoolExecutor) -> Check:
    """The findings of a family."""
    return cache(lambda family: asker.submit(answers, family, schedules(), LATE).result())


@pytest.mark.timeout(600)
@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_fails_or_passes_against_its_own_words(family: str, check: Check) -> None:
    """An undeclared failure is a defect; an unexpected pass means that upstream has mended something."""
    unexpected = [
        f"{entry['alternative']}@{entry['backend']} {entry['promise']}: {entry['state']}: {entry['reason']}"
        for entry in check(family).values()
        if surprising(entry)
    ]

    assert unexpected == []


@pytest.mark.timeout(600)
@pytest.mark.parametrize("family", FAMILIES)
def test_our_own_keep_every_promise(family: str, check: Check) -> None:
    """What we recommend as our own is safe on every promise, on every loop it claims."""
    kinds = {entry.name: entry.kind for entry in patterns.alternatives(family)}
    broken = [
        f"{entry['alternative']}@{entry['backend']} {entry['promise']}: {entry['reason']}"
        for entry in check(family).values()
        if kinds[entry["alternative"]] == "own" and entry["state"] == "FAIL"
    ]

    assert broken == []


@pytest.mark.timeout(600)
@pytest.mark.parametrize("family", FAMILIES)
def test_no_promise_and_no_alternative_is_left_out(family: str, check: Check) -> None:
    """Every file of the family, on every loop that is asked here, has an answer to every promise, or a reason."""
    files = [patterns.describe(family, path) for path in (ROOT / "patterns" / family).glob("[!_]*.py")]
    wanted = {
        (one.name, loop, question.name)
        for one in files
        for loop in schedules()
        if asked(one, loop)
        if can_run(one.library, BACKENDS[loop]) and not missing_here(one, BACKENDS[loop])
        for question in promises(family)
    }
    heard = check(family)
    answered = {(name, BACKENDS[loop].library) for (_, loop, name), one in heard.items() if one["state"] in ANSWERS}

    assert wanted - heard.keys() == set()
    assert {(question.name, library) for question in promises(family) for library in LIBRARIES} - answered == set()


@pytest.mark.parametrize("family", FAMILIES)
def test_declarations_name_promises_that_exist(family: str) -> None:
    """A declaration for a promise that nobody asks would never be checked."""
    assert in_family(family) == ""
    assert [problem for entry in patterns.alternatives(family) if (problem := in_alternative(entry))] == []


@pytest.mark.parametrize("family", FAMILIES)
def test_every_promise_says_what_it_is_for(family: str) -> None:
    """The report prints the promise, the harm and an example of a few lines."""
    for entry in promises(family):
        promise, harm, example = entry.parts

        assert promise[:1].isupper(), entry.name
        assert len(promise) <= 110, entry.name
        assert len(harm) >= 60, entry.name
        assert 3 <= len(example.splitlines()) <= 7, entry.name
