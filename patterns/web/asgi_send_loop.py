"""A stream as ASGI alone: a loop that sends pieces.

Choose it when streams are short, and nobody minds that work is done for clients who have left.
It costs a message for each piece. Nobody notices that a client has left: a server drops what is sent then, and a source
that waits for its next item waits on.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


def streaming(source: Callable[[str], AsyncGenerator[bytes, None]]) -> App:
    async def app(scope: Message, receive: Receive, send: Send) -> None:  # noqa: ARG001  ASGI's signature
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])  # how an application says that it has no lifespan
        await send({"type": "http.response.start", "status": 200, "headers": []})
        async for piece in source(scope["path"].removeprefix("/items/")):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})

    return app


# --- how it fits the contract ---

LIBRARY = "any"
KNOWN_FAILURES = (
    ("client_who_leaves_is_noticed", "", "nobody calls receive(), and what is sent to who has left is dropped"),
)
