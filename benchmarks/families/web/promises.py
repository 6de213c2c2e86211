"""What is asked of ``patterns.web``: answers, what stands around them, what is left to do, and what stays behind."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from weakref import ref

from benchmarks.families.web.answers import ANSWERS
from benchmarks.families.web.around import AROUND
from benchmarks.families.web.later import LATER
from benchmarks.families.web.scene import Depot, begin, inner, piece, visit
from benchmarks.families.web.server import serving
from benchmarks.families.web.workloads import WORKLOADS
from benchmarks.plan.promises import Promise
from benchmarks.plan.workloads import Once
from benchmarks.safety.memory import same_memory, same_memory_of
from benchmarks.safety.trials import Trial, expect, free_loop, shown_as
from patterns.web import App, Receive, Scope, Send

BLOCKED = 0.001  # seconds
MANY = 20  # requests, one after the other


async def nothing_left_behind(trial: Trial) -> None:
    """Once an application has ended no task, no thread and no open generator of it is left behind.

    What is left keeps running, or waits for ever. A server has a little more of it after each request, until it has no
    memory.

        asyncio.create_task(listen_for_disconnect())
        await send(body)
        # one for each request, and it waits for ever
    """
    before = trial.living()
    await _ordinary(trial)
    await trial.hop(3)
    left = trial.living() - before
    expect(left == 0, f"after requests for everything {left} tasks are left")


async def requests_are_let_go(trial: Trial) -> None:
    """An application that goes on holds on to no requests that were answered, and to no note of each of them.

    It runs for weeks. If it keeps something of each request, in a list that nobody looks at or a task that waits for a
    client who has gone, it needs more memory every hour, and is killed on the busiest day.

        self.seen.append(scope)
        await send(body)
        # after a week: MemoryError
    """
    for name, app in _apps(trial, []):
        async with serving(trial.backend.toolkit, app) as site:
            over = [ref(await site.get()) for _ in range(MANY)]
            await trial.settle()
            trial.collect_garbage()
            kept = sum(one() is not None for one in over)
        expect(kept < MANY, f"{name}: of {MANY} requests that were answered all are kept")
    await same_memory(trial, WORKLOADS, ("requests", "layers", "dependencies", "pieces"))
    if trial.virtual:  # who does not notice that a client has left takes a tenth of a second
        await same_memory(trial, WORKLOADS, ("leaving",))
    if hasattr(trial.module, "background"):
        await same_memory_of(trial, partial(_jobs, trial), "a request leaves a job to be done")


@asynccontextmanager
async def _jobs(trial: Trial) -> AsyncIterator[Once]:
    """Requests, each with a job; nobody waits for one that is lost."""

    async def job(name: str) -> None:  # noqa: ARG001  all are alike
        await trial.hop()

    async with serving(trial.backend.toolkit, trial.module.background([job])) as site:

        async def once() -> None:
            await site.get()
            await trial.hop(3)

        yield once


async def nothing_complains(trial: Trial) -> None:
    """No coroutine is left unawaited and no exception unretrieved: neither loop nor interpreter has to complain.

    The complaint comes later, from the garbage collector, without a hint at the request it belongs to. In tests that
    take warnings for errors it breaks whatever test runs just then.

        background.add_task(send_mail(user))
        return "thank you"
        # RuntimeWarning: coroutine 'send_mail' was never awaited
    """
    await _ordinary(trial)


async def never_holds_up_the_loop(trial: Trial) -> None:
    """The loop is never held up: all other requests go on meanwhile, also while a function blocks.

    Whoever blocks the loop's thread for a second stops every client of the server for a second.

        @app.get("/items/{name}")
        async def items(name):
            return requests.get(url)   # nobody else is answered
    """

    async def whole() -> None:
        await _ordinary(trial)

    await free_loop(trial, whole)


def _apps(trial: Trial, done: list[str]) -> Iterator[tuple[str, App]]:
    """Everything that the alternative has; jobs note that they are ``done``."""

    @shown_as("an answer")
    async def answer(name: str) -> bytes:
        await trial.hop()
        return name.encode()

    @shown_as("an answer")
    def blocking(name: str) -> bytes:
        time.sleep(BLOCKED)
        return name.encode()

    @shown_as("a job")
    async def job(name: str) -> None:
        await trial.hop()
        done.append(name)

    @shown_as("a source")
    async def source(name: str) -> AsyncGenerator[bytes, None]:
        yield name.encode()
        await trial.hop()

    async def use(things: Sequence[Any]) -> bytes:  # noqa: ARG001  whatever was opened
        return await answer("7")

    async def application(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001  ASGI's signature
        await begin(send)
        await piece(send, b"7")

    depot = Depot(trial, 1)
    parts: dict[str, tuple[Any, ...]] = {
        "endpoint": (answer,),
        "blocking_endpoint": (blocking,),
        "middleware": (inner(application), lambda: (b"x-outer", b"1")),
        "background": ([job, job],),
        "resources": (depot.opens(-1), [depot.opens(0), depot.opens(1)], use),
        "streaming": (source,),
        "abandoned": (answer,),
    }
    for name, given in parts.items():
        if hasattr(trial.module, name):
            yield name, getattr(trial.module, name)(*given)


async def _ordinary(trial: Trial) -> None:
    """A request for everything that the alternative has."""
    done: list[str] = []
    for name, app in _apps(trial, done):
        async with serving(trial.backend.toolkit, app) as site, trial.crew() as crew:
            await visit(trial, crew, site).ends()
            if name == "background":
                await trial.rest(10, lambda: len(done) == 2)


PROMISES = (
    *ANSWERS,
    *AROUND,
    *LATER,
    Promise(nothing_left_behind, collects=("tasks", "threads", "async generators")),
    Promise(requests_are_let_go, once=True),
    Promise(nothing_complains, collects=("complaints",)),
    Promise(never_holds_up_the_loop, collects=("stalls",)),
)
