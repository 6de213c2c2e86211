"""What is asked of ``patterns.callbacks``: the cost of telling many subscribers."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial

from benchmarks.plan.backends import Toolkit
from benchmarks.plan.workloads import Once, Workload
from patterns.callbacks import Emitter, Event, Family, Handler

BASELINE = {"asyncio": "asyncio_gather", "trio": "trio_nursery"}

EVENTS = 2  # per call of `once`
SLOW_TURNS = 20  # turns of the loop that the slow subscriber needs for one event
AUDIENCE = 4  # subscribers of the crowd of emitters
WAITED = "turns of the slow one that others waited"

Seen = list[list[int]]  # for each subscriber the events that it was told, in the order in which it was told


class Board:
    """Where handlers note what they were told: a fresh page for every call of ``once``."""

    def __init__(self, seats: int) -> None:
        self.seats = seats
        self.turn_page()

    def turn_page(self) -> Seen:
        """Start a page; return it."""
        self.seen: Seen = [[] for _ in range(self.seats)]
        return self.seen


def ready_handler(board: Board, seat: int) -> Handler:
    """A handler that has nothing to wait for."""

    async def handle(event: Event) -> None:
        board.seen[seat].append(event)

    return handle


def hopping_handler(board: Board, seat: int, toolkit: Toolkit) -> Handler:
    """A handler that gives every other task a turn, as a write to a socket would."""

    async def handle(event: Event) -> None:
        await toolkit.hop()
        board.seen[seat].append(event)

    return handle


def connect(emitter: Emitter, handlers: Iterable[Handler]) -> None:
    """Connect all of them."""
    for handler in handlers:
        emitter.connect(handler)


async def announce(emitter: Emitter, events: Iterable[int]) -> None:
    """Emit one event after the other, and know of each that it has been handled."""
    for event in events:
        await emitter.emit(event)
        await emitter.settle()


@asynccontextmanager
async def ready(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Nobody waits for anything."""
    board = Board(n)
    async with family.emitter() as emitter:
        connect(emitter, (ready_handler(board, seat) for seat in range(n)))

        async def once() -> Seen:
            page = board.turn_page()
            await announce(emitter, range(EVENTS))
            return page

        yield once


@asynccontextmanager
async def one_hop(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Every handler waits for one turn of the loop."""
    board = Board(n)
    async with family.emitter() as emitter:
        connect(emitter, (hopping_handler(board, seat, toolkit) for seat in range(n)))

        async def once() -> Seen:
            page = board.turn_page()
            await announce(emitter, range(EVENTS))
            return page

        yield once


class SlowOne:
    """A subscriber that needs many turns for each event, and how far it is with the event it began last."""

    def __init__(self, board: Board, seat: int, toolkit: Toolkit) -> None:
        self.board, self.seat, self.toolkit = board, seat, toolkit
        self.turns = [0] * EVENTS

    async def handle(self, event: Event) -> None:
        """Count turns on the event; note it at the end."""
        for _ in range(SLOW_TURNS):
            await self.toolkit.hop()
            self.turns[event] += 1
        self.board.seen[self.seat].append(event)


@asynccontextmanager
async def one_slow(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """One subscriber in the middle is slow, the others have nothing to wait for; who emits settles at the end only."""
    board = Board(n)
    slow = SlowOne(board, n // 2, toolkit)
    waited = 0

    def quick_handler(seat: int) -> Handler:
        async def handle(event: Event) -> None:
            nonlocal waited
            waited += slow.turns[event]
            board.seen[seat].append(event)

        return handle

    async with family.emitter() as emitter:
        connect(emitter, (slow.handle if seat == slow.seat else quick_handler(seat) for seat in range(n)))

        async def once() -> list[list[int]]:
            nonlocal waited
            page, slow.turns, waited = board.turn_page(), [0] * EVENTS, 0
            for event in range(EVENTS):
                await emitter.emit(event)
            await emitter.settle()
            tally[WAITED] += waited
            return [sorted(seen) for seen in page]  # emits that return early may overlap, and then keep no order

        yield once


class Passing:
    """A seat whose occupant leaves at the first event and connects a successor, while the event is being told."""

    def __init__(self, emitter: Emitter, board: Board, seat: int) -> None:
        self.emitter, self.board, self.seat = emitter, board, seat

    def take(self) -> None:
        """Connect an occupant who has heard of nothing yet."""

        async def handle(event: Event) -> None:
            self.board.seen[self.seat].append(event)
            self.emitter.disconnect(handle)
            # A successor who is told the same event does not take the seat on: the answer is wrong, but it ends.
            if self.board.seen[self.seat].count(event) == 1:
                self.take()

        self.emitter.connect(handle)


@asynccontextmanager
async def churn(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Every handler disconnects itself and connects another one while the event is being told."""
    board = Board(n)
    async with family.emitter() as emitter:
        for seat in range(n):
            Passing(emitter, board, seat).take()

        async def once() -> Seen:
            page = board.turn_page()
            await announce(emitter, range(EVENTS))
            return page

        yield once


@asynccontextmanager
async def crowd(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Many tasks emit at once to a few subscribers, each of which waits for one turn per event."""
    board = Board(AUDIENCE)
    async with family.emitter() as emitter:
        connect(emitter, (hopping_handler(board, seat, toolkit) for seat in range(AUDIENCE)))

        async def once() -> list[tuple[int, int]]:
            page = board.turn_page()
            await toolkit.together([partial(emitter.emit, event) for event in range(n)])
            await emitter.settle()
            return [(len(seen), sum(seen)) for seen in page]

        yield once


def every_event_in_order(n: int) -> Seen:
    """What ``n`` subscribers have seen when each was told every event, in order."""
    return [list(range(EVENTS)) for _ in range(n)]


def every_event_of_all(n: int) -> list[tuple[int, int]]:
    """For each of the audience, how many events ``n`` emitters sent, one each, and their sum."""
    return [(n, sum(range(n)))] * AUDIENCE


WORKLOADS = (
    Workload(
        name="ready",
        question="What does it cost to tell a subscriber who has nothing to wait for?",
        axis="subscribers",
        operation="delivery",
        needs="emitter",
        prepare=ready,
        answer=every_event_in_order,
        operations=lambda n: n * EVENTS,
        scale=(1, 10, 100, 1000, 10_000),
    ),
    Workload(
        name="one_hop",
        question="What does it cost to tell a subscriber whose handler waits for one turn of the loop?",
        axis="subscribers",
        operation="delivery",
        needs="emitter",
        prepare=one_hop,
        answer=every_event_in_order,
        operations=lambda n: n * EVENTS,
    ),
    Workload(
        name="one_slow",
        question="What does a delivery cost, and who waits, when one subscriber needs 20 turns of the loop per event?",
        axis="subscribers",
        operation="delivery",
        needs="emitter",
        prepare=one_slow,
        answer=every_event_in_order,
        operations=lambda n: n * EVENTS,
        tallies=(WAITED,),
    ),
    Workload(
        name="churn",
        question="What does a delivery cost when every handler leaves and brings a successor at each event?",
        axis="subscribers",
        operation="delivery",
        needs="emitter",
        prepare=churn,
        answer=every_event_in_order,
        operations=lambda n: n * EVENTS,
    ),
    Workload(
        name="crowd",
        question="What does a delivery cost when many tasks emit at the same time?",
        axis="emitters",
        operation="delivery",
        needs="emitter",
        prepare=crowd,
        answer=every_event_of_all,
        operations=lambda n: n * AUDIENCE,
    ),
)
