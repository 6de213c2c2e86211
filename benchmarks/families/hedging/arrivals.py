"""Callers who ask one by one, whether or not those before have their answers."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from benchmarks.families.hedging.workloads import LONG, REPLICAS, Replicas
from benchmarks.plan.arrivals import Arrivals, Operate
from benchmarks.plan.backends import Toolkit
from patterns.hedging import Family, Source


@asynccontextmanager
async def calls(family: Family, toolkit: Toolkit, n: int, *, failing: int) -> AsyncIterator[Operate]:  # noqa: ARG001  arrivals decide
    """So many sources fail a turn after they were asked, the next one answers."""
    replicas = Replicas(toolkit, Counter())
    sources: list[Source[int]] = [partial(replicas.after_a_turn, number) for number in range(REPLICAS)]
    sources[:failing] = [replicas.down] * failing

    async def operate(number: int) -> bool:  # noqa: ARG001  all calls are alike
        return await family.hedge(sources, LONG) == failing

    yield operate


ONE_CALL = "it is one call, and its sources are all there is"
ARRIVALS: dict[str, Arrivals | str] = {
    "ready": "there is one caller, who asks again when it has the answer",
    "in_time": Arrivals(partial(calls, failing=0)),
    "first_is_slow": "the delay is what a caller waits for, and it is the same for all",
    "first_fail": ONE_CALL,
    "all_fail": "no answer is right or wrong where there is none",
    "race": ONE_CALL,
    "fallback": ONE_CALL,
}
