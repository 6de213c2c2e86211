"""How much a launch does: calls that nobody times, loops per block, rounds per launch."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

SHORTEST_BLOCK = 5e-3  # seconds; longer than the gap before it, with some of the young collections that calls cause
SHORT = 0.75  # of that is too short where it was tried: less is a look that was disturbed
LONGEST_WAIT = 0.02  # seconds of the wall's clock; a block that mostly waits is long enough then
FEWEST_ROUNDS = 1
LOOKS = 3  # at a variant's calls, where they are short and two do not agree; the median counts
ALIKE = 0.1  # by which two looks may differ: loops are powers of two, and tried before they count
SETTLED = 0.01  # a call that is slower than later ones by no more than this share is as fast as they get
COLD = 0.25e-3  # seconds that a turn loses at most because others used the caches meanwhile
WARMING = 2e-3  # seconds of the wall's clock: one look at a call so long is enough
FEWEST_UNTIMED = 3  # short calls: the first costs some 20 % more, the next ones 3, 1.5 and 0.6
NOT_FELT = COLD / SETTLED  # seconds of the wall's clock: beside such a call a cold start is nothing


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
    """Whether a variant is looked at again: where its calls are short, or it may bring a call below ``limit`` seconds.

    A disturbed look at short calls would cost untimed ones in every block; near the limit it would cost a place.
    """
    if not looks:
        return True
    walls = [min(group.wall for group in look) for look in looks]
    if len(walls) == 1:
        return walls[0] < WARMING or limit < walls[0] < 4 * limit
    return min(walls) < WARMING and max(walls) > (1 + ALIKE) * min(walls)


def settled(looks: Sequence[Look], limit: float) -> Call:
    """What several looks at a variant say of one of its calls; the shortest where ``limit`` is in question.

    Of each look the fastest group counts: later ones are no slower, but for what disturbed them.
    """
    fastest = [(min(group.seconds for group in look), min(group.wall for group in look)) for look in looks]
    seconds, wall = (median(values) for values in zip(*fastest, strict=True))
    shortest = min(fastest, key=lambda call: call[1])
    if wall > limit:
        seconds, wall = shortest
    return Call(seconds, wall, untimed_calls(looks, shortest[1]))


def untimed_calls(looks: Sequence[Look], wall: float) -> int:
    """How many calls at the beginning of a block nobody times, where one takes ``wall`` seconds.

    Of short calls, those that are slower than the ones that follow, and three at least. What disturbs a call makes it
    slower, never faster: of each group the fastest of all looks counts. Of longer ones two where a block has several.
    """
    if wall >= WARMING:
        return 2 if wall < SHORTEST_BLOCK else int(wall < NOT_FELT)
    fastest = [min(group.seconds for group in groups) for groups in zip(*looks, strict=False)]
    before = 0
    for number, group in enumerate(looks[0][: len(fastest)]):
        if before >= 2 and fastest[number] <= (1 + SETTLED) * min(fastest[number:]):
            break
        before += group.calls
    return max(before, FEWEST_UNTIMED)


def loops_of(call: Call, shortest: float = SHORTEST_BLOCK) -> int:
    """Loops of a block: a power of two, with which it takes at least ``shortest`` seconds by the workload's clock.

    Where a call takes longer on the wall's, the block may end at ``LONGEST_WAIT``. Blocks of one comparison are thus
    about as long as each other, whoever is fast: the calls before the clock take from a ratio what length does to it.
    """
    wanted = min(shortest / call.seconds, LONGEST_WAIT / call.wall)
    return 1 << max(0, math.ceil(math.log2(wanted)))


def too_short(call: Call, loops: int) -> bool:
    """Whether a block of so many such calls is shorter than any block may be, by both clocks."""
    return call.seconds * loops < SHORT * SHORTEST_BLOCK and call.wall * loops < SHORT * LONGEST_WAIT


def choose_rounds(budget: float, round_seconds: float, most: int) -> int:
    """How many rounds fit in ``budget`` seconds if one takes ``round_seconds``, within the sensible range."""
    return max(FEWEST_ROUNDS, min(most, int(budget / round_seconds)))
