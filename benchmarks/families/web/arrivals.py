"""Requests that come one by one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.families.web.server import serving
from benchmarks.families.web.workloads import block
from benchmarks.plan.arrivals import Arrivals, Operate
from benchmarks.plan.backends import Toolkit
from patterns.web import App, Family

NAME = "7"


@asynccontextmanager
async def answered(toolkit: Toolkit, app: App) -> AsyncIterator[Operate]:
    """Each is right if it gets the answer to the name that it asked for."""
    async with serving(toolkit, app) as site:

        async def operate(number: int) -> bool:  # noqa: ARG001  all are alike
            return (await site.get(NAME)).body == NAME.encode()

        yield operate


@asynccontextmanager
async def requests(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001  all are alike
    """An answer that takes a turn."""

    async def answer(name: str) -> bytes:
        await toolkit.hop()
        return name.encode()

    async with answered(toolkit, family.endpoint(answer)) as operate:
        yield operate


@asynccontextmanager
async def blocking(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001  all are alike
    """A function that blocks for a moment."""
    async with answered(toolkit, family.blocking_endpoint(block)) as operate:
        yield operate


ROW = "its requests follow each other; requests has the tail of those that come by themselves"
ARRIVALS: dict[str, Arrivals | str] = {
    "requests": Arrivals(requests),
    "layers": ROW,
    "dependencies": ROW,
    "jobs": "its requests are answered before what is asked about begins",
    "pieces": "they belong to one answer",
    "blocking": Arrivals(blocking),
    "leaving": "who leaves did not come for an answer",
    "loopback": "its requests wait in line on their connections; requests has the tail of the application",
}
