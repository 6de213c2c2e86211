"""What the moments at which permits were given say of a limiter: pure functions of a list of seconds.

Each function gets the moments of one run in their order, one for every permit, and the limit: ``rate`` permits in any
``period`` seconds. All compare a permit with the one ``rate`` places before it, so that limiters which give a burst and
limiters which spread it are judged alike.
"""

import math
from collections.abc import Sequence

TICK = 0.001  # seconds; timers are no better than this: who is early by less is not held to it


def times_of_a_limit(moments: Sequence[float], rate: int) -> list[float]:
    """How long each stretch of ``rate`` permits took, in seconds: from a permit to the one ``rate`` places later."""
    return [later - earlier for earlier, later in zip(moments, moments[rate:], strict=False)]


def share_used(moments: Sequence[float], rate: int, period: float) -> float:
    """The rate while callers waited, as a share of the limit; above 1 where the limit was not kept."""
    times = times_of_a_limit(moments, rate)
    return period * len(times) / max(sum(times), 1e-9)


def most_in_a_period(moments: Sequence[float], rate: int, period: float) -> float:
    """The most permits within one period less a tick, wherever it begins, as a multiple of ``rate``."""
    window = period - TICK
    most = first = 0
    for last, moment in enumerate(moments):
        while moment - moments[first] >= window:
            first += 1
        most = max(most, last - first + 1)
    return most / rate


def lateness(moments: Sequence[float], rate: int, period: float) -> float:
    """Seconds after which 99 of 100 permits were given, counted from the moment at which each became free.

    A permit is free a period after the one ``rate`` places before it. Early ones count as a microsecond late.
    """
    late = sorted(took - period for took in times_of_a_limit(moments, rate))
    return max(late[math.ceil(0.99 * len(late)) - 1], 1e-6)
