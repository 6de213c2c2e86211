"""What a page shows beside time: values with ratios and a noise of their own, exact counts, and missing numbers."""

import math
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyperf
import pytest

from reports.reading.comparison import compare, marks
from reports.reading.family import families_of
from reports.reading.measured import measurements
from reports.views.verdict_rows import verdict_rows
from results import record
from results.labels import NOTHING, Label
from results.record import Writer
from results.suite import ReadingRecord
from results.times import MEASURE, VARYING, WORK
from tests.reports.parsed import built, cells_of, page, text_of

Make = Callable[..., Any]
MEMORY: ReadingRecord = {"name": "memory", "title": "memory in flight", "unit": "byte", "better": "lower"}
RATE: ReadingRecord = {"name": "arrivals", "title": "arrivals per second", "unit": "count", "better": "neither"}
TAIL: list[ReadingRecord] = [
    {"name": "p99", "title": "slowest 1 %", "unit": "second", "better": "lower"},
    {"name": "p50", "title": "median latency", "unit": "second", "better": "lower"},
]
FAKES = ("usual", "quick", "same")
LABELS = {"usual": 2000.0, "quick": 1000.0, "same": 2002.0, NOTHING: 500.0}


def benchmark(name: str, values: list[list[float]], measure: str, twin: int = 0, **more: Any) -> pyperf.Benchmark:
    """A benchmark of a pass, a list of values per launch."""
    label = Label(name, "asyncio", twin)
    metadata = {"name": f"{label} n=100: {measure}", "n": 100, "alternative": name, "backend": "asyncio", "twin": twin}
    metadata |= {MEASURE: measure, **more}
    return pyperf.Benchmark(
        [
            pyperf.Run(found, metadata={**metadata, "launch": launch}, collect_metadata=False)
            for launch, found in enumerate(values)
        ]
    )


def write_passes(folder: Path, tasks: float = 1.0, launches: int = 10, held_by: Mapping[str, float] = LABELS) -> None:
    """Passes over the one comparison of a run: what each holds, up to 0.1 %, and what it asks of the loop.

    The baseline makes so many ``tasks``.
    """
    draw = random.Random(1)

    def around(value: float) -> list[list[float]]:
        return [[value * math.exp(draw.gauss(0, 0.001))] for _ in range(launches)]

    writer = Writer.reopen(folder)
    stall: ReadingRecord = {"name": "stall", "title": "longest stall", "unit": "second", "better": "lower"}
    writer.suite["passes"] = {WORK: [], "memory": [MEMORY, RATE], "stall": [stall], "tail": TAIL}
    held = [benchmark(name, around(value), "memory") for name, value in held_by.items()]
    held.append(benchmark("usual", around(held_by["usual"]), "memory", twin=1))
    held += [benchmark(name, [[400.0]] * launches, "arrivals") for name in LABELS]
    counts: dict[str, Any] = {"usual": {"tally tasks made": tasks, "tally timers left": 0.0}}
    counts["quick"] = {"tally tasks made": 0.25, "tally timers left": 0.0, VARYING: "tasks made"}
    counted = [benchmark(name, [[1.0, 1.0]], WORK, **found) for name, found in counts.items()]
    labels = [f"{name}@asyncio" for name in LABELS]
    writer.add_passes(
        writer.suite["comparisons"][0],
        {
            "memory": {"launches": launches, "seconds": 1.0, "measured": labels, "missing": {}},
            "tail": {"launches": 0, "seconds": 0.1, "measured": [], "missing": dict.fromkeys(labels, "nobody waits")},
            WORK: {
                "launches": 1,
                "seconds": 1.0,
                "measured": labels[:2],
                "missing": {"same@asyncio": "KeyError: 1"},
            },
        },
        {"memory": held, WORK: counted},
    )


