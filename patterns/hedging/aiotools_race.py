"""`aiotools.race`: the first answer of coroutines in a scope, or the errors of all.

Choose it when aiotools is installed anyway, and all are to be asked at once.
It costs a task and a queue entry per source, and an async generator per call.
"""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import aiotools

T = TypeVar("T")
Source = Callable[[], Coroutine[Any, Any, T]]


async def race(sources: Sequence[Source[T]]) -> T:
    result, _ = await aiotools.race([source() for source in sources], continue_on_error=True)
    return result


LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aiotools>=2.2.4",)
KNOWN_FAILURES = (
    (
        "cancelled_caller_is_cancelled",
        "",
        "aiotools 2.2.4: a cancellation that comes while race() waits for the clean-up of losers is dropped",
    ),
    (
        "cancellation_survives_failing_clean_up",
        "",
        "aiotools 2.2.4: a cancellation that comes while race() waits for the clean-up of losers is dropped",
    ),
    (
        "nothing_complains",
        "",
        "aiotools 2.2.4: the errors that race() collects are told to the exception handler of the loop as well",
    ),
    (
        "cancelled_call_asks_nobody",
        "",
        "aiotools 2.2.4: cancelled as an eager task, a scope fails an assertion of its own",
        "asyncio-eager",
    ),
    (
        "cancelled_call_leaves_no_source",
        "",
        "aiotools 2.2.4: cancelled as an eager task, a scope fails an assertion of its own",
        "asyncio-eager",
    ),
    (
        "calls_are_strangers",
        "",
        "aiotools 2.2.4: cancelled as an eager task, a scope fails an assertion of its own",
        "asyncio-eager",
    ),
)
