"""Middleware as ASGI alone: an application around another one, with a `send` of its own.

Choose it when middleware changes headers, measures time or sets context variables: whatever is inside runs in the same
task, pieces and errors pass as they are, and it fits every framework.
It costs a closure per request, and you read messages instead of requests and responses.
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

        async def send_with_header(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), self.header()]}
            await send(message)

        await self.app(scope, receive, send_with_header)


# --- how it fits the contract ---

LIBRARY = "any"
middleware = AddHeader
