"""An owner task with a Trio memory channel: one task touches the state, the others send it requests.

Choose it when changes should happen one after the other in a place of their own, with one log and one error policy.
It costs an event and two trips through the scheduler for every call, even when nobody else is there. An error that
leaves the ledger's block arrives in an `ExceptionGroup`, as from any nursery.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import trio

Fetch = Callable[[], Awaitable[int]]
Pair = tuple[int, int]


@dataclass(eq=False, slots=True)
class Request:
    account: int
    fetch: Fetch | None
    done: trio.Event = field(default_factory=trio.Event)
    wanted: bool = True
    pair: Pair = (0, 0)
    error: BaseException | None = None


class OwnedLedger:
    def __init__(self, requests: trio.MemorySendChannel[Request]) -> None:
        self._requests = requests
        self._accounts: dict[int, Pair] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        await self._ask(Request(account, fetch))

    async def read(self, account: int) -> Pair:
        return await self._ask(Request(account, None))

    async def _ask(self, request: Request) -> Pair:
        try:
            await self._requests.send(request)
            await request.done.wait()
        finally:
            request.wanted = False
        if request.error is not None:
            raise request.error
        return request.pair

    async def serve(self, requests: trio.MemoryReceiveChannel[Request]) -> None:
        async for request in requests:
            balance, entries = self._accounts.get(request.account, (0, 0))
            request.pair = (balance, entries)
            try:
                if request.wanted and request.fetch is not None:
                    request.pair = (balance + await request.fetch(), entries + 1)
            except trio.Cancelled:
                raise
            except BaseException as error:
                request.error = error
            else:
                if request.wanted:
                    self._accounts[request.account] = request.pair
            request.done.set()


@asynccontextmanager
async def ledger() -> AsyncIterator[OwnedLedger]:
    sender, receiver = trio.open_memory_channel[Request](0)
    async with trio.open_nursery() as nursery, sender:
        opened = OwnedLedger(sender)
        nursery.start_soon(opened.serve, receiver)
        yield opened


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("owner_reacquire", "", "The owner waits in a fetch for an answer that only the owner could give."),
    (
        "second_thread",
        "",
        ("A channel wakes no other thread: AssertionError on one side, and the other waits for ever."),
    ),
    ("cancellation_leaves_no_trace", "", "a deposit that is cancelled in the moment it is entered stays entered"),
    (
        "fetch_ends_with_its_deposit",
        "",
        ("`fetch()` runs in the owner's task: cancelling a deposit drops its amount, and lets its `fetch()` finish"),
    ),
)
