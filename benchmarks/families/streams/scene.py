"""The sources of a trial of ``patterns.streams``, which write down what is asked of them, and who reads them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import trio

from benchmarks.plan.backends import Event
from benchmarks.safety.cancelling import CANCELLED, cancellations, shield
from benchmarks.safety.errors import Listener
from benchmarks.safety.trials import HOUR, Crew, Trial, ending, event, expect, listed, shown, shown_as

WAYS = ("items", "mapped", "buffered", "merged", "chunked")
AHEAD = 4  # items that ``buffered`` may fetch ahead
CHUNK = 2  # items of a chunk
SHUT = ("closed", "never opened")  # states of a source that holds nothing
MANY = 10**6  # items that nobody reads to their end
OPENING = -1  # stands for no number: as it is opened
LATE = 20  # turns in which what was left behind is closed, if it ever is
PATIENCE = 300  # turns in which a handful of items has long been read
MOMENTS, MOMENT = 20, 0.05  # and so many units of time as well, for who looks for items by a timer


class SourceError(Exception):
    """What a source raises on purpose."""


class SourceAbortError(BaseException):
    """The same, and no mere Exception."""


class BodyError(Exception):
    """What the body of a loop raises on purpose."""


class BodyAbortError(BaseException):
    """The same, and no mere Exception."""


@dataclass
class Spring:
    """A source of so many numbers from ``first`` on, each after so many turns.

    It waits at its door before the number ``waits_at``, and raises its error in place of the number ``fails_at``, or
    as it is opened where that is ``OPENING``.
    Closing takes turns, come what may unless it is not ``shielded``, then units of time, and may raise ``last_words``.
    ``state`` is what has become of it, ``asked`` how often a number was wanted, ``given`` how many there were,
    ``tasks`` who has opened, asked and closed it; ``wrong`` is what nobody may do, in words.
    """

    trial: Trial
    count: int = MANY
    turns: int = 0
    first: int = 0
    waits_at: int | None = None
    fails_at: int | None = None
    error: BaseException | None = None
    close_turns: int = 0
    close_units: float = 0.0
    shielded: bool = True
    last_words: BaseException | None = None
    state: str = "never opened"
    asked: int = 0
    given: int = 0
    asking: int = 0
    wrong: str = ""
    tasks: set[object] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Its door is closed."""
        self.door: Event = event(self.trial)

    def __call__(self) -> "Spring":
        """The source itself: it can be opened once."""
        return self

    @shown_as("opening")
    async def __aenter__(self) -> Callable[[], Any]:
        """Open it."""
        self.wrong = self.wrong or ("it was opened twice" if self.state != "never opened" else "")
        self._note_task()
        if self.fails_at == OPENING and self.error:
            raise self.error
        self.state = "open"
        return self.fetch

    @shown_as("fetch")
    async def fetch(self) -> int | None:
        """The next number, or None; who is interrupted has taken none."""
        self._note_task()
        self.asked += 1
        self.asking += 1
        if self.asking > 1 or self.state != "open":
            self.wrong = self.wrong or (
                "it was asked twice at a time" if self.asking > 1 else "it was asked when closed"
            )
        try:
            await self.trial.hop(self.turns)
            if self.given == self.waits_at:
                await self.door.wait()
            if self.given == self.fails_at and self.error:
                raise self.error
            if self.given == self.count:
                return None
            self.given += 1
            return self.first + self.given - 1
        finally:
            self.asking -= 1

    @shown_as("closing")
    async def __aexit__(self, *error: object) -> None:
        """Close it."""
        self._note_task()
        self.state = "closing"
        interrupted: BaseException | None = None
        with shield(self.trial) if self.shielded else nullcontext():
            for _ in range(self.close_turns):
                try:
                    await self.trial.hop()
                except CANCELLED as another:
                    if not self.shielded:
                        raise
                    interrupted = another
        if self.close_units:
            await self.trial.sleep(self.close_units)
        self.state = "closed"
        try:
            if self.last_words:
                raise self.last_words
            if interrupted:
                raise interrupted
        finally:
            del interrupted  # it refers to this frame, which holds whom it closes for

    def _note_task(self) -> None:
        self.tasks.add(trio.lowlevel.current_task() if self.trial.is_trio else asyncio.current_task())

    @property
    def is_shut(self) -> bool:
        """Whether it is not open any more, or never was."""
        return self.state in SHUT


