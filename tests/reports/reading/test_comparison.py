"""Two runs side by side: what moved, what did not, and what must not be compared."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from typer.testing import CliRunner

from reports.__main__ import app
from reports.reading.comparison import Change, Changes, IncomparableError, compare
from reports.reading.measured import Comparison, Measurements, measurements
from results import record
from results.suite import ReadingRecord

Make = Callable[..., Any]


def changes(before: Path, after: Path, **options: bool) -> Changes:
    """The comparison of two runs on disk."""
    return compare(measurements(record.read(before)), measurements(record.read(after)), **options)


def row(found: Changes, alternative: str) -> Change:
    """The row of an alternative in the first section."""
    rows = (entry for entry in found.sections[0].rows if isinstance(entry, Change))
    return next(entry for entry in rows if entry.variant.alternative == alternative)


def edit(path: Path, change: Callable[[Any], None]) -> None:
    """Change a JSON file in place."""
    value = json.loads(path.read_text(encoding="utf-8"))
    change(value)
    path.write_text(json.dumps(value), encoding="utf-8")


@pytest.fixture
def pair(tmp_path: Path, write: Make, fake: Make) -> tuple[Path, Path]:
    """Two runs: one alternative became faster, one slower, one stayed, one came, one went; the baseline doubled."""
    common = {"points": (100,)}
    early = {"usual": fake(), "better": fake(1.0), "worse": fake(0.5), "same": fake(0.8), "gone": fake()}
    late = {"usual": fake(2.0), "better": fake(1.0), "worse": fake(1.5), "same": fake(1.6), "new": fake()}
    return (
        write(tmp_path / "early", early, **common),
        write(tmp_path / "late", late, **common),
    )


def test_it_is_the_ratio_that_is_compared(pair: tuple[Path, Path]) -> None:
    """The machine was half as fast in the second run: an alternative that kept its ratio has not changed."""
    found = changes(*pair)

    assert [row(found, name).word for name in ("better", "worse", "same")] == [
        "faster",
        "slower",
        "practically the same",
    ]
    assert row(found, "better").sentence.startswith("2.0")
    assert row(found, "worse").ratios[0].startswith("0.50")


def test_what_only_one_run_has_is_named(pair: tuple[Path, Path]) -> None:
    """A row is never dropped."""
    found = changes(*pair)

    assert {name: row(found, name).reason for name in ("gone", "new")} == {
        "gone": "only in the first run",
        "new": "only in the second run",
    }
    assert found.count("not compared") == 2 * len(found.sections)


def test_another_source_is_not_compared_unless_told(pair: tuple[Path, Path]) -> None:
    """Other code is another alternative, whatever its name."""
    edit(pair[1] / "suite.json", lambda suite: _set_hash(suite, "better"))

    assert row(changes(*pair), "better").reason == "its source changed in between (--changed-source compares)"
    assert row(changes(*pair), "worse").word == "slower"
    assert row(changes(*pair, changed_source=True), "better").word == "faster"


def test_another_baseline_leaves_nothing_to_compare(pair: tuple[Path, Path]) -> None:
    """Every ratio has it below the line."""
    edit(pair[1] / "suite.json", lambda suite: _set_hash(suite, "usual"))
    reasons = {row(changes(*pair), name).reason for name in ("better", "worse", "same")}

    assert reasons == {"the baseline's source changed in between (--changed-source compares)"}


def _set_hash(suite: Any, name: str) -> None:
    suite["families"]["demo"]["alternatives"][name]["sha256"] = "f" * 64


def test_another_clock_is_not_compared(pair: tuple[Path, Path]) -> None:
    """Processor time has nothing to say about the wall's."""
    edit(pair[1] / "suite.json", lambda suite: suite["families"]["demo"]["workloads"]["busy"].update(clock="cpu"))

    assert row(changes(*pair), "better").reason == "time in the first run, processor time in the second"


@pytest.mark.parametrize(("name", "value"), [("cpu_model_name", "Other CPU"), ("python_version", "3.99.0")])
def test_another_machine_is_refused_unless_told(pair: tuple[Path, Path], name: str, value: str) -> None:
    """The refusal names the difference, and so does the page that was made all the same."""
    edit(pair[1] / "machine.json", lambda machine: machine.update({name: value}))
    with pytest.raises(IncomparableError, match=value):
        changes(*pair)

    assert value in " ".join(changes(*pair, other_machine=True).remarks)


def test_other_versions_are_a_remark(pair: tuple[Path, Path]) -> None:
    """An upgrade is what one wants to look at, so it is named and not refused."""
    edit(pair[0] / "suite.json", lambda suite: suite["versions"].update({"trio": "98.0"}))
    edit(pair[1] / "suite.json", lambda suite: suite["versions"].update({"trio": "99.0"}))

    assert changes(*pair).remarks == ("trio 98.0 before, 99.0 after",)


