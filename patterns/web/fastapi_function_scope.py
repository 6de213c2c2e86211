"""FastAPI's `Depends(..., scope="function")`: a dependency that is closed before the answer is sent.

Choose it when closing commits, in FastAPI: a commit that fails is an answer with status 500, and a client who has its
answer finds what it has stored.
It costs what dependencies cost, and what they hold is gone when a streamed answer begins. A dependency of this scope
can be needed by one of the usual scope, but not the other way round.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request, Response

Open = Callable[[], AsyncGenerator[Any, None]]


def resources(shared: Open, own: Sequence[Open], use: Callable[[Sequence[Any]], Awaitable[bytes]]) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        async with asynccontextmanager(shared)() as thing:
            yield {"shared": thing}

    async def first(request: Request) -> list[Any]:
        return [request.state.shared]

    needed: Callable[..., Any] = first
    for opens in own:
        needed = _one_more(opens, needed)
    app = FastAPI(lifespan=lifespan)

    @app.get("/items/{name}")
    async def items(things: Annotated[list[Any], Depends(needed, scope="function")]) -> Response:
        return Response(await use(things))

    return app


def _one_more(opens: Open, before: Callable[..., Any]) -> Callable[..., AsyncIterator[list[Any]]]:
    async def dependency(things: Annotated[list[Any], Depends(before, scope="function")]) -> AsyncIterator[list[Any]]:
        async with asynccontextmanager(opens)() as thing:
            yield [*things, thing]

    return dependency


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
REQUIRES = ("fastapi>=0.165.0",)
