"""One trial of a safety promise: a fresh alternative, tasks that can be cancelled at any turn, a seed that perturbs.

A promise is an async function of a ``Trial``. It builds the situation, and raises ``BrokenPromiseError`` through
``expect`` when the alternative does not do what its family promises. Everything here is native to the loop, so that no
layer of ours stands between a cancellation and the alternative that must survive it.
"""

import asyncio
import gc
import importlib
import random
import re
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sized
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter as real_clock  # a trial may put a clock of its own in its place
from time import thread_time
from typing import Any, Literal, TypeVar

import trio

from benchmarks.plan.backends import Backend, Event
from benchmarks.plan.errands import errands_here
from benchmarks.plan.runtime import LOOK, Runtime, nap, waited_for
from benchmarks.plan.unrest import unrest_here
from patterns import Alternative

UNREST = 20_000  # turns in a row in which somebody looks around, after which virtual time is known not to pass
ALARM = 2.0  # real seconds after which it does not, whatever the reason
GRAIN = 0.001  # seconds
HOUR = 3600.0  # seconds
HOURS = 6  # that something of an hour or two may take
STALL = 0.1  # seconds for which the loop is held up at least by who is told so
NOTABLE = 0.001  # seconds: a turn that took longer may have waited for the processor
LOOKS = 4
NAPS = 4000  # of one wait: threads may be asked again and again
SETTLED = 60  # turns of the loop after which everything that can happen without a timer has happened
MOST_LISTED = 6  # things that a message names
MOST_DRIFT = 8  # turns by which a seed may delay an arrival

ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
BY = {"cancel": "directly", "timeout": "by a timeout", "scope": "by a scope of AnyIO"}  # ways to be cancelled

Function = TypeVar("Function", bound=Callable[..., Any])
Outcome = Literal["waiting", "returned", "raised", "cancelled"]


class BrokenPromiseError(AssertionError):
    """An alternative did not do what its family promises; the message says what was seen."""


class NotTestedError(Exception):
    """What was to be seen could not be seen here; the message says why. It accuses nobody, and acquits nobody."""


# Who hears of a broken promise before the trial is taken down: what breaks one may keep that from ever ending.
hearers: list[Callable[[str], object]] = []


def expect(kept: bool, message: str) -> None:
    """Raise BrokenPromiseError unless the promise was kept."""
    if not kept:
        for tell in hearers:
            tell(message)
        raise BrokenPromiseError(message)


def listed(things: Iterable[object], most: int = MOST_LISTED) -> str:
    """Things one after the other, for a message: the first few and how many more there are, or ``nothing``."""
    texts = list(map(str, things))
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return ", ".join(texts[:most]) + more or "nothing"


@dataclass
class Player:
    """A task of a trial: what became of it, and the means to cancel it.

    ``outcome`` is waiting until the task has ended; ``value`` is what it returned, ``error`` what it raised.
    """

    name: str
    outcome: Outcome = "waiting"
    value: Any = None
    error: BaseException | None = None
    cancel: Callable[[], object] = field(default=lambda: None, repr=False)

    @property
    def done(self) -> bool:
        """Whether the task has ended, in whatever way."""
        return self.outcome != "waiting"


def shown(error: BaseException | None) -> str:
    """An exception, for a message: its type and what it says, without what only its process knows."""
    if isinstance(error, asyncio.CancelledError | trio.Cancelled):  # these say who cancelled, by address
        return type(error).__name__
    return f"{ADDRESS.sub('', repr(error)):.200}"


def shown_as(name: str) -> Callable[[Function], Function]:
    """The name by which warnings know a function of a scene that alternatives call; its reader knows no scene."""

    def rename(function: Function) -> Function:
        function.__qualname__ = name
        return function

    return rename


def ending(player: Player) -> str:
    """How a task ended, for a message."""
    if player.outcome == "returned":
        return f"got {player.value!r:.200}"
    if player.outcome == "raised":
        return f"raised {shown(player.error)}"
    return "was cancelled" if player.done else "waits for ever"


