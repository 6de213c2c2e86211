"""What is asked of ``patterns.locks`` at its borders: its own account from within, other loops, other threads."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import product
from typing import Any

import trio

from benchmarks.families.locks.scene import AMOUNT, Brake, Scene, booked, scene, until
from benchmarks.safety.trials import HOUR, Trial, expect, free_loop, hours_pass
from benchmarks.safety.waiting import gets_through_cancelled, gives_a_turn, in_time

WITHIN = 0.5  # seconds in which another thread must get through, or be refused
JOIN = 0.2  # seconds for a thread whose task was cancelled; it needs none
LONG = 4.0  # seconds in which a thread has long begun, or two loops have ended


async def owner_reacquire(trial: Trial) -> None:
    """A fetch that asks its own account again works or raises; it never waits for itself for ever.

    A helper that deposits is called from a fetch that is itself part of a deposit, three calls further up. With a lock
    that does not know its holder the task waits for itself: no error, no log line, and nobody ever gets in again.

        async def fee():
            await ledger.deposit(1, bonus) # waits for the deposit that waits
            return 5                       # for this fetch
        await ledger.deposit(1, fee)       # never returns
    """
    for again, handed_over in product(("deposit", "read"), (False, True)):
        async with scene(trial) as s:
            brake = Brake(trial, "timeout")
            inner = partial(s.ledger.deposit, 1, s.fetch("inner")) if again == "deposit" else partial(s.ledger.read, 1)

            async def nested(brake: Brake = brake, inner: Callable[[], Any] = inner) -> int:
                await trial.hop(trial.draw(2))
                await brake.around(inner)
                return AMOUNT

            before = [s.deposit("before")] if handed_over else []  # the account is free, or is handed over
            outer = s.deposit("outer", nested)
            ended = await s.until(lambda outer=outer: outer.done)  # type: ignore[misc]
            brake.stop()  # nothing that waits for itself may outlive the trial
            await s.until(lambda outer=outer: outer.done)  # type: ignore[misc]
            expect(ended, f"a fetch that asks its own account for a {again} waits for ever")
            await s.returned(*before, s.deposit("latecomer"), when=" after a fetch asked its own account again")
            entries = len(before) + 1 + (outer.outcome == "returned") * (1 + (again == "deposit"))
            _, seen = await s.seen()
            expect(outer.outcome == "raised" or seen == entries, f"{entries} deposits returned, {seen} are entered")


async def second_loop(trial: Trial) -> None:
    """A ledger used again in a second loop, after the first has finished, works or raises; it never hangs.

    Every test runs in a loop of its own, and a lock at module level lives through all of them. What one loop left
    behind in it, such as a holder that will never run again, the next loop waits for.

        ledger = Ledger()                  # at module level
        asyncio.run(first(ledger))         # works
        asyncio.run(second(ledger))        # waits for a task of the first loop
    """
    hung: list[str] = []
    broken: list[BaseException] = []
    ledgers: list[Any] = []

    async def first() -> None:
        async with scene(trial) as s:
            ledgers.append(s.ledger)
            await s.returned(s.deposit("one"), s.deposit("two"))
            await s.holder()  # cancelled when the loop ends

    async def second() -> None:
        async with trial.crew() as crew:
            s = Scene(trial, ledgers[0], crew)
            players = [s.deposit("one"), s.deposit("two"), s.read("three")]
            await until(trial, lambda: all(player.done for player in players))
            hung.extend(crew.waiting)

    def both() -> None:
        try:
            trial.backend.run(first, 0)
            trial.backend.run(second, 0)
        except BaseException as error:
            broken.append(error)

    thread = threading.Thread(target=both, name="trial of two loops", daemon=True)
    thread.start()
    expect(await in_time(trial, lambda: not thread.is_alive(), LONG), f"the second loop did not end within {LONG:g} s")
    if broken:
        raise broken[0]
    expect(not hung, f"still waiting in the second loop: {', '.join(hung)}")


class Elsewhere:
    """A loop in another thread that makes one deposit and is otherwise idle, as nothing else may wake it."""

    def __init__(self, trial: Trial, ledger: Any) -> None:
        """Start it."""
        self.trial, self.ledger = trial, ledger
        self.asked = threading.Event()
        self.outcome = "waiting"
        self._stop: Callable[[], object] = lambda: None
        self._thread = threading.Thread(target=self._run, name="trial elsewhere", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.trial.backend.run(self._on_trio if self.trial.is_trio else self._on_asyncio, 0)
        # Whatever it is: the deposit did not wait in silence.
        except BaseException as error:
            self.outcome = f"raised {error!r}"
        self.asked.set()

    async def _on_asyncio(self) -> None:
        loop = asyncio.get_running_loop()
        task = loop.create_task(self._deposit())
        self._stop = partial(loop.call_soon_threadsafe, task.cancel)
        await self._told(task)

    async def _told(self, task: "asyncio.Task[None]") -> None:
        await self.trial.hop(4)
        self.asked.set()
        await asyncio.wait({task})

    async def _on_trio(self) -> None:
        async with trio.open_nursery() as nursery:
            self._stop = partial(trio.lowlevel.current_trio_token().run_sync_soon, nursery.cancel_scope.cancel)
            nursery.start_soon(self._deposit)
            await self.trial.hop(4)
            self.asked.set()

    async def _deposit(self) -> None:
        try:
            await self.ledger.deposit(1, self._fetch)
            self.outcome = "returned"
        except Exception as error:
            self.outcome = f"raised {error!r}"

    async def _fetch(self) -> int:
        await self.trial.hop()
        return AMOUNT

    def stop(self) -> None:
        """Cancel what still waits, and end the thread."""
        if self._thread.is_alive():
            with suppress(RuntimeError, trio.RunFinishedError):  # its loop has just ended
                self._stop()
            self._thread.join(JOIN)


async def second_thread(trial: Trial) -> None:
    """A ledger that another thread's loop asks while it is busy works or raises; it never hangs.

    A worker thread with a loop of its own deposits into the same account. The holder wakes it with a call that reaches
    only loops of its own thread: the account is free, the waiter was woken, and its loop sleeps on.

        threading.Thread(target=asyncio.run, args=(worker(ledger),)).start()
        await ledger.deposit(1, fetch)     # finished long ago
        # worker() waits until something else happens to wake its loop
    """
    async with scene(trial) as s:
        holder = await s.holder()
        other = Elsewhere(trial, s.ledger)
        try:
            await in_time(trial, other.asked.is_set, LONG)
            s.opened = True
            ended = await in_time(trial, lambda: other.outcome != "waiting" and holder.done, WITHIN)
            seen = other.outcome
        finally:
            other.stop()
        expect(holder.done, "the deposit that was under way never ended")
        expect(ended, f"another thread's deposit is still waiting {WITHIN:g} s after the account was free")
        both = holder.outcome == seen == "returned"
        pair = await s.seen() if both else (0, 0)
        expect(not both or pair == (2 * AMOUNT, 2), f"two threads deposited {AMOUNT} each, and {booked(*pair)}")


async def free_account_gives_a_turn(trial: Trial) -> bool:
    """Other tasks get a turn while a deposit finds nobody before it and its fetch does not wait.

    Not a fault either way, but to be known beside the speed: a task that deposits a thousand times in a row into a free
    account may keep the whole loop busy until it is done, if nothing in between gives way.

        for row in rows:                   # a million of them
            await ledger.deposit(1, row.cached)
        # nothing else ran meanwhile: `await` is no promise to give way
    """
    async with scene(trial) as s:
        return await gives_a_turn(trial, s.crew, *[partial(s.ledger.deposit, 1, at_once)] * 4)


async def at_once() -> int:
    """A fetch that does not wait."""
    return AMOUNT


async def cancelled_task_enters(trial: Trial) -> bool:
    """A task that is already cancelled still deposits into a free account, if its fetch does not wait.

    Not a fault either way: a cancellation is noticed where something waits. Who relies on a deposit as the place where
    a cancelled task stops, needs an alternative that looks.

        task.cancel()                      # while the task is running
        await ledger.deposit(1, cached)    # returns: nothing here waited
        await trio.sleep(0)                # stopped here
    """
    async with scene(trial) as s:
        return await gets_through_cancelled(trial, s.crew, partial(s.ledger.deposit, 1, at_once))


async def accounts_do_not_wait_for_each_other(trial: Trial) -> bool:
    """A deposit into one account goes on while another account waits for its fetch.

    Not promised, but to be known: with one lock for all accounts the slowest fetch of any customer is what every
    customer waits for.

        await ledger.deposit(1, slow)      # A's bank takes 30 seconds
        await ledger.deposit(2, fast)      # B, whose account is another one,
        # waits for A's bank
    """
    async with scene(trial) as s:
        await s.holder()
        other = s.deposit("other", account=2)
        return await s.until(lambda: other.done, naps=1)


async def readers_do_not_wait(trial: Trial) -> bool:
    """A reader gets its answer while a deposit is under way.

    Not promised, but to be known: a page that only shows the balance takes as long as the slowest fetch before it,
    unless readers are given the pair that was entered last.

        await ledger.deposit(1, slow)      # takes 30 seconds
        await ledger.read(1)               # a page that shows the balance
        # is blank for 30 seconds
    """
    async with scene(trial) as s:
        await s.holder()
        reader = s.read("reader")
        return await s.until(lambda: reader.done, naps=1)


async def long_fetch_is_entered(trial: Trial) -> None:
    """A fetch that takes an hour is waited for, and so is the deposit behind it.

    Somewhere below there is a limit of thirty seconds that nobody has asked for. It works in every test, and at month's
    end the deposit of the slowest bank is lost, or entered beside another one.

        async with asyncio.timeout(30):        # "to be safe"
            amount = await fetch()
        # the bank takes a minute: TimeoutError
    """
    if not trial.has_hours:
        return

    async with scene(trial) as s:
        slow = s.deposit("slow", partial(_after_an_hour, trial))
        await trial.hop(4)
        behind = s.deposit("behind")
        if await hours_pass(trial, slow, behind):
            await s.returned(slow, behind, when=" after hours")
            seen = await s.seen()
            expect(seen == (2 * AMOUNT, 2), f"2 deposits of {AMOUNT} returned, one after an hour, {booked(*seen)}")
        slow.cancel()


async def _after_an_hour(trial: Trial) -> int:
    await trial.sleep(HOUR)
    return AMOUNT


async def never_holds_up_the_loop(trial: Trial) -> None:
    """A deposit never holds up the loop: while it waits, all other tasks go on.

    A lock of threads, or a wait that sleeps, stops the whole program for as long as somebody else has the account: no
    request is answered, no timeout fires, and whoever is to let go of the account cannot run either.

        def acquire(self):
            while self.busy:
                time.sleep(0.01)           # nobody else runs
        # the holder cannot go on, and so it stays busy
    """

    async def visit() -> None:
        async with trial.module.ledger() as ledger:
            await ledger.deposit(1, fetch)
            await ledger.read(1)

    async def fetch() -> int:
        await trial.hop(2)
        return AMOUNT

    await free_loop(trial, visit)
