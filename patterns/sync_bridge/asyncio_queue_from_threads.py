"""`asyncio.Queue.put_nowait` called by threads, and a heartbeat so that it works: a trap.

Choose it when nobody but tasks of the loop puts anything in.
It costs correctness: the queue wakes its reader without waking the loop, which sleeps until something else does. The
heartbeat hides that, makes every question as late as it is slow, and wakes an idle program all day.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import Future
from contextlib import asynccontextmanager
from typing import Any, TypeVar

T = TypeVar("T")
HEARTBEAT = 0.001  # seconds


class Questions:
    def __init__(self, timeout: float | None = None) -> None:
        self._timeout = timeout
        self._queue: asyncio.Queue[tuple[Callable[[], Coroutine[Any, Any, Any]], Future[Any]]] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(self, function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
        answer: Future[T] = Future()
        self._queue.put_nowait((lambda: function(*args), answer))  # from a thread, for which it is not made
        return answer.result(self._timeout)

    async def serve(self) -> None:
        while True:
            try:
                function, answer = await asyncio.wait_for(self._queue.get(), HEARTBEAT)
            except TimeoutError:
                continue
            task = asyncio.create_task(_answer(function, answer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


async def _answer(function: Callable[[], Coroutine[Any, Any, Any]], answer: "Future[Any]") -> None:
    try:
        answer.set_result(await function())
    except BaseException as error:
        answer.set_exception(error)


@asynccontextmanager
async def served(timeout: float | None = None) -> AsyncIterator[Questions]:  # noqa: ASYNC109  each question has as long
    questions = Questions(timeout)
    serving = asyncio.create_task(questions.serve())
    try:
        yield questions
    finally:
        serving.cancel()
        await asyncio.wait([serving])


# --- how it fits the contract ---

from patterns.sync_bridge import Ask

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    ("wakes_a_sleeping_loop", "", "asyncio.Queue.put_nowait from a thread wakes no loop; a timer does", "asyncio*"),
    ("late_question_is_cancelled", "", "the time of Future.result is the waiting thread's alone"),
    ("left_portal_leaves_nobody_waiting", "", "nobody reads the queue any more, and who has asked waits for ever"),
)


@asynccontextmanager
async def portal(timeout: float | None = None) -> AsyncIterator[Ask]:  # noqa: ASYNC109  each question has as long
    async with served(timeout) as questions:
        yield questions.ask
