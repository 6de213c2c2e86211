"""`asyncio_mode=auto` of pytest-asyncio: all async tests and fixtures are its own, without a mark.

Choose it when asyncio is the only async library of the project: two lines of configuration, and none in the tests.
It costs what strict mode costs: a loop per test, and a wider scope must be set for fixtures and tests alike. A task
that outlives its test, and an error nobody has looked at, pass.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Literal

Scope = Literal["function", "module"]


def options(scope: Scope = "function") -> tuple[str, ...]:
    """What stands in `pyproject.toml`, under `[tool.pytest.ini_options]`."""
    scopes = (f"asyncio_default_fixture_loop_scope={scope}", f"asyncio_default_test_loop_scope={scope}")
    return ("-p", "pytest_asyncio.plugin", "-o", "asyncio_mode=auto", "-o", scopes[0], "-o", scopes[1])


class Loops:
    """Put its method into `conftest.py`: each test runs on each of these loops."""

    def __init__(self, loops: Mapping[str, Callable[[], asyncio.AbstractEventLoop]]) -> None:
        self.loops = loops

    def pytest_asyncio_loop_factories(self) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
        return self.loops


# --- how it fits the contract ---

import pytest

from patterns.testing import Module, Suite

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("pytest-asyncio>=1.5",)
KNOWN_FAILURES = (
    ("leaked_task_is_told", "", "pytest-asyncio 1.5.0: its runner cancels what is left, and says nothing"),
    ("unobserved_error_is_told", "", "pytest-asyncio 1.5.0: the loop logs it, and the test passes"),
    ("fixture_may_hold_a_task_group", "", "https://github.com/pytest-dev/pytest-asyncio/issues/1191"),
    ("hanging_test_is_ended", "", "nobody looks at the time"),
)


def module(suite: Suite) -> Module:
    return _module(suite, "function")


def shared(suite: Suite) -> Module:
    return _module(suite, "module")


def on_each(suite: Suite) -> Module:
    return _module(suite, "function")


def _module(suite: Suite, scope: Scope) -> Module:
    fixtures = {name: pytest.fixture(one, scope=scope) for name, one in suite.fixtures.items()}
    given = {name: loop.new or asyncio.new_event_loop for name, loop in suite.loops.items()}
    default = len(given) == 1 and suite.loop.new is None
    return Module({**fixtures, **suite.tests}, options(scope), () if default else (Loops(given),))
