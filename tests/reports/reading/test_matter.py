"""Whether a choice matters: what is certain, what is not known, and the same words wherever it is said."""

from collections.abc import Callable, Mapping
from math import exp
from pathlib import Path
from typing import Any, cast

import pytest
from typer.testing import CliRunner

from reports.__main__ import app
from reports.exports import as_markdown
from reports.reading.answers import Answers, Program, answers
from reports.reading.family import Family, families_of
from reports.reading.measured import measurements
from reports.views.answered import matters, whether
from reports.views.overview import three_answers
from results import record
from tests.reports.parsed import built, page, text_of

Make = Callable[..., Any]
# What a run is like beside its fakes, and what a page says of it.
LARGE, SMALL, OPEN, NOISE = "large", "small", "open", "noise"
RUNS: Mapping[str, tuple[float, dict[str, Any]]] = {
    LARGE: (0.5, {"noise": 0.001}),
    SMALL: (0.995, {"noise": 0.001}),
    OPEN: (1.05, {"noise": 0.2, "launches": 4}),
    NOISE: (1.04, {"noise": 0.002, "twin_factor": 1.2}),
}
SAID = {
    LARGE: "Below 10,000 a second no choice here costs 5 % of a core: take what you know.",
    SMALL: "No: between these answers it makes no difference in practice. Take what you know.",
    OPEN: "Not known here: this run does not tell these answers apart. As far as intervals reach, none costs ",
    NOISE: "Not known here: what these answers differ by is within the noise. As far as intervals reach, none costs ",
}
BRIEFLY = {LARGE: "above 10,000/s", SMALL: "no", OPEN: "not known", NOISE: "not known"}


@pytest.fixture(name="asked")
def fixture_asked(family: Callable[..., Family], fake: Make) -> Callable[..., Answers]:
    """The answers of a run of that kind."""

    def made(kind: str) -> Answers:
        factor, settings = RUNS[kind]
        return answers(family({"usual": fake(), "ours": fake(factor, kind="own")}, **settings), Program("asyncio"))

    return made


@pytest.mark.parametrize(("kind", "known"), [(LARGE, "differ"), (SMALL, "same"), (OPEN, "open"), (NOISE, "noise")])
def test_what_is_not_resolved_is_not_known(asked: Callable[..., Answers], kind: str, known: str) -> None:
    """No difference is said where it is certain that there is none, and nowhere else."""
    found = asked(kind)

    assert found.matter
    assert found.matter.known == known
    assert whether(found).startswith(SAID[kind])
    assert matters(found) == BRIEFLY[kind]


def test_a_difference_costs_from_a_rate_on(asked: Callable[..., Answers]) -> None:
    """The baseline takes 10 µs and the file 5: at 10,000 operations a second that is 5 % of a core."""
    found = asked(LARGE).matter

    assert found
    assert found.above == pytest.approx(10_000, rel=0.02)
    assert (found.perhaps, found.left) == (None, ())


@pytest.mark.parametrize("kind", [OPEN, NOISE])
def test_what_is_open_costs_no_more_than_its_interval_allows(asked: Callable[..., Answers], kind: str) -> None:
    """The far end of it, of 10 µs: below that rate nobody loses anything, whatever is true."""
    found = asked(kind)
    (told,) = found.lanes["file"].suits[0].told

    assert told.judgement
    assert told.judgement.low is not None
    assert told.judgement.high is not None
    ends = [0.0, told.judgement.low, told.judgement.high]
    usual = found.lanes["standard library"].suits[0].told[0].value
    assert found.matter
    assert found.matter.above is None
    assert found.matter.perhaps == pytest.approx(0.05 / usual / (exp(max(ends)) - exp(min(ends))))
    assert found.matter.left == ("busy",)


