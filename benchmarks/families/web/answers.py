"""What is asked of ``patterns.web`` about answers: whose they are, what is told of failures, and who is cancelled."""

import threading
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

from benchmarks.families.web.scene import (
    WHOSE,
    Depot,
    WrongError,
    begin,
    inner,
    piece,
    told,
    visit,
)
from benchmarks.families.web.server import Lifespan, serving
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, ending, event, expect, listed, set_in_time, shown, shown_as
from benchmarks.safety.waiting import LONG, all_end, before_long
from patterns.web import Answer, App, Receive, Scope, Send

ENDPOINTS = ("endpoint", "blocking_endpoint")
ANSWERING = (*ENDPOINTS, "abandoned")
WORK = 8  # turns that an answer takes
LATE = 4  # of them that are left when its request has been cancelled; a cancellation may take some to get there
BLOCKED = 0.5  # real seconds for which a function blocks at most, until another request was answered
ENDED_BY_HAND = ("endpoint", "streaming", "abandoned", "resources", "middleware")


async def each_request_gets_its_own_answer(trial: Trial) -> None:
    """Requests that are under way at the same time get their own answers, and see no context variable of each other.

    The user of a request stands in a context variable. A thread that answers several requests in one context, or a task
    that outlives its request, hands the user of the last one on to the next.

        await loop.run_in_executor(None, answer)
        # current_user is whoever that thread
        # has answered before
    """

    @shown_as("an answer")
    async def answer(name: str) -> bytes:
        found = WHOSE.get()
        WHOSE.set(name)
        await trial.hop(trial.draw(3))
        return f"{name}: {found}, {WHOSE.get()}".encode()

    @shown_as("an answer")
    def blocking(name: str) -> bytes:
        found = WHOSE.get()
        WHOSE.set(name)
        return f"{name}: {found}, {WHOSE.get()}".encode()

    for offered, function in zip(ANSWERING, (answer, blocking, answer), strict=True):
        if not hasattr(trial.module, offered):
            continue
        app = getattr(trial.module, offered)(function)
        async with serving(trial.backend.toolkit, app) as site, trial.crew() as crew:
            for names in ("12", "34"):
                visits = [visit(trial, crew, site, name) for name in names]
                for one, name in zip(visits, names, strict=True):
                    await one.ends()
                    right = f"{name}: nobody, {name}".encode()
                    expect(
                        one.exchange.body == right,
                        f"the request for {name} was to find nobody in its context, and then itself; {one}",
                    )
                    whole = one.exchange.status == 200 and one.exchange.complete
                    expect(whole, f"the request for {name} was to be answered with status 200; {one}")


async def who_blocks_keeps_nobody_waiting(trial: Trial) -> None:
    """While a function blocks for one request another request is answered by the same function.

    One user's export takes a minute. Where there is one thread for all that blocks, everybody else waits for a minute,
    though the loop goes on.

        pool = ThreadPoolExecutor(1)
        await loop.run_in_executor(pool, export, name)
        # the next export begins when this one has ended
    """
    other, found = threading.Event(), False

    @shown_as("an answer")
    def blocking(name: str) -> bytes:
        nonlocal found
        if name == "1":
            found = set_in_time(other, BLOCKED)
        else:
            other.set()
        return name.encode()

    app = trial.module.blocking_endpoint(blocking)
    async with serving(trial.backend.toolkit, app) as site, trial.crew() as crew:
        visits = [visit(trial, crew, site, name) for name in "12"]
        for one in visits:
            await one.ends()
    expect(found, f"a function blocked for {BLOCKED:g} s, and the next request was answered only when it had ended")