class Crew:
    """The tasks of a trial. Leaving its context cancels those that are left and waits for them."""

    def __init__(self, launch: Callable[["Crew", Player, Callable[[], Awaitable[Any]]], None]) -> None:
        """``launch`` starts a task on the loop at hand."""
        self.players: list[Player] = []
        self._launch = launch

    def start(self, function: Callable[..., Awaitable[Any]], *args: Any, name: str = "") -> Player:
        """Start ``function(*args)`` in a task of its own."""
        player = Player(name or f"task {len(self.players)}")
        self.players.append(player)
        self._launch(self, player, lambda: function(*args))
        return player

    @property
    def waiting(self) -> list[str]:
        """The names of the tasks that have not ended."""
        return [player.name for player in self.players if not player.done]


@dataclass
class Trial:
    """What a promise is given.

    ``seed`` 0 leaves the schedule as it is; every other seed perturbs it, always in the same way. ``tick`` is the turn
    at which a swept promise strikes, ``landed`` whether there was still something to strike, ``idle`` for how many
    milliseconds before that nobody had anything to do. ``unit`` is the length in
    seconds of one unit of ``sleep`` and ``now``: whole virtual seconds where the loop's time is virtual, else so short
    a time that a trial can afford it. Compare moments, never seconds with the wall.
    """

    alternative: Alternative
    backend: Backend
    seed: int
    tick: int = 0
    unit: float = 1.0
    landed: bool = False
    idle: int = 0

    def __post_init__(self) -> None:
        """Seed whatever the trial draws."""
        self.module: Any = None
        self.crews: list[Crew] = []
        self.random = random.Random(f"{self.seed}/{self.tick}")
        self.is_trio = self.backend.library == "trio"

    @property
    def virtual(self) -> bool:
        """Whether the clock leaps, so that a unit is a second, and waiting for it takes no time."""
        return self.unit >= 1

    @property
    def has_hours(self) -> bool:
        """Whether hours can pass: nobody has one where time is real, and a server's always is."""
        return self.virtual and not self.alternative.services

    def load(self) -> None:
        """Import the alternative into ``module``; raises whatever its import raises."""
        self.module = importlib.import_module(self.alternative.module)

    async def hop(self, turns: int = 1) -> None:
        """Let that many turns of the loop pass."""
        for _ in range(turns):
            await self.backend.toolkit.hop()

    async def rest(self, turns: int, ended: Callable[[], bool] = lambda: False) -> bool:
        """Let that many turns pass since a thread worked for the loop, or until it has ended; whether it has."""
        errands, naps, passed = errands_here(), 0, 0
        done = errands.done
        while passed < turns:
            if ended():
                return True
            await self.hop()
            passed += 1
            if naps < NAPS and (errands.left() or errands.done != done):
                nap()  # a thread needs the interpreter to come back
                naps, passed, done = naps + 1, 0, errands.done  # and who waited for it has all these turns
        return ended()

    async def settle(self) -> None:
        """Wait until everything that can happen without a timer has happened."""
        await self.rest(SETTLED)

    async def drift(self, most: int = MOST_DRIFT) -> None:
        """Be late by a number of turns that the seed draws: lock-step schedules hide races. Seed 0 is never late."""
        if self.seed:
            await self.hop(self.random.randrange(most + 1))

    def draw(self, most: int) -> int:
        """A number from 0 to ``most``, drawn by the seed; seed 0 takes the middle."""
        return self.random.randrange(most + 1) if self.seed else most // 2

    async def sleep(self, units: float) -> None:
        """Wait on the loop's own timer."""
        await self.backend.toolkit.sleep(units * self.unit)

    def now(self) -> float:
        """The loop's clock, in units."""
        return self.backend.toolkit.clock()() / self.unit

    async def approach(self) -> None:
        """Let the turns pass that come before the one of this trial.

        Where time is virtual, one in which nobody else has anything to do is a millisecond instead: whoever looks again
        by a timer would be found in the same state at every turn.
        """
        watched = _Runnable()
        with watched.watching(self.is_trio) if self.virtual else nullcontext():
            for _ in range(self.tick):
                alone = watched.alone()
                self.idle += alone
                await (self.sleep(GRAIN) if alone else self.hop())

    async def strike(self, *players: Player) -> None:
        """Cancel tasks at the turn of this trial, and note whether one of them had still to end."""
        await self.approach()
        self.landed = any(not player.done for player in players)
        for player in players:
            player.cancel()

    async def ended(self, *players: Player, turns: int = SETTLED) -> bool:
        """Wait until all of these tasks have ended, but at most so many turns; whether they have."""
        return await self.rest(turns, lambda: all(player.done for player in players))

    def living(self) -> int:
        """How many tasks of this loop have not finished, the caller's included."""
        return self.backend.toolkit.living()

    def collect_garbage(self) -> None:
        """What nobody holds on to goes now, not at a moment of the collector's choosing."""
        gc.collect()

    @asynccontextmanager
    async def crew(self) -> AsyncIterator[Crew]:
        """Tasks that can be cancelled one by one; leaving cancels those that are left, and waits for them."""
        if self.is_trio:
            async with trio.open_nursery() as nursery:
                yield self._joined(Crew(lambda _, player, function: _launch_on_trio(nursery, player, function)))
                nursery.cancel_scope.cancel()
            return
        tasks: list[asyncio.Task[None]] = []
        try:
            yield self._joined(Crew(lambda _, player, function: tasks.append(_launch_on_asyncio(player, function))))
        finally:
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks)

    def _joined(self, crew: Crew) -> Crew:
        self.crews.append(crew)
        return crew

    @property
    def raised(self) -> list[BaseException]:
        """What the tasks of all crews have raised so far, cancellations left out."""
        players = [player for crew in self.crews for player in crew.players]
        return [player.error for player in players if player.outcome == "raised" and player.error]


