"""Objects that are made one by one, and calls that come one by one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.families.inheritance.workloads import LINE, PROPERTY, Counted, Same, diamond, fetch, line, load, make
from benchmarks.plan.arrivals import Arrivals, Operate
from benchmarks.plan.backends import Toolkit
from patterns.inheritance import Family


def making(family: Family, part: Counted, kind: object) -> Operate:
    """An object is made and closed."""

    async def operate(number: int) -> bool:  # noqa: ARG001  all objects are alike
        await make(family, kind, 1)
        opened, closed = part.seen()
        return opened == closed > 0

    return operate


@asynccontextmanager
async def in_a_line(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001
    """Objects whose classes stand in a line."""
    part = Counted()
    yield making(family, part, line(family, [Same(part) for _ in range(LINE)]))


@asynccontextmanager
async def through_a_diamond(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001
    """Objects of a diamond."""
    part = Counted()
    yield making(family, part, diamond(family, part))


@asynccontextmanager
async def first_reads(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001
    """Objects whose property is read once."""

    async def operate(number: int) -> bool:  # noqa: ARG001  all objects are alike
        return await family.valued(load, PROPERTY).value == sum(range(1, PROPERTY + 1))

    yield operate


@asynccontextmanager
async def calls(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001
    """Calls of one object through three classes."""
    thing = await family.construct(line(family, [Same(Counted()) for _ in range(LINE)]), fetch)

    async def operate(number: int) -> bool:
        return await thing.ask(number) == number + LINE

    yield operate
    await family.close(thing)


DEPTH = "a call is measured through two classes: what a further one costs, it costs each call alike"
ARRIVALS: dict[str, Arrivals | str] = {
    "construct": Arrivals(in_a_line),
    "diamond": Arrivals(through_a_diamond),
    "fails": "what is not made is not there to be late",
    "call_1": DEPTH,
    "call_2": Arrivals(calls),
    "call_4": DEPTH,
    "call_8": DEPTH,
    "reads": "what is known is there at once: no read waits for another one",
    "first_reads": Arrivals(first_reads),
}