def stream(trial: Trial, way: str, spring: Spring) -> AbstractAsyncContextManager[AsyncIterator[Any]]:
    """One of the ways to read a source."""

    @shown_as("step")
    async def step(number: int) -> int:
        await trial.hop()
        return number

    module = trial.module
    if way == "mapped":
        return module.mapped(spring, [step, step])  # type: ignore[no-any-return]
    if way == "buffered":
        return module.buffered(spring, AHEAD)  # type: ignore[no-any-return]
    if way == "merged":
        return module.merged([spring, Spring(trial, count=0)])  # type: ignore[no-any-return]
    if way == "chunked":
        return module.chunked(spring, CHUNK, HOUR * trial.unit)  # type: ignore[no-any-return]
    return module.items(spring)  # type: ignore[no-any-return]


@dataclass
class Reading(Listener):
    """A loop over a stream, in a task of its own, with so many turns for each item.

    Once it has ``stop`` numbers it breaks, or raises its ``body_error``. ``got`` are the numbers, ``chunks`` how many
    came at a time. ``over`` says that the block has been left, ``passed`` that it was without an error, ``went_on``
    that the reader got through a few waits afterwards; ``found`` is how the source was when the block was left, and
    ``requests`` how many cancellations of the reader asyncio counted then that were not there before.
    """

    trial: Trial
    way: str
    spring: Spring
    stop: int | None = None
    body_error: BaseException | None = None
    turns: int = 0
    opened: Callable[[], AbstractAsyncContextManager[AsyncIterator[Any]]] | None = None
    got: list[int] = field(default_factory=list)
    chunks: list[int] = field(default_factory=list)
    in_body: bool = False
    passed: bool = False
    went_on: bool = False
    found: str = ""
    requests: int = 0

    async def run(self) -> None:
        """Read, and handle whatever leaves the block; a cancellation passes."""
        before = cancellations(self.trial)
        try:
            with self.handling():
                await self._read()
                self.passed = True
        finally:
            self.found = self.spring.state
        self.requests = cancellations(self.trial) - before
        await self.trial.hop(3)
        self.went_on = True

    async def _read(self) -> None:
        async with self.opened() if self.opened else stream(self.trial, self.way, self.spring) as items:
            if self.stop == 0:
                return
            async for item in items:
                numbers = [item] if isinstance(item, int) else list(item)
                self.got += numbers
                self.chunks.append(len(numbers))
                self.in_body = True  # and still, once that has been interrupted
                await self.body()
                self.in_body = False
                if self.stop is not None and len(self.got) >= self.stop:
                    if self.body_error:
                        raise self.body_error
                    break

    async def body(self) -> None:
        """What is done with each item."""
        await self.trial.hop(self.turns)

    def __str__(self) -> str:
        """What became of it, for messages."""
        got = f"{self.way}: after {listed(self.got)} "
        if self.errors:
            return f"{got}the reader got {listed(map(shown, self.errors))}"
        if self.over and self.player.outcome in ("waiting", "returned"):
            return f"{got}the stream was left"
        return f"{got}the reader {ending(self.player)}"


def read(crew: Crew, reading: Reading) -> Reading:
    """Read a stream in a task of its own."""
    reading.player = crew.start(reading.run, name="who reads")
    return reading


def offered(trial: Trial) -> list[str]:
    """The ways that there are to read a source."""
    return [way for way in WAYS if hasattr(trial.module, way)]


def in_all_ways(trial: Trial, crew: Crew, source: Callable[[], Spring], **options: Any) -> list[Reading]:
    """Read a source of its own in each of the ways."""
    return [read(crew, Reading(trial, way, source(), **options)) for way in offered(trial)]


async def begun(trial: Trial, reading: Reading) -> None:
    """Wait until the body of its loop has begun, or never will."""
    await trial.rest(PATIENCE, lambda: reading.in_body or reading.over)


async def ended(trial: Trial, *readings: Reading, turns: int = PATIENCE) -> bool:
    """Wait until these have been read, for at most so many turns and a little time; whether they have."""
    players = [reading.player for reading in readings]
    if await trial.ended(*players, turns=turns):
        return True
    for _ in range(MOMENTS):
        await trial.sleep(MOMENT)
        if await trial.ended(*players):
            return True
    return False


async def end(trial: Trial, *readings: Reading, turns: int = PATIENCE) -> None:
    """Expect that these come to an end."""
    await ended(trial, *readings, turns=turns)
    for reading in readings:
        expect(reading.player.done, f"{reading}, and does not come to an end")


async def leave(trial: Trial, *readings: Reading) -> None:
    """Let go of what was raised, which holds whatever was there at that moment, and let what is left come to an end."""
    for reading in readings:
        for error in (*reading.errors, reading.player.error):
            if error:
                error.__traceback__ = error.__context__ = error.__cause__ = None
        reading.error = None
    await trial.hop(LATE)
