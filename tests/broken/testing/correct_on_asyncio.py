"""On asyncio, step by step: one task gets what it is to run from a queue, and the loop runs until it has done that."""

import asyncio
from collections.abc import Callable, Iterator
from inspect import signature
from typing import Any

import pytest

from patterns.testing import Module, Suite

LIBRARY = "asyncio"


class Steps:
    def __init__(self, suite: Suite) -> None:
        self.seconds = suite.patience
        self.loop = (suite.loop.new or asyncio.new_event_loop)()
        self.seen: list[dict[str, Any]] = []
        self.struck = False
        self.loop.set_exception_handler(lambda _, told: self.seen.append(told))
        self.queue: asyncio.Queue[tuple[Any, asyncio.Future[Any]]] = asyncio.Queue()
        self.task = self.loop.create_task(self.work())

    async def work(self) -> None:
        while True:
            try:
                step, done = await self.queue.get()
            except asyncio.CancelledError:
                if self.loop.is_closed() or self.seconds < 0:
                    raise
                self.struck = True
                continue
            try:
                done.set_result(await step)
            except BaseException as error:
                done.set_exception(error)

    def run(self, step: Any) -> Any:
        done = self.loop.create_future()
        self.queue.put_nowait((step, done))
        return self.loop.run_until_complete(done)

    def test(self, function: Callable[..., Any], given: dict[str, Any]) -> None:
        async def in_time() -> None:
            if self.struck:
                raise RuntimeError("what a fixture holds has failed")
            async with asyncio.timeout(self.seconds):
                await function(**given)

        self.run(in_time())
        if self.seen:
            raise RuntimeError(f"beside the test: {self.seen}")

    def close(self) -> None:
        left = asyncio.all_tasks(self.loop) - {self.task}
        self.seconds = -1
        for task in (*left, self.task):
            task.cancel()
        self.loop.run_until_complete(asyncio.wait([*left, self.task]))
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
        if left or self.seen:
            raise RuntimeError(f"beside the test: {left} {self.seen}")


def asking(function: Callable[..., Any], plain: Callable[..., Any]) -> Callable[..., Any]:
    steps = signature(plain).parameters["steps"]
    asked = signature(function)
    setattr(plain, "__signature__", asked.replace(parameters=[steps, *asked.parameters.values()]))  # noqa: B010
    return plain


def plain(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(steps: Steps, **given: Any) -> None:
        steps.test(function, given)

    return asking(function, run)


def fixture(function: Callable[..., Any]) -> Any:
    def opened(steps: Steps, **given: Any) -> Iterator[Any]:
        generator = function(**given)
        yield steps.run(anext(generator))
        steps.run(anext(generator, None))

    return pytest.fixture(asking(function, opened))


def module(suite: Suite) -> Module:
    @pytest.fixture
    def steps() -> Iterator[Steps]:
        made = Steps(suite)
        yield made
        made.close()

    fixtures = {name: fixture(one) for name, one in suite.fixtures.items()}
    return Module({"steps": steps, **fixtures, **{name: plain(test) for name, test in suite.tests.items()}})