def failing(trial: Trial, errors: Sequence[WrongError]) -> Iterator[tuple[str, WrongError, App]]:
    """What fails: in words, what it raises, and the application of which it is part."""
    turns = trial.draw(2)
    told_by = iter(errors)
    module = trial.module

    def answer(error: WrongError) -> Any:
        @shown_as("an answer")
        async def failing_answer(name: str) -> bytes:  # noqa: ARG001  whatever is asked for
            await trial.hop(turns)
            raise error

        return failing_answer

    def blocking(error: WrongError) -> Any:
        @shown_as("an answer")
        def failing_answer(name: str) -> bytes:  # noqa: ARG001  whatever is asked for
            raise error

        return failing_answer

    def application(error: WrongError) -> App:
        async def failing_application(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001  ASGI's
            await trial.hop(turns)
            raise error

        return inner(failing_application)

    async def use(things: Sequence[Any]) -> bytes:  # noqa: ARG001  whatever was opened
        return b"used"

    if hasattr(module, "endpoint"):
        error = next(told_by)
        yield "an answer", error, module.endpoint(answer(error))
    if hasattr(module, "blocking_endpoint"):
        error = next(told_by)
        yield "a blocking answer", error, module.blocking_endpoint(blocking(error))
    if hasattr(module, "abandoned"):
        error = next(told_by)
        yield "the work", error, module.abandoned(answer(error))
    if hasattr(module, "middleware"):
        error = next(told_by)
        yield "an application inside", error, module.middleware(application(error), lambda: (b"x-outer", b"1"))
    if hasattr(module, "resources"):
        error = next(told_by)
        depot = Depot(trial, turns, failing=1, error=error)
        yield "an opening", error, module.resources(depot.opens(-1), [depot.opens(0), depot.opens(1)], use)


async def failure_is_told(trial: Trial) -> None:
    """What a function of an application raises is told to its server or a log, and no client takes it for an answer.

    A request has failed, the client has status 500, or even 200, and nobody else knows of it. What is wrong is found by
    a customer.

        @app.get("/items/{name}")
        async def items(name):
            raise KeyError(name)
        # 500 Internal Server Error, and nothing in the log
    """
    errors = [WrongError(f"failure {number}") for number in range(5)]
    for what, error, app in failing(trial, errors):
        with told(trial) as logged:
            async with serving(trial.backend.toolkit, app) as site, trial.crew() as crew:
                one = visit(trial, crew, site)
                await one.ends()
        expect(error in one.told or error in logged, f"{what} raised {shown(error)}, and nobody was told; {one}")
        expect(not one.looks_right, f"{what} raised {shown(error)}; {one}")


async def failed_life_is_told(trial: Trial) -> None:
    """What the opening or the closing of what is shared raises is told to the server or a log.

    The database cannot be reached, and the application has started all the same. The load balancer sends it requests,
    and each of them fails for a reason that stands nowhere.

        with suppress(Exception):
            pool = await open_pool()   # refused
        await send({"type": "lifespan.startup.complete"})
    """

    async def use(things: Sequence[Any]) -> bytes:  # noqa: ARG001  whatever was opened
        return b"used"

    for failing_to_close, what in enumerate(("opening", "closing")):
        error = WrongError(f"the {what} of what is shared")
        depot = Depot(trial, trial.draw(2), -1, bool(failing_to_close), error)
        with told(trial) as logged:
            life = Lifespan(trial.backend.toolkit, trial.module.resources(depot.opens(-1), [], use))
            async with trial.backend.toolkit.crowd() as run:
                run(life.run)
                await life.heard()
                await life.stop()
        known = life.failed or error in life.told or error in logged
        expect(known, f"the {what} of what is shared raised {shown(error)}, and nobody was told")


async def failed_stream_is_told(trial: Trial) -> None:
    """What is raised once an answer has begun is told to the server or a log.

    The query behind an export fails in its middle. Who is answered has half a file, and neither server nor log knows.

        async for row in rows:        # raises
            await send(line(row))
        # 200 OK, and nothing in the log
    """
    for error, app in failing_in_the_middle(trial):
        with told(trial) as logged:
            async with serving(trial.backend.toolkit, app) as site, trial.crew() as crew:
                one = visit(trial, crew, site)
                await one.ends()
        expect(error in one.told or error in logged, f"a source raised {shown(error)}, and nobody was told; {one}")


async def cut_off_answer_is_not_complete(trial: Trial) -> None:
    """When a source fails in the middle the answer is not ended as if it were complete.

    A server closes the connection of an answer whose application has failed, and the client knows that something is
    missing. Where somebody ends the answer in good order, half a file is taken for a whole one.

        try:
            await send_rows(send)
        finally:
            await send(last)   # also when it has raised
        # the client: 200 OK, and half of the rows
    """
    for error, app in failing_in_the_middle(trial):
        with told(trial):
            async with serving(trial.backend.toolkit, app) as site, trial.crew() as crew:
                one = visit(trial, crew, site)
                await one.ends()
        expect(not one.looks_right, f"a source raised {shown(error)} after its first piece; {one}")


def failing_in_the_middle(trial: Trial) -> Iterator[tuple[WrongError, App]]:
    """Applications that fail once their answer has begun, and what they raise."""
    turns = trial.draw(2)
    error = WrongError("the rest is missing")

    @shown_as("a source")
    async def source(name: str) -> AsyncGenerator[bytes, None]:
        yield name.encode()
        await trial.hop(turns)
        raise error

    async def application(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001  ASGI's signature
        await begin(send)
        await piece(send, b"7", more=True)
        await trial.hop(turns)
        raise error

    if hasattr(trial.module, "streaming"):
        yield error, trial.module.streaming(source)
    if hasattr(trial.module, "middleware"):
        yield error, trial.module.middleware(inner(application), lambda: (b"x-outer", b"1"))


async def cancelled_request_ends(trial: Trial) -> None:
    """A request that is cancelled, because its server must end, ends.

    A server that is stopped waits for a while, and then cancels. Where an application swallows that it is killed, with
    everything that others were about to write.

        while True:
            try:
                await changes.get()
            except BaseException:      # cancelled
                log.exception("again")
    """
    turns = 1 + trial.draw(2)
    steps: Counter[str] = Counter()  # that are done for each of these requests

    def works(offered: str) -> Answer:
        @shown_as("an answer")
        async def answer(name: str) -> bytes:
            for _ in range(WORK):
                await trial.hop()
                steps[offered] += 1
            return name.encode()

        return answer

    @shown_as("a source")
    async def source(name: str) -> AsyncGenerator[bytes, None]:
        yield name.encode()
        yield await works("streaming")(name)

    async def use(things: Sequence[Any]) -> bytes:  # noqa: ARG001  whatever was opened
        return await works("resources")("7")

    @shown_as("an application")
    async def application(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001  ASGI's signature
        body = await works("middleware")("7")
        await begin(send)
        await piece(send, body)

    depot = Depot(trial, turns)
    apps = {
        "endpoint": (works("endpoint"),),
        "streaming": (source,),
        "abandoned": (works("abandoned"),),
        "resources": (depot.opens(-1), [depot.opens(0), depot.opens(1)], use),
        "middleware": (inner(application), lambda: (b"x-outer", b"1")),
    }
    offered = [name for name in apps if hasattr(trial.module, name)]
    async with AsyncExitStack() as stack:
        sites = [
            await stack.enter_async_context(serving(trial.backend.toolkit, getattr(trial.module, name)(*apps[name])))
            for name in offered
        ]
        crew = await stack.enter_async_context(trial.crew())
        visits = [visit(trial, crew, site) for site in sites]
        await trial.strike(*(one.player for one in visits))
        in_time = [one for one in visits if not one.over]
        before = steps.copy()
        await all_end(trial, *(one.player for one in visits))
        for one in visits:
            expect(one.player.done, f"{LONG} after its request was cancelled the application had not ended")
        for one in in_time:
            expect(
                one.player.outcome == "cancelled" or one.exchange.complete,
                f"the request was cancelled, and {ending(one.player)}; {one}",
            )
        for name, one in zip(offered, visits, strict=True):
            cut_off = steps[name] < WORK and one.looks_right
            expect(not cut_off, f"the request was cancelled, and its work cut off; {one}")
        await trial.hop(WORK)
        on = [name for name, done in steps.items() if done - before[name] > LATE]
        expect(not on, f"the request was cancelled and has ended, and the work for it went on: {listed(on)}")


async def cancelled_request_closes(trial: Trial) -> None:
    """When a request is cancelled, what was opened for it is closed, once.

    The client's server gives up. A session that stays open keeps its connection, and its transaction holds its locks.

        session = await open_session()
        answer = await use(session)     # cancelled here
        await session.aclose()          # not reached
    """
    depot = Depot(trial, trial.draw(2))

    async def use(things: Sequence[Any]) -> bytes:  # noqa: ARG001  whatever was opened
        await trial.hop(2)
        return b"used"

    app = trial.module.resources(depot.opens(-1), [depot.opens(0), depot.opens(1)], use)
    async with serving(trial.backend.toolkit, app) as site, trial.crew() as crew:
        one = visit(trial, crew, site)
        await trial.strike(one.player)
        await all_end(trial, one.player)
        await trial.hop(2)
        open_, closed = sorted(depot.those("open")), sorted([-1, *depot.those("closed")])
    expect(open_ == closed, f"the request was cancelled and has ended; {depot}")


async def endpoint_ends_with_its_client(trial: Trial) -> bool:
    """The work of a plain endpoint is cancelled when its client leaves.

    Where it is not, work is done for nobody; where it is, an order that was half taken is given up.

        @app.post("/orders")
        async def order(): ...
        # the user has closed the window
    """
    begun, ended = event(trial), []

    async def answer(name: str) -> bytes:
        begun.set()
        try:
            await event(trial).wait()
        finally:
            ended.append(name)
        return b""

    async with serving(trial.backend.toolkit, trial.module.endpoint(answer)) as site, trial.crew() as crew:
        one = visit(trial, crew, site)
        await begun.wait()
        one.exchange.leave()
        await before_long(trial, lambda: bool(ended))
        return bool(ended)


ANSWERS = (
    Promise(each_request_gets_its_own_answer, about=ANSWERING),
    Promise(who_blocks_keeps_nobody_waiting, real=True, once=True, about=("blocking_endpoint",)),
    Promise(failure_is_told, about=(*ENDPOINTS, "abandoned", "middleware", "resources")),
    Promise(failed_life_is_told, about=("resources",)),
    Promise(failed_stream_is_told, about=("streaming", "middleware")),
    Promise(cut_off_answer_is_not_complete, about=("streaming", "middleware"), need="whole"),
    Promise(cancelled_request_ends, about=ENDED_BY_HAND, swept=True),
    Promise(cancelled_request_closes, about=("resources",), swept=True),
    Promise(endpoint_ends_with_its_client, real=True, about=("endpoint",), once=True, fact=True),
)
