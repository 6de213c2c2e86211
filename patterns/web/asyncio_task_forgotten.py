"""A trap: `asyncio.create_task`, and nobody keeps the task.

Choose it when nothing depends on the job, and nobody minds whether it is done.
It costs the jobs that the garbage collector finds before they are done: the loop holds its tasks by weak references
only.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping, Sequence
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


def background(jobs: Sequence[Callable[[str], Coroutine[Any, Any, None]]]) -> App:
    async def app(scope: Message, receive: Receive, send: Send) -> None:  # noqa: ARG001  ASGI's signature
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        await send({"type": "http.response.start", "status": 202, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})
        for job in jobs:
            asyncio.create_task(job(scope["path"].removeprefix("/items/")))  # noqa: RUF006  the trap

    return app


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    ("every_job_ends", "", "a task that nobody keeps is collected while it waits"),
    ("jobs_end_before_the_application", "", "nobody waits for the tasks when the application ends"),
)
