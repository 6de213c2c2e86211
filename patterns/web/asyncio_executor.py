"""A trap: `loop.run_in_executor` around a function that sets context variables.

Choose it when the function knows nothing of its request, and threads are to come from an executor of your own.
It costs the context: a thread has its own, empty at first, and whatever one request sets there the next one finds.
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
        body = await asyncio.get_running_loop().run_in_executor(None, answer, name)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})

    return app


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    (
        "each_request_gets_its_own_answer",
        "",
        "a thread of the executor has a context of its own, in which the last request's variables are still set",
    ),
)
