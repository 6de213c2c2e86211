"""`asyncio.to_thread` around a function that blocks.

Choose it when a few functions block, and you write for asyncio: the thread sees the context variables of its request.
It costs a hop to a thread and back. The default executor has four threads more than the machine has cores, at most 32:
who comes later waits, whatever else uses it.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


def blocking_endpoint(answer: Callable[[str], bytes]) -> App:
    async def app(scope: Message, receive: Receive, send: Send) -> None:  # noqa: ARG001  ASGI's signature
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])  # how an application says that it has no lifespan
        name = scope["path"].removeprefix("/items/")
        body = await asyncio.to_thread(answer, name)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})

    return app


# --- how it fits the contract ---

LIBRARY = "asyncio"
