"""Handlers for the questions to ``patterns.callbacks``, and notes of what they did."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import trio

from benchmarks.plan.backends import Event as Gate
from benchmarks.safety.trials import Player, Trial, event, expect, listed, shown, shown_as
from patterns.callbacks import Emitter, Event, Handler

TURNS = 150  # turns of the loop within which whatever needs no thread has happened
MOMENTS = 100  # further moments, of 2 ms each, for whatever needs threads


def gate(trial: Trial) -> Gate:
    """A native event, closed; ``Event`` is what an emitter tells of here."""
    return event(trial)


async def until(trial: Trial, condition: Callable[[], object]) -> bool:
    """Wait until a condition holds, but not for ever; whether it does."""
    for _ in range(TURNS):
        if condition():
            return True
        await trial.hop()
    for _ in range(MOMENTS):
        if condition():
            return True
        await trial.sleep(0.1)
    return bool(condition())


async def over(trial: Trial, *players: Player) -> bool:
    """Wait until tasks have ended, but not for ever; whether they have."""
    return await until(trial, lambda: all(player.done for player in players))


@dataclass
class Part:
    """What a handler does: it waits for turns and a gate, fails or ends; cancelled, it cleans up, which may fail."""

    name: str
    turns: int = 0
    gate: Gate | None = None
    error: BaseException | None = None
    fails_on: Event = None  # the only event that ``error`` is raised for; None for every event
    cleanup: int = 0  # turns, if it was cancelled
    sore: Exception | None = None  # raised at the end of the cleanup


@dataclass
class Cast:
    """The handlers of a trial by name. ``begun`` and ``ended`` hold (name, event) in the order in which it happened."""

    trial: Trial
    begun: list[tuple[str, Event]] = field(default_factory=list)
    ended: list[tuple[str, Event]] = field(default_factory=list)
    notes: list[tuple[str, str, Event]] = field(default_factory=list)
    at_work: list[str] = field(default_factory=list)  # names, one for each event that is being handled
    uncleaned: list[str] = field(default_factory=list)  # whose cleanup was broken off

    def handler(self, name: str, turns: int = 0, **rest: Any) -> Handler:
        """A handler that plays a ``Part``."""
        part = Part(name, turns, **rest)

        @shown_as("handler")
        async def handle(event: Event) -> None:
            await self.play(part, event)

        return handle

    async def play(self, part: Part, event: Event) -> None:
        """Handle one event."""
        self.begun.append((part.name, event))
        self.notes.append(("begin", part.name, event))
        self.at_work.append(part.name)
        complete = False
        try:
            await self.trial.hop(part.turns)
            if part.gate is not None:
                await part.gate.wait()
            if part.error and part.fails_on in (None, event):
                raise part.error
            complete = True
            self.ended.append((part.name, event))
        finally:
            try:
                if not complete:
                    await self._clean(part)
            finally:
                self.at_work.remove(part.name)
                self.notes.append(("end", part.name, event))

    async def _clean(self, part: Part) -> None:
        self.uncleaned.append(part.name)
        with anyio.CancelScope(shield=True):  # native cancellations come through, those of AnyIO's scopes do not
            await self.trial.hop(part.cleanup)
        self.uncleaned.remove(part.name)
        if part.sore:
            raise part.sore

    def heard(self, name: str) -> list[Event]:
        """The events that a handler was called with, in order."""
        return [event for who, event in self.begun if who == name]

    def finished(self, name: str) -> list[Event]:
        """The events that a handler has handled to its end, in order."""
        return [event for who, event in self.ended if who == name]


def nodes(error: BaseException | None, *, bare: bool = False) -> list[BaseException]:
    """An exception, and those in its groups and their groups; unless ``bare`` what each was raised from as well."""
    if error is None:
        return []
    parts = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    origin = None if bare else error.__cause__
    return [error, *(node for part in (*parts, origin) for node in nodes(part, bare=bare))]


def has(seen: list[BaseException], error: BaseException) -> bool:
    """Whether this very exception is among those that were seen."""
    return any(error is node for node in seen)


async def told(emitter: Emitter, event: Event, *, bare: bool = False) -> list[BaseException]:
    """Emit and settle; everything that either of them raised, unless ``bare`` with what that was raised from."""
    seen: list[BaseException] = []
    try:
        await emitter.emit(event)
    except Exception as error:
        seen += nodes(error, bare=bare)
    try:
        await emitter.settle()
    except Exception as error:
        seen += nodes(error, bare=bare)
    return seen


async def ended_without(emitter: Emitter, event: Event) -> None:
    """Emit and settle, and break the promise if either raises: no handler did."""
    seen = await told(emitter, event)
    expect(not seen, f"no handler failed, and yet emit or settle raised {listed(map(shown, seen), 1)}")


@dataclass
class Limit:
    """A timeout around a block, to expire at a moment of the trial's choosing; ``expired`` is what came of it."""

    expire: Callable[[], object] = lambda: None
    begun: bool = False
    expired: bool = False

    @asynccontextmanager
    async def around(self, trial: Trial) -> AsyncIterator[None]:
        """The native timeout of the loop; of AnyIO for those that speak AnyIO."""
        if trial.is_trio or trial.alternative.library == "anyio":
            scope = trio.CancelScope() if trial.is_trio else anyio.CancelScope()
            try:
                with scope:
                    self.expire, self.begun = scope.cancel, True
                    yield
            finally:
                self.expired = scope.cancelled_caught
            return
        timeout = asyncio.timeout(None)
        try:
            async with timeout:
                self.expire, self.begun = lambda: timeout.reschedule(0), True
                yield
        except TimeoutError:
            self.expired = True
