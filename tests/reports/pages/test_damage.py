"""What is missing, damaged or preliminary: named on the pages, and the rest is drawn."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.reports.parsed import built, page, text_of

Make = Callable[..., Any]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"preset": "smoke"}, "Preliminary, do not quote: this is a smoke run"),
        ({"preset": "quick"}, "Preliminary, do not quote: this is a quick run"),
        ({"state": "interrupted"}, "Preliminary, do not quote: the run is interrupted"),
        ({"twin_factor": 1.2}, "Noise reaches beyond the band here"),
    ],
)
def test_banners(tmp_path: Path, write: Make, fake: Make, changes: dict[str, Any], text: str) -> None:
    """What should make a reader careful stands above the numbers."""
    run = write(tmp_path / "run", {"usual": fake(), "quick": fake(0.5)}, points=(100,), **changes)
    banners = page(built(run, tmp_path / "html")).xpath("//*[@role='note']")

    assert any(text_of(banner).startswith(text) for banner in banners)


def test_noise_away_from_the_verdicts_is_no_banner(tmp_path: Path, write: Make, fake: Make) -> None:
    """It is told, in a line that names the workload; the verdicts speak of another n."""
    run = write(tmp_path / "run", {"usual": fake(), "quick": fake(0.5)}, twin_factor=1.2, loud_at=(1000,))
    tree = page(built(run, tmp_path / "html"))
    lines = [text_of(line) for line in tree.xpath("//main/p[@class='small']")]

    assert tree.xpath("//*[@role='note']") == []
    assert any(
        line.startswith("Noise reaches beyond the band away from the n that the verdicts speak of, in busy;")
        for line in lines
    )
    assert "differences under" in text_of(tree.xpath("//*[@id='busy']//span[@class='loud']")[0])


def test_quiet_complete_run_has_no_banner(report: Path) -> None:
    """A banner that is always there is never read."""
    assert page(report).xpath("//*[@role='note']") == []


def test_one_launch_is_one_look(tmp_path: Path, write: Make, fake: Make) -> None:
    """Ratios without intervals, no words, no recommendation."""
    run = write(tmp_path / "run", {"usual": fake(), "quick": fake(0.5)}, points=(10,), launches=1, preset="smoke")
    tree = page(built(run, tmp_path / "html"))

    assert "1 look, no interval: quick was the fastest" in text_of(tree.get_element_by_id("busy"))
    assert "Nothing can be recommended on asyncio from this run." in text_of(tree.find_class("verdict")[0])
    assert tree.find_class("pick") == []


def test_nothing_measured_is_still_a_page(tmp_path: Path, write: Make, fake: Make, absent: Make) -> None:
    """Every alternative missing: reasons instead of numbers, and no chart."""
    fakes = {name: fake(backends=()) for name in ("usual", "quick")}
    absences = [absent(name, "raised", f"{name} cannot be read") for name in fakes]
    run = write(tmp_path / "run", fakes, points=(), absences=absences)
    folder = built(run, tmp_path / "html")

    assert "Nothing was measured on asyncio" in text_of(page(folder).find_class("verdict")[0])
    assert "raised: quick cannot be read" in text_of(page(folder))
    assert "nothing measured" in text_of(page(folder, "index.html"))


def test_run_without_families_is_still_an_index(tmp_path: Path, write: Make) -> None:
    """Nothing to say is said."""
    run = write(tmp_path / "run", {}, workloads=(), points=())
    path = run / "suite.json"
    suite = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(suite | {"families": {}}), encoding="utf-8")

    assert "no family that could be drawn" in text_of(page(built(run, tmp_path / "html"), "index.html"))


def damage(run: Path, how: str) -> str:
    """Damage the times of one workload; returns what the page must name."""
    path = run / "demo" / "busy.json"
    if how == "cut off":
        path.write_text(path.read_text(encoding="utf-8")[:1000], encoding="utf-8")
    elif how == "gone":
        path.unlink()
    else:  # a pyperf file from elsewhere: without our metadata
        text = path.read_text(encoding="utf-8").replace('"alternative"', '"somebody"')
        path.write_text(text, encoding="utf-8")
    return "busy.json"


@pytest.mark.parametrize("how", ["cut off", "gone", "foreign"])
def test_damaged_times_are_named_and_the_rest_is_drawn(tmp_path: Path, write: Make, fake: Make, how: str) -> None:
    """One line for the file, and the other workload as usual."""
    run = write(
        tmp_path / "run", {"usual": fake(), "quick": fake(0.5)}, workloads=("busy", "idle"), points=(100,), rounds=2
    )
    name = damage(run, how)
    tree = page(built(run, tmp_path / "html"))

    assert sum(name in text_of(line) for line in tree.xpath("//div[@role='note']//li")) == 1
    assert "Use quick" in text_of(tree.get_element_by_id("idle"))
    assert "Nothing was measured" in text_of(tree.get_element_by_id("busy"))


def test_damaged_family_is_named_and_left_out(tmp_path: Path, write: Make, fake: Make) -> None:
    """A family without its workloads cannot be drawn; the index says so."""
    run = write(tmp_path / "run", {"usual": fake()}, points=(100,), rounds=1)
    path = run / "suite.json"
    suite = json.loads(path.read_text(encoding="utf-8"))
    suite["families"]["other"] = {"doc": "Half a family."}
    path.write_text(json.dumps(suite), encoding="utf-8")
    folder = built(run, tmp_path / "html")

    assert "family other is left out" in text_of(page(folder, "index.html"))
    assert (folder / "families/demo.html").is_file()
