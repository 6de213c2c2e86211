"""What stands in for an alternative of ``patterns.web``: what is asked for is called in place."""

from benchmarks.plan.nothing import Nothing
from patterns.web import Answer, App, BlockingAnswer, Receive, Scope, Send, Source

START = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]}


class Offers:
    """What the workloads need."""

    @staticmethod
    def endpoint(answer: Answer) -> App:
        """Whatever is asked for, an item is answered."""

        async def app(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001  ASGI's signature
            if scope["type"] != "http":
                raise NotImplementedError(scope["type"])
            await send(START)
            await send({"type": "http.response.body", "body": await answer("7")})

        return app

    @staticmethod
    def blocking_endpoint(answer: BlockingAnswer) -> App:
        """The function blocks everybody."""

        async def in_place(name: str) -> bytes:
            return answer(name)

        return Offers.endpoint(in_place)

    @staticmethod
    def streaming(source: Source) -> App:
        """Nobody looks whether the client is still there."""

        async def app(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001  ASGI's signature
            if scope["type"] != "http":
                raise NotImplementedError(scope["type"])
            await send({"type": "http.response.start", "status": 200, "headers": []})
            async for piece in source("7"):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body"})

        return app


ANSWERED = Nothing("an answer whose request nobody has read", Offers)
NOTHING: dict[str, Nothing | str] = {
    "requests": ANSWERED,
    "layers": "a layer that adds its header is what is asked about",
    "dependencies": "opening and closing for a request is what is asked about",
    "jobs": "a job has to be done by somebody, when its request has been answered",
    "pieces": Nothing("pieces that are sent whoever is there", Offers),
    "blocking": Nothing("the function, called in place", Offers),
    "leaving": "somebody has to notice that a client has left",
    "loopback": ANSWERED,
}
