"""What is watched in the trials of ``patterns.monitoring``: calls that block, operations, sinks, and who is told."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter as now  # the real one, whatever a trial puts in its place
from typing import Any

from benchmarks.plan.backends import Event
from benchmarks.safety.cancelling import Caller
from benchmarks.safety.trials import Crew, Player, Trial, ending, event, expect, listed, shown, shown_as
from benchmarks.safety.waiting import after_turns
from patterns.monitoring import Meter

LONGEST = 0.005  # seconds that a step may take
HELD = 0.03  # and that one takes which must be told
USUAL = 0.05  # seconds that a step may take where none is slow
NAP = 0.005  # seconds of one call that blocks; a trial allows no longer ones
LOOKS = 100  # so often somebody looks whether a thread has told, or counted
UNITS = 5  # of time in which what was collected has been sent
SPARE = 100  # of time that a thread may take on a busy machine until it has begun, or let go
PATIENCE = 300  # turns in which a handful of tasks has long ended

# What a trial says of calls that block; here they are what is to be seen
BLOCKING = ("time.sleep(",)


class TellError(Exception):
    """What ``tell`` raises on purpose."""


class SinkError(Exception):
    """What a sink raises on purpose."""


class WorkError(Exception):
    """What is raised on purpose by what is watched."""


@dataclass
class Ear:
    """Who is told of stalls, by ``tell``: how long they took, in seconds; ``fails`` says that it raises then."""

    fails: bool = False
    heard: list[float] = field(default_factory=list)

    @shown_as("the function that is told")
    def tell(self, seconds: float) -> None:
        """Take note."""
        self.heard.append(seconds)
        if self.fails:
            raise TellError("nobody listens")

    async def waits(self, trial: Trial, least: float = 0.0) -> bool:
        """Wait a while, until something has been heard of at least so many seconds; whether it was."""
        for _ in range(LOOKS):
            if max(self.heard, default=-1.0) >= least:
                return True
            await trial.backend.toolkit.sleep(NAP)
        return max(self.heard, default=-1.0) >= least


@shown_as("a call that blocks")
def hold_up(seconds: float) -> None:
    """Keep the loop's thread for so long; raises what a monitor makes of it."""
    ends = now() + seconds
    while now() < ends:
        time.sleep(NAP)


@shown_as("another call that blocks")
def hold_up_elsewhere(seconds: float) -> None:
    """The same from another place: some tell of each place once."""
    hold_up(seconds)


def add_up(numbers: int) -> float:
    """Add up so many numbers in C, which lets no other thread have the interpreter; returns the seconds it took."""
    began = now()
    sum(range(numbers))
    return now() - began


@dataclass
class Block:
    """A task that blocks: ``refused`` is what the call raised, ``over`` says that it came to its end."""

    call: Callable[[float], object] = hold_up
    refused: BaseException | None = None
    over: bool = False

    async def run(self, trial: Trial) -> None:
        """Block, after a few turns."""
        await trial.drift()
        await trial.hop(2)
        try:
            self.call(HELD)
            self.over = True
        except Exception as error:
            self.refused = error

    def __str__(self) -> str:
        """What became of it, for messages."""
        if self.refused:
            return f"the call that blocks raised {shown(self.refused)}"
        return "the call that blocks came to its end" if self.over else "the call that blocks did not come to its end"


@dataclass
class Operations:
    """Operations of one name that are counted by a meter, and end as they are told to; ``begun`` is how many have."""

    trial: Trial
    meter: Meter
    name: str = "work"
    begun: int = 0

    @shown_as("an operation")
    async def run(self, turns: int, error: BaseException | None = None, until: Event | None = None) -> int:
        """One of so many turns, which waits for an event, and raises the error, if there are any."""
        with self.meter.operation(self.name):
            self.begun += 1
            await self.trial.hop(turns)
            if until is not None:
                await until.wait()
            if error:
                raise error
        return turns

    def counted(self) -> dict[str, int]:
        """What the meter says of them, by their state; of those that it leaves out there are none."""
        found = self.meter.snapshot()
        return {state: found.get((self.name, state), 0) for state in ("running", "succeeded", "failed", "cancelled")}


