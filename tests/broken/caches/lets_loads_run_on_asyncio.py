"""A load that everybody has given up runs on, until it ends or the context does."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from patterns.caches import Load

LIBRARY = "asyncio"
KNOWN_FAILURES = (("abandoned_load_is_ended", "", "the last caller was cancelled, and the load runs on"),)


class Entry:
    def __init__(self, task: "asyncio.Task[Any]") -> None:
        self.task, self.waiting = task, 0


class TaskCache:
    def __init__(self, load: Load[Any, Any], ttl: float | None, max_size: int | None) -> None:
        self.load, self.ttl, self.max_size = load, ttl, max_size
        self.values: OrderedDict[Any, tuple[Any]] = OrderedDict()
        self.timers: dict[Any, asyncio.TimerHandle] = {}
        self.entries: dict[Any, Entry] = {}
        self.tasks: set[asyncio.Task[Any]] = set()

    async def get(self, key: Any) -> Any:
        if key in self.values:
            self.values.move_to_end(key)
            return self.values[key][0]
        entry = self.entries.get(key)
        if entry is None:
            entry = self.entries[key] = Entry(asyncio.ensure_future(self.run(key)))
            self.tasks.add(entry.task)
            entry.task.add_done_callback(lambda task: self.over(key, entry, task))
        entry.waiting += 1
        try:
            await asyncio.wait({entry.task})
        finally:
            entry.waiting -= 1  # the defect: nobody looks at it
        if entry.task.cancelled():
            raise RuntimeError("the load was cancelled")
        kind, value = entry.task.result()
        if kind == "raised":
            raise value
        return value

    async def run(self, key: Any) -> tuple[str, Any]:
        try:
            return "returned", await self.load(key)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            return "raised", error

    def over(self, key: Any, entry: Entry, task: "asyncio.Task[Any]") -> None:
        self.tasks.discard(task)
        if self.forget(key, entry) and not task.cancelled() and task.result()[0] == "returned":
            self.drop(key)
            self.values[key] = (task.result()[1],)
            if self.ttl is not None:
                self.timers[key] = asyncio.get_running_loop().call_later(self.ttl, self.drop, key)
            if self.max_size is not None and len(self.values) > self.max_size:
                self.drop(next(iter(self.values)))

    def forget(self, key: Any, entry: Entry) -> bool:
        return self.entries.get(key) is entry and bool(self.entries.pop(key))

    def drop(self, key: Any) -> None:
        self.values.pop(key, None)
        if timer := self.timers.pop(key, None):
            timer.cancel()

    async def end(self, *tasks: "asyncio.Task[Any]") -> None:
        cancelled = False
        for task in tasks:
            task.cancel()
        while any(not task.done() for task in tasks):
            try:
                await asyncio.wait(tasks)
            except asyncio.CancelledError:
                cancelled = True
        if cancelled:
            raise asyncio.CancelledError

    async def invalidate(self, key: Any) -> None:
        self.drop(key)
        self.entries.pop(key, None)


@asynccontextmanager
async def cache(
    load: Load[Any, Any], *, ttl: float | None = None, max_size: int | None = None
) -> AsyncIterator[TaskCache]:
    opened = TaskCache(load, ttl, max_size)
    try:
        yield opened
    finally:
        await opened.end(*opened.tasks)
        for key in list(opened.timers):
            opened.drop(key)
