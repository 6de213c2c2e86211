"""What the pages say of the machine and of disturbed rounds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports.reading.family import Family
from reports.reading.measured import Measurements, measurements
from reports.views.conditions import disturbed, facts, system
from results import record
from results.environment import ConditionsRecord, LookRecord
from tests.reports.parsed import built, page, text_of

Make = Callable[..., Any]
LOOK: LookRecord = {
    "taken": "2026-01-02T03:04:05+00:00",
    "disturbances": [
        {"what": "load 3.0 on 2 cores", "severity": "will disturb", "advice": "wait"},
        {"what": "only 2 cores for everything", "severity": "note", "advice": "leave it alone"},
        {"what": "a virtual machine (<KVM>)", "severity": "note", "advice": "believe"},
    ],
    "system": "CPU: use 2 logical CPUs: 0-1 <b>",
}
LAUNCHES: list[ConditionsRecord] = [
    {
        "launch": 0,
        "rounds": 100,
        "turns": 1000,
        "disturbed_rounds": [3, 7, 12],
        "disturbed_turns": 4,
        "cpu_share": 0.98,
        "switches": 12,
        "steal_seconds": 0.02,
        "load": 0.5,
    },
    {
        "launch": 1,
        "rounds": 150,
        "turns": 1500,
        "disturbed_rounds": [0, 1, 2, 3],
        "disturbed_turns": 5,
        "cpu_share": 0.9999,
        "switches": 1000,
        "steal_seconds": 0.4,
        "load": 1.25,
    },
]


def run_of(folder: Path, write: Make, fake: Make, **settings: Any) -> Measurements:
    """A run of two alternatives, as it is read back."""
    fakes = {"usual": fake(), "quick": fake(0.5)}
    return measurements(record.read(write(folder, fakes, points=(100,), **settings)))


def said_of(folder: Path, write: Make, fake: Make, launches: list[ConditionsRecord]) -> str:
    """What is said under the table of a comparison with those launches."""
    found = run_of(folder, write, fake, conditions=launches)
    return disturbed(found.run.suite["comparisons"][0])


def test_turns_are_counted_over_the_launches(tmp_path: Path, write: Make, fake: Make) -> None:
    """Nine of 2,500 turns; that they count like all others is part of the sentence.

    Most rounds have one of their many turns disturbed, which says little and sounds fatal.
    """
    assert said_of(tmp_path, write, fake, LAUNCHES) == (
        "9 of 2,500 turns (0.36 %) were disturbed: something else took part of the processor. "
        "They count like all others."
    )


def test_none_and_unknown_are_not_the_same(tmp_path: Path, write: Make, fake: Make) -> None:
    """Nobody counted: then nothing is said."""
    quiet: list[ConditionsRecord] = [
        {"launch": 0, "rounds": 5, "turns": 50, "disturbed_rounds": [], "disturbed_turns": 0}
    ]
    unknown: list[ConditionsRecord] = [{"launch": 0, "rounds": 5, "turns": 50}]

    assert said_of(tmp_path / "quiet", write, fake, quiet) == "None of 50 turns was disturbed."
    assert said_of(tmp_path / "unknown", write, fake, unknown) == ""
    assert said_of(tmp_path / "none", write, fake, []) == ""


def test_facts_of_a_whole_run(tmp_path: Path, write: Make, fake: Make) -> None:
    """How the machine was before, the worst first, and what the launches of all comparisons went through."""
    found = run_of(tmp_path, write, fake, workloads=("busy", "idle"), conditions=LAUNCHES, looks=[LOOK])

    before = "will disturb: load 3.0 on 2 cores; note: only 2 cores for everything, a virtual machine (<KVM>)"
    during = (
        "18 of 5,000 turns (0.36 %) disturbed, processor's time over the wall's 0.98 to 1.00 by "
        "launch, 2,024 involuntary switches, 0.8 s stolen by the host and load 0.50 to 1.25, ourselves included"
    )

    assert facts(found) == [("Before measuring", before), ("While measuring", during)]


def test_a_run_that_went_on_was_looked_at_twice(tmp_path: Path, write: Make, fake: Make) -> None:
    """Both are told; what pyperf said twice is said once."""
    later: LookRecord = {**LOOK, "disturbances": []}
    found = run_of(tmp_path, write, fake, looks=[LOOK, later])
    [(_, told)] = facts(found)

    assert told.endswith("(<KVM>); then, when it went on: quiet")
    assert system(found) == LOOK["system"]


def test_a_run_of_before_says_nothing(tmp_path: Path, write: Make, fake: Make) -> None:
    """Its pages are drawn all the same."""
    found = run_of(tmp_path / "run", write, fake)
    folder = built(tmp_path / "run", tmp_path / "html")

    assert (facts(found), system(found)) == ([], "")
    assert found.problems == []
    assert page(folder, "index.html").xpath("//details[@id='system']") == []
    assert "disturbed" not in text_of(page(folder).get_element_by_id("busy"))


@pytest.mark.parametrize("name", ["index.html", "families/demo-measures.html"])
def test_provenance_of_every_page(tmp_path: Path, write: Make, fake: Make, name: str) -> None:
    """The facts, and the file that they are from."""
    run_of(tmp_path / "run", write, fake, conditions=LAUNCHES, looks=[LOOK])
    found = text_of(page(built(tmp_path / "run", tmp_path / "html"), name).get_element_by_id("provenance"))

    assert "will disturb: load 3.0 on 2 cores" in found
    assert "9 of 2,500 turns (0.36 %) disturbed" in found
    assert "round" not in found.partition("While measuring")[2]
    assert "environment.json.gz sha256" in found


def test_pages_name_disturbed_rounds_and_the_system(tmp_path: Path, write: Make, fake: Make) -> None:
    """Under the table; what pyperf said is on the first page, as text."""
    run_of(tmp_path / "run", write, fake, conditions=LAUNCHES, looks=[LOOK])
    folder = built(tmp_path / "run", tmp_path / "html")

    assert "9 of 2,500 turns (0.36 %) were disturbed" in text_of(page(folder).get_element_by_id("busy"))
    assert LOOK["system"] in text_of(page(folder, "index.html").get_element_by_id("system"))


def test_a_damaged_look_is_a_problem_and_not_an_end(tmp_path: Path, write: Make, fake: Make) -> None:
    """The times are drawn, and the page names the file."""
    run_of(tmp_path, write, fake, looks=[LOOK])
    (tmp_path / "environment.json").write_text("{}")
    found = measurements(record.read(tmp_path))

    assert found.problems == [f"{tmp_path / 'environment.json'}: Object missing required field `looks`"]
    assert Family("demo", found).case("busy", "asyncio") is not None


def test_disturbed_rounds_count_like_all_others(tmp_path: Path, write: Make, fake: Make) -> None:
    """Every round flagged: the same times, ratios and verdict as without a flag."""
    everything: list[ConditionsRecord] = [
        {"launch": launch, "rounds": 5, "turns": 25, "disturbed_rounds": [*range(5)], "disturbed_turns": 25}
        for launch in range(10)
    ]
    flagged, plain = (
        Family("demo", run_of(tmp_path / name, write, fake, **settings)).case("busy", "asyncio")
        for name, settings in (("flagged", {"conditions": everything}), ("plain", {}))
    )
    assert flagged is not None
    assert plain is not None

    assert (flagged.decision, flagged.comparison.times) == (plain.decision, plain.comparison.times)
