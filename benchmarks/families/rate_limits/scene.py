"""Where the promises of ``patterns.rate_limits`` are played: a limiter in a block of its own, and who asks it."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import anyio
import trio

from benchmarks.safety.clocks import Clock, clocks
from benchmarks.safety.trials import BrokenPromiseError, Crew, Player, Trial, event, expect, shown

START = 4096.0  # seconds that the clock shows when a trial begins
YOUNG = 0.125  # and where it has just been made, as on a machine that has just been started
SLACK = 0.002  # seconds; some clocks count whole milliseconds
LATE = 0.1  # seconds by which one may be late: some limiters look again now and then, beside others time only creeps
BURST = 2  # periods' permits that may come at once: a full bucket, or the end of one window and the next one
SOON = 5  # turns in which what is due has mostly happened

T = TypeVar("T")
Shape = Literal["limiter", "weighted_limiter"]
SHAPES: tuple[Shape, ...] = ("limiter", "weighted_limiter")


class BlockError(Exception):
    """What the block raises that opened the limiter."""


@dataclass(slots=True)
class Request:
    """One call of ``acquire``: when it was made and when it was granted, in seconds since the scene began."""

    name: str
    permits: int
    player: Player = field(default_factory=lambda: Player(""))
    asked: float = math.nan
    served: float = math.nan

    @property
    def granted(self) -> bool:
        """Whether it got its permits."""
        return not math.isnan(self.served)

    def __str__(self) -> str:
        """For a message."""
        what = f" for {self.permits} permits" if self.permits != 1 else ""
        if self.granted:
            return f"{self.name}{what} was served after {self.served:.4g} s"
        return f"{self.name}{what} {ending(self.player)}"


class Scene:
    """A limiter that a block of its own has opened; ``requests`` are in the order in which they were made."""

    def __init__(self, trial: Trial, crew: Crew, clock: Clock, shape: Shape) -> None:
        """``crew`` are the callers and the block."""
        self.trial, self.crew, self.clock, self.shape = trial, crew, clock, shape
        self.began = trial.now()
        self.requests: list[Request] = []
        self.order: list[Request] = []
        self.leaving = event(trial)
        self.fails = False
        self.limiter: Any = None
        self.block: Player

    @property
    def now(self) -> float:
        """Seconds since the scene began."""
        return self.trial.now() - self.began

    async def open(self, rate: int, period: float) -> None:
        """Enter the context, in a task of its own."""
        self.rate, self.period = rate, period
        self.block = self.crew.start(self._live, name="the block")
        while self.limiter is None and not self.block.done:
            await self.trial.hop()
        expect(not self.block.done, f"the limiter could not be opened: {shown(self.block.error)}")

    async def _live(self) -> None:
        async with getattr(self.trial.module, self.shape)(self.rate, self.period) as self.limiter:
            await self.leaving.wait()
            if self.fails:
                raise BlockError

    async def acquire(self, request: Request) -> None:
        """Ask, as a caller does."""
        request.asked = self.now
        self.requests.append(request)
        if self.shape == "limiter":
            await self.limiter.acquire()
        else:
            await self.limiter.acquire(request.permits)
        request.served = self.now
        self.order.append(request)

    def ask(self, permits: int = 1, name: str = "") -> Request:
        """Start a caller that asks once."""
        request = Request(name or f"request {len(self.crew.players)}", permits)
        request.player = self.crew.start(self.acquire, request, name=request.name)
        return request

    async def ask_in_order(self, count: int, permits: int = 1, name: str = "request") -> list[Request]:
        """Start callers one after the other, so that their order is beyond doubt."""
        asked = []
        for number in range(count):
            asked.append(self.ask(permits, f"{name} {number}"))
            await self.asked(asked[-1])
            await self.trial.drift(2)
        return asked

    async def asked(self, *requests: Request) -> None:
        """Go on when these have asked, and whatever follows of it without a timer has begun."""
        while not all(request.player.done or not math.isnan(request.asked) for request in requests):
            await self.trial.hop()
        await self.trial.rest(3)

    async def until(self, moment: float) -> None:
        """Wait until so many seconds after the scene began."""
        if moment > self.now:
            await self.trial.sleep(moment - self.now)

    async def done(self, players: Iterable[Player], periods: float) -> bool:
        """Wait until these have ended, for so many periods at most; whether they have."""
        watched = list(players)
        for _ in range(math.ceil(periods)):
            if await self.trial.ended(*watched, turns=SOON):
                return True
            await self.trial.sleep(self.period)
        return await self.trial.ended(*watched)

    async def served(self, requests: Sequence[Request], periods: float) -> bool:
        """Wait until these have ended in whatever way, for so many periods at most; whether they have."""
        return await self.done([request.player for request in requests], periods)

    async def leave(self) -> None:
        """Leave the block, and expect that it can be left."""
        self.leaving.set()
        expect(await self.done([self.block], 20), "the context cannot be left")
        expect(self.block.outcome == "returned", f"the block that opened the limiter {ending(self.block)}")


@asynccontextmanager
async def scene(
    trial: Trial,
    shape: Shape = "limiter",
    rate: int = 1,
    period: float = 1.0,
    clock: Clock | None = None,
    *,
    coarse: bool = False,
    start: float = START,
) -> AsyncIterator[Scene]:
    """Open a limiter at a full second of virtual time, or at a ``start`` that has not been yet.

    Leaving cancels who still waits, whatever happened.
    """
    if clock is None:
        with clocks(trial, coarse=coarse) as own:
            async with scene(trial, shape, rate, period, own, start=start) as made:
                yield made
        return
    async with trial.crew() as crew:
        began = trial.now()
        await trial.sleep((start if start > began else max(START, math.ceil(began) + 1.0)) - began)
        made = Scene(trial, crew, clock, shape)
        try:
            await made.open(rate, period)
            yield made
        finally:
            made.leaving.set()


def offered(trial: Trial) -> Sequence[Shape]:
    """The kinds of limiters that the alternative has: all of them with seed 0, else the one that the seed draws."""
    return some(trial, [name for name in SHAPES if name in trial.alternative.offers])


def some(trial: Trial, ways: Sequence[T]) -> Sequence[T]:
    """All of them with seed 0, else the one that the seed draws."""
    return (trial.random.choice(ways),) if trial.seed and ways else ways


def within_long_run(given: Iterable[tuple[float, int]], rate: int, period: float) -> None:
    """Expect that no stretch of what was given is more than a burst and the pace, wherever it begins.

    ``given`` are moments, in their order, and how much was given then.
    """
    total, begun, before, least = 0, 0.0, 0, math.inf
    for moment, number in given:
        if total - rate * moment / period < least:  # the stretch that has the least to spare begins here
            begun, before, least = moment, total, total - rate * moment / period
        total += number
        span = moment - begun
        if total - before > rate * (BURST + (span + SLACK) / period):
            told = f"{total - before} permits within {span:.4g} s, where {rate} in {period:g} s are allowed"
            raise BrokenPromiseError(told)


def with_timeout(s: Scene, request: Request) -> Player:
    """A caller with a timeout, which fires when it is told to cancel; it then returns ``timed out``."""
    trial = s.trial
    fire: list[Callable[[], object]] = []
    told: list[bool] = []
    neutral = trial.alternative.library == "anyio"

    async def in_scope() -> object:
        with anyio.CancelScope() if neutral else trio.CancelScope() as scope:
            fire.append(scope.cancel)
            if told:
                scope.cancel()
            await s.acquire(request)
            return "in time"
        return "timed out"

    async def in_timeout() -> object:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(loop.time() if told else None) as timeout:
                fire.append(lambda: timeout.reschedule(loop.time()))
                await s.acquire(request)
                return "in time"
        except TimeoutError:
            return "timed out"

    scoped = neutral or trial.is_trio
    player = s.crew.start(in_scope if scoped else in_timeout, name=request.name)

    def cancel() -> None:
        told.append(True)
        if fire and not player.done:
            fire[0]()

    player.cancel = cancel
    request.player = player
    return player


def ending(player: Player) -> str:
    """How a task ended, for a message."""
    if player.outcome == "returned":
        return "got through" if player.value is None else f"ended: {player.value}"
    if player.outcome == "raised":
        return f"raised {shown(player.error)}"
    return "was cancelled" if player.done else "still waits"