class _Runnable(trio.abc.Instrument):
    """Whether somebody else than who asks has something to do in this turn; it is not known in real time."""

    def __init__(self) -> None:
        self._on_trio: int | None = None
        self._on_asyncio: Sized | None = None

    @contextmanager
    def watching(self, is_trio: bool) -> Iterator[None]:
        """Look on in every turn."""
        if not is_trio:
            self._on_asyncio = getattr(asyncio.get_running_loop(), "_ready", None)  # no public name
            yield
            return
        trio.lowlevel.add_instrument(self)
        try:
            yield
        finally:
            trio.lowlevel.remove_instrument(self)

    def before_io_wait(self, timeout: float) -> None:  # noqa: ARG002  Trio's signature
        """These run in the turn that begins."""
        self._on_trio = trio.lowlevel.current_statistics().tasks_runnable

    def alone(self) -> bool:
        """Whether nobody else has."""
        return self._on_trio == 1 or (self._on_asyncio is not None and not len(self._on_asyncio))


async def hours_pass(trial: Trial, *players: Player) -> bool:
    """Let hours of virtual time pass until these have ended; False where somebody does not let them pass."""
    for _ in range(2 * HOURS):
        if await trial.ended(*players):
            break
        if not await time_passes(trial, HOUR / 2):
            return False
    return True


async def time_passes(trial: Trial, units: float) -> bool:
    """Let time pass; whether it did: virtual time passes only when nobody looks around every turn."""
    over = event(trial)

    async def sleep() -> None:
        try:
            await trial.sleep(units)
        finally:
            over.set()

    async with trial.crew() as crew:
        player = crew.start(sleep, name="who lets time pass")
        ring, off = _from_a_thread(trial, player.cancel), threading.Event()
        alarm = threading.Thread(target=_sound, args=(off, ring), name="trial alarm", daemon=True)
        alarm.start()
        try:
            with unrest_here().borne(UNREST, player.cancel):
                await over.wait()
        finally:
            off.set()
        await trial.ended(player)
    return player.outcome == "returned"


