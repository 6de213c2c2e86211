"""The noise floor: where the twin leaves the band, verdicts ask for more than it reaches, everywhere."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from reports.reading.comparison import compare
from reports.reading.family import Family
from reports.reading.floor import NO_TWIN, Floor, floor, louder
from reports.reading.growth import crossover
from reports.reading.measured import Comparison, Measurements, Variant, measurements
from reports.reading.wording import MINUS
from reports.views.index_page import line_of
from reports.views.overview import changed, picks
from results import record
from results.statistics import BAND, Estimate, Interval
from results.suite import ComparisonRecord
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
    """One value per launch, spread evenly around a factor; of ten the interval reaches 0.4 % to either side."""
    return {number: [factor * math.exp(scale * step)] for number, step in enumerate(STEPS[:count])}


def comparison(twin: Mapping[int, list[float]], count: int = 10) -> Comparison:
    """A baseline that always takes 1, and its second copy."""
    times = {Variant("usual", "asyncio"): {number: [1.0] for number in range(count)}}
    return Comparison(RECORD, times, {Variant("usual", "asyncio"): {**twin}} if twin else {})


def row(low: float, high: float) -> Judgement:
    """Some row's judgement with that interval."""
    return Judgement("faster", Estimate((low + high) / 2, Interval(low, high, 0.95), 10), "because")


@pytest.mark.parametrize(
    ("twin", "loud", "percent"),
    [
        (launches(1.0), False, "0.43 %"),
        (launches(1.02), False, "2.4 %"),
        (launches(1.027), True, "3.1 %"),  # the centre is inside the band, the interval is not
        (launches(0.973), True, "3.2 %"),
        (launches(1.0, scale=8), True, "3.5 %"),
        (launches(1.2), True, "21 %"),
    ],
)
def test_the_twins_interval_decides(twin: Mapping[int, list[float]], loud: bool, percent: str) -> None:
    """Not its centre: what a difference must exceed is the band, or the far end of that interval."""
    found = floor(comparison(twin), "asyncio")

    assert (found.loud, found.reason, found.percent) == (loud, "", percent)
    assert found.edge == (found.limit if loud else BAND)


@pytest.mark.parametrize(("twin", "fault"), [(launches(1.08), True), (launches(1.027), False), (launches(0.9), True)])
def test_a_twin_that_is_off_by_itself_is_a_fault(twin: Mapping[int, list[float]], fault: bool) -> None:
    """Its interval excludes 1 by more than the band: no noise does that."""
    found = floor(comparison(twin), "asyncio")

    assert bool(found.fault) is fault
    assert found.consequence == f"differences under {found.percent} are noise here"


def test_the_fault_names_the_interval() -> None:
    """Whoever reads it knows what was seen."""
    found = floor(comparison(launches(1.08)), "asyncio")

    assert found.fault.startswith("the same code, measured twice, came out 8.0 % slower [7.")


def test_each_loop_has_a_floor_of_its_own() -> None:
    """A loud one leaves the others alone; where a record has one copy only, it speaks for all loops."""
    quiet, loud = Variant("usual", "asyncio"), Variant("usual", "uvloop")
    times = {one: {number: [1.0] for number in range(10)} for one in (quiet, loud)}
    both = Comparison(RECORD, times, {quiet: {**launches(1.0)}, loud: {**launches(1.08)}})
    older = Comparison(RECORD, times, {quiet: {**launches(1.08)}})

    assert [floor(both, loop).loud for loop in ("asyncio", "uvloop")] == [False, True]
    assert [floor(older, loop).loud for loop in ("asyncio", "uvloop")] == [True, True]


def test_the_louder_of_several_floors_decides() -> None:
    """In either order; one without an interval asks for the band."""
    quiet, loud, unknown = Floor(row(-0.01, 0.01)), Floor(row(-0.01, 0.2)), Floor(None)

    assert louder(quiet, loud) == louder(loud, quiet, unknown) == loud.edge
    assert louder(quiet, unknown) == louder(unknown) == BAND


def test_without_a_twin_nothing_is_claimed() -> None:
    """Ten launches, and the second copy died: nothing tells noise from difference."""
    assert floor(comparison({}), "asyncio").reason == NO_TWIN
    assert floor(comparison(launches(1.0, 1)), "asyncio").reason == NO_TWIN


def test_a_few_looks_need_no_floor() -> None:
    """They have no intervals, claim nothing, and say so in words of their own."""
    assert floor(comparison(launches(1.5, 2), count=2), "asyncio").reason == ""


def test_without_a_floor_rows_keep_their_numbers_and_lose_their_words() -> None:
    """But for what has no interval: it has no verdict to withhold."""
    given = {"x": row(-0.5, -0.2), **judge({"few": [0.1]})}
    found = Floor(None, blind=True).withhold(given)

    assert (found["x"].word, found["x"].why, found["x"].estimate) == ("withheld", "", given["x"].estimate)
    assert found["few"] == given["few"]


