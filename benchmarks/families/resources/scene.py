"""The resources of a trial of ``patterns.resources``, which write down what becomes of them, and who uses them."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import trio

from benchmarks.plan.backends import Event
from benchmarks.safety.errors import Listener
from benchmarks.safety.trials import Crew, Player, Trial, ending, event, expect, listed, shown, shown_as
from benchmarks.safety.waiting import LONG, all_end, before_long
from patterns.resources import Connect, Lease

DOZENS = 24  # resources, or users, of a program that has many
RECENT: ContextVar[int] = ContextVar("recent", default=-1)  # the resource that was opened last


class OpeningError(Exception):
    """What an opening raises on purpose."""


class OpeningAbortError(BaseException):
    """The same, and no mere Exception."""


class ClosingError(Exception):
    """What a closing raises on purpose."""


class ClosingAbortError(BaseException):
    """The same, and no mere Exception."""


class BodyError(Exception):
    """What the body, or a user, raises on purpose."""


class BodyAbortError(BaseException):
    """The same, and no mere Exception."""


@dataclass(eq=False)
class Resource:
    """What is open: it says good-bye for so many turns, raises ``last_words`` if there are any, and is closed."""

    depot: "Depot"
    number: int
    closing: int = 0
    last_words: BaseException | None = None
    users: int = 0

    @shown_as("a closing")
    async def aclose(self) -> None:
        """Close it; whoever is cancelled in here has closed it without a good-bye."""
        note = self.depot.note
        note("closing", self.number)
        try:
            await self.depot.trial.hop(self.closing)
            if self.last_words:
                raise self.depot.told(self.last_words)
            note("said good-bye", self.number)
        finally:
            note("closed", self.number)


@dataclass
class Depot:
    """Opens resources, each with a number, and writes down in ``log`` when one is opening, open, closing and closed.

    ``hosts`` has the task that did so, ``seen`` the resource that was the last one in its context. ``made`` are all
    that were opened, ``raised`` is what closings, and the body, have raised on purpose.
    """

    trial: Trial
    log: list[tuple[str, int]] = field(default_factory=list)
    hosts: dict[tuple[str, int], object] = field(default_factory=dict)
    seen: dict[tuple[str, int], int] = field(default_factory=dict)
    raised: list[BaseException] = field(default_factory=list)
    made: list["Resource"] = field(default_factory=list)

    def connect(
        self,
        number: int,
        *,
        turns: int = 0,
        opens: bool = True,
        error: BaseException | None = None,
        closing: int = 0,
        last_words: BaseException | None = None,
    ) -> Connect:
        """What opens a resource after so many turns, or raises ``error`` then, or never ``opens``."""

        @shown_as("an opening")
        async def opening() -> Resource:
            self.note("opening", number)
            await self.trial.hop(turns)
            if not opens:
                await event(self.trial).wait()
            if error:
                raise error
            RECENT.set(number)
            self.note("open", number)
            self.made.append(resource := Resource(self, number, closing, last_words))
            return resource

        return opening

    def several(self, count: int, *, turns: int = 0, closing: int = 0) -> list[Connect]:
        """So many alike."""
        return [self.connect(number, turns=turns, closing=closing) for number in range(count)]

    def note(self, what: str, number: int) -> None:
        """Write down what happens, and where."""
        happened = what, number
        self.log.append(happened)
        self.hosts[happened] = trio.lowlevel.current_task() if self.trial.is_trio else asyncio.current_task()
        self.seen[happened] = RECENT.get()

    def told(self, error: BaseException) -> BaseException:
        """The same error, which is about to be raised."""
        self.raised.append(error)
        return error

    def those(self, what: str) -> list[int]:
        """The numbers of the resources of which something is noted, in order."""
        return [number for noted, number in self.log if noted == what]

    @property
    def still_open(self) -> list[int]:
        """Those that are open, and not closed."""
        return sorted((Counter(self.those("open")) - Counter(self.those("closed"))).elements())

    @property
    def twice(self) -> list[int]:
        """Those that were closed more than once."""
        return [number for number, times in Counter(self.those("closing")).items() if times > 1]

    @property
    def most_open(self) -> int:
        """How many were open at the same time."""
        now = most = 0
        for what, _ in self.log:
            now += (what == "open") - (what == "closed")
            most = max(most, now)
        return most

    @property
    def upside_down(self) -> list[str]:
        """Which resources were being closed while one that was opened after them was still open."""
        closed: set[int] = set()
        found = []
        for what, number in self.log:
            if what == "closed":
                closed.add(number)
            if what == "closing" and (
                using := [one for one in self.those("open") if one > number and one not in closed]
            ):
                found.append(f"{number} while {listed(using)} had still to be closed")
        return found

    def __str__(self) -> str:
        """What has happened, for messages."""
        return listed((f"{number} {what}" for what, number in self.log), 12)


@dataclass
class Block(Listener):
    """A block that holds resources, in a task of its own: its body waits until ``leave`` is set.

    ``entered`` says that the body has begun, ``left`` that it has come to its end, ``over`` that the block has been
    left, ``passed`` that it was without an error, ``went_on`` that its caller got through a few waits afterwards.
    ``handed`` are the resources that the body was given, ``still_open`` those that were open when the block was left,
    ``recent`` the one that the body found in its context.
    """

    depot: Depot
    connects: Sequence[Connect]
    body_error: BaseException | None = None
    entered: bool = False
    left: bool = False
    passed: bool = False
    went_on: bool = False
    handed: list[object] = field(default_factory=list)
    still_open: list[int] = field(default_factory=list)
    recent: int = -1

    def __post_init__(self) -> None:
        """Nobody has left yet."""
        self.leave = event(self.depot.trial)

    async def run(self) -> None:
        """Hold them, and handle whatever leaves the block; a cancellation passes."""
        trial = self.depot.trial
        try:
            with self.handling():
                async with trial.module.opened(self.connects) as handles:
                    self.entered, self.recent = True, RECENT.get()
                    self.handed = [getattr(handle, "number", handle) for handle in handles]
                    self.depot.note("body", 0)
                    await self.leave.wait()
                    self.left = True
                    if self.body_error:
                        raise self.depot.told(self.body_error)
                self.passed = True
        finally:
            self.still_open = self.depot.still_open
        await trial.hop(3)
        self.went_on = True

    async def enters(self) -> None:
        """Expect that the body begins."""
        await before_long(self.depot.trial, lambda: self.entered or self.over)
        expect(self.entered, f"{self}, and its body has not begun; {self.depot}")

    async def ends(self) -> None:
        """Expect that the block is left, and its caller goes on or is cancelled."""
        in_time = await all_end(self.depot.trial, self.player)
        expect(in_time, f"the block was not left within {LONG}; {self.depot}")

    def __str__(self) -> str:
        """What became of it, for messages."""
        if self.errors:
            return f"the block raised {listed(map(shown, self.errors))}"
        if self.over and self.player.outcome in ("waiting", "returned"):
            return "the block was left without an error"
        return f"who held the resources {ending(self.player)}"


def hold(crew: Crew, depot: Depot, connects: Sequence[Connect], body_error: BaseException | None = None) -> Block:
    """Hold resources in a task of its own."""
    block = Block(depot, connects, body_error)
    block.player = crew.start(block.run, name="who holds resources")
    return block


@dataclass
class Users:
    """Who uses the resources of a pool, and what they see.

    ``served`` are those who have got one, in that order, ``finished`` those who have come to the end of their use;
    ``wrong`` is what no user should see. The first openings raise ``errors``, the others take so many ``turns``.
    """

    depot: Depot
    turns: int = 0
    errors: Sequence[BaseException] = ()
    served: list[int] = field(default_factory=list)
    finished: list[int] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    async def connect(self) -> Resource:
        """Open one more."""
        number = len(self.depot.those("opening"))
        error = self.errors[number] if number < len(self.errors) else None
        handle = await self.depot.connect(number, turns=self.turns, closing=1, error=error)()
        assert isinstance(handle, Resource)
        return handle

    def start(self, crew: Crew, lease: Lease, number: int, **options: Any) -> Player:
        """A user, in a task of its own; the options are those of ``use``."""
        return crew.start(partial(self.use, lease, number, **options), name=f"user {number}")

    @shown_as("a user")
    async def use(
        self,
        lease: Lease,
        number: int,
        *,
        turns: int = 0,
        until: Event | None = None,
        error: BaseException | None = None,
    ) -> int:
        """Use a resource for so many turns, or until an event, and raise the error, if there is one."""
        async with lease() as handle:
            assert isinstance(handle, Resource)
            self.served.append(number)
            handle.users += 1
            try:
                await self.depot.trial.hop(turns)
                if until is not None:
                    await until.wait()
                if handle.users > 1:
                    self.wrong.append(f"resource {handle.number} was used by {handle.users} at once")
                if handle.number in self.depot.those("closing"):
                    self.wrong.append(f"resource {handle.number} was closed while user {number} had it")
                if error:
                    raise error
                self.finished.append(number)
            finally:
                handle.users -= 1
        return number
