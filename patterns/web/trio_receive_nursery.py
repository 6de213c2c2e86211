"""A nursery with a task that waits for `receive()`, and cancels the work.

Choose it when you write for Trio, and work is to be cancelled as soon as its client has left.
It costs a nursery and a task per request. The body of the request must have been read before.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import trio

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


async def disconnected(receive: Receive, scope: trio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()


def abandoned(work: Callable[[str], Awaitable[bytes]]) -> App:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])  # how an application says that it has no lifespan
        async with trio.open_nursery() as nursery:
            nursery.start_soon(disconnected, receive, nursery.cancel_scope)
            body = await work(scope["path"].removeprefix("/items/"))
            length = b"%d" % len(body)
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
            await send({"type": "http.response.body", "body": body})
            nursery.cancel_scope.cancel()

    return app


# --- how it fits the contract ---

LIBRARY = "trio"
