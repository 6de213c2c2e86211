"""Single flight by hand: who comes first loads and fills a future, and the others await that future.

Choose it when no caller is ever cancelled, and then write it with a task and `shield` all the same.
It costs answers that never come: a first caller that is cancelled fills nothing, and one of the others that is
cancelled takes the future, and so everybody who awaits it, along.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
Load = Callable[[Key], Coroutine[Any, Any, Value]]


class SingleFlight(Generic[Key, Value]):
    def __init__(self, load: Load[Key, Value], ttl: float | None, max_size: int | None) -> None:
        self._load, self._ttl, self._max_size = load, ttl, max_size
        self._entries: OrderedDict[Key, tuple[Value, float]] = OrderedDict()
        self._flights: dict[Key, asyncio.Future[Value]] = {}

    async def get(self, key: Key) -> Value:
        if key in self._entries:
            value, loaded = self._entries[key]
            if self._ttl is None or time.monotonic() < loaded + self._ttl:
                self._entries.move_to_end(key)
                return value
        if key in self._flights:
            return await self._flights[key]
        flight = self._flights[key] = asyncio.get_running_loop().create_future()
        try:
            value = await self._load(key)
            flight.set_result(value)
        except Exception as error:
            flight.set_exception(error)
            flight.exception()  # else a flight without passengers would complain
            raise
        finally:
            del self._flights[key]
        self._entries[key] = value, time.monotonic()
        self._entries.move_to_end(key)
        if self._max_size is not None and len(self._entries) > self._max_size:
            self._entries.popitem(last=False)
        return value

    async def invalidate(self, key: Key) -> None:
        self._entries.pop(key, None)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.caches import Cache

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    (
        "cancelled_leader_leaves_an_answer",
        "",
        "the first caller is cancelled and fills no future: whoever waits for it waits for ever",
    ),
    (
        "cancelled_follower_harms_nobody",
        "",
        ("a caller that is cancelled cancels the future that all await, and whoever fills it gets InvalidStateError"),
    ),
    (
        "error_is_shared",
        "",
        ("only an Exception is passed on: when a load raises another BaseException, whoever waits waits for ever"),
    ),
    (
        "failure_is_forgotten",
        "",
        ("only an Exception is passed on: when a load raises another BaseException, whoever waits waits for ever"),
    ),
    (
        "only_own_errors",
        "",
        ("after a cancellation the future of a key is never filled, and whoever asks for it waits for ever"),
    ),
    (
        "invalidated_is_loaded_later",
        "",
        (
            "invalidate forgets values only: who asks after it joins the load that was under way, and "
            "gets what it loaded"
        ),
    ),
    ("ended_is_collected", "", "what has ended is dropped when its key is asked for again, and not before"),
)


@asynccontextmanager
async def cache(
    load: Load[Key, Value], *, ttl: float | None = None, max_size: int | None = None
) -> AsyncIterator[Cache[Key, Value]]:
    yield SingleFlight(load, ttl, max_size)
