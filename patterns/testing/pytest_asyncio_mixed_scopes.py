"""`pytest_asyncio.fixture(scope="module")`: it gets the module's loop, its tests have their own.

Choose it when never: it is here because it looks right, and works until a lock, a queue or a connection of the fixture
has to wait.
It costs tests that hang, or fail with "attached to a different loop", long after they were written.
"""

from collections.abc import Callable
from typing import Any

import pytest
import pytest_asyncio

OPTIONS = (
    "-p",
    "pytest_asyncio.plugin",
    "-o",
    "asyncio_mode=strict",
    "-o",
    "asyncio_default_fixture_loop_scope=module",
)


def fixture_of_module(function: Callable[..., Any]) -> Callable[..., Any]:
    return pytest_asyncio.fixture(function, scope="module")


def asynchronous(function: Callable[..., Any]) -> Any:
    return pytest.mark.asyncio(function)


# --- how it fits the contract ---

from patterns.testing import Module, Suite

LIBRARY = "asyncio"
KIND = "trap"
REQUIRES = ("pytest-asyncio>=1.5",)
KNOWN_FAILURES = (("one_loop_or_told", "", "the loop of the fixture is the module's, and its tests have their own"),)


def shared(suite: Suite) -> Module:
    fixtures = {name: fixture_of_module(one) for name, one in suite.fixtures.items()}
    tests = {name: asynchronous(test) for name, test in suite.tests.items()}
    return Module({**fixtures, **tests}, OPTIONS)
