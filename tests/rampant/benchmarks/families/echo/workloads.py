"""What is asked of the rampant family: the same twice, so that one comparison follows another."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from benchmarks.plan.backends import Toolkit
from benchmarks.plan.workloads import Once, Workload

BASELINE = {"asyncio": "plain"}


def calls(name: str) -> Callable[..., AbstractAsyncContextManager[Once]]:
    @asynccontextmanager
    async def prepare(family: Any, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
        async def once() -> int:
            return sum([await getattr(family, name)(value) for value in range(n)])

        yield once

    return prepare


WORKLOADS = tuple(
    Workload(
        name=name,
        question="What does it cost to give a number back?",
        axis="numbers",
        operation="number",
        needs=needs,
        prepare=calls(needs),
        answer=lambda n: n * (n - 1) // 2,
        operations=lambda n: n,
    )
    for name, needs in {"first": "echo", "second": "whisper"}.items()
)
