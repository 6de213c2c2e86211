"""Where the promises of ``patterns.retries`` are played: the other side, and who calls it through an alternative."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import anyio
import trio

from benchmarks.safety.cancelling import CANCELLED, cancellations, finish
from benchmarks.safety.trials import HOUR, Player, Trial, expect, shown_as

ALL = ("retrying", "retrying_all_but", "retrying_within", "counting")
ATTEMPTS = 3
PATIENCE = 40  # units in which what is played here has long come to an end
SOON = 30  # turns in which what needs no timer has ended

T = TypeVar("T")
Call = Callable[..., Awaitable[Any]]


class FlakyError(Exception):
    """What is to be tried again."""


class FlakierError(FlakyError):
    """A kind of it."""


class FatalError(Exception):
    """What is not to be tried again."""


class ExitError(BaseException):
    """What no ``except Exception`` holds up."""


ON = (FlakyError, TimeoutError)
OVER = (*ON, trio.TooSlowError)  # by which a call may end that has a time
HANGS = "hangs"  # the outcome of an attempt that does not come to an end by itself


@dataclass
class Service:
    """The other side of a call: ``outcomes`` has one for each attempt, the last of which repeats.

    A type of exception is raised, ``HANGS`` hangs, anything else is returned. Each attempt takes so many ``turns``, and
    for its ``clean_up`` so many more when it is cancelled; with ``last_words`` it raises these then. ``moments`` are
    when attempts began, in units; ``ends`` is how those that are over ended.
    """

    trial: Trial
    outcomes: tuple[Any, ...] = ("answer",)
    turns: int = 1
    clean_up: int = 0
    last_words: type[Exception] | None = None
    moments: list[float] = field(default_factory=list)
    raised: list[BaseException] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    running: int = 0
    peak: int = 0
    answered: bool = False

    @property
    def begun(self) -> int:
        """How many attempts have been made."""
        return len(self.moments)

    @property
    def late(self) -> int:
        """How many attempts have begun after one was cancelled, and not been cancelled before they did anything."""
        later = self.ends[self.ends.index("cancelled") + 1 :] if "cancelled" in self.ends else []
        return sum(end != "cancelled" for end in later)

    @shown_as("call")
    async def call(self, *args: Any, **kwargs: Any) -> Any:
        """One attempt."""
        outcome = self.outcomes[min(self.begun, len(self.outcomes) - 1)]
        self.moments.append(self.trial.now())
        self.asked.append((args, kwargs))
        self.running += 1
        self.peak = max(self.peak, self.running)
        end = "cancelled"
        try:
            await self.trial.hop(self.turns)
            if outcome is HANGS:
                await self.trial.sleep(HOUR)
            end = "ended"
            if not (isinstance(outcome, type) and issubclass(outcome, BaseException)):
                self.answered = True
                return outcome
            self.raised.append(outcome(f"attempt {self.begun}"))
            raise self.raised[-1]
        except CANCELLED:
            await finish(self.trial, self.clean_up)
            if self.last_words:
                raise self.last_words("while being cancelled") from None
            raise
        finally:
            self.running -= 1
            self.ends.append(end)


def offered(trial: Trial, *names: str) -> list[str]:
    """Those of the family's functions, or of these, that the alternative has."""
    return [name for name in names or ALL if name in trial.alternative.offers]


def tried_again(
    trial: Trial,
    name: str,
    function: Call,
    attempts: int = ATTEMPTS,
    first: float = 0.0,
    longest: float = 0.0,
    on: tuple[type[Exception], ...] = ON,
    units: float = HOUR,
) -> Call:
    """A function as one of the family's decorates it; times are in units of the trial."""
    decorator = getattr(trial.module, name)
    waits = first * trial.unit, longest * trial.unit
    if name == "retrying_all_but":
        decorated: Call = decorator((FatalError,), attempts, *waits)(function)
    elif name == "retrying_within":
        decorated = decorator(on, units * trial.unit, *waits)(function)
    else:
        decorated = decorator(on, attempts, *waits)(function)
    if name != "counting":
        return decorated

    @shown_as("call")
    async def answer(*args: Any, **kwargs: Any) -> Any:
        value, _ = await decorated(*args, **kwargs)
        return value

    return answer


async def over(trial: Trial, *players: Player, units: float = PATIENCE) -> bool:
    """Wait until these have ended, but at most so many units; whether they have."""
    until = trial.now() + units
    while not await trial.ended(*players, turns=SOON):
        if trial.now() >= until:
            return False
        await trial.sleep(1.0)
    return True


async def played(
    trial: Trial, call: Call, *args: Any, what: str = "the call", units: float = PATIENCE, **kwargs: Any
) -> Player:
    """A call in a task of its own that has come to an end; one that does not within so many units is broken."""
    async with trial.crew() as crew:
        player = crew.start(lambda: call(*args, **kwargs), name=what)
        expect(await over(trial, player, units=units), f"{what} has not ended")
    return player


def told(name: str, service: Service, player: Player) -> str:
    """What became of a call, for messages."""
    times = f"{service.begun} attempt{'s' if service.begun != 1 else ''}"
    return f"{name} {result(player)} after {times}"


def result(player: Player) -> str:
    """How a call ended, for messages."""
    if player.outcome == "returned":
        return f"returned {player.value!r:.100}"
    if player.outcome == "raised":
        kind = type(player.error).__name__
        return f"raised {kind}({player.error})"[:200]
    return "was cancelled" if player.done else "has not ended"


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and its causes."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        yield error
        seen.append(error)
        error = error.__cause__


@contextmanager
def chance(trial: Trial) -> Iterator[None]:
    """Draw what alternatives draw at random by the seed of the trial."""
    before = random.getstate()
    random.seed(f"{trial.seed}/{trial.tick}")
    try:
        yield
    finally:
        random.setstate(before)


@dataclass
class Deadline:
    """A deadline of the loop's own library, or a ``neutral`` one of AnyIO, that can be made to pass at any moment.

    It is ``done`` when what is inside has ended.
    """

    trial: Trial
    seconds: float = HOUR
    neutral: bool = False
    done: bool = False
    passed: bool = False
    _end: Callable[[], object] = field(default=lambda: None, repr=False)

    def let_pass(self) -> None:
        """End what is inside, or what will be."""
        self.passed = True
        if not self.done:
            self._end()

    @asynccontextmanager
    async def around(self) -> AsyncIterator[None]:
        """Raise TimeoutError where it has ended what is inside."""
        try:
            if self.trial.is_trio or self.neutral:
                with (anyio if self.neutral else trio).move_on_after(self.seconds) as scope:
                    self._in_force(scope.cancel)
                    yield
                if scope.cancelled_caught:
                    raise TimeoutError
            else:
                async with self._asyncios():
                    yield
        finally:
            self.done = True

    @asynccontextmanager
    async def _asyncios(self) -> AsyncIterator[None]:
        """Before 3.11.3 asyncio raises no TimeoutError where the caller was cancelled before: cpython#102780."""
        loop, before = asyncio.get_running_loop(), cancellations(self.trial)
        timeout = asyncio.timeout(self.seconds)
        try:
            async with timeout:
                self._in_force(lambda: timeout.reschedule(loop.time()))
                yield
        except asyncio.CancelledError as error:
            if timeout.expired() and cancellations(self.trial) == before:
                raise TimeoutError from error
            raise

    def _in_force(self, end: Callable[[], object]) -> None:
        self._end = end
        if self.passed:
            end()
