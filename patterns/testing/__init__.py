"""Test async code so that failures show.

A suite is what a program wants to be tested: coroutine functions, each a test, and the fixtures that they use, async
generator functions that yield once, in ``try`` and ``finally``. A fixture gets what the one before has yielded, and a
test what the last one has: its only parameter has that fixture's name. ``module(suite)`` says what stands in the test
module that pytest is to run, such as the same functions with marks, classes, or plain tests that run them. There, each
test has fixtures of its own. In ``shared(suite)`` the fixtures live as long as the module, and all tests run on one
loop; in ``on_each(suite)`` each test runs once on each of the suite's loops. A file may offer any of the three.

Everybody relies on these: who breaks one is unsafe, however fast.

- A test has passed only if its body came to its end. What it raises is told, and other tests run all the same.
- The fixtures of a test are opened in order before it, and closed in reverse order after it, whether it passes or
  fails. A closing may wait. Plain fixtures, which are not async, are among them.
- A fixture that cannot be opened, or fails to close, makes its test fail with that error. The test does not run without
  its fixtures, and those that were open are closed.
- A fixture and its test run on one loop, or it is told: what is bound to one loop is not used on another in silence.
  A test that is to run on each of several loops does.
- When the tests have ended their loops are closed, and so are the async generators that they have left open; tasks that
  they have left come to their end before. Nothing is left behind, and nothing complains.

Most programs need these, so that they are ticked until a reader unticks one. My program ...

- has fixtures that set a context variable for their test (``context``): the test finds it set, and its fixture can
  reset it.
- has tests that leave something behind which no other test may see (``apart``): a task, a timer, a context variable or
  a thread at work of one test is not there in the next. It is asked of ``module`` alone: who shares a loop shares what
  is on it.

Some need these, and tick them. My program ...

- has tests that a cancellation may leave (``cancellation``): such as one that awaits a task which was cancelled. The
  test fails, and its fixtures are closed in reverse all the same. One that was caught keeps nothing from running.
- starts tasks, and a test that leaves one running must fail (``leaks``): it fails by itself, not whichever test runs
  when the task is collected. Those that a fixture started, and has ended, are no leak.
- starts tasks, and a test must fail if one of them has failed (``unobserved``): also if nobody ever looks at the task,
  and no other test fails for it.
- has fixtures that hold a task group for their test (``scopes``): it can be opened before the test and left after it,
  and if a child fails the test is ended at once.
- has tests that may hang (``hangs``): one is ended when it has taken too long, and the line where it hung is told.

Nobody is held to, but it is disclosed: whether a call that blocks the loop is noticed, which blockbuster and pyleak are
for; whether tests run side by side; and what a plugin does to tests that are not async. ``pytest-timeout`` ends any
test, but it needs the main thread for that, or ends the whole process, so that it cannot be asked here.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

GROUP = "inside frameworks"
NEIGHBOURS = (
    ("lifecycle", "start and stop in the program what fixtures start and stop for a test"),
    ("timeouts", "end what takes too long in the program, too"),
    ("resources", "open and close in the program what fixtures open for a test"),
)
NEEDS = (
    ("context", "has fixtures that set a context variable for their test", True),
    ("apart", "has tests that leave something behind which no other test may see", True),
    ("cancellation", "has tests that a cancellation may leave", False),
    ("leaks", "starts tasks, and a test that leaves one running must fail", False),
    ("unobserved", "starts tasks, and a test must fail if one of them has failed", False),
    ("scopes", "has fixtures that hold a task group for their test", False),
    ("hangs", "has tests that may hang", False),
)

Test = Callable[..., Coroutine[Any, Any, None]]
Fixture = Callable[..., AsyncGenerator[Any, None]]
NewLoop = Callable[[], asyncio.AbstractEventLoop]


@dataclass(frozen=True, slots=True)
class Loop:
    """On what tests run: ``new`` makes a loop of asyncio's kind; without it, it is the library's own."""

    library: Literal["asyncio", "trio"]
    new: NewLoop | None = None


@dataclass(frozen=True, slots=True)
class Suite:
    """What is to be tested: tests and fixtures by name, in order, and loops by name, one unless it is for ``on_each``.

    ``patience`` is the seconds that a test may take. Every function belongs to this suite alone, and may be marked.
    """

    tests: Mapping[str, Test]
    fixtures: Mapping[str, Fixture]
    loops: Mapping[str, Loop]
    patience: float = 5.0

    @property
    def loop(self) -> Loop:
        """The only loop; ValueError if there are several."""
        (loop,) = self.loops.values()
        return loop


@dataclass(frozen=True, slots=True)
class Module:
    """A test module: what stands in it by name, the ``options`` of pytest's command line, and objects with hooks.

    ``plugins`` are what a ``conftest.py`` would register, or hold.
    """

    contents: Mapping[str, object]
    options: tuple[str, ...] = ()
    plugins: tuple[object, ...] = ()


class Family(Protocol):
    """What a module of this family defines: any of these."""

    def module(self, suite: Suite) -> Module:
        """Make a test module in which each test has fixtures of its own."""

    def shared(self, suite: Suite) -> Module:
        """Make one in which all tests share their fixtures and a loop."""

    def on_each(self, suite: Suite) -> Module:
        """Make one in which each test runs on each of the loops."""
