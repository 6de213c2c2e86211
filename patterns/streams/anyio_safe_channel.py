"""AnyIO's twin of `trio.as_safe_channel`: a generator in a task of its own, asked for each item.

Choose it when one code base must run on asyncio and Trio, and a generator holds a deadline or a task group while it
yields.
It costs a task group and a task per stream, and for each item two switches of tasks and a semaphore. A generator that
is left early is cancelled, so that whatever its clean-up waits for needs a shield.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, suppress
from functools import wraps
from math import inf
from typing import Generic, ParamSpec, TypeVar

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream

P = ParamSpec("P")
T = TypeVar("T")
Fetch = Callable[[], Awaitable[T | None]]
Source = Callable[[], AbstractAsyncContextManager[Fetch[T]]]
Step = Callable[[T], Awaitable[T]]


class Receiving(Generic[T]):
    def __init__(self, receiving: MemoryObjectReceiveStream[T], wanted: anyio.Semaphore) -> None:
        self._receiving, self._wanted = receiving, wanted

    def __aiter__(self) -> AsyncIterator[T]:
        return self

    async def __anext__(self) -> T:
        self._wanted.release()
        return await anext(self._receiving)


def safe(function: Callable[P, AsyncGenerator[T, None]]) -> Callable[P, AbstractAsyncContextManager[AsyncIterator[T]]]:
    @wraps(function)
    @asynccontextmanager
    async def block(*args: P.args, **kwargs: P.kwargs) -> AsyncIterator[AsyncIterator[T]]:
        sending, receiving = anyio.create_memory_object_stream[T](inf)  # never full: an item is sent when it is wanted
        wanted = anyio.Semaphore(0)

        async def fill() -> None:
            with sending, suppress(StopAsyncIteration):
                async with aclosing(function(*args, **kwargs)) as stream:
                    while True:
                        sending.send_nowait(await _next(stream, wanted))

        with receiving:
            async with anyio.create_task_group() as group:
                group.start_soon(fill)
                yield Receiving(receiving, wanted)
                group.cancel_scope.cancel()

    return block


async def _next(stream: AsyncGenerator[T, None], wanted: anyio.Semaphore) -> T:
    try:
        await wanted.acquire()
    except anyio.get_cancelled_exc_class() as error:
        return await stream.athrow(error)  # a scope that it holds may be what was cancelled
    return await anext(stream)


@safe
async def items(source: Source[T]) -> AsyncGenerator[T, None]:
    async with source() as fetch:
        while (item := await fetch()) is not None:
            yield item


@safe
async def mapped(source: Source[T], steps: Sequence[Step[T]]) -> AsyncGenerator[T, None]:
    async with source() as fetch:
        while (item := await fetch()) is not None:
            for step in steps:
                item = await step(item)
            yield item


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
KNOWN_FAILURES = (
    ("close_may_wait", "", "its task is cancelled when the stream is left, and then at every wait of its closing"),
    (
        "deadline_loses_nothing",
        "",
        "an item is handed to a reader whose task.cancel() comes in the same turn, and is lost",
        "[!t]*",
    ),
    (
        "cancellation_survives_error",
        "",
        "AnyIO's task group raises what a source raised and forgets a task.cancel() that came while it waited",
        "[!t]*",
    ),
)
