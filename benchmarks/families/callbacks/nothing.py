"""What stands in for an alternative of ``patterns.callbacks``: handlers that are called, and nothing that guards them.

Those that wait are stepped by hand, side by side: that they need a task each is an alternative's own affair.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from benchmarks.plan.nothing import Nothing, by_hand
from patterns.callbacks import Emitter, Event, Handler


class Unguarded:
    """Handlers in the order in which they were connected."""

    def __init__(self) -> None:
        self.handlers: dict[Handler, None] = {}

    def connect(self, handler: Handler, /) -> None:
        """Add it."""
        self.handlers[handler] = None

    def disconnect(self, handler: Handler, /) -> None:
        """Take it out."""
        del self.handlers[handler]

    async def emit(self, event: Event, /) -> None:
        """Call all of them."""
        await by_hand([partial(handler, event) for handler in self.handlers])

    async def settle(self) -> None:
        """Nothing is left to do."""


class Offers:
    """The one thing that the workloads need."""

    @staticmethod
    @asynccontextmanager
    async def emitter() -> AsyncIterator[Emitter]:
        """A new one."""
        yield Unguarded()


CALLS = Nothing("handlers that are stepped by hand, unguarded and without a task", Offers)
NOTHING = {"ready": CALLS, "one_hop": CALLS, "one_slow": CALLS, "churn": CALLS, "crowd": CALLS}
