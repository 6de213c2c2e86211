"""A trap: middleware that collects the whole answer before it sends it on.

Choose it when every answer is small, and none is ever streamed: to sign it, to compress it, to count its bytes.
It costs the memory of each answer. The client of a stream gets nothing until it has ended, which it may never do.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class AddHeader:
    def __init__(self, app: App, header: Callable[[], tuple[bytes, bytes]]) -> None:
        self.app = app
        self.header = header

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        added: list[tuple[bytes, bytes]] = []
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            if not messages:
                added.append(self.header())
            messages.append(message)

        await self.app(scope, receive, collect)
        start, *pieces = messages
        body = b"".join(piece.get("body", b"") for piece in pieces)
        await send({**start, "headers": [*start.get("headers", ()), *added]})
        await send({"type": "http.response.body", "body": body})


# --- how it fits the contract ---

LIBRARY = "any"
KIND = "trap"
KNOWN_FAILURES = (
    ("pieces_are_sent_as_they_are_made", "", "all of an answer is collected before it is sent"),
    ("slow_client_is_waited_for", "", "all of an answer is collected before it is sent"),
)
middleware = AddHeader
