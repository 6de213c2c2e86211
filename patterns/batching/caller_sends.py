"""A shared list that the callers empty themselves: whoever fills it, or waited long, makes the call.

Choose it when loads are never cancelled and no timeout surrounds them, such as in a script.
It costs no task at all. But the call runs inside one caller's task: when that caller is cancelled, the call dies with
it and all the others wait for ever; and it sees that caller's context variables.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
Call = Callable[[Sequence[Key]], Coroutine[Any, Any, Sequence[Value | Exception]]]


class SharedList(Generic[Key, Value]):
    def __init__(self, call: Call[Key, Value], max_size: int, max_wait: float) -> None:
        self._call, self._max_size, self._max_wait = call, max_size, max_wait
        self._waiting: list[tuple[Key, asyncio.Future[Value]]] = []

    async def load(self, key: Key) -> Value:
        answer: asyncio.Future[Value] = asyncio.get_running_loop().create_future()
        batch = self._waiting
        batch.append((key, answer))
        if len(batch) >= self._max_size:
            await self.flush()
        elif len(batch) == 1:
            await asyncio.wait([answer], timeout=self._max_wait)
            if batch is self._waiting:
                await self.flush()
        return await answer

    async def close(self) -> None:
        if self._waiting:
            await self.flush()

    async def flush(self) -> None:
        batch, self._waiting = self._waiting, []
        try:
            values = await self._call([key for key, _ in batch])
            if len(values) != len(batch):
                raise ValueError(f"{len(batch)} keys were sent, {len(values)} values came back")
            for (_, answer), value in zip(batch, values, strict=True):
                if answer.done():
                    continue  # its caller was cancelled
                if isinstance(value, Exception):
                    answer.set_exception(value)
                else:
                    answer.set_result(value)
        except Exception as error:
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(error)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.batching import Batcher

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    ("cancel_is_private", "", "cancel the caller that makes the call: the others of its batch are never answered"),
    ("base_exception_resolves_all", "", "`except Exception` lets a cancelled call pass by the callers who wait"),
    ("stop_iteration_isolated", "<3.12.6", "no future takes a StopIteration: github.com/python/cpython/issues/112182"),
    ("failed_block_resolves_all", "", "`except Exception` lets a cancelled last call pass by the callers who wait"),
    (
        "maximum_wait",
        "",
        "the first caller is the timer: when it is cancelled, who joined it waits for the maximum size",
    ),
    ("no_complaints", "", "a caller that is cancelled in its own call leaves a future whose error nobody retrieves"),
    ("no_context_bleed", "", "the call runs in the task, and so in the context, of the caller that makes it"),
)


@asynccontextmanager
async def batcher(call: Call[Key, Value], max_size: int, max_wait: float) -> AsyncIterator[Batcher[Key, Value]]:
    made = SharedList(call, max_size, max_wait)
    yield made
    await made.close()
