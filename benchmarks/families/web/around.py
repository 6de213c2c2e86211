"""What is asked of ``patterns.web`` about middleware, streams, and clients who leave."""

from collections.abc import AsyncGenerator, Callable, Iterator
from functools import reduce
from itertools import count

from benchmarks.families.web.scene import WHOSE, begin, inner, piece, visit
from benchmarks.families.web.server import serving
from benchmarks.plan.backends import Event
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, event, expect, listed, shown_as
from benchmarks.safety.waiting import LONG, before_long
from patterns.web import App, Message, Receive, Scope, Send

MANY = 100  # pieces of an answer
AHEAD = 20  # of them that may be made before a client takes the first
OUTER = b"x-outer", b"1"


async def every_answer_gets_the_header(trial: Trial) -> None:
    """Middleware adds its header to each answer, when it begins, and leaves the rest as it is.

    The header says how long the request took, or which version answers. Where middleware makes an answer of its own
    from what it has seen, a status, a header or a piece is lost.

        @app.middleware("http")
        async def version(request, call_next):
            response = await call_next(request)
            return Response(await read(response))   # always 200
    """
    made: list[tuple[bytes, bytes]] = []
    serial = count()

    def header(number: int) -> tuple[bytes, bytes]:
        made.append((b"x-%d" % number, b"%d" % next(serial)))
        return made[-1]

    lives: list[str] = []

    @shown_as("an application")
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for what in ("startup", "shutdown"):
                lives.append((await receive())["type"].removeprefix("lifespan."))
                await send({"type": f"lifespan.{what}.complete"})
            return
        await trial.hop(trial.draw(2))
        expect(not made, "the header was asked for before the application had begun its answer")
        await send({"type": "http.response.start", "status": 201, "headers": [(b"x-inner", b"1"), (b"x-inner", b"2")]})
        await piece(send, b"a", more=True)
        await trial.hop(trial.draw(2))
        await piece(send, b"b")

    def layer(app: App, number: int) -> App:
        wrapped: App = trial.module.middleware(app, lambda: header(number))
        return wrapped

    innermost: App = application
    app = reduce(layer, range(3), innermost)
    async with serving(trial.backend.toolkit, app) as site, trial.crew() as crew:
        for which in ("first", "second"):
            made.clear()
            one = visit(trial, crew, site)
            await one.ends()
            wanted = [(b"x-inner", b"1"), (b"x-inner", b"2"), *made]
            found = [pair for pair in sorted(one.exchange.headers) if pair[0].startswith(b"x-")]
            names = listed(f"{name.decode()}: {value.decode()}" for name, value in found)
            whole = len(made) == 3 and found == sorted(wanted)
            expect(whole, f"two headers of the application, three of layers; with the {which} answer came: {names}")
            right = one.exchange.status == 201 and one.exchange.body == b"ab" and one.exchange.complete
            expect(right, f"the application inside had sent status 201 and b'ab'; {one}")
    expect(lives == ["startup", "shutdown"], f"of its lifespan the application inside was told: {listed(lives)}")


