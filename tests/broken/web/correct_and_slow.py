"""Correct, and slow: everything is late by turns of the loop, answers go through a channel, jobs run in a row."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any

import anyio
import anyio.lowlevel
import anyio.to_thread

from patterns.web import Answer, App, BlockingAnswer, Header, Job, Message, Open, Receive, Scope, Send, Source, Use

LIBRARY = "anyio"
log = logging.getLogger(__name__)


async def late(turns: int = 5) -> None:
    for _ in range(turns):
        await anyio.lowlevel.checkpoint()


def endpoint(answer: Answer) -> App:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        await late()
        put, get = anyio.create_memory_object_stream[bytes](1)
        with put, get:
            await put.send(await answer(scope["path"][len("/items/") :]))
            await late()
            body = await get.receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await late()
        await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body"})

    return app


def blocking_endpoint(answer: BlockingAnswer) -> App:
    async def answer_in_thread(name: str) -> bytes:
        return await anyio.to_thread.run_sync(answer, name)

    return endpoint(answer_in_thread)


def middleware(app: App, header: Header) -> App:
    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        async def receiving() -> Message:
            await late()
            return await receive()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), header()]}
            await late()
            await send(message)

        await late()
        await app(scope, receiving, sending)

    return outer


def background(jobs: Sequence[Job]) -> App:
    async def accept(name: str) -> bytes:
        return b""

    accepting = endpoint(accept)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepting(scope, receive, send)
        for job in jobs:
            await late()
            try:
                await job(scope["path"][len("/items/") :])
            except Exception as error:
                log.warning("a job failed", exc_info=error)

    return app


def resources(shared: Open, own: Sequence[Open], use: Use) -> App:
    things: list[Any] = []

    async def opened(name: str) -> bytes:
        return await within(things, own)

    async def within(given: Sequence[Any], rest: Sequence[Open]) -> bytes:
        if not rest:
            return await use(given)
        await late()
        async with asynccontextmanager(rest[0])() as thing:
            return await within([*given, thing], rest[1:])

    answering = endpoint(opened)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await answering(scope, receive, send)
            return
        await receive()
        async with asynccontextmanager(shared)() as thing:
            things.append(thing)
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await late()
        await send({"type": "lifespan.shutdown.complete"})

    return app


async def either(receive: Receive, function: Callable[[], Awaitable[bytes]]) -> bytes:
    body = b""
    async with anyio.create_task_group() as group:

        async def listen() -> None:
            while (await receive())["type"] == "http.request":
                await late()
            group.cancel_scope.cancel()

        group.start_soon(listen)
        await late()
        body = await function()
        group.cancel_scope.cancel()
    return body


def abandoned(work: Answer) -> App:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(name: str) -> bytes:
            return await either(receive, lambda: work(name))

        await endpoint(answer)(scope, receive, send)

    return app


def streaming(source: Source) -> App:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])

        async def pump() -> bytes:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            async with aclosing(source(scope["path"][len("/items/") :])) as pieces:
                async for piece in pieces:
                    await late()
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body"})
            return b""

        await either(receive, pump)

    return app
