"""What is asked of ``patterns.retries``: the cost of a call that may be tried again, and of each further attempt.

There is no wait between attempts but where waiting is the question: it would measure the timer, which idles, and not
who asked for it. An attempt takes one turn of the loop where some of them fail, as a reply that is on its way would.
How often a call fails is drawn once, so that everybody answers the same calls.
"""

import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import cycle

from benchmarks.plan.backends import Toolkit
from benchmarks.plan.workloads import Once, Workload
from patterns.retries import Family

BASELINE = {"asyncio": "asyncio_loop", "trio": "trio_loop"}

SEED = 20261127
PATTERN = 100  # calls after which the failures begin anew
ATTEMPTS = 20  # more than any call needs that is to have an answer
FEW = 5  # attempts of a call that has none
LONG = 3600.0  # seconds
FIRST, LONGEST, FAILURES = 1e-4, 1e-3, 3  # seconds and seconds, and how often a call fails that waits
APART = 1.23e-6  # seconds; all of these are the same where the clock leaps, but not to who holds up the thread
CALLS = "calls made downstream"


class FlakyError(Exception):
    """What may be gone a moment later."""


class WrongError(Exception):
    """What will not."""


ON = (FlakyError,)


def failures(share: float) -> list[int]:
    """How often each call fails before its answer, if that share of attempts does.

    Of a hundred calls that share fails, as many of these again at their second attempt, and so on.
    """
    draws = random.Random(SEED)
    found = [0] * PATTERN
    failing = draws.sample(range(PATTERN), round(PATTERN * share))
    while failing:
        for number in failing:
            found[number] += 1
        failing = draws.sample(failing, round(len(failing) * share) if len(failing) > 1 else 0)
    return found


class FlakyService:
    """The other side: each call fails as often as the pattern says, and then answers with what it was asked."""

    def __init__(self, toolkit: Toolkit, tally: Counter[str], share: float) -> None:
        self.toolkit, self.tally = toolkit, tally
        self.left = cycle(failures(share))
        self.failing: dict[int, int] = {}

    async def call(self, number: int) -> int:
        """One attempt of the call of that number, which nobody else has at the same time."""
        self.tally[CALLS] += 1
        await self.toolkit.hop()
        left = self.failing.pop(number, None)
        if left is None:
            left = next(self.left)
        if left:
            self.failing[number] = left - 1
            raise FlakyError
        return number


async def at_once(number: int) -> int:
    """An answer that is there."""
    return number


