"""Our own best on AnyIO: streams and work that end with their client, threads for what blocks.

Choose it when one code base must run on asyncio and Trio, clients leave, and work for them is dear: one task listens
for as long as there is work, and cancels it. An error of the work is raised as it is, and not in a group.
It costs these lines in your program, and a task per request.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from typing import Any, TypeVar

import anyio
import anyio.to_thread

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
T = TypeVar("T")


async def while_there(receive: Receive, function: Callable[..., Awaitable[T]], *args: Any) -> T | None:
    """What the function returns; it is cancelled when the client leaves before."""
    result: T | None = None
    failure: Exception | None = None
    async with anyio.create_task_group() as group:
        group.start_soon(listen, receive, group.cancel_scope)
        try:
            result = await function(*args)
        except Exception as error:
            failure = error
        group.cancel_scope.cancel()
    if failure is None:
        return result
    try:
        raise failure
    finally:
        del failure  # it refers to this frame: no cycle for the collector


async def listen(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()


def abandoned(work: Callable[[str], Awaitable[bytes]]) -> App:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])  # how an application says that it has no lifespan
        body = await while_there(receive, work, scope["path"].removeprefix("/items/"))
        if body is not None:
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
            await while_there(receive, send_all, send, pieces)
        finally:
            await pieces.aclose()

    return app


async def send_all(send: Send, pieces: AsyncGenerator[bytes, None]) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    async for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body"})


def blocking_endpoint(answer: Callable[[str], bytes]) -> App:
    async def app(scope: Message, receive: Receive, send: Send) -> None:  # noqa: ARG001  ASGI's signature
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        name = scope["path"].removeprefix("/items/")
        await respond(send, await anyio.to_thread.run_sync(answer, name))

    return app


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "own"