def _sound(off: threading.Event, ring: Callable[[], object]) -> None:
    """Ring after some seconds, unless somebody turns it off."""
    if not waited_for(off.is_set, ALARM, partial(off.wait, LOOK)):
        ring()


def set_in_time(event: threading.Event, seconds: float) -> bool:
    """Wait until somebody has set it, but at most so many real seconds; whether that is so.

    Those do not count in which others had the processor.
    """
    return waited_for(event.is_set, seconds)


def _from_a_thread(trial: Trial, function: Callable[[], object]) -> Callable[[], object]:
    """The same function, to be called by a thread."""
    if trial.is_trio:
        token = trio.lowlevel.current_trio_token()
        return lambda: token.run_sync_soon(function)
    loop = asyncio.get_running_loop()
    return lambda: loop.call_soon_threadsafe(function)


async def free_loop(trial: Trial, operation: Callable[[], Awaitable[Any]]) -> None:
    """Expect that an operation, which may fail, lets other tasks run all the time.

    One turn of the loop may be long because the machine is busy, so that each of several looks must see it, and what
    others had the processor for does not count; what the loop's thread computes meanwhile is seen at once.
    """
    stalls = [await _longest_turn(trial, operation) for _ in range(LOOKS)]
    most = max(computed for _, computed in stalls)
    expect(most < STALL, f"the loop was held up by {most:.1f} s of computing")
    least = min(lasted for lasted, _ in stalls)
    expect(least < STALL, f"the loop was held up for {least:.1f} s each time")


async def _longest_turn(trial: Trial, operation: Callable[[], Awaitable[Any]]) -> tuple[float, float]:
    """The seconds that the longest turn took, but for those in which others had the processor; and what was computed.

    That is by the thread, in the turn that computed most.
    """
    turns: list[tuple[float, float]] = []

    async def look() -> None:
        runtime = Runtime()
        while True:
            began, computing = real_clock(), thread_time()
            await trial.hop()
            lasted = real_clock() - began
            if lasted > NOTABLE:  # in others nobody waited for long, and to ask takes as long as ten of them
                before = runtime.missed
                runtime.seconds()
                lasted -= runtime.missed - before
            turns.append((lasted, thread_time() - computing))

    async with trial.crew() as crew:
        crew.start(look, name="who looks")
        player = crew.start(operation, name="an operation")
        await trial.ended(player)
        await trial.hop(2)
    return max(lasted for lasted, _ in turns), max(computed for _, computed in turns)


def event(trial: Trial) -> Event:
    """The loop's own event."""
    return trial.backend.toolkit.event()


def _launch_on_trio(nursery: trio.Nursery, player: Player, function: Callable[[], Awaitable[Any]]) -> None:
    scope = trio.CancelScope()
    player.cancel = scope.cancel

    async def play() -> None:
        # Only a scope knows whether it caught its own cancellation, so it is entered inside what judges the outcome.
        try:
            with scope:
                player.value = await function()
                player.outcome = "returned"
        except BaseException as error:
            player.outcome, player.error = "raised", error
            if isinstance(error, trio.Cancelled):  # the trial is being taken down
                player.outcome = "cancelled"
                raise
        else:
            if not player.done:
                player.outcome = "cancelled"

    nursery.start_soon(play)


def _launch_on_asyncio(player: Player, function: Callable[[], Awaitable[Any]]) -> "asyncio.Task[None]":
    async def play() -> None:
        try:
            player.value = await function()
            player.outcome = "returned"
        except asyncio.CancelledError as error:
            player.outcome, player.error = "cancelled", error
        except BaseException as error:
            player.outcome, player.error = "raised", error

    def ended(_: "asyncio.Task[None]") -> None:
        if not player.done:  # cancelled before its first turn
            player.outcome = "cancelled"

    task = asyncio.get_running_loop().create_task(play(), name=player.name)
    task.add_done_callback(ended)
    player.cancel = task.cancel
    return task
