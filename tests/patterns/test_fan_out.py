"""What ``patterns.fan_out`` promises beyond its workloads' answers: order, failures, cancellation, bounds."""

import asyncio
import gc
import importlib
import sys
import warnings
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

import pytest
import trio
from packaging.specifiers import SpecifierSet

import patterns
from benchmarks.backends import BACKENDS, Backend, can_run
from patterns.fan_out import Job

FOREVER = 3600
AWHILE = 30  # turns by which every alternative has started a handful of jobs
HERE = ".".join(map(str, sys.version_info[:3]))


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

    def gives(self, promise: str, caveat: str = "") -> bool:
        """Whether the alternative's file says that it keeps a promise, here."""
        broken = any(
            known.property == promise
            and HERE in SpecifierSet(known.python)
            and fnmatchcase(self.backend.name, known.backends)
            for known in self.alternative.known_failures
        )
        return not broken and not (caveat and any(caveat in text for text in self.alternative.caveats))


@dataclass
class Probe:
    """Jobs that count themselves."""

    backend: Backend
    started: int = 0
    running: int = 0
    peak: int = 0
    finished: list[int] = field(default_factory=list)

    async def hops(self, turns: int) -> None:
        """Wait some turns."""
        for _ in range(turns):
            await self.backend.toolkit.hop()

    async def job(self, index: int, turns: int | None, error: str = "", last_words: str = "") -> int:
        """Wait some turns, or until cancelled; then fail, or answer; last words come with the cancellation."""
        self.started += 1
        self.running += 1
        self.peak = max(self.peak, self.running)
        try:
            await self._wait_and_clean_up(turns)
        except BaseException:
            if last_words:
                raise ValueError(last_words) from None
            raise
        self.finished.append(index)
        if error:
            raise ValueError(error)
        return index

    async def _wait_and_clean_up(self, turns: int | None) -> None:
        try:
            await (self.backend.toolkit.sleep(FOREVER) if turns is None else self.hops(turns))
        finally:
            try:
                await self.hops(1)
            finally:
                self.running -= 1

    def failing(self) -> list[Job[int]]:
        """One job fails in the midst of others; one of those has last words."""
        return [
            partial(self.job, 0, None),
            partial(self.job, 1, AWHILE, error="first"),
            partial(self.job, 2, None, last_words="last"),
        ]


def cases(*functions: str, concurrent: bool = True) -> pytest.MarkDecorator:
    """Every alternative that has one of the functions, on every backend that can run it."""

    def found() -> Iterator[Any]:  # pytest has no public type for its parameter sets
        for backend in BACKENDS.values():
            skip = pytest.mark.skipif(bool(backend.problem()), reason=backend.problem())
            for entry in patterns.alternatives("fan_out"):
                if can_run(entry.library, backend) and not (concurrent and entry.name == "one_by_one"):
                    for function in set(functions) & set(entry.offers):
                        name = f"{entry.name}@{backend.name}-{function}"
                        yield pytest.param(Case(entry, backend, function), id=name, marks=skip)

    return pytest.mark.parametrize("case", sorted(found(), key=repr))


ALL = ("collect", "collect_bounded", "first")


