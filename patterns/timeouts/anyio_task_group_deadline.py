"""A deadline on the scope of an AnyIO task group: whatever runs in the group is over by then.

Choose it when a body starts children, and one deadline is for all of them.
It costs a task group for every call. An error comes in a group, unless the body runs in the block itself as here.
"""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import anyio

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]


async def within(seconds: float, call: Call[T]) -> T:
    result: list[T] = []
    error: list[BaseException] = []
    async with anyio.create_task_group() as group:
        group.cancel_scope.deadline = anyio.current_time() + seconds
        try:
            result.append(await call())
        except Exception as raised:
            error.append(raised)  # as it is, and not in a group
    if error:
        raise error.pop()
    if not result:
        raise TimeoutError
    return result[0]


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
