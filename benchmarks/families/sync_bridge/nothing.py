"""What stands in for an alternative of ``patterns.sync_bridge``: everybody stays on one thread."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from benchmarks.plan.nothing import Nothing
from patterns.sync_bridge import Ask, Call


async def _call(function: Callable[..., Any], *args: Any) -> Any:
    return function(*args)


def _ask(function: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
    try:
        function(*args).send(None)
    except StopIteration as answer:
        return answer.value
    raise RuntimeError("a question that waits needs a loop")


class Offers:
    """What the workloads need."""

    @staticmethod
    @asynccontextmanager
    async def calls(size: int) -> AsyncIterator[Call]:  # noqa: ARG004  there are no threads
        """Functions, called where they are."""
        yield _call

    offload = calls

    @staticmethod
    @asynccontextmanager
    async def bridge(size: int) -> AsyncIterator[tuple[Call, Ask]]:  # noqa: ARG004  there are no threads
        """The same, and questions that are answered where they are."""
        yield _call, _ask


IN_PLACE = Nothing("functions, called where they are", Offers)
ANSWERED = Nothing("questions, answered where they are asked", Offers)
CROSSING = "a question of another thread has to cross over to the loop, which is what is asked about"
NOTHING: dict[str, Nothing | str] = {
    "single": IN_PLACE,
    "short": IN_PLACE,
    "crowd": IN_PLACE,
    "computed": IN_PLACE,
    "asks": CROSSING,
    "askers": CROSSING,
    "ping_pong": ANSWERED,
    "nested": ANSWERED,
}
