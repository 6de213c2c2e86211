"""The noise floor: a comparison whose twin leaves the band gives no verdict, anywhere, and says why."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from reports.reading.comparison import compare
from reports.reading.family import Family
from reports.reading.floor import BEYOND, NO_TWIN, NOISE, Floor, floor
from reports.reading.growth import crossover
from reports.reading.measured import Comparison, Measurements, Variant, measurements
from reports.reading.verdicts import Finding
from reports.reading.wording import MINUS
from reports.terminal import table_of
from reports.views.index_page import line_of
from reports.views.overview import changed, picks
from reports.views.sentences import family_headline
from results import record
from results.record import ComparisonRecord
from results.statistics import BAND, Estimate, Interval
from results.verdicts import Judgement, judge
from tests.reports.parsed import built, page, row_of, text_of

Make = Callable[..., Any]
STEPS = (-0.009, -0.007, -0.005, -0.003, -0.001, 0.001, 0.003, 0.005, 0.007, 0.009)
RECORD: ComparisonRecord = {
    "family": "demo",
    "workload": "busy",
    "n": 100,
    "launches": 10,
    "rounds": 1,
    "loops": {},
    "twin_of": "usual@asyncio",
    "seconds": 1.0,
    "timed_seconds": 0.5,
}


def launches(factor: float, count: int = 10, scale: float = 1.0) -> Mapping[int, list[float]]:
    """One value per launch, spread evenly around a factor; of ten the interval reaches 0.5 % to either side."""
    return {number: [factor * math.exp(scale * step)] for number, step in enumerate(STEPS[:count])}


def comparison(twin: Mapping[int, list[float]], count: int = 10) -> Comparison:
    """A baseline that always takes 1, and its second copy."""
    return Comparison(RECORD, {Variant("usual", "asyncio"): {number: [1.0] for number in range(count)}}, {**twin})


def row(low: float, high: float) -> Judgement:
    """Some row's judgement with that interval."""
    return Judgement("faster", Estimate((low + high) / 2, Interval(low, high, 0.95), 10), "because")


@pytest.mark.parametrize(
    ("twin", "loud", "percent"),
    [
        (launches(1.0), False, "0.50 %"),
        (launches(1.02), False, "2.5 %"),
        (launches(1.027), True, "3.2 %"),  # the centre is inside the band, the interval is not
        (launches(0.973), True, "3.3 %"),
        (launches(1.0, scale=8), True, "4.1 %"),
        (launches(1.2), True, "21 %"),
    ],
)
def test_the_twins_interval_decides(twin: Mapping[int, list[float]], loud: bool, percent: str) -> None:
    """Not its centre: an interval that leaves the band on either side is enough."""
    found = floor(comparison(twin))

    assert (found.loud, bool(found.reason), found.percent) == (loud, loud, percent)


def test_the_reason_names_the_interval_and_the_size() -> None:
    """Whoever reads it knows what was seen, and how large a difference must be to be more than that."""
    found = floor(comparison(launches(1.08)))

    assert found.reason.startswith("the same code, measured twice, came out 8.0 % slower [7.")
    assert found.consequence == f"differences under {found.percent} are noise here"


def test_without_a_twin_nothing_is_claimed() -> None:
    """Ten launches, and the second copy died: nothing tells noise from difference."""
    assert floor(comparison({})).reason == NO_TWIN
    assert floor(comparison(launches(1.0, 4))).reason == NO_TWIN


def test_a_few_looks_need_no_floor() -> None:
    """They have no intervals, claim nothing, and say so in words of their own."""
    assert floor(comparison(launches(1.5, 2), count=2)).reason == ""


@pytest.mark.parametrize(
    ("low", "high", "why"),
    [(-0.5, -0.2, BEYOND), (0.2, 0.5, BEYOND), (-0.2, -0.05, NOISE), (0.05, 0.2, NOISE), (-0.2, 0.2, NOISE)],
)
def test_rows_keep_their_numbers_and_lose_their_words(low: float, high: float, why: str) -> None:
    """Each says whether its difference is noise here: some of its interval lies within the twin's reach, or none."""
    given = row(low, high)
    found = Floor(row(-0.01, 0.1)).withhold({"x": given})["x"]

    assert (found.word, found.why, found.estimate) == ("withheld", why, given.estimate)


def test_a_quiet_floor_takes_nothing_away() -> None:
    """Words and reasons stay as they were."""
    given = {"x": row(-0.5, -0.2)}

    assert Floor(row(-BAND, BAND)).withhold(given) == given


def test_what_has_no_interval_has_no_verdict_to_withhold() -> None:
    """A row of few launches among others keeps the word for that."""
    given = judge({"x": [0.1, 0.2]})

    assert Floor(row(-0.01, 0.1)).withhold(given) == given


def noisy(folder: Path, write: Make, fake: Make, **changes: Any) -> Path:
    """A run with a clear winner, an unsafe one that is faster, and a twin that is 8 % off."""
    fakes = {"usual": fake(), "quick": fake(0.5), "near": fake(0.97), "careless": fake(0.3, breaks=BREAKS)}
    settings = {"points": (100,), "twin_factor": 1.08} | changes
    return Path(write(folder, fakes, **settings))


BREAKS = (("no_leaks", "asyncio"), ("no_leaks", "uvloop"))


def read(path: Path) -> Measurements:
    """A run on disk, arranged."""
    return measurements(record.read(path))


