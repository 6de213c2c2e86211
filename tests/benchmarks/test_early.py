"""Pages while a run goes on: drawn between comparisons, seldom enough, and no reason for a run to fail."""

import sys
from pathlib import Path

import pytest

from benchmarks import early
from benchmarks.early import EarlyPages
from benchmarks.engine.patience import Clock

DRAWS = "import sys; open(sys.argv[1] + '/drawn', 'a').write('x'); print('drawing'); print('file:///pages')"


class Hands(Clock):
    """A clock that only moves by hand, and by a second whenever somebody looks."""

    def __init__(self) -> None:
        """It is early."""
        super().__init__()
        self.time = 0.0

    def now(self) -> float:
        """A second later than the last time."""
        self.time += 1
        return self.time


@pytest.fixture(name="clock")
def fixture_clock(monkeypatch: pytest.MonkeyPatch) -> Hands:
    """The clock by which the pages are drawn."""
    clock = Hands()
    monkeypatch.setattr(early, "CLOCK", clock)
    return clock


def times_drawn(folder: Path) -> int:
    """How often the command has run."""
    return len((folder / "drawn").read_text()) if (folder / "drawn").exists() else 0


def test_pages_are_drawn_once_something_is_measured(tmp_path: Path, clock: Hands) -> None:
    """Not before; their address is said the first time, and no other time."""
    said: list[str] = []
    pages = EarlyPages([sys.executable, "-c", DRAWS], tmp_path, said.append)

    pages.follow(0, 900)
    assert (times_drawn(tmp_path), said) == (0, [])
    pages.follow(1, 900)
    assert (times_drawn(tmp_path), said) == (1, ["first pages, still measuring: file:///pages"])
    clock.time += 1000
    pages.follow(2, 900)
    assert (times_drawn(tmp_path), len(said)) == (2, 1)


def test_drawing_takes_a_twentieth_of_a_run_at_most(tmp_path: Path, clock: Hands) -> None:
    """The next time comes when twenty times as much has passed as drawing took, which is a second by this clock."""
    pages = EarlyPages([sys.executable, "-c", DRAWS], tmp_path, print)

    pages.follow(1, 900)
    ended = clock.time
    while times_drawn(tmp_path) == 1:
        pages.follow(2, 900)
    assert clock.time - ended == early.SHARE + 2  # it looks when it begins and when it has ended


def test_pages_that_are_about_to_come_are_waited_for(tmp_path: Path, clock: Hands) -> None:
    """What is left must be long enough for a drawing, which took a second the first time."""
    pages = EarlyPages([sys.executable, "-c", DRAWS], tmp_path, print)
    drawn = []
    for left in (early.SHARE * early.USUAL - 1, early.SHARE * early.USUAL, early.SHARE - 1, early.SHARE):
        clock.time += 1000
        pages.follow(1, left)
        drawn.append(times_drawn(tmp_path))

    assert drawn == [0, 1, 1, 2]


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        ([sys.executable, "-c", "import sys; sys.exit('reports: no room')"], "reports: no room"),
        ([sys.executable, "-c", "raise SystemExit(3)"], f"{sys.executable} ended with 3"),
        (["no-such-program"], "[Errno 2] No such file or directory: 'no-such-program'"),
    ],
)
def test_what_cannot_draw_is_said_once_and_left_alone(
    tmp_path: Path, clock: Hands, command: list[str], fault: str
) -> None:
    """The run goes on without pages."""
    said: list[str] = []
    pages = EarlyPages(command, tmp_path, said.append)

    pages.follow(1, 900)
    clock.time += 1000
    pages.follow(2, 900)
    assert said == [f"no pages before the run ends: {fault}"]


def test_without_a_command_nothing_is_drawn(tmp_path: Path) -> None:
    """As when a run is started by itself."""
    said: list[str] = []

    EarlyPages([], tmp_path, said.append).follow(1, 900)

    assert said == []
