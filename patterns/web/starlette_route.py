"""Starlette's `Route`: a request comes in, a `Response` goes out; a `def` runs in a thread.

Choose it when you want routes, requests and responses, and read parameters yourself: it is what FastAPI stands on, and
costs less per request.
It costs a request object, a walk along the routes, and layers for errors around each endpoint. A stream ends when its
client leaves; a plain endpoint is not told.
"""

from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route


def endpoint(answer: Callable[[str], Awaitable[bytes]]) -> Starlette:
    async def items(request: Request) -> Response:
        return Response(await answer(request.path_params["name"]))

    return Starlette(routes=[Route("/items/{name}", items)])


def blocking_endpoint(answer: Callable[[str], bytes]) -> Starlette:
    def items(request: Request) -> Response:  # no coroutine: Starlette calls it in a thread
        return Response(answer(request.path_params["name"]))

    return Starlette(routes=[Route("/items/{name}", items)])


def streaming(source: Callable[[str], AsyncIterator[bytes]]) -> Starlette:
    async def items(request: Request) -> Response:
        return StreamingResponse(source(request.path_params["name"]))

    return Starlette(routes=[Route("/items/{name}", items)])


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
REQUIRES = ("starlette>=1.10.0",)
