"""Falcon's `resp.stream`: a generator whose pieces are sent one after the other.

Choose it when streams are short, and Falcon is there already.
It runs on asyncio alone. It costs a message for each piece, and nobody notices that a client has left: a source that
waits for its next item waits on. `resp.sse`, for events, does listen.
"""

from collections.abc import AsyncGenerator, Callable

from falcon.asgi import App, Request, Response


def streaming(source: Callable[[str], AsyncGenerator[bytes, None]]) -> App[Request, Response]:
    class Items:
        async def on_get(self, req: Request, resp: Response, name: str) -> None:  # noqa: ARG002  Falcon's
            resp.stream = source(name)

    app = App()
    app.add_route("/items/{name}", Items())
    return app


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("falcon>=4.4.0",)
KNOWN_FAILURES = (
    ("client_who_leaves_is_noticed", "", "Falcon 4.4.0: nobody calls receive() while resp.stream is sent"),
)