@pytest.mark.parametrize("twin", [row(-BAND, BAND), row(-0.01, 0.1)])
def test_a_floor_takes_nothing_away(twin: Judgement) -> None:
    """Words and reasons stay as they were judged against its edge."""
    given = {"x": row(-0.5, -0.2)}

    assert Floor(twin).withhold(given) == given


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
def test_what_is_beyond_the_noise_is_picked(tmp_path: Path, write: Make, fake: Make, backend: str) -> None:
    """Twice as fast is so however loud the machine is; three percent are within what the twin reaches."""
    case = Family("demo", read(noisy(tmp_path, write, fake))).case("busy", backend)
    assert case is not None
    decision = case.decision

    assert (decision.pick, decision.leader, decision.unsafe) == ("quick", "quick", "careless")
    assert decision.noise == "8.9 %"
    assert decision.fault
    assert {name: found.word for name, found in decision.to_baseline.items()} == {
        "quick": "faster",
        "near": "within the noise here",
        "careless": "faster",
    }


def test_a_tie_within_the_noise_keeps_the_baseline(tmp_path: Path, write: Make, fake: Make) -> None:
    """Who is three percent faster where nine are noise is no reason to change code, and is named as a tie."""
    fakes = {"usual": fake(), "near": fake(0.97), "far": fake(2.0)}
    case = Family("demo", read(write(tmp_path, fakes, points=(100,), twin_factor=1.08))).case("busy", "asyncio")
    assert case is not None

    assert (case.decision.pick, case.decision.leader, case.decision.tied) == ("usual", "near", ("near",))


def test_the_page_says_what_is_noise(tmp_path: Path, write: Make, fake: Make) -> None:
    """Verdict, rows and banner: a winner beyond the noise, its size, and the fault of the comparison."""
    tree = page(built(noisy(tmp_path / "run", write, fake), tmp_path / "html"))
    finding = text_of(tree.xpath("//*[@id='busy']//p[@class='finding']")[0])
    banner = text_of(tree.find_class("banner")[0])

    assert finding.startswith("Use quick: 2.")
    assert "A fault of this comparison: the same code, measured twice, came out 8." in finding
    assert banner.startswith("Noise reaches beyond the band here")
    assert "in busy (n = 100) under 8.9 %" in banner
    assert text_of(row_of(tree, "table-busy", "quick")[2]) == "faster"
    assert text_of(row_of(tree, "table-busy", "near")[2]) == "within the noise here differences under 8.9 % are noise"
    assert row_of(tree, "table-busy", "careless").getparent().get("class") == "is-unsafe"


def test_index_and_terminal_say_the_same(tmp_path: Path, write: Make, fake: Make) -> None:
    """A pick that a page makes is made everywhere."""
    run = noisy(tmp_path / "run", write, fake)
    found = read(run)
    line = line_of(Family("demo", found), "busy", "asyncio")
    rows = page(built(run, tmp_path / "html"), "index.html").xpath("//tr[starts-with(@class, 'on ')]")

    assert (line.pick, line.word, line.ties) == ("quick", "faster", ())
    assert [row[3] for row in picks(found).rows] == ["quick", "quick"]
    assert all("quick" in text_of(one) for one in rows)


def test_loops_are_compared_beyond_the_noise(tmp_path: Path, write: Make, fake: Make) -> None:
    """Row by row: uvloop takes four fifths of asyncio's time here, more than nine percent, less than eighty."""
    words = {}
    for twin in (1.08, 1.8):
        folder = built(noisy(tmp_path / f"{twin}", write, fake, twin_factor=twin), tmp_path / f"html {twin}")
        tree = page(folder, "families/demo-measures.html")
        words[twin] = {text_of(cell) for cell in tree.get_element_by_id("loops-of-busy").find_class("same")}

    assert words[1.08] == {"faster", "faster unsafe"}
    assert words[1.8] == {"within the noise here", "within the noise here unsafe"}


def test_lines_cross_only_beyond_the_noise(tmp_path: Path, write: Make, fake: Make) -> None:
    """Who is the fastest at the small end is a verdict, too: ten percent are none where twenty are noise."""
    fakes = {"usual": fake(), "a": fake(0.5, exponent=-0.02), "b": fake(0.5, exponent=0.02)}
    found = {}
    for name, twin in (("quiet", 1.0), ("loud", 1.2)):
        points = read(write(tmp_path / name, fakes, twin_factor=twin)).of("demo", "busy")
        told = crossover(points, "asyncio", ("usual", "a", "b"), "tasks")
        found[name] = told.sure if told else None

    assert found == {"quiet": True, "loud": False}


def test_two_runs_of_which_one_is_noisy(tmp_path: Path, write: Make, fake: Make) -> None:
    """What moved must have moved by more than the louder of them."""
    before, after = (read(noisy(tmp_path / name, write, fake, twin_factor=twin)) for name, twin in TWINS.items())
    found = compare(before, after)

    assert {change.word for section in found.sections for change in section.rows} == {"within the noise here"}
    assert all(change.sentence and all(change.ratios) for section in found.sections for change in section.rows)
    assert "within the noise here" in changed(found).title


TWINS = {"quiet": 1.0, "loud": 1.08}


def test_the_noise_check_in_numbers() -> None:
    """The twin's centre and both ends, the minus a real one."""
    interval = floor(comparison(launches(1.0)), "asyncio").interval

    assert interval == f"0.0 % [{MINUS}0.4 to +0.4]"
