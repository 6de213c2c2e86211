"""`nopanic.hedge`: a policy around one function, which asks the next source each time it is called.

Choose it when you use nopanic's other policies, too, or when one code base runs on asyncio and on Trio.
It costs a task per source that is asked, and a policy per call, because it is made for copies of one call.
"""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import nopanic

T = TypeVar("T")
Source = Callable[[], Coroutine[Any, Any, T]]


async def hedge(sources: Sequence[Source[T]], delay: float) -> T:
    following = iter(sources)

    async def ask() -> T:
        return await next(following)()

    if len(sources) == 1:  # a policy has at least one hedge
        return await ask()
    return await nopanic.hedge(delay=delay, max_hedges=len(sources) - 1)(ask)()


LIBRARY = "any"
KIND = "package"
REQUIRES = ("nopanic>=0.3.0",)
KNOWN_FAILURES = (
    (
        "failure_asks_the_next_at_once",
        "",
        "nopanic 0.3.0: while another is at work it waits for the delay after a failure, other than documented",
        "[!u]*",
    ),
    ("all_errors_are_told", "", "nopanic.hedge raises the last failure"),
)
