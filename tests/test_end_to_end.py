"""The whole path on this machine: measure everything once, then draw it."""

from pathlib import Path

import lxml.html
import pytest

import patterns
from benchmarks.plan.availability import variants_of
from benchmarks.plan.filters import Filters
from benchmarks.plan.presets import PRESETS
from benchmarks.plan.workloads import questions
from results.labels import NOTHING
from results.record import Run, read, run_directories
from results.suite import FAILED
from tests.conftest import ROOT, Command
from tests.where import EVERYTHING, LIBRARIES

pytestmark = pytest.mark.timeout(900)  # a run and its pages, beside the tests of other workers
LOOPS = ("asyncio", "uvloop", "trio") if EVERYTHING else LIBRARIES


def who_is_asked(family: str) -> dict[str, set[tuple[str, str]]]:
    """The alternatives, each on a loop, that the smoke preset asks in each workload of a family."""
    asked, points = questions(family), PRESETS["smoke"].points
    found = [workload for workload in asked.workloads if {*workload.scale} & {*points}]
    return {workload.name: set(variants_of(asked, workload, Filters(backends=tuple(LOOPS)))[0]) for workload in found}


@pytest.fixture(scope="module")
def smoke(tmp_path_factory: pytest.TempPathFactory, command: Command) -> tuple[int, Run, Path]:
    """A smoke run of every alternative and its report: exit code, record, folder of the pages.

    It takes the time it needs: beside other tests that is longer than a user's smoke run may take. Without the safety
    check: what it finds of every alternative is asked in ``test_safety``, with more seeds.
    """
    folder = tmp_path_factory.mktemp("smoke")
    loops = [f"--backend={name}" for name in LOOPS]
    workloads = ["--workload=*"] if EVERYTHING else []
    options = ["--preset", "smoke", "--seeds", "0", "--budget", "10m", "--results", str(folder / "results")]
    done = command(ROOT, "benchmarks", "run", *loops, *workloads, *options)
    run = read(next(run_directories(folder / "results")))
    drawn = command(ROOT, "reports", "build", str(run.path), "--output", str(folder / "html"))
    assert drawn.returncode == 0, drawn.stderr
    return done.returncode, run, folder / "html"


def test_everything_is_measured(smoke: tuple[int, Run, Path]) -> None:
    """No alternative fails that does not say so, and whoever is asked has a time, or a reason why not."""
    code, run, _ = smoke
    failed = [row for row in run.suite["absences"] if row["state"] in FAILED and not row["declared"]]
    measured = {
        (family, benchmark.get_metadata()["alternative"])
        for (family, _), suite in run.benchmarks.items()
        for benchmark in suite.get_benchmarks()
    }
    excused = {(row["family"], row["alternative"]) for row in run.suite["absences"] if row["state"] != "not offered"}
    asked = {
        (family, name) for family in patterns.families() for one in who_is_asked(family).values() for name, _ in one
    }

    assert failed == []
    assert code == 0
    assert asked - measured - excused == set()
    assert {family for family, _ in run.benchmarks} == set(patterns.families())


def test_every_family_has_a_page_with_a_row_per_alternative(smoke: tuple[int, Run, Path]) -> None:
    """Whatever was measured can be read on asyncio's page of its family."""
    _, run, pages = smoke
    index = lxml.html.parse(str(pages / "index.html"))
    links = {Path(link).name for link in index.xpath("//a/@href") if not link.startswith(("http", "#"))}
    for family in patterns.families():
        text = lxml.html.parse(str(pages / "families" / f"{family}.html")).getroot().text_content()
        measured = {
            benchmark.get_metadata()["alternative"]
            for (name, _), suite in run.benchmarks.items()
            if name == family
            for benchmark in suite.get_benchmarks()
            if benchmark.get_metadata()["backend"] == "asyncio"
        } - {NOTHING}

        assert f"{family}.html" in links
        assert measured
        assert {name for name in measured if name not in text} == set()
