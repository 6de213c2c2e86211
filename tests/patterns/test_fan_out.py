"""What ``patterns.fan_out`` promises beyond its workloads' answers: order, failures, cancellation, bounds."""

import asyncio
import gc
import importlib
import warnings
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
import trio

import patterns
from benchmarks.backends import BACKENDS, Backend, can_run
from benchmarks.plan import applies
from benchmarks.workloads.fan_out import at_once
from patterns.fan_out import Job

FOREVER = 3600
AWHILE = 30  # turns by which every alternative has started a handful of jobs
ALL = ("collect", "collect_bounded", "first")


@pytest.fixture(autouse=True, scope="module")
def _few_objects() -> Iterator[None]:
    """Hide from the collector what exists already: every call here collects."""
    gc.freeze()
    yield
    gc.unfreeze()


@dataclass(frozen=True)
class Case:
    """One function of an alternative on a backend."""

    alternative: patterns.Alternative
    backend: Backend
    function: str

    async def call(self, jobs: Iterable[Job[Any]], number: int) -> list[Any]:
        """Run the jobs; ``number`` is the limit or the count, where there is one."""
        function = getattr(importlib.import_module(self.alternative.module), self.function)
        return list(await (function(jobs) if self.function == "collect" else function(jobs, number)))

    def settle(self, promise: str, expected: object, actual: object, caveat: str = "no caveat") -> None:
        """The promise is kept; or it is broken, if the alternative's file says that it is."""
        broken = any(
            applies(known, self.backend.name) for known in self.alternative.known_failures if known.property == promise
        )
        if broken or any(caveat in text for text in self.alternative.caveats):
            assert expected != actual
        else:
            assert expected == actual


@dataclass
class Probe:
    """Jobs that count themselves."""

    backend: Backend
    running: int = 0
    peak: int = 0
    finished: list[int] = field(default_factory=list)

    async def hops(self, turns: int) -> None:
        """Wait some turns."""
        for _ in range(turns):
            await self.backend.toolkit.hop()

    async def job(self, index: int, turns: int | None, error: str = "", last_words: str = "") -> int:
        """Wait some turns, or until cancelled; then fail, or answer; last words come with the cancellation."""
        self.running += 1
        self.peak = max(self.peak, self.running)
        try:
            await (self.backend.toolkit.sleep(FOREVER) if turns is None else self.hops(turns))
        except BaseException:
            await self._leave(last_words)
            raise
        await self._leave()
        self.finished.append(index)
        if error:
            raise ValueError(error)
        return index

    async def _leave(self, last_words: str = "") -> None:
        try:
            await self.hops(1)
        finally:
            self.running -= 1
            if last_words:
                raise ValueError(last_words)


async def fails_at_once() -> int:
    """A job that fails before it waits."""
    raise ValueError("first")


def cases(*functions: str, concurrent: bool = True) -> pytest.MarkDecorator:
    """Every alternative that has one of the functions, on every backend that can run it."""
    found = []
    for backend in BACKENDS.values():
        skip = pytest.mark.skipif(bool(backend.problem()), reason=backend.problem())
        for entry in patterns.alternatives("fan_out"):
            if can_run(entry.library, backend) and not (concurrent and entry.name == "one_by_one"):
                for function in [name for name in functions if name in entry.offers]:
                    case = Case(entry, backend, function)
                    found.append(pytest.param(case, id=f"{entry.name}@{backend.name}-{function}", marks=skip))
    return pytest.mark.parametrize("case", found)


def run(case: Case, main: Callable[[Probe], Awaitable[Any]], complaints: list[str]) -> Any:
    """What ``main`` returned; what an alternative left running is cancelled then, and what the loop says is kept."""

    async def tidy() -> Any:
        if case.backend.library == "asyncio":
            asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context["message"]))
        answer = await main(Probe(case.backend))
        if case.backend.library == "asyncio":
            for task in (left := asyncio.all_tasks() - {asyncio.current_task()}):
                task.cancel()
            if left:
                await asyncio.wait(left)
        return answer

    return case.backend.run(tidy, 0)


async def messages_of(call: Awaitable[Any]) -> set[str]:
    """What the errors say that leave a call."""
    messages = set()
    try:
        await call
    except Exception as error:
        errors: list[BaseException] = [error]
        for one in errors:
            errors += one.exceptions if isinstance(one, BaseExceptionGroup) else ()
            messages.add(str(one))
    return messages & {"first", "last"}


async def cancelled_after(probe: Probe, turns: int, function: Callable[[], Awaitable[Any]]) -> bool:
    """Cancel a task after some turns; whether it has ended by that, a while later."""
    if probe.backend.library == "trio":
        with suppress(Exception), trio.CancelScope() as outer:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(function)
                await probe.hops(turns)
                outer.cancel()
        return True  # a scope cannot end before what is in it
    task = asyncio.ensure_future(function())
    await probe.hops(turns)
    task.cancel()
    await probe.hops(AWHILE)
    return task.done() and task.cancelled()


@cases(*ALL)
def test_results_come_in_order(case: Case) -> None:
    """In the order of the jobs, or for ``first`` in the order in which they finish; no jobs, no results."""

    async def main(probe: Probe) -> list[int]:
        jobs = [partial(probe.job, *numbered) for numbered in enumerate([3 * AWHILE, AWHILE, 2 * AWHILE])]
        return await case.call([], 2) + await case.call(jobs, 2)

    case.settle("result_order", [1, 2] if case.function == "first" else [0, 1, 2], run(case, main, []))