def test_packages_of_one_run_alone_are_one_remark(pair: tuple[Path, Path]) -> None:
    """A run of more families has dozens of them."""
    edit(pair[1] / "suite.json", lambda suite: suite["versions"].update({"left_pad": "1.0", "aiomany": "2.0"}))

    assert changes(*pair).remarks == ("only after: aiomany 2.0, left_pad 1.0",)


def test_runs_without_a_common_comparison_are_refused(tmp_path: Path, write: Make, fake: Make) -> None:
    """There is nothing to say."""
    early = write(tmp_path / "early", {"usual": fake()}, points=(10,))
    late = write(tmp_path / "late", {"usual": fake()}, points=(1000,))
    with pytest.raises(IncomparableError, match="no comparison in common"):
        changes(early, late)


def test_a_noisy_run_says_so(tmp_path: Path, write: Make, fake: Make) -> None:
    """Where the same code measured twice differed, a change of that size is no change."""
    quiet = write(tmp_path / "quiet", {"usual": fake(), "other": fake()}, points=(100,))
    noisy = write(tmp_path / "noisy", {"usual": fake(), "other": fake(1.2)}, points=(100,), twin_factor=1.2)
    found = changes(quiet, noisy)

    assert row(found, "other").word == "within the noise here"
    assert row(changes(quiet, quiet), "other").word == "practically the same"


def test_few_launches_have_no_interval(tmp_path: Path, write: Make, fake: Make) -> None:
    """One launch against one allows no statement."""
    path = write(tmp_path / "short", {"usual": fake(), "other": fake(2.0)}, points=(100,), launches=1)

    assert row(changes(path, path), "other").word == "no interval"


MEMORY: ReadingRecord = {"name": "memory", "title": "memory in flight", "unit": "byte", "better": "lower"}


def with_memory(path: Path) -> Measurements:
    """A run that measured memory, too: as many bytes as it took seconds."""
    found = measurements(record.read(path))
    found.run.suite["passes"] = {"memory": [MEMORY]}
    for key, one in found.comparisons.items():
        beside = {"memory": Comparison(one.record, one.times, one.twins)}
        found.comparisons[key] = replace(one, measures=beside)
    return found


def test_what_was_measured_beside_times_is_compared(pair: tuple[Path, Path]) -> None:
    """By the same rules; it became less or more, and nothing else than both runs measured is compared."""
    found = compare(*map(with_memory, pair))
    [beside] = [section for section in found.sections if section.beside and section.backend == "asyncio"]
    said = {one.variant.alternative: one.said for one in beside.rows}

    assert beside.label == "demo/busy n=100 on asyncio, memory in flight"
    assert (said["better"], said["worse"], said["same"]) == ("less", "more", "practically the same")
    assert next(one.sentence for one in beside.rows if one.said == "more").split()[1] == "more"
    assert not any(one.beside for one in compare(with_memory(pair[0]), measurements(record.read(pair[1]))).sections)


def test_rows_that_changed_are_marked_on_the_pages(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """Those of the later run say since when, and how much; whoever stayed the same says nothing."""
    CliRunner().invoke(app, ["compare", *map(str, pair), "--output", str(tmp_path / "html")])
    page = lxml.html.parse(tmp_path / "html" / "families" / "demo.html").getroot()
    rows = {row.xpath("string(th/a)"): row.text_content() for row in page.xpath("//table[@id='table-busy']//tr[th/a]")}
    marked = {name for name, text in rows.items() if "changed since 2026-01-02T030405Z" in text}

    assert marked == {"better", "worse"}
    assert re.search(r"changed since \S+: 1\.50\S slower \[.*\] against the baseline", rows["worse"])


def test_the_command_prints_and_draws(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """What moved is in the terminal, everything is on the page."""
    result = CliRunner().invoke(app, ["compare", *map(str, pair), "--output", str(tmp_path)])
    page = lxml.html.parse(tmp_path / "compare.html").getroot()
    [cells] = [
        [cell.text_content() for cell in entry]
        for entry in page.xpath("//section[@id='c1']//tbody/tr")
        if entry[0].text_content() == "worse"
    ]

    assert result.exit_code == 0
    assert "worse" in result.stdout
    assert result.stdout.splitlines()[-1] == (tmp_path / "compare.html").as_uri()
    assert cells[-1] == "slower"
    assert {link.get("href") for link in page.xpath("//caption//a[@class='how']")} == {"#reading"}
    assert len(page.xpath("//section[@id='reading']")) == 1


def test_the_command_refuses_in_one_line(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """Exit code 2, and no page."""
    edit(pair[1] / "machine.json", lambda machine: machine.update(cpu_count=64))
    result = CliRunner().invoke(app, ["compare", *map(str, pair), "--output", str(tmp_path)])

    assert result.exit_code == 2
    assert result.stderr.startswith("reports: the runs are not from one machine: cpu count 2 and 64")
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "compare.html").exists()
