"""Correct, and slow: between any two steps others have their turns."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import anyio
import anyio.lowlevel
from anyio.abc import TaskGroup

from patterns.lifecycle import Service

LIBRARY = "anyio"


async def dawdle() -> None:
    for _ in range(4):
        await anyio.lowlevel.checkpoint()


class Held:
    def __init__(self, group: TaskGroup) -> None:
        self.group = group
        self.body = anyio.CancelScope()
        self.tasks: list[Task] = []
        self.errors: list[BaseException] = []

    async def start(self, service: Service) -> None:
        await dawdle()
        task = Task(self, service)
        self.tasks.append(task)
        self.group.start_soon(task.run)
        await task.started.wait()

    async def stop(self) -> BaseException | None:
        cancelled = None
        for task in reversed(self.tasks):
            with anyio.CancelScope(shield=True):
                try:
                    await dawdle()
                except anyio.get_cancelled_exc_class() as error:  # asyncio's own
                    cancelled = error
            task.scope.cancel()
            while not task.ended.is_set():
                try:
                    with anyio.CancelScope(shield=True):
                        await task.ended.wait()
                except anyio.get_cancelled_exc_class() as error:  # asyncio's own
                    cancelled = error
        return cancelled


class Task:
    def __init__(self, held: Held, service: Service) -> None:
        self.held, self.service = held, service
        self.scope = anyio.CancelScope(shield=True)
        self.started, self.ended = anyio.Event(), anyio.Event()

    async def run(self) -> None:
        try:
            with self.scope:
                await self.service(self.started.set)
                if not self.started.is_set():
                    raise RuntimeError("a service ended before it had started")
        except BaseException as error:
            self.held.errors.append(error)
            self.held.body.cancel()
        finally:
            self.ended.set()


@asynccontextmanager
async def running(services: Sequence[Service]) -> AsyncIterator[None]:
    failure: BaseException | None = None
    async with anyio.create_task_group() as group:
        held = Held(group)
        try:
            with held.body:
                for service in services:
                    await held.start(service)
                yield
        except BaseException as error:
            failure = error
        cancelled = await held.stop()
    errors = held.errors
    if isinstance(failure, anyio.get_cancelled_exc_class()):
        raise failure
    if cancelled:
        raise cancelled
    if errors:
        raise BaseExceptionGroup("services failed", [failure, *errors] if failure else errors)
    if failure:
        raise failure
