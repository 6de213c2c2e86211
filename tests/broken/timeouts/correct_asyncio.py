"""A timer and the cancellation of the caller's task, by hand, without any of the defects planted beside it."""

import asyncio
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from patterns.timeouts import Call, T

LIBRARY = "asyncio"
AGAIN = 5.0  # seconds after which a body is cancelled again


class _Limit:
    def __init__(self, seconds: float) -> None:
        self.seconds, self.struck = seconds, 0
        self.loop = asyncio.get_running_loop()

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        assert task is not None
        self.task, self.before = task, task.cancelling()
        self.timer = self.loop.call_later(self.seconds, self._strike)
        return self

    def put_off(self) -> None:
        if not self.struck:
            self.timer.cancel()
            self.timer = self.loop.call_later(self.seconds, self._strike)

    def _strike(self) -> None:
        self.struck += 1
        self.task.cancel()
        self.timer = self.loop.call_later(AGAIN, self._strike)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.timer.cancel()
        for _again in range(self.struck):
            self.task.uncancel()
        if self.struck and kind is asyncio.CancelledError and self.task.cancelling() <= self.before:
            raise TimeoutError from error


async def within(seconds: float, call: Call[T]) -> T:
    with _Limit(seconds):
        return await call()


async def steps_within(seconds: float, steps: Iterable[Call[T]]) -> list[T]:
    now = asyncio.get_running_loop().time
    deadline = now() + seconds
    results = []
    with _Limit(seconds):
        for step in steps:
            if now() >= deadline:
                raise TimeoutError
            results.append(await step())
    return results


async def listen(seconds: float, receive: Call[T | None], handle: Callable[[T], object]) -> None:
    with _Limit(seconds) as limit:
        while (message := await receive()) is not None:
            handle(message)
            limit.put_off()


async def finish(seconds: float, call: Call[T]) -> T:
    task = asyncio.create_task(within(seconds, call))
    cancelled = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled:
        if not task.cancelled():
            task.exception()
        raise cancelled
    return task.result()
