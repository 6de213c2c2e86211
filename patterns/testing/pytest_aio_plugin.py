"""`pytest_aio`: async tests and fixtures without a mark, on asyncio, Trio or Curio.

Choose it when tests run on several libraries that you do not use through AnyIO.
It costs a loop per test, and on Trio one per fixture, too: a fixture that was opened in one run is closed in another.
Nobody looks for tasks that are left, or for errors nobody has looked at.
"""

from collections.abc import Mapping
from typing import Any

import pytest

OPTIONS = ("-p", "pytest_aio.plugin")


def aiolib(loops: Mapping[str, tuple[str, dict[str, Any]]]) -> Any:
    """The fixture `aiolib`, which says on what tests run."""

    @pytest.fixture(name="aiolib", params=loops.values(), ids=tuple(loops), scope="module")
    def each(request: pytest.FixtureRequest) -> Any:
        return request.param

    return each


# --- how it fits the contract ---

from patterns.testing import Loop, Module, Suite

LIBRARY = "any"
KIND = "package"
REQUIRES = ("pytest-aio>=2.1.7",)
KNOWN_FAILURES = (
    ("leaked_task_is_told", "", "pytest-aio 2.1.7: its runner cancels what is left, and says nothing"),
    ("unobserved_error_is_told", "", "pytest-aio 2.1.7: the loop logs it, and the test passes", "asyncio*"),
    ("unobserved_error_is_told", "", "pytest-aio 2.1.7: the loop logs it, and the test passes", "uvloop"),
    ("one_loop_or_told", "", "pytest-aio 2.1.7: each fixture has a run of Trio of its own", "trio"),
    (
        "fixture_may_hold_a_task_group",
        "",
        "pytest-aio 2.1.7: each step runs in a task of its own, on Trio in its own run",
    ),
    ("hanging_test_is_ended", "", "nobody looks at the time"),
)


def module(suite: Suite) -> Module:
    fixtures = {name: pytest.fixture(one) for name, one in suite.fixtures.items()}
    return Module({**on_each(suite).contents, **fixtures}, OPTIONS)


def on_each(suite: Suite) -> Module:
    chosen = aiolib({name: _asked(loop) for name, loop in suite.loops.items()})
    return Module({"aiolib": chosen, **suite.tests}, OPTIONS)


def _asked(loop: Loop) -> tuple[str, dict[str, Any]]:
    return loop.library, {"loop_factory": loop.new} if loop.new else {}
