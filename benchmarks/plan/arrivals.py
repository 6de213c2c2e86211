"""Operations that arrive one by one, whether or not those before have ended: what latency is measured of.

A family says in its module ``arrivals`` which of its workloads can be asked like that, or why one cannot.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import cache
from typing import Any

from benchmarks.plan.backends import Toolkit
from benchmarks.plan.rooms import said_by

Operate = Callable[[int], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """A workload whose operations are independent of each other.

    ``prepare(alternative, toolkit, n)`` is an async context manager that yields a coroutine function: the operation of
    a number, which says whether its answer was right. It raises at its end if all answers together were not.
    """

    prepare: Callable[[Any, Toolkit, int], AbstractAsyncContextManager[Operate]]


@cache
def _known(family: str) -> Mapping[str, Arrivals | str]:
    found: Mapping[str, Arrivals | str] = said_by(family, "arrivals", "ARRIVALS", {})
    return found


def arrivals(family: str, workload: str) -> Arrivals | str:
    """The operations of a workload, or why there are none; a family without that module has none anywhere."""
    return _known(family).get(workload, "its family does not say what would arrive one by one")
