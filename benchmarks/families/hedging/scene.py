"""The sources of a trial of ``patterns.hedging``, which count themselves, and the calls that ask them."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from benchmarks.safety.cancelling import CANCELLED, cancellations, finish
from benchmarks.safety.errors import Listener
from benchmarks.safety.trials import HOUR, Crew, Player, Trial, ending, expect, listed, shown, shown_as
from patterns.hedging import Source

ALL = ("hedge", "race", "fallback")
PATIENCE = 100  # turns in which a call of a few sources comes to an end, unless somebody looks by a timer
GLANCES, GLANCE = 5, 0.01  # so often, and after so many units, it is looked whether it has
NOTICED = 4  # turns in which what has happened is noticed, and a source may still be asked
NEVER = 24 * HOUR  # seconds of delay that do not pass in a trial
SOON = 0.5  # units of delay: ten milliseconds where time is real, in which a few turns have long passed
LONG = 100.0  # units: where time is real two seconds, which nobody has to wait for
BRIEF = 0.002  # seconds of delay, a few turns for whoever strikes at every millisecond


class SourceError(Exception):
    """What a source raises that fails."""


class SourceExit(BaseException):
    """What a source raises on purpose, and no ``except Exception`` holds up."""


@dataclass
class Sources:
    """Sources of one call.

    ``asked`` lists their numbers in the order in which they were asked, ``moments`` when that was, in units of the
    trial. ``answered`` lists those that have answered, ``raised`` what they have raised on purpose. A source runs until
    its clean-up has ended; it answers with its number, or with its answer in ``answers``.
    """

    trial: Trial
    answers: dict[int, Any] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    stopped: list[int] = field(default_factory=list)
    raised: list[BaseException] = field(default_factory=list)
    running: int = 0
    peak: int = 0

    def __post_init__(self) -> None:
        """Every door of a waiting source is closed."""
        self.doors: dict[int, Any] = defaultdict(self.trial.backend.toolkit.event)

    def source(self, number: int, turns: int | None = None, **options: Any) -> Source[Any]:
        """A source that waits so many turns, or until its door opens; the options are those of ``ask``."""
        return partial(self.ask, number, turns, **options)

    @shown_as("source")
    async def ask(
        self,
        number: int,
        turns: int | None = None,
        *,
        units: float = 0.0,
        error: BaseException | None = None,
        clean_up: int = 0,
        last_words: BaseException | None = None,
        stubborn: bool = False,
    ) -> Any:
        """Wait for so many units and turns, then raise ``error`` or answer.

        Once cancelled, clean up for so many turns, then raise ``last_words`` or go. One that is stubborn answers even
        then.
        """
        self.asked.append(number)
        self.moments.append(self.trial.now())
        self.running += 1
        self.peak = max(self.peak, self.running)
        try:
            if units:
                await self.trial.sleep(units)
            await (self.doors[number].wait() if turns is None else self.trial.hop(turns))
            if error:
                self.raised.append(error)
                raise error
            self.answered.append(number)
        except CANCELLED:
            self.stopped.append(number)
            await finish(self.trial, clean_up)
            if last_words:
                self.raised.append(last_words)
                raise last_words from None
            if not stubborn:
                raise
        finally:
            self.running -= 1
        return self.answers.get(number, number)

    def open(self, *numbers: int) -> None:
        """Let these sources answer."""
        for number in numbers:
            self.doors[number].set()

    async def rise(self, wanted: int) -> None:
        """Wait until so many have been asked, if they are within some delays."""
        for _ in range(4 * wanted):
            if len(self.asked) >= wanted:
                return
            await self.trial.hop(NOTICED)
            if len(self.asked) < wanted:
                await self.trial.sleep(SOON)

    def slow(self, number: int, units: float | None = None, **options: Any) -> Source[Any]:
        """A source that answers so many units later: some delays, or where time is real long after all others."""
        some = 8 * SOON if self.trial.virtual else LONG
        return self.source(number, 0, units=some if units is None else units, **options)

    def down(self, number: int, turns: int = 1, **options: Any) -> Source[Any]:
        """A source that fails after so many turns, with an error of its own."""
        return self.source(number, turns, error=SourceError(f"source {number} is down"), **options)


@dataclass
class Call(Listener):
    """One call under way, in a task of its own.

    ``over`` says that it has ended, ``went_on`` that its caller got through a few waits afterwards; ``running`` is how
    many sources were at work when it ended, ``requests`` how many cancellations of its task asyncio counted then that
    were not there before.
    """

    trial: Trial
    name: str
    sources: Sources
    answered: bool = False
    went_on: bool = False
    requests: int = 0
    running: int = 0
    answer: Any = None

    async def run(self, sources: list[Source[Any]], delay: float) -> Any:
        """Call, and handle whatever the sources raise; a cancellation passes."""
        before = cancellations(self.trial)
        try:
            with self.handling():
                self.answer = await call(self.trial, self.name, sources, delay)
                self.answered = True
        finally:
            self.running = self.sources.running
        self.requests = cancellations(self.trial) - before
        await self.trial.hop(3)
        self.went_on = True
        return self.answer

    def __str__(self) -> str:
        """Its function and what became of it, for messages."""
        if self.answered:
            return f"{self.name} returned {self.answer!r:.60}"
        if self.errors:
            return f"{self.name} raised {listed(map(shown, self.errors))}"
        return f"{self.name} {ending(self.player)}"


def offered(trial: Trial, *names: str) -> list[str]:
    """Those of the family's functions, or of these, that the alternative has."""
    return [name for name in names or ALL if name in trial.alternative.offers]


