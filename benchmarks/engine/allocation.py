"""How much a launch does: loops per block, rounds per launch."""

import math
from collections.abc import Mapping

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
