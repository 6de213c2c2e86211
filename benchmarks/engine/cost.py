"""What measuring costs beside the blocks themselves, in seconds: one account, for whoever shares out a budget."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """``start`` is a process that imports before its first turn, ``worker`` each variant in it.

    ``gap`` lies between two blocks: collecting garbage, starting and closing a loop, passing the turn.
    `studies.engine_cost` measures them. ``block`` is what a block takes of which nothing is known yet, with its untimed
    calls, and ``waiting`` one that waits for timers.
    """

    start: float = 0.17
    worker: float = 0.006
    gap: float = 0.9e-3
    block: float = 5e-3
    waiting: float = 40e-3

    def of_starting(self, workers: int, sharing: int = 1) -> float:
        """Before the first turn of a launch, when ``sharing`` comparisons share its process."""
        return self.start / sharing + self.worker * workers

    def of_round(self, walls: Iterable[float]) -> float:
        """A round: a block of each variant, which takes so many seconds of the wall's clock."""
        return sum(wall + self.gap for wall in walls)

    def of_launch(self, walls: Mapping[str, float], rounds: int) -> float:
        """A whole launch: starting it, warming up by half a block each, the rounds."""
        return self.of_starting(len(walls)) + (rounds + 0.5) * self.of_round(walls.values())


COST = Cost()
