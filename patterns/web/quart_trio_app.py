"""Quart-Trio: Flask's API on Trio; a handler is cancelled when its client leaves.

Choose it when a Flask application is to run on Trio, or when handlers are to be cancelled without a line of yours.
It costs a nursery per request, Flask's layers and its contexts. A handler that must not be cut off half-way needs a
shield, or a background task: those are waited for when the server stops, for five seconds unless the configuration says
more.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

from quart_trio import QuartTrio


def endpoint(answer: Callable[[str], Awaitable[bytes]]) -> QuartTrio:
    app = QuartTrio(__name__)

    @app.get("/items/<name>")
    async def items(name: str) -> bytes:
        return await answer(name)

    return app


def blocking_endpoint(answer: Callable[[str], bytes]) -> QuartTrio:
    app = QuartTrio(__name__)

    @app.get("/items/<name>")
    def items(name: str) -> bytes:  # no coroutine: Quart calls it in a thread
        return answer(name)

    return app


def background(jobs: Sequence[Callable[[str], Awaitable[None]]]) -> QuartTrio:
    app = QuartTrio(__name__)
    app.config["BACKGROUND_TASK_SHUTDOWN_TIMEOUT"] = float("inf")  # instead of five seconds

    @app.get("/items/<name>")
    async def items(name: str) -> tuple[bytes, int]:
        for job in jobs:
            app.add_background_task(job, name)
        return b"", 202

    return app


def streaming(source: Callable[[str], AsyncGenerator[bytes, None]]) -> QuartTrio:
    app = QuartTrio(__name__)

    @app.get("/items/<name>")
    async def items(name: str) -> AsyncGenerator[bytes, None]:
        return source(name)

    return app


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "package"
REQUIRES = ("quart-trio>=0.12.0",)
abandoned = endpoint  # whoever leaves has their handler cancelled
