"""Start services, keep them running, and stop them in order.

A service is what runs beside the work of a program: a connection that is kept alive, a consumer, a listener. It is a
coroutine function: ``await service(started)`` opens what it needs, calls ``started()`` once, runs until it is
cancelled, and closes what it has opened. ``async with running(services):`` starts them, runs its body, and stops them.

Everybody relies on these: who breaks one is unsafe, however fast.

- They are started in order: each begins once the one before has called ``started()``, and the body once all have.
- Where one raises before that, or ends without it, this reaches the caller, no other is begun, the body does not run,
  and those that had started are stopped.
- However the body ends, by itself, by an error or because its task is cancelled: when the block is left each service
  has ended, its clean-up included.
- What the body raises reaches the caller, and so does what a service raises, bare, in an ``ExceptionGroup`` or as the
  cause of another error, at the latest when the block is left. That a service ends by itself is no failure, and stops
  no other.
- There may be no service, dozens of them, the same one twice, and those of an earlier block again.
- A cancelled caller is cancelled, whether services start, run or are being stopped.
- Services may run for an hour, nothing is left behind, nothing complains, and starting and stopping never hold up the
  loop. While nothing happens the loop rests, and memory does not grow.

Most programs need these, so that they are ticked until a reader unticks one. My program ...

- has services that use others until they have stopped (``order``): when the body has ended, by itself or by an error,
  they are stopped in the reverse order, each once those that were started after it have ended. A consumer that is
  stopped writes its last line to a database that is still there.
- must not go on without a service that has failed (``notice``): the body is cancelled, or starting is given up, and
  the others are stopped. Else the program waits for requests that nobody reads any more.

Some need these, and tick them. My program ...

- has services that use others even while a failure or a cancellation stops them (``order-in-trouble``): the reverse
  order holds then, too.
- handles the failure of a service and starts all of them again (``recovery``): it still learns of a cancellation that
  came meanwhile, and nothing cancels a caller that nobody cancelled.
- wants every error, not only the first (``all-errors``): what several services raise while they are being stopped
  reaches the caller beside what the body has raised.

Nobody is held to, but it is disclosed: whether the clean-up of a service that is stopped may wait without a shield, and
whether its error comes as it was raised or as the cause of another. Nor to: whether a service begins before starting it
waits for the first time; for how long a service may clean up; whether a cancelled caller is told of what its services
raise; what happens to a service that ignores that it is cancelled, or is started when its caller has been cancelled
already.
"""

from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

GROUP = "put together"
NEIGHBOURS = (
    ("fan_out", "run jobs that come to an end, and collect their results"),
    ("callbacks", "tell those that are running what has happened"),
    ("breakers", "live with a service of others that has failed"),
)
NEEDS = (
    ("order", "has services that use others until they have stopped", True),
    ("notice", "must not go on without a service that has failed", True),
    ("order-in-trouble", "has services that use others even while a failure or a cancellation stops them", False),
    ("recovery", "handles the failure of a service and starts all of them again", False),
    ("all-errors", "wants every error, not only the first", False),
)

Service = Callable[[Callable[[], object]], Coroutine[Any, Any, None]]


class Family(Protocol):
    """What a module of this family defines."""

    def running(self, services: Sequence[Service]) -> AbstractAsyncContextManager[None]:
        """Start services in order; leaving stops them, and waits until they have ended."""
