"""A thread and a loop that look now and then whether the other one has left something: a trap.

Choose it when neither can be woken, as with a device that has no interrupt.
It costs up to two pauses for each question, and an idle program that looks around a thousand times a second, on both
sides. Once the loop looks no more, threads look for ever.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

T = TypeVar("T")
PAUSE = 0.001  # seconds


class Box:
    def __init__(self, timeout: float | None = None) -> None:
        self._timeout = timeout
        self._questions: deque[tuple[Callable[[], Coroutine[Any, Any, Any]], list[asyncio.Task[Any]]]] = deque()

    def ask(self, function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
        answer: list[asyncio.Task[T]] = []

        async def run() -> T:
            return await function(*args)

        self._questions.append((run, answer))
        began = time.monotonic()
        while not answer or not answer[0].done():
            if self._timeout is not None and time.monotonic() - began > self._timeout:
                raise TimeoutError
            time.sleep(PAUSE)
        return answer[0].result()

    async def look(self) -> None:
        while True:
            while self._questions:
                function, answer = self._questions.popleft()
                answer.append(asyncio.create_task(function()))
            await asyncio.sleep(PAUSE)


@asynccontextmanager
async def looked_after(timeout: float | None = None) -> AsyncIterator[Box]:  # noqa: ASYNC109  each question has as long
    box = Box(timeout)
    looking = asyncio.create_task(box.look())
    try:
        yield box
    finally:
        looking.cancel()
        await asyncio.wait([looking])


# --- how it fits the contract ---

from patterns.sync_bridge import Ask

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    ("wakes_a_sleeping_loop", "", "only a timer wakes the loop", "asyncio*"),
    ("late_question_is_cancelled", "", "who has looked for long enough goes away, and tells nobody"),
    ("left_portal_leaves_nobody_waiting", "", "the loop looks no more, and who has asked looks for ever"),
)


@asynccontextmanager
async def portal(timeout: float | None = None) -> AsyncIterator[Ask]:  # noqa: ASYNC109  each question has as long
    async with looked_after(timeout) as box:
        yield box.ask
