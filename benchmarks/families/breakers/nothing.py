"""What stands in for an alternative of ``patterns.breakers``: no gate."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from benchmarks.plan.nothing import Nothing

T = TypeVar("T")


class Doorway:
    """Everybody goes through."""

    def call(self, function: Callable[[], Awaitable[T]]) -> Awaitable[T]:
        """Make the call."""
        return function()


class Offers:
    """What the workloads need."""

    class RejectedError(Exception):
        """Nobody raises it."""

    @staticmethod
    @asynccontextmanager
    async def breaker(*_: Any) -> AsyncIterator[Doorway]:
        """Never open."""
        yield Doorway()

    bulkhead = breaker


CALLS = Nothing("calls that are made without a gate", Offers)
NOTHING: dict[str, Nothing | str] = {
    "closed": CALLS,
    "one_hop": CALLS,
    "open": "being rejected is what is asked about, and takes somebody who rejects",
    "flapping": CALLS,
    "outage": "being rejected is what is asked about, and takes somebody who rejects",
    "half_open": "who is let through and who is not is what is asked about, and takes somebody who rejects",
    "places": CALLS,
    "crowded": "half of the callers are to be rejected, and that takes somebody who rejects",
}
