"""aiocache: the decorator `cached`, over its Redis store.

Choose it when aiocache is there already, and several processes share what was loaded.
It costs a round trip, a `wait_for` and a timer for every hit. Nothing holds back a stampede, and None is never
remembered. A server that cannot be reached is only logged: every caller loads then.
"""

import os
import uuid
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from aiocache import Cache, cached
from redis.asyncio import BlockingConnectionPool

Key = TypeVar("Key")
Value = TypeVar("Value")
Load = Callable[[Key], Coroutine[Any, Any, Value]]


def text(_: Callable[..., Any], key: Key) -> str:
    return str(key)


class AiocacheCache(Generic[Key, Value]):
    def __init__(self, load: Load[Key, Value], ttl: float | None) -> None:
        self._load = load
        where = urlsplit(os.environ["REDIS_URL"])
        self.get = cached(
            ttl=ttl,
            key_builder=text,
            cache=Cache.REDIS,
            endpoint=where.hostname,
            port=where.port,
            namespace=uuid.uuid4().hex,
            # The usual pool raises when more callers come at once than it has connections.
            connection_pool_class=BlockingConnectionPool,
        )(load)

    async def invalidate(self, key: Key) -> None:
        await self.get.cache.delete(text(self._load, key))

    async def close(self) -> None:
        store = self.get.cache
        await store.clear(namespace=store.namespace)
        await store.client.aclose()  # `store.close()` calls what redis has deprecated


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aiocache>=0.12.3", "redis>=8.0")
SERVICES = ("redis",)
NOT_APPLICABLE = (
    ("slow_load_is_one", "a server has no virtual time", "asyncio*"),
    ("invalidated_is_loaded_later", "whose SET comes last is decided between server and loop, each time anew"),
)
KNOWN_FAILURES = (
    ("single_flight", "", "whoever finds nothing loads: 43 callers who miss two keys at once make up to 42 loads"),
    ("old_load_harms_no_new_one", "", "a load that was overtaken writes its old value over the new one"),
    ("unequal_keys_are_strangers", "", "keys are turned into texts: 0 and '0' share an entry"),
    ("any_value_is_kept", "", "None is how its stores say that there is nothing: it is loaded each time"),
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
) -> AsyncIterator[AiocacheCache[Key, Value]]:
    made = AiocacheCache(load, ttl)
    try:
        yield made
    finally:
        await made.close()