async def call(trial: Trial, name: str, sources: Iterable[Source[Any]], delay: float = NEVER) -> Any:
    """Call one of the functions; ``delay`` is in seconds, and for ``hedge`` alone."""
    function: Callable[..., Any] = getattr(trial.module, name)
    return await (function(list(sources), delay) if name == "hedge" else function(list(sources)))


def begin(crew: Crew, name: str, sources: Sources, listing: list[Source[Any]], delay: float = NEVER) -> Call:
    """Start a call in a task of its own."""
    started = Call(sources.trial, name, sources)
    started.player = crew.start(started.run, listing, delay, name=name)
    return started


async def made(name: str, sources: Sources, listing: list[Source[Any]], delay: float = NEVER) -> Call:
    """Make a call in a task of its own, and wait until its caller has gone on; a call that does not end is broken."""
    trial = sources.trial
    async with trial.crew() as crew:
        finished = begin(crew, name, sources, listing, delay)
        ended = await have_ended(trial, finished.player)
        for _ in range(4 * len(listing)):  # where nobody has anything to do but to wait for the delay
            if ended or delay >= NEVER:
                break
            await trial.sleep(2 * delay / trial.unit)
            ended = await have_ended(trial, finished.player)
        expect(ended, f"{name} has not ended, {sources.running} sources are at work")
    return finished


async def comes(trial: Trial, condition: Callable[[], bool]) -> bool:
    """Wait until something is true, for many turns and, as somebody may look by a timer, a part of a delay."""
    for _ in range(GLANCES):
        if await trial.rest(PATIENCE, condition):
            return True
        await trial.sleep(GLANCE)
    return condition()


async def have_ended(trial: Trial, *players: Player) -> bool:
    """Wait as long for these tasks to end; whether they have."""
    return await comes(trial, lambda: all(player.done for player in players))


def soon(trial: Trial) -> float:
    """A delay in seconds that passes when somebody waits for it."""
    return SOON * trial.unit


def brief(trial: Trial) -> float:
    """A delay in seconds that a sweep strikes at every millisecond of; where time is real it does not pass."""
    return BRIEF if trial.virtual else NEVER
