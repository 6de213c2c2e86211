"""Every alternative answers every promise of its family just as its file says, on this Python."""

import os
import sys
from collections.abc import Callable
from functools import cache

import pytest

import patterns
from benchmarks.plan.mistakes import in_alternative, in_family
from benchmarks.plan.promises import promises
from results.safety import SafetyRecord, read, surprises
from tests.conftest import ROOT, Command

SEEDS = os.environ.get("LOOPMARK_TEST_SEEDS", "4")
# Every loop on the newest Python; on the others one of each library, where patch levels differ and loops do not.
LOOPS = ["--backend", "*"] if sys.version_info >= (3, 13) else ["--backend", "asyncio", "--backend", "trio"]
FAMILIES = [family for family in patterns.families() if promises(family)]
Check = Callable[[str], SafetyRecord]


@pytest.fixture(scope="session")
def check(tmp_path_factory: pytest.TempPathFactory, command: Command) -> Check:
    """The findings of a family, from one run of the real command."""

    @cache
    def run(family: str) -> SafetyRecord:
        folder = tmp_path_factory.mktemp("safety")  # in which nothing is known yet
        path = folder / f"{family}.json"
        where = ["--results", str(folder), "--output", str(path)]
        arguments = ["check", "--family", family, *LOOPS, "--seeds", SEEDS, *where]
        done = command(ROOT, "benchmarks", *arguments)
        assert path.exists(), done.stderr
        return read(path)

    return run


@pytest.mark.timeout(600)
@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_fails_or_passes_against_its_own_words(family: str, check: Check) -> None:
    """An undeclared failure is a defect; an unexpected pass means that upstream has mended something."""
    unexpected = [
        f"{entry['alternative']}@{entry['backend']} {entry['promise']}: {entry['state']}: {entry['reason']}"
        for entry in surprises(check(family))
    ]

    assert unexpected == []


@pytest.mark.timeout(600)
@pytest.mark.parametrize("family", FAMILIES)
def test_our_own_keep_every_promise(family: str, check: Check) -> None:
    """What we recommend as our own is safe on every promise, on every loop it claims."""
    kinds = {entry.name: entry.kind for entry in patterns.alternatives(family)}
    broken = [
        f"{entry['alternative']}@{entry['backend']} {entry['promise']}: {entry['reason']}"
        for entry in check(family)["findings"]
        if kinds[entry["alternative"]] == "own" and entry["state"] == "FAIL"
    ]

    assert broken == []


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
