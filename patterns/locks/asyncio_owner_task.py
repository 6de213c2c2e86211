"""An owner task with an `asyncio.Queue`: one task touches the state, the others send it requests.

Choose it when changes should happen one after the other in a place of their own, with one log and one error policy.
It costs a queue entry, a future and two trips through the loop for every call, even when nobody else is there.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Fetch = Callable[[], Awaitable[int]]
Pair = tuple[int, int]
Request = tuple[int, Fetch | None, "asyncio.Future[Pair]"]


class OwnedLedger:
    def __init__(self) -> None:
        self.requests: asyncio.Queue[Request | None] = asyncio.Queue()
        self._accounts: dict[int, Pair] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        await self._ask(account, fetch)

    async def read(self, account: int) -> Pair:
        return await self._ask(account, None)

    async def _ask(self, account: int, fetch: Fetch | None) -> Pair:
        reply: asyncio.Future[Pair] = asyncio.get_running_loop().create_future()
        self.requests.put_nowait((account, fetch, reply))
        return await reply

    async def serve(self) -> None:
        while (request := await self.requests.get()) is not None:
            account, fetch, reply = request
            if reply.cancelled():
                continue
            try:
                pair = await self._changed(account, fetch)
            except asyncio.CancelledError as error:
                reply.cancel()
                task = asyncio.current_task()
                if task is None or task.cancelling():  # meant for the owner, not raised by fetch()
                    raise error
            except BaseException as error:
                if not reply.cancelled():
                    reply.set_exception(error)
            else:
                if not reply.cancelled():
                    self._accounts[account] = pair
                    reply.set_result(pair)

    async def _changed(self, account: int, fetch: Fetch | None) -> Pair:
        balance, entries = self._accounts.get(account, (0, 0))
        return (balance, entries) if fetch is None else (balance + await fetch(), entries + 1)


@asynccontextmanager
async def ledger() -> AsyncIterator[OwnedLedger]:
    opened = OwnedLedger()
    owner = asyncio.create_task(opened.serve())
    try:
        yield opened
    finally:
        opened.requests.put_nowait(None)
        await owner


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("owner_reacquire", "", "The owner waits in a fetch for an answer that only the owner could give."),
    ("second_loop", "", "The owner ends with its loop; a request that comes later is never answered."),
    (
        "second_thread",
        "",
        ("An asyncio queue wakes no other thread: the answer is there, but the asking loop is not told."),
    ),
    ("cancellation_leaves_no_trace", "", "a deposit that is cancelled in the moment it is entered stays entered"),
    (
        "fetch_ends_with_its_deposit",
        "",
        ("`fetch()` runs in the owner's task: cancelling a deposit drops its amount, and lets its `fetch()` finish"),
    ),
)
