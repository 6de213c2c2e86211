"""`broadcaster.Broadcast("memory://")`: publish and subscribe by name, here within one process.

Choose it when you will have several processes, and Redis, Postgres or Kafka between them: the program stays the same.
It costs two queues and a task between a publisher and its subscribers. In memory it keeps whatever a slow subscriber
has not come for.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from broadcaster import Broadcast as Broadcaster


class Topic:
    def __init__(self, broadcaster: Broadcaster, name: str) -> None:
        self._broadcaster, self._name = broadcaster, name

    async def publish(self, item: Any) -> None:
        await self._broadcaster.publish(self._name, item)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Callable[[], Awaitable[Any]]]:
        async with self._broadcaster.subscribe(self._name) as subscriber:

            async def receive() -> Any:
                return (await subscriber.get()).message

            yield receive


@asynccontextmanager
async def opened(name: str) -> AsyncIterator[Topic]:
    async with Broadcaster("memory://") as broadcaster:
        yield Topic(broadcaster, name)
    await asyncio.sleep(0)  # its listener has been cancelled, and nobody waits for it


# --- how it fits the contract ---

from patterns.channels import Broadcast

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("broadcaster>=0.3.1",)
KNOWN_FAILURES = (("sender_waits_for_room", "", "in memory its queues have no bound"),)


@asynccontextmanager
async def broadcast(capacity: int) -> AsyncIterator[Broadcast]:  # noqa: ARG001
    async with opened("topic") as topic:
        yield Broadcast(topic.publish, topic.subscribe)
