"""What is asked of the planted family."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from benchmarks.plan.backends import Toolkit
from benchmarks.plan.workloads import Once, Workload

BASELINE = {"asyncio": "plain_asyncio", "trio": "plain_trio"}


@asynccontextmanager
async def echoes(family: Any, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    async def once() -> int:
        total = 0
        for value in range(n):
            tally["echoes"] += 1
            total += await family.echo(value)
        return total

    yield once


WORKLOADS = (
    Workload(
        name="numbers",
        question="What does it cost to give a number back?",
        axis="numbers",
        operation="number",
        needs="echo",
        prepare=echoes,
        answer=lambda n: n * (n - 1) // 2,
        operations=lambda n: n,
        tallies=("echoes",),
    ),
)
