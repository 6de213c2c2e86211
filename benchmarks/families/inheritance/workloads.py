"""What is asked of ``patterns.inheritance``: the cost of making objects, of calls through classes, and of properties.

Nobody waits: what is compared is what stands between the caller and what the classes do.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from benchmarks.plan.backends import Toolkit
from benchmarks.plan.presets import MIDDLE
from benchmarks.plan.workloads import Once, Prepare, Workload
from patterns.inheritance import Family, Part

BASELINE = {"asyncio": "exit_stack", "trio": "exit_stack"}

LINE = 3  # classes of an object that is made again and again
CHAINS = (1, 2, 4, 8)  # classes that a call goes through
PROPERTY = 1  # classes of a property: that an override may ask its base is a promise, and some wait for ever then


class FailedError(Exception):
    """What the last class raises."""


class Counted:
    """Parts of classes that open and close at once, and how many have."""

    def __init__(self) -> None:
        """None has yet."""
        self.opened = self.closed = 0

    async def open(self) -> None:
        """There is one more."""
        self.opened += 1

    def refine(self, answer: int) -> int:
        """Add 1."""
        return answer + 1

    async def close(self) -> None:
        """There is one less."""
        self.closed += 1

    def seen(self) -> tuple[int, int]:
        """How many have opened and closed since the last time."""
        seen = self.opened, self.closed
        self.opened = self.closed = 0
        return seen


class Broken(Counted):
    """The part of a class that does not open."""

    async def open(self) -> None:
        """Fail."""
        raise FailedError


async def fetch(question: int) -> int:
    """What the first class asks."""
    return question


async def load(level: int) -> int:
    """What each class of a property loads."""
    return level


def line(family: Family, parts: Sequence[Part]) -> Any:
    """A class of so many parts, one after the other."""
    kind = family.refined(parts[0])
    for part in parts[1:]:
        kind = family.refined(part, kind)
    return kind


def diamond(family: Family, part: Part) -> Any:
    """A class with two bases that have one base in common."""
    root = family.refined(part)
    return family.refined(Same(part), family.refined(Same(part), root), family.refined(Same(part), root))


class Same:
    """The part of another class, which does the same."""

    def __init__(self, part: Part) -> None:
        """What it does is what that part does."""
        self.open, self.refine, self.close = part.open, part.refine, part.close


async def make(family: Family, kind: Any, n: int) -> None:
    """Construct so many objects, each of which is closed before the next one."""
    for _ in range(n):
        await family.close(await family.construct(kind, fetch))


@asynccontextmanager
async def construct(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Objects whose classes stand in a line."""
    part = Counted()
    kind = line(family, [Same(part) for _ in range(LINE)])

    async def once() -> tuple[int, int]:
        await make(family, kind, n)
        return part.seen()

    yield once


@asynccontextmanager
async def through_a_diamond(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Objects of a diamond; that its root opens once is a promise, and no question of cost."""
    part = Counted()
    kind = diamond(family, part)

    async def once() -> bool:
        await make(family, kind, n)
        opened, closed = part.seen()
        return opened == closed > 0

    yield once


@asynccontextmanager
async def fails(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Objects whose last class fails to open; that the others are closed is a promise."""
    part = Counted()
    kind = line(family, [*(Same(part) for _ in range(LINE - 1)), Broken()])

    async def once() -> tuple[int, int]:
        told = 0
        for _ in range(n):
            try:
                await family.construct(kind, fetch)
            except FailedError:
                told += 1
        return told, part.seen()[0]

    yield once


def calls(depth: int) -> Workload:
    """Calls through so many classes."""

    @asynccontextmanager
    async def prepare(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
        thing = await family.construct(line(family, [Same(Counted()) for _ in range(depth)]), fetch)
        ask = thing.ask

        async def once() -> int:
            total = 0
            for number in range(n):
                total += await ask(number)
            return total

        yield once
        await family.close(thing)

    return asked(
        f"call_{depth}",
        {
            1: "What does a call cost that one class refines?",
            2: "What does a call cost when a subclass refines it as well?",
            4: "What does a call cost through four classes?",
            8: "What does a call cost through eight classes?",
        }[depth],
        ("calls in a row", "call"),
        prepare,
        lambda n: sum(range(n)) + n * depth,
        () if depth == CHAINS[1] else (MIDDLE,),
    )


@asynccontextmanager
async def reads(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """A property that is known."""
    thing = family.valued(load, PROPERTY)
    await thing.value

    async def once() -> int:
        total = 0
        for _ in range(n):
            total += await thing.value
        return total

    yield once


@asynccontextmanager
async def first_reads(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Objects whose property is read once."""

    async def once() -> int:
        total = 0
        for _ in range(n):
            total += await family.valued(load, PROPERTY).value
        return total

    yield once


def asked(
    name: str,
    question: str,
    counted: tuple[str, str],
    prepare: Prepare,
    answer: Callable[[int], object],
    scale: tuple[int, ...] = (),
    needs: str = "construct",
) -> Workload:
    """One of the workloads: all of them do something again and again; no ``scale`` is the whole axis."""
    axis, operation = counted
    return Workload(
        name=name,
        question=question,
        axis=axis,
        operation=operation,
        needs=needs,
        prepare=prepare,
        answer=answer,
        operations=lambda n: n,
        scale=scale or (1, 10, 100, 1000),
    )


OBJECTS = ("objects in a row", "object")
WORKLOADS = (
    asked(
        "construct",
        "What does it cost to make an object of three classes, and to close it?",
        OBJECTS,
        construct,
        lambda n: (LINE * n, LINE * n),
    ),
    asked(
        "diamond",
        "What does it cost to make an object of a diamond of classes, and to close it?",
        OBJECTS,
        through_a_diamond,
        lambda n: n > 0,
        (MIDDLE,),
    ),
    asked(
        "fails",
        "What does it cost when the last of three classes fails to open?",
        OBJECTS,
        fails,
        lambda n: (n, (LINE - 1) * n),
        (MIDDLE,),
    ),
    *map(calls, CHAINS),
    asked(
        "reads",
        "What does it cost to read an async property that is known?",
        ("reads in a row", "read"),
        reads,
        lambda n: n * sum(range(1, PROPERTY + 1)),
        needs="valued",
    ),
    asked(
        "first_reads",
        "What does it cost to read the async property of an object for the first time?",
        OBJECTS,
        first_reads,
        lambda n: n * sum(range(1, PROPERTY + 1)),
        (MIDDLE,),
        needs="valued",
    ),
)
