"""What the system does not allow is told before a run begins, and is nobody's fault."""

import errno
import math
from pathlib import Path

import pytest

from benchmarks.engine import limits
from benchmarks.engine.limits import TooLittleError, check_limits, refused
from benchmarks.engine.worker import state_of

resource = pytest.importorskip("resource")


class Limits:
    """Limits of a system that does not exist, by name: soft and hard."""

    RLIM_INFINITY, RLIMIT_NOFILE, RLIMIT_AS, RLIMIT_NPROC = -1, "files", "addresses", "processes"

    def __init__(self, **found: tuple[int, int]) -> None:
        """What is not named is unlimited."""
        self.found: dict[str, tuple[int, int]] = found

    def getrlimit(self, which: str) -> tuple[int, int]:
        """The soft and the hard one."""
        return self.found.get(which, (-1, -1))

    def setrlimit(self, which: str, pair: tuple[int, int]) -> None:
        """Change them."""
        self.found[which] = pair


@pytest.fixture(autouse=True)
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that limits nothing but what a test says."""
    monkeypatch.setattr(limits, "_left_to_user", lambda: math.inf)
    monkeypatch.setattr(limits, "_left_to_group", lambda: math.inf)


@pytest.mark.parametrize(
    ("found", "line"),
    [
        ({"files": (40, 40)}, "a process may open 40 files here, 164 are needed: ulimit -n 164"),
        (
            {"addresses": (2**28, 2**28)},
            "a process may have 256 MiB of addresses here, 600 are needed: ulimit -v unlimited",
        ),
    ],
)
def test_a_limit_that_is_too_low_is_told_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, found: dict[str, tuple[int, int]], line: str
) -> None:
    """Before anything is measured: an alternative that cannot get a file would look broken."""
    monkeypatch.setattr(limits, "resource", Limits(**found))

    with pytest.raises(TooLittleError, match=f"^{line}$"):
        check_limits(50, tmp_path)


def test_a_soft_limit_is_raised_as_far_as_the_system_lets_us(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody has to type what a program may do itself."""
    system = Limits(files=(40, 1000))
    monkeypatch.setattr(limits, "resource", system)

    check_limits(50, tmp_path)

    assert system.found["files"] == (164, 1000)


def test_too_few_processes_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A container has few."""
    monkeypatch.setattr(limits, "_left_to_group", lambda: 10)

    with pytest.raises(TooLittleError, match=r"^10 more processes are allowed here, 74 are needed: "):
        check_limits(50, tmp_path)


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of the folder that does not exist yet, too."""
    monkeypatch.setattr(limits, "_disk_left", lambda _: 2**20)

    with pytest.raises(TooLittleError, match=f"^1 MiB are left on the disk of {tmp_path}/new, 4 are needed: "):
        check_limits(1, tmp_path / "new")


@pytest.mark.parametrize("number", ["ENFILE", "EAGAIN", "ENOMEM", "ENOSPC"])
def test_what_the_machine_refuses_is_nobodys_failure(number: str) -> None:
    """The row says so, and is no failure; a file of its own too many is the alternative's."""
    error = OSError(getattr(errno, number), "no")

    assert (refused(error), refused(OSError(errno.EMFILE, "no"))) == (True, False)
    assert state_of(error) == ("not here", f"the machine refused it: {type(error).__name__}: {error}")
    assert state_of(ExceptionGroup("", [error]))[0] == "not here"
