"""Where the promises of ``patterns.breakers`` are played: a service that does as it is told, and a gate before it."""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeVar

from benchmarks.plan.backends import Event
from benchmarks.safety.cancelling import CANCELLED, finish
from benchmarks.safety.clocks import Clock, clocks
from benchmarks.safety.trials import Crew, Player, Trial, event, expect, shown, shown_as

START = 4096.0  # seconds that the clock shows when a trial begins
RECOVERY = 32.0  # seconds
PATIENCE = 8.0  # seconds
NEARLY, PAST = 0.9, 1.1  # of a recovery: when it is not over, and when it is
SOON = 40  # turns in which what needs no timer has happened

T = TypeVar("T")
Shape = Literal["breaker", "bulkhead"]
SHAPES: tuple[Shape, ...] = ("breaker", "bulkhead")
Kind = Literal["returned", "raised", "rejected"]
Function = Callable[[], Coroutine[Any, Any, Any]]


class DownError(Exception):
    """What a call raises because the service is down."""


class StopError(BaseException):
    """What a call raises that no ``except Exception`` sees."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call came to: ``what`` it returned or raised, and whether the service was ``asked``."""

    kind: Kind
    what: Any
    asked: bool

    def __str__(self) -> str:
        """For a message."""
        if self.kind == "returned":
            return f"returned {self.what!r:.60}"
        if self.kind == "raised":
            return f"raised {shown(self.what)}"
        return "was rejected, though it was made" if self.asked else "was rejected"


class Service:
    """What is asked: it counts the calls that reach it, how many are under way, and how many there were at once."""

    def __init__(self, trial: Trial) -> None:
        """Nobody has asked yet; who waits for the ``door`` does so until it is opened."""
        self.trial = trial
        self.calls = self.under_way = self.peak = 0
        self.door: Event = event(trial)

    def call(self, value: object = None, **options: Any) -> Function:
        """A call that returns a value; the options are those of ``_serve``."""
        return partial(self._serve, value, **options)

    def down(self, **options: Any) -> Function:
        """A call that fails."""
        return partial(self._serve, error=DownError("down"), **options)

    @shown_as("a call")
    async def _serve(
        self,
        value: object = None,
        *,
        turns: int = 0,
        seconds: float = 0.0,
        door: Event | None = None,
        clean_up: int = 0,
        error: BaseException | None = None,
    ) -> object:
        """Wait so many turns, for a door, and so many seconds; then raise, or return the value.

        Once cancelled, clean up for so many turns.
        """
        self.calls += 1
        self.under_way += 1
        self.peak = max(self.peak, self.under_way)
        try:
            await self.trial.hop(turns)
            if door is not None:
                await door.wait()
            if seconds:
                await self.trial.sleep(seconds)
            if error:
                raise error
        except CANCELLED:
            await finish(self.trial, clean_up)
            raise
        finally:
            self.under_way -= 1
        return value


class Scene:
    """A gate before a service, and callers."""

    def __init__(self, trial: Trial, gate: Any, crew: Crew, clock: Clock, failures: int) -> None:
        """``crew`` are the callers, ``failures`` in a row open the breaker."""
        self.trial, self.gate, self.crew, self.clock, self.failures = trial, gate, crew, clock, failures
        self.service = Service(trial)

    async def ask(self, function: Function) -> Answer:
        """Make a call through the gate, here and now."""
        before = self.service.calls
        try:
            value = await self.gate.call(function)
        except self.trial.module.RejectedError as error:
            return Answer("rejected", error, self.service.calls > before)
        except Exception as error:
            return Answer("raised", error, True)
        return Answer("returned", value, True)

    def start(self, function: Function, name: str = "") -> Player:
        """Let a caller make a call, in a task of its own; it returns the ``Answer``."""
        return self.crew.start(self.ask, function, name=name or "a caller")

    async def fail(self, times: int) -> None:
        """Let so many calls fail, one after the other."""
        for number in range(times):
            answer = await self.ask(self.service.down(turns=self.trial.draw(2)))
            expect(answer.asked, f"call {number + 1} of {times} to a service that is down {answer}")

    async def open(self) -> None:
        """Let as many calls fail as it takes for the breaker to open."""
        for _ in range(self.failures):
            await self.ask(self.service.down(turns=self.trial.draw(2)))

    async def passes(self, why: str) -> None:
        """Expect that a call is made and answered."""
        answer = await self.ask(self.service.call("well", turns=self.trial.draw(2)))
        expect(answer.kind == "returned", f"a call to a service that is well {answer}, {why}")

    async def rejects(self, why: str) -> None:
        """Expect that a call is rejected."""
        answer = await self.ask(self.service.call("well", turns=self.trial.draw(2)))
        expect(answer.kind == "rejected", f"a call {answer}, {why}")

    async def wait(self, recoveries: float) -> None:
        """Let so much of a recovery pass."""
        await self.trial.sleep(recoveries * RECOVERY)

    async def ended(self, players: Sequence[Player], turns: int = SOON) -> bool:
        """Wait until these have ended, but at most so many turns; whether they have."""
        return await self.trial.ended(*players, turns=turns)


@asynccontextmanager
async def breaker(trial: Trial, failures: int = 0, clock: Clock | None = None) -> AsyncIterator[Scene]:
    """A breaker that opens after so many failures in a row, or after two to four."""
    failures = failures or 2 + trial.draw(2)
    async with _scene(trial, "breaker", (failures, RECOVERY, PATIENCE), failures, clock) as made:
        yield made


@asynccontextmanager
async def bulkhead(trial: Trial, limit: int, clock: Clock | None = None) -> AsyncIterator[Scene]:
    """A bulkhead with so many places."""
    async with _scene(trial, "bulkhead", (limit,), 0, clock) as made:
        yield made


@asynccontextmanager
async def gate(trial: Trial, shape: Shape) -> AsyncIterator[Scene]:
    """A gate of either shape that lets some calls through."""
    async with breaker(trial, 3) if shape == "breaker" else bulkhead(trial, 8) as made:
        yield made


@asynccontextmanager
async def _scene(
    trial: Trial, shape: Shape, options: tuple[float, ...], failures: int, clock: Clock | None
) -> AsyncIterator[Scene]:
    if clock is None:
        with clocks(trial) as own:
            if own.read() < START:
                await trial.sleep(START - own.read())
            async with _scene(trial, shape, options, failures, own) as made:
                yield made
        return
    async with getattr(trial.module, shape)(*options) as opened, trial.crew() as crew:
        yield Scene(trial, opened, crew, clock, failures)


def offered(trial: Trial) -> list[Shape]:
    """The gates that the alternative has."""
    return [name for name in SHAPES if name in trial.alternative.offers]


def some(trial: Trial, ways: Sequence[T]) -> Sequence[T]:
    """All of them with seed 0, else the one that the seed draws."""
    return (trial.random.choice(ways),) if trial.seed and ways else ways
