"""Correct, on Trio: a nursery per service behind a shield, one inside the other, each of which tells the body."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import trio

from patterns.lifecycle import Service

LIBRARY = "trio"


@asynccontextmanager
async def running(services: Sequence[Service]) -> AsyncIterator[None]:
    errors: list[BaseException] = []
    body = trio.CancelScope()
    with body:
        async with AsyncExitStack() as stack:
            for service in services:
                await stack.enter_async_context(one(service, body, errors))
            yield
    if errors:
        raise BaseExceptionGroup("services failed", errors)


@asynccontextmanager
async def one(service: Service, body: trio.CancelScope, errors: list[BaseException]) -> AsyncIterator[None]:
    scope = trio.CancelScope(shield=True)
    started = trio.Event()

    async def run() -> None:
        try:
            with scope:
                await service(started.set)
                if not started.is_set():
                    raise RuntimeError("a service ended before it had started")
        except BaseException as error:
            errors.append(error)
            body.cancel()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(run)
        try:
            await started.wait()
            yield
        except Exception as error:
            errors.append(error)
        finally:
            scope.cancel()
