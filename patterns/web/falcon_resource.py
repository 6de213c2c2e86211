"""Falcon: `on_get` of a resource fills in a response.

Choose it when you want little between the server and you, in classes, and know where each header comes from.
It runs on asyncio alone. It costs less than larger frameworks, and what blocks is yours to send to a thread.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from falcon.asgi import App, Request, Response


def application(resource: Any) -> App[Request, Response]:
    app = App()
    app.add_route("/items/{name}", resource)
    return app


def endpoint(answer: Callable[[str], Awaitable[bytes]]) -> App[Request, Response]:
    class Items:
        async def on_get(self, req: Request, resp: Response, name: str) -> None:  # noqa: ARG002  Falcon's
            resp.data = await answer(name)

    return application(Items())


def blocking_endpoint(answer: Callable[[str], bytes]) -> App[Request, Response]:
    class Items:
        async def on_get(self, req: Request, resp: Response, name: str) -> None:  # noqa: ARG002  Falcon's
            resp.data = await asyncio.to_thread(answer, name)

    return application(Items())


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("falcon>=4.4.0",)
