"""Answer requests without blocking anybody.

A server calls an application for each request: ``await app(scope, receive, send)``, as ASGI says. Around all of them it
calls it once more, with the scope ``lifespan``, so that it can open and close what it shares. Each function below makes
such an application, which answers ``GET /items/{name}``; a module may offer any of them.

Everybody relies on these: who breaks one is unsafe, however fast.

- Requests that are under way at the same time get their own answers, with status 200, and see no context variable of
  each other. ``background`` has any status that is no error.
- What an answer, a source, an opening or a closing raises is told: the server gets it, or a log. Where nothing was sent
  before, the client gets no answer that looks right.
- ``blocking_endpoint`` runs a function that blocks, and everybody else goes on meanwhile, also who asks for the same.
- ``middleware`` adds its header to each answer, and leaves the rest as it is. It adds it when the answer begins.
- What is streamed, and what goes through middleware, is sent piece by piece, as it is made; an empty piece is no end.
- ``background`` answers before its jobs have ended. Each job runs to its end, and what it raises is told.
- ``resources`` opens what is shared once, and what is a request's own for each, in order, and gives them to the answer.
  Each is closed once, however the request ends: what was opened last is closed first, and what is shared when the
  application ends.
- A request that is cancelled, because its server must end, ends, and with it what works for its answer.
- Nothing is left behind, neither requests that were answered nor a note of each are kept, nothing complains, and the
  loop is never held up.

Most programs need these, so that they are ticked until a reader unticks one. My program ...

- works long for clients who may leave (``gone``): once the client has left, ``streaming`` closes its source,
  ``abandoned`` cancels its work, and an application inside ``middleware`` hears of it. A plain endpoint is not told.
- has jobs left over that must be done when it is stopped (``drain``): the application has not ended before its jobs
  have. A server that is replaced by a newer one is stopped every day.

Some need these, and tick them. My program ...

- reads in middleware what an endpoint has set in a context variable (``context``): it is there once the answer begins.
- leaves several jobs to one request (``apart``): when one of them raises the others run all the same.
- must have stored what it says that it has stored (``commit``): what is a request's own is closed before the client has
  its answer, and when a closing fails the client is not told that all went well.
- streams what a client must not take a part of for the whole (``whole``): when a source fails in the middle the answer
  is not ended as if it were complete.
- streams more than fits into memory (``pace``): while a client is slow to take it no more than a few pieces are made.

Nobody is held to, but it is disclosed: whether a plain endpoint is cancelled when its client leaves. Nor to: which
status a failed answer has; what else stands in the headers; in which order jobs run; whether what a request has opened
is closed before or after its answer, unless ``commit`` is ticked, and whether it is told of an error as it is closed;
whether a function that blocks sees the context variables of its request.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping, Sequence
from typing import Any, Protocol

GROUP = "inside frameworks"
NEIGHBOURS = (
    ("injection", "give each part of a program what it needs, whoever calls it"),
    ("lifecycle", "start what runs beside the program, and stop it in order"),
    ("streams", "produce the items that are sent one by one"),
    ("timeouts", "end what takes too long while the client still waits"),
)
NEEDS = (
    ("gone", "works long for clients who may leave", True),
    ("drain", "has jobs left over that must be done when it is stopped", True),
    ("context", "reads in middleware what an endpoint has set in a context variable", False),
    ("apart", "leaves several jobs to one request", False),
    ("commit", "must have stored what it says that it has stored", False),
    ("whole", "streams what a client must not take a part of for the whole", False),
    ("pace", "streams more than fits into memory", False),
)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

Answer = Callable[[str], Awaitable[bytes]]  # to the name in the path of a request
BlockingAnswer = Callable[[str], bytes]
Header = Callable[[], tuple[bytes, bytes]]  # its name, in lower case, and its value
Job = Callable[[str], Awaitable[None]]
Open = Callable[[], AsyncGenerator[Any, None]]  # yields once what it has opened, and closes it when it goes on
Use = Callable[[Sequence[Any]], Awaitable[bytes]]
Source = Callable[[str], AsyncGenerator[bytes, None]]


class Family(Protocol):
    """What a module of this family may define; each function is optional."""

    def endpoint(self, answer: Answer) -> App:
        """Answer each request with what ``answer`` returns."""

    def blocking_endpoint(self, answer: BlockingAnswer) -> App:
        """The same with a function that blocks its thread."""

    def middleware(self, app: App, header: Header) -> App:
        """Add to each answer of an application the header that ``header`` returns as the answer begins."""

    def background(self, jobs: Sequence[Job]) -> App:
        """Answer each request at once, with nothing; then give its name to every job."""

    def resources(self, shared: Open, own: Sequence[Open], use: Use) -> App:
        """Answer each request with what ``use`` makes of what is shared, followed by the request's own."""

    def streaming(self, source: Source) -> App:
        """Answer each request with the pieces of a source."""

    def abandoned(self, work: Answer) -> App:
        """Answer each request with what ``work`` returns, and cancel it when the client leaves."""
