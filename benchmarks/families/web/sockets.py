"""A real server at a port of this machine, on the loop at hand, and a client that keeps its connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

import anyio
import trio
from anyio.abc import SocketStream
from anyio.streams.buffered import BufferedByteReceiveStream

from benchmarks.plan.backends import Toolkit, TrioToolkit
from patterns.web import App

HERE = "127.0.0.1"
MOST = 65536  # bytes of the head of an answer


def listening(toolkit: Toolkit, app: App) -> AbstractAsyncContextManager[int]:
    """The port at which an application is served while the block lasts: by Hypercorn on Trio, else by uvicorn."""
    return _hypercorn(app) if isinstance(toolkit, TrioToolkit) else _uvicorn(app)


@asynccontextmanager
async def _uvicorn(app: Any) -> AsyncIterator[int]:
    import uvicorn

    config = uvicorn.Config(app, host=HERE, port=0, http="h11", ws="none", log_config=None, access_log=False)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    # What `serve` does, but for signals, which are not its own here, and for a nap of 0.1 s at each of its ends
    await server.startup()
    await server.on_tick(0)
    (listener,) = server.servers
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        while server.server_state.connections:  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0)
        await server.lifespan.shutdown()


@asynccontextmanager
async def _hypercorn(app: Any) -> AsyncIterator[int]:
    from hypercorn.config import Config
    from hypercorn.trio import serve

    config = Config()
    config.bind = [f"{HERE}:0"]
    config.errorlog = None
    stop = trio.Event()
    async with trio.open_nursery() as nursery:
        (address,) = await nursery.start(partial(serve, app, config, shutdown_trigger=stop.wait, mode="asgi"))
        yield int(address.rpartition(":")[2])
        stop.set()


class Connection:
    """A connection to a server, for one request after the other."""

    def __init__(self, stream: SocketStream) -> None:
        """It is open."""
        self._stream = stream
        self._buffer = BufferedByteReceiveStream(stream)

    async def get(self, name: str) -> bytes:
        """Ask for an item; the body of the answer, whose length, or that it comes in chunks, stands in its head."""
        await self._stream.send(b"GET /items/%b HTTP/1.1\r\nhost: localhost\r\n\r\n" % name.encode("ascii"))
        head = (await self._buffer.receive_until(b"\r\n\r\n", MOST)).lower()
        _, length, rest = head.partition(b"content-length:")
        if length:
            return await self._buffer.receive_exactly(int(rest.partition(b"\r\n")[0]))
        body = b""
        while size := int(await self._buffer.receive_until(b"\r\n", MOST), 16):
            body += await self._buffer.receive_exactly(size)
            await self._buffer.receive_until(b"\r\n", MOST)
        await self._buffer.receive_until(b"\r\n", MOST)
        return body


@asynccontextmanager
async def connected(port: int, number: int) -> AsyncIterator[list[Connection]]:
    """So many connections to a port of this machine."""
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(await anyio.connect_tcp(HERE, port)) for _ in range(number)]
        yield [Connection(stream) for stream in streams]
