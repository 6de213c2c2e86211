"""Starlette's `BackgroundTasks`: jobs that a response carries, run one after the other once it is sent.

Choose it when a request leaves one short job, and Starlette or FastAPI is there already: the server waits for it as it
waits for a request.
It costs next to nothing. The first job that fails takes those after it along, and whatever has been opened for the
request may be closed before they run.
"""

from collections.abc import Awaitable, Callable, Sequence

from starlette.applications import Starlette
from starlette.background import BackgroundTasks
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def background(jobs: Sequence[Callable[[str], Awaitable[None]]]) -> Starlette:
    async def items(request: Request) -> Response:
        tasks = BackgroundTasks()
        for job in jobs:
            tasks.add_task(job, request.path_params["name"])
        return Response(status_code=202, background=tasks)

    return Starlette(routes=[Route("/items/{name}", items)])


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
REQUIRES = ("starlette>=1.10.0",)
KNOWN_FAILURES = (
    (
        "failed_job_loses_no_other",
        "",
        "Starlette 1.10.0: BackgroundTasks run in a row, which ends with the first that raises, as documented",
    ),
)
