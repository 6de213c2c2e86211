"""What is asked of ``patterns.resources``."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from benchmarks.plan.backends import Toolkit
from benchmarks.plan.workloads import Once, Prepare, Workload
from patterns.resources import Family, Handle, Lease

BASELINE = {"asyncio": "asyncio_exit_stack", "trio": "trio_exit_stack"}

DEEP = 100  # resources of a block, at most
SIZE = 10  # of a pool


class RefusedError(Exception):
    """What an opening raises."""


class GivenUpError(Exception):
    """What ends those who hold something."""


class Store:
    """What there is to open, and how many are open; every opening and every closing takes so many ``turns``."""

    def __init__(self, toolkit: Toolkit, turns: int = 0) -> None:
        """Nothing is open."""
        self.toolkit, self.turns = toolkit, turns
        self.opened = self.closed = 0

    async def connect(self) -> Handle:
        """Open one."""
        for _ in range(self.turns):
            await self.toolkit.hop()
        self.opened += 1
        return _Open(self)

    async def refused(self) -> Handle:
        """Fail to open one."""
        raise RefusedError

    def seen(self) -> tuple[int, bool]:
        """How many were opened since the last time, and whether all are closed."""
        opened, closed = self.opened, self.closed
        self.opened = self.closed = 0
        return opened, opened == closed


class _Open:
    def __init__(self, store: Store) -> None:
        self.store = store

    async def aclose(self) -> None:
        try:
            for _ in range(self.store.turns):
                await self.store.toolkit.hop()
        finally:
            self.store.closed += 1


def depths(n: int) -> list[int]:
    """So many resources as blocks of at most a hundred."""
    return [min(DEEP, n - first) for first in range(0, n, DEEP)]


@asynccontextmanager
async def single(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Blocks with one resource, one after the other; neither opening nor closing waits."""
    store = Store(toolkit)
    connects = [store.connect]

    async def once() -> tuple[int, bool]:
        for _ in range(n):
            async with family.opened(connects):
                pass
        return store.seen()

    yield once


@asynccontextmanager
async def stack(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Blocks with up to a hundred resources."""
    store = Store(toolkit)
    blocks = [[store.connect] * depth for depth in depths(n)]

    async def once() -> tuple[int, bool]:
        for connects in blocks:
            async with family.opened(connects):
                pass
        return store.seen()

    yield once


@asynccontextmanager
async def refused(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """The same, but the last one of each block cannot be opened."""
    store = Store(toolkit)
    blocks = [[*[store.connect] * (depth - 1), store.refused] for depth in depths(n)]

    async def once() -> tuple[int, int]:
        told = 0
        for connects in blocks:
            try:
                async with family.opened(connects):
                    pass
            except* RefusedError:
                told += 1
        opened, _ = store.seen()  # whether all are closed is a promise, and no question of cost
        return told, opened

    yield once


@asynccontextmanager
async def cancelled(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Users who have one resource each, are cancelled at the same time, and need a turn to close it."""
    store = Store(toolkit, turns=1)
    connects = [store.connect]

    async def once() -> tuple[int, bool]:
        inside = 0
        never, all_inside = toolkit.event(), toolkit.event()

        async def use() -> None:
            nonlocal inside
            async with family.opened(connects):
                inside += 1
                if inside == n:
                    all_inside.set()
                await never.wait()

        try:
            async with toolkit.crowd() as run:
                for _ in range(n):
                    run(use)
                await all_inside.wait()
                raise GivenUpError
        except* GivenUpError:
            pass
        return store.seen()

    yield once


async def use(toolkit: Toolkit, lease: Lease, turns: int) -> None:
    """Use a resource of a pool."""
    async with lease():
        for _ in range(turns):
            await toolkit.hop()


@asynccontextmanager
async def leases(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """One user of a pool, again and again."""
    store = Store(toolkit)
    async with family.pool(store.connect, SIZE) as lease:

        async def once() -> int:
            for _ in range(n):
                async with lease():
                    pass
            tally["opened"] += store.opened
            store.opened = 0
            return n

        yield once


@asynccontextmanager
async def contended(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """Users of a pool who come at the same time, and have a resource for a turn."""
    store = Store(toolkit)
    async with family.pool(store.connect, SIZE) as lease:
        users = [partial(use, toolkit, lease, 1)] * n

        async def once() -> int:
            await toolkit.together(users)
            tally["opened"] += store.opened
            store.opened = 0
            return n

        yield once


def block(name: str, question: str, prepare: Prepare, answer: Callable[[int], object]) -> Workload:
    """A question about blocks, which counts resources."""
    return Workload(
        name=name,
        question=question,
        axis="resources",
        operation="resource",
        needs="opened",
        prepare=prepare,
        answer=answer,
        operations=lambda n: n,
    )


def of_a_pool(name: str, question: str, prepare: Prepare) -> Workload:
    """A question about a pool, which counts users."""
    return Workload(
        name=name,
        question=question,
        axis="users",
        operation="use",
        needs="pool",
        prepare=prepare,
        answer=lambda n: n,
        operations=lambda n: n,
        tallies=("opened",),
    )


WORKLOADS = (
    block("single", "What does it cost to open one resource, and to close it?", single, lambda n: (n, True)),
    block("stack", "What does a resource of a block with up to a hundred cost?", stack, lambda n: (n, True)),
    block(
        "refused",
        "What does a resource cost when the last one cannot be opened, and the others are closed again?",
        refused,
        lambda n: (len(depths(n)), n - len(depths(n))),
    ),
    block(
        "cancelled",
        "What does a resource cost whose user is cancelled, and that needs a turn to close?",
        cancelled,
        lambda n: (n, True),
    ),
    of_a_pool("leases", "What does it cost to use a resource of a pool that has one?", leases),
    of_a_pool("contended", "What does a use cost when all come at once for a pool of ten?", contended),
)
