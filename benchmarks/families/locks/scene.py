"""The scene of a trial of ``patterns.locks``: a ledger, its customers, and fetches that can be watched and held."""

import asyncio
import math
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar

import anyio
import trio

from benchmarks.plan.runtime import Runtime
from benchmarks.safety.trials import Crew, Player, Trial, ending, expect, shown_as
from patterns.locks import Fetch, Ledger

T = TypeVar("T")

AMOUNT = 7
TURNS = 300  # turns of the loop that nothing needs which uses neither timers nor threads
NAPS = 300  # short sleeps after those, for what polls on a timer
NAP = 0.1  # units
DEADLINE = 1.0  # seconds, for what works in threads of its own
GRACE = 8  # turns after which every reader sees what has happened


class Brake:
    """A second and a third way of cancelling: a timeout, or an AnyIO scope, around a call.

    An AnyIO scope on asyncio cancels again and again until the call has left it; frameworks run requests in one.
    A call that was stopped raises TimeoutError.
    """

    def __init__(self, trial: Trial, way: str) -> None:
        """``way`` is "timeout" or "scope"."""
        self._way = "trio" if trial.is_trio else way
        self._stopped = False
        self._stop: Callable[[], object] = lambda: None

    def stop(self) -> None:
        """Let the timeout expire now, or as soon as it begins."""
        self._stopped = True
        self._stop()

    async def around(self, function: Callable[[], Awaitable[Any]]) -> Any:
        """What the call returns."""
        try:
            if self._way == "timeout":
                async with asyncio.timeout(0 if self._stopped else None) as limit:
                    self._stop = partial(limit.reschedule, 0)
                    return await function()
            with trio.CancelScope() if self._way == "trio" else anyio.CancelScope() as scope:
                self._stop = partial(setattr, scope, "deadline", -math.inf) if self._way == "trio" else scope.cancel
                if self._stopped:
                    self._stop()
                return await function()
        finally:
            self._stop = lambda: None
        raise TimeoutError  # the scope stopped it


