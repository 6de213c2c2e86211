"""What is measured beside time, and times that are the processor's; older records know neither."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from reports.__main__ import app
from reports.reading.measured import Variant, measurements
from results import record
from results.suite import ReadingRecord
from tests.reports.parsed import built, cells_of, page, text_of

Make = Callable[..., Any]
READINGS: tuple[ReadingRecord, ...] = (
    {"name": "most", "title": "most <at once>", "unit": "count", "better": "lower"},
    {"name": "used", "title": "share used", "unit": "ratio", "better": "higher"},
    {"name": "wait", "title": "median wait", "unit": "second", "better": "neither"},
)


def write_read(folder: Path, write: Make, fake: Make, **settings: Any) -> Path:
    """A run with three readings, timed by the processor's clock; one alternative has been read but once."""
    fakes = {
        "usual": fake(readings=(("most", 12.0), ("used", 0.953), ("wait", 0.00125)), backends=("asyncio", "uvloop")),
        "quick": fake(0.5, readings=(("most", 5.0),), backends=("asyncio", "uvloop")),
    }
    settings = {"points": (10, 100, 1000), "readings": list(READINGS), "clock": "cpu", **settings}
    return Path(write(folder, fakes, **settings))


@pytest.fixture(name="folder", scope="module")
def fixture_folder(tmp_path_factory: pytest.TempPathFactory, write: Make, fake: Make) -> Path:
    """Its report."""
    run = write_read(tmp_path_factory.mktemp("run"), write, fake)
    return built(run, tmp_path_factory.mktemp("html"))


@pytest.mark.parametrize(
    ("name", "values"), [("usual", ["12", "95.3 %", "1.25 ms"]), ("quick", ["5", "not read", "not read"])]
)
def test_a_column_for_each_reading(folder: Path, name: str, values: list[str]) -> None:
    """Under the record's title, in its unit."""
    cells = cells_of(page(folder), "table-busy", name)

    assert [text_of(cells[reading["title"]]) for reading in READINGS] == values


def test_columns_of_readings_can_be_sorted(folder: Path) -> None:
    """As every column of numbers."""
    heads = page(folder).xpath("//table[@id='table-busy']//th[@data-key]")

    assert [text_of(head) for head in heads][-3:] == [reading["title"] for reading in READINGS]


def test_a_line_says_what_is_read_and_which_way_is_good(folder: Path) -> None:
    """Below the table, for each."""
    lines = [text_of(line) for line in page(folder).xpath("//*[@id='busy']/p[@class='small']")]

    assert (
        "Beside the processor time, as the median over launches: most <at once>, a number, lower is better; "
        "share used, in per cent, higher is better; median wait, a time, neither way is better." in lines
    )


def test_a_reading_is_the_median_over_launches(tmp_path: Path, write: Make, fake: Make) -> None:
    """Of the median over the rounds of each, without the baseline's twin."""
    found = measurements(record.read(write_read(tmp_path, write, fake, launches=3, rounds=2)))
    comparison = found.comparisons["demo", "busy", 100]

    assert {
        name: {variant.label: found.seconds(variant) for variant in found.times}
        for name, found in comparison.measures.items()
    } == {
        "most": {"quick@asyncio": 5.0, "quick@uvloop": 5.0, "usual@asyncio": 12.0, "usual@uvloop": 12.0},
        "used": {"usual@asyncio": 0.953, "usual@uvloop": 0.953},
        "wait": {"usual@asyncio": 0.00125, "usual@uvloop": 0.00125},
    }


def test_a_reading_has_a_ratio_in_each_launch_and_a_noise_of_its_own(tmp_path: Path, write: Make, fake: Make) -> None:
    """As times have: to the mean of both copies of the baseline, whose ratio is noise (here one read twice as much)."""
    found = measurements(record.read(write_read(tmp_path, write, fake, launches=10, rounds=2)))
    most = found.comparisons["demo", "busy", 100].measures["most"]
    noise = most.noise("asyncio")

    assert most.log_ratios(Variant("quick", "asyncio"), Variant("usual", "asyncio")) == pytest.approx(
        [math.log(5 / math.sqrt(12 * 24))] * 10
    )
    assert noise is not None
    assert noise.centre == pytest.approx(math.log(2))


def test_processor_time_is_called_so(folder: Path) -> None:
    """In the headings, the captions, the charts and the sentences that speak of an amount or of speed."""
    tree = page(folder)
    heads = [text_of(head) for head in tree.xpath("//table[@id='table-busy']/thead//th")]
    section = text_of(tree.get_element_by_id("busy"))

    assert heads[1:4:2] == ["processor time ratio", "processor time per job"]
    assert "Processor time relative to usual; less is faster" in section
    assert "µs of processor time per job (log)" in section
    assert "busy on asyncio: processor time relative to usual" in section
    assert "busy on asyncio: processor time per job as tasks grow" in section
    assert "Processor time relative to itself on asyncio" in text_of(page(folder, "families/demo-measures.html"))
    assert "“faster” means less processor time per job" in section
    assert "µs of processor time per job:" in section
    assert text_of(tree.find_class("verdict")[0]).startswith("Use quick on asyncio (processor time): ")


def test_processor_time_is_called_so_elsewhere(tmp_path: Path, write: Make, fake: Make) -> None:
    """In the index, in the headline of several workloads, and in the terminal."""
    run = write_read(tmp_path / "run", write, fake, workloads=("busy", "idle"), points=(100,))
    printed = CliRunner().invoke(app, ["build", str(run), "--all", "--output", str(tmp_path / "html")]).stdout
    verdict = text_of(page(tmp_path / "html").find_class("verdict")[0])

    assert "processor time" in text_of(page(tmp_path / "html", "index.html").get_element_by_id("picks"))
    assert "for a bit of everything (processor time): 2.0" in verdict
    assert printed.count("processor time") >= 2


def test_wall_time_needs_no_word(report: Path) -> None:
    """An older record does not say which clock it is, and has no readings."""
    tree = page(report)
    heads = [text_of(head) for head in tree.xpath("//table[@id='table-busy']/thead//th")]

    assert heads[1:4:2] == ["time ratio", "per job"]
    assert "rocessor time" not in text_of(tree.find(".//main"))
    assert "Beside the" not in text_of(tree.find(".//main"))


@pytest.mark.parametrize("damage", ["gone", "foreign"])
def test_damaged_readings_cost_nothing_else(tmp_path: Path, write: Make, fake: Make, damage: str) -> None:
    """The file is named, its column says so, and the times are there."""
    run = write_read(tmp_path / "run", write, fake, points=(100,))
    file = run / "demo" / "busy.most.json"
    if damage == "gone":
        file.unlink()
    else:
        file.write_text(file.read_text(encoding="utf-8").replace('"backend"', '"somewhere"'), encoding="utf-8")
    tree = page(built(run, tmp_path / "html"))
    cells = cells_of(tree, "table-busy", "quick")

    assert sum("busy.most.json" in text_of(line) for line in tree.xpath("//*[@role='note']//li")) == 1
    assert text_of(cells["most <at once>"]) == "not read"
    assert text_of(cells["verdict"]) == "faster"


def test_raw_readings_are_copied(folder: Path) -> None:
    """They lie beside the times, and the page links them."""
    assert "../data/demo/busy.most.json.gz" in page(folder, "families/demo-measures.html").xpath(
        "//ul[@class='files']//a/@href"
    )
    assert (folder / "data/demo/busy.wait.json.gz").is_file()
