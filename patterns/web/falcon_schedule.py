"""Falcon's `resp.schedule`: jobs that the application starts as tasks once it has sent the response.

Choose it when jobs may be lost, and Falcon is there already: to be sure, keep tasks in a set of your own.
It costs a task per job, which nobody keeps: the garbage collector may find it before it is done. Nobody waits for it
when the server stops, either.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from falcon.asgi import App, Request, Response


def background(jobs: Sequence[Callable[[str], Awaitable[None]]]) -> App[Request, Response]:
    class Items:
        async def on_get(self, req: Request, resp: Response, name: str) -> None:  # noqa: ARG002  Falcon's
            resp.status = 202
            for job in jobs:
                resp.schedule(partial(job, name))

    app = App()
    app.add_route("/items/{name}", Items())
    return app


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("falcon>=4.4.0",)
KNOWN_FAILURES = (
    ("every_job_ends", "", "Falcon 4.4.0: nobody keeps the tasks, so that one is collected while it waits"),
    ("jobs_end_before_the_application", "", "Falcon 4.4.0: nobody waits for the tasks when the application ends"),
)
