"""`unittest.IsolatedAsyncioTestCase`: tests are methods, `asyncSetUp` enters fixtures as contexts.

Choose it when the tests are unittest's, or nothing may be installed: `python -m unittest` and pytest run it alike.
It costs a loop per test in debug mode, which makes every task dearer, and a task per step: no task group can span
set-up and test. A task that outlives its test, and an error nobody has looked at, pass.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from unittest import IsolatedAsyncioTestCase

Fixture = Callable[..., AsyncGenerator[Any, None]]


class AsyncTestCase(IsolatedAsyncioTestCase):
    fixtures: Sequence[Fixture] = ()  # each gets what the one before has yielded
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None  # since Python 3.13

    async def asyncSetUp(self) -> None:
        self.given: tuple[Any, ...] = ()
        for fixture in self.fixtures:
            self.given = (await self.enterAsyncContext(asynccontextmanager(fixture)(*self.given)),)


# --- how it fits the contract ---

from patterns.testing import Module, Suite, Test

LIBRARY = "asyncio"
PYTHON = ((">=3.13", "uvloop"),)
KNOWN_FAILURES = (
    ("leaked_task_is_told", "", "its runner cancels what is left, and says nothing"),
    ("unobserved_error_is_told", "", "the loop logs it, and the test passes"),
    ("fixture_may_hold_a_task_group", "", "set-up, test and clean-up run in tasks of their own"),
    ("hanging_test_is_ended", "", "nobody looks at the time"),
)


def module(suite: Suite) -> Module:
    chosen = {
        "fixtures": tuple(suite.fixtures.values()),
        "loop_factory": suite.loop.new and staticmethod(suite.loop.new),
    }
    methods = {name: _method(test) for name, test in suite.tests.items()}
    return Module({"Tests": type("Tests", (AsyncTestCase,), {**chosen, **methods})})


def _method(test: Test) -> Test:
    async def method(self: AsyncTestCase) -> None:
        await test(*self.given)

    return method
