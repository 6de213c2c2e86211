"""What stands in for an alternative of ``patterns.hedging``: a caller who knows whom to ask."""

from collections.abc import Sequence
from typing import TypeVar

from benchmarks.plan.nothing import Nothing
from patterns.hedging import Source

T = TypeVar("T")


class Offers:
    """What the workloads need where the right source is known, because the first one answers."""

    @staticmethod
    async def hedge(sources: Sequence[Source[T]], delay: float) -> T:  # noqa: ARG004  nobody is slow
        """Ask the first."""
        return await sources[0]()


FIRST = Nothing("the first source, awaited", Offers)
FAILURES = "asking another when one has failed is what is asked about, and the loop that does it is an alternative"
NOTHING: dict[str, Nothing | str] = {
    "ready": FIRST,
    "in_time": FIRST,
    "first_is_slow": "whoever does not wait for the slow one does not notice that it is slow",
    "first_fail": FAILURES,
    "all_fail": FAILURES,
    "race": "stopping the sources that were too late is what is asked about, and takes something that stops them",
    "fallback": FAILURES,
}
