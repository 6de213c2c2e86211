"""Our own best for Trio: tasks behind shields, each of which cancels the one before when it has ended.

Choose it when services use each other to the very end: the reverse order holds however the program ends, and starting a
service takes no nursery of its own.
It costs these lines in your program. A service cannot be cancelled from outside but through the block that holds it.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

import trio

Service = Callable[[Callable[[], object]], Coroutine[Any, Any, None]]


class _Services:
    def __init__(self, nursery: trio.Nursery) -> None:
        self._nursery = nursery
        self._live: dict[trio.CancelScope, None] = {}  # in the order in which they were started
        self._stopping = False
        self._ended = trio.Event()
        self.errors: list[BaseException] = []
        self.body = trio.CancelScope()

    async def start(self, service: Service) -> None:
        started = trio.Event()
        scope = trio.CancelScope(shield=True)
        self._live[scope] = None
        self._nursery.start_soon(self._run, service, started, scope)
        await started.wait()

    async def stop(self) -> None:
        self._stopping = True
        self._stop_last()
        with trio.CancelScope(shield=True):
            await self._ended.wait()

    async def _run(self, service: Service, started: trio.Event, scope: trio.CancelScope) -> None:
        try:
            with scope:
                await service(started.set)
                if not started.is_set():
                    raise RuntimeError("a service ended before it had started")
        except BaseException as error:  # the nursery would cancel all that are not behind a shield
            self.errors.append(error)
            self.body.cancel()
        finally:
            del self._live[scope]
            if self._stopping:
                self._stop_last()

    def _stop_last(self) -> None:
        for scope in reversed(self._live):
            scope.cancel()
            return
        self._ended.set()


@asynccontextmanager
async def running(services: Sequence[Service]) -> AsyncIterator[None]:
    async with trio.open_nursery() as nursery:
        held = _Services(nursery)
        try:
            with held.body:
                for service in services:
                    await held.start(service)
                yield
        except Exception as error:
            held.errors.insert(0, error)
        finally:
            await held.stop()
            if held.errors:
                raise BaseExceptionGroup("services failed", held.errors)


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "own"
