"""A drawing is the same whatever fonts are installed where it is made."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import vl_convert

from reports.pages.charts import drawn, filled
from reports.pages.lettering import widest, width
from reports.reading.wording import MINUS, TIMES
from reports.views.charts import Caption, Chart, Dot, GrowthChart, Line, LoopsChart, RatioChart
from results.statistics import BAND
from tests.conftest import ROOT

CAPTION = Caption("picture", "A title", "What it shows")
DOTS = (Dot("quick ∝ wide", 0.5, 0.45, 0.55, f"2.0{TIMES} faster"), Dot("usual", 1.0, None, None, "baseline"))
LINES = (
    Line(f"flat ∝ n^{MINUS}0.02", ((10, 1e-6), (100, 1e-6))),
    Line("the longest of labels", ((10, 1e-6), (100, 1e-5)), unsafe=True),
)
CHARTS: tuple[Chart, ...] = (
    RatioChart(CAPTION, DOTS, BAND),
    LoopsChart(CAPTION, (("one against the other", DOTS), ("∝", DOTS[:1])), BAND),
    GrowthChart(CAPTION, LINES, 1e-6, ("tasks", "µs per job")),
)
NO_FONT = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{}</dir></fontconfig>"""
ELSEWHERE = "from tests.reports.pages.test_fonts import CHARTS, drawn\nprint(*map(drawn, CHARTS), sep='', end='')"


def svg_in(font: str, specification: dict[str, Any]) -> str:
    """What Vega draws with another font, whose name is not counted as a difference."""
    changed = json.dumps(specification).replace('"sans-serif"', f'"{font}"')
    return vl_convert.vega_to_svg(changed).replace(font, "sans-serif")


def with_letters(specification: dict[str, Any]) -> dict[str, Any]:
    """The same with letters that have a size, for whose width Vega makes room."""
    text = json.dumps(specification).replace('"fontSize": {"value": 0}', '"fontSize": {"value": 12}')
    changed: dict[str, Any] = json.loads(text)
    return {**changed, "autosize": "pad"}


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: type(chart).__name__)
def test_no_letter_is_measured(chart: Chart) -> None:
    """A narrow font and a wide one give the same drawing; they would not if the letters had a size."""
    ours = filled(chart)

    assert svg_in("monospace", ours) == svg_in("serif", ours)
    assert svg_in("monospace", with_letters(ours)) != svg_in("serif", with_letters(ours))


def test_a_machine_without_fonts_draws_the_same(tmp_path: Path) -> None:
    """In a process of its own, which finds none."""
    config = tmp_path / "fonts.conf"
    config.write_text(NO_FONT.format(tmp_path), encoding="utf-8")
    there = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        cwd=ROOT,
        env={**os.environ, "FONTCONFIG_FILE": str(config)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )

    assert there.stdout == "".join(map(drawn, CHARTS))


def test_wide_letters_are_wider() -> None:
    """By the table; bold ones more so, and what is not in it is no narrower than most."""
    assert width("lift") < width("move") < width("move", bold=True)
    assert width("∝") > width("n")
    assert widest(["a", "mm", "i"]) == width("mm")
    assert widest([]) == 0
