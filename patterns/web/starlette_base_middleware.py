"""Starlette's `BaseHTTPMiddleware`: `dispatch` has a request, calls the rest, and gets a response.

Choose it when middleware is a few lines, and neither context variables nor streams matter: it is the class of the
tutorials.
It costs a task, a channel and two task groups per layer and request. What is inside runs in a task of its own: context
variables that it sets are lost, and an answer whose source has failed is ended as if it were whole.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]


class AddHeader(BaseHTTPMiddleware):
    def __init__(self, app: App, header: Callable[[], tuple[bytes, bytes]]) -> None:
        super().__init__(app)
        self.header = header

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        response.raw_headers.append(self.header())
        return response


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
REQUIRES = ("starlette>=1.10.0",)
KNOWN_FAILURES = (
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
)
middleware = AddHeader
