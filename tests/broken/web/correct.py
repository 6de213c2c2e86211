"""On AnyIO, without any of the defects planted beside it: task groups, and a lifespan that waits for all jobs."""

import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager

import anyio
import anyio.to_thread

from patterns.web import Answer, App, BlockingAnswer, Header, Job, Message, Open, Receive, Scope, Send, Source, Use

LIBRARY = "anyio"
log = logging.getLogger(__name__)


def endpoint(answer: Answer) -> App:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await only_requests(scope)
        body = await answer(name_of(scope))
        await respond(send, 200, body)

    return app


def blocking_endpoint(answer: BlockingAnswer) -> App:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await only_requests(scope)
        body = await anyio.to_thread.run_sync(answer, name_of(scope))
        await respond(send, 200, body)

    return app


async def only_requests(scope: Scope) -> None:
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])


def name_of(scope: Scope) -> str:
    return str(scope["path"]).removeprefix("/items/")


async def respond(send: Send, status: int, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": body})


def middleware(app: App, header: Header) -> App:
    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], header()]}
            await send(message)

        await app(scope, receive, sending)

    return outer


class background:  # noqa: N801
    def __init__(self, jobs: Sequence[Job]) -> None:
        self.jobs = jobs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            async with anyio.create_task_group() as self.group:
                await send({"type": "lifespan.startup.complete"})
                await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        await respond(send, 202, b"")
        for job in self.jobs:
            self.group.start_soon(self.run, job, name_of(scope))

    async def run(self, job: Job, name: str) -> None:
        try:
            await job(name)
        except Exception:
            log.exception("a job failed")


class resources:  # noqa: N801
    def __init__(self, shared: Open, own: Sequence[Open], use: Use) -> None:
        self.shared, self.use = asynccontextmanager(shared), use
        self.own = [asynccontextmanager(opens) for opens in own]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            async with self.shared() as self.thing:
                await send({"type": "lifespan.startup.complete"})
                await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        async with AsyncExitStack() as stack:
            things = [await stack.enter_async_context(opens()) for opens in self.own]
            body = await self.use([self.thing, *things])
        await respond(send, 200, body)


def streaming(source: Source) -> App:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await only_requests(scope)
        async with anyio.create_task_group() as group, aclosing(source(name_of(scope))) as pieces:
            group.start_soon(listen, receive, group.cancel_scope)
            await send({"type": "http.response.start", "status": 200, "headers": []})
            async for piece in pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
            group.cancel_scope.cancel()

    return app


async def listen(receive: Receive, scope: anyio.CancelScope) -> None:
    message = await receive()
    while message["type"] != "http.disconnect":
        message = await receive()
    scope.cancel()


def abandoned(work: Answer) -> App:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await only_requests(scope)
        body = None
        async with anyio.create_task_group() as group:
            group.start_soon(listen, receive, group.cancel_scope)
            body = await work(name_of(scope))
            group.cancel_scope.cancel()
        if body is not None:
            await respond(send, 200, body)

    return app
