"""Whose a leftover is: everybody's, or only theirs who tick the need in whose trials it was seen."""

from collections.abc import Mapping

import pytest

import patterns
from benchmarks.plan.promises import Promise
from benchmarks.safety.conformance import Subject
from benchmarks.safety.examination import Answer, Moment
from results.safety import FindingRecord


async def gives_back(trial: object) -> None:
    """What was sent comes back."""


async def in_a_second_loop(trial: object) -> None:
    """It works in a second loop."""


async def no_complaints(trial: object) -> None:
    """Nothing complains."""


EVERYBODY, SOME = Promise(gives_back), Promise(in_a_second_loop, need="loops")
COLLECTOR = Promise(no_complaints, collects=("complaints",))


def blamed(seen: Mapping[str, str], *asked: Promise) -> dict[str, FindingRecord]:
    """What is found when every trial passes, and those of these promises have left a complaint."""
    alternative = patterns.alternatives("locks")[0]
    subject = Subject(alternative, "asyncio", asked, list(asked))
    for question in asked:
        subject.take(question, Answer(question.name, 3))
    subject.left = {"complaints": {name: (Moment(name, 1, 2), text) for name, text in seen.items()}}
    subject.blame_leftovers()
    return subject.findings


@pytest.mark.parametrize("name", ["gives_back", "no_complaints"])
def test_what_is_seen_in_trials_of_a_basic_promise_is_everybodys(name: str) -> None:
    """It breaks the promise that collects it, and no need beside it."""
    found = blamed({"in_a_second_loop": "unclosed", name: "never awaited"}, EVERYBODY, SOME, COLLECTOR)

    states = {promise: (entry["state"], entry["reason"]) for promise, entry in found.items()}
    assert states == {
        "gives_back": ("pass", ""),
        "in_a_second_loop": ("pass", ""),
        "no_complaints": ("FAIL", f"never awaited (in a trial of {name})"),
    }


def test_what_is_seen_in_trials_of_a_need_alone_breaks_that_need() -> None:
    """Who has one loop hears nothing of it; the command that repeats it asks for what collects it, too."""
    found = blamed({"in_a_second_loop": "unclosed"}, EVERYBODY, SOME, COLLECTOR)

    assert {promise: entry["state"] for promise, entry in found.items()} == {
        "gives_back": "pass",
        "in_a_second_loop": "FAIL",
        "no_complaints": "pass",
    }
    broken = found["in_a_second_loop"]
    assert (broken["reason"], broken["trials"], broken["seed"], broken["tick"]) == ("unclosed", 3, 1, 2)
    assert "--promise in_a_second_loop --promise no_complaints" in broken["reproduce"]


def test_nobody_is_blamed_whose_collector_was_not_asked() -> None:
    """Whether it is everybody's is not known then."""
    assert blamed({"in_a_second_loop": "unclosed"}, SOME)["in_a_second_loop"]["state"] == "pass"
