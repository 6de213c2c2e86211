"""AnyIO: `lru_cache` from `anyio.functools`, a lock for every key that is being loaded.

Choose it when the code must run on asyncio and Trio alike, and loads do not fail.
It costs a search for the loop's own cache at every hit. When a load fails everybody who waited asks again, one after
the other, and it has pushed out an entry; more loads at once than `maxsize` push each other out, and raise KeyError.
"""

from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from anyio.functools import lru_cache

Key = TypeVar("Key")
Value = TypeVar("Value")
Load = Callable[[Key], Coroutine[Any, Any, Value]]


class AnyioCache(Generic[Key, Value]):
    def __init__(self, load: Load[Key, Value], ttl: float | None, max_size: int | None) -> None:
        whole: Any = ttl  # annotated as whole seconds, but only added to the loop's clock
        self.get = lru_cache(maxsize=max_size, ttl=whole)(load)

    async def invalidate(self, key: Key) -> None:  # noqa: ARG002  all keys are forgotten
        self.get.cache_clear()


class Answers:
    def __init__(self, load: Load[int, int]) -> None:
        self._ask = load

    @lru_cache(maxsize=None)
    async def get(self, key: int) -> int:
        return await self._ask(key)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache as remember

from patterns.caches import Cache, Source

LIBRARY = "anyio"
KIND = "package"
REQUIRES = ("anyio>=4.16",)
CAVEATS = ("A single key cannot be forgotten: `invalidate` forgets all of them.",)
KNOWN_FAILURES = (
    (
        "error_is_shared",
        "",
        ("everybody who waited for a load that failed loads again, one after the other: 6 loads for 6 callers"),
    ),
    (
        "only_own_errors",
        "",
        ("with more loads than maxsize the entry of a key under way leaves, and whoever waits for it gets KeyError"),
    ),
    (
        "raised",
        "",
        (
            "a hit gives way before it notes its use: KeyError if its entry, the one unused for "
            "longest, leaves meanwhile"
        ),
    ),
    (
        "max_size_is_kept",
        "",
        ("room is made before a load, for one entry: with maxsize=2, six keys that are loaded together are all kept"),
    ),
    (
        "loading_keys_stay",
        "",
        ("with maxsize=1 the entry of a key under way is pushed out by the next load, and the key loaded again"),
    ),
    (
        "failed_loads_push_nothing_out",
        "",
        "an entry is pushed out before each load, also before one that fails: 3 of 3 are gone",
    ),
    (
        "objects_are_collected",
        "",
        "on a method the cache belongs to the class, and holds every object that ever asked it",
    ),
    ("ended_is_collected", "", "what has ended is dropped when its key is asked for again, and not before"),
)


@asynccontextmanager
async def cache(
    load: Load[Key, Value], *, ttl: float | None = None, max_size: int | None = None
) -> AsyncIterator[Cache[Key, Value]]:
    yield AnyioCache(load, ttl, max_size)


@remember
def chain(depth: int) -> type[Answers]:
    if depth == 1:
        return Answers
    base: Any = chain(depth - 1)

    class Refined(base):  # type: ignore[misc]
        @lru_cache(maxsize=None)
        async def get(self, key: int) -> int:
            return 1 + int(await super().get(key))

    return Refined


@asynccontextmanager
async def source(load: Load[int, int], depth: int) -> AsyncIterator[Source]:
    yield chain(depth)(load)
