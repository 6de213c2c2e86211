"""`asyncio.Runner` as a fixture, by which plain tests and fixtures run what is async.

Choose it when fixtures are wanted and no plugin: these are pytest's own, and their scope is that of the runner.
It costs a loop per runner and a task per step, so that no task group can span a fixture and its test. A task that
outlives its test, and an error nobody has looked at, pass.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import wraps
from inspect import Parameter, signature
from typing import Any, Literal

import pytest

Scope = Literal["function", "module"]
NewLoop = Callable[[], asyncio.AbstractEventLoop]


def runner_of(new_loop: NewLoop | None = None, scope: Scope = "function") -> Any:
    """The fixture `runner`."""

    @pytest.fixture(name="runner", scope=scope)
    def one() -> Iterator[asyncio.Runner]:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            yield runner

    return one


def fixture(function: Callable[..., AsyncGenerator[Any, None]], scope: Scope = "function") -> Any:
    @wraps(function)
    def opened(runner: asyncio.Runner, **given: Any) -> Iterator[Any]:
        context: AbstractAsyncContextManager[Any] = asynccontextmanager(function)(**given)
        yield runner.run(context.__aenter__())
        runner.run(context.__aexit__(None, None, None))

    return pytest.fixture(_asking_for_runner(opened, function), scope=scope)


def asynchronous(function: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    @wraps(function)
    def plain(runner: asyncio.Runner, **given: Any) -> None:
        runner.run(function(**given))

    return _asking_for_runner(plain, function)


def _asking_for_runner(plain: Callable[..., Any], function: Callable[..., Any]) -> Callable[..., Any]:
    """Pytest reads from the signature which fixtures are wanted."""
    runner = Parameter("runner", Parameter.POSITIONAL_OR_KEYWORD)
    asked = signature(function)
    setattr(plain, "__signature__", asked.replace(parameters=[runner, *asked.parameters.values()]))  # noqa: B010
    return plain


# --- how it fits the contract ---

from patterns.testing import Module, Suite

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    ("leaked_task_is_told", "", "asyncio.Runner cancels what is left, and says nothing"),
    ("unobserved_error_is_told", "", "the loop logs it, and the test passes"),
    ("fixture_may_hold_a_task_group", "", "each step runs in a task of its own"),
    ("hanging_test_is_ended", "", "nobody looks at the time"),
)


def module(suite: Suite) -> Module:
    return _module(suite, "function")


def shared(suite: Suite) -> Module:
    return _module(suite, "module")


def _module(suite: Suite, scope: Scope) -> Module:
    fixtures = {name: fixture(one, scope) for name, one in suite.fixtures.items()}
    tests = {name: asynchronous(one) for name, one in suite.tests.items()}
    return Module({"runner": runner_of(suite.loop.new, scope), **fixtures, **tests})
