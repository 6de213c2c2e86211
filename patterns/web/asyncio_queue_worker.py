"""An `asyncio.Queue`, and workers that the lifespan starts, and lets finish at the end.

Choose it when jobs come in bursts: no more are under way than there are workers, and a stop waits for all of them.
It costs a lifespan, and the queue is as long as the burst. A job that hangs keeps its worker, and the stop.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping, Sequence
from functools import partial
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

WORKERS = 4

log = logging.getLogger(__name__)


class Jobs:
    def __init__(self, jobs: Sequence[Callable[[str], Coroutine[Any, Any, None]]]) -> None:
        self._jobs = jobs

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        await send({"type": "http.response.start", "status": 202, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})
        for job in self._jobs:
            self._queue.put_nowait(partial(job, scope["path"].removeprefix("/items/")))

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._queue: asyncio.Queue[Callable[[], Coroutine[Any, Any, None]]] = asyncio.Queue()
        async with asyncio.TaskGroup() as group:
            workers = [group.create_task(self._work()) for _ in range(WORKERS)]
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await self._queue.join()
            for worker in workers:
                worker.cancel()
        await send({"type": "lifespan.shutdown.complete"})

    async def _work(self) -> None:
        while True:
            job = await self._queue.get()
            try:
                await job()
            except Exception:
                log.exception("a job failed")
            finally:
                self._queue.task_done()


# --- how it fits the contract ---

LIBRARY = "asyncio"
background = Jobs
