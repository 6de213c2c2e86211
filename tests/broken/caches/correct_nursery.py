"""A correct cache of another make: loads run in a nursery, each in a scope that its last caller cancels."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import outcome
import trio

from patterns.caches import Load

LIBRARY = "trio"


class Entry:
    def __init__(self) -> None:
        self.scope, self.over = trio.CancelScope(), trio.Event()
        self.waiting = 0
        self.seen: outcome.Maybe[Any] = outcome.Error(trio.BrokenResourceError("the load was cancelled"))


class NurseryCache:
    def __init__(
        self, load: Load[Any, Any], nursery: trio.Nursery, ttl: float | None = None, max_size: int | None = None
    ) -> None:
        self.load, self.nursery, self.ttl, self.max_size = load, nursery, ttl, max_size
        self.values: list[tuple[Any, Any, float]] = []  # the one used last at the end
        self.entries: dict[Any, Entry] = {}

    async def get(self, key: Any) -> Any:
        await trio.lowlevel.checkpoint()
        for place, (known, value, deadline) in enumerate(self.values):
            if known == key and trio.current_time() < deadline:
                self.values.append(self.values.pop(place))
                return value
        if key not in self.entries:
            entry = Entry()
            self.nursery.start_soon(self.run, key, entry)  # raises when the nursery is closed
            self.entries[key] = entry
        return await self.wait_for(key, self.entries[key])

    async def wait_for(self, key: Any, entry: Entry) -> Any:
        entry.waiting += 1
        try:
            await entry.over.wait()
        finally:
            entry.waiting -= 1
            if not entry.waiting and not entry.over.is_set():
                entry.scope.cancel()
                self.forget(key, entry)
                with trio.CancelScope(shield=True):
                    await entry.over.wait()
        if isinstance(entry.seen, outcome.Error):
            raise entry.seen.error
        return entry.seen.value

    async def run(self, key: Any, entry: Entry) -> None:
        try:
            with entry.scope:
                entry.seen = outcome.Value(await self.load(key))
        except trio.Cancelled:
            raise
        except BaseException as error:
            entry.seen = outcome.Error(error)
        finally:
            if self.forget(key, entry) and isinstance(entry.seen, outcome.Value):
                self.values = [kept for kept in self.values if kept[0] != key and kept[2] > trio.current_time()]
                life = float("inf") if self.ttl is None else self.ttl
                self.values.append((key, entry.seen.value, trio.current_time() + life))
                if self.max_size is not None:
                    del self.values[: -self.max_size]
            entry.over.set()

    def forget(self, key: Any, entry: Entry) -> bool:
        return self.entries.get(key) is entry and bool(self.entries.pop(key))

    def drop(self, key: Any) -> None:
        self.values = [kept for kept in self.values if kept[0] != key]

    async def invalidate(self, key: Any) -> None:
        self.drop(key)
        self.entries.pop(key, None)
        await trio.lowlevel.checkpoint()


class Refined(NurseryCache):
    def __init__(self, load: Load[int, int], nursery: trio.Nursery, depth: int) -> None:
        super().__init__(self.refine if depth > 1 else load, nursery)
        self.base = Refined(load, nursery, depth - 1) if depth > 1 else self

    async def refine(self, key: int) -> int:
        return 1 + int(await self.base.get(key))


@asynccontextmanager
async def cache(
    load: Load[Any, Any], *, ttl: float | None = None, max_size: int | None = None
) -> AsyncIterator[NurseryCache]:
    async with trio.open_nursery() as nursery:
        yield NurseryCache(load, nursery, ttl, max_size)
        nursery.cancel_scope.cancel()


@asynccontextmanager
async def source(load: Load[int, int], depth: int) -> AsyncIterator[Refined]:
    async with trio.open_nursery() as nursery:
        yield Refined(load, nursery, depth)
        nursery.cancel_scope.cancel()
