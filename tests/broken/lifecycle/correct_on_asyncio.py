"""Correct, on asyncio: tasks and ``asyncio.wait``; who cancels the body is a callback."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from patterns.lifecycle import Service

LIBRARY = "asyncio"


class Held:
    def __init__(self) -> None:
        host = asyncio.current_task()
        assert host is not None
        self.host = host
        self.tasks: list[asyncio.Task[None]] = []
        self.open = True
        self.cancelled_by_us = self.entered = False

    async def run(self, service: Service, started: asyncio.Event) -> None:
        await service(started.set)
        if not started.is_set():
            raise RuntimeError("a service ended before it had started")

    def ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() and self.open and not self.cancelled_by_us:
            self.cancelled_by_us = True
            self.host.cancel()

    async def start(self, service: Service) -> None:
        started = asyncio.Event()
        task = asyncio.create_task(self.run(service, started))
        self.tasks.append(task)
        task.add_done_callback(self.ended)
        await started.wait()

    async def stop(self) -> BaseException | None:
        cancelled = None
        self.open = False
        for task in reversed(self.tasks):
            task.cancel()
            while not task.done():
                try:
                    await asyncio.wait([task])
                except asyncio.CancelledError as error:
                    cancelled = error
        return cancelled

    @property
    def errors(self) -> list[BaseException]:
        done = [task for task in self.tasks if task.done() and not task.cancelled()]
        return [error for task in done if (error := task.exception())]


@asynccontextmanager
async def running(services: Sequence[Service]) -> AsyncIterator[None]:
    held = Held()
    failure: BaseException | None = None
    before = held.host.cancelling()
    try:
        for service in services:
            await held.start(service)
        held.entered = True
        yield
    except BaseException as error:
        failure = error
    cancelled = await held.stop()
    ours = held.cancelled_by_us and held.host.uncancel() <= before
    if isinstance(failure, asyncio.CancelledError):
        cancelled = cancelled or (None if ours else failure)
        failure = None
    errors = [failure, *held.errors] if failure else held.errors
    if cancelled:
        raise cancelled
    if held.errors:
        raise BaseExceptionGroup("services failed", errors)
    if failure:
        raise failure
