"""Stop asking what is down.

A service that is down is not helped by more requests, and neither is whoever waits for each of them to fail. Calls go
through a gate: ``await gate.call(function)`` makes the call, or rejects it at once with the module's ``RejectedError``.
There are two gates. A ``breaker`` opens after so many failures in a row, and rejects until ``recovery`` seconds have
passed; then a call may probe whether the service is back, and its outcome decides. A ``bulkhead`` has only so many
calls under way, and rejects what comes on top, so that a service that hangs does not take everything else with it.

An ``Exception`` that leaves the call is a failure; so is the ``TimeoutError`` of a deadline that was set inside of it.
A caller who is cancelled, or whose own deadline passes, has given up, and has seen neither failure nor success, unless
the call was under way for ``patience`` seconds or more: that one has failed.

Everybody relies on these: who breaks one is unsafe, however fast.

- A call that is let through is made once, and what it returns or raises reaches its caller as it is. The deadlines and
  scopes inside of it are its own affair.
- After so many failures in a row a breaker rejects at once, and makes no call, until its recovery is over. A success
  in between starts the count anew.
- Then calls are made again: a success closes the breaker, a failure opens it for as long as before. Whoever asks
  meanwhile prolongs nothing.
- A cancelled caller is cancelled, and its call with it, clean-up included. That is no failure, and a probe that ends
  so, or by what is no ``Exception``, makes room for the next one.
- A bulkhead never has more calls under way than its limit, rejects at once what comes on top, and however a call ends,
  its place comes back.
- Gates know nothing of each other. What was rejected is forgotten, nothing is left behind, no memory either, nothing
  complains, and a gate never holds up the loop.

Most programs need these, so that they are ticked until a reader unticks one. My program ...

- asks what a flood would bring down again (``probe``): while a probe is under way, no other call is made. It is what
  the half-open state is for; a hundred callers who wait for a service to come back are a flood.
- has several calls under way at once, some of them slow (``overlap``): what was asked before the breaker opened or
  closed changes nothing when it ends at last. Every server has.
- does something else when a call is rejected (``instead``): ``RejectedError`` says that no call was made, and the
  error of one that was made is its own. Else the order that failed is sent to another shop, too.
- uses it again in another loop, as tests do (``loops``): works or raises. Every test has a loop of its own.

Some need these, and tick them. My program ...

- has callers who leave while their calls are under way (``leavers``): it is not taken for a success, so that neither
  the count begins anew nor a probe that was cancelled closes the breaker.
- sets its deadlines outside of the gate (``deadlines``): who gives up after ``patience`` seconds or more has seen a
  failure. Else what hangs is never found to be down; with the deadline inside of the call, as most clients have it,
  nobody needs this.
- runs while the time of day is set (``clock``): a step of the clock, by an hour or by a day, neither prolongs what a
  breaker rejects nor ends it. Servers are slewed, not stepped; laptops and virtual machines that were asleep are not.

Nobody is held to, but it is disclosed: whether those who come while a probe is under way wait for what it says, or are
rejected; and whether a call that need not wait gives other tasks a turn. Nor to: which of two callers probes; what a
gate does between threads; what is counted of calls that are under way as a breaker opens for the first time.
``failures`` and ``limit`` are at least one.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

GROUP = "survive trouble"
NEIGHBOURS = (
    ("hedging", "ask somebody else when one is down"),
    ("rate_limits", "do no more than a service allows while it is up"),
    ("caches", "answer without asking, or with what was true before"),
    ("fan_out", "bound how many jobs of your own run at a time"),
)
NEEDS = (
    ("probe", "asks what a flood would bring down again", True),
    ("overlap", "has several calls under way at once, some of them slow", True),
    ("instead", "does something else when a call is rejected", True),
    ("loops", "uses it again in another loop, as tests do", True),
    ("leavers", "has callers who leave while their calls are under way", False),
    ("deadlines", "sets its deadlines outside of the gate", False),
    ("clock", "runs while the time of day is set", False),
)

T = TypeVar("T")


class Gate(Protocol):
    """What stands before a service."""

    def call(self, function: Callable[[], Awaitable[T]], /) -> Awaitable[T]:
        """Make the call and return what it returns; ``RejectedError`` of the module if it is not made."""


class Family(Protocol):
    """What a module of this family defines: ``RejectedError``, and ``breaker``, ``bulkhead`` or both."""

    RejectedError: type[Exception]

    def breaker(self, failures: int, recovery: float, patience: float) -> AbstractAsyncContextManager[Gate]:
        """Open a gate that rejects for ``recovery`` seconds after so many failures in a row.

        A call that its caller gives up after ``patience`` seconds or more has failed.
        """

    def bulkhead(self, limit: int) -> AbstractAsyncContextManager[Gate]:
        """Open a gate that has no more than ``limit`` calls under way."""
