"""Correct, on Trio: a channel of jobs, nurseries, and blocks inside blocks."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any

import trio

from patterns.web import Answer, App, BlockingAnswer, Header, Job, Message, Open, Receive, Scope, Send, Source, Use

LIBRARY = "trio"
log = logging.getLogger(__name__)
Handle = Callable[[str, Receive, Send], Awaitable[None]]


def answering(handle: Handle) -> App:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await handle(scope["path"].partition("/items/")[2], receive, send)

    return app


async def reply(send: Send, body: bytes) -> None:
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": body[:1], "more_body": True})
    await send({"type": "http.response.body", "body": body[1:]})


def endpoint(answer: Answer) -> App:
    async def handle(name: str, receive: Receive, send: Send) -> None:
        await reply(send, await answer(name))

    return answering(handle)


def blocking_endpoint(answer: BlockingAnswer) -> App:
    async def handle(name: str, receive: Receive, send: Send) -> None:
        await reply(send, await trio.to_thread.run_sync(answer, name))

    return answering(handle)


def abandoned(work: Answer) -> App:
    async def handle(name: str, receive: Receive, send: Send) -> None:
        bodies: list[bytes] = []
        async with trio.open_nursery() as nursery:
            nursery.start_soon(cancelling, receive, nursery.cancel_scope)
            bodies.append(await work(name))
            nursery.cancel_scope.cancel()
        for body in bodies:
            await reply(send, body)

    return answering(handle)


def streaming(source: Source) -> App:
    async def handle(name: str, receive: Receive, send: Send) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(cancelling, receive, nursery.cancel_scope)
            async with aclosing(source(name)) as pieces:
                await send({"type": "http.response.start", "status": 200, "headers": []})
                async for piece in pieces:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body"})
            nursery.cancel_scope.cancel()

    return answering(handle)


async def cancelling(receive: Receive, scope: trio.CancelScope) -> None:
    while True:
        if (await receive())["type"] == "http.disconnect":
            scope.cancel()
            return


def middleware(app: App, header: Header) -> App:
    async def outside(scope: Scope, receive: Receive, send: Send) -> None:
        async def passing(message: Message) -> None:
            if "status" in message:
                await send({**message, "headers": [*message.get("headers", []), header()]})
            else:
                await send(message)

        await app(scope, receive, passing)

    return outside


class background:  # noqa: N801
    def __init__(self, jobs: Sequence[Job]) -> None:
        self.jobs = jobs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            self.put, get = trio.open_memory_channel[tuple[Job, str]](float("inf"))
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self.work, get)
                await send({"type": "lifespan.startup.complete"})
                await receive()
                self.put.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
        await reply(send, b"")
        for job in self.jobs:
            self.put.send_nowait((job, scope["path"].partition("/items/")[2]))

    async def work(self, get: trio.MemoryReceiveChannel[tuple[Job, str]]) -> None:
        async for job, name in get:
            try:
                await job(name)
            except Exception as error:
                log.error("a job failed", exc_info=error)


class resources:  # noqa: N801
    def __init__(self, shared: Open, own: Sequence[Open], use: Use) -> None:
        self.shared, self.own, self.use = shared, own, use

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            async with asynccontextmanager(self.shared)() as thing:
                scope["state"]["thing"] = thing
                await send({"type": "lifespan.startup.complete"})
                await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        await reply(send, await self.within([scope["state"]["thing"]], list(self.own)))

    async def within(self, things: list[Any], rest: list[Open]) -> bytes:
        if not rest:
            return await self.use(things)
        opens, *rest = rest
        async with asynccontextmanager(opens)() as thing:
            return await self.within([*things, thing], rest)
