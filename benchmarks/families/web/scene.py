"""The clients of a trial of ``patterns.web``, and what servers, logs and loops are told of what has failed."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager, redirect_stderr
from contextvars import ContextVar
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from benchmarks.families.web.server import Exchange, Site
from benchmarks.safety.cancelling import Caller
from benchmarks.safety.errors import origins
from benchmarks.safety.trials import Crew, Trial, ending, expect, listed, shown, shown_as
from benchmarks.safety.waiting import LONG, all_end, in_time
from patterns.web import App, Open, Receive, Scope, Send

WHOSE: ContextVar[str] = ContextVar("whose", default="nobody")  # the name of the request that has set it
THREADS = 2.0  # real seconds that a thread gets of which no loop knows


class WrongError(Exception):
    """What a function of an application raises on purpose."""


@dataclass(eq=False)
class Visit(Caller):
    """A request in a task that plays its server: what the application raises, the server gets."""

    trial: Trial
    exchange: Exchange
    site: Site

    async def run(self) -> None:
        """Have it answered."""
        with self.handling():
            await self.site.answer(self.exchange)

    async def ends(self) -> None:
        """Expect that the application has done with it."""
        ended = await all_end(self.trial, self.player) or await in_time(self.trial, lambda: self.player.done, THREADS)
        expect(ended, f"within {LONG} the application had not done with a request; {self}")

    @property
    def told(self) -> list[BaseException]:
        """Everything that the server was told: what the application raised, and what that came of."""
        return list(origins(self.error)) if self.error else []

    @property
    def looks_right(self) -> bool:
        """Whether its client takes it for answered."""
        return self.exchange.complete and self.exchange.status < 400

    def __str__(self) -> str:
        """What came of it, for messages."""
        exchange = self.exchange
        got = f"status {exchange.status} and {exchange.body!r:.60}" if exchange.status else "nothing"
        end = "" if exchange.complete or not exchange.status else ", which did not end"
        raised = f"; the server got {listed(map(shown, self.errors))}" if self.errors else ""
        cancelled = f"; the request {ending(self.player)}" if self.player.outcome == "cancelled" else ""
        return f"its client got {got}{end}{raised}{cancelled}"


def visit(trial: Trial, crew: Crew, site: Site, name: str = "7") -> Visit:
    """Ask for an item, in a task of its own."""
    asked = Visit(trial, site.request(name), site)
    asked.player = crew.start(asked.run, name=f"a request for {name}")
    return asked


class Told(list[BaseException]):
    """Errors that somebody was told of; an error whose words are in a ``text`` is among them, too."""

    def __init__(self) -> None:
        """Nobody was told of anything."""
        super().__init__()
        self.text = StringIO()

    def __contains__(self, error: object) -> bool:
        """Whether somebody was told of an error, or read its words."""
        return super().__contains__(error) or str(error) in self.text.getvalue()


class _Log(logging.Handler):
    def __init__(self, errors: Told) -> None:
        super().__init__()
        self._errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        self._errors.text.write(record.getMessage())
        if record.exc_info and record.exc_info[1]:
            self._errors.extend(origins(record.exc_info[1]))


@contextmanager
def told(trial: Trial) -> Iterator[Told]:
    """The errors of which a log, standard error or asyncio's loop is told while the block lasts."""
    errors = Told()
    log = _Log(errors)
    loop = None if trial.is_trio else asyncio.get_running_loop()
    before = loop.get_exception_handler() if loop else None

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if "exception" in context:
            errors.append(context["exception"])
        elif before:
            before(loop, context)

    logging.getLogger().addHandler(log)
    if loop:
        loop.set_exception_handler(handle)
    try:
        with redirect_stderr(errors.text):
            yield errors
    finally:
        if loop:
            loop.set_exception_handler(before)
        logging.getLogger().removeHandler(log)


@dataclass
class Depot:
    """What a request opens, each with a number, and in ``log`` when one was open and closed; the shared one is -1.

    An opening takes so many ``turns``, a closing as many. The one of ``failing`` raises ``error``, as it opens or, if
    it is ``failing_to_close``, as it closes.
    """

    trial: Trial
    turns: int = 0
    failing: int | None = None
    failing_to_close: bool = False
    error: BaseException = field(default_factory=lambda: WrongError("not opened"))
    log: list[tuple[str, int]] = field(default_factory=list)

    def opens(self, number: int) -> Open:
        """What opens the thing of a number."""

        @shown_as("an opening")
        async def opening() -> AsyncGenerator[int, None]:
            await self.trial.hop(self.turns)
            if number == self.failing and not self.failing_to_close:
                raise self.error
            self.log.append(("open", number))
            try:
                yield number
                await self.trial.hop(self.turns)
                if number == self.failing and self.failing_to_close:
                    raise self.error
            finally:
                self.log.append(("closed", number))

        return opening

    def those(self, what: str) -> list[int]:
        """The numbers of those of which something is noted, in order."""
        return [number for noted, number in self.log if noted == what]

    def __str__(self) -> str:
        """What has happened, for messages."""
        return listed((f"{'the shared one' if number < 0 else number} {what}" for what, number in self.log), 12)


def inner(app: App) -> App:
    """An application of requests alone, as it stands inside middleware: it wants to know nothing of a lifespan."""

    @shown_as("an application")
    async def only_requests(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        await app(scope, receive, send)

    return only_requests


async def begin(send: Send) -> None:
    """Begin an answer."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-inner", b"1")]})


async def piece(send: Send, body: bytes, *, more: bool = False) -> None:
    """Send a piece of its body, the last one unless there are more."""
    await send({"type": "http.response.body", "body": body, "more_body": more})
