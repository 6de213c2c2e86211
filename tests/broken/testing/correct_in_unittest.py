"""On AnyIO, as methods of a `unittest.TestCase`: fixtures are nested one in the other, the test in the last of them."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from unittest import TestCase

import anyio

from patterns.testing import Fixture, Module, Suite, Test

LIBRARY = "anyio"


async def nested(test: Test, fixtures: Sequence[Fixture], seconds: float, *given: Any) -> None:
    if not fixtures:
        with anyio.fail_after(seconds):
            await test(*given)
        return
    async with asynccontextmanager(fixtures[0])(*given) as value:
        await nested(test, fixtures[1:], seconds, value)


def method(test: Test, suite: Suite) -> Callable[[TestCase], None]:
    fixtures = tuple(suite.fixtures.values())
    on_asyncio = suite.loop.library == "asyncio"
    factory = {"loop_factory": suite.loop.new} if suite.loop.new else {}

    def run(self: TestCase) -> None:
        failed: list[object] = []

        async def main() -> None:
            if on_asyncio:
                asyncio.get_running_loop().set_exception_handler(lambda _, told: failed.append(repr(told)))
            tasks = len(anyio.get_running_tasks())
            await nested(test, fixtures, suite.patience)
            if failed or len(anyio.get_running_tasks()) > tasks:
                self.fail(f"beside the test: {failed or 'a task was left running'}")

        anyio.run(main, backend=suite.loop.library, backend_options=factory)

    return run


def module(suite: Suite) -> Module:
    methods = {name: method(test, suite) for name, test in suite.tests.items()}
    return Module({"Tests": type("Tests", (TestCase,), methods)})
