"""What stands in for an alternative of ``patterns.retries``: a call that is made once."""

from typing import Any

from benchmarks.plan.nothing import Nothing
from patterns.retries import Function, P, Retrying, T


def as_it_is(function: Function[P, T], /) -> Function[P, T]:
    """The function that was to be decorated."""
    return function


class Offers:
    """What the workloads need."""

    @staticmethod
    def retrying(*_: Any) -> Retrying:
        """Try nothing again."""
        return as_it_is

    retrying_within = retrying


ONCE = Nothing("a call that is made once, by nobody else than its caller", Offers)
FAILS = "its calls fail, and who does not try again has no answer"
NOTHING: dict[str, Nothing | str] = {
    "at_once": ONCE,
    "failing_1": FAILS,
    "failing_10": FAILS,
    "failing_50": FAILS,
    "hopeless": FAILS,
    "together": FAILS,
    "methods": ONCE,
    "within": ONCE,
    "all_but": FAILS,
    "waits": FAILS,
}
