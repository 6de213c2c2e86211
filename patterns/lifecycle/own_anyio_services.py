"""Our own best for AnyIO: tasks behind shields, each of which cancels the one before at its end.

Choose it when one code base must run on asyncio and Trio, and services use each other to the very end: the reverse
order holds however the program ends.
It costs these lines in your program. A service cannot be cancelled from outside but through the block that holds it.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

import anyio
from anyio.abc import TaskGroup

Service = Callable[[Callable[[], object]], Coroutine[Any, Any, None]]


class _Services:
    def __init__(self, group: TaskGroup) -> None:
        self._group = group
        self._live: dict[anyio.CancelScope, None] = {}  # in the order in which they were started
        self._stopping = False
        self.errors: list[BaseException] = []
        self.body = anyio.CancelScope()

    async def start(self, service: Service) -> None:
        started = anyio.Event()
        scope = anyio.CancelScope(shield=True)
        self._live[scope] = None
        self._group.start_soon(self._run, service, started, scope)
        await started.wait()

    def stop(self) -> None:
        """Stop the last one, and so on; the group waits for them all."""
        self._stopping = True
        self._stop_last()

    async def _run(self, service: Service, started: anyio.Event, scope: anyio.CancelScope) -> None:
        try:
            with scope:
                await service(started.set)
                if not started.is_set():
                    raise RuntimeError("a service ended before it had started")
        except BaseException as error:  # the group would cancel all at once, and forget a cancellation of the caller
            self.errors.append(error)
            self.body.cancel()
        finally:
            del self._live[scope]
            if self._stopping:
                self._stop_last()

    def _stop_last(self) -> None:
        if self._live:
            next(reversed(self._live)).cancel()


@asynccontextmanager
async def running(services: Sequence[Service]) -> AsyncIterator[None]:
    failure: BaseException | None = None
    async with anyio.create_task_group() as group:
        held = _Services(group)
        try:
            with held.body:
                for service in services:
                    await held.start(service)
                yield
        except BaseException as error:
            failure = error
        held.stop()
    if isinstance(failure, anyio.get_cancelled_exc_class()):
        raise failure
    if held.errors:
        raise BaseExceptionGroup("services failed", [failure, *held.errors] if failure else held.errors)
    if failure:
        raise failure


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "own"
