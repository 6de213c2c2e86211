"""What is asked of ``patterns.breakers``: the cost of a gate when all is well, when nothing is, and in between.

The service answers or fails at once, or takes some turns: what is compared is the gate. Recoveries are half a minute
long, on a clock that leaps over them. How many calls reached a service that was down, and how many probed whether it
was back, are read from the service.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from benchmarks.plan.backends import Toolkit
from benchmarks.plan.shown import shown
from benchmarks.plan.workloads import Once, Reading, Seen, Workload
from patterns.breakers import Family, Gate

BASELINE = {"asyncio": "counter", "trio": "counter"}

FAILURES = 5  # in a row, which open a breaker
RECOVERY, OVER = 30.0, 33.0  # seconds, and after how many it is over
NEVER = 3600.0  # seconds
PATIENCE = 10.0  # seconds
ROUNDS = 3  # recoveries for which an outage lasts
PLACES = 100
TURNS = 3  # that a slow call takes


class DownError(Exception):
    """The service is down."""


async def well() -> int:
    """A call that is answered at once."""
    return 1


async def down() -> int:
    """A call that fails at once."""
    raise DownError


async def answered(gate: Gate, n: int) -> int:
    """The answers of so many calls in a row."""
    given = 0
    for _ in range(n):
        given += await gate.call(well)
    return given


async def in_vain(family: Family, gate: Gate, function: Callable[[], Awaitable[int]], n: int) -> int:
    """How many of so many calls in a row have got no answer."""
    rejected, vain = family.RejectedError, 0
    for _ in range(n):
        try:
            await gate.call(function)
        except (DownError, rejected):
            vain += 1
    return vain


@asynccontextmanager
async def closed(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """One caller asks again and again, and is answered at once."""
    async with family.breaker(FAILURES, NEVER, PATIENCE) as gate:
        yield lambda: answered(gate, n)


@asynccontextmanager
async def one_hop(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Callers who come at once, each of whose calls takes a turn of the loop."""
    async with family.breaker(FAILURES, NEVER, PATIENCE) as gate:
        given = 0

        async def caller() -> None:
            nonlocal given
            answer = await gate.call(call)
            given += answer

        async def call() -> int:
            await toolkit.hop()
            return 1

        async def once() -> int:
            nonlocal given
            given = 0
            await toolkit.together([caller] * n)
            return given

        yield once


