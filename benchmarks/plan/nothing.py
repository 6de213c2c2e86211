"""A workload around nothing: what stands in for an alternative, so that the workload's own cost can be measured.

A family says in its module ``nothing`` what that is in each of its workloads, or why it has none.
"""

from collections.abc import Callable, Coroutine, Generator, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from types import coroutine
from typing import Any, TypeVar

from benchmarks.plan.rooms import said_by

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


@dataclass(frozen=True, slots=True)
class Nothing:
    """What stands in for an alternative in a null row.

    ``offers`` has the name that the workload needs, and gives the right answer on every backend without the mechanism
    that is compared. ``what`` says it in words: a phrase for what takes the alternative's place.
    """

    what: str
    offers: Any


@cache
def _known(family: str) -> Mapping[str, Nothing | str]:
    found: Mapping[str, Nothing | str] = said_by(family, "nothing", "NOTHING", {})
    return found


def nothing(family: str, workload: str) -> Nothing | str:
    """What a workload can be measured around, or why it has no null row; empty if its family does not say."""
    return _known(family).get(workload, "")


@coroutine
def by_hand(jobs: Iterable[Job[T]], limit: int | None = None) -> Generator[Any, Any, list[T]]:
    """Run jobs side by side without a task for any of them: all that wait are stepped in the caller's own turn.

    No more than ``limit`` are under way. It is for jobs that wait for nothing but turns of the loop: the loop sees the
    last of their requests, and its reply goes to all of them.
    """
    results: dict[int, T] = {}
    waiting = enumerate(iter(jobs))
    under_way: dict[int, Coroutine[Any, Any, T]] = {}
    reply: Any = None
    asked: Any = None
    while True:
        for number, job in list(under_way.items()):
            try:
                asked = job.send(_again(reply))
            except StopIteration as done:
                results[number] = done.value
                del under_way[number]
        while new := list(islice(waiting, None if limit is None else limit - len(under_way))):
            for number, job in ((number, function()) for number, function in new):
                try:
                    asked = job.send(None)
                except StopIteration as done:
                    results[number] = done.value
                else:
                    under_way[number] = job
        if not under_way:
            return [results[number] for number in sorted(results)]
        reply = yield asked


def _again(reply: Any) -> Any:
    """A loop's reply to a turn, for one more job: Trio's is an object that can be used once."""
    return reply if reply is None else type(reply)(reply.value)
