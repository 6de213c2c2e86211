"""What is asked of ``patterns.channels`` where tasks send to threads: who waits for room, and who is cancelled then."""

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import Event
from typing import Any

from benchmarks.families.channels.scene import BRIEFLY, Worker, getting, overtake, soon
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Crew, Player, Trial, ending, expect, listed, shown_as
from patterns.channels import Outlet

OUTWARDS = ("to_threads",)
Trace = Callable[..., Any]
LINES = 24  # that a sender runs until it waits
MOMENTS = 5  # turns of the loop, after each of which somebody is cancelled


@dataclass
class Post:
    """Tasks that send to threads; ``sent`` are the items whose ``send`` has returned, ``got`` those that came."""

    trial: Trial
    crew: Crew
    outlet: Outlet
    sent: list[object] = field(default_factory=list)
    got: list[object] = field(default_factory=list)

    def send(self, *items: object) -> Player:
        """A task that sends items one after the other."""

        @shown_as("who sends")
        async def sending() -> None:
            for item in items:
                await self.outlet.send(item)
                self.sent.append(item)

        return self.crew.start(sending, name=f"who sends {listed(items)}")

    async def get(self, count: int = 1) -> bool:
        """Have a thread get so many items; whether it had them in time."""
        getter = getting(self.outlet.get, count)
        in_time = await soon(self.trial, lambda: getter.ended)
        self.got += getter.done
        return in_time

    @property
    def kept(self) -> int:
        """How many items were sent that no thread has got."""
        return len(self.sent) - len(self.got)


@asynccontextmanager
async def post(trial: Trial, capacity: int) -> AsyncIterator[Post]:
    """Open a way to threads; leaving ends all tasks, then closes it."""
    async with trial.module.to_threads(capacity) as outlet, trial.crew() as crew:
        yield Post(trial, crew, outlet)


async def _first_is_cancelled(between: Post, turns: int) -> tuple[Player, Player]:
    """An item fills the room, two wait, and the first is cancelled; a thread gets that item so many turns before.

    Where ``turns`` are negative, it gets it afterwards.
    """
    trial = between.trial
    between.send("kept")
    await trial.hop(3)
    first = between.send("first")
    await trial.hop(3)
    second = between.send("second")
    await trial.hop(3)
    if turns >= 0:
        getter = getting(between.outlet.get, 1)
        overtake(getter)
        await trial.hop(turns)
    first.cancel()
    await soon(trial, lambda: first.done)
    if turns >= 0:
        await soon(trial, lambda: getter.ended)
        between.got += getter.done
    else:
        await between.get()
    await soon(trial, lambda: second.done or first.outcome == "returned")
    return first, second


async def cancelled_sender_spares_room_of_threads(trial: Trial) -> None:
    """Whenever a sender that waits for a thread is cancelled, it ends so, and its place goes to the next one at once.

    A request is given up while it waits for the thread that writes. The place that it had just been given is nobody's
    any more: with each such request there is room for one less, until everybody waits beside a thread that sleeps.

        async with asyncio.timeout(1):
            await outlet.send(entry)
        # TimeoutError, and a place is gone for good
    """
    async with post(trial, 1) as between:
        gone, second = between.send("gone"), between.send("second")
        gone.cancel()
        await soon(trial, lambda: gone.done and second.done)
        expect("gone" in between.sent or second.outcome == "returned", f"there was room, and a sender {ending(second)}")
    for turns in range(-1, MOMENTS):
        async with post(trial, 1) as between:
            first, second = await _first_is_cancelled(between, turns)
            told = f"a thread had got an item, and of two who waited for its place the first {ending(first)}"
            expect(first.outcome in ("cancelled", "returned"), told)
            if first.outcome == "returned" or not second.done:  # or it was sent all the same
                await between.get()
                await soon(trial, lambda: second.done)  # noqa: B023  over before the next
                expect("first" in between.got, f"{told}, and the second {ending(second)}")
            expect(second.outcome == "returned", f"{told}, and the second {ending(second)}")
            await between.get()
            expect(between.got[-1] == "second", f"{told}, and threads got {listed(between.got)}")
            third = between.send("third")
            await soon(trial, lambda: third.done)  # noqa: B023
            if not third.done and "first" not in between.sent:  # it may be in between all the same
                await between.get()
                await soon(trial, lambda: third.done)  # noqa: B023
            expect(
                third.outcome == "returned",
                f"a sender had been cancelled, threads had got all, and who came then {ending(third)}",
            )


