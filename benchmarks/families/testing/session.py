"""Pytest in a thread of this process, over a test module that stands in no file.

No loop runs in that thread, so that tests can start their own. Of pytest's own plugins those take part that find, set
up and run tests. What prints, captures and keeps is left out: it is the same whoever runs the tests.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from types import ModuleType

import pytest

from patterns.testing import Module

LEFT_OUT = (
    *("assertion", "cacheprovider", "capture", "doctest", "faulthandler", "junitxml"),
    *(
        "logging",
        "monkeypatch",
        "pastebin",
        "recwarn",
        "reports",
        "setuponly",
        "setupplan",
        "skipping",
        "stepwise",
        "subtests",
    ),
    *("terminal", "threadexception", "tmpdir", "unraisableexception", "warnings"),
)
HERE = Path(__file__).parent
MOST_SHOWN = 200  # characters of what pytest has printed
# No file of the folder at hand configures it, and no plugin loads itself because it is installed.
OPTIONS = ("-c", os.devnull, f"--rootdir={HERE}", "--noconftest", "--disable-plugin-autoload")


class PytestEndedError(Exception):
    """Pytest has ended before it ran the tests; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Told:
    """What pytest has told of the tests of a module."""

    reports: Sequence[pytest.TestReport]

    def passed(self, name: str) -> bool:
        """Whether a test was run, and everything that belongs to it has passed."""
        mine = self._of(name)
        return any(report.when == "call" for report in mine) and all(report.passed for report in mine)

    def failed(self, name: str) -> bool:
        """Whether something has failed that belongs to a test."""
        return any(report.failed for report in self._of(name))

    def text(self, name: str) -> str:
        """What is printed of that, as it is printed unless somebody asks for less."""
        return "\n".join(report.longreprtext for report in self._of(name) if report.failed)

    def end(self, name: str) -> str:
        """The last of that, for a message."""
        return self.text(name)[-MOST_SHOWN:]

    @property
    def ran(self) -> int:
        """How many bodies were run and have passed."""
        return sum(report.when == "call" and report.passed for report in self.reports)

    def _of(self, name: str) -> list[pytest.TestReport]:
        return [one for one in self.reports if one.nodeid.rpartition("::")[2].partition("[")[0] == name]


class _Given(pytest.Module):
    """A test module that is there already."""

    given: ModuleType

    def _getobj(self) -> ModuleType:
        return self.given


class _Runs:
    """The plugin that hands a module to pytest, and runs its tests whenever it is told to."""

    def __init__(self, contents: dict[str, object]) -> None:
        self.module = ModuleType("test_given")
        vars(self.module).update(contents)
        self.reports: list[pytest.TestReport] = []
        self.asked: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self.answers: SimpleQueue[Told | None] = SimpleQueue()
        self.tell: Callable[[], object] = lambda: None
        self.problem = ""

    def pytest_collection(self, session: pytest.Session) -> bool:
        """Instead of looking for files."""
        module = _Given.from_parent(session, path=HERE / "test_given.py")
        module.given = self.module
        session.items = list(session.genitems(module))
        session.testscollected = len(session.items)
        hook = session.config.hook
        hook.pytest_collection_modifyitems(session=session, config=session.config, items=session.items)
        hook.pytest_collection_finish(session=session)
        return True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """What cannot be collected is no test."""
        if report.failed:
            self.problem = report.longreprtext

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of running everything once; some plugins leave a wrapped function in an item, where it would stay."""
        functions = [(item, item.obj) for item in session.items if isinstance(item, pytest.Function) and not item.cls]
        following = (*session.items[1:], None)
        while not self.problem and (tell := self.asked.get()):
            self.reports, self.tell = [], tell
            for function, body in functions:
                function.obj = body
            for item, next_item in zip(session.items, following, strict=True):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=next_item)
            self.answers.put(Told(self.reports))
            tell()
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One phase of a test has ended."""
        self.reports.append(report)

    def pytest_internalerror(self, excrepr: object) -> None:
        """A plugin has failed."""
        self.problem = str(excrepr)


class Run:
    """What runs the tests that pytest has found, again and again."""

    def __init__(self, runs: _Runs) -> None:
        """Of those."""
        self._runs = runs

    def __call__(self) -> Told:
        """Run them all, and wait for that."""
        self.begin(lambda: None)
        return self.told()

    def begin(self, tell: Callable[[], object]) -> None:
        """Run them all; in pytest's thread ``tell`` is called when they have ended."""
        self._runs.asked.put(tell)

    def told(self) -> Told:
        """What was told of them; raises PytestEndedError if pytest has ended before."""
        if (told := self._runs.answers.get()) is None:
            raise PytestEndedError(self._runs.problem.strip().rpartition("\n")[2])
        return told


@contextmanager
def collected(module: Module) -> Iterator[Run]:
    """Start pytest over a module; yields what runs all its tests. Leaving ends pytest.

    Raises PytestEndedError if pytest does not get that far, or breaks.
    """
    runs = _Runs(dict(module.contents))
    left_out = [word for name in LEFT_OUT for word in ("-p", f"no:{name}")]

    def start() -> None:
        try:
            code = pytest.main([*OPTIONS, *left_out, *module.options], plugins=[runs, *module.plugins])
            runs.problem = runs.problem or (f"pytest ended with {code!r}" if code > 1 else "")
        except BaseException as error:
            runs.problem = repr(error)
        finally:
            runs.answers.put(None)
            if runs.problem:
                runs.tell()

    thread = threading.Thread(target=start, name="trial pytest")
    thread.start()
    try:
        yield Run(runs)
    finally:
        runs.asked.put(None)
        thread.join()
    if runs.problem:
        raise PytestEndedError(runs.problem.strip().rpartition("\n")[2])


def told(module: Module) -> Told:
    """Run the tests of a module once."""
    with collected(module) as run:
        return run()
