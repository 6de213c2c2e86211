"""Under how many schedules a promise is tried, and where fewer will do; and how long a trial is waited for."""

from dataclasses import replace

import pytest

import patterns
from benchmarks.plan.filters import Filters
from benchmarks.safety.conformance import FEWER, TAKEN_DOWN, Inquiry, Watched
from benchmarks.safety.examination import Moment

ONE = next(one for one in patterns.alternatives("locks") if one.name == "asyncio_lock")
FAILS = replace(ONE, known_failures=(patterns.KnownFailure("fifo", "", "seen", "uvloop"),))


@pytest.mark.parametrize(
    ("alternative", "backend", "asked_for", "schedules"),
    [
        (ONE, "asyncio", (), 20),
        (ONE, "trio", (), 20),
        (ONE, "uvloop", (), 20 // FEWER),
        (ONE, "asyncio-eager", (), 20 // FEWER),
        (ONE, "uvloop", ("uv*",), 20),  # who asks for a loop wants all of it
        (FAILS, "uvloop", (), 20),  # who declares a failure shows it under some schedule, which may be the last
        (FAILS, "asyncio-eager", (), 20 // FEWER),  # it declares nothing there
    ],
)
def test_a_second_loop_of_a_library_is_tried_under_fewer(
    alternative: patterns.Alternative, backend: str, asked_for: tuple[str, ...], schedules: int
) -> None:
    """The same code, perturbed in the same way, on another loop."""
    inquiry = Inquiry(Filters(backends=asked_for), seeds=20)

    assert inquiry.schedules("fifo", alternative, backend) == schedules


def test_one_schedule_is_the_least() -> None:
    """Nothing is taken for tested that was not."""
    assert Inquiry(seeds=1).schedules("fifo", ONE, "uvloop") == 1


@pytest.mark.parametrize(
    ("broken", "trying", "hang_limit", "patience"),
    [
        ("", True, 10.0, 10.0),
        ("", False, 10.0, 40.0),  # it imports, or is between two trials
        ("two were inside", True, 10.0, TAKEN_DOWN),
        ("two were inside", True, 0.5, 0.5),
    ],
)
def test_a_trial_that_has_failed_is_not_waited_for(
    broken: str, trying: bool, hang_limit: float, patience: float
) -> None:
    """What it has seen is known, and some of those that fail can never be taken down."""
    watched = Watched.__new__(Watched)
    watched.inquiry = Inquiry(hang_limit=hang_limit)
    watched.broken, watched.moment = broken, Moment("fifo", 0) if trying else None

    assert watched.patience == patience
