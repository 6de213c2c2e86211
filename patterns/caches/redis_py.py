"""redis-py: cache-aside by hand over `redis.asyncio`: GET, and SET with PX when it was not there.

Choose it when several processes share what was loaded, or it must survive a restart.
It costs a round trip for every hit and two for every miss. Nothing holds back a stampede. Values are pickled, so that
any value can be kept: whoever can write to the server can make this program run code.
"""

import pickle
import uuid
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar, cast

from redis.asyncio import Redis

Key = TypeVar("Key")
Value = TypeVar("Value")
Load = Callable[[Key], Coroutine[Any, Any, Value]]


class RedisCache(Generic[Key, Value]):
    def __init__(self, load: Load[Key, Value], ttl: float | None, client: Redis) -> None:
        self._load, self._client = load, client
        self._milliseconds = None if ttl is None else max(1, round(ttl * 1000))
        self._prefix = f"{uuid.uuid4().hex}:"

    async def get(self, key: Key) -> Value:
        name = f"{self._prefix}{key}"
        found = await self._client.get(name)
        if found is not None:
            return cast("Value", pickle.loads(cast("bytes", found)))
        value = await self._load(key)
        await self._client.set(name, pickle.dumps(value), px=self._milliseconds)
        return value

    async def invalidate(self, key: Key) -> None:
        await self._client.delete(f"{self._prefix}{key}")

    async def clear(self) -> None:
        if names := [name async for name in self._client.scan_iter(f"{self._prefix}*", count=1000)]:
            await self._client.delete(*names)


# --- how it fits the contract ---

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import BlockingConnectionPool

from patterns.caches import Cache

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("redis>=8.0",)
SERVICES = ("redis",)
CAVEATS = ("A value is kept as a copy.",)
NOT_APPLICABLE = (
    ("nothing_left_behind", "cancelled while it leaves, it now and then leaves a task that disconnects", "uvloop"),
    ("slow_load_is_one", "a server has no virtual time", "asyncio*"),
    ("invalidated_is_loaded_later", "whose SET comes last is decided between server and loop, each time anew"),
)
KNOWN_FAILURES = (
    ("single_flight", "", "whoever finds nothing loads: 43 callers who miss two keys at once make up to 42 loads"),
    ("old_load_harms_no_new_one", "", "a load that was overtaken writes its old value over the new one"),
    ("unequal_keys_are_strangers", "", "keys are turned into texts: 0 and '0' share an entry"),
    ("no_complaints", "", "in a second loop, the connections of the first are found unclosed: ResourceWarning"),
    ("max_size_is_kept", "", "no bound of its own: `max_size` is ignored, the server's `maxmemory` is for all"),
    ("longest_unused_leaves_first", "", "no bound of its own: nothing leaves"),
)


@asynccontextmanager
async def cache(
    load: Load[Key, Value],
    *,
    ttl: float | None = None,
    max_size: int | None = None,  # noqa: ARG001  there is no such bound
) -> AsyncIterator[Cache[Key, Value]]:
    # One that blocks, because the usual pool raises when more callers come at once than it has connections.
    pool = BlockingConnectionPool.from_url(os.environ["REDIS_URL"])
    async with Redis.from_pool(pool) as client:
        made = RedisCache(load, ttl, client)
        try:
            yield made
        finally:
            await made.clear()