@pytest.fixture(autouse=True, scope="module")
def _few_objects() -> Iterator[None]:
    """Hide what exists already from the collector: it runs after every call here."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def run(case: Case, main: Callable[[Probe], Awaitable[Any]]) -> tuple[Any, list[str]]:
    """What ``main`` returned, and what the loop and the interpreter complained about meanwhile."""
    complaints: list[str] = []

    async def watched() -> Any:
        if case.backend.library == "asyncio":
            asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context["message"]))
        answer = await main(Probe(case.backend))
        gc.collect()
        return answer

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        answer = case.backend.run(watched, 0)
        gc.collect()
    return answer, complaints + [str(warning.message) for warning in caught]


async def messages_of(call: Awaitable[Any]) -> set[str]:
    """What the errors say that leave a call."""
    try:
        await call
    except Exception as error:
        return set(_flattened(error))
    return set()


def _flattened(error: BaseException) -> Iterator[str]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _flattened(inner)
    else:
        yield str(error)


async def cancelled_after(probe: Probe, turns: int, function: Callable[[], Awaitable[Any]], patience: int) -> bool:
    """Cancel a task after some turns; whether it has ended by that, ``patience`` turns later."""
    if probe.backend.library == "trio":
        with suppress(Exception), trio.CancelScope() as outer:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(function)
                await probe.hops(turns)
                outer.cancel()
        return outer.cancel_called
    task = asyncio.ensure_future(function())
    await probe.hops(turns)
    task.cancel()
    await probe.hops(patience)
    if ended := task.done():
        return task.cancelled()
    task.cancel()
    await asyncio.wait([task])
    return ended


async def swept(case: Case) -> None:
    """Cancel what an alternative left running, so that nothing but its own failure is seen."""
    if case.backend.library == "asyncio":
        for task in (left := asyncio.all_tasks() - {asyncio.current_task()}):
            task.cancel()
        if left:
            await asyncio.wait(left)


def settle(case: Case, promise: str, expected: object, actual: object, caveat: str = "") -> None:
    """The promise is kept; or it is broken, if the alternative's file says that it is."""
    if case.gives(promise, caveat):
        assert expected == actual
    else:
        assert expected != actual


@cases(*ALL, concurrent=False)
def test_no_jobs_no_results(case: Case) -> None:
    """An empty list of jobs is no special case."""
    assert run(case, lambda _: case.call([], 3)) == ([], [])


@cases(*ALL)
def test_results_come_in_order(case: Case) -> None:
    """In the order of the jobs, or for ``first`` in the order in which they finish."""
    turns = [3 * AWHILE, AWHILE, 2 * AWHILE]
    expected = [1, 2] if case.function == "first" else [0, 1, 2]

    answer, _ = run(case, lambda probe: case.call([partial(probe.job, *pair) for pair in enumerate(turns)], 2))

    settle(case, "result_order", expected, answer)


@cases(*ALL)
def test_an_error_stops_everything_and_leaves_nothing(case: Case) -> None:
    """By the time the error is seen the siblings have finished, their clean-up included, and all errors are told."""

    async def main(probe: Probe) -> tuple[int, int, set[str]]:
        before = probe.backend.toolkit.living()
        messages = await messages_of(case.call(probe.failing(), 3))
        seen = probe.running, probe.backend.toolkit.living() - before, messages
        await probe.hops(2)  # a cancellation that was left behind would strike here
        await swept(case)
        return seen

    (running, living, messages), complaints = run(case, main)

    assert "first" in messages
    settle(case, "siblings_cancelled_on_error", 0, running)
    settle(case, "nothing_left_on_exit", 0, living)
    settle(case, "all_errors_reported", {"first", "last"}, messages & {"first", "last"}, "Reports one error")
    settle(case, "no_unawaited_or_unretrieved", [], complaints)


async def fails_at_once() -> int:
    """A job that fails before it waits."""
    raise ValueError("at once")


@cases(*ALL)
def test_an_error_at_once_stops_everything(case: Case) -> None:
    """A job that fails before it waits is a failure like any other."""

    async def main(probe: Probe) -> tuple[set[str], int]:
        jobs = [partial(probe.job, 0, None, last_words="last"), fails_at_once, partial(probe.job, 1, None)]
        seen = await messages_of(case.call(jobs, 3)), probe.running
        await swept(case)
        return seen

    (messages, running), complaints = run(case, main)

    assert "at once" in messages
    settle(case, "siblings_cancelled_on_error", 0, running)
    settle(case, "no_unawaited_or_unretrieved", [], complaints)


