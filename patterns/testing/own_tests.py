"""Our own best for asyncio: hooks by which what goes wrong beside a test makes it fail.

Choose it when failures must show: a task that outlives its test, an error that nobody has looked at, and a test that
hangs are told with the place. A test and its fixtures share a task, so that groups, scopes and context variables span
them; each test has a loop, but for those whose fixtures live longer. The hooks are for `conftest.py`.
It costs these lines in your project. What a test leaves on a loop that a wider fixture holds is told when that ends.
"""

import asyncio
import gc
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any

import pytest

NewLoop = Callable[[], asyncio.AbstractEventLoop]


class BesideTestError(Exception):
    """Something went wrong that no test was waiting for."""


class AsyncTests:
    """Register it: `config.pluginmanager.register(AsyncTests())` in `pytest_configure`."""

    def __init__(self, seconds: float = 60.0, new_loop: NewLoop = asyncio.new_event_loop) -> None:
        self._seconds = seconds
        self._new_loop = new_loop
        self._loop: _OneTask | None = None
        self._users = 0

    def on_each(self, loops: Mapping[str, NewLoop]) -> Any:
        """Make a fixture by which each test of its module, or below its `conftest.py`, runs on each of these loops."""

        @pytest.fixture(autouse=True, params=tuple(loops.values()), ids=tuple(loops))
        def loop(request: pytest.FixtureRequest) -> Iterator[None]:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(self, "_new_loop", request.param)
                yield

        return loop

    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> None:
        if isasyncgenfunction(fixturedef.func):  # not yet a plain one, which pytest opens and closes as any other
            setattr(fixturedef, "func", self._opened(fixturedef.func))  # noqa: B010  declared as final

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        if not iscoroutinefunction(pyfuncitem.obj):
            return None
        asked = pyfuncitem._fixtureinfo.argnames  # noqa: SLF001  as pytest's own hook does
        given = {name: pyfuncitem.funcargs[name] for name in asked}
        with self._in_use() as loop:
            loop.run(self._in_time(pyfuncitem.obj, given, loop))
            loop.raise_errors()
        return True

    def _opened(self, fixture: Callable[..., AsyncGenerator[Any, None]]) -> Callable[..., Iterator[Any]]:
        def opened(**given: Any) -> Iterator[Any]:
            with self._in_use() as loop:
                context = asynccontextmanager(fixture)(**given)
                yield loop.run(context.__aenter__())
                loop.run(context.__aexit__(None, None, None))

        return opened

    @contextmanager
    def _in_use(self) -> Iterator["_OneTask"]:
        if self._loop is None:
            self._loop = _OneTask(self._new_loop())
        self._users += 1
        try:
            yield self._loop
        finally:
            self._users -= 1
            if not self._users:
                loop, self._loop = self._loop, None
                loop.close()

    async def _in_time(self, test: Callable[..., Awaitable[None]], given: dict[str, Any], loop: "_OneTask") -> None:
        loop.heed()
        async with asyncio.timeout(self._seconds):
            await test(**given)


class _OneTask:
    """A loop, and a task of it in which everything runs."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._errors: list[Exception] = []
        loop.set_exception_handler(lambda _, told: self._note(told.get("exception") or told["message"]))
        self._next: asyncio.Future[Awaitable[Any] | None] = loop.create_future()
        self._done: asyncio.Future[Any]
        self._interrupted = False
        self._task = loop.create_task(self._work())

    def heed(self) -> None:
        """Refuse the test that begins if a group that a fixture holds has failed before it, and is not left yet."""
        if self._interrupted and self._task.cancelling():
            raise BesideTestError("what a fixture holds has failed before the test began")
        self._interrupted = False

    def run(self, awaitable: Awaitable[Any]) -> Any:
        self._done = self._loop.create_future()
        self._waited_for().set_result(awaitable)
        return self._loop.run_until_complete(self._done)

    def raise_errors(self) -> None:
        if self._loop.get_task_factory():
            gc.collect(1)  # an eager task that failed at once is part of a cycle, and complains when it is collected
        if errors := self._errors:
            self._errors = []
            raise ExceptionGroup("it went wrong beside the test", errors)

    def close(self) -> None:
        self._waited_for().set_result(None)  # its task ends before another one begins
        try:
            self._loop.run_until_complete(self._end())
        finally:
            self._loop.close()
        self.raise_errors()

    async def _work(self) -> None:
        while True:
            try:
                awaitable = await self._waited_for()
            except asyncio.CancelledError:
                self._interrupted = True  # a fixture's group has failed between two steps, and says why when it is left
                continue
            if awaitable is None:
                return
            done, self._next = self._done, self._loop.create_future()
            try:
                done.set_result(await awaitable)
            except BaseException as error:
                done.set_exception(error)
            del awaitable, done

    def _waited_for(self) -> "asyncio.Future[Awaitable[Any] | None]":
        if self._next.cancelled():
            self._next = self._loop.create_future()
        return self._next

    async def _end(self) -> None:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            self._note(f"a task was left running: {_place(task)}")
            task.cancel()
        for result in await asyncio.gather(*left, return_exceptions=True):
            if isinstance(result, Exception):
                self._note(result)
        await self._loop.shutdown_asyncgens()
        await self._loop.shutdown_default_executor()

    def _note(self, seen: BaseException | str) -> None:
        self._errors.append(seen if isinstance(seen, Exception) else BesideTestError(str(seen)))


def _place(task: "asyncio.Task[Any]") -> str:
    frames = task.get_stack()
    where = f" in {frames[-1].f_code.co_filename}:{frames[-1].f_lineno}" if frames else ""
    return f"{task.get_name()}, {getattr(task.get_coro(), '__qualname__', task.get_coro())}{where}"


# --- how it fits the contract ---

from patterns.testing import Module, Suite

LIBRARY = "asyncio"
KIND = "own"


def module(suite: Suite) -> Module:
    return _module(suite, {name: pytest.fixture(one) for name, one in suite.fixtures.items()})


def shared(suite: Suite) -> Module:
    return _module(suite, {name: pytest.fixture(one, scope="module") for name, one in suite.fixtures.items()})


def on_each(suite: Suite) -> Module:
    plugin = AsyncTests(suite.patience)
    loops = {name: loop.new or asyncio.new_event_loop for name, loop in suite.loops.items()}
    fixtures = {name: pytest.fixture(one) for name, one in suite.fixtures.items()}
    return Module({"loop": plugin.on_each(loops), **fixtures, **suite.tests}, plugins=(plugin,))


def _module(suite: Suite, fixtures: dict[str, Any]) -> Module:
    plugin = AsyncTests(suite.patience, suite.loop.new or asyncio.new_event_loop)
    return Module({**fixtures, **suite.tests}, plugins=(plugin,))
