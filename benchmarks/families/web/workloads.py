"""What is asked of ``patterns.web``."""

import math
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from benchmarks.families.web.server import Site, serving
from benchmarks.plan.backends import Toolkit
from benchmarks.plan.presets import MIDDLE
from benchmarks.plan.workloads import Once, Prepare, Workload
from patterns.web import App, Family, Receive, Scope, Send
from results.suite import Clock

BASELINE = {"asyncio": "fastapi_app", "trio": "fastapi_app"}

LAYERS = 10  # of middleware around one application, at most
DEPENDENCIES = 5  # of one request, at most
CONNECTIONS = 4  # of the client that comes over loopback
BLOCKED = 0.001  # seconds
WORK = 0.1  # seconds, which nobody takes who notices that a client has left
HEADER = (b"x-layer", b"1")
PIECE = b"7" * 64


def shares(n: int, most: int) -> list[int]:
    """So many things, given to as few requests as can have at most so many each."""
    return [min(most, n - first) for first in range(0, n, most)]


async def bare(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001  ASGI's signature
    """An application around which there is room for middleware."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})
    await send({"type": "http.response.body", "body": b"7"})


def block(name: str) -> bytes:
    """Block a thread for a moment."""
    time.sleep(BLOCKED)
    return name.encode()


@asynccontextmanager
async def crowd(toolkit: Toolkit, app: App, n: int) -> AsyncIterator[Once]:
    """Requests that come at the same time; how many got their answer."""
    right = 0
    async with serving(toolkit, app) as site:

        async def one() -> None:
            nonlocal right
            exchange = await site.get()
            right += exchange.body == b"7"

        async def once() -> int:
            nonlocal right
            right = 0
            await toolkit.together([one] * n)
            return right

        yield once


@asynccontextmanager
async def requests(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Requests that come at the same time, and need a turn each for their answer."""

    async def answer(name: str) -> bytes:
        await toolkit.hop()
        return name.encode()

    async with crowd(toolkit, family.endpoint(answer), n) as once:
        yield once


@asynccontextmanager
async def blocking(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Requests that come at the same time, for a function that blocks; a pool has fewer threads than there are."""
    async with crowd(toolkit, family.blocking_endpoint(block), n) as once:
        yield once


@asynccontextmanager
async def layers(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Requests, one after the other, through up to ten layers of middleware."""

    def stacked(depth: int) -> Site:
        app: App = bare
        for _ in range(depth):
            app = family.middleware(app, lambda: HEADER)
        return Site(toolkit, app)

    depths = shares(n, LAYERS)
    sites = {depth: stacked(depth) for depth in depths}

    async def once() -> int:
        found = 0
        for depth in depths:
            found += (await sites[depth].get()).headers.count(HEADER)
        return found

    yield once


@asynccontextmanager
async def dependencies(
    family: Family,
    toolkit: Toolkit,
    n: int,
    tally: Counter[str],  # noqa: ARG001
) -> AsyncIterator[Once]:
    """Requests, one after the other, that need up to five things of their own, and one that is shared."""
    opened = closed = 0

    async def shared() -> AsyncGenerator[object, None]:
        yield toolkit

    async def own() -> AsyncGenerator[object, None]:
        nonlocal opened, closed
        opened += 1
        yield toolkit
        closed += 1

    async def use(things: Any) -> bytes:
        return b"%d" % len(things)

    depths = shares(n, DEPENDENCIES)
    async with AsyncExitStack() as stack:
        sites = {
            depth: await stack.enter_async_context(serving(toolkit, family.resources(shared, [own] * depth, use)))
            for depth in sorted(set(depths))
        }

        async def once() -> tuple[int, bool]:
            nonlocal opened, closed
            opened = closed = 0
            for depth in depths:
                right = (await sites[depth].get()).body == b"%d" % (depth + 1)
                if not right:
                    return -1, False
            return opened, opened == closed

        yield once


@asynccontextmanager
async def jobs(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Requests that come at the same time, and leave a job of one turn each."""
    left = 0
    done = toolkit.event()

    async def job(name: str) -> None:  # noqa: ARG001  all are alike
        nonlocal left
        await toolkit.hop()
        left -= 1
        if not left:
            done.set()

    async with serving(toolkit, family.background([job])) as site:
        accepted = 0

        async def one() -> None:
            nonlocal accepted
            exchange = await site.get()
            accepted += exchange.complete

        async def once() -> tuple[int, int]:
            nonlocal accepted, done, left
            accepted, left, done = 0, n, toolkit.event()
            await toolkit.together([one] * n)
            await done.wait()
            return accepted, left

        yield once


@asynccontextmanager
async def pieces(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """One request, whose answer comes in pieces that are there at once."""

    async def source(name: str) -> AsyncGenerator[bytes, None]:  # noqa: ARG001  all are alike
        for _ in range(n):
            yield PIECE

    async with serving(toolkit, family.streaming(source)) as site:

        async def once() -> tuple[int, bool]:
            exchange = await site.get()
            return len(exchange.body), exchange.complete

        yield once


@asynccontextmanager
async def leaving(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Requests whose clients leave at the same time, while work is done for all of them."""
    begun = ended = 0
    everybody = toolkit.event()

    async def work(name: str) -> bytes:
        nonlocal begun, ended
        begun += 1
        if begun == n:
            everybody.set()
        try:
            await toolkit.sleep(WORK)
        finally:
            ended += 1
        return name.encode()

    async with serving(toolkit, family.abandoned(work)) as site:

        async def once() -> int:
            nonlocal begun, ended, everybody
            begun, ended, everybody = 0, 0, toolkit.event()
            exchanges = [site.request() for _ in range(n)]
            async with toolkit.crowd() as run:
                for exchange in exchanges:
                    run(partial(site.answer, exchange))
                await everybody.wait()
                for exchange in exchanges:
                    exchange.leave()
            return ended

        yield once


@asynccontextmanager
async def loopback(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Requests on four connections to a server, each after the answer to the one before."""
    # What only a server needs is imported late: launches start fast
    from benchmarks.families.web.sockets import Connection, connected, listening

    async def answer(name: str) -> bytes:
        await toolkit.hop()
        return name.encode()

    each = shares(n, math.ceil(n / CONNECTIONS))
    async with listening(toolkit, family.endpoint(answer)) as port, connected(port, len(each)) as connections:
        right = 0

        async def several(connection: Connection, number: int) -> None:
            nonlocal right
            for _ in range(number):
                body = await connection.get("7")
                right += body == b"7"

        visits = [partial(several, *visit) for visit in zip(connections, each, strict=True)]

        async def once() -> int:
            nonlocal right
            right = 0
            await toolkit.together(visits)
            return right

        yield once


def asks(
    name: str,
    question: str,
    needs: str,
    prepare: Prepare,
    axis: str = "requests",
    operation: str = "request",
    answer: Callable[[int], object] = lambda n: n,
    clock: Clock = "wall",
) -> Workload:
    """A question whose axis counts its operations."""
    return Workload(
        name=name,
        question=question,
        axis=axis,
        operation=operation,
        needs=needs,
        prepare=prepare,
        answer=answer,
        operations=lambda n: n,
        clock=clock,
    )


WORKLOADS = (
    asks(
        "requests", "What does a request cost when all come at once, and each waits for a turn?", "endpoint", requests
    ),
    asks(
        "layers",
        "What does a layer of middleware cost, of up to ten around an application?",
        "middleware",
        layers,
        axis="layers",
        operation="layer",
    ),
    asks(
        "dependencies",
        "What does it cost a request to open one thing, of up to five, and to close it?",
        "resources",
        dependencies,
        axis="dependencies",
        operation="dependency",
        answer=lambda n: (n, True),
    ),
    asks(
        "jobs",
        "What does a request cost that leaves a job to be done after its answer?",
        "background",
        jobs,
        answer=lambda n: (n, 0),
    ),
    asks(
        "pieces",
        "What does a piece of a streamed answer cost?",
        "streaming",
        pieces,
        axis="pieces",
        operation="piece",
        answer=lambda n: (n * len(PIECE), True),
    ),
    asks(
        "blocking",
        "What does a request for a function that blocks for a millisecond cost when all come at once?",
        "blocking_endpoint",
        blocking,
    ),
    asks(
        "leaving",
        "What does a request cost whose client leaves before its work has ended?",
        "abandoned",
        leaving,
        clock="cpu",
    ),
    replace(
        asks("loopback", "What does a request over loopback cost, through a real server?", "endpoint", loopback),
        scale=(MIDDLE,),
        requires=("uvicorn>=0.54.0", "hypercorn>=0.18.0"),
    ),
)
