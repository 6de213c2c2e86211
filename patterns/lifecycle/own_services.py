"""Our own best for asyncio: tasks in a row, each of which cancels the one before when it has ended.

Choose it when services use each other to the very end: the reverse order holds however the program ends, every error is
told, and who leaves waits once, not once per service.
It costs these lines in your program. A service begins within the turn that starts it, where Python can (3.12).
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from types import TracebackType
from typing import Any

Service = Callable[[Callable[[], object]], Coroutine[Any, Any, None]]

_EAGER: dict[str, Any] = {"eager_start": True} if sys.version_info >= (3, 12) else {}


class running:  # noqa: N801  used like a function
    def __init__(self, services: Sequence[Service]) -> None:
        self._services = services
        self._live: dict[asyncio.Task[None], None] = {}  # in the order in which they were started
        self._errors: list[BaseException] = []
        self._awaited: asyncio.Future[None] | None = None
        self._stopping = self._interrupted = False

    async def __aenter__(self) -> None:
        self._loop = asyncio.get_running_loop()
        host = asyncio.current_task(self._loop)
        assert host is not None  # the loop runs this in a task
        self._host, self._cancelling = host, host.cancelling()
        try:
            for service in self._services:
                await self._start(service)
                if self._errors:
                    break
            else:
                return
        except BaseException as error:
            await self._leave(error)
            raise
        await self._leave(None)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        return await self._leave(error)

    async def _start(self, service: Service) -> None:
        begun = False

        def started() -> None:
            nonlocal begun
            begun = True
            self._wake()

        def ended(task: asyncio.Task[None]) -> None:
            del self._live[task]
            if not task.cancelled() and (error := task.exception()):
                self._errors.append(error)
            elif not (begun or self._stopping):
                self._errors.append(RuntimeError("a service ended before it had started"))
            self._miss()

        task: asyncio.Task[None] = asyncio.Task(service(started), loop=self._loop, **_EAGER)
        self._live[task] = None
        task.add_done_callback(ended)
        while not (begun or self._errors):
            await self._wait()

    def _miss(self) -> None:
        if self._stopping:
            self._stop_last()
        elif self._errors and not self._interrupted:
            self._interrupted = True
            self._host.cancel()

    async def _wait(self) -> None:
        self._awaited = self._loop.create_future()
        await self._awaited

    def _wake(self) -> None:
        if self._awaited and not self._awaited.done():
            self._awaited.set_result(None)

    def _stop_last(self) -> None:
        for task in reversed(self._live):
            task.cancel()
            return
        self._wake()

    async def _leave(self, error: BaseException | None) -> bool:
        cancelled = error if isinstance(error, asyncio.CancelledError) else None
        self._stopping = True
        self._stop_last()
        while self._live:
            try:
                await self._wait()
            except asyncio.CancelledError as another:  # the services end all the same
                cancelled = another if cancelled is None or self._interrupted else cancelled
        if self._interrupted and self._host.uncancel() <= self._cancelling and cancelled is error:
            cancelled = None  # it was ours
        errors = self._errors
        if error and not isinstance(error, asyncio.CancelledError):
            errors = [error, *errors]
        try:
            failure = BaseExceptionGroup("services failed", errors) if self._errors else None
            if cancelled:
                if failure is None and cancelled is error:
                    return False
                raise cancelled from failure
            if failure:
                raise failure from None
            return False
        finally:
            del error, errors, cancelled, failure, self._errors  # they refer to this frame: no cycle for the collector


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "own"
