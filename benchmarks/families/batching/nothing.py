"""What stands in for an alternative of ``patterns.batching``: answers that are there at once.

How often it is asked downstream is what a batcher decides, so that no call belongs to the workload.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from benchmarks.families.batching.workloads import NAMES, PEOPLE
from benchmarks.plan.nothing import Nothing


class Doubled:
    """Knows what the calls answer that take one turn."""

    async def load(self, key: int, /) -> int:
        """The answer."""
        return 2 * key + 1


class Named:
    """Knows who is in the table."""

    async def load(self, key: int, /) -> str:
        """The name."""
        return NAMES[key % PEOPLE]


class Offers:
    """The one thing that the workloads need, before calls of one kind."""

    def __init__(self, known: type[Doubled | Named]) -> None:
        self.known = known

    @asynccontextmanager
    async def batcher(self, *_: Any) -> AsyncIterator[Doubled | Named]:
        """It makes no call."""
        yield self.known()


ANSWERS = Nothing("loads that are answered at once, without any call", Offers(Doubled))
NOTHING = {
    "closed_loop": ANSWERS,
    "duplicate_keys": ANSWERS,
    "scattered": ANSWERS,
    "sparse": ANSWERS,
    "database_rows": Nothing(ANSWERS.what, Offers(Named)),
}