class Scene:
    """A ledger and those who use it. ``began`` and ``ended`` name the fetches that did, in order."""

    def __init__(self, trial: Trial, ledger: Ledger, crew: Crew) -> None:
        """Everything is there already; this only holds it together."""
        self.trial, self.ledger, self.crew = trial, ledger, crew
        self.opened = False
        self.began: list[str] = []
        self.ended: list[str] = []
        self.inside: Counter[int] = Counter()
        self.most = 0

    def fetch(self, name: str = "", turns: int = 2, account: int = 1, error: BaseException | None = None) -> Fetch:
        """A fetch that takes so many turns; those under way are counted by account. It ends in ``error`` if any."""
        return partial(self._fetched, name, account, lambda: self.trial.hop(turns), error)

    def held(self, name: str) -> Fetch:
        """A fetch that lasts until the scene is ``opened``."""
        return partial(self._fetched, name, 1, self._opening, None)

    async def _opening(self) -> None:
        while not self.opened:
            await self.trial.hop()

    @shown_as("fetch")
    async def _fetched(
        self, name: str, account: int, waited: Callable[[], Awaitable[None]], error: BaseException | None
    ) -> int:
        self.began.append(name)
        self.inside[account] += 1
        self.most = max(self.most, self.inside[account])
        try:
            await waited()
            if error is not None:
                raise error
            return AMOUNT
        finally:
            self.inside[account] -= 1
            self.ended.append(name)

    def deposit(self, name: str, fetch: Fetch | None = None, way: str = "cancel", account: int = 1) -> Player:
        """Start a task that deposits; ``way`` is how its ``cancel`` will cancel it: one of ``ways``."""
        return self.start(partial(self.ledger.deposit, account, fetch or self.fetch(name)), name, way)

    def read(self, name: str, way: str = "cancel") -> Player:
        """Start a task that reads."""
        return self.start(partial(self.ledger.read, 1), name, way)

    def start(self, function: Callable[[], Awaitable[Any]], name: str, way: str = "cancel") -> Player:
        """Start a task."""
        if way == "cancel":
            return self.crew.start(function, name=name)
        brake = Brake(self.trial, way)
        player = self.crew.start(brake.around, function, name=name)
        player.cancel = brake.stop
        return player

    async def until(self, happened: Callable[[], bool], naps: int = NAPS) -> bool:
        """Wait until it has happened, or can no longer happen; whether it has."""
        return await until(self.trial, happened, naps)

    async def holder(self, name: str = "holder", way: str = "cancel") -> Player:
        """Start a deposit whose fetch is held, and wait until that is under way."""
        player = self.deposit(name, self.held(name), way)
        expect(await self.until(lambda: name in self.began), "the first deposit's fetch never began")
        return player

    async def returned(self, *players: Player, when: str = "") -> None:
        """Expect that all of these return."""
        await self.until(lambda: all(player.done for player in players))
        waiting = [player.name for player in players if not player.done]
        expect(not waiting, f"still waiting{when}: {', '.join(waiting)}")
        for player in players:
            expect(player.outcome == "returned", f"{player.name} {ending(player)}{when}")

    def stopped(self, *players: Player, way: str, when: str, struck: bool = True) -> None:
        """Expect that what was cancelled ended as what is cancelled does, so that a timeout around it is a timeout.

        Where these were ``struck`` before they had ended, asyncio throws the cancellation into them: none may return.
        """
        strict = struck and way == "cancel" and not self.trial.is_trio
        for player in players:
            kept = player.outcome == "cancelled" or (player.outcome == "returned" and not strict)
            kept = kept or (way != "cancel" and isinstance(player.error, TimeoutError))
            expect(kept, f"{player.name} {ending(player)}{when}")

    async def seen(self, account: int = 1) -> tuple[int, int]:
        """What a reader sees when nothing is going on any more."""
        await self.trial.hop(GRACE)
        reader = self.start(partial(self.ledger.read, account), "reader")
        await self.returned(reader)
        balance, entries = reader.value
        return balance, entries


def booked(balance: int, entries: int) -> str:
    """What a reader saw, for a message."""
    return f"the account shows {balance} in {entries} entries"


@asynccontextmanager
async def scene(trial: Trial) -> AsyncIterator[Scene]:
    """Open a ledger; leaving ends all tasks, then closes it."""
    async with trial.module.ledger() as ledger, trial.crew() as crew:
        opened = Scene(trial, ledger, crew)
        try:
            yield opened
        finally:
            opened.opened = True  # what ignores its cancellation comes to an end all the same


def ways(trial: Trial) -> tuple[str, ...]:
    """The ways of cancelling: the task itself, a timeout around the call, and on asyncio an AnyIO scope.

    Seed 0 takes them all, every other seed one of them.
    """
    return some(trial, ("cancel", "timeout") if trial.is_trio else ("cancel", "timeout", "scope"))


def some(trial: Trial, cases: tuple[T, ...]) -> tuple[T, ...]:
    """All cases with seed 0, one of them with any other."""
    return cases if trial.seed == 0 else (cases[(trial.seed + trial.tick) % len(cases)],)


async def until(trial: Trial, happened: Callable[[], bool], most: int = NAPS) -> bool:
    """Wait until something has happened: turns of the loop, then a little real time for timers, and for threads."""
    for _ in range(TURNS):
        if happened():
            return True
        await trial.hop()
    naps, runtime = 0, Runtime()
    while not happened() and (naps < most or (threads_at_work() and runtime.seconds() < DEADLINE)):
        await trial.sleep(NAP)
        naps += 1
    return happened()


def threads_at_work() -> bool:
    """Whether there are threads that are neither the main one nor the trial's own."""
    main = threading.main_thread()
    return any(thread is not main and not thread.name.startswith("trial") for thread in threading.enumerate())
