"""What stands in for an alternative of ``patterns.testing``: plain tests and fixtures, as for code that is not async.

The tests of the workloads wait for nothing, so that a single step by hand is all that they need.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from functools import wraps
from typing import Any

from benchmarks.plan.nothing import Nothing
from patterns.testing import Fixture, Module, Suite, Test


def _by_hand(waiting: Awaitable[Any]) -> Any:
    try:
        waiting.__await__().__next__()
    except StopIteration as done:
        return done.value
    raise RuntimeError("it waits for something, and there is no loop")


def _test(test: Test) -> Callable[..., None]:
    @wraps(test)
    def plain(**given: Any) -> None:
        _by_hand(test(**given))

    return plain


def _fixture(fixture: Fixture) -> Callable[..., Iterator[Any]]:
    @wraps(fixture)
    def plain(**given: Any) -> Iterator[Any]:
        opened = fixture(**given)
        yield _by_hand(anext(opened))
        with suppress(StopAsyncIteration):
            _by_hand(anext(opened))

    return plain


def _module(suite: Suite, scope: Any = "function") -> Module:
    import pytest  # heavy, and whoever makes a plan needs none of it

    fixtures = {name: pytest.fixture(_fixture(one), scope=scope) for name, one in suite.fixtures.items()}
    return Module({**fixtures, **{name: _test(test) for name, test in suite.tests.items()}})


class Offers:
    """What the workloads need."""

    module = staticmethod(_module)

    @staticmethod
    def shared(suite: Suite) -> Module:
        """All tests share their fixtures."""
        return _module(suite, "module")

    @staticmethod
    def on_each(suite: Suite) -> Module:
        """Each test runs as often as there are loops."""
        import pytest

        again = pytest.mark.parametrize("loop", suite.loops)
        tests: dict[str, object] = {}
        for name, test in suite.tests.items():
            plain = _test(test)

            def with_loop(loop: str, plain: Callable[[], None] = plain) -> None:  # noqa: ARG001  there is none
                plain()

            tests[name] = again(with_loop)
        return Module(tests)


PLAIN = Nothing("plain tests, for code that is not async", Offers)
NOTHING = dict.fromkeys(("empty", "one_fixture", "five_fixtures", "shared", "on_each", "session"), PLAIN)
