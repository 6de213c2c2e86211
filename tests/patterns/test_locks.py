"""What every ledger promises and no workload shows: order, exclusion, failure and cancellation, at every moment."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial
from importlib import import_module
from typing import Any

import pytest
import trio

import patterns
from benchmarks.backends import BACKENDS, Backend, can_run
from benchmarks.plan import applies, why_not
from benchmarks.workloads.locks import WORKLOADS
from patterns.locks import Ledger

SETTLED = 60  # turns of the loop after which everything that can happen has happened
Function = Callable[[], Awaitable[object]]


class OneVariant:
    """An alternative on a backend, with the few calls that the tests need."""

    def __init__(self, alternative: patterns.Alternative, backend: Backend) -> None:
        self.alternative = alternative
        self.backend = backend
        self.hop, self.together = backend.toolkit.hop, backend.toolkit.together
        self.cancels: dict[str, Callable[[], object]] = {}  # what cancels each task of the play

    def ledger(self) -> AbstractAsyncContextManager[Ledger]:
        """An empty ledger."""
        opened: AbstractAsyncContextManager[Ledger] = import_module(self.alternative.module).ledger()
        return opened

    async def hops(self, count: int) -> None:
        """Let that many turns of the loop pass."""
        for _ in range(count):
            await self.hop()

    async def fetch(self, hops: int) -> int:
        """A fetch of 7 that takes so many turns."""
        await self.hops(hops)
        return 7

    async def play(self, tasks: Mapping[str, Function], director: Function) -> None:
        """Start a task per turn, then the director; the tasks that are left when it ends are cancelled."""

        async def task(turn: int, name: str, function: Function) -> None:
            await self.hops(turn)
            if self.backend.library == "trio":
                with trio.CancelScope() as scope:
                    self.cancels[name] = scope.cancel
                    await function()
            elif running := asyncio.current_task():
                self.cancels[name] = running.cancel
                await function()

        async def direct() -> None:
            await self.hops(len(tasks))
            await director()
            for cancel in self.cancels.values():
                cancel()

        await self.together([*(partial(task, turn, *named) for turn, named in enumerate(tasks.items())), direct])

    def keeps(self, name: str, main: Callable[..., Awaitable[None]], *cases: object) -> None:
        """Run ``main`` with every case; a promise that is declared as broken must break in one of them."""

        async def all_cases() -> None:
            for case in cases:
                await main(case)

        known = [failure for failure in self.alternative.known_failures if failure.property == name]
        if any(applies(failure, self.backend.name) for failure in known):
            with pytest.raises(AssertionError):
                self.backend.run(all_cases, 0)
        else:
            self.backend.run(all_cases, 0)


def everyone(*, full: bool = False, own: bool = False, library: str = "") -> pytest.MarkDecorator:
    """Every alternative on every backend that runs it; ``full`` takes only those that promise everything."""
    variants: list[Any] = []
    for entry in patterns.alternatives("locks"):
        for backend in BACKENDS.values():
            wanted = not (full and entry.caveats) and not (own and entry.kind != "own") and library in entry.library
            if wanted and can_run(entry.library, backend):
                reason = why_not(entry, backend, WORKLOADS[0])
                marks = [pytest.mark.skip(reason=reason[1])] if reason else []
                variants.append(
                    pytest.param(OneVariant(entry, backend), id=f"{entry.name}@{backend.name}", marks=marks)
                )
    return pytest.mark.parametrize("variant", variants)


@everyone()
def test_nothing_is_lost_and_no_reader_sees_half_a_deposit(variant: OneVariant) -> None:
    """Depositors and readers meet at random moments; every reader sees what it deposited itself."""

    async def main(seed: int) -> None:
        draw = random.Random(seed).randrange
        wrong: list[object] = []

        async def task() -> None:
            for own in range(1, 6):
                await variant.hops(draw(4))
                await ledger.deposit(1, partial(variant.fetch, draw(4)))
                balance, entries = await ledger.read(1)
                wrong.extend([(balance, entries, own)] if balance != 7 * entries or entries < own else [])

        async with variant.ledger() as ledger:
            await variant.together([task] * 6)
            assert (await ledger.read(1), wrong) == ((7 * 30, 30), [])

    variant.keeps("no_lost_update", main, 1, 2, 3)


@everyone(full=True)
@pytest.mark.parametrize("promise", ["mutual_exclusion", "fifo"])
def test_one_at_a_time_in_the_order_of_asking(variant: OneVariant, promise: str) -> None:
    """While a fetch runs no other touches the account, and who comes back for more does not overtake who waits."""

    async def main(seed: int) -> None:
        draw = random.Random(seed).randrange
        asked: list[tuple[int, int]] = []
        entered: list[tuple[int, int]] = []
        inside: list[int] = [0]

        async def task(i: int) -> None:
            for turn in range(5):
                await variant.hops(draw(3) * draw(3))
                asked.append((i, turn))
                await ledger.deposit(1, partial(fetched, i, turn))

        async def fetched(i: int, turn: int) -> int:
            entered.append((i, turn))
            now = inside[-1] + 1
            inside.append(now)
            await variant.hops(draw(3))
            inside.append(now - 1)
            return 7

        async with variant.ledger() as ledger:
            await variant.together([partial(task, i) for i in range(6)])

        if promise == "fifo":
            assert asked == entered
        else:
            assert ([0, *[1, 0] * 30], sorted(asked)) == (inside, sorted(entered))

    variant.keeps(promise, main, 1, 2, 3)


@everyone(full=True)
def test_nobody_starves(variant: OneVariant) -> None:
    """A task that deposits in a loop lets everybody else in."""

    async def main(others: int) -> None:
        done: list[str] = []

        async def deposit(name: str, times: int) -> None:
            for _ in range(times):
                await ledger.deposit(1, partial(variant.fetch, 1))
            done.append(name)

        async with variant.ledger() as ledger:
            once = {str(i): partial(deposit, str(i), 1) for i in range(others)}
            await variant.play({"busy": partial(deposit, "busy", 500)} | once, partial(variant.hops, SETTLED))

        assert set(once) == set(done)

    variant.keeps("no_starvation", main, 4)


async def cancel_some(variant: OneVariant, victims: str, moment: int) -> None:
    """Cancel some of four depositors after ``moment`` turns: all others, then a latecomer and a reader, get through."""
    fetched: list[str] = []
    returned: list[str] = []
    in_time: list[str] = []
    pairs: list[tuple[int, int]] = []

    async def deposit(name: str) -> None:
        await ledger.deposit(1, partial(fetch, name))
        returned.append(name)

    async def fetch(name: str) -> int:
        await variant.hops(6)
        fetched.append(name)
        return 7

    async def latecomer_and_reader() -> None:
        await variant.hops(moment + SETTLED)
        in_time.extend(returned)  # by now, because a latecomer would wake those who were forgotten
        await deposit("late")
        pairs.append(await ledger.read(1))

    async def director() -> None:
        await variant.hops(moment)
        for name in victims:
            variant.cancels[name]()
        await variant.hops(2 * SETTLED)

    async with variant.ledger() as ledger:
        tasks = {"later": latecomer_and_reader} | {name: partial(deposit, name) for name in "abcd"}
        await variant.play(tasks, director)

    assert set("abcd") - set(victims) <= set(in_time)
    [(balance, entries)] = pairs
    assert 7 * entries == balance
    if variant.alternative.caveats:  # where fetch() runs apart, the moment of the cancellation can fall in between
        assert len(returned) <= entries <= len(returned) + 1
    else:
        assert [len(returned), fetched] == [entries, returned]


@everyone()
@pytest.mark.parametrize("victims", ["a", "b", "ab", "bc"])
def test_a_cancelled_task_leaves_no_gap(variant: OneVariant, victims: str) -> None:
    """Whenever it hits holder or waiter: its fetch ends with it, those behind get their turn, the account is right."""
    name = "cancelled_holder" if victims == "a" else "cancelled_waiter"
    variant.keeps(name, partial(cancel_some, variant, victims), *range(13))


@everyone()
def test_a_wake_up_is_not_lost_with_its_receiver(variant: OneVariant) -> None:
    """The holder leaves and, before anything else runs, the one it woke is cancelled: the next one gets in."""

    async def main(hops: int) -> None:
        done: list[str] = []

        async def deposit(name: str) -> None:
            await ledger.deposit(1, partial(variant.fetch, hops))
            done.append(name)
            if name == "holder":
                variant.cancels["woken"]()

        async with variant.ledger() as ledger:
            tasks = {name: partial(deposit, name) for name in ("holder", "woken", "last")}
            await variant.play(tasks, partial(variant.hops, SETTLED))

        assert {"holder", "last"} <= set(done)

    variant.keeps("notify_not_lost", main, 6)


@everyone()
def test_what_a_fetch_raises_reaches_its_caller(variant: OneVariant) -> None:
    """The account stays as it was, and the next deposit finds the way free; even an error of the rarest kind."""

    async def main(error: type[BaseException]) -> None:
        async def failing() -> int:
            await variant.hop()
            raise error

        async with variant.ledger() as ledger:
            with pytest.raises(error):
                await ledger.deposit(1, failing)
            untouched = await ledger.read(1)
            await ledger.deposit(1, partial(variant.fetch, 1))

            assert (untouched, await ledger.read(1)) == ((0, 0), (7, 1))

    variant.keeps("cancelled_holder", main, LookupError, BaseException, asyncio.CancelledError)


@everyone(own=True)
def test_our_own_refuses_to_wait_for_itself(variant: OneVariant) -> None:
    """A fetch that deposits into its own account gets an error, where it could only wait for ever."""

    async def main(amount: int) -> None:
        refused: list[str] = []

        async def nested() -> int:
            with pytest.raises(RuntimeError, match="already holds"):
                await ledger.deposit(1, partial(variant.fetch, 1))
            refused.append("nested")
            return amount

        async with variant.ledger() as ledger:
            await variant.play({"outer": partial(ledger.deposit, 1, nested)}, partial(variant.hops, SETTLED))
            assert (["nested"], (amount, 1)) == (refused, await ledger.read(1))

    variant.keeps("owner_reacquire", main, 7)


@everyone(own=True, library="asyncio")
def test_our_own_refuses_to_wait_for_another_loop(variant: OneVariant) -> None:
    """A lock that is held in another loop could never wake us, so that waiting for it is an error."""
    opened = variant.ledger()
    with asyncio.Runner() as here, asyncio.Runner() as there:
        ledger = here.run(opened.__aenter__())
        holder = here.get_loop().create_task(ledger.deposit(1, partial(variant.fetch, 500)))
        here.run(asyncio.sleep(0))

        with pytest.raises(RuntimeError, match="another event loop"):
            there.run(ledger.deposit(1, partial(variant.fetch, 1)))
        assert not holder.done()
