"""Memory that is never given back is found by doing a thing again and again, and nothing else is taken for it."""

import asyncio
import warnings
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import trio

import patterns
from benchmarks.plan.backends import BACKENDS, Toolkit
from benchmarks.plan.workloads import Once, Workload
from benchmarks.safety.memory import CALLS, same_memory
from benchmarks.safety.trials import BrokenPromiseError, Trial
from benchmarks.safety.waiting import memory_blocks

ONE = patterns.alternatives("locks")[0]
LOOPS = ("asyncio", "trio")
HOUR = 3600


class Small:
    """Something that is kept."""


class Cellar:
    """What the things keep that are done here."""

    def __init__(self) -> None:
        self.kept: list[object] = []
        self.done = 0

    async def nothing(self) -> None:
        """Keep nothing."""
        Small()

    async def each_time(self) -> None:
        """Keep a small thing, always."""
        self.kept.append(Small())

    async def a_while(self) -> None:
        """Keep things for later, until there are enough of them."""
        self.done += 1
        if self.done < 5 * CALLS:
            self.kept.append(Small())

    async def for_an_hour(self) -> None:
        """Arm a timer, and take it back."""
        if asyncio._get_running_loop():
            asyncio.get_running_loop().call_later(HOUR, print).cancel()
        else:
            with trio.move_on_after(HOUR):
                await trio.lowlevel.checkpoint()

    async def a_complaint(self) -> None:
        """Warn of something, each time in other words."""
        self.done += 1
        warnings.warn(f"this is wrong in {self.done} places", stacklevel=1)

    async def another_error(self) -> None:
        """Keep a small thing, and fail."""
        self.kept.append(Small())
        raise LookupError

    async def a_generator(self) -> None:
        """Leave an async generator open, which is another promise's matter."""

        async def endless() -> AsyncIterator[int]:
            while True:
                yield 1

        begun = endless()
        await anext(begun)
        self.kept.append(begun)


def asked(loop: str, do: Callable[[Cellar], Callable[[], Awaitable[None]]]) -> None:
    """Ask whether a thing keeps memory; raises what the question raises."""

    @asynccontextmanager
    async def prepare(family: Any, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
        yield do(Cellar())

    counted = Workload("jobs", "What does a job cost?", "jobs", "job", "do", prepare, lambda n: n, lambda n: n)
    trial = Trial(ONE, BACKENDS[loop], 0)
    trial.module = SimpleNamespace(do=do)
    run = BACKENDS[loop].run_virtual
    assert run
    run(lambda: same_memory(trial, (counted,), ("jobs",)), 0)


@pytest.mark.parametrize("loop", LOOPS)
def test_what_is_kept_each_time_is_found(loop: str) -> None:
    """However small it is; the message says how much it is, and of what."""
    with pytest.raises(BrokenPromiseError, match=r"[12]\.\d blocks .* What does a job cost"):
        asked(loop, lambda cellar: cellar.each_time)


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("kind", [Cellar.nothing, Cellar.a_while, Cellar.for_an_hour])
def test_what_is_given_back_in_the_end_is_nothing(loop: str, kind: Callable[[Cellar], Awaitable[None]]) -> None:
    """Things for later are kept once, and loops keep timers that were taken back until their time has come."""
    asked(loop, lambda cellar: lambda: kind(cellar))


@pytest.mark.parametrize("kind", [Cellar.a_generator, Cellar.a_complaint, Cellar.another_error])
def test_what_breaks_another_promise_is_not_told_here(kind: Callable[[Cellar], Awaitable[None]]) -> None:
    """One fault is told once: what is left open, what is complained of, and what is not what was asked for."""
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        asked("asyncio", lambda cellar: lambda: kind(cellar))


def test_names_that_were_looked_up_are_no_memory() -> None:
    """The interpreter's own cache of attributes holds on to the last ones, and what splits groups looks up new ones."""
    before = memory_blocks()
    for number in range(100 * CALLS):
        getattr(Cellar, f"name {number}", None)

    assert memory_blocks() - before < CALLS
