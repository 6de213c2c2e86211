"""Starlette's `request.is_disconnected()`, asked every few milliseconds while work is done.

Choose it when work has natural pauses in which to ask, such as the pieces of a stream.
It costs a look for each request that is under way, all the time, and work goes on until the next look. The work itself
must be cancelled by somebody, here by a task group.
"""

from collections.abc import Awaitable, Callable

import anyio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

OFTEN = 0.01  # seconds between two looks


def abandoned(work: Callable[[str], Awaitable[bytes]]) -> Starlette:
    async def items(request: Request) -> Response:
        answer = b""

        async def finish() -> None:
            nonlocal answer
            answer = await work(request.path_params["name"])
            group.cancel_scope.cancel()

        async with anyio.create_task_group() as group:
            group.start_soon(finish)
            while not await request.is_disconnected():  # noqa: ASYNC110  nobody tells
                await anyio.sleep(OFTEN)
            group.cancel_scope.cancel()
        return Response(answer)

    return Starlette(routes=[Route("/items/{name}", items)])


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
REQUIRES = ("starlette>=1.10.0",)
KNOWN_FAILURES = (
    (
        "client_who_leaves_is_noticed",
        "",
        "Starlette 1.10.0: is_disconnected() receives in a cancelled scope, in which Trio looks at nothing",
        "trio",
    ),
)
