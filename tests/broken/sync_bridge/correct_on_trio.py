"""On Trio: its own threads, with a limiter for each depth of nesting, and system tasks for what is asked."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from queue import SimpleQueue
from typing import Any

import outcome
import trio

from patterns.sync_bridge import Ask, Call

LIBRARY = "trio"
DEPTH: ContextVar[int] = ContextVar("depth", default=0)


class Limiters:
    def __init__(self, size: int, abandon: bool) -> None:
        self.size, self.abandon = size, abandon
        self.of_depth: dict[int, trio.CapacityLimiter] = {}

    async def call(self, function: Callable[..., Any], *args: Any) -> Any:
        depth = DEPTH.get()
        limiter = self.of_depth.setdefault(depth, trio.CapacityLimiter(self.size))
        token = DEPTH.set(depth + 1)
        try:
            return await trio.to_thread.run_sync(function, *args, limiter=limiter, abandon_on_cancel=self.abandon)
        finally:
            DEPTH.reset(token)


@asynccontextmanager
async def calls(size: int, *, abandon: bool = False) -> AsyncIterator[Call]:
    yield Limiters(size, abandon).call


@asynccontextmanager
async def bridge(size: int) -> AsyncIterator[tuple[Call, Ask]]:
    yield Limiters(size, abandon=False).call, trio.from_thread.run


@asynccontextmanager
async def portal(timeout: float | None = None) -> AsyncIterator[Ask]:  # noqa: ASYNC109  the contract's
    token = trio.lowlevel.current_trio_token()

    def ask(function: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        answers: SimpleQueue[outcome.Outcome[Any]] = SimpleQueue()

        async def go() -> None:
            try:
                with trio.move_on_after(float("inf") if timeout is None else timeout) as scope:
                    answers.put(outcome.Value(await function(*args)))
                if scope.cancelled_caught:
                    answers.put(outcome.Error(TimeoutError()))
            except trio.Cancelled:
                answers.put(outcome.Error(RuntimeError("nobody is there")))
                raise
            except BaseException as error:
                answers.put(outcome.Error(error))

        token.run_sync_soon(trio.lowlevel.spawn_system_task, go)
        return answers.get().unwrap()

    yield ask