@dataclass
class Sink:
    """What events are sent to, by ``get``: it takes each so many ``turns``, or is stuck until it is ``open``.

    ``got`` are those that it was given, in order, ``done`` those that it is done with; ``most`` is how many it had at
    the same time. It raises for those that are in ``fails_for``.
    """

    trial: Trial
    turns: int = 0
    fails_for: Sequence[int] = ()
    stuck: bool = False
    got: list[int] = field(default_factory=list)
    done: list[int] = field(default_factory=list)
    most: int = 0

    def __post_init__(self) -> None:
        """It is open unless it is stuck."""
        self.open = event(self.trial)
        if not self.stuck:
            self.open.set()

    @shown_as("the sink")
    async def get(self, number: int) -> None:
        """Take one."""
        self.got.append(number)
        self.most = max(self.most, len(self.got) - len(self.done))
        try:
            await self.open.wait()
            await self.trial.hop(self.turns)
            if number in self.fails_for:
                raise SinkError(number)
        finally:
            self.done.append(number)


@dataclass(kw_only=True, eq=False)
class Opened(Caller):
    """Somebody who opens a context, and stays there until ``leave`` is set; ``inside`` says what it was given.

    Before that it sends so many ``events``. ``left`` says that its body has come to its end, ``passed`` that the
    context was left without an error.
    """

    trial: Trial
    context: Callable[[], Any]
    error_inside: BaseException | None = None
    events: int = 0
    inside: Any = None
    entered: bool = False
    left: bool = False
    passed: bool = False

    def __post_init__(self) -> None:
        """Nobody has left."""
        self.leave = event(self.trial)

    async def run(self) -> None:
        """Open it, and handle whatever leaves it; a cancellation passes."""
        with self.handling():
            async with self.context() as self.inside:
                self.entered = True
                for number in range(self.events):
                    await send(self.inside, number)
                await self.leave.wait()
                self.left = True
                if self.error_inside:
                    raise self.error_inside
            self.passed = True
        await self.trial.hop(3)  # where a cancellation that came as it was left is noticed

    async def enters(self) -> None:
        """Expect that the context can be opened."""
        await eventually(self.trial, lambda: self.entered or self.over, SPARE)
        expect(self.entered, f"it was not opened within {PATIENCE} turns and some time: {self}")

    async def ends(self) -> None:
        """Leave it, and expect that it lets go."""
        self.leave.set()
        ended = await eventually(self.trial, lambda: self.player.done, SPARE)
        expect(ended, f"it had not been left after {PATIENCE} turns and some time")

    def __str__(self) -> str:
        """What became of it, for messages."""
        if self.errors:
            return f"the context raised {listed(map(shown, self.errors))}"
        if self.player.outcome == "returned":
            return "the context was left without an error"
        return f"who has opened it {ending(self.player)}"

    def start(self, crew: Crew) -> Player:
        """In a task of its own."""
        self.player = crew.start(self.run, name="who has opened a monitor")
        return self.player


async def eventually(trial: Trial, seen: Callable[[], bool], units: int = UNITS) -> bool:
    """Wait until something is so, for many turns and then some time: events may be collected for a while."""
    return await after_turns(trial, seen, PATIENCE, units)


OUTLETS = ("waiting", "dropping")  # what tells a sink


def outlets(trial: Trial) -> list[str]:
    """Those that the alternative offers."""
    return [name for name in OUTLETS if hasattr(trial.module, name)]


async def send(outlet: Any, event: object) -> None:
    """Tell of one event, whichever of the two it is."""
    if hasattr(outlet, "dropped"):
        outlet.send(event)
    else:
        await outlet(event)


async def send_one(trial: Trial, outlet: Any, number: int) -> None:
    """The same, and go on for a while, so that a cancellation that came last is noticed."""
    await send(outlet, number)
    await trial.hop(3)


async def send_all(trial: Trial, outlet: Any, count: int) -> None:
    """Tell of so many events, one in each turn."""
    for number in range(count):
        await send(outlet, number)
        await trial.hop()


def contexts(trial: Trial) -> dict[str, Callable[[], Any]]:
    """What the alternative offers, each with something to watch, or to tell, that is in order."""
    module, sink = trial.module, Sink(trial)
    found: dict[str, Callable[[], Any]] = {
        "stalls": lambda: module.stalls(Ear().tell, USUAL),
        "tasks": lambda: module.tasks(),
        "counters": lambda: module.counters(),
        "waiting": lambda: module.waiting(sink.get, 2),
        "dropping": lambda: module.dropping(sink.get, 2),
    }
    return {name: opens for name, opens in found.items() if hasattr(module, name)}
