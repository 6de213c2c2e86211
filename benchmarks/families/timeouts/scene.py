"""Where the promises of ``patterns.timeouts`` are played: bodies that work, callers under a deadline, and the time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import anyio
import trio

from benchmarks.families.timeouts.clock import Leap, held
from benchmarks.families.timeouts.workloads import TIMED_OUT
from benchmarks.safety.cancelling import CANCELLED, Caller, cancellations, finish
from benchmarks.safety.trials import Crew, Trial, ending, event, shown, shown_as

DEADLINES = ("within", "steps_within", "listen")  # whose deadline ends the call, and whose caller's cancellation does
ANY = (*DEADLINES, "finish")
PATIENCE = 100  # turns in which what is due has long happened
SOON = 8  # turns in which it has mostly happened
STEADY = 6  # turns after which a body that waits for ever has come to its wait
LIMIT = 1.0  # seconds that a body may take
PAST = 2.0  # seconds after which that is over


class BodyError(Exception):
    """What a body raises on purpose."""


class BodyExit(BaseException):
    """What a body raises on purpose, and no ``except Exception`` holds up."""


@dataclass
class Work:
    """Bodies of one caller.

    ``running`` is how many have begun and not ended, their clean-ups included, ``peak`` the most that did so at once,
    ``held`` how many things they have acquired and not given back.
    """

    trial: Trial
    begun: int = 0
    running: int = 0
    peak: int = 0
    returned: int = 0
    held: int = 0

    def __post_init__(self) -> None:
        """The door of whoever waits is closed."""
        self.door = event(self.trial)

    def body(self, turns: int | None = None, **options: Any) -> Callable[[], Any]:
        """A body that waits so many turns, or until the door opens; the options are those of ``run``."""
        return partial(self.run, turns, **options)

    @shown_as("body")
    async def run(
        self,
        turns: int | None = None,
        *,
        answer: Any = "an answer",
        error: BaseException | None = None,
        clean_up: int = 0,
        last_words: BaseException | None = None,
        swallows: bool = False,
    ) -> Any:
        """Wait, then raise ``error`` or return the answer.

        Once cancelled, clean up for so many turns, then raise ``last_words`` or go; who swallows that answers instead.
        """
        self._begin()
        try:
            await (self.door.wait() if turns is None else self.trial.hop(turns))
            if error:
                raise error
            self.returned += 1
        except CANCELLED:
            await finish(self.trial, clean_up)
            if last_words:
                raise last_words from None
            if not swallows:
                raise
        finally:
            self.running -= 1
        return answer

    def taker(self, turns: int, then: int) -> Callable[[], Any]:
        """A body that takes a thing after so many turns, has it for some more, and returns it."""
        return partial(self._take, turns, then)

    @shown_as("body")
    async def _take(self, turns: int, then: int) -> str:
        self._begin()
        try:
            await self.trial.hop(turns)
            self.held += 1
            try:
                await self.trial.hop(then)
            except CANCELLED:
                self.held -= 1
                raise
            return "a thing"
        finally:
            self.running -= 1

    def family(self, clean_up: int) -> Callable[[], Any]:
        """A body that waits for two children, who clean up for so many turns."""
        return partial(self._with_children, clean_up)

    @shown_as("body")
    async def _with_children(self, clean_up: int) -> None:
        await self.trial.backend.toolkit.together([self.body(clean_up=clean_up)] * 2)

    def _begin(self) -> None:
        self.begun += 1
        self.running += 1
        self.peak = max(self.peak, self.running)


@dataclass(eq=False)
class Asked(Caller):
    """One call under way, in a task of its own.

    ``over`` says that it has ended, ``left`` how many bodies were running then; ``went_on`` that its caller got through
    a few waits afterwards. ``requests`` is how many cancellations of its task asyncio counted at the end that were not
    there before.
    """

    trial: Trial
    name: str
    work: Work
    then: Callable[[], Awaitable[object]] | None = None
    answered: bool = False
    went_on: bool = False
    left: int = 0
    requests: int = 0
    value: Any = None

    async def run(self, function: Callable[[], Awaitable[Any]]) -> None:
        """Call, and handle whatever is raised; a cancellation passes."""
        before = cancellations(self.trial)
        try:
            with self.handling():
                self.value = await function()
                self.answered = True
        finally:
            self.left = self.work.running
        self.requests = cancellations(self.trial) - before
        if self.then:
            await self.then()
        await self.trial.hop(3)
        self.went_on = True

    @property
    def timed_out(self) -> bool:
        """Whether a deadline ended it."""
        return isinstance(self.error, TIMED_OUT)

    def __str__(self) -> str:
        """Its function and what became of it, for messages."""
        if self.answered:
            return f"{self.name} returned {self.value!r:.80}"
        if self.error:
            return f"{self.name} raised {shown(self.error)}"
        return f"{self.name} {ending(self.player)}"


@dataclass
class Scene:
    """The callers of a trial, and its clock: ``leap`` lets so many seconds pass at once."""

    trial: Trial
    crew: Crew
    leap: Leap

    def ask(self, name: str, seconds: float, work: Work, body: Callable[[], Any], **options: Any) -> Asked:
        """Start a caller whose body may take so many seconds; the options are those of ``Asked``."""
        return self.start(name, work, partial(call, self.trial, name, seconds, body), **options)

    def start(self, name: str, work: Work, function: Callable[[], Awaitable[Any]], **options: Any) -> Asked:
        """Start a caller, who does that."""
        asked = Asked(self.trial, name, work, **options)
        asked.player = self.crew.start(asked.run, function, name=name)
        return asked

    async def strike(self, seconds: float, *asked: Asked) -> list[Asked]:
        """Let time pass at the turn of this trial; returns those that had still to end.

        Whoever waits for ever is struck as often as its wait has moments to be struck in.
        """
        await self.trial.hop(self.trial.tick)
        in_time = [one for one in asked if not one.over]
        self.trial.landed = bool(in_time) and self.trial.tick < 2 * STEADY
        self.leap(seconds)
        return in_time

    async def ended(self, asked: Iterable[Asked], seconds: float = 0.0) -> bool:
        """Wait until these have ended; time passes once more for those that began when it had. Whether they have."""
        players = [one.player for one in asked]
        if await self.trial.ended(*players, turns=PATIENCE):
            return True
        self.leap(seconds)
        return await self.trial.ended(*players, turns=PATIENCE)


@asynccontextmanager
async def scene(trial: Trial) -> AsyncIterator[Scene]:
    """A clock that stands still, and callers, who are cancelled at the end."""
    with held(trial) as leap:
        async with trial.crew() as crew:
            yield Scene(trial, crew, leap)


def offered(trial: Trial, names: Sequence[str] = ANY) -> list[str]:
    """Those of these functions that the alternative has."""
    return [name for name in names if name in trial.alternative.offers]


async def call(trial: Trial, name: str, seconds: float, body: Callable[[], Any]) -> Any:
    """What a body returns that one of the functions calls, as its only step or message."""
    function: Callable[..., Awaitable[Any]] = getattr(trial.module, name)
    if name == "steps_within":
        return (await function(seconds, [body]))[0]
    if name == "listen":
        heard: list[Any] = []
        await function(seconds, partial(_once, body, []), heard.append)
        return heard[0]
    return await function(seconds, body)


@shown_as("receive")
async def _once(body: Callable[[], Any], received: list[Any]) -> Any:
    """Receive one message, and then the end."""
    if received:
        return None
    received.append(True)
    return await body()


async def natively(trial: Trial, seconds: float, body: Callable[[], Any]) -> Any:
    """The same under a deadline of the alternative's own library."""
    if trial.alternative.library == "anyio":
        with anyio.fail_after(seconds):
            return await body()
    if trial.is_trio:
        with trio.fail_after(seconds):
            return await body()
    async with asyncio.timeout(seconds):
        return await body()
