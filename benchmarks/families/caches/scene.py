"""Where the promises of ``patterns.caches`` are played: a cache or a source, its loads, callers, and block."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any, TypeVar

import anyio
import trio

from benchmarks.plan.runtime import Runtime
from benchmarks.safety.trials import Crew, Player, Trial, ending, event, expect, listed, shown, shown_as

T = TypeVar("T")

CACHE = 0  # the kind of subject that is no source; every other kind is the depth of a source
TURNS = 80  # turns of the loop that nothing needs which uses neither timers, threads nor sockets
BUSY = 30  # and after which it is time to let virtual time pass, which it does only once nobody has anything to do
QUIET = 14  # turns after which a call that is not slow has got as far as it can
PATIENCE = 1.2  # real seconds for what is slow,
PATIENT = 10.0  # and virtual ones, which cost nothing
NAP, LOOK = 0.001, 0.02  # seconds: the first of them, and the longest between two looks where time is real
SLOWER = 8  # times as long as a slow cache needed for one answer, it is given to come to rest,
REST = 0.02  # and seconds at least
FEW = 4  # cases that a trial of something slow has time for

_paces: dict[str, float] = {}
_bounded: dict[str, bool] = {}
_shifts = count(10_000, 10_000)


class BlockError(Exception):
    """What the block raises that opened the cache."""


class Abort(BaseException):
    """An error of a load that is no Exception."""


@dataclass(slots=True)
class Made:
    """One load: its key, its place among all loads, and whether it is over."""

    key: Any
    number: int
    over: bool = False


Answer = Callable[["Scene", Made], Awaitable[Any]]


class Limit:
    """A second and a third way of cancelling: a timeout, or an AnyIO scope, around a call.

    An AnyIO scope on asyncio cancels again and again until the call has left it; frameworks run requests in one.
    A call that was stopped raises TimeoutError.
    """

    def __init__(self, trial: Trial, way: str) -> None:
        """``way`` is "timeout" or "scope"."""
        self._way = "trio" if trial.is_trio else way
        self._reached = False
        self._stop: Callable[[], object] = lambda: None

    def reach(self) -> None:
        """Stop the call now, or as soon as it begins."""
        if not self._reached:
            self._reached = True
            self._stop()

    async def around(self, function: Callable[[], Awaitable[Any]]) -> Any:
        """What the call returns."""
        try:
            if self._way == "timeout":
                async with asyncio.timeout(0 if self._reached else None) as timeout:
                    self._stop = partial(timeout.reschedule, 0)
                    return await function()
            with trio.CancelScope() if self._way == "trio" else anyio.CancelScope() as scope:
                self._stop = partial(setattr, scope, "deadline", -math.inf) if self._way == "trio" else scope.cancel
                if self._reached:
                    self._stop()
                return await function()
        finally:
            self._stop = lambda: None
        raise TimeoutError  # the scope stopped it


class Source:
    """What a cache stands before. It holds on to a scene no longer than that lasts: caches that leak keep only this."""

    def __init__(self, load: Callable[[Any], Awaitable[Any]]) -> None:
        """``load`` is what is asked, until it is ``cut``."""
        self._load: Callable[[Any], Awaitable[Any]] | None = load

    @shown_as("load")
    async def load(self, key: Any) -> Any:
        """Ask, as long as there is somebody to ask."""
        if self._load is None:
            raise LookupError("this trial is over")
        return await self._load(key)

    def cut(self) -> None:
        """Let go."""
        self._load = None


class Scene:
    """A cache, or a source, that a block of its own has opened.

    ``answer`` is what a load does, by default one turn of the loop and ``right`` of its key; ``hold`` is a native event
    that it may wait for, set before the block is left. ``loads`` are the loads in the order in which they began. The
    keys of a source are shifted by a number of its own, so that entries of those before it, if it should see them,
    spoil no other question than the one that is about them.
    """

    def __init__(self, trial: Trial, crew: Crew, answer: Answer | None, kind: int) -> None:
        """``crew`` are the callers and the block."""
        self.trial, self.crew, self.kind = trial, crew, kind
        self.shift = next(_shifts) if kind else 0
        self.answer = answer or soon
        self.hold = event(trial)
        self.leaving = event(trial)
        self.loads: list[Made] = []
        self.callers: list[tuple[Player, Any]] = []
        self.asked = 0
        self.since = 0  # how many loads had begun when invalidate was called
        self.fails = self.refuses = False
        self.subject: Any = None
        self.source = Source(self.load)
        self.block: Player

    async def open(self, ttl: float | None, max_size: int | None) -> None:
        """Enter the context, in a task of its own."""
        self.block = self.crew.start(self._live, ttl, max_size, name="the block")
        opened = await until(self.trial, lambda: self.subject is not None or self.block.done)
        expect(opened and not self.block.done, f"the context could not be entered: {shown(self.block.error)}")

    async def _live(self, ttl: float | None, max_size: int | None) -> None:
        async with opening(self.trial, self.source.load, self.kind, ttl, max_size) as self.subject:
            await self.leaving.wait()
            if self.fails:
                raise BlockError

    async def load(self, key: Any) -> Any:
        """What the cache stands before: keep a record, and answer."""
        made = Made(key - self.shift if self.shift else key, len(self.loads))
        self.loads.append(made)
        try:
            return await self.answer(self, made)
        finally:
            made.over = True

    def right(self, key: int) -> int:
        """What a caller gets when a load answered what is right."""
        return self.refined(right(key))

    def refined(self, loaded: int) -> int:
        """What a caller gets when a load answered this."""
        return loaded + max(self.kind - 1, 0)

    def ask(self, key: Hashable, name: str = "", way: str = "cancel") -> Player:
        """Start a caller of one key; ``way`` is how its ``cancel`` will cancel it."""
        player = self.play(lambda: self.get(key), name or f"a caller of {key!r}", way)
        self.callers.append((player, key))
        return player

    def play(self, function: Callable[[], Awaitable[Any]], name: str, way: str = "cancel") -> Player:
        """Start a task; ``way`` is how its ``cancel`` will cancel it."""
        if way == "cancel":
            return self.crew.start(function, name=name)
        limit = Limit(self.trial, way)
        player = self.crew.start(limit.around, function, name=name)
        player.cancel = limit.reach
        return player

    async def get(self, key: Any) -> Any:
        """Ask for one key, as a caller does."""
        self.asked += 1
        return await self.subject.get(key + self.shift if self.shift else key)

    async def value(self, key: Hashable) -> Any:
        """What a caller gets who comes now, and is expected to get something."""
        return await self.answers(self.ask(key))

    async def answers(self, player: Player) -> Any:
        """What a caller gets who is expected to get something."""
        expect(await self.ended(player), f"{player.name} waits for ever ({self.told()})")
        expect(player.outcome == "returned", f"{player.name} {ending(player)} ({self.told()})")
        return player.value

    async def all_asked(self) -> None:
        """Go on in the turn in which the last caller has asked."""
        while self.asked < len(self.callers):
            await self.trial.hop()

    async def quiet(self) -> None:
        """Wait until every caller has got as far as it can while nothing else happens."""
        await self.trial.rest(QUIET)
        if (slow := await pace(self.trial)) > 0:
            await self.trial.sleep(max(slow * SLOWER, REST) / self.trial.unit)

    async def begun(self, number: int) -> None:
        """Wait for a number of loads to have begun, and expect that they do."""
        began = await until(self.trial, lambda: len(self.loads) >= number)
        expect(began, f"{number} loads are needed, and {len(self.loads)} began ({self.told()})")

    async def ended(self, *players: Player) -> bool:
        """Whether these end; time passes only where they do not end at once."""
        return await until(self.trial, lambda: all(player.done for player in players))

    async def answered(self, *players: Player) -> None:
        """Expect that each of these callers gets what is right for its key."""
        await self.ended(*players)
        for player, key in self.callers:
            if any(player is asked for asked in players):
                kept = player.outcome == "returned" and player.value == self.right(key)
                expect(kept, f"{player.name} {ending(player)} instead of {self.right(key)} ({self.told()})")

    def count(self, key: Any) -> int:
        """How many loads of a key there were."""
        return sum(made.key == key for made in self.loads)

    def told(self) -> str:
        """What was loaded, for a message."""
        return f"{named(self.kind)} that loaded {listed((repr(made.key) for made in self.loads), 9)}"

    async def invalidate(self, key: Hashable) -> bool:
        """Forget a key; whether that did not have to wait for a load that is held."""
        player = self.crew.start(self._invalidate, key, name="invalidate")
        await self.trial.ended(player, turns=QUIET)
        if not player.done and await pace(self.trial) > 0:
            await self.ended(player)
        at_once = player.done
        if not at_once:
            self.hold.set()
        expect(await self.ended(player), f"invalidate waits for ever ({self.told()})")
        expect(player.outcome == "returned", f"invalidate {ending(player)} ({self.told()})")
        return at_once

    async def _invalidate(self, key: Hashable) -> None:
        self.since = len(self.loads)
        await self.subject.invalidate(key)

    async def leave(self) -> None:
        """Leave the block, and expect that it can be left and hears of nothing."""
        self.hold.set()
        self.leaving.set()
        expect(await self.ended(self.block), f"the context cannot be left ({self.told()})")
        expect(self.block.outcome == "returned", f"the block that opened the cache {ending(self.block)}")


async def soon(made: Scene, load: Made) -> int:
    """Answer what is right in the next turn."""
    await made.trial.hop()
    return right(load.key)


async def held(made: Scene, load: Made) -> int:
    """Answer what is right when the scene no longer holds."""
    await made.hold.wait()
    return right(load.key)


@asynccontextmanager
async def scene(
    trial: Trial,
    answer: Answer | None = None,
    kind: int = CACHE,
    ttl: float | None = None,
    max_size: int | None = None,
) -> AsyncIterator[Scene]:
    """Open a cache or a source; ``ttl`` is in seconds. Leaving cancels who still waits, whatever happened."""
    made: Scene | None = None
    try:
        async with trial.crew() as crew:
            made = Scene(trial, crew, answer, kind)
            try:
                await made.open(ttl, max_size)
                yield made
            finally:
                made.hold.set()
                made.leaving.set()
    finally:
        if made is not None:
            made.source.cut()


def opening(trial: Trial, load: Any, kind: int, ttl: float | None = None, max_size: int | None = None) -> Any:
    """The context of a cache or a source; what is not asked for is not passed on."""
    if kind != CACHE:
        return trial.module.source(load, kind)
    bounds: dict[str, Any] = {"ttl": ttl, "max_size": max_size}
    return trial.module.cache(load, **{name: bound for name, bound in bounds.items() if bound is not None})


def named(kind: int) -> str:
    """What is asked, for a message."""
    if kind == CACHE:
        return "a cache"
    return f"a cached method that {kind - 1} overrides refine" if kind > 1 else "a cached method"


def kinds(trial: Trial, *depths: int) -> tuple[int, ...]:
    """What the alternative offers of a cache and of sources of these depths."""
    offers = trial.alternative.offers
    return (CACHE,) * ("cache" in offers) + tuple(depths) * ("source" in offers)


def ways(trial: Trial) -> tuple[str, ...]:
    """The ways of cancelling: the task itself, a timeout around the call, and on asyncio an AnyIO scope."""
    return ("cancel", "timeout") if trial.is_trio else ("cancel", "timeout", "scope")


def some(trial: Trial, *cases: T) -> tuple[T, ...]:
    """All cases with seed 0, one with any other; something slow gets a few, so that a trial does not seem hung."""
    if trial.seed:
        return (cases[(trial.seed + trial.tick) % len(cases)],)
    return cases[:: -(-len(cases) // FEW)] if _paces.get(named_here(trial)) else cases


def asked_about(trial: Trial, question: str) -> bool:
    """Whether an alternative answers for a promise, or says that it cannot."""
    return all(entry.promise != question for entry in trial.alternative.not_applicable)


async def bounded(trial: Trial) -> bool:
    """Whether an alternative keeps to a bound at all; whoever does not is told so once, by ``max_size_is_kept``."""
    name = named_here(trial)
    if name not in _bounded:
        async with scene(trial, max_size=1) as probe:
            for key in (1, 2, 1):
                await probe.ended(probe.ask(key))
            _bounded[name] = len(probe.loads) == 3
            await probe.leave()
    return _bounded[name]


async def flies_single(trial: Trial, kind: int) -> bool:
    """Whether a key is loaded once when nobody is cancelled; else it says nothing how often it is when somebody is.

    The load is held until a second one begins, or none does: what asks a server first, and loads then, would seem to
    load once whenever the server is slower than a load. Virtual time would fly meanwhile, and whoever holds a key
    for some seconds let go of it: there the load is held until nothing else can happen.
    """
    async with scene(trial, held, kind) as made:
        for _ in range(4):
            made.ask(5)
        await (made.quiet() if trial.virtual else until(trial, lambda: len(made.loads) > 1))
        several = len(made.loads) > 1
        made.hold.set()
        await made.answered(*(player for player, _ in made.callers))
        await made.leave()
    return not several


async def until(trial: Trial, happened: Callable[[], bool]) -> bool:
    """Wait until something has happened: turns of the loop, then some time for timers, threads and sockets."""
    for _ in range(BUSY if trial.virtual else TURNS):
        if happened():
            return True
        await trial.hop()
    growth, longest, patience = (4, PATIENT, PATIENT) if trial.virtual else (2, LOOK, PATIENCE)
    nap, deadline, runtime = NAP, trial.now() + patience / trial.unit, Runtime()
    while not happened() and (trial.now() < deadline or (not trial.virtual and runtime.seconds() < patience)):
        await trial.sleep(nap / trial.unit)
        nap = min(growth * nap, longest)
    return happened()


async def pace(trial: Trial) -> float:
    """The seconds in which an alternative answers, or 0 if it does so within a few turns of the loop."""
    name = named_here(trial)
    if name not in _paces:
        _paces[name] = 0.0  # whoever comes while this is measured
        began = trial.now()
        async with scene(trial, kind=kinds(trial, 1)[0]) as probe:
            player = probe.ask(1)
            served = bool(trial.alternative.services)  # at once only where the machine had no time for this loop
            if not await trial.ended(player, turns=QUIET) or served:
                await probe.ended(player)
                _paces[name] = max((trial.now() - began) * trial.unit, NAP)
    return _paces[name]


def named_here(trial: Trial) -> str:
    """The alternative and its loop: what is known of it holds there."""
    return f"{trial.alternative.module}@{trial.backend.name}"


def right(key: int) -> int:
    """What every load answers for a key unless a promise says otherwise."""
    return 10 * key + 3
