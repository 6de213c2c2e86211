"""FastAPI: `async def` and `def` endpoints, `Depends`, `BackgroundTasks`, `StreamingResponse`.

Choose it when parameters, answers and documentation shall follow from annotations, and most of what your team knows is
FastAPI: each question of this family has an answer in its tutorial.
It costs the most per request and per dependency. What a dependency has opened is closed when the client has its answer
already; middleware of `@app.middleware("http")` sees no context variable of an endpoint, and ends a stream that has
failed as if it were whole; a background task that fails takes those after it along; whether a client has left must be
asked again and again.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, MutableMapping, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any

import anyio
from fastapi import BackgroundTasks, Depends, FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from starlette.middleware.base import BaseHTTPMiddleware

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]
Open = Callable[[], AsyncGenerator[Any, None]]

OFTEN = 0.01  # seconds between two looks whether the client is still there


def endpoint(answer: Callable[[str], Awaitable[bytes]]) -> FastAPI:
    app = FastAPI()

    @app.get("/items/{name}")
    async def items(name: str) -> Response:
        return Response(await answer(name))

    return app


def blocking_endpoint(answer: Callable[[str], bytes]) -> FastAPI:
    app = FastAPI()

    @app.get("/items/{name}")
    def items(name: str) -> Response:  # no coroutine: FastAPI calls it in a thread
        return Response(answer(name))

    return app


def middleware(app: App, header: Callable[[], tuple[bytes, bytes]]) -> BaseHTTPMiddleware:
    async def add_header(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        response.raw_headers.append(header())
        return response

    return BaseHTTPMiddleware(app, add_header)  # as @app.middleware("http") does


def background(jobs: Sequence[Callable[[str], Awaitable[None]]]) -> FastAPI:
    app = FastAPI()

    @app.get("/items/{name}")
    async def items(name: str, tasks: BackgroundTasks) -> Response:
        for job in jobs:
            tasks.add_task(job, name)
        return Response(status_code=202)

    return app


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
    async def items(things: Annotated[list[Any], Depends(needed)]) -> Response:
        return Response(await use(things))

    return app


def _one_more(opens: Open, before: Callable[..., Any]) -> Callable[..., AsyncIterator[list[Any]]]:
    async def dependency(things: Annotated[list[Any], Depends(before)]) -> AsyncIterator[list[Any]]:
        async with asynccontextmanager(opens)() as thing:
            yield [*things, thing]

    return dependency


def streaming(source: Callable[[str], AsyncIterator[bytes]]) -> FastAPI:
    app = FastAPI()

    @app.get("/items/{name}")
    async def items(name: str) -> Response:
        return StreamingResponse(source(name))

    return app


def abandoned(work: Callable[[str], Awaitable[bytes]]) -> FastAPI:
    app = FastAPI()

    @app.get("/items/{name}")
    async def items(name: str, request: Request) -> Response:
        answer = b""

        async def finish() -> None:
            nonlocal answer
            answer = await work(name)
            group.cancel_scope.cancel()

        async with anyio.create_task_group() as group:
            group.start_soon(finish)
            while not await request.is_disconnected():  # noqa: ASYNC110  nobody tells
                await anyio.sleep(OFTEN)
            group.cancel_scope.cancel()
        return Response(answer)

    return app


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
REQUIRES = ("fastapi>=0.165.0",)
KNOWN_FAILURES = (
    (
        "client_who_leaves_is_noticed",
        "",
        "Starlette 1.10.0: is_disconnected() receives in a cancelled scope, in which Trio looks at nothing",
        "trio",
    ),
    (
        "endpoint_context_reaches_middleware",
        "",
        "Starlette 1.10.0: BaseHTTPMiddleware runs what is inside in a task, in a copy of the context (starlette#1678)",
    ),
    (
        "cut_off_answer_is_not_complete",
        "",
        "Starlette 1.10.0: BaseHTTPMiddleware sends a last piece although what is inside has raised",
    ),
    (
        "failed_job_loses_no_other",
        "",
        "Starlette 1.10.0: BackgroundTasks run in a row, which ends with the first that raises, as documented",
    ),
    (
        "closed_before_the_answer",
        "",
        "FastAPI closes a dependency with yield when the answer is sent, unless it has scope='function'",
    ),
)