async def endpoint_context_reaches_middleware(trial: Trial) -> None:
    """What an endpoint has set in a context variable is there for middleware once the answer begins.

    The endpoint finds out who the user is, and middleware writes the line of the access log. Where the endpoint runs in
    a task of its own, it has a copy of the context, and the log says that it was nobody.

        current_user.set(user)              # in the endpoint
        ...
        response = await call_next(request)
        log.info(current_user.get())        # LookupError
    """

    @shown_as("an application")
    async def application(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001  ASGI's signature
        await trial.hop(trial.draw(2))
        WHOSE.set("anna")
        await begin(send)
        await piece(send, b"7")

    app = trial.module.middleware(inner(application), lambda: (b"x-user", WHOSE.get().encode()))
    async with serving(trial.backend.toolkit, app) as site, trial.crew() as crew:
        one = visit(trial, crew, site)
        await one.ends()
    found = dict(one.exchange.headers).get(b"x-user", b"")
    expect(found == b"anna", f"the endpoint had set anna, and middleware found {found.decode()!r}")


async def pieces_are_sent_as_they_are_made(trial: Trial) -> None:
    """What is streamed, and what goes through middleware, is sent piece by piece, as it is made.

    The next event comes in an hour, or depends on what the client does with the first. Whoever collects an answer
    before it is sent holds it back, until its end or for ever, and has all of it in memory.

        async def dispatch(request, call_next):
            response = await call_next(request)
            body = [piece async for piece in response.body_iterator]
            # the client of an event stream waits for ever
    """
    for app, go_on in _waiting_in_the_middle(trial):
        async with serving(trial.backend.toolkit, app) as site, trial.crew() as crew:
            one = visit(trial, crew, site)
            got = await before_long(trial, lambda: b"1" in one.exchange.body)  # noqa: B023  over before the next
            expect(got, f"the first piece was made {LONG} ago, and the next one is not there yet; {one}")
            await trial.drift()
            go_on.set()
            await one.ends()
        right = one.exchange.complete and one.exchange.status == 200 and one.exchange.body == b"12"
        expect(right, f"the pieces 1 and 2 were made; {one}")


def _waiting_in_the_middle(trial: Trial) -> Iterator[tuple[App, Event]]:
    """Applications that wait between their two pieces, and for what."""
    go_on = event(trial)

    @shown_as("a source")
    async def source(name: str) -> AsyncGenerator[bytes, None]:  # noqa: ARG001  whatever is asked for
        yield b"1"
        await go_on.wait()
        yield b""  # nothing yet, and not the end
        yield b"2"

    if hasattr(trial.module, "streaming"):
        yield trial.module.streaming(source), go_on
    go_on = event(trial)
    if hasattr(trial.module, "middleware"):
        yield trial.module.middleware(inner(_streaming(source)), lambda: OUTER), go_on


def _streaming(source: Callable[[str], AsyncGenerator[bytes, None]]) -> App:
    """An application by hand that sends each piece of a source as it comes."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001  ASGI's signature
        await begin(send)
        async for body in source("7"):
            await piece(send, body, more=True)
        await piece(send, b"")

    return application


async def slow_client_is_waited_for(trial: Trial) -> None:
    """While a client is slow to take its answer no more than a few pieces are made for it.

    A customer exports a year of data over a telephone line. Whoever reads all of the rows at once, and holds them until
    they can be sent, has a year of data in memory, for each customer.

        async for row in rows:
            queue.put_nowait(row)    # a million
        # while somebody else awaits send(row)
    """
    for app, made in _without_end(trial):
        async with serving(trial.backend.toolkit, app) as site, trial.crew() as crew:
            one = visit(trial, crew, site)
            one.exchange.takes = event(trial)
            await before_long(trial, lambda: len(made) > AHEAD)  # noqa: B023  over before the next
            ahead = len(made)
            one.exchange.takes.set()
            await one.ends()
        expect(ahead <= AHEAD, f"a client had taken no piece yet, and more than {AHEAD} of {MANY} were made for it")
        expect(len(made) == MANY, f"of {MANY} pieces {len(made)} were made; {one}")


def _without_end(trial: Trial) -> Iterator[tuple[App, list[int]]]:
    """Applications whose answers have many pieces, and which of these were made."""
    made: list[int] = []

    @shown_as("a source")
    async def source(name: str) -> AsyncGenerator[bytes, None]:
        for number in range(MANY):
            made.append(number)
            yield name.encode()
            await trial.hop()

    if hasattr(trial.module, "streaming"):
        yield trial.module.streaming(source), made
    made = []
    if hasattr(trial.module, "middleware"):
        yield trial.module.middleware(inner(_streaming(source)), lambda: OUTER), made


async def client_who_leaves_is_noticed(trial: Trial) -> None:
    """Once a client has left a stream closes its source, work for it is cancelled, an application inside is told.

    Users close windows all the time. Whoever does not notice reads rows for nobody until the query ends, or waits for
    events for ever: a little more of it after each user.

        async for change in changes:     # for ever
            await send(change)           # to nobody
        # after a day: 40,000 tasks that wait for changes
    """
    for app, begun, ended in _long(trial):
        async with serving(trial.backend.toolkit, app) as site, trial.crew() as crew:
            one = visit(trial, crew, site)
            expect(await before_long(trial, begun.is_set), "the work for a request did not begin")
            await trial.drift()
            one.exchange.leave()
            await before_long(trial, ended)
            expect(ended(), "the client had left, and the work for it went on")
            await one.ends()
            expect(one.player.outcome != "cancelled", f"the client had left, nobody had cancelled its request; {one}")


def _long(trial: Trial) -> Iterator[tuple[App, Event, Callable[[], bool]]]:
    """Applications that work for ever: the event of their having begun, and whether they have ended."""
    for offered in ("streaming", "abandoned", "middleware"):
        if hasattr(trial.module, offered):
            begun, ended = event(trial), event(trial)
            yield _at_work(trial, offered, begun, ended), begun, ended.is_set


def _at_work(trial: Trial, offered: str, begun: Event, ended: Event) -> App:
    @shown_as("the work")
    async def work(name: str) -> bytes:
        begun.set()
        try:
            await event(trial).wait()
        finally:
            ended.set()
        return name.encode()

    @shown_as("a source")
    async def source(name: str) -> AsyncGenerator[bytes, None]:
        yield b"1"
        yield await work(name)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001  ASGI's signature
        await receive()
        begun.set()
        message: Message = {"type": ""}
        while message["type"] != "http.disconnect":
            message = await receive()
        ended.set()

    module = trial.module
    if offered == "middleware":
        wrapped: App = module.middleware(inner(application), lambda: OUTER)
        return wrapped
    app: App = getattr(module, offered)(source if offered == "streaming" else work)
    return app


AROUND = (
    Promise(every_answer_gets_the_header, about=("middleware",)),
    Promise(endpoint_context_reaches_middleware, about=("middleware",), need="context"),
    Promise(pieces_are_sent_as_they_are_made, about=("streaming", "middleware")),
    Promise(slow_client_is_waited_for, about=("streaming", "middleware"), need="pace"),
    Promise(client_who_leaves_is_noticed, about=("streaming", "abandoned", "middleware"), need="gone"),
)