@pytest.fixture(name="folder", scope="module")
def fixture_folder(tmp_path_factory: pytest.TempPathFactory, write: Make, fake: Make) -> Path:
    """The pages of such a run."""
    folder = tmp_path_factory.mktemp("beside")
    fakes = {name: fake(backends=("asyncio",)) for name in FAKES}
    run = write(folder / "run", fakes, points=(100,), own=0.5, null={"what": "a thing that does nothing"})
    write_passes(run)
    return built(run, folder / "html")


@pytest.fixture(name="tree", scope="module")
def fixture_tree(folder: Path) -> Any:
    """The page of all measures."""
    return page(folder, "families/demo-measures.html")


def rows_of(tree: Any) -> dict[str, list[str]]:
    """The cells of the table beside time, by row."""
    found = tree.xpath("//div[@id='beside-busy']//tbody/tr")
    return {text_of(row[0]): [text_of(cell) for cell in row[1:]] for row in found}


def test_each_measure_is_judged_as_times_are(tree: Any) -> None:
    """A ratio with an interval in pairs of its own, and a word that does not speak of speed; nothing is subtracted."""
    rows = rows_of(tree)

    assert rows["usual"][0] == "2.00 kB"
    assert rows["quick"][0].startswith("1.00 kB")
    assert rows["quick"][0].endswith("less")
    assert "[" in rows["quick"][0]
    assert rows["same"][0].endswith("practically the same")
    assert rows["the workload around nothing"][0] == "500 B"


@pytest.mark.parametrize(("questions", "counted"), [(6, ["tasks made"]), (7, [])])
def test_a_page_of_many_questions_leaves_counts_to_that_of_all_measures(
    tmp_path: Path, write: Make, fake: Make, questions: int, counted: list[str]
) -> None:
    """They are there in any case, and the link below the table says so."""
    fakes = {name: fake(backends=("asyncio",)) for name in FAKES}
    workloads = ("busy", *(f"workload_{number}" for number in range(1, questions)))
    run = write(tmp_path / "run", fakes, workloads, points=(100,))
    write_passes(run)
    folder = built(run, tmp_path / "html")
    heads = page(folder).xpath("//table[@id='table-busy']/thead//th")

    assert [text_of(head) for head in heads if text_of(head) == "tasks made"] == counted
    assert rows_of(page(folder, "families/demo-measures.html"))["usual"][1] == "1"


def test_counts_are_numbers_or_vary(tree: Any) -> None:
    """A count that is zero everywhere is no column but a line; whoever has no number has a reason."""
    heads = [text_of(head) for head in tree.xpath("//div[@id='beside-busy']//thead//th")]
    rows = rows_of(tree)

    assert heads == ["Alternative", "memory in flight", "tasks made"]
    assert [rows[name][1] for name in ("usual", "quick", "same")] == ["1", "varies", "no number"]
    assert "No number: KeyError: 1." in lines_of(tree)
    assert any("Zero in every row: timers left." in text_of(line) for line in tree.xpath("//p[@class='small']"))


def lines_of(tree: Any) -> list[str]:
    """What is said below the table, in words that need neither a mouse nor a script."""
    return [text_of(line) for line in tree.xpath("//*[@id='busy']/p[@class='small']")]


def test_a_measure_that_no_row_has_is_no_column(tree: Any) -> None:
    """But a line, with the reason."""
    assert "In no row: slowest 1 % and median latency: nobody waits." in lines_of(tree)


def test_what_is_not_resolved_beside_time_says_what_would_settle_it(tmp_path: Path, write: Make, fake: Make) -> None:
    """Once for a measure, as its rows had the same launches; less than a byte is not compared with less than a byte."""
    run = write(tmp_path / "run", {name: fake(backends=("asyncio",)) for name in FAKES}, points=(100,))
    write_passes(run, launches=2, held_by={**LABELS, "quick": 2010.0})
    none = write(tmp_path / "none", {name: fake(backends=("asyncio",)) for name in FAKES}, points=(100,))
    write_passes(none, launches=2, held_by={**LABELS, "usual": 0.9, "quick": 0.9})
    some, nothing = (page(built(one, tmp_path / "html"), "families/demo-measures.html") for one in (run, none))
    told = [text_of(line) for line in some.xpath("//div[@id='beside-busy']/p")]

    assert rows_of(some)["same"][0].endswith("not resolved")
    assert "Not resolved: memory in flight: two launches tell only what lies beyond 6.1 %." in told
    assert rows_of(nothing)["quick"][0] == "under 1 B"


