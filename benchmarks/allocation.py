"""How much measuring a comparison gets: presets, loops per block, rounds per launch."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

MIDDLE = 100  # the point of every scale axis at which verdicts are read


@dataclass(frozen=True, slots=True)
class Preset:
    """A bargain between time and certainty.

    ``seconds`` caps the run, ``points`` are the values of n. A comparison gets ``launches`` at the middle point, where
    verdicts are read, and ``launches_elsewhere`` at the others, which show growth. ``rounds`` is the most turns that a
    variant takes in a launch, ``slow_limit`` the longest block in seconds that is worth repeating. Secondary backends
    take part only in a preset that measures ``everywhere``, or when asked for by name. A preset that is not
    ``calibrated`` runs every variant once, with one loop. Before anything is measured, every safety property is tried
    under ``seeds`` schedules. ``extra`` is the share of the measuring time that goes to launches beyond the planned
    ones, where verdicts are open.
    """

    name: str
    seconds: float
    launches: int
    launches_elsewhere: int
    rounds: int
    points: tuple[int, ...]
    slow_limit: float
    everywhere: bool = False
    calibrated: bool = True
    seeds: int = 50
    extra: float = 0.25

    def launches_at(self, n: int) -> int:
        """How many launches a comparison at this point gets."""
        return self.launches if n == MIDDLE else self.launches_elsewhere

    def weight(self, n: int, variants: int, waits: bool = False) -> float:
        """A claim on the time that is left: by launches and variants, more at large n, where blocks are long.

        Half as much again at the middle point, so that verdicts get rounds that growth does not need; twice that
        where a workload ``waits`` for timers, because a block then takes ten times as long as what it measures.
        """
        return self.launches_at(n) * variants * math.pow(n, 0.2) * ((3.0 if waits else 1.5) if n == MIDDLE else 1)


# Ten launches are the fewest at which the exact interval can stay clear of the band after Holm's correction for a
# dozen alternatives: the smallest two-sided p of ten signs is 2/1024.
PRESETS = {
    preset.name: preset
    for preset in (
        Preset("smoke", 130, 1, 1, 1, (10,), 5.0, everywhere=True, calibrated=False, seeds=4, extra=0.0),
        Preset("quick", 460, 10, 10, 20, (100,), 0.05, seeds=10),
        Preset("standard", 1440, 10, 3, 25, (10, 100, 1000), 0.08, seeds=20, extra=0.35),
        Preset("thorough", 9000, 20, 20, 40, (1, 10, 100, 1000, 10_000), 1.0, everywhere=True, seeds=200),
    )
}

SHORTEST_BLOCK = 2e-3  # seconds; the fastest variant's block: longer than what lies between two blocks
LONGEST_WAIT = 0.02  # seconds of the wall's clock; a block that mostly waits is long enough then
WIDEST_SPREAD = 4  # times the fastest variant's block; beyond it a variant runs fewer loops
FEWEST_ROUNDS = 1


def choose_loops(
    per_loop: Mapping[str, float], walls: Mapping[str, float] | None = None, shortest: float = SHORTEST_BLOCK
) -> dict[str, int]:
    """Loops per block: the same for every variant, so that the fastest takes at least ``shortest`` seconds.

    ``per_loop`` maps a variant to the seconds of one loop, ``walls`` to what the loop takes on the wall's clock where
    the two differ: the fastest one's block then ends at ``LONGEST_WAIT``. A variant that would take more than
    ``WIDEST_SPREAD`` times the fastest one's block runs fewer loops, smaller by a power of two.
    """
    walls = walls or per_loop
    fastest = min(per_loop.values())
    wanted = min(shortest / fastest, LONGEST_WAIT / min(walls.values()))
    common = 2 ** max(0, math.ceil(math.log2(wanted)))
    longest = WIDEST_SPREAD * common * fastest
    longest_wait = WIDEST_SPREAD * common * min(walls.values())
    chosen = {}
    for label, seconds in per_loop.items():
        loops = common
        while loops > 1 and (loops * seconds > longest or loops * walls[label] > longest_wait):
            loops //= 2
        chosen[label] = loops
    return chosen


def choose_rounds(budget: float, round_seconds: float, most: int) -> int:
    """How many rounds fit in ``budget`` seconds if one takes ``round_seconds``, within the sensible range."""
    return max(FEWEST_ROUNDS, min(most, int(budget / round_seconds)))
