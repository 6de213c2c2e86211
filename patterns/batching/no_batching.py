"""No batching: one call per load, made by the caller itself.

Choose it when a call costs about as much as the keys in it, or when loads are too rare to meet.
It costs a full call for every load, and downstream feels every one of them.
"""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
Call = Callable[[Sequence[Key]], Coroutine[Any, Any, Sequence[Value | Exception]]]


class Direct(Generic[Key, Value]):
    def __init__(self, call: Call[Key, Value]) -> None:
        self._call = call

    async def load(self, key: Key) -> Value:
        (value,) = await self._call([key])
        if isinstance(value, Exception):
            raise value
        return value


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.batching import Batcher

LIBRARY = "any"
KIND = "idiom"
KNOWN_FAILURES = (
    ("same_turn_shares", "", "it never batches: every load is a call of its own"),
    ("window_gathers", "", "it never batches: every load is a call of its own"),
)


@asynccontextmanager
async def batcher(
    call: Call[Key, Value],
    max_size: int,  # noqa: ARG001  a batch is one key
    max_wait: float,  # noqa: ARG001  nobody waits
) -> AsyncIterator[Batcher[Key, Value]]:
    yield Direct(call)
