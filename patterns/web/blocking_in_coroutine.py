"""A trap: a function that blocks, called by a coroutine.

Choose it when it never blocks for longer than a millisecond: then it is the fastest way.
It costs everybody: while the function blocks, the loop answers nobody.
"""

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
        body = answer(name)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})

    return app


# --- how it fits the contract ---

LIBRARY = "any"
KIND = "trap"
KNOWN_FAILURES = (
    ("never_holds_up_the_loop", "", "the function runs on the thread of the loop"),
    (
        "who_blocks_keeps_nobody_waiting",
        "",
        "the function runs on the thread of the loop, which answers nobody meanwhile",
    ),
)
