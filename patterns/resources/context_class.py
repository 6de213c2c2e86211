"""A class with `__aenter__` and `__aexit__` for each resource, in an `AsyncExitStack`.

Choose it when a resource is a class of yours anyway: it is entered and left without a generator, and its methods can be
overridden.
It costs two methods per class, and nobody writes the `try` for you: what `__aenter__` has opened before it fails is not
closed by `__aexit__`. When several closings fail only the last error can be caught.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from types import TracebackType
from typing import Any, Generic, Protocol, TypeVar


class Closable(Protocol):
    async def aclose(self) -> None: ...


H = TypeVar("H", bound=Closable)
Connect = Callable[[], Coroutine[Any, Any, H]]


class Held(Generic[H]):
    def __init__(self, connect: Connect[H]) -> None:
        self._connect = connect

    async def __aenter__(self) -> H:
        self._handle = await self._connect()
        return self._handle

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._handle.aclose()


@asynccontextmanager
async def opened(connects: Sequence[Connect[H]]) -> AsyncIterator[list[H]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(Held(connect)) for connect in connects]


# --- how it fits the contract ---

LIBRARY = "any"
KNOWN_FAILURES = (
    ("farewell_when_cancelled", "", "a closing is cancelled with its user, at every wait", "trio"),
    ("every_error_is_told", "", "the stack raises what was raised last; the rest is its context"),
    (
        "cancellation_survives_failed_closing",
        "",
        "the stack raises what a closing raised, in the place of the cancellation that came before",
        "[!t]*",
    ),
)
