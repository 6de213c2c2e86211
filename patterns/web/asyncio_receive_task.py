"""`asyncio.wait` for the work or for `receive()`, whichever comes first.

Choose it when you write for asyncio, and work is to be cancelled as soon as its client has left, not at the next look.
It costs two tasks per request. The body of the request must have been read before.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


async def disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def abandoned(work: Callable[[str], Coroutine[Any, Any, bytes]]) -> App:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])  # how an application says that it has no lifespan
        task = asyncio.create_task(work(scope["path"].removeprefix("/items/")))
        listener = asyncio.create_task(disconnected(receive))
        try:
            await asyncio.wait([task, listener], return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                return
            body = await task
        finally:
            task.cancel()
            listener.cancel()
            await asyncio.wait([task, listener])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})

    return app


# --- how it fits the contract ---

LIBRARY = "asyncio"