@asynccontextmanager
async def in_a_row(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Calls one after the other, none of which fails or waits."""
    call = family.retrying(ON, ATTEMPTS, 0, 0)(at_once)

    async def once() -> list[int]:
        return [await call(number) for number in range(n)]

    yield once


@asynccontextmanager
async def within(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """The same calls, with a time instead of a number."""
    call = family.retrying_within(ON, LONG, 0, 0)(at_once)

    async def once() -> list[int]:
        return [await call(number) for number in range(n)]

    yield once


@asynccontextmanager
async def failing(
    family: Family, toolkit: Toolkit, n: int, tally: Counter[str], *, share: float
) -> AsyncIterator[Once]:
    """Calls one after the other; a share of all attempts fails."""
    call = family.retrying(ON, ATTEMPTS, 0, 0)(FlakyService(toolkit, tally, share).call)

    async def once() -> list[int]:
        return [await call(number) for number in range(n)]

    yield once


@asynccontextmanager
async def all_but(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """The same calls, with the errors named that are not tried again."""
    call = family.retrying_all_but((WrongError,), ATTEMPTS, 0, 0)(FlakyService(toolkit, tally, 0.1).call)

    async def once() -> list[int]:
        return [await call(number) for number in range(n)]

    yield once


@asynccontextmanager
async def hopeless(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """Calls one after the other, each of which fails as often as it may."""

    async def fail() -> None:
        tally[CALLS] += 1
        await toolkit.hop()
        raise FlakyError

    call = family.retrying(ON, FEW, 0, 0)(fail)

    async def once() -> int:
        failed = 0
        for _ in range(n):
            try:
                await call()
            except Exception:  # who has a name of its own for it may
                failed += 1
        return failed

    yield once


@asynccontextmanager
async def together(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """Callers who come at the same moment, to the same function; a tenth of all attempts fails."""
    call = family.retrying(ON, ATTEMPTS, 0, 0)(FlakyService(toolkit, tally, 0.1).call)

    async def once() -> list[int]:
        answers: list[int] = []

        async def caller(number: int) -> None:
            answers.append(await call(number))

        await toolkit.together([partial(caller, number) for number in range(n)])
        return sorted(answers)

    yield once


@asynccontextmanager
async def methods(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """A decorated method, called once on each of many objects."""

    async def ask(self: "Client") -> int:
        return self.number

    class Client:
        def __init__(self, number: int) -> None:
            self.number = number

        call = family.retrying(ON, ATTEMPTS, 0, 0)(ask)

    async def once() -> list[int]:
        return [await client.call() for client in map(Client, range(n))]

    yield once


@asynccontextmanager
async def waits(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """Callers who come one by one, and each of whom waits three times, as long as it should."""

    async def attempt(left: list[None]) -> bool:
        tally[CALLS] += 1
        if left:
            left.pop()
            raise FlakyError
        return True

    call = family.retrying(ON, ATTEMPTS, FIRST, LONGEST)(attempt)

    async def once() -> int:
        answers: list[bool] = []

        async def caller(number: int) -> None:
            await toolkit.sleep(number * APART)  # else those without chance would all be woken at once
            answers.append(await call([None] * FAILURES))

        await toolkit.together([partial(caller, number) for number in range(n)])
        return sum(answers)

    yield once


def failing_by(percent: int) -> Workload:
    """One of the workloads that differ in how many attempts fail."""
    often = {1: "one attempt in a hundred", 10: "one attempt in ten", 50: "every other attempt"}
    return Workload(
        name=f"failing_{percent}",
        question=f"What does an answer cost when {often[percent]} fails?",
        axis="calls in a row",
        operation="answer",
        needs="retrying",
        prepare=partial(failing, share=percent / 100),
        answer=lambda n: list(range(n)),
        operations=lambda n: n,
        tallies=(CALLS,),
    )


WORKLOADS = (
    Workload(
        name="at_once",
        question="What does an answer cost that comes at once, at the first attempt?",
        axis="calls in a row",
        operation="answer",
        needs="retrying",
        prepare=in_a_row,
        answer=lambda n: list(range(n)),
        operations=lambda n: n,
    ),
    *map(failing_by, (10, 1, 50)),
    Workload(
        name="within",
        question="What does an answer cost that comes at once, where a time bounds all attempts?",
        axis="calls in a row",
        operation="answer",
        needs="retrying_within",
        prepare=within,
        answer=lambda n: list(range(n)),
        operations=lambda n: n,
    ),
    Workload(
        name="together",
        question="What does an answer cost when many call the same function at once, and one attempt in ten fails?",
        axis="callers",
        operation="answer",
        needs="retrying",
        prepare=together,
        answer=lambda n: list(range(n)),
        operations=lambda n: n,
        tallies=(CALLS,),
    ),
    Workload(
        name="hopeless",
        question="What does a call cost that fails at each of its five attempts?",
        axis="calls in a row",
        operation="call",
        needs="retrying",
        prepare=hopeless,
        answer=lambda n: n,
        operations=lambda n: n,
        tallies=(CALLS,),
    ),
    Workload(
        name="methods",
        question="What does a call of a decorated method cost, on another object each time?",
        axis="objects",
        operation="answer",
        needs="retrying",
        prepare=methods,
        answer=lambda n: list(range(n)),
        operations=lambda n: n,
    ),
    Workload(
        name="all_but",
        question="What does an answer cost when all errors but some are tried again, and one attempt in ten fails?",
        axis="calls in a row",
        operation="answer",
        needs="retrying_all_but",
        prepare=all_but,
        answer=lambda n: list(range(n)),
        operations=lambda n: n,
        tallies=(CALLS,),
    ),
    Workload(
        name="waits",
        question="What does an answer cost in processor time that comes after three waits?",
        axis="callers",
        operation="answer",
        needs="retrying",
        prepare=waits,
        answer=lambda n: n,
        operations=lambda n: n,
        tallies=(CALLS,),
        clock="cpu",
        leaps=True,
    ),
)