async def thread_lets_senders_in(trial: Trial) -> None:
    """A sender goes on at once when a thread has got an item, at whatever line of its code it was just then.

    The sender has seen that there is no room, and is about to wait. Just here the thread gets the last item, sees that
    nobody waits, and sleeps. The sender waits beside an empty queue, and the thread beside it.

        if not self.places:
            # just here a thread gets the last item
            self.senders.append(turn)
            await turn          # for ever
    """
    for number in range(LINES):
        async with post(trial, 1) as between:
            between.send("kept")
            await trial.hop(3)
            sender = await _interrupted(between, number)
            await soon(trial, lambda: sender.done)  # noqa: B023  over before the next
            expect(sender.outcome == "returned", f"a thread had got an item as a sender came, which {ending(sender)}")


async def _interrupted(between: Post, number: int) -> Player:
    """A task that sends, in which a thread gets an item at a line with this number, as threads may at any line."""
    go = Event()

    def get(done: list[object]) -> None:
        go.wait()
        done.append(between.outlet.get())

    getter, before = Worker(get, "who gets"), sys.gettrace()
    lines = count()

    def trace(*_: object) -> Trace:
        if next(lines) == number:
            sys.settrace(before)
            go.set()
            overtake(getter)
        return trace

    @shown_as("who sends")
    async def sending() -> None:
        sys.settrace(trace)
        try:
            await between.outlet.send("second")
        finally:
            sys.settrace(before)

    sender = between.crew.start(sending, name="who sends second")
    await between.trial.hop(3)
    sys.settrace(before)
    go.set()
    return sender


async def cancelled_send_reaches_no_thread(trial: Trial) -> None:
    """An item whose sending was cancelled is got by no thread.

    Who is cancelled sends the item again, later: it was not sent. Where it was, all the same, it is written twice.

        try:
            async with asyncio.timeout(1):
                await outlet.send(entry)
        except TimeoutError:
            await later(entry)       # it had been sent
    """
    async with post(trial, 1) as between:
        first, _ = await _first_is_cancelled(between, -1)  # in the same turn Trio draws what comes first
        await between.get()
        both = first.outcome == "cancelled" and "first" in between.got
        expect(not both, "the sending of an item was cancelled, and a thread got it")


async def sender_waits_for_threads(trial: Trial) -> None:
    """A task that sends to threads more than there is room for waits.

    The loop reads from a socket as fast as it can, and a thread writes to a disk as fast as that can. What is in
    between is the whole download, in memory.

        async for block in response:       # 40 GB
            outbox.put(block)              # a SimpleQueue
        # all of it waits behind a disk
    """
    async with post(trial, 2) as between:
        for _ in range(2):
            await _bounded(between)
    for turns in range(-1, MOMENTS):
        async with post(trial, 1) as between:
            await _first_is_cancelled(between, turns)
            while between.kept > 0 and await between.get():
                pass
            between.send("a", "b", "c")
            await soon(trial, lambda: between.kept > 1, BRIEFLY)
            expect(
                between.kept <= 1,
                f"there was room for 1 item, a sender had been cancelled, and kept are {between.kept}",
            )


async def _bounded(between: Post) -> None:
    """Expect that no third item is taken where there is room for two, and one more for one that a thread gets."""
    trial, before = between.trial, len(between.got)
    senders = [between.send(one, one) for one in ("a", "b", "c")]
    for _ in range(2):
        await soon(trial, lambda: between.kept > 2, BRIEFLY)
        expect(between.kept <= 2, f"there was room for 2 items, and {between.kept} were sent that no thread had got")
        await between.get()
    in_time = await between.get(before + 6 - len(between.got))
    expect(in_time, f"6 items were sent, and threads got {listed(between.got[before:])}")
    in_time = await soon(trial, lambda: all(sender.done for sender in senders))
    expect(in_time, "threads had got all items, and somebody still waits who sent one of them")


OUTLETS = (
    Promise(thread_lets_senders_in, real=True, about=OUTWARDS, once=True),
    Promise(cancelled_sender_spares_room_of_threads, real=True, about=OUTWARDS, once=True),
    Promise(sender_waits_for_threads, real=True, about=OUTWARDS, need="flood", once=True),
    Promise(cancelled_send_reaches_no_thread, real=True, about=OUTWARDS, need="resend", once=True),
)