@cases(*ALL)
def test_an_error_leaves_no_cancellation_behind(case: Case) -> None:
    """Whoever has handled the error is not cancelled at the next wait."""

    async def main(probe: Probe) -> bool:
        await messages_of(case.call([fails_at_once], 1))
        try:
            await probe.hops(2)
        except asyncio.CancelledError:  # one that nobody asked for
            return False
        return True

    answer, _ = run(case, main)

    settle(case, "no_stray_cancellation", True, answer)


@cases(*ALL)
def test_a_cancelled_caller_takes_its_jobs_along(case: Case) -> None:
    """Whenever the cancellation comes, the call ends by it, and no job and no task outlives the call."""

    async def main(probe: Probe) -> list[tuple[bool, int, int]]:
        seen = []
        before = probe.backend.toolkit.living()
        for turns in range(12):
            jobs = [partial(probe.job, index, None) for index in range(3)]
            ended = await cancelled_after(probe, turns, partial(case.call, jobs, 3), AWHILE)
            seen.append((ended, probe.running, probe.backend.toolkit.living() - before))
            await swept(case)
        return seen

    seen, complaints = run(case, main)

    settle(case, "outer_cancel_reaches_all", {(True, 0, 0)}, set(seen))
    assert complaints == []


@cases(*ALL)
def test_a_cancellation_survives_a_failure(case: Case) -> None:
    """A caller that handles the error of a job still learns that it was cancelled meanwhile."""

    async def main(probe: Probe) -> list[int]:
        async def caller() -> None:
            await messages_of(case.call([partial(probe.job, index, 1, error="failed") for index in range(2)], 2))
            await probe.backend.toolkit.sleep(FOREVER)

        lost = []
        for turns in range(12):
            if not await cancelled_after(probe, turns, caller, AWHILE):
                lost.append(turns)
            await swept(case)
        return lost

    lost, _ = run(case, main)

    settle(case, "cancellation_survives_error", [], lost)


@cases("collect_bounded")
def test_the_limit_is_kept_and_used(case: Case) -> None:
    """Never more jobs than the limit, and not fewer either, as long as there are more jobs."""

    async def main(probe: Probe) -> int:
        await case.call([partial(probe.job, index, AWHILE) for index in range(9)], 3)
        return probe.peak

    answer, _ = run(case, main)

    settle(case, "limit_never_exceeded", 3, answer)


@cases("collect_bounded")
def test_a_slow_job_does_not_hold_up_the_rest(case: Case) -> None:
    """While one job is slow, the remaining places serve all the others."""

    async def main(probe: Probe) -> list[int]:
        await case.call([partial(probe.job, index, 1 if index else 20 * AWHILE) for index in range(9)], 2)
        return probe.finished

    finished, _ = run(case, main)

    settle(case, "slow_job_alone", [*range(1, 9), 0], finished, "A slow job holds up")


@cases("collect_bounded", concurrent=False)
def test_jobs_are_taken_when_there_is_room(case: Case) -> None:
    """An iterator of jobs is read no further than the limit allows."""

    async def main(probe: Probe) -> bool:
        taken = []

        def jobs() -> Iterator[Job[int]]:
            for index in range(50):
                taken.append(index)
                yield partial(probe.job, index, None)

        await cancelled_after(probe, 2 * AWHILE, partial(case.call, jobs(), 3), AWHILE)
        return len(taken) <= 4

    answer, _ = run(case, main)

    settle(case, "lazy_intake", True, answer, "Reads every job")


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

    answer, _ = run(case, main)

    settle(case, "context_isolated", {"untouchedtouched", "untouched"}, answer, "context variables")


@cases("first")
def test_enough_stops_the_rest(case: Case) -> None:
    """With the first result the call ends, and the other jobs have finished by then."""

    async def main(probe: Probe) -> tuple[list[int], int]:
        answer = await case.call([partial(probe.job, index, AWHILE if index == 1 else None) for index in range(3)], 1)
        return answer, probe.running

    assert run(case, main) == (([1], 0), [])
