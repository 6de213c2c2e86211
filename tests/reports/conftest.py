"""What the tests of the report share: ways to make synthetic runs, and the report of one that has everything in it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports.reading.family import Family
from reports.reading.measured import measurements
from results import record
from results.record import ENVIRONMENTS
from results.safety import FindingRecord, SafetyRecord
from results.suite import AbsenceRecord
from tests.reports.parsed import built
from tests.reports.synthetic import FITTING, NEEDS, Fake, absence, finding, safety_record, write_run


@pytest.fixture(name="fake", scope="session")
def fixture_fake() -> Callable[..., Fake]:
    """Make an alternative of a synthetic run."""
    return Fake


@pytest.fixture(name="absent", scope="session")
def fixture_absent() -> Callable[..., AbsenceRecord]:
    """Make a row without a number."""
    return absence


@pytest.fixture(name="write", scope="session")
def fixture_write() -> Callable[..., Path]:
    """Write a synthetic run."""
    return write_run


@pytest.fixture(name="found", scope="session")
def fixture_found() -> Callable[..., FindingRecord]:
    """Make a finding."""
    return finding


@pytest.fixture(name="safety_of", scope="session")
def fixture_safety_of() -> Callable[..., SafetyRecord]:
    """Make a record of findings."""
    return safety_record


@pytest.fixture(name="family")
def fixture_family(write: Callable[..., Path], tmp_path: Path) -> Callable[..., Family]:
    """The family of a run of some fakes, with needs."""

    def made(fakes: dict[str, Fake], **settings: Any) -> Family:
        run = write(tmp_path / "run", fakes, points=(100,), needs=NEEDS, **settings)
        return Family("demo", measurements(record.read(run)))

    return made


@pytest.fixture(name="usual_run", scope="session")
def fixture_usual_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with everything in it: a winner, ties, an unsafe one, a trap, caveats, absences, loops, Pythons."""
    fakes = {
        "usual": Fake(backends=("asyncio", "uvloop")),
        "quick": Fake(0.5, exponent=-0.1, kind="package", title="`quick`: fast", fitting=FITTING),
        "twin_of_quick": Fake(0.5, exponent=0.3, kind="own"),
        "careless": Fake(0.3, breaks=(("no_leaks", "asyncio"), ("no_leaks", "uvloop"))),
        "pitfall": Fake(3.0, kind="trap"),
        "less": Fake(0.25, caveats=("No order is kept.",)),
        "trio_usual": Fake(1.5, backends=("trio",)),
        "hangs": Fake(backends=()),
        "absent": Fake(backends=()),
    }
    absences = [
        absence("hangs", "hung", "no answer within 10 s"),
        absence("absent", "not here", "left_pad is not installed"),
        absence("quick", "too slow", "one block takes 2 s", n=10_000),
        absence("usual", "not measured", "the budget of 10 s was spent", n=10_000),
    ]
    run = write_run(tmp_path_factory.mktemp("run"), fakes, workloads=("busy", "mostly_idle"), absences=absences)
    others = fakes | {"pitfall": Fake(2.0, kind="trap"), "quick": Fake(0.6, exponent=-0.1, kind="package")}
    broken = safety_record(others, finding("quick", "asyncio", "no_leaks", state="FAIL"))
    write_run(run / ENVIRONMENTS / "other", others, workloads=("busy", "mostly_idle"), drawn="anew", safety=broken)
    return run


@pytest.fixture(name="report", scope="session")
def fixture_report(tmp_path_factory: pytest.TempPathFactory, usual_run: Path) -> Path:
    """Its report."""
    return built(usual_run, tmp_path_factory.mktemp("html"))
