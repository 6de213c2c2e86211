"""`aiomonitor.start_monitor`: a thread with a terminal and a web page that list a loop's tasks.

Choose it when you want to look into a program that is running: which tasks there are, where each of them is, who made
it, and who cancelled it.
It costs a thread with a loop and two open ports, and for each task that is made a stack that is walked and a wrapped
coroutine. Whoever looks into the thread's lists from the program finds the last 1000 tasks that have ended.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiomonitor import Monitor, start_monitor

UNTRACED = "-"  # since when tasks are running that were there before


def counted(monitor: Monitor) -> tuple[int, int]:
    running = [task for task in monitor.format_running_task_list("", False) if task.since != UNTRACED]
    ended = len(monitor.format_terminated_task_list("", False))
    return len(running) + ended, ended


@asynccontextmanager
async def tasks() -> AsyncIterator[Callable[[], tuple[int, int]]]:
    loop = asyncio.get_running_loop()
    last: tuple[int, int] | None = None
    with start_monitor(loop, hook_task_factory=True, console_enabled=False, port=0, webui_port=0) as monitor:
        traced: Any = loop.get_task_factory()

        def make(loop: asyncio.AbstractEventLoop, coro: Any, *, name: Any = None, context: Any = None, **_: Any) -> Any:
            return traced(loop, coro, name=name, context=context)  # uvloop 0.23 hands over more than it takes

        loop.set_task_factory(make)
        try:
            yield lambda: last or counted(monitor)
        finally:
            last = counted(monitor)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aiomonitor>=0.7.1",)
KNOWN_FAILURES = (
    (
        "watched_tasks_end_as_ever",
        "",
        "aiomonitor 0.7.1: a done callback asks each task for its exception, and asyncio takes that for retrieved",
    ),
    (
        "nothing_complains",
        "",
        "aiomonitor 0.7.1: aiohttp warns of its keys, and who is cancelled before its first turn leaves a coroutine",
    ),
)
