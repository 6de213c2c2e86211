"""Correct, on asyncio: the first service in a task group, and around its body the others."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from patterns.lifecycle import Service

LIBRARY = "asyncio"


@asynccontextmanager
async def running(services: Sequence[Service]) -> AsyncIterator[None]:
    if not services:
        yield
        return
    first, *others = services
    started = asyncio.Event()

    async def run() -> None:
        await first(started.set)
        if not started.is_set():
            raise RuntimeError("a service ended before it had started")

    async with asyncio.TaskGroup() as group:
        task = group.create_task(run())
        try:
            await started.wait()
            async with running(others):
                yield
        finally:
            task.cancel()
