"""What is asked of ``patterns.injection``: what a call costs beside the function, and what a program beside its parts.

Functions and parts do next to nothing: what is compared is what finds, makes and closes them.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from benchmarks.families.injection.parts import Thing, kind_of, part, plain
from benchmarks.plan.backends import Toolkit
from benchmarks.plan.presets import MIDDLE
from benchmarks.plan.workloads import Once, Prepare, Workload
from patterns.injection import Family, Part

BASELINE = {"asyncio": "asyncio_exit_stack", "trio": "trio_exit_stack"}

RESOURCES = 5


class Tally:
    """How many parts were opened, and closed."""

    def __init__(self, toolkit: Toolkit) -> None:
        """None yet."""
        self.toolkit = toolkit
        self.opened = self.closed = 0

    def resource(self, name: str, *needs: Part, shared: bool = False, slow: bool = False) -> Part:
        """A part that is opened, in one turn if it is slow, and closed."""
        kind = kind_of(name)

        async def make(*given: Any, **named: Any) -> AsyncIterator[Thing]:
            self.opened += 1
            if slow:
                await self.toolkit.hop()
            try:
                yield kind(*given, *named.values())
            finally:
                self.closed += 1

        return part(kind, make, *(need.kind for need in needs), shared=shared, opens=True)

    def seen(self) -> tuple[int, int]:
        """How many since the last time."""
        seen = self.opened, self.closed
        self.opened = self.closed = 0
        return seen


def chain(depth: int) -> list[Part]:
    """Parts that are there at once, each of which needs the one before."""
    parts = [plain(kind_of("Link0"))]
    for number in range(1, depth):
        parts.append(plain(kind_of(f"Link{number}"), parts[-1].kind))
    return parts


async def one(thing: Thing) -> Thing:
    """A function with one need."""
    return thing


async def many(*things: Thing) -> int:
    """A function with several."""
    return len(things)


async def repeat(n: int, call: Callable[[], Awaitable[object]]) -> object:
    """So many calls, one after the other; what the last one has returned."""
    result: object = None
    for _ in range(n):
        result = await call()
    return result


@asynccontextmanager
async def warm(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """All calls need a shared part that is there."""
    pool = Tally(toolkit).resource("Pool", shared=True)
    async with family.program([pool], {}) as inject:
        call = inject(one, pool.kind)
        there = await call()

        async def once() -> bool:
            return await repeat(n, call) is there

        yield once


def calls_of_depth(depth: int) -> Prepare:
    """All calls need a part that needs another one, and so on."""

    @asynccontextmanager
    async def prepare(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
        parts = chain(depth)
        async with family.program(parts, {}) as inject:
            call = inject(one, parts[-1].kind)

            async def once() -> int:
                return _depth(await repeat(n, call))

            yield once

    return prepare


def _depth(thing: Any) -> int:
    found = 0
    while thing:
        found, thing = found + 1, thing.needs[0] if thing.needs else None
    return found


@asynccontextmanager
async def resources(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """All calls need parts that are opened and closed."""
    counted = Tally(toolkit)
    parts = [counted.resource(f"Resource{number}") for number in range(RESOURCES)]
    async with family.program(parts, {}) as inject:
        call = inject(many, *(one.kind for one in parts))

        async def once() -> tuple[object, tuple[int, int]]:
            return await repeat(n, call), counted.seen()

        yield once


@asynccontextmanager
async def first_use(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """A program begins, and all calls come at the same time and need a shared part that is not there yet."""
    counted = Tally(toolkit)
    pool = counted.resource("Pool", shared=True, slow=True)

    async def once() -> bool:
        async with family.program([pool], {}) as inject:
            call = inject(one, pool.kind)
            await toolkit.together([call] * n)
        opened, closed = counted.seen()
        return 0 < opened == closed  # whether it was made once is a promise, and no question of cost

    yield once


@asynccontextmanager
async def overrides(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Programs begin one after the other, each with another thing in the place of the same part, and are called."""
    counted = Tally(toolkit)
    pool = counted.resource("Pool", shared=True)
    parts: Sequence[Part] = [pool, *_around(counted, pool)]
    fakes = [pool.kind() for _ in range(n)]

    async def once() -> tuple[bool, tuple[int, int]]:
        right = True
        for fake in fakes:
            async with family.program(parts, {pool.kind: fake}) as inject:
                session: Any = await inject(one, parts[-1].kind)()
            right = right and session.needs[0].needs[0] is fake
        return right, counted.seen()

    yield once


def _around(counted: Tally, pool: Part) -> list[Part]:
    connection = counted.resource("Connection", pool)
    return [connection, counted.resource("Session", connection)]


def asked(
    name: str,
    question: str,
    prepare: Prepare,
    answer: Callable[[int], object],
    operation: str = "call",
    scale: tuple[int, ...] = (1, 10, 100, 1000),
) -> Workload:
    """One of the workloads, all of which count calls, or programs."""
    return Workload(
        name=name,
        question=question,
        axis=f"{operation}s",
        operation=operation,
        needs="program",
        prepare=prepare,
        answer=answer,
        operations=lambda n: n,
        scale=scale,
    )


WORKLOADS = (
    asked("warm", "What does a call cost that needs a shared part which is there?", warm, lambda _: True),
    asked(
        "depth_1",
        "What does a call cost that needs one part, which is made at once?",
        calls_of_depth(1),
        lambda _: 1,
        scale=(MIDDLE,),
    ),
    asked(
        "depth_5",
        "What does a call cost that needs a part which needs another, five in all?",
        calls_of_depth(5),
        lambda _: 5,
        scale=(MIDDLE,),
    ),
    asked(
        "depth_20",
        "What does a call cost that needs a part which needs another, twenty in all?",
        calls_of_depth(20),
        lambda _: 20,
        scale=(MIDDLE,),
    ),
    asked(
        "resources",
        "What does a call cost for which five parts are opened and closed?",
        resources,
        lambda n: (RESOURCES, (RESOURCES * n, RESOURCES * n)),
    ),
    asked(
        "first_use",
        "What does a call cost when a program begins, and many need the same shared part for the first time?",
        first_use,
        lambda _: True,
    ),
    asked(
        "overrides",
        "What does a test cost that begins a program with something else in the place of a part, and calls once?",
        overrides,
        lambda n: (True, (2 * n, 2 * n)),
        operation="program",
        scale=(MIDDLE,),
    ),
)
