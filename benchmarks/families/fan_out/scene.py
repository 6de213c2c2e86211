"""The jobs of a trial of ``patterns.fan_out``, which count themselves, and the calls that run them."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import trio

from benchmarks.safety.cancelling import CANCELLED, Caller, cancellations, finish
from benchmarks.safety.errors import origins
from benchmarks.safety.trials import Crew, Player, Trial, ending, expect, listed, shown, shown_as
from patterns.fan_out import Job

ALL = ("collect", "collect_bounded", "first")
START = 40  # turns in which a handful of jobs has begun, if all are to run at once
PATIENCE = 400  # turns in which a handful of jobs has long come to an end, however they are run
# Whoever waits for timers in between gets time as well, a unit for so many of the turns that others get.
TURNS_PER_UNIT = 40
MOMENTS, MOMENT = 100, 0.01  # and so many of these units in which jobs may begin,
SOON = 4  # and after each of them turns in which that is seen: while jobs count turns, no time passes


class JobError(Exception):
    """What a job raises on purpose."""


class JobExit(BaseException):
    """What a job raises on purpose, and no ``except Exception`` holds up."""


@dataclass
class Jobs:
    """Jobs of one call.

    ``begun`` and ``returned`` list their numbers, ``peak`` is the most that ran at once, ``failed`` whether one has
    raised its error, ``raised`` what they have raised on purpose, clean-ups included, and ``cleaned`` lists who has
    cleaned up. A job runs until its clean-up has ended; it returns its number, or its answer in ``answers``.
    """

    trial: Trial
    answers: dict[int, Any] = field(default_factory=dict)
    begun: list[int] = field(default_factory=list)
    returned: list[int] = field(default_factory=list)
    running: int = 0
    peak: int = 0
    failed: bool = False
    raised: list[BaseException] = field(default_factory=list)
    cleaned: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Every door of a waiting job is closed."""
        self.doors: dict[int, Any] = defaultdict(trio.Event if self.trial.is_trio else asyncio.Event)

    @property
    def ended(self) -> int:
        """How many jobs have come to an end, in whatever way."""
        return len(self.begun) - self.running

    def job(self, number: int, turns: int | None = None, **options: Any) -> Job[Any]:
        """A job that waits so many turns, or until its door opens; the options are those of ``run``."""
        return partial(self.run, number, turns, **options)

    @shown_as("job")
    async def run(
        self,
        number: int,
        turns: int | None = None,
        *,
        error: BaseException | None = None,
        clean_up: int = 0,
        last_words: BaseException | None = None,
        unstoppable: bool = False,
    ) -> Any:
        """Wait, then raise ``error`` or return the answer.

        Once cancelled, clean up for so many turns, then raise ``last_words`` or go. One that is unstoppable finishes
        what it has begun, whoever cancels it, and returns.
        """
        self.begun.append(number)
        self.running += 1
        self.peak = max(self.peak, self.running)
        try:
            if unstoppable:
                await finish(self.trial, turns or 0)
            else:
                await (self.doors[number].wait() if turns is None else self.trial.hop(turns))
            if error:
                self.failed = True
                self.raised.append(error)
                raise error
            self.returned.append(number)
        except CANCELLED:
            await finish(self.trial, clean_up)
            self.cleaned.append(number)
            if last_words:
                self.raised.append(last_words)
                raise last_words from None
            raise
        finally:
            self.running -= 1
        return self.answers.get(number, number)

    async def rise(self, wanted: int, turns: int = PATIENCE) -> None:
        """Wait until so many jobs are running, but at most so many turns, and a little time."""
        await until(self.trial, lambda: self.running >= wanted, turns)

    async def failure(self) -> None:
        """Wait until one has failed, but not for ever."""
        await until(self.trial, lambda: self.failed)

    def open(self, *numbers: int) -> None:
        """Let these jobs go on."""
        for number in numbers:
            self.doors[number].set()

    async def open_when(self, wanted: int, *numbers: int, turns: int = START) -> None:
        """Let these jobs go on when so many are running, or soon if they never are."""
        await self.rise(wanted, turns)
        self.open(*numbers)


