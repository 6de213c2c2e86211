"""`asyncio.create_task`, kept in a set until it is done.

Choose it when jobs may be lost: the set keeps a task from being collected, and nothing else has to be started or ended.
It costs a task per job. Nobody waits for the jobs when the server stops. What one raises is told by the loop once the
task is collected.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping, Sequence
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Jobs:
    def __init__(self, jobs: Sequence[Callable[[str], Coroutine[Any, Any, None]]]) -> None:
        self._jobs = jobs
        self._tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:  # noqa: ARG002  ASGI's signature
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])  # how an application says that it has no lifespan
        await send({"type": "http.response.start", "status": 202, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})
        for job in self._jobs:
            task = asyncio.create_task(job(scope["path"].removeprefix("/items/")))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KNOWN_FAILURES = (("jobs_end_before_the_application", "", "nobody waits for the tasks when the application ends"),)
background = Jobs
