"""How much a launch does: calls that nobody times, loops per block, rounds per launch."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from statistics import median

from results.labels import parsed

SHORTEST_BLOCK = 4e-3  # seconds; the fastest variant's block: longer than the gap and the untimed calls before it
SHORT = 0.75  # of that is too short where it was tried: less is a look that was disturbed
LONGEST_WAIT = 0.02  # seconds of the wall's clock; a block that mostly waits is long enough then
WIDEST_SPREAD = 4  # times the fastest variant's block; beyond it a variant runs fewer loops
STICKY = 1.25  # times that: who lies just beyond keeps the loops of the others
FEWEST_ROUNDS = 1
LOOKS = 3  # at a variant's calls, where they are short; the median counts
LONG_CALL = 5e-3  # seconds of the wall's clock: here one look is enough, and one call that nobody times
SETTLED = 0.01  # a call that is slower than later ones by no more than this share is as fast as they get


@dataclass(frozen=True, slots=True)
class Group:
    """So many calls in a row: what one of them took by the workload's clock, and by the wall's."""

    calls: int
    seconds: float
    wall: float


Look = Sequence[Group]  # the calls of one block, from the first on: groups of 1, 1, 2, 4, 8, ...


@dataclass(frozen=True, slots=True)
class Call:
    """One call once it has settled, in seconds by both clocks, and how many before it nobody times."""

    seconds: float
    wall: float
    untimed: int


def another_look(looks: Sequence[Look], limit: float) -> bool:
    """Whether a variant is looked at again: where that is cheap, or may bring a call below ``limit`` seconds.

    A disturbed look would cost it its loops, or its place, in every launch.
    """
    if not looks:
        return True
    wall = min(look[-1].wall for look in looks)
    return wall < LONG_CALL or (len(looks) == 1 and (wall < 4 * LONG_CALL or limit < wall < 4 * limit))


def settled(looks: Sequence[Look], limit: float) -> Call:
    """What several looks at a variant say of one of its calls; the shortest where ``limit`` is in question."""
    seconds, wall = median(look[-1].seconds for look in looks), median(look[-1].wall for look in looks)
    shortest = min((look[-1] for look in looks), key=lambda group: group.wall)
    if wall > limit:
        seconds, wall = shortest.seconds, shortest.wall
    return Call(seconds, wall, untimed_calls(looks, 1 if shortest.wall >= LONG_CALL else 2))


def untimed_calls(looks: Sequence[Look], fewest: int) -> int:
    """How many calls at the beginning of a block are slower than those that follow, and ``fewest`` at least.

    What disturbs a call makes it slower, never faster: of each group the fastest of all looks counts.
    """
    fastest = [min(group.seconds for group in groups) for groups in zip(*looks, strict=False)]
    before = 0
    for number, group in enumerate(looks[0][: len(fastest)]):
        if before >= fewest and fastest[number] <= (1 + SETTLED) * min(fastest[number:]):
            break
        before += group.calls
    return max(before, fewest)


def choose_loops(calls: Mapping[str, Call], shortest: float = SHORTEST_BLOCK) -> dict[str, int]:
    """Loops per block: the same for every variant, so that the fastest takes at least ``shortest`` seconds.

    Where calls take longer on the wall's clock, the fastest one's block ends at ``LONGEST_WAIT``. A variant that would
    take much more than ``WIDEST_SPREAD`` times the fastest one's block runs fewer loops, smaller by a power of two.
    A null row, which is often far faster, makes nobody's block longer but its own.
    """
    if not calls:
        return {}
    nulls = [label for label in calls if parsed(label).is_null]
    if len(nulls) not in (0, len(calls)):
        rows = {label: call for label, call in calls.items() if label not in nulls}
        alone = (choose_loops({label: calls[label]}, shortest) for label in nulls)
        return reduce(or_, alone, choose_loops(rows, shortest))
    fastest, fastest_wall = min(call.seconds for call in calls.values()), min(call.wall for call in calls.values())
    wanted = min(shortest / fastest, LONGEST_WAIT / fastest_wall)
    common = 2 ** max(0, math.ceil(math.log2(wanted)))
    return {
        label: min(_fewer(common, call.seconds / fastest), _fewer(common, call.wall / fastest_wall))
        for label, call in calls.items()
    }


def _fewer(common: int, times: float) -> int:
    """The loops of a variant whose call takes so many times as long as the fastest one's."""
    if times <= STICKY * WIDEST_SPREAD:
        return common
    return max(1, common >> math.ceil(math.log2(times / WIDEST_SPREAD)))


def too_short(call: Call, loops: int) -> bool:
    """Whether a block of so many such calls is shorter than any block may be, by both clocks."""
    return call.seconds * loops < SHORT * SHORTEST_BLOCK and call.wall * loops < SHORT * LONGEST_WAIT


def choose_rounds(budget: float, round_seconds: float, most: int) -> int:
    """How many rounds fit in ``budget`` seconds if one takes ``round_seconds``, within the sensible range."""
    return max(FEWEST_ROUNDS, min(most, int(budget / round_seconds)))
