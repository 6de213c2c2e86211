"""`pytest.mark.anyio`: AnyIO's plugin for pytest, on asyncio, uvloop and Trio alike.

Choose it when the code runs on several loops, or fixtures hold task groups: a fixture and its test share a task. It
comes with AnyIO, which many programs have already. An error that nobody has looked at makes the test fail.
It costs a loop per test, which is kept as long as a fixture of a wider scope needs it, and a stream to the task that
all of them run in; on Trio a thread, too, which waits for the loop. A task that outlives its test passes. If a child of
a fixture's task group fails, everything hangs.
"""

from collections.abc import Mapping
from typing import Any, Literal

import pytest

OPTIONS = ("-p", "anyio.pytest_plugin")
pytestmark = pytest.mark.anyio
Options = dict[str, Any]  # of anyio.run: {"use_uvloop": True}, {"loop_factory": ...}


def backend(name: str, options: Options) -> Any:
    """The fixture `anyio_backend`, which says on what tests run."""

    @pytest.fixture(name="anyio_backend")
    def one() -> tuple[str, Options]:
        return name, options

    return one


def backends(all_of_them: Mapping[str, tuple[str, Options]], scope: Literal["function", "module"] = "module") -> Any:
    """The same for several; a wider scope than a test's is needed by fixtures that have one."""

    @pytest.fixture(name="anyio_backend", params=all_of_them.values(), ids=tuple(all_of_them), scope=scope)
    def each(request: pytest.FixtureRequest) -> Any:
        return request.param

    return each


# --- how it fits the contract ---

from patterns.testing import Loop, Module, Suite

LIBRARY = "anyio"
KIND = "package"
KNOWN_FAILURES = (
    ("unobserved_error_is_told", "", "an eager task that fails at once is told when it is collected", "asyncio-eager"),
    ("closed_when_cancelled", "", "AnyIO 4.16.0: it ends the task that would close fixtures", "asyncio*"),
    ("closed_when_cancelled", "", "AnyIO 4.16.0: it ends the task that would close fixtures", "uvloop"),
    (
        "fixture_may_hold_a_task_group",
        "",
        "AnyIO 4.16.0: when a child fails, whoever closes the fixture waits for ever",
    ),
    ("leaked_task_is_told", "", "AnyIO 4.16.0: its runner cancels what is left, and says nothing"),
    ("hanging_test_is_ended", "", "nobody looks at the time"),
)


def module(suite: Suite) -> Module:
    fixtures = {name: pytest.fixture(one) for name, one in suite.fixtures.items()}
    chosen = {"anyio_backend": backend(*_asked(suite.loop))}
    return Module({"pytestmark": pytestmark, **chosen, **fixtures, **suite.tests}, OPTIONS)


def shared(suite: Suite) -> Module:
    fixtures = {name: pytest.fixture(one, scope="module") for name, one in suite.fixtures.items()}
    return Module({**on_each(suite).contents, **fixtures}, OPTIONS)


def on_each(suite: Suite) -> Module:
    chosen = backends({name: _asked(loop) for name, loop in suite.loops.items()})
    return Module({"pytestmark": pytestmark, "anyio_backend": chosen, **suite.tests}, OPTIONS)


def _asked(loop: Loop) -> tuple[str, Options]:
    return loop.library, {"loop_factory": loop.new} if loop.new else {}
