"""The tests and fixtures of a trial of ``patterns.testing``, which write down what becomes of them."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any, TypeVar

import trio

from benchmarks.families.testing.workloads import loop_here
from benchmarks.safety.trials import Trial, expect, listed, set_in_time
from patterns.testing import Fixture, Loop, Module, Suite, Test

if TYPE_CHECKING:
    from benchmarks.families.testing.session import Told

WAYS = ("module", "shared")  # of which a file offers one at least
PATIENCE = 5.0  # seconds: nobody hangs
ENOUGH = 4.0  # seconds of its own in which the tests of a trial have ended, unless they never do
NAMES = ("first", "second", "third")  # of fixtures
TURNS = 3  # that a body waits at most


class OrderError(Exception):
    """What a test raises on purpose."""


class OrderAbortError(BaseException):
    """The same, and no mere Exception."""


class DatabaseError(Exception):
    """What a fixture raises on purpose."""


class ServiceError(Exception):
    """What a task beside a test raises on purpose."""


Body = Callable[[], Coroutine[Any, Any, None]]


@dataclass
class Scene:
    """What is tested in a trial: bodies by the name of their test, and fixtures, each of which needs the one before.

    ``log`` is what has happened: ``first opens``, ``test_a runs``, ``test_a ends``, ``first closes``. ``loops`` are
    those on which something has run.
    """

    trial: Trial
    log: list[str] = field(default_factory=list)
    loops: dict[str, object] = field(default_factory=dict)

    async def wait(self) -> None:
        """Some turns of the loop at hand, as many as the seed draws."""
        await self.trial.hop(1 + self.trial.draw(TURNS))

    def note(self, what: str) -> None:
        """Write down what happens, and on which loop."""
        self.log.append(what)
        self.loops[what] = trio.lowlevel.current_trio_token() if self.trial.is_trio else asyncio.get_running_loop()

    def test(self, name: str, body: Body | None = None, fixture: str = "") -> Test:
        """A test that waits a little, and does what the body does; it asks for a fixture, or for none."""

        async def test(*given: object, **named: object) -> None:  # noqa: ARG001  it is asked for, and not looked at
            self.note(f"{name} runs")
            await self.wait()
            if body:
                await body()
            self.note(f"{name} ends")

        return asking_for(fixture, test)

    def fixture(self, name: str, before: str = "", opening: Body | None = None, closing: Body | None = None) -> Fixture:
        """A fixture that asks for the one before, and waits as it is opened and closed, and then does what is given."""

        async def fixture(*given: object, **named: object) -> AsyncGenerator[str, None]:  # noqa: ARG001
            await self.wait()
            if opening:
                await opening()
            self.note(f"{name} opens")
            try:
                yield name
            finally:
                await self.wait()
                self.note(f"{name} closes")
                if closing:
                    await closing()

        return asking_for(before, fixture)

    def chain(self, **options: Body) -> dict[str, Fixture]:
        """Three fixtures, each of which needs the one before; ``second_opening=`` is what the second one does then."""
        found: dict[str, Fixture] = {}
        for before, name in zip(("", *NAMES), NAMES, strict=False):
            opening, closing = (options.get(f"{name}_{when}") for when in ("opening", "closing"))
            found[name] = self.fixture(name, before, opening, closing)
        return found

    def told(
        self,
        tests: Mapping[str, Test],
        fixtures: Mapping[str, Fixture] | None = None,
        way: str = "",
        patience: float = PATIENCE,
        loops: Mapping[str, Loop] | None = None,
        beside: Mapping[str, object] | None = None,
    ) -> "Told":
        """What pytest tells of these tests, as a module that is made in that way, or in the first that there is.

        ``loops`` are others than the one at hand; ``beside`` is what stands in the module, too, by its name.
        """
        from benchmarks.families.testing.session import collected  # heavy, and whoever lists promises needs none of it

        suite = Suite(tests, fixtures or {}, loops or {"loop": loop_here()}, patience)
        module: Module = getattr(self.trial.module, way or self.ways[0])(suite)
        over = threading.Event()
        with collected(replace(module, contents={**module.contents, **(beside or {})})) as run:
            run.begin(over.set)
            expect(set_in_time(over, ENOUGH), f"after {ENOUGH:g} s the tests have not ended; {self}")
            return run.told()

    @property
    def ways(self) -> list[str]:
        """In which ways the alternative makes a module."""
        return [way for way in WAYS if hasattr(self.trial.module, way)]

    def __str__(self) -> str:
        """What has happened, for messages."""
        return listed(self.log, 9)


Asking = TypeVar("Asking", bound=Callable[..., object])


def asking_for(fixture: str, function: Asking) -> Asking:
    """The same function; pytest reads from its signature which fixture is wanted, if any."""
    wanted = [Parameter(fixture, Parameter.POSITIONAL_OR_KEYWORD)] if fixture else []
    setattr(function, "__signature__", Signature(wanted))  # noqa: B010  mypy knows no function that has one
    return function


def expect_passed(scene: Scene, told: "Told", name: str) -> None:
    """Expect that a test in which nothing goes wrong has passed."""
    expect(
        told.passed(name), f"{name} did not pass, in which nothing went wrong: {last_line(told.text(name))}; {scene}"
    )


def last_line(text: str) -> str:
    """The end of what pytest printed, which names the exception."""
    lines = [line for line in text.splitlines() if line.startswith("E  ")]
    return lines[-1][1:].strip() if lines else text.strip().rpartition("\n")[2] or "pytest says nothing of it"
