"""`aiomisc.PoolBase`: a pool to inherit from, which says how an instance is made and destroyed.

Choose it when you use aiomisc already, and openings do not fail: instances can be recycled after some time, and are
checked before each use.
It costs a task that waits for what is to be recycled, and a gather at the end. It opens another one as long as it may,
though others are idle; an opening that fails takes a place for ever, and what closings raise is logged.
"""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol, TypeVar

from aiomisc import PoolBase


class Closable(Protocol):
    async def aclose(self) -> None: ...


H = TypeVar("H", bound=Closable)
Connect = Callable[[], Coroutine[Any, Any, H]]
Lease = Callable[[], AbstractAsyncContextManager[H]]


class Pool(PoolBase[H]):
    def __init__(self, connect: Connect[H], size: int) -> None:
        super().__init__(maxsize=size)
        self._connect = connect

    async def _create_instance(self) -> H:
        return await self._connect()

    async def _destroy_instance(self, instance: H) -> None:
        await instance.aclose()

    async def _check_instance(self, instance: H) -> bool:  # noqa: ARG002  each is fit for use
        return True


@asynccontextmanager
async def pool(connect: Connect[H], size: int) -> AsyncIterator[Lease[H]]:
    instances = Pool(connect, size)
    try:
        yield instances.acquire
    finally:
        await instances.close()


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aiomisc>=18.0.37",)
KNOWN_FAILURES = (
    (
        "failed_opening_gives_its_place_back",
        "",
        "aiomisc 18.0.37: PoolBase takes a place from its semaphore, and an instance that cannot be made keeps it",
    ),
    (
        "cancelled_user_gives_its_place_back",
        "",
        "aiomisc 18.0.37: PoolBase takes a place from its semaphore, and a making that is cancelled keeps it",
    ),
    (
        "closing_error_reaches_caller",
        "",
        "aiomisc 18.0.37: PoolBase.close() logs what destroying an instance raises, and raises nothing",
    ),
    (
        "nothing_left_behind",
        "",
        "aiomisc 18.0.37: PoolBase.close() ends its tasks last, and who is cancelled in it leaves them running",
    ),
    (
        "nothing_complains",
        "",
        "aiomisc 18.0.37: who is cancelled as PoolBase.close() begins leaves coroutines that were never awaited",
        "asyncio",
    ),
    (
        "nothing_complains",
        "",
        "aiomisc 18.0.37: who is cancelled as PoolBase.close() begins leaves coroutines that were never awaited",
        "uvloop",
    ),
    ("an_idle_one_is_used_again", "", "another one is made as long as there is a place, whoever is idle"),
    ("longest_waiter_first", "", "asyncio.Queue: who comes as something is given back overtakes those who wait"),
)
