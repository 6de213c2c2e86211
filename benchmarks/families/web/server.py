"""A server without a socket: it speaks ASGI with an application, as uvicorn and Hypercorn do, and nothing is parsed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from benchmarks.plan.backends import Event, Toolkit
from benchmarks.safety.errors import origins
from patterns.web import App, Message, Scope

ASGI = {"version": "3.0", "spec_version": "2.3"}  # as both of them say
HTTP: dict[str, Any] = {
    "type": "http",
    "asgi": ASGI,
    "http_version": "1.1",
    "method": "GET",
    "scheme": "http",
    "query_string": b"",
    "root_path": "",
    "headers": [(b"host", b"localhost")],
    "client": ("127.0.0.1", 50000),
    "server": ("127.0.0.1", 8000),
}


class LifespanError(Exception):
    """An application said that it could not start, or failed as it ended."""


class Exchange:
    """A request for an item, and what the server has been told to send in answer to it.

    ``status`` is 0 and ``headers`` are none until the answer begins; ``pieces`` are those of its body, and it is
    ``complete`` when its last one is there. ``over`` is set when it is, or when the client leaves: what is sent to who
    has left is dropped. A client that is slow takes no piece until ``takes`` is set, if there is one.
    """

    def __init__(self, toolkit: Toolkit, name: str, state: dict[str, Any]) -> None:
        """Nothing has been sent. Each request has a copy of the ``state`` of the lifespan."""
        path = f"/items/{name}"
        self.scope: Scope = {**HTTP, "path": path, "raw_path": path.encode("ascii"), "state": state.copy()}
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.pieces: list[bytes] = []
        self.complete = False
        self.over = toolkit.event()
        self.takes: Event | None = None
        self._asked = False

    async def receive(self) -> Message:
        """The request; then, once it is answered or its client has left, that there is nobody any more."""
        if self._asked:
            await self.over.wait()
            return {"type": "http.disconnect"}
        self._asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: Message) -> None:
        """Take down what the client gets; raises RuntimeError, as servers do, for a piece before the beginning."""
        if self.over.is_set():
            return
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", ()))
        elif not self.status:
            raise RuntimeError(f"an answer begins with http.response.start, and not with {message['type']}")
        else:
            if self.takes is not None:
                await self.takes.wait()
            self.pieces.append(message.get("body", b""))
            if not message.get("more_body", False):
                self.complete = True
                self.over.set()

    def leave(self) -> None:
        """The client leaves."""
        self.over.set()

    @property
    def body(self) -> bytes:
        """What has been sent of it."""
        return b"".join(self.pieces)


class Lifespan:
    """The life of an application, as far as it wants to know of it.

    ``state`` is what it leaves for its requests, ``error`` what it raised once it had started, and ``told`` whatever it
    raised, with what that came of.
    """

    def __init__(self, toolkit: Toolkit, app: App) -> None:
        """It has not begun."""
        self.state: dict[str, Any] = {}
        self.error: BaseException | None = None
        self.told: list[BaseException] = []
        self._app = app
        self._said: list[str] = []
        self._asked = False
        self._heard, self._stop, self._ended = toolkit.event(), toolkit.event(), toolkit.event()

    async def run(self) -> None:
        """Call the application; one that raises before it has started knows nothing of this."""
        try:
            await self._app({"type": "lifespan", "asgi": ASGI, "state": self.state}, self._receive, self._send)
        except Exception as error:
            self.told.extend(origins(error))
            if self._said:
                self.error = error
        finally:
            self._heard.set()
            self._ended.set()

    async def start(self) -> None:
        """Wait until it has started; raises LifespanError if it cannot."""
        await self.heard()
        if "lifespan.startup.failed" in self._said:
            raise LifespanError("the application did not start")

    async def heard(self) -> None:
        """Wait until it has said something, or ended."""
        await self._heard.wait()

    @property
    def failed(self) -> bool:
        """Whether it has said that it could not start, or end."""
        return any(said.endswith(".failed") for said in self._said)

    async def stop(self) -> None:
        """Tell it to end, and wait until it has."""
        self._stop.set()
        await self._ended.wait()

    async def _receive(self) -> Message:
        if self._asked:
            await self._stop.wait()
            return {"type": "lifespan.shutdown"}
        self._asked = True
        return {"type": "lifespan.startup"}

    async def _send(self, message: Message) -> None:
        self._said.append(message["type"])
        self._heard.set()


@dataclass(frozen=True, slots=True)
class Site:
    """An application that has started, and what its lifespan has left for its requests."""

    toolkit: Toolkit
    app: App
    state: dict[str, Any] = field(default_factory=dict)

    def request(self, name: str = "7") -> Exchange:
        """A request for an item, still to be sent."""
        return Exchange(self.toolkit, name, self.state)

    async def answer(self, exchange: Exchange) -> None:
        """Send it, and wait until the application has done with it; raises whatever that raises."""
        await self.app(exchange.scope, exchange.receive, exchange.send)

    async def get(self, name: str = "7") -> Exchange:
        """Ask for an item, and wait."""
        exchange = self.request(name)
        await self.answer(exchange)
        return exchange


@asynccontextmanager
async def serving(toolkit: Toolkit, app: App) -> AsyncIterator[Site]:
    """The time in which an application can be asked; raises LifespanError if it does not start, or fails to end."""
    lifespan = Lifespan(toolkit, app)
    async with toolkit.crowd() as run:
        run(lifespan.run)
        await lifespan.start()
        yield Site(toolkit, app, lifespan.state)
        await lifespan.stop()
    if lifespan.error:
        raise LifespanError("the application failed as it ended") from lifespan.error
