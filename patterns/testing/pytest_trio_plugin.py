"""`pytest.mark.trio`: pytest-trio runs a test, and the tasks of its fixtures, in one `trio.run`.

Choose it when the program runs on Trio: fixtures may hold nurseries, and if a child of one fails the test is ended. It
has a clock that leaps, for tests that wait.
It costs a run of Trio per test, and a task and a nursery per fixture. Fixtures live for one test; what fails in one is
told as a failure of the test. Nobody looks at the time.
"""

from collections.abc import Callable
from typing import Any

import pytest

OPTIONS = ("-p", "pytest_trio.plugin")


def of_trio(test: Callable[..., Any]) -> Any:
    """Its async fixtures are pytest's own, and need no mark."""
    return pytest.mark.trio(test)


# --- how it fits the contract ---

from patterns.testing import Module, Suite

LIBRARY = "trio"
KIND = "package"
REQUIRES = ("pytest-trio>=0.8",)
KNOWN_FAILURES = (
    ("leaked_task_is_told", "", "Trio cancels system tasks when its main task ends, and says nothing"),
    ("hanging_test_is_ended", "", "nobody looks at the time"),
)


def module(suite: Suite) -> Module:
    fixtures = {name: pytest.fixture(one) for name, one in suite.fixtures.items()}
    tests = {name: of_trio(test) for name, test in suite.tests.items()}
    return Module({**fixtures, **tests}, OPTIONS)
