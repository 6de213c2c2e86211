"""Events that are emitted one by one, by emitters who know nothing of each other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.families.callbacks.workloads import AUDIENCE, Board, connect, hopping_handler
from benchmarks.plan.arrivals import Arrivals, Operate
from benchmarks.plan.backends import Toolkit
from patterns.callbacks import Family


class UntoldError(Exception):
    """A subscriber has not heard of an event."""


@asynccontextmanager
async def events(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001  see below
    """Emit the event of a number to a few subscribers; how many emitters overlap is for their rate to say."""
    board = Board(AUDIENCE)
    emitted: list[int] = []
    async with family.emitter() as emitter:
        connect(emitter, (hopping_handler(board, seat, toolkit) for seat in range(AUDIENCE)))

        async def operate(number: int) -> bool:
            await emitter.emit(number)
            emitted.append(number)
            return True

        yield operate
        await emitter.settle()
    if any(sorted(seen) != sorted(emitted) for seen in board.seen):
        raise UntoldError(f"{len(emitted)} events were emitted to each of {AUDIENCE} subscribers")


ALL_AT_ONCE = "an event is one call that tells all subscribers; crowd asks for events that come one by one"
ARRIVALS: dict[str, Arrivals | str] = {
    "ready": ALL_AT_ONCE,
    "one_hop": ALL_AT_ONCE,
    "one_slow": ALL_AT_ONCE,
    "churn": ALL_AT_ONCE,
    "crowd": Arrivals(events),
}
