"""Our own best for AnyIO: its cancel scope, entered and left directly.

Choose it when one code base must run on asyncio and Trio, and deadlines are around everything.
It costs what AnyIO's scopes cost, less the generator that `fail_after` puts around one, and a look at the clock between
two steps. A clean-up that must wait needs a shield, as in any scope.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

from anyio import CancelScope, current_time

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]


async def within(seconds: float, call: Call[T]) -> T:
    with CancelScope(deadline=current_time() + seconds):
        return await call()
    raise TimeoutError


async def steps_within(seconds: float, steps: Iterable[Call[T]]) -> list[T]:
    moment = current_time() + seconds
    with CancelScope(deadline=moment):
        results = []
        for step in steps:
            if current_time() >= moment:
                raise TimeoutError
            results.append(await step())
        return results
    raise TimeoutError


async def listen(seconds: float, receive: Call[T | None], handle: Callable[[T], object]) -> None:
    with CancelScope(deadline=current_time() + seconds) as scope:
        while (message := await receive()) is not None:
            handle(message)
            scope.deadline = current_time() + seconds
        return
    raise TimeoutError


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "own"
