"""Under how many schedules a promise is tried, and where fewer will do; and how long a trial is waited for."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

import patterns
from benchmarks.engine.patience import Clock
from benchmarks.plan.filters import Filters
from benchmarks.safety import conformance
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


@pytest.mark.parametrize(("others_had_it", "silent_after"), [(0.0, 11), (0.5, 20), (1.0, None)])
def test_a_process_without_a_processor_is_not_silent(
    others_had_it: float, silent_after: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can give no sign of life; what counts is the time that it could have used."""
    now = [100.0]

    class Told:
        """What the system tells of this process."""

        def __init__(self, process: int, clock: object) -> None:  # noqa: ARG002  of which it knows nothing
            self.asked_at = now[0]

        def seconds(self) -> float:
            """So far."""
            return (now[0] - self.asked_at) * (1 - others_had_it)

    clock = Clock()
    monkeypatch.setattr(clock, "now", lambda: now[0])
    monkeypatch.setattr(conformance, "CLOCK", clock)
    monkeypatch.setattr(conformance, "Runtime", Told)
    watched = Watched.__new__(Watched)
    watched.inquiry = Inquiry(hang_limit=10.0)
    watched.broken, watched.moment = "", Moment("fifo", 0)
    watched.process = SimpleNamespace(pid=4711)  # type: ignore[assignment]
    watched.heard()

    silent = []
    for second in range(40):
        silent += [second] if watched.silent else []
        now[0] += 1.0

    assert next(iter(silent), None) == silent_after
    watched.heard()
    assert not watched.silent
