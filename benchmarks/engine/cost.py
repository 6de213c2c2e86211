"""What measuring costs beside the blocks themselves, in seconds: one account, which learns from the last launches."""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """``start`` is a process that imports before its first turn, ``worker`` each variant in it.

    A worker is forked, warmed up, and hands over what it measured. ``gap`` lies between two blocks: collecting garbage,
    starting and closing a loop, passing the turn. ``block`` is what a block takes of which nothing is known yet, with
    its untimed calls, ``waiting`` one that waits for timers, and ``long`` one where a workload allows long blocks.
    ``growing`` is all that a row of the plan costs at a point that shows growth, whether or not it is measured there.
    """

    start: float = 0.3
    worker: float = 0.02
    gap: float = 1.2e-3
    block: float = 6e-3
    waiting: float = 40e-3
    long: float = 0.12
    growing: float = 0.25

    def of_starting(self, workers: int, sharing: int = 1) -> float:
        """A launch beside its rounds, when ``sharing`` comparisons share its process."""
        return self.start / sharing + self.worker * workers

    def of_round(self, walls: Iterable[float]) -> float:
        """A round: a block of each variant, which takes so many seconds of the wall's clock."""
        return sum(wall + self.gap for wall in walls)

    def of_launch(self, walls: Mapping[str, float], rounds: int) -> float:
        """A whole launch: its start, its workers, the rounds."""
        return self.of_starting(len(walls)) + rounds * self.of_round(walls.values())

    def towards(self, seen: "Cost") -> "Cost":
        """What to expect next: as much of what was expected as of what was seen."""
        return Cost(*((before + now) / 2 for before, now in zip(astuple(self), astuple(seen), strict=True)))


COST = Cost()  # of the first launch, of which nothing is known yet
