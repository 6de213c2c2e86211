"""Litestar: handlers that know their parameters, `sync_to_thread`, `BackgroundTasks`, `Stream`.

Choose it when you want what FastAPI offers, with msgspec in the place of pydantic and layers of configuration.
It costs the import of a large package. An error of a handler is answered with status 500 and goes no further, so that
`after_exception` must log it. The first background task that fails takes those after it along.
"""

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any

from litestar import Litestar, MediaType, Response, get
from litestar.background_tasks import BackgroundTask, BackgroundTasks
from litestar.params import FromPath
from litestar.response import Stream

log = logging.getLogger(__name__)


async def told(error: Exception, scope: Any) -> None:
    log.error("%s failed", scope["path"], exc_info=error)


def application(handler: Any) -> Litestar:
    return Litestar([handler], after_exception=[told], logging_config=None, openapi_config=None)


def endpoint(answer: Callable[[str], Awaitable[bytes]]) -> Litestar:
    @get("/items/{name:str}", media_type=MediaType.TEXT)
    async def items(name: FromPath[str]) -> bytes:
        return await answer(name)

    return application(items)


def blocking_endpoint(answer: Callable[[str], bytes]) -> Litestar:
    @get("/items/{name:str}", media_type=MediaType.TEXT, sync_to_thread=True)
    def items(name: FromPath[str]) -> bytes:
        return answer(name)

    return application(items)


def background(jobs: Sequence[Callable[[str], Awaitable[None]]]) -> Litestar:
    @get("/items/{name:str}", media_type=MediaType.TEXT, status_code=202)
    async def items(name: FromPath[str]) -> Response[bytes]:
        return Response(b"", background=BackgroundTasks([BackgroundTask(job, name) for job in jobs]))

    return application(items)


def streaming(source: Callable[[str], AsyncGenerator[bytes, None]]) -> Litestar:
    @get("/items/{name:str}")
    async def items(name: FromPath[str]) -> Stream:
        return Stream(source(name))

    return application(items)


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
REQUIRES = ("litestar>=2.25.0",)
KNOWN_FAILURES = (
    (
        "failed_job_loses_no_other",
        "",
        "Litestar 2.25.0: BackgroundTasks run in a row, or in one task group: the first to raise ends the others",
    ),
)
