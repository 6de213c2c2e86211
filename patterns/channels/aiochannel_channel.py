"""`aiochannel.Channel`: a queue that can be closed, on every Python.

Choose it when receivers are to end by themselves, and you have Python 3.11 or 3.12, where `asyncio.Queue` has no end.
It costs no more than a queue. Who comes in the moment in which an item does overtakes those who wait for it.
"""

from typing import TypeVar

from aiochannel import Channel as BoundedChannel
from aiochannel import ChannelClosed

T = TypeVar("T")
ClosedError = ChannelClosed


class ClosableChannel(BoundedChannel[T]):
    async def end(self) -> None:
        self.close()


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from patterns.channels import Channel

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aiochannel>=1.4.1",)
KNOWN_FAILURES = (
    ("longest_waiter_first", "", "who comes as an item does overtakes those who wait"),
    ("memory_is_given_back", "", "as asyncio.Queue before https://github.com/python/cpython/issues/75801"),
)


@asynccontextmanager
async def channel(capacity: int | None) -> AsyncIterator[Channel]:
    between = ClosableChannel[Any](capacity or 0)
    yield Channel(between.put, between.get, between.end)
