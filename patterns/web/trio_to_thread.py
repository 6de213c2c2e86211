"""`trio.to_thread.run_sync` around a function that blocks.

Choose it when a few functions block, and you write for Trio: threads are kept for the next call, and 40 work at once.
It costs a hop to a thread and back. A call is waited for even when its request is cancelled.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import trio

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


def blocking_endpoint(answer: Callable[[str], bytes]) -> App:
    async def app(scope: Message, receive: Receive, send: Send) -> None:  # noqa: ARG001  ASGI's signature
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])  # how an application says that it has no lifespan
        name = scope["path"].removeprefix("/items/")
        body = await trio.to_thread.run_sync(answer, name)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})

    return app


# --- how it fits the contract ---

LIBRARY = "trio"
