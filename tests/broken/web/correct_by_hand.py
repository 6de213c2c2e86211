"""Correct, on asyncio, by hand: a thread for each function that blocks, and what a job raises is printed."""

import asyncio
import contextvars
import threading
import traceback
from collections.abc import Sequence
from typing import Any

from patterns.web import App, BlockingAnswer, Job, Receive, Scope, Send

LIBRARY = "asyncio"


async def reply(send: Send, body: bytes) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


async def live(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()


async def in_a_thread(function: BlockingAnswer, name: str) -> bytes:
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[bytes] = loop.create_future()

    def deliver(set_it: Any, value: Any) -> None:
        if not answered.done():
            set_it(value)

    def run() -> None:
        try:
            body = function(name)
        except Exception as error:
            loop.call_soon_threadsafe(deliver, answered.set_exception, error)
        else:
            loop.call_soon_threadsafe(deliver, answered.set_result, body)

    threading.Thread(target=contextvars.copy_context().run, args=(run,)).start()
    return await answered


def blocking_endpoint(answer: BlockingAnswer) -> App:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
            await send({"type": "lifespan.shutdown.complete"})
        else:
            await reply(send, await in_a_thread(answer, scope["path"].split("/")[-1]))

    return app


def background(jobs: Sequence[Job]) -> App:
    running: set[asyncio.Task[None]] = set()

    async def run(job: Job, name: str) -> None:
        try:
            await job(name)
        except Exception:
            traceback.print_exc()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
            while running:  # noqa: ASYNC110  it is slow on purpose
                await asyncio.sleep(0.02)
            await send({"type": "lifespan.shutdown.complete"})
            return
        await reply(send, b"")
        for job in jobs:
            task = asyncio.create_task(run(job, scope["path"].split("/")[-1]))
            running.add(task)
            task.add_done_callback(running.discard)

    return app
