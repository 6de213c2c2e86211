"""What is asked of ``patterns.sync_bridge``."""

import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from queue import SimpleQueue
from typing import Any

from benchmarks.plan.backends import Event, Toolkit
from benchmarks.plan.presets import MIDDLE
from benchmarks.plan.workloads import Once, Prepare, Reading, Seen, Workload
from patterns.sync_bridge import Ask, Family

BASELINE = {"asyncio": "asyncio_to_thread", "trio": "trio_to_thread"}

SIZE = 4  # threads of a pool, and of those that ask
SHORT = range(600)  # the sum of these takes some 10 us, in C, and holds the interpreter's lock
LONG = range(30_000)  # half a millisecond
PROCESSES = 2
TICK = 0.001  # seconds between two looks at whether the loop goes on
MOMENT = 0.0005  # seconds that a thread is given to end


class WrongAnswersError(Exception):
    """Not every question was answered."""


@asynccontextmanager
async def single(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Calls that have nothing to do, one after the other."""
    async with family.calls(SIZE) as call:

        async def once() -> int:
            done = 0
            for _ in range(n):
                done += await call(abs, -1)
            return done

        yield once


@asynccontextmanager
async def short(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Calls that take 10 us, one after the other."""
    right = sum(SHORT)
    async with family.calls(SIZE) as call:

        async def once() -> int:
            done = 0
            for _ in range(n):
                done += await call(sum, SHORT) == right
            return done

        yield once


@asynccontextmanager
async def crowd(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Callers who come at once, and find few threads."""
    async with family.calls(SIZE) as call:

        async def once() -> Seen:
            done = await together(toolkit, n, partial(call, abs, -1))
            return Seen(done, threading.active_count())

        yield once


@asynccontextmanager
async def computed(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Callers who come at once, with half a millisecond of computing each, and somebody who looks how the loop is."""
    longest = 0.0
    over = False

    async def look() -> None:
        nonlocal longest
        clock = toolkit.clock()
        while not over:
            before = clock()
            await toolkit.sleep(TICK)
            longest = max(longest, clock() - before)

    async with family.offload(PROCESSES) as call, toolkit.crowd() as run:
        run(look)

        async def once() -> Seen:
            nonlocal longest
            longest = TICK
            total = await together(toolkit, n, partial(call, sum, LONG))
            return Seen(total / sum(LONG), longest)

        yield once
        over = True


def largest(evidence: Sequence[float], n: int) -> float:  # noqa: ARG001  a reading's
    """The largest of what the calls of a block have shown."""
    return max(evidence)


async def together(toolkit: Toolkit, n: int, ask: Callable[[], Awaitable[int]]) -> int:
    """The sum of so many answers, asked for at once."""
    total = 0

    async def one() -> None:
        nonlocal total
        answer = await ask()
        total += answer

    await toolkit.together([one] * n)
    return total


class Desk:
    """Where questions are answered, on the loop; once so many were asked it is ``over``."""

    def __init__(self, toolkit: Toolkit) -> None:
        """Nobody asks anything yet."""
        self._toolkit = toolkit
        self._left = 0
        self.over: Event = toolkit.event()

    def expects(self, questions: int) -> None:
        """So many are coming."""
        self._left, self.over = questions, self._toolkit.event()

    async def answer(self) -> int:
        """Count one more."""
        self._left -= 1
        if not self._left:
            self.over.set()
        return 1


class Asker:
    """A thread of the program's own, which asks the desk as often as it is told to, one question after the other."""

    def __init__(self, ask: Ask, desk: Desk) -> None:
        """It begins when it is told how often."""
        self._ask, self._desk = ask, desk
        self._rounds: SimpleQueue[int] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="who asks", daemon=True)
        self._thread.start()
        self.answers = 0

    def go(self, times: int) -> None:
        """Ask so often."""
        self._rounds.put(times)

    def _run(self) -> None:
        while times := self._rounds.get():
            for _ in range(times):
                self.answers += self._ask(self._desk.answer)

    async def end(self, toolkit: Toolkit) -> None:
        """Wait until it is gone; its last answer may be still to come, from the loop."""
        self._rounds.put(0)
        while self._thread.is_alive():
            await toolkit.hop()
            self._thread.join(MOMENT)


@asynccontextmanager
async def asked(family: Family, toolkit: Toolkit, n: int, threads: int) -> AsyncIterator[Once]:
    """So many threads ask, as often as n says all together."""
    desk = Desk(toolkit)
    async with family.portal() as ask:
        askers = [Asker(ask, desk) for _ in range(min(threads, n))]
        shares = [len(range(first, n, len(askers))) for first in range(len(askers))]
        rounds = 0

        async def once() -> int:
            nonlocal rounds
            desk.expects(n)
            for asker, share in zip(askers, shares, strict=True):
                asker.go(share)
            await desk.over.wait()
            rounds += 1
            return n

        try:
            yield once
        finally:
            for asker in askers:
                await asker.end(toolkit)
        answers = sum(asker.answers for asker in askers)
        if answers != rounds * n:
            raise WrongAnswersError(f"{answers} answers to {rounds * n} questions")


@asynccontextmanager
async def asks(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """A thread of the program's own asks, one question after the other."""
    async with asked(family, toolkit, n, 1) as once:
        yield once


@asynccontextmanager
async def askers(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Several threads of the program's own ask at once."""
    async with asked(family, toolkit, n, SIZE) as once:
        yield once


@asynccontextmanager
async def ping_pong(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Blocking code that asks the loop it was called from, again and again."""
    desk = Desk(toolkit)
    async with family.bridge(SIZE) as (call, ask):

        def often() -> int:
            return sum(ask(desk.answer) for _ in range(n))

        async def once() -> int:
            answers: int = await call(often)
            return answers

        yield once


@asynccontextmanager
async def nested(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Blocking code that asks the loop, which calls blocking code, and so on, as deep as there are threads."""
    depths = [min(SIZE, n - first) for first in range(0, n, SIZE)]
    async with family.bridge(SIZE) as (call, ask):

        def block(depth: int) -> int:
            return 1 + (ask(go_on, depth - 1) if depth > 1 else 0)

        async def go_on(depth: int) -> int:
            made: int = await call(block, depth)
            return made

        async def once() -> int:
            return sum([await go_on(depth) for depth in depths])

        yield once


def row(name: str, question: str, needs: str, prepare: Prepare, **options: Any) -> Workload:
    """A question whose right answer is how many calls or questions there were."""
    return Workload(
        name=name,
        question=question,
        needs=needs,
        prepare=prepare,
        answer=lambda n: n,
        operations=lambda n: n,
        **options,
    )


CALLS: dict[str, Any] = {"axis": "calls", "operation": "call"}
QUESTIONS: dict[str, Any] = {"axis": "questions", "operation": "question"}
ONE_POINT = (MIDDLE,)  # one call after the other: what one costs does not depend on how many there are

WORKLOADS = (
    row("single", "What does a blocking call cost that has nothing to do?", "calls", single, **CALLS),
    row("short", "What does a blocking call of 10 us cost?", "calls", short, scale=ONE_POINT, **CALLS),
    row(
        "crowd",
        "What does a blocking call cost when all come at once to four threads?",
        "calls",
        crowd,
        readings=(
            Reading(
                {"name": "threads", "title": "threads there are afterwards", "unit": "count", "better": "lower"},
                largest,
            ),
        ),
        **CALLS,
    ),
    row(
        "computed",
        "What does a call cost that computes for half a millisecond, when all come at once to two threads?",
        "offload",
        computed,
        scale=ONE_POINT,
        readings=(
            Reading(
                {"name": "stall", "title": "longest stall of the loop", "unit": "second", "better": "lower"},
                largest,
            ),
        ),
        **CALLS,
    ),
    row("asks", "What does a question of a thread to the loop cost?", "portal", asks, scale=ONE_POINT, **QUESTIONS),
    row("askers", "What does a question cost when four threads ask at once?", "portal", askers, **QUESTIONS),
    row(
        "ping_pong",
        "What does a question cost to the loop that has called?",
        "bridge",
        ping_pong,
        scale=ONE_POINT,
        **QUESTIONS,
    ),
    row(
        "nested",
        "What does a call cost that comes of a question of a blocking call, four deep?",
        "bridge",
        nested,
        scale=ONE_POINT,
        **CALLS,
    ),
)
