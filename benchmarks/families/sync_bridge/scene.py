"""Blocking functions that a trial of ``patterns.sync_bridge`` can let go on, and threads that ask the loop."""

import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import sleep as real_sleep  # a trial's own says that it holds up the loop
from typing import Any

from benchmarks.plan.runtime import nap
from benchmarks.safety.trials import Crew, Player, Trial, expect, set_in_time, shown, shown_as
from benchmarks.safety.waiting import in_time
from patterns.sync_bridge import Ask, Call

BOUND = 5.0  # real seconds after which whatever blocks goes on by itself, so that no thread of a trial stays
PATIENCE = 1.0  # real seconds in which a thread that is free has long begun, or ended
STUCK = 0.4  # the same where somebody is let go on afterwards, and nothing but time can tell that nobody moves
NAPS = 8  # in which a thread that has nothing more to do than to tell the loop has done so
TURNS = 30  # of the loop in which who has only to be told has been told

REQUEST: ContextVar[str] = ContextVar("request", default="none")


class OwnError(Exception):
    """What a function, or a question, raises on purpose."""


class OwnBaseError(BaseException):
    """The same, and no ``Exception``."""


@dataclass(eq=False)
class Blocking:
    """A blocking function: it blocks until the ``gate`` is opened, and then returns its number or raises.

    After ``bound`` real seconds it does so anyhow. On the thread that has made it, which is the loop's, it does not
    block: nobody could open the gate.
    """

    number: int = 0
    error: BaseException | None = None
    gate: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    home: int = field(default_factory=threading.get_ident)
    bound: float = BOUND

    @shown_as("a blocking function")
    def __call__(self) -> int:
        """Block."""
        self.begun.set()
        try:
            if threading.get_ident() != self.home:
                set_in_time(self.gate, self.bound)
            if self.error:
                raise self.error
            return self.number
        finally:
            self.ended.set()


@dataclass
class Office:
    """Callers of blocking functions, who must all have been let go on when it is left.

    ``answered`` are the functions whose calls have returned, be it to somebody whom Trio cancels at its next wait.
    """

    trial: Trial
    crew: Crew
    call: Call
    functions: list[Blocking] = field(default_factory=list)
    answered: list[Blocking] = field(default_factory=list)

    def start(self, function: Blocking, name: str = "") -> Player:
        """Somebody calls it, and goes on for a few turns, in which a cancellation shows that was put off."""
        self.functions.append(function)
        return self.crew.start(self._calling, function, name=name or f"caller {function.number}")

    @shown_as("a caller")
    async def _calling(self, function: Blocking) -> int:
        answer: int = await self.call(function)
        self.answered.append(function)
        await self.trial.hop(3)
        return answer

    async def begins(self, *functions: Blocking) -> None:
        """Expect that these begin."""
        begun = await until(self.trial, lambda: all(function.begun.is_set() for function in functions))
        late = [function.number for function in functions if not function.begun.is_set()]
        expect(begun, f"these calls did not begin within {PATIENCE} s, though there were threads: {late}")

    async def end(self, *players: Player) -> None:
        """Open all gates, and expect that these come to an end."""
        self.open()
        await over(self.trial, *players)

    def open(self) -> None:
        """Open all gates."""
        for function in self.functions:
            function.gate.set()


@asynccontextmanager
async def office(trial: Trial, size: int, **options: Any) -> AsyncIterator[Office]:
    """Callers of one pool; whatever happens, none of their functions stays."""
    async with trial.module.calls(size, **options) as call, _office_of(trial, call) as at_work:
        yield at_work


@asynccontextmanager
async def bridge_office(trial: Trial, size: int) -> AsyncIterator[tuple[Office, Ask]]:
    """The same of a bridge, whose functions may ask."""
    async with trial.module.bridge(size) as (call, ask), _office_of(trial, call) as at_work:
        yield at_work, ask


@asynccontextmanager
async def _office_of(trial: Trial, call: Call) -> AsyncIterator[Office]:
    async with trial.crew() as crew:
        at_work = Office(trial, crew, call)
        try:
            yield at_work
        finally:
            at_work.open()


def tells_the_loop() -> None:
    """Hold the loop until a thread that has only to tell it something has done so; it looks afterwards."""
    for _ in range(NAPS):
        nap()


async def until(trial: Trial, condition: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Let turns pass, and threads work, until a condition is met; whether it is within so many real seconds."""
    return await in_time(trial, condition, seconds)


async def over(trial: Trial, *players: Player, seconds: float = PATIENCE) -> None:
    """Expect that these end."""
    await until(trial, lambda: all(player.done for player in players), seconds)
    late = [player.name for player in players if not player.done]
    expect(not late, f"these had not come to an end {seconds} s after all functions had: {', '.join(late)}")


class Asker:
    """A thread of the program's own that asks the loop once; ``error`` is what it got instead of an ``answer``."""

    def __init__(self, ask: Ask, question: Callable[..., Awaitable[Any]], *args: Any, pause: float = 0) -> None:
        """It asks at once, or after a pause, in real seconds."""
        self.answer: Any = None
        self.error: BaseException | None = None
        self._ask, self._question, self._args, self._pause = ask, question, args, pause
        self._thread = threading.Thread(target=self._run, name="trial asker", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        real_sleep(self._pause)
        try:
            self.answer = self._ask(self._question, *self._args)
        except BaseException as error:
            self.error = error

    @property
    def done(self) -> bool:
        """Whether it has got something."""
        return not self._thread.is_alive()

    async def ends(self, trial: Trial, seconds: float = PATIENCE) -> None:
        """Expect that it gets something."""
        expect(await self.settles(trial, seconds), f"who asked had neither answer nor error after {seconds} s")

    async def settles(self, trial: Trial, seconds: float = PATIENCE) -> bool:
        """Wait until it has got something; whether it has."""
        return await until(trial, lambda: self.done, seconds)

    def __str__(self) -> str:
        """What it got, for messages."""
        if not self.done:
            return "who asked waits"
        return f"who asked got {shown(self.error)}" if self.error else f"who asked got {self.answer!r}"
