"""`blockbuster_ctx` around each test, beside pytest-asyncio: a call that blocks the loop raises.

Choose it when a test must fail that sleeps, reads a file or asks a socket on the loop's thread: it names the call.
It costs some hundred functions of the standard library that are wrapped, and a look at the stack whenever one of them
is called in a coroutine. Of tasks and errors it sees nothing.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping

import pytest
from blockbuster import blockbuster_ctx

OPTIONS = (
    *("-p", "pytest_asyncio.plugin", "-o", "asyncio_mode=auto"),
    *("-o", "asyncio_default_fixture_loop_scope=function"),
)


@pytest.fixture(autouse=True)
def blockbuster() -> Iterator[None]:
    with blockbuster_ctx():
        yield


class Loops:
    """Put its method into `conftest.py`: each test runs on each of these loops."""

    def __init__(self, loops: Mapping[str, Callable[[], asyncio.AbstractEventLoop]]) -> None:
        self.loops = loops

    def pytest_asyncio_loop_factories(self) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
        return self.loops


# --- how it fits the contract ---

from patterns.testing import Module, Suite

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("pytest-asyncio>=1.5", "blockbuster>=1.5.29")
KNOWN_FAILURES = (
    ("leaked_task_is_told", "", "pytest-asyncio 1.5.0: its runner cancels what is left, and says nothing"),
    ("unobserved_error_is_told", "", "pytest-asyncio 1.5.0: the loop logs it, and the test passes"),
    ("fixture_may_hold_a_task_group", "", "https://github.com/pytest-dev/pytest-asyncio/issues/1191"),
    ("hanging_test_is_ended", "", "nobody looks at the time"),
)


def module(suite: Suite) -> Module:
    fixtures = {name: pytest.fixture(one) for name, one in suite.fixtures.items()}
    contents = {"blockbuster": blockbuster, **fixtures, **suite.tests}
    return Module(contents, OPTIONS, (Loops({"loop": suite.loop.new}),) if suite.loop.new else ())