def test_an_open_question_may_cost_sooner_than_a_certain_one(tmp_path: Path, write: Make, fake: Make) -> None:
    """Both are said, and which question it is: what is certain elsewhere says nothing of it."""
    fakes = {"usual": fake(), "quick": fake(0.9, kind="own", offers=("busy",))}
    fakes["bought"] = fake(1.0, kind="package", offers=("idle",))
    run = write(tmp_path, fakes, ("busy", "idle"), (100,), launches=5, noise=0.001)
    (demo,) = families_of(measurements(record.read(run)))
    (idle,) = demo.points("idle").values()
    for variant, launches in idle.times.items():
        if variant.alternative == "bought":
            for launch, values in launches.items():
                values[:] = [value * (1 + 0.3 * (launch % 2)) for value in values]
    found = answers(demo, Program("asyncio"))

    assert found.matter
    assert (found.matter.known, found.matter.left) == ("differ", ("idle",))
    assert found.matter.above == pytest.approx(50_000, rel=0.05)
    assert found.matter.perhaps is not None
    assert found.matter.perhaps < 50_000 * 0.9
    assert whether(found).startswith("From 50,000 a second it costs 5 % of a core; in idle this run cannot tell")


def test_one_answer_leaves_no_choice(family: Callable[..., Family], fake: Make) -> None:
    """It is not said that nothing differs from it."""
    found = answers(family({"usual": fake()}), Program("asyncio", "busy"))

    assert (whether(found), matters(found)) == ("There is nothing to choose between here.", "")


@pytest.mark.parametrize(
    ("program", "launches", "why"),
    [
        (Program("asyncio"), 1, "too few launches for an interval"),
        (Program("trio"), 10, "nothing measured"),
    ],
)
def test_without_an_answer_it_is_not_known(
    family: Callable[..., Family], fake: Make, program: Program, launches: int, why: str
) -> None:
    """The reason is the one for which there is none."""
    found = answers(family({"usual": fake(), "ours": fake(0.5, kind="own")}, launches=launches), program)

    assert (whether(found), matters(found)) == (f"Not known here: {why}.", "not known")


@pytest.mark.parametrize(
    ("workload", "said"),
    [
        ("busy", "Not known here: the baseline's second copy has no interval, so nothing tells noise from difference."),
        ("", "Below 10,000 a second no choice here costs 5 % of a core: take what you know. Not known in busy."),
    ],
)
def test_where_verdicts_are_withheld_it_is_not_known(
    family: Callable[..., Family], fake: Make, workload: str, said: str
) -> None:
    """In that question; what is known of another is said of that alone."""
    fakes = {"usual": fake(), "ours": fake(0.5, kind="own")}
    demo = family(fakes, workloads=("busy", "idle"), noise=0.001)
    (comparison,) = demo.points("busy").values()
    cast("dict[Any, Any]", comparison.twins).clear()

    assert whether(answers(demo, Program("asyncio", workload))) == said


@pytest.mark.parametrize("kind", RUNS)
def test_page_index_terminal_and_exports_say_the_same(tmp_path: Path, write: Make, fake: Make, kind: str) -> None:
    """What one function decides, in its words."""
    factor, settings = RUNS[kind]
    run = write(tmp_path / "run", {"usual": fake(), "ours": fake(factor, kind="own")}, points=(100,), **settings)
    found = measurements(record.read(run))
    (demo,) = families_of(found)
    said, briefly = whether(answers(demo, Program("asyncio"))), BRIEFLY[kind]
    folder = built(run, tmp_path / "html")
    family, index = page(folder), page(folder, "index.html")
    picked = CliRunner().invoke(app, ["pick", "demo", "--run", str(run)], env={"COLUMNS": "400"}).stdout

    assert said.startswith(SAID[kind])
    assert f"Does it matter? {said}" in [text_of(one) for one in family.xpath("//div[@id='matters']/p")]
    assert f"does it matter? {said}" in text_of(family.xpath("//div[contains(@class, 'verdict')]")[0])
    assert f"does it matter? {briefly}" in text_of(index.xpath("//tbody[@class='family']//th")[0])
    assert f"does it matter? {said}" in " ".join(picked.split())
    assert [row[-1] for row in three_answers(found).rows] == [briefly]
    assert f"| {briefly} |" in as_markdown([demo]).decode()