@pytest.mark.parametrize("backend", ["asyncio", "uvloop"])
def test_no_pick_on_any_loop(tmp_path: Path, write: Make, fake: Make, backend: str) -> None:
    """The loops of a comparison took turns with one another: what disturbed one of them disturbed all."""
    case = Family("demo", read(noisy(tmp_path, write, fake))).case("busy", backend)
    assert case is not None
    decision = case.decision

    assert (decision.pick, decision.leader, decision.tied, decision.with_caveat, decision.unsafe) == (
        None,
        None,
        (),
        None,
        None,
    )
    assert {name: found.word for name, found in decision.to_baseline.items()} == dict.fromkeys(
        ("quick", "near", "careless"), "withheld"
    )


def test_the_page_says_why_and_what_is_noise(tmp_path: Path, write: Make, fake: Make) -> None:
    """Verdict, rows and box: no winner, the reason, the size, and who is out for safety all the same."""
    tree = page(built(noisy(tmp_path / "run", write, fake), tmp_path / "html"))
    finding = text_of(tree.xpath("//section[@id='busy']//p[@class='finding']")[0])
    box = text_of(tree.find_class("verdict")[0])

    assert finding.startswith("No verdict here: the same code, measured twice, came out 8.")
    assert "% are noise here." in finding
    assert finding.endswith("Out whatever their times: careless.")
    assert box.startswith("No verdict on asyncio: in the one workload noise may be more than the band.")
    assert text_of(row_of(tree, "table-busy", "quick")[2]) == f"withheld {BEYOND}"
    assert text_of(row_of(tree, "table-busy", "near")[2]) == f"withheld {NOISE}"
    assert row_of(tree, "table-busy", "careless").get("class") == "is-unsafe"
    assert tree.find_class("is-pick") == []
    assert tree.find_class("badge") == []
    assert "faster" not in text_of(tree.get_element_by_id("busy")).replace("less is faster", "")


def test_index_and_terminal_withhold_too(tmp_path: Path, write: Make, fake: Make) -> None:
    """A pick that a page does not make is made nowhere else."""
    run = noisy(tmp_path / "run", write, fake)
    found = read(run)
    line = line_of(Family("demo", found), "busy", "asyncio")
    table = table_of(picks(found))
    rows = page(built(run, tmp_path / "html"), "index.html").xpath("//tr[starts-with(@class, 'on ')]")
    index = " ".join(map(text_of, rows))

    assert (line.pick, line.ratio, line.ties, line.word) == (None, "", (), "withheld")
    assert line.reason.startswith("no verdict: under ")
    assert [str(cell) for cell in table.columns[3].cells] == [line.reason] * 2
    assert line.reason in index
    assert "quick" not in index


def test_another_workload_keeps_its_verdict(tmp_path: Path, write: Make, fake: Make) -> None:
    """The family's headline speaks of what could be told, and counts no other."""
    names = ("busy", "idle", "slow")
    quiet = Family("demo", read(noisy(tmp_path / "quiet", write, fake, workloads=names, twin_factor=1.0)))
    loud = Family("demo", read(noisy(tmp_path / "loud", write, fake, workloads=names)))
    findings = [*quiet.findings("asyncio")[:2], *loud.findings("asyncio")[2:]]
    said = family_headline("asyncio", [Finding(one.workload, one.decision, one.candidates) for one in findings])

    assert said.headline == "**Use `quick`** on asyncio: faster than `usual` in the 2 workloads with a verdict."
    assert said.details[2].startswith("slow: no verdict: under 8")


def test_loops_are_not_compared_above_the_noise(tmp_path: Path, write: Make, fake: Make) -> None:
    """Neither row by row nor pick by pick."""
    tree = page(built(noisy(tmp_path / "run", write, fake), tmp_path / "html"))
    found = tree.get_element_by_id("loops-of-busy")
    words = {text_of(cell) for cell in found.find_class("same")}

    assert words == {"withheld", "withheld unsafe"}
    assert "The pick" not in text_of(found)


def test_lines_cross_only_where_both_ends_are_quiet(tmp_path: Path, write: Make, fake: Make) -> None:
    """Who is the fastest at the small end is a verdict, too."""
    fakes = {"usual": fake(), "a": fake(0.5, exponent=-0.2), "b": fake(0.5, exponent=0.2)}
    found = {}
    for name, twin in (("quiet", 1.0), ("loud", 1.08)):
        points = read(write(tmp_path / name, fakes, twin_factor=twin)).of("demo", "busy")
        found[name] = crossover(points, "asyncio", ("usual", "a", "b"), "tasks")

    assert found["quiet"] is not None
    assert found["loud"] is None


def test_two_runs_of_which_one_is_noisy(tmp_path: Path, write: Make, fake: Make) -> None:
    """What moved keeps its numbers, and has no word; the terminal says so once for the comparison."""
    before, after = (read(noisy(tmp_path / name, write, fake, twin_factor=twin)) for name, twin in TWINS.items())
    found = compare(before, after)
    words = {change.word for section in found.sections for change in section.rows}
    lines = [str(cell) for cell in table_of(changed(found)).columns[4].cells]

    assert words == {"withheld"}
    assert all(change.sentence and all(change.ratios) for section in found.sections for change in section.rows)
    assert len(lines) == len(found.sections)
    assert lines[0].startswith("verdicts withheld: in the second run the same code, measured twice, came out 8.")


TWINS = {"quiet": 1.0, "loud": 1.08}


def test_the_noise_check_in_numbers() -> None:
    """The twin's centre and both ends, the minus a real one."""
    interval = floor(comparison(launches(1.0))).interval

    assert interval == f"0.0 % [{MINUS}0.5 to +0.5]"
