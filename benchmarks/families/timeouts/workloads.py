"""What is asked of ``patterns.timeouts``: the cost of a deadline that does not come, and of one that does.

Bodies wait in turns of the loop. Deadlines are an hour away, or have passed as soon as the loop looks: nobody waits for
a timer, and what is counted from there is turns.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial, reduce
from typing import Any

import trio

from benchmarks.families.timeouts.timers import timers_kept
from benchmarks.plan.backends import Toolkit
from benchmarks.plan.workloads import Once, Reading, Seen, Workload
from patterns.timeouts import Call, Family

BASELINE = {"asyncio": "asyncio_timeout", "trio": "trio_fail_after"}

HOUR = 3600.0  # seconds: a deadline that does not come
AT_ONCE = 1e-6  # seconds: less than a turn takes
DEPTHS = (2, 4, 8)
TIMED_OUT = (TimeoutError, trio.TooSlowError)  # what a deadline may raise
ONE_IN = 100


async def at_once() -> int:
    """A body that finds its answer in a cache."""
    return 1


def hopping(toolkit: Toolkit) -> Call[int]:
    """A body that waits one turn."""

    async def body() -> int:
        await toolkit.hop()
        return 1

    return body


@asynccontextmanager
async def in_a_row(
    family: Family,
    toolkit: Toolkit,
    n: int,
    tally: Counter[str],  # noqa: ARG001
    *,
    hops: bool,
    depth: int = 1,
) -> AsyncIterator[Once]:
    """One call after the other, each under as many deadlines as ``depth`` says."""
    body = reduce(
        lambda inner, _: partial(family.within, HOUR, inner), range(depth - 1), hopping(toolkit) if hops else at_once
    )

    async def once() -> Seen:
        done = 0
        for _ in range(n):
            done += await family.within(HOUR, body)
        return Seen(done, timers_kept())

    yield once


@asynccontextmanager
async def crowd(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Callers whose deadlines are open at the same time: all wait until the last one waits."""

    async def once() -> Seen:
        waiting = done = kept = 0
        everybody = toolkit.event()

        async def body() -> int:
            nonlocal waiting, kept
            waiting += 1
            if waiting == n:
                kept = timers_kept()
                everybody.set()
            await everybody.wait()
            return 1

        async def caller() -> None:
            nonlocal done
            answer = await family.within(HOUR, body)
            done += answer

        await toolkit.together([caller] * n)
        return Seen(done, kept)

    yield once


@asynccontextmanager
async def expiring(
    family: Family,
    toolkit: Toolkit,
    n: int,
    tally: Counter[str],  # noqa: ARG001
    *,
    one_in: int,
) -> AsyncIterator[Once]:
    """Callers at once, one in so many of whom waits for what never comes; somebody counts turns until all are back."""
    hopper = hopping(toolkit)

    async def once() -> Seen:
        answered = expired = turns = 0
        never = toolkit.event()

        async def hang() -> int:
            await never.wait()
            return 0

        async def caller(number: int) -> None:
            nonlocal answered, expired
            ends = number % one_in == one_in - 1
            try:
                answer = await (family.within(AT_ONCE, hang) if ends else family.within(HOUR, hopper))
                answered += answer
            except TIMED_OUT:
                expired += 1

        async def count() -> None:
            nonlocal turns
            while answered + expired < n:
                turns += 1
                await toolkit.hop()

        await toolkit.together([*(partial(caller, number) for number in range(n)), count])
        never.set()  # for whoever was not ended: what waits for it now was left to itself
        await toolkit.hop()
        return Seen((answered, expired), turns)

    yield once


