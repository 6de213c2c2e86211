"""Correct, on asyncio: a queue with one worker, tasks that are waited for, and a stack that is unwound by hand."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Coroutine, Sequence
from typing import Any

from patterns.web import App, Header, Job, Message, Open, Receive, Scope, Send, Use

LIBRARY = "asyncio"
log = logging.getLogger(__name__)


class Requests:
    def __init__(self, function: Any) -> None:
        self.function = function

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self.answer(scope["path"].split("/")[-1], receive, send)
            return
        assert (await receive())["type"] == "lifespan.startup"
        await self.open()
        await send({"type": "lifespan.startup.complete"})
        try:
            await receive()
        finally:
            await self.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def open(self) -> None:
        return

    async def close(self) -> None:
        return

    async def answer(self, name: str, receive: Receive, send: Send) -> None:
        raise NotImplementedError


async def whole(send: Send, body: bytes, status: int = 200) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": body, "more_body": False})


class endpoint(Requests):  # noqa: N801
    async def answer(self, name: str, receive: Receive, send: Send) -> None:  # noqa: ARG002  that of all
        await whole(send, await self.function(name))


class blocking_endpoint(Requests):  # noqa: N801
    async def answer(self, name: str, receive: Receive, send: Send) -> None:  # noqa: ARG002  that of all
        await whole(send, await asyncio.to_thread(self.function, name))


class abandoned(Requests):  # noqa: N801
    async def answer(self, name: str, receive: Receive, send: Send) -> None:
        work = asyncio.ensure_future(self.function(name))
        if await first(work, gone(receive)):
            await whole(send, work.result())


class streaming(Requests):  # noqa: N801
    async def answer(self, name: str, receive: Receive, send: Send) -> None:
        await first(asyncio.ensure_future(self.pump(self.function(name), send)), gone(receive))

    async def pump(self, pieces: AsyncGenerator[bytes, None], send: Send) -> None:
        try:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            while (piece := await anext(pieces, None)) is not None:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            await pieces.aclose()


async def gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def first(work: "asyncio.Future[Any]", other: Coroutine[Any, Any, None]) -> bool:
    """Whether the work has ended before the other; its error is raised."""
    listener = asyncio.ensure_future(other)
    try:
        await asyncio.wait([work, listener], return_when=asyncio.FIRST_COMPLETED)
    finally:
        ended = work.done()
        for task in (work, listener):
            task.cancel()
        await asyncio.gather(work, listener, return_exceptions=True)
    if ended:
        work.result()
    return ended


def middleware(app: App, header: Header) -> App:
    class Sending:
        def __init__(self, send: Send) -> None:
            self.send = send

        async def __call__(self, message: Message) -> None:
            copy = dict(message)
            if copy["type"].endswith("start"):
                copy["headers"] = [header(), *copy.get("headers", [])]
            await self.send(copy)

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, Sending(send) if scope["type"] == "http" else send)

    return wrapped


class background(Requests):  # noqa: N801
    async def open(self) -> None:
        self.queue: asyncio.Queue[tuple[Job, str] | None] = asyncio.Queue()
        self.worker = asyncio.create_task(self.work())

    async def close(self) -> None:
        self.queue.put_nowait(None)
        await self.worker

    async def answer(self, name: str, receive: Receive, send: Send) -> None:  # noqa: ARG002  that of all
        for job in self.function:
            self.queue.put_nowait((job, name))
        await whole(send, b"", 202)

    async def work(self) -> None:
        while (one := await self.queue.get()) is not None:
            job, name = one
            try:
                await job(name)
            except Exception:
                log.exception("a job failed")


class resources(Requests):  # noqa: N801
    def __init__(self, shared: Open, own: Sequence[Open], use: Use) -> None:
        super().__init__(use)
        self.shared, self.own = shared, own

    async def open(self) -> None:
        self.life = self.shared()
        self.thing = await anext(self.life)

    async def close(self) -> None:
        await anext(self.life, None)

    async def answer(self, name: str, receive: Receive, send: Send) -> None:  # noqa: ARG002  that of all
        open_: list[AsyncGenerator[Any, None]] = []
        things = [self.thing]
        try:
            for opens in self.own:
                one = opens()
                things.append(await anext(one))
                open_.append(one)
            body = await self.function(things)
            while open_:
                await anext(open_.pop(), None)
        finally:
            while open_:
                await open_.pop().aclose()
        await whole(send, body)
