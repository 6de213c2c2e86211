"""How tests are shared out among Pythons and processes.

What is dear to set up is set up once, and what takes long begins first. pytest-xdist has groups for this, but writes
them into the tests' names where pytest 9.2 does not look any more.
"""

from pathlib import Path, PurePosixPath

import pytest
from xdist.scheduler import LoadScopeScheduling

from benchmarks.safety.conformance import cores
from tests.compiled import compile_all, is_compiled
from tests.where import ROOT, here

# Modules that take ten seconds of a processor or more, the longest first; those whose families are units are no longer
# than the last of them. Whatever is not named comes after them.
LONG = (
    *("test_end_to_end", "test_planted_faults", "test_documents", "test_every_page", "test_killed", "test_scheduler"),
    *("test_damaged", "test_installed", "test_hostile", "test_mistakes", "test_in_browser", "test_script"),
    *("test_safety", "test_broken", "test_check", "test_resume", "test_engines", "test_environments"),
)
PER_FAMILY = ("tests/test_safety.py", "tests/test_broken.py")  # it is a family's tests that share something
PER_CORE = 2  # processes: half of their time tests wait, for a command, a server, or a limit that has to pass
SINGLE = ("tests/test_contracts.py",)  # whose many short tests share nothing, and fill the end


def unit(name: str) -> str:
    """What a test must stay together with, by its name: its module's tests, or those of its family."""
    path, _, rest = name.partition("::")
    if path in SINGLE:
        return name
    return f"{path} {rest.partition('[')[2]}" if path in PER_FAMILY else path


def turn(name: str) -> int:
    """When a test has its turn: the lower, the earlier."""
    path = name.partition("::")[0]
    stem = PurePosixPath(path).stem
    return len(LONG) + (path in SINGLE) if stem not in LONG else LONG.index(stem)


class Sharing(LoadScopeScheduling):  # type: ignore[misc]  # it is without types
    """Hands out units in the order of the tests."""

    def _split_scope(self, nodeid: str) -> str:
        return unit(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """What ``--numprocesses logical`` comes to."""
    return PER_CORE * cores()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Before there are several processes."""
    if not is_compiled():
        compile_all()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Sharing:
    """Whatever ``--dist`` says."""
    config.option.loadscopereorder = False
    return Sharing(config, log)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out what has its place on another Python."""
    ours = collection_path.is_relative_to(ROOT)
    return True if ours and not here(collection_path.relative_to(ROOT).as_posix()) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring the tests into their order."""
    items.sort(key=lambda item: turn(item.nodeid))