@asynccontextmanager
async def one_deadline(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Steps of one turn each under one deadline for all."""
    steps = [hopping(toolkit)] * n

    async def once() -> int:
        return sum(await family.steps_within(HOUR, steps))

    yield once


@asynccontextmanager
async def messages(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """A connection on which a message comes every turn, until it is closed."""

    async def once() -> int:
        left, heard = n, 0

        async def receive() -> int | None:
            nonlocal left
            await toolkit.hop()
            left -= 1
            return 1 if left >= 0 else None

        def handle(message: int) -> None:
            nonlocal heard
            heard += message

        await family.listen(HOUR, receive, handle)
        return heard

    yield once


@asynccontextmanager
async def clean_up(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Clean-ups of one turn, one after the other, which nobody disturbs."""
    body = hopping(toolkit)

    async def once() -> int:
        done = 0
        for _ in range(n):
            done += await family.finish(HOUR, body)
        return done

    yield once


Look = Callable[[Sequence[Any], int], float]


def most(evidence: Sequence[int], n: int) -> float:  # noqa: ARG001  the same at every n
    """The most that a call of a block showed."""
    return max(evidence)


def most_each(evidence: Sequence[int], n: int) -> float:
    """The most that a call of a block showed, per scope; a heap that holds nothing counts as one timer for all."""
    return max(1, *evidence) / n


KEPT = Reading(
    {"name": "timers_kept", "title": "timers in the loop's heap, per scope", "unit": "count", "better": "lower"},
    most_each,
)
TURNS = Reading(
    {"name": "turns_until_back", "title": "turns until all are back", "unit": "count", "better": "lower"}, most
)


def row_of(name: str, question: str, **options: Any) -> Workload:
    """One of the workloads in which calls follow each other."""
    return Workload(
        name=name,
        question=question,
        axis="calls in a row",
        operation="call",
        needs="within",
        prepare=partial(in_a_row, **options),
        answer=lambda n: n,
        operations=lambda n: n,
        scale=(100,) if "depth" in options else (1, 10, 100, 1000),
        readings=(KEPT,),
    )


def expire_of(name: str, question: str, one_in: int, scale: tuple[int, ...]) -> Workload:
    """One of the workloads in which deadlines come."""
    return Workload(
        name=name,
        question=question,
        axis="callers at once",
        operation="call",
        needs="within",
        prepare=partial(expiring, one_in=one_in),
        answer=lambda n: (n - n // one_in, n // one_in),
        operations=lambda n: n,
        scale=scale,
        readings=(TURNS,),
    )


WORKLOADS = (
    row_of("one_hop", "What does a deadline cost around a call that waits one turn of the loop?", hops=True),
    row_of("ready", "What does a deadline cost around a call that does not wait for anything?", hops=False),
    Workload(
        name="crowd",
        question="What does a deadline cost when many are open at the same time?",
        axis="callers at once",
        operation="call",
        needs="within",
        prepare=crowd,
        answer=lambda n: n,
        operations=lambda n: n,
        scale=(1, 10, 100, 1000, 10_000),
        readings=(KEPT,),
    ),
    expire_of("all_expire", "What does a call cost that is ended by its deadline?", one_in=1, scale=(1, 10, 100, 1000)),
    expire_of("few_expire", "What does a call cost when one in a hundred is ended by its deadline?", ONE_IN, (100,)),
    *(
        row_of(f"nested_{depth}", f"What does a call cost under {depth} deadlines?", hops=True, depth=depth)
        for depth in DEPTHS
    ),
    Workload(
        name="one_deadline",
        question="What does a step cost when all steps share one deadline?",
        axis="steps",
        operation="step",
        needs="steps_within",
        prepare=one_deadline,
        answer=lambda n: n,
        operations=lambda n: n,
    ),
    Workload(
        name="messages",
        question="What does a message cost that puts off the deadline of its connection?",
        axis="messages",
        operation="message",
        needs="listen",
        prepare=messages,
        answer=lambda n: n,
        operations=lambda n: n,
    ),
    Workload(
        name="clean_up",
        question="What does a clean-up cost that a cancellation of its caller may not cut off?",
        axis="calls in a row",
        operation="call",
        needs="finish",
        prepare=clean_up,
        answer=lambda n: n,
        operations=lambda n: n,
        scale=(100,),
        presupposes=("clean-up",),
    ),
)
