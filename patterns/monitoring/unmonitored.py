"""Nothing at all: a program that nobody watches. The others are measured against it.

Choose it when a monitor would tell nobody: its ratio is 1 by definition, and theirs is what watching costs.
It costs the evening on which the loop is held up and nobody knows by what. It tells, counts and sends nothing.
"""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from typing import Any


@asynccontextmanager
async def stalls(tell: Callable[[float], object], longest: float) -> AsyncIterator[None]:  # noqa: ARG001  no-one looks
    yield


@asynccontextmanager
async def tasks() -> AsyncIterator[Callable[[], tuple[int, int]]]:
    yield lambda: (0, 0)


class Nothing:
    dropped = 0

    def __init__(self) -> None:
        self._block = nullcontext()

    def operation(self, name: str) -> AbstractContextManager[object]:  # noqa: ARG002  all are alike
        return self._block

    def snapshot(self) -> dict[tuple[str, str], int]:
        return {}

    def send(self, event: Any) -> None:
        pass


@asynccontextmanager
async def counters() -> AsyncIterator[Nothing]:
    yield Nothing()


async def ignore(event: Any) -> None:
    pass


Ignore = Callable[[Any], Coroutine[Any, Any, object]]


@asynccontextmanager
async def waiting(sink: Ignore, size: int) -> AsyncIterator[Ignore]:  # noqa: ARG001  it is not told
    yield ignore


@asynccontextmanager
async def dropping(sink: Ignore, size: int) -> AsyncIterator[Nothing]:  # noqa: ARG001  it is not told
    yield Nothing()


# --- how it fits the contract ---

LIBRARY = "any"
KNOWN_FAILURES = (
    ("stall_is_told", "", "nobody watches"),
    ("kept_interpreter_is_told", "", "nobody watches"),
    ("told_meanwhile", "", "nobody watches"),
    ("tasks_are_counted", "", "nobody counts"),
    ("counts_are_exact", "", "nobody counts"),
    ("counts_add_up", "", "nobody counts"),
    ("snapshot_stays", "", "nobody counts"),
    ("events_arrive_or_are_counted", "", "nothing is sent, and nothing counted"),
    ("whatever_is_sent_arrives", "", "nothing is sent"),
    ("failing_sink_breaks_nothing", "", "nothing is sent: neither before a failure nor after it"),
    ("holds_no_more_than_its_size", "", "nothing is sent, so that nobody who sends has to wait"),
    ("last_events_arrive", "", "nothing is sent"),
    ("events_arrive_in_order", "", "nothing is sent"),
    ("cancelled_sender_keeps_nobody_waiting", "", "nothing is sent"),
)