def test_counts_stand_beside_the_time_that_they_explain(folder: Path) -> None:
    """In the table of the question; what is zero in every row is no column there, either."""
    found = {name: cells_of(page(folder), "table-busy", name) for name in ("usual", "quick", "same")}

    assert {name: text_of(cells["tasks made"]) for name, cells in found.items()} == {
        "usual": "1",
        "quick": "varies",
        "same": "not counted",
    }
    assert "timers left" not in found["usual"]


def test_what_is_neither_better_nor_worse_is_a_line(tree: Any) -> None:
    """It is a circumstance, which a reader may want to know, and no column."""
    lines = [text_of(line) for line in tree.xpath("//div[@id='beside-busy']/p")]

    assert "In the middle row: arrivals per second 400." in lines


def test_a_measure_has_a_noise_of_its_own(tree: Any) -> None:
    """Its twin's, not that of the times."""
    lines = [text_of(line) for line in tree.xpath("//div[@id='beside-busy']/p")]

    assert any(line.startswith("Noise check: memory in flight: the same code, measured twice,") for line in lines)


def test_what_a_run_had_no_time_for_is_said(tree: Any) -> None:
    """It is no column, and not silently absent."""
    lines = [text_of(line) for line in tree.xpath("//*[@id='busy']/p[@class='small']")]

    assert any(line == "Not measured here, for want of time: longest stall." for line in lines)


def test_counts_are_exported(tmp_path: Path, write: Make, fake: Make) -> None:
    """A row each, with the ratio that a service can watch on any machine, and nothing of noise."""
    run = write(tmp_path / "run", {name: fake(backends=("asyncio",)) for name in FAKES}, points=(100,))
    write_passes(run, tasks=2.0)
    families = families_of(measurements(record.read(run)))
    found = {row.alternative: row for row in verdict_rows(families) if row.measure == "tasks made"}

    assert found["quick"].word == "varies"
    assert (found["usual"].value, found["usual"].unit, found["usual"].ratio) == (2.0, "count", 1.0)
    assert (found["usual"].rank, found["usual"].pick) == (None, False)


def test_a_count_that_changed_is_told_between_two_runs(tmp_path: Path, write: Make, fake: Make) -> None:
    """It is exact: no interval, no band; what stayed the same has no row, and what varies is no number."""
    sides = []
    for name, tasks in (("early", 1.0), ("late", 2.0)):
        run = write(tmp_path / name, {one: fake(backends=("asyncio",)) for one in FAKES}, points=(100,))
        write_passes(run, tasks)
        sides.append(measurements(record.read(run)))
    found, same = compare(*sides), compare(sides[0], sides[0])
    [section] = [one for one in found.sections if one.exact]
    [row] = section.rows

    assert section.label == "demo/busy n=100 on asyncio, counts of work"
    assert (row.variant.alternative, row.said, row.ratios, row.sentence) == (
        "usual",
        "more",
        ("1", "2"),
        "1 more tasks made",
    )
    assert (found.counted, same.counted) == ("1 of 3 counts of work changed", "0 of 3 counts of work changed")
    assert [one for one in same.sections if one.exact] == []
    [told] = [words for key, words in marks(found).items() if key[3].alternative == "usual"]
    assert told[0].endswith(": 1 more tasks made")


def test_an_older_run_has_nothing_beside_time(report: Path) -> None:
    """No fold, and no column."""
    assert page(report).xpath("//div[starts-with(@id, 'beside-')]") == []
