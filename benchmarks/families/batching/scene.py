"""Where the promises of ``patterns.batching`` are played: a batcher, what it calls, its callers, and its block."""

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.safety.trials import HOUR, Crew, Player, Trial, ending, event, expect, listed, shown, shown_as
from patterns.batching import Batcher

MOMENTS = 9  # turns after which a batcher that waits for nothing but the clock is in no new state
TURNS = 40  # in which a batcher that waits for nothing has done what it can,
GRAIN = 0.01  # units: and a few of these, in which one has that is a little slow, or looks now and then
PATIENCE = 10  # units that a thread, or a window still open, may take in the trials that would otherwise fail

_flushes: dict[str, bool] = {}  # of each alternative on each loop: whether leaving sends what is pending


class BlockError(Exception):
    """What the block raises that opened the batcher."""


@dataclass(slots=True)
class Made:
    """One call downstream: its keys, its place among all calls, and whether it is over."""

    keys: list[Any]
    number: int
    over: bool = False


Answer = Callable[[Made], Awaitable[Sequence[Any]]]


class Scene:
    """A batcher that a block of its own has opened.

    ``answer`` is what happens downstream, by default one turn of the loop and ``right`` of every key; ``hold`` is a
    native event that it may wait for, set before the block is left. ``calls`` are the calls in the order in which they
    began.
    """

    def __init__(self, trial: Trial, crew: Crew, answer: Answer | None) -> None:
        """``crew`` are the callers and the block."""
        self.trial, self.crew = trial, crew
        self.answer = answer or self.soon
        self.hold = event(trial)
        self.leaving = event(trial)
        self.calls: list[Made] = []
        self.callers: list[tuple[Player, Any]] = []
        self.asked = 0
        self.fails = False
        self.batcher: Batcher[Any, Any]
        self.block: Player

    async def open(self, max_size: int, max_wait: float) -> None:
        """Enter the context, in a task of its own."""
        self.block = self.crew.start(self._live, max_size, max_wait, name="the block")
        while not hasattr(self, "batcher") and not self.block.done:
            await self.trial.hop()
        expect(not self.block.done, f"the batcher could not be opened: {shown(self.block.error)}")

    async def _live(self, max_size: int, max_wait: float) -> None:
        async with self.trial.module.batcher(self.call, max_size, max_wait) as self.batcher:
            await self.leaving.wait()
            if self.fails:
                raise BlockError

    @shown_as("call")
    async def call(self, keys: Sequence[Any]) -> Sequence[Any]:
        """Downstream: keep a record, and answer."""
        made = Made(list(keys), len(self.calls))
        self.calls.append(made)
        try:
            return await self.answer(made)
        finally:
            made.over = True

    async def soon(self, made: Made) -> list[Any]:
        """Answer what is right in the next turn."""
        await self.trial.hop()
        return [right(key) for key in made.keys]

    def ask(self, key: Hashable, name: str = "") -> Player:
        """Start a caller of one key."""
        player = self.crew.start(self.load, key, name=name or f"the caller of {key}")
        self.callers.append((player, key))
        return player

    async def load(self, key: Any) -> Any:
        """Ask for one key, as a caller does."""
        self.asked += 1
        return await self.batcher.load(key)

    async def all_asked(self) -> None:
        """Go on in the turn in which the last caller has asked."""
        while self.asked < len(self.callers):
            await self.trial.hop()

    @property
    def waiting(self) -> int:
        """How many callers have not got their answer yet."""
        return sum(not player.done for player, _ in self.callers)

    async def begun(self, number: int) -> bool:
        """Wait for a number of calls to have begun, as ``soon_enough``; whether they have."""
        return await self.soon_enough(lambda: len(self.calls) >= number)

    async def soon_enough(self, happened: Callable[[], bool]) -> bool:
        """Wait until something has happened, at most a few turns and a little time; whether it has."""
        for turns in (TURNS, *(MOMENTS,) * MOMENTS):
            for _ in range(turns):
                if happened():
                    return True
                await self.trial.hop()
            await self.trial.sleep(GRAIN)
        return happened()

    async def ended(self, *players: Player) -> bool:
        """Whether these end soon; real time passes only where they do not."""
        if await self.trial.ended(*players):
            return True
        for _ in range(PATIENCE):
            await self.trial.sleep(1)
            if await self.trial.ended(*players, turns=5):
                return True
        return False

    async def answered(self, *players: Player) -> None:
        """Expect that each of these callers gets what is right for its key."""
        await self.ended(*players)
        for player, key in self.callers:
            if any(player is asked for asked in players):
                kept = player.outcome == "returned" and player.value == right(key)
                expect(kept, f"{player.name} {ending(player)} instead of {right(key)} ({told(self.calls)})")

    async def end_window(self, seconds: float) -> None:
        """Leave, where that is what ends a window of so many seconds."""
        if seconds == HOUR:
            await self.leave()

    async def leave(self) -> None:
        """Leave the block, and expect that it can be left and hears of nothing."""
        self.hold.set()
        self.leaving.set()
        expect(await self.ended(self.block), f"the context cannot be left ({told(self.calls)})")
        expect(self.block.outcome == "returned", f"the block that opened the batcher {ending(self.block)}")


@asynccontextmanager
async def scene(
    trial: Trial, answer: Answer | None = None, max_size: int = 100, max_wait: float = 0.0
) -> AsyncIterator[Scene]:
    """Open a batcher; ``max_wait`` is in seconds. Leaving cancels who still waits, whatever happened."""
    async with trial.crew() as crew:
        made = Scene(trial, crew, answer)
        try:
            await made.open(max_size, max_wait)
            yield made
        finally:
            made.hold.set()
            made.leaving.set()


async def window(trial: Trial) -> float:
    """Seconds: a window that only leaving ends, or a short one where leaving does not send what is pending.

    Whoever does not send it is told so once, by ``close_flushes_once``.
    """
    name = f"{trial.alternative.module}@{trial.backend.name}"
    if name not in _flushes:
        async with scene(trial, max_wait=HOUR) as probe:
            player = probe.ask(0)
            await probe.all_asked()
            await trial.hop(5)
            probe.leaving.set()
            _flushes[name] = await probe.ended(player) and player.outcome == "returned"
    return HOUR if _flushes[name] else trial.unit


def some(trial: Trial, ways: tuple[str, ...]) -> tuple[str, ...]:
    """All of them while the moment is swept, else the one that the seed draws."""
    return (ways[trial.draw(len(ways) - 1)],) if trial.seed else ways


def right(key: int) -> int:
    """What every call answers for a key unless a promise says otherwise."""
    return 2 * key + 1


def told(calls: Sequence[Made]) -> str:
    """What reached downstream, for a message."""
    keys = ", then for ".join(listed(made.keys) for made in calls[:9])
    return f"calls were made for the keys {keys}" if calls else "no call was made"