@cases(*ALL)
def test_an_error_stops_everything_and_leaves_nothing(case: Case) -> None:
    """By the time the error is seen the siblings have finished, their clean-up included, and all errors are told."""

    async def main(probe: Probe) -> tuple[set[str], int, int]:
        before = probe.backend.toolkit.living()
        failing, last = partial(probe.job, 1, AWHILE, error="first"), partial(probe.job, 2, None, last_words="last")
        jobs = [partial(probe.job, 0, None), failing, last]
        return await messages_of(case.call(jobs, 3)), probe.running, probe.backend.toolkit.living() - before

    messages, running, living = run(case, main, [])

    assert "first" in messages
    case.settle("siblings_cancelled_on_error", 0, running)
    case.settle("nothing_left_on_exit", 0, living)
    case.settle("all_errors_reported", {"first", "last"}, messages, "Reports one error")


@cases(*ALL)
def test_an_error_at_once_is_told_once(case: Case) -> None:
    """A job that fails before it waits stops the others; no complaint and no cancellation is left over."""
    complaints: list[str] = []

    async def main(probe: Probe) -> tuple[set[str], int, bool]:
        jobs: list[Job[int]] = [
            partial(probe.job, 0, None, last_words="last"),
            fails_at_once,
            partial(probe.job, 2, None),
        ]
        seen = await messages_of(case.call(jobs, 3)), probe.running
        await messages_of(case.call([fails_at_once], 1))
        with suppress(asyncio.CancelledError):  # one that nobody asked for
            await probe.hops(2)
            return *seen, True
        return *seen, False

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        messages, running, undisturbed = run(case, main, complaints)
        gc.collect()

    assert "first" in messages
    case.settle("siblings_cancelled_on_error", 0, running)
    case.settle("no_stray_cancellation", True, undisturbed)
    case.settle("no_unawaited_or_unretrieved", [], complaints + [str(warning.message) for warning in caught])


@pytest.mark.parametrize("ready", [0, 150])
@cases(*ALL)
def test_a_cancelled_caller_takes_its_jobs_along(case: Case, ready: int) -> None:
    """Whenever the cancellation comes, the call ends by it, and no job and no task outlives the call."""

    async def main(probe: Probe) -> set[tuple[bool, int, int]]:
        seen = set()
        before = probe.backend.toolkit.living()
        for turns in (1,) if ready else range(12):
            jobs: list[Job[int]] = [partial(at_once, 0)] * ready
            jobs += [partial(probe.job, index, None) for index in range(3)]
            number = 3 if case.function == "collect_bounded" else len(jobs)
            ended = await cancelled_after(probe, turns, partial(case.call, jobs, number))
            seen.add((ended, probe.running, probe.backend.toolkit.living() - before))
        return seen

    case.settle("outer_cancel_reaches_all", {(True, 0, 0)}, run(case, main, []))


@cases(*ALL)
def test_a_cancellation_survives_a_failure(case: Case) -> None:
    """A caller that handles the error of a job still learns that it was cancelled meanwhile."""

    async def main(probe: Probe) -> list[int]:
        async def caller() -> None:
            await messages_of(case.call([partial(probe.job, index, 1, error="first") for index in range(2)], 2))
            await probe.backend.toolkit.sleep(FOREVER)

        return [turns for turns in range(12) if not await cancelled_after(probe, turns, caller)]

    case.settle("cancellation_survives_error", [], run(case, main, []))


@cases("collect_bounded")
def test_the_limit_is_kept_and_used(case: Case) -> None:
    """Never more jobs than the limit, and not fewer either: while one is slow, the other places serve the rest."""

    async def main(probe: Probe) -> tuple[int, list[int]]:
        await case.call([partial(probe.job, index, AWHILE) for index in range(9)], 3)
        await case.call([partial(probe.job, index, 1 if index else 20 * AWHILE) for index in range(9)], 2)
        return probe.peak, probe.finished[-1:]

    peak, last = run(case, main, [])

    case.settle("limit_never_exceeded", 3, peak)
    case.settle("limit_used", [0], last, "A slow job holds up")


@cases("collect_bounded", concurrent=False)
def test_jobs_are_taken_when_there_is_room(case: Case) -> None:
    """An iterator of jobs is read no further than the limit allows."""

    async def main(probe: Probe) -> int:
        jobs = iter([partial(probe.job, index, None) for index in range(50)])
        await cancelled_after(probe, 2 * AWHILE, partial(case.call, jobs, 3))
        return len(list(jobs))

    case.settle("lazy_intake", True, run(case, main, []) >= 46, "Reads every job")


@cases("collect", "collect_bounded", concurrent=False)
def test_context_variables_are_a_jobs_own(case: Case) -> None:
    """What a job sets in its context is seen by no other job and not by the caller."""
    variable = ContextVar("variable", default="untouched")

    async def main(probe: Probe) -> set[str]:
        async def job(index: int) -> str:
            seen = variable.get()
            variable.set("touched")
            await probe.hops(index % 2)
            return seen + variable.get()

        return {*await case.call([partial(job, index) for index in range(6)], 2), variable.get()}

    case.settle("context_isolated", {"untouchedtouched", "untouched"}, run(case, main, []), "context variables")