@dataclass
class Call(Caller):
    """One call under way, in a task of its own.

    ``over`` says that it has ended, ``went_on`` that its caller got through a few waits afterwards; ``requests`` is how
    many cancellations of its task asyncio counted at the end that were not there before.
    """

    trial: Trial
    name: str
    jobs: Jobs
    went_on: bool = False
    requests: int = 0
    running: int = 0
    begun: int = 0
    results: list[Any] | None = None

    async def run(self, jobs: Iterable[Job[Any]], number: int) -> None:
        """Call, and handle whatever the jobs raise; a cancellation passes."""
        before = cancellations(self.trial)
        try:
            with self.handling():
                self.results = await call(self.trial, self.name, jobs, number)
        finally:
            self.running, self.begun = self.jobs.running, len(self.jobs.begun)
        self.requests = cancellations(self.trial) - before
        await self.trial.hop(3)
        self.went_on = True

    @property
    def left(self) -> int:
        """How many jobs were running when the call ended, or were begun after that."""
        return self.running + len(self.jobs.begun) - self.begun

    @property
    def errors(self) -> list[BaseException]:
        """What left the call, taken out of its groups, and what that was raised from."""
        return list(origins(self.error)) if self.error else []

    def __str__(self) -> str:
        """Its function and what became of it, for messages."""
        if self.results is not None:
            seen = listed(map(repr, self.results)) if len(self.results) < 9 else f"{len(self.results)} results"
            return f"{self.name} returned {seen}"
        if self.errors:
            return f"{self.name} raised {listed(map(shown, self.errors))}"
        return f"{self.name} {ending(self.player)}"


def offered(trial: Trial, *names: str) -> list[str]:
    """Those of the family's functions, or of these, that the alternative has."""
    return [name for name in names or ALL if name in trial.alternative.offers]


async def call(trial: Trial, name: str, jobs: Iterable[Job[Any]], number: int) -> list[Any]:
    """Call one of the functions; ``number`` is the limit or the count, where there is one."""
    function: Callable[..., Awaitable[Iterable[Any]]] = getattr(trial.module, name)
    return list(await (function(jobs) if name == "collect" else function(jobs, number)))


def begin(crew: Crew, name: str, jobs: Jobs, source: Iterable[Job[Any]], number: int) -> Call:
    """Start a call in a task of its own."""
    started = Call(jobs.trial, name, jobs)
    started.player = crew.start(started.run, source, number, name=name)
    return started


async def made(name: str, jobs: Jobs, source: Iterable[Job[Any]], number: int, patience: int = PATIENCE) -> Call:
    """Make a call in a task of its own, and wait until its caller has gone on; a call that does not end is broken."""
    async with jobs.trial.crew() as crew:
        finished = begin(crew, name, jobs, source, number)
        in_time = await over(jobs.trial, finished.player, turns=patience)
        expect(in_time, f"{name} has not ended after {patience} turns; {jobs.running} jobs are running")
    return finished


async def until(trial: Trial, happened: Callable[[], object], turns: int = PATIENCE) -> None:
    """Wait until something has happened, but at most so many turns, and a little time."""
    for moment in range(MOMENTS):
        for _ in range(SOON if moment else turns):
            if happened():
                return
            await trial.hop()
        await trial.sleep(MOMENT)


async def over(trial: Trial, *players: Player, turns: int = PATIENCE) -> bool:
    """Wait until these have ended, for at most so many turns and as many again while time passes; whether they have."""
    if await trial.ended(*players, turns=turns):
        return True
    for _ in range(turns // TURNS_PER_UNIT):
        await trial.sleep(1)
        if await trial.ended(*players, turns=TURNS_PER_UNIT):
            return True
    return False
