"""Starlette's lifespan state for what is shared, and an `AsyncExitStack` for what is a request's own.

Choose it when a request opens little, and what it opens is to be closed before its answer is sent: the endpoint says in
which block it lives.
It costs a stack per request, and every endpoint says again what it opens.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Open = Callable[[], AsyncGenerator[Any, None]]


def resources(shared: Open, own: Sequence[Open], use: Callable[[Sequence[Any]], Awaitable[bytes]]) -> Starlette:
    opens = [asynccontextmanager(one) for one in own]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Any]]:
        async with asynccontextmanager(shared)() as thing:
            yield {"shared": thing}

    async def items(request: Request) -> Response:
        async with AsyncExitStack() as stack:
            things = [await stack.enter_async_context(one()) for one in opens]
            answer = await use([request.state.shared, *things])
        return Response(answer)

    return Starlette(routes=[Route("/items/{name}", items)], lifespan=lifespan)


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
REQUIRES = ("starlette>=1.10.0",)
