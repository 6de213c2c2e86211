"""Correct, without a library: whatever can be done in the task of the request is done there, step by step."""

import logging
from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from patterns.web import Answer, App, Header, Job, Message, Open, Receive, Scope, Send, Use

LIBRARY = "any"


async def send_whole(send: Send, body: bytes) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for letter in (body[number : number + 1] for number in range(len(body))):
        await send({"type": "http.response.body", "body": letter, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def endpoint(answer: Answer) -> App:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                body = await answer(scope["raw_path"][7:].decode())
            except Exception:
                logging.getLogger("requests").exception("a request failed")
                await send({"type": "http.response.start", "status": 500, "headers": []})
                await send({"type": "http.response.body", "body": b"sorry"})
            else:
                await send_whole(send, body)

    return app


def middleware(app: App, header: Header) -> App:
    def outer(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        def sending(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                return send({**message, "headers": [*message.get("headers", []), header()]})
            return send(message)

        return app(scope, receive, sending)

    return outer


def background(jobs: Sequence[Job]) -> App:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        await send_whole(send, b"")
        errors = []
        for job in jobs:
            try:
                await job(scope["raw_path"][7:].decode())
            except Exception as error:
                errors.append(error)
        if errors:
            raise ExceptionGroup("jobs failed", errors)

    return app


def resources(shared: Open, own: Sequence[Open], use: Use) -> App:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            async with asynccontextmanager(shared)() as scope["state"]["shared"]:
                await send({"type": "lifespan.startup.complete"})
                await receive()
            return
        async with AsyncExitStack() as stack:
            things = [await stack.enter_async_context(asynccontextmanager(opens)()) for opens in own]
            body = await use([scope["state"]["shared"], *things])
        await send_whole(send, body)

    return app
