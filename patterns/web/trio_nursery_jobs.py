"""A nursery that the lifespan opens: jobs are its tasks, and it ends when they have.

Choose it when you write for Trio: no job outlives the application, and none is lost.
It costs a task per job, and a lifespan. A job that raises would end the nursery, and the application: each needs a
`try` around it.
"""

import logging
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

import trio

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

log = logging.getLogger(__name__)


class Jobs:
    def __init__(self, jobs: Sequence[Callable[[str], Awaitable[None]]]) -> None:
        self._jobs = jobs

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        await send({"type": "http.response.start", "status": 202, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})
        for job in self._jobs:
            self._nursery.start_soon(self._run, job, scope["path"].removeprefix("/items/"))

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with trio.open_nursery() as self._nursery:
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def _run(self, job: Callable[[str], Awaitable[None]], name: str) -> None:
        try:
            await job(name)
        except Exception:
            log.exception("a job failed")


# --- how it fits the contract ---

LIBRARY = "trio"
background = Jobs