@asynccontextmanager
async def open_(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """One caller asks again and again while the service is down."""
    async with family.breaker(FAILURES, NEVER, PATIENCE) as gate:

        async def call() -> int:
            tally["calls"] += 1
            raise DownError

        await in_vain(family, gate, down, FAILURES)
        yield lambda: in_vain(family, gate, call, n)


@asynccontextmanager
async def flapping(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Every second call fails, which is never often enough in a row."""
    async with family.breaker(FAILURES, NEVER, PATIENCE) as gate:

        async def once() -> tuple[int, int]:
            given = vain = 0
            for number in range(n):
                try:
                    given += await gate.call(down if number % 2 else well)
                except DownError:
                    vain += 1
            return given, vain

        yield once


@asynccontextmanager
async def outage(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """The service is down for some recoveries, in each of which n callers ask; then it is back."""
    with shown(family, toolkit.clock()):
        async with family.breaker(FAILURES, RECOVERY, PATIENCE) as gate:
            made = 0

            async def call() -> int:
                nonlocal made
                made += 1
                raise DownError

            async def once() -> Seen:
                nonlocal made
                made = vain = 0
                for _ in range(ROUNDS):
                    vain += await in_vain(family, gate, call, n)
                    await toolkit.sleep(OVER)
                return Seen((vain, await gate.call(well)), made)

            yield once


@asynccontextmanager
async def half_open(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Callers who come at once when the recovery is over and the service is back; a call takes some turns."""
    rejected = family.RejectedError
    with shown(family, toolkit.clock()):
        async with family.breaker(FAILURES, RECOVERY, PATIENCE) as gate:
            probes = 0
            back = False

            async def call() -> int:
                nonlocal probes, back
                probes += not back
                for _ in range(TURNS):
                    await toolkit.hop()
                back = True
                return 1

            async def caller() -> None:
                with suppress(rejected):
                    await gate.call(call)

            async def once() -> Seen:
                nonlocal probes, back
                probes, back = 0, False
                await in_vain(family, gate, down, FAILURES)
                await toolkit.sleep(OVER)
                await toolkit.together([caller] * n)
                return Seen(await gate.call(well), probes)

            yield once


@asynccontextmanager
async def places(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """One caller asks again and again, and there is always a place."""
    async with family.bulkhead(PLACES) as gate:
        yield lambda: answered(gate, n)


def room(n: int) -> int:
    """The places that n callers find: for half of them."""
    return max(1, n // 2)


@asynccontextmanager
async def crowded(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Callers who come at once, and find places for half of them."""
    rejected = family.RejectedError
    async with family.bulkhead(room(n)) as gate:
        given = full = 0

        async def call() -> int:
            for _ in range(TURNS):
                await toolkit.hop()
            return 1

        async def caller() -> None:
            nonlocal given, full
            try:
                answer = await gate.call(call)
                given += answer
            except rejected:
                full += 1

        async def once() -> tuple[int, int]:
            nonlocal given, full
            given = full = 0
            await toolkit.together([caller] * n)
            return given, full

        yield once


def mean(counts: Sequence[int], n: int) -> float:  # noqa: ARG001  it does not matter how many callers there are
    """What a call of ``once`` counted, on the average."""
    return sum(counts) / len(counts)


WORKLOADS = (
    Workload(
        name="closed",
        question="What does a breaker add to a call while all is well?",
        axis="calls in a row",
        operation="call",
        needs="breaker",
        prepare=closed,
        answer=lambda n: n,
        operations=lambda n: n,
    ),
    Workload(
        name="one_hop",
        question="What does a call through a breaker cost when many are under way, each for a turn of the loop?",
        axis="callers at once",
        operation="call",
        needs="breaker",
        prepare=one_hop,
        answer=lambda n: n,
        operations=lambda n: n,
        scale=(1, 10, 100, 1000, 10_000),
    ),
    Workload(
        name="open",
        question="What does it cost to be rejected while the service is down?",
        axis="calls in a row",
        operation="call",
        needs="breaker",
        prepare=open_,
        answer=lambda n: n,
        operations=lambda n: n,
        tallies=("calls",),
    ),
    Workload(
        name="flapping",
        question="What does a call through a breaker cost when every second one fails?",
        axis="calls in a row",
        operation="call",
        needs="breaker",
        prepare=flapping,
        answer=lambda n: (n - n // 2, n // 2),
        operations=lambda n: n,
    ),
    Workload(
        name="outage",
        question="What does a call cost in an outage of three recoveries, and how many reach the service?",
        axis="callers in each recovery",
        operation="call",
        needs="breaker",
        prepare=outage,
        answer=lambda n: (ROUNDS * n, 1),
        operations=lambda n: ROUNDS * n,
        clock="cpu",
        leaps=True,
        readings=(
            Reading(
                {
                    "name": "calls_wasted",
                    "title": "calls to a service that is down",
                    "unit": "count",
                    "better": "lower",
                },
                mean,
            ),
        ),
    ),
    Workload(
        name="half_open",
        question="What does a caller cost who comes with others when the recovery is over, and how many of them probe?",
        axis="callers at once",
        operation="caller",
        needs="breaker",
        prepare=half_open,
        answer=lambda n: 1,  # noqa: ARG005  it is back
        operations=lambda n: n,
        clock="cpu",
        leaps=True,
        readings=(
            Reading(
                {"name": "probes", "title": "calls before one was answered", "unit": "count", "better": "lower"}, mean
            ),
        ),
    ),
    Workload(
        name="places",
        question="What does a bulkhead add to a call as long as it has places?",
        axis="calls in a row",
        operation="call",
        needs="bulkhead",
        prepare=places,
        answer=lambda n: n,
        operations=lambda n: n,
    ),
    Workload(
        name="crowded",
        question="What does a caller cost who comes with others to a bulkhead that has places for half of them?",
        axis="callers at once",
        operation="caller",
        needs="bulkhead",
        prepare=crowded,
        answer=lambda n: (room(n), n - room(n)),
        operations=lambda n: n,
    ),
)
