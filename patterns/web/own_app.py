"""Our own best for asyncio: streams and work that end with their client, threads for what blocks.

Choose it when clients leave, and work for them is dear: one task listens for as long as there is work, and cancels it
as a timeout would. Blocking functions have threads of their own, which nobody else uses up.
It costs these lines in your program, and a task per request.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from types import TracebackType
from typing import Any, Self

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

THREADS = 40  # calls that may block at the same time


class Client:
    """Cancels its block when the client leaves; ``left`` says that it has."""

    __slots__ = ("_before", "_listener", "_receive", "_task", "left")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.left = False

    async def __aenter__(self) -> Self:
        task = asyncio.current_task()
        assert task is not None
        self._task, self._before = task, task.cancelling()
        self._listener = asyncio.create_task(self._listen())
        return self

    async def _listen(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.left = True
        self._task.cancel()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not self._listener.done():
            self._listener.cancel()
            await asyncio.wait([self._listener])
        alone = self.left and self._task.uncancel() <= self._before
        return alone and kind is asyncio.CancelledError


def abandoned(work: Callable[[str], Awaitable[bytes]]) -> App:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])  # how an application says that it has no lifespan
        async with Client(receive) as client:
            body = await work(scope["path"].removeprefix("/items/"))
        if not client.left:
            await respond(send, body)

    return app


async def respond(send: Send, body: bytes) -> None:
    length = b"%d" % len(body)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": body})


def streaming(source: Callable[[str], AsyncGenerator[bytes, None]]) -> App:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        pieces = source(scope["path"].removeprefix("/items/"))
        try:
            async with Client(receive):
                await send({"type": "http.response.start", "status": 200, "headers": []})
                async for piece in pieces:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                await send({"type": "http.response.body"})
        finally:
            await pieces.aclose()

    return app


class Blocking:
    """Answers with what a function returns that blocks; its threads end with the application."""

    def __init__(self, answer: Callable[[str], bytes]) -> None:
        self._answer = answer
        self._threads = ThreadPoolExecutor(THREADS, "blocking")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            try:
                await receive()
                await asyncio.to_thread(self._threads.shutdown)  # by a thread: some may be at work
            finally:
                self._threads.shutdown(wait=False)
            await send({"type": "lifespan.shutdown.complete"})
            return
        run, name = copy_context().run, scope["path"].removeprefix("/items/")
        loop = asyncio.get_running_loop()
        await respond(send, await loop.run_in_executor(self._threads, run, self._answer, name))


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "own"
blocking_endpoint = Blocking
