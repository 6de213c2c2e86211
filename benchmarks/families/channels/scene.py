"""What a trial of ``patterns.channels`` is played with: senders, receivers, subscribers, threads; and their account."""

import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import sleep
from typing import Any

from benchmarks.safety.trials import Crew, Player, Trial, ending, expect, listed, shown_as
from benchmarks.safety.waiting import A_WHILE, before_long, in_time
from patterns.channels import Broadcast, Channel, Receive

BRIEFLY = 0.02  # real seconds in which a thread, or a task that sends to threads, has done what nobody holds back
WITHIN = 1.0  # real seconds in which a thread, or a loop that a thread wakes, has long done what it can


@dataclass
class Line:
    """A channel between the tasks of a trial.

    ``sent`` are the items whose ``send`` has returned, ``received`` those that have arrived, in that order; ``served``
    are the names of those who have received them.
    """

    trial: Trial
    crew: Crew
    channel: Channel
    sent: list[object] = field(default_factory=list)
    received: list[object] = field(default_factory=list)
    served: list[str] = field(default_factory=list)
    over: bool = False  # who swallows a cancellation would read for ever

    def send(self, *items: object, name: str = "a sender", late: int = 0) -> Player:
        """A task that sends items one after the other; before each it is late by some turns that the seed draws."""

        @shown_as("a sender")
        async def sending() -> None:
            for item in items:
                await self.trial.drift(late)
                await self.channel.send(item)
                self.sent.append(item)

        return self.crew.start(sending, name=name)

    def receive(self, count: int = 1, *, name: str = "a receiver", late: int = 0) -> Player:
        """A task that receives so many items, and returns the last one."""

        @shown_as("a receiver")
        async def receiving() -> object:
            item: object = None
            for _ in range(count):
                item = await self.channel.receive()
                self.received.append(item)
                self.served.append(name)
                await self.trial.drift(late)
            return item

        return self.crew.start(receiving, name=name)

    def read(self, name: str = "a reader") -> Player:
        """A task that receives until it is told that nothing more will come, and returns what told it."""

        @shown_as("a reader")
        async def reading() -> object:
            while not self.over:
                try:
                    self.received.append(await self.channel.receive())
                except self.trial.module.ClosedError as error:
                    return error
            return None

        return self.crew.start(reading, name=name)

    def close(self) -> Player:
        """A task that closes the channel."""

        @shown_as("who closes")
        async def closing() -> None:
            await self.channel.close()

        return self.crew.start(closing, name="who closes")

    async def drain(self) -> None:
        """Receive whatever is left, and whatever comes as places become free."""
        while True:
            last = self.receive(name="the last receiver")
            if not await self.trial.ended(last):
                await self.trial.sleep(A_WHILE)
            if not last.done:
                last.cancel()
                await self.trial.ended(last)
                return

    def all_arrived(self, items: Iterable[object], when: str) -> None:
        """Expect that just these have arrived, each once."""
        wanted, seen = Counter(items), Counter(self.received)
        missing, extra = (wanted - seen).elements(), (seen - wanted).elements()
        expect(wanted == seen, f"{when}, these never came: {listed(missing)}; these came too often: {listed(extra)}")


@asynccontextmanager
async def line(trial: Trial, capacity: int | None, opens: str = "channel") -> AsyncIterator[Line]:
    """Open a channel, or a rendezvous; leaving ends all tasks, then closes it."""
    arguments = (capacity,) if opens == "channel" else ()
    async with getattr(trial.module, opens)(*arguments) as channel, trial.crew() as crew:
        between = Line(trial, crew, channel)
        try:
            yield between
        finally:
            between.over = True


@dataclass
class Audience:
    """A broadcast between the tasks of a trial; ``heard`` has what each subscriber has received."""

    trial: Trial
    crew: Crew
    between: Broadcast
    heard: dict[str, list[object]] = field(default_factory=dict)
    published: list[object] = field(default_factory=list)
    over: bool = False  # who swallows a cancellation would read for ever

    def publish(self, *items: object) -> Player:
        """A task that publishes items one after the other."""

        @shown_as("a publisher")
        async def publishing() -> None:
            for item in items:
                await self.between.publish(item)
                self.published.append(item)

        return self.crew.start(publishing, name="a publisher")

    def subscribe(self, name: str, read: Callable[[Receive, list[object]], Any]) -> Player:
        """A task that subscribes, and reads."""
        heard = self.heard.setdefault(name, [])

        @shown_as("a subscriber")
        async def subscribed() -> None:
            async with self.between.subscribe() as receive:
                await read(receive, heard)

        return self.crew.start(subscribed, name=name)

    async def everything(self, receive: Receive, heard: list[object]) -> None:
        """Read whatever comes."""
        while not self.over:
            heard.append(await receive())
            await self.trial.drift(3)


@asynccontextmanager
async def audience(trial: Trial, capacity: int) -> AsyncIterator[Audience]:
    """Open a broadcast; leaving ends all tasks, then closes it."""
    async with trial.module.broadcast(capacity) as between, trial.crew() as crew:
        spectators = Audience(trial, crew, between)
        try:
            yield spectators
        finally:
            spectators.over = True


class Worker:
    """A thread of a trial; ``done`` has what it has done so far, ``error`` what has ended it."""

    def __init__(self, work: Callable[[list[object]], object], name: str) -> None:
        """Start it; its work is given the list of what is done."""
        self.done: list[object] = []
        self.error: BaseException | None = None
        self._work = work
        self._thread = threading.Thread(target=self._run, name=f"trial: {name}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._work(self.done)
        except BaseException as error:  # whatever it is, it is told
            self.error = error

    @property
    def ended(self) -> bool:
        """Whether the thread is over."""
        return not self._thread.is_alive()


def putting(put: Callable[[Any], object], items: Sequence[object]) -> Worker:
    """A thread that puts items one after the other."""

    def work(done: list[object]) -> None:
        for item in items:
            put(item)
            done.append(item)

    return Worker(work, "who puts")


def getting(get: Callable[[], Any], count: int) -> Worker:
    """A thread that gets so many items."""

    def work(done: list[object]) -> None:
        while len(done) < count:
            done.append(get())

    return Worker(work, "who gets")


def overtake(worker: Worker) -> None:
    """Hold the loop until a thread has ended, or has had time enough to come to where it needs the loop."""
    for _ in range(4):
        if worker.ended:
            return
        sleep(0.001)


async def soon(trial: Trial, happened: Callable[[], bool], seconds: float = WITHIN) -> bool:
    """Let turns of the loop, and real time, pass until it has happened; whether it has."""
    return await in_time(trial, happened, seconds)


async def until(trial: Trial, happened: Callable[[], bool]) -> bool:
    """Let turns of the loop, and some timers, pass until it has happened; whether it has."""
    return await before_long(trial, happened)


async def over(trial: Trial, *players: Player) -> bool:
    """The same until all of these have ended."""
    return await until(trial, lambda: all(player.done for player in players))


async def came_to_their_end(trial: Trial, *players: Player, when: str) -> None:
    """Expect that all of these return."""
    await over(trial, *players)
    for player in players:
        expect(player.outcome == "returned", f"{when}, {player.name} {ending(player)}")
