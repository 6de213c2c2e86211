"""The server without a socket keeps to what ASGI says of servers, on the loop of each library."""

from typing import Any

import pytest

from benchmarks.families.web.server import LifespanError, serving
from benchmarks.families.web.sockets import connected, listening
from benchmarks.plan.backends import BACKENDS, Main
from benchmarks.safety.cancelling import leaves
from patterns.web import App, Receive, Scope, Send
from tests.where import LIBRARIES

PIECES = (b"1", b"", b"23")


def run(loop: str, main: Main[Any]) -> Any:
    """What a main function returns on a loop."""
    return BACKENDS[loop].run(main, 0)


async def in_pieces(scope: Scope, receive: Receive, send: Send) -> None:
    """An application without a lifespan, which says no length."""
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    await receive()
    await send({"type": "http.response.start", "status": 200})
    for piece in PIECES:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body"})


def living(said: list[str], *, fails: str = "") -> App:
    """An application with a lifespan that fails as it starts, or as it stops, or not at all."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await in_pieces(scope, receive, send)
            return
        for moment in ("startup", "shutdown"):
            said.append((await receive())["type"])
            if fails == moment:
                await send({"type": f"lifespan.{moment}.failed", "message": "no database"})
                raise ValueError(moment)
            scope["state"][moment] = True
            await send({"type": f"lifespan.{moment}.complete"})

    return app


@pytest.mark.parametrize("loop", LIBRARIES)
def test_an_application_without_a_lifespan_is_asked_all_the_same(loop: str) -> None:
    """One that raises as it is asked for its life has none."""

    async def main() -> bytes:
        async with serving(BACKENDS[loop].toolkit, in_pieces) as site:
            exchange = await site.get()
            assert exchange.complete
            return exchange.body

    assert run(loop, main) == b"123"


@pytest.mark.parametrize("loop", LIBRARIES)
def test_a_lifespan_surrounds_all_requests_and_each_has_a_copy_of_its_state(loop: str) -> None:
    """Whatever one request writes there the next does not find."""
    said: list[str] = []

    async def main() -> list[dict[str, Any]]:
        async with serving(BACKENDS[loop].toolkit, living(said)) as site:
            first, second = site.request(), site.request()
            first.scope["state"]["mine"] = True
            assert said == ["lifespan.startup"]
            return [first.scope["state"], second.scope["state"]]

    assert run(loop, main) == [{"startup": True, "mine": True}, {"startup": True}]
    assert said == ["lifespan.startup", "lifespan.shutdown"]


@pytest.mark.parametrize("loop", LIBRARIES)
@pytest.mark.parametrize("moment", ["startup", "shutdown"])
def test_a_lifespan_that_fails_is_told(loop: str, moment: str) -> None:
    """Whether it cannot start, or fails as it ends."""

    async def main() -> None:
        async with serving(BACKENDS[loop].toolkit, living([], fails=moment)) as site:
            await site.get()

    with pytest.raises((LifespanError, ExceptionGroup)) as told:
        run(loop, main)
    assert any(isinstance(leaf, LifespanError) for leaf in leaves(told.value))


@pytest.mark.parametrize("loop", LIBRARIES)
def test_who_has_left_gets_nothing_and_is_known_to_have_left(loop: str) -> None:
    """What is sent then is dropped, as servers do."""

    async def main() -> tuple[bytes, str]:
        async with serving(BACKENDS[loop].toolkit, in_pieces) as site:
            exchange = site.request()
            exchange.leave()
            await site.answer(exchange)
            return exchange.body, (await exchange.receive())["type"]

    assert run(loop, main) == (b"", "http.disconnect")


@pytest.mark.parametrize("loop", LIBRARIES)
def test_answers_come_over_loopback_in_chunks_or_with_a_length(loop: str) -> None:
    """Through a real server, several on one connection."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == "/items/chunks":
            await in_pieces(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"3")]})
        await send({"type": "http.response.body", "body": b"456"})

    async def main() -> list[bytes]:
        async with listening(BACKENDS[loop].toolkit, app) as port, connected(port, 1) as (connection,):
            return [await connection.get(name) for name in ("chunks", "length", "chunks")]

    assert run(loop, main) == [b"123", b"456", b"123"]
