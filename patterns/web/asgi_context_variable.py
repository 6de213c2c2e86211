"""Middleware that opens what a request needs, and leaves it in a context variable.

Choose it when whatever runs for a request needs the same few things, in whichever module and framework: it asks a
variable, and no parameter is passed on.
It costs a stack per request, also where nobody looks. What was opened is closed when the answer has been sent.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
Open = Callable[[], AsyncGenerator[Any, None]]

THINGS: ContextVar[Sequence[Any]] = ContextVar("things")


class Opening:
    def __init__(self, app: App, shared: Open, own: Sequence[Open]) -> None:
        self._app = app
        self._shared = asynccontextmanager(shared)
        self._own = [asynccontextmanager(one) for one in own]
        self._thing: Any = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        async with AsyncExitStack() as stack:
            things = [await stack.enter_async_context(one()) for one in self._own]
            THINGS.set([self._thing, *things])
            await self._app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            async with self._shared() as self._thing:
                await send({"type": "lifespan.startup.complete"})
                await receive()
        except Exception as error:
            failed = "startup" if self._thing is None else "shutdown"
            await send({"type": f"lifespan.{failed}.failed", "message": repr(error)})
            raise
        await send({"type": "lifespan.shutdown.complete"})


# --- how it fits the contract ---

from patterns.web import App as Application
from patterns.web import Use

LIBRARY = "any"
KNOWN_FAILURES = (("closed_before_the_answer", "", "what surrounds the application is closed when it has returned"),)


def resources(shared: Open, own: Sequence[Open], use: Use) -> Application:
    async def app(scope: Message, receive: Receive, send: Send) -> None:  # noqa: ARG001  ASGI's signature
        body = await use(THINGS.get())
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})

    return Opening(app, shared, own)
