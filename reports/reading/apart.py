"""How launches lie: whether one of them, or a group, lies apart from the others, in words."""

from collections.abc import Sequence
from itertools import pairwise
from math import exp

from reports.reading.wording import TIMES, plural, significant

FEWEST = 5  # launches: of fewer, any would seem to lie apart
WIDER = 5  # than either group: so wide a gap shows in 2 of 100 rows of 5 launches with normal noise


def apart(ratios: Sequence[float], edge: float) -> str:
    """What a mean hides: ``one launch of 10 lies apart, 1.4x slower``; empty where launches lie together.

    ``ratios`` are on the log scale, and so is ``edge``, up to which a gap makes no difference.
    """
    ordered = sorted(ratios)
    if len(ordered) < FEWEST:
        return ""
    gap, below = max((high - low, number) for number, (low, high) in enumerate(pairwise(ordered), 1))
    groups = ordered[:below], ordered[below:]
    if gap <= max(edge, WIDER * max(one[-1] - one[0] for one in groups)):
        return ""
    few, many = sorted(groups, key=len)
    size = f"{significant(exp(gap), 2)}{TIMES}"
    if len(few) == 1:
        word = "slower" if few[0] > many[0] else "faster"
        return f"one launch of {len(ordered)} lies apart, {size} {word}"
    return f"{plural(len(ordered), 'launch')} in two groups, {len(few)} and {len(many)}, {size} apart"
