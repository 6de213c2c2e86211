"""What every ledger promises and no workload shows: order, exclusion, failure and cancellation, at every moment."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from typing import Any

import pytest
import trio
from packaging.specifiers import SpecifierSet

import patterns
from benchmarks.backends import BACKENDS, Backend, can_run
from patterns.locks import Fetch, Ledger

HERE = ".".join(map(str, sys.version_info[:3]))
SETTLED = 60  # turns of the loop after which everything that can happen has happened
Function = Callable[[], Awaitable[object]]
Start = Callable[[Function], Callable[[], object]]


class OneVariant:
    """An alternative on a backend, with the few calls that the tests need."""

    def __init__(self, alternative: patterns.Alternative, backend: Backend) -> None:
        self.alternative = alternative
        self.backend = backend
        self.hop = backend.toolkit.hop

    def ledger(self) -> AbstractAsyncContextManager[Ledger]:
        """An empty ledger."""
        opened: AbstractAsyncContextManager[Ledger] = import_module(self.alternative.module).ledger()
        return opened

    def run(self, main: Callable[..., Awaitable[None]], *arguments: object) -> None:
        """Run a main function on this backend."""
        self.backend.run(lambda: main(*arguments), 0)

    async def hops(self, count: int = SETTLED) -> None:
        """Let that many turns of the loop pass."""
        for _ in range(count):
            await self.hop()

    def fetch(self, hops: int, entered: Callable[[], object] = lambda: None) -> Fetch:
        """A fetch of 7 that takes so many turns and tells when it begins."""

        async def fetched() -> int:
            entered()
            await self.hops(hops)
            return 7

        return fetched

    @asynccontextmanager
    async def tasks(self) -> AsyncIterator[Start]:
        """Give ``start``, which runs a function in a native task and returns what cancels it; cancel what is left."""
        if self.backend.library == "trio":
            async with trio.open_nursery() as nursery:

                def start(function: Function) -> Callable[[], object]:
                    scope = trio.CancelScope()

                    async def scoped() -> None:
                        with scope:
                            await function()

                    nursery.start_soon(scoped)
                    return scope.cancel

                yield start
                nursery.cancel_scope.cancel()
        else:
            started: list[asyncio.Task[None]] = []

            def create(function: Function) -> Callable[[], object]:
                async def run() -> None:
                    await function()

                started.append(asyncio.get_running_loop().create_task(run()))
                return started[-1].cancel

            yield create
            for task in started:
                task.cancel()
            outcomes = await asyncio.gather(*started, return_exceptions=True)
            assert [] == [o for o in outcomes if o is not None and not isinstance(o, asyncio.CancelledError)]


def alternatives(*, full: bool = False, own: bool = False) -> Iterator[Any]:
    """Every alternative on every backend of its library; ``full`` takes those without caveats only."""
    for entry in patterns.alternatives("locks"):
        for backend in BACKENDS.values():
            wanted = not (full and entry.caveats) and (not own or entry.kind == "own")
            if wanted and can_run(entry.library, backend):
                yield pytest.param(OneVariant(entry, backend), id=f"{entry.name}@{backend.name}")


def everyone(**which: bool) -> pytest.MarkDecorator:
    """Parametrise a test over the variants, or skip those that cannot run here."""
    return pytest.mark.parametrize("variant", alternatives(**which))


@pytest.fixture(autouse=True)
def _able(variant: OneVariant) -> None:
    if problem := variant.backend.problem():
        pytest.skip(problem)
    if variant.alternative.python and HERE not in SpecifierSet(variant.alternative.python):
        pytest.skip(f"needs Python {variant.alternative.python}")


def keeps(variant: OneVariant, name: str, main: Callable[..., Awaitable[None]], cases: Iterable[tuple[Any, ...]]) -> None:
    """Run every case; what is declared as a known failure must fail in at least one of them."""
    declared = [
        failure
        for failure in variant.alternative.known_failures
        if failure.property == name and (not failure.python or HERE in SpecifierSet(failure.python))
    ]
    try:
        for case in cases:
            variant.run(main, *case)
    except AssertionError:
        if not declared:
            raise
    else:
        assert [] == declared, "declared as a failure, but the promise is kept"


@everyone()
def test_nothing_is_lost_and_no_reader_sees_half_a_deposit(variant: OneVariant) -> None:
    """Depositors and readers meet at random moments; every reader sees what it deposited itself."""

    async def main(seed: int) -> None:
        draw = random.Random(seed).randrange

        async def task(ledger: Ledger, own: int = 0) -> None:
            for _ in range(5):
                await variant.hops(draw(4))
                await ledger.deposit(1, variant.fetch(draw(4)))
                own += 1
                balance, entries = await ledger.read(1)
                assert (7 * entries, True) == (balance, entries >= own)

        async with variant.ledger() as ledger:
            await variant.backend.toolkit.together([lambda: task(ledger)] * 6)

            assert (210, 30) == await ledger.read(1)

    keeps(variant, "no_lost_update", main, [(seed,) for seed in range(3)])


@everyone(full=True)
def test_one_fetch_at_a_time_in_the_order_asked(variant: OneVariant) -> None:
    """Tasks that ask again and again, at random moments, are served one by one in the order of asking."""

    async def main(seed: int) -> None:
        draw = random.Random(seed).randrange
        asked: list[tuple[int, int]] = []
        entered: list[tuple[int, int]] = []
        inside: list[int] = []

        async def task(i: int) -> None:
            for turn in range(5):
                await variant.hops(draw(3) * draw(3))
                asked.append((i, turn))
                await ledger.deposit(1, lambda: fetched(i, turn))

        async def fetched(i: int, turn: int) -> int:
            entered.append((i, turn))
            inside.append(i)
            await variant.hops(draw(3))

            assert [i] == inside
            inside.clear()
            return 7

        async with variant.ledger() as ledger:
            await variant.backend.toolkit.together([lambda i=i: task(i) for i in range(6)])  # type: ignore[misc]

            assert asked == entered

    keeps(variant, "fifo", main, [(seed,) for seed in range(3)])


@everyone(full=True)
def test_nobody_starves(variant: OneVariant) -> None:
    """A task that deposits in a loop lets everybody else in."""

    async def main() -> None:
        done: list[int] = []

        async def once(ledger: Ledger, i: int) -> None:
            await ledger.deposit(1, variant.fetch(1))
            done.append(i)

        async def busy(ledger: Ledger) -> None:
            while True:
                await ledger.deposit(1, variant.fetch(1))

        async with variant.ledger() as ledger, variant.tasks() as start:
            start(lambda: busy(ledger))
            await variant.hops(3)
            for i in range(4):
                start(lambda i=i: once(ledger, i))  # type: ignore[misc]
            await variant.hops()

            assert [0, 1, 2, 3] == sorted(done)

    keeps(variant, "no_starvation", main, [()])
