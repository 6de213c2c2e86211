"""What stands in for an alternative of ``patterns.channels``: nothing is handed over, who receives makes it up."""

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.families.channels.workloads import ITEM
from benchmarks.plan.nothing import Nothing
from patterns.channels import Broadcast, Channel, Inlet, Outlet, Receive


class NoMoreError(Exception):
    """What ends a deque."""


async def send(item: object) -> None:
    """Drop it."""


async def receive() -> int:
    """Make one up."""
    return ITEM


@asynccontextmanager
async def _made_up() -> AsyncIterator[Receive]:
    yield receive


class Offers:
    """What the workloads need."""

    @staticmethod
    @asynccontextmanager
    async def channel(capacity: int | None) -> AsyncIterator[Channel]:  # noqa: ARG004  nobody waits for a place
        """Nothing between two ends."""
        yield Channel(send, receive)

    @staticmethod
    @asynccontextmanager
    async def rendezvous() -> AsyncIterator[Channel]:
        """The same."""
        yield Channel(send, receive)

    @staticmethod
    @asynccontextmanager
    async def broadcast(capacity: int) -> AsyncIterator[Broadcast]:  # noqa: ARG004  nobody is ever behind
        """Nothing, for everybody."""
        yield Broadcast(send, _made_up)

    @staticmethod
    @asynccontextmanager
    async def from_threads(capacity: int | None) -> AsyncIterator[Inlet]:  # noqa: ARG004  nobody waits for a place
        """Nothing comes from there."""
        yield Inlet(lambda item: None, receive)  # noqa: ARG005  it is dropped

    @staticmethod
    @asynccontextmanager
    async def to_threads(capacity: int | None) -> AsyncIterator[Outlet]:  # noqa: ARG004  nobody waits for a place
        """Nothing goes there."""
        yield Outlet(send, lambda: ITEM)


class Kept:
    """A channel that is read once it has been closed."""

    ClosedError = NoMoreError

    @staticmethod
    @asynccontextmanager
    async def channel(capacity: int | None) -> AsyncIterator[Channel]:  # noqa: ARG004  it keeps all
        """A deque."""
        kept: deque[object] = deque()

        async def keep(item: object) -> None:
            kept.append(item)

        async def take() -> object:
            if kept:
                return kept.popleft()
            raise NoMoreError

        async def close() -> None:
            """It is read when all are there."""

        yield Channel(keep, take, close)


MADE_UP = Nothing("a receiver that makes its items up", Offers)
NOTHING: dict[str, Nothing | str] = {
    "one_to_one": MADE_UP,
    "burst": MADE_UP,
    "crowd": "who of many gets which item is what is asked about, and takes something in between",
    "overload": MADE_UP,
    "rendezvous": MADE_UP,
    "to_the_end": Nothing("a deque, and an error at its end", Kept),
    "broadcast": Nothing("subscribers that make their items up", Offers),
    "from_threads": Nothing("a thread whose items nobody sees, and a receiver that makes its own", Offers),
    "to_threads": Nothing("a thread that makes its items up", Offers),
}
