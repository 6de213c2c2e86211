"""What stands in for an alternative of ``patterns.timeouts``: calls without a deadline."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from benchmarks.plan.nothing import Nothing
from patterns.timeouts import Call

T = TypeVar("T")


class Offers:
    """What the workloads need."""

    @staticmethod
    async def within(seconds: float, call: Call[T]) -> T:  # noqa: ARG004  that is nothing
        """Wait for as long as it takes."""
        return await call()

    finish = within

    @staticmethod
    async def steps_within(seconds: float, steps: Iterable[Call[T]]) -> list[T]:  # noqa: ARG004  that is nothing
        """Wait for as long as all take."""
        return [await step() for step in steps]

    @staticmethod
    async def listen(seconds: float, receive: Call[T | None], handle: Callable[[T], object]) -> None:  # noqa: ARG004
        """Wait for each message for as long as it takes."""
        while (message := await receive()) is not None:
            handle(message)


CALLS = Nothing("calls without a deadline", Offers)
ENDED = "ending a call that would wait for ever is what is asked about, and takes something that ends it"
NOTHING: dict[str, Nothing | str] = {
    "one_hop": CALLS,
    "ready": CALLS,
    "crowd": CALLS,
    "all_expire": ENDED,
    "few_expire": ENDED,
    "nested_2": CALLS,
    "nested_4": CALLS,
    "nested_8": CALLS,
    "one_deadline": CALLS,
    "messages": CALLS,
    "clean_up": CALLS,
}
