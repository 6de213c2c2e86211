"""What every emitter of ``patterns.callbacks`` promises and no workload shows, and what some are known to break."""

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from functools import partial, wraps
from importlib import import_module
from typing import Any

import anyio
import pytest
import trio

import patterns
from benchmarks.backends import BACKENDS, Backend, can_run
from benchmarks.plan import applies, why_not
from benchmarks.workloads.callbacks import WORKLOADS
from patterns.callbacks import Emitter, Event, Handler

SETTLED = 40  # turns of the loop after which everything that can happen has happened
FOREVER = 10**9
Function = Callable[[], Coroutine[Any, Any, object]]
SEATS = 10  # enough that a package which calls handlers in any order calls none of them by luck


class OneVariant:
    """An alternative on a backend, handlers to connect to it, and notes of what they did."""

    def __init__(self, alternative: patterns.Alternative, backend: Backend) -> None:
        self.alternative, self.backend = alternative, backend
        self.one_after_the_other = any("holds up" in caveat for caveat in alternative.caveats)
        self.notes: list[Any] = []
        self.inside = self.most_inside = 0  # handlers at work

    @asynccontextmanager
    async def emitter(self, *handlers: Handler) -> AsyncIterator[Emitter]:
        """An emitter with these handlers."""
        async with import_module(self.alternative.module).emitter() as emitter:
            for handler in handlers:
                emitter.connect(handler)
            yield emitter

    async def hops(self, turns: int) -> None:
        """Let that many turns of the loop pass."""
        for _ in range(turns):
            await self.backend.toolkit.hop()

    def busy(self, turns: int, note: str = "", error: type[Exception] | None = None, cleanup: int = 0) -> Handler:
        """A handler that needs some turns, then notes the event or fails, and needs more turns to clean up."""
        return partial(self._work, turns, note, error, cleanup)

    async def _work(self, turns: int, note: str, error: type[Exception] | None, cleanup: int, event: Event) -> None:
        self.inside += 1
        self.most_inside = max(self.inside, self.most_inside)
        try:
            await self.hops(turns)
            if error:
                raise error
            self.notes.append((note, event))
        finally:
            with anyio.CancelScope(shield=True):
                await self.hops(cleanup)
            self.inside -= 1

    async def tell(self, *handlers: Handler) -> list[BaseException]:
        """Emit one event to handlers, and give back what it raises, out of its groups."""
        async with self.emitter(*handlers) as emitter:
            try:
                await emitter.emit(0)
                await emitter.settle()
            except Exception as error:
                await self.hops(SETTLED)
                return leaves(error)
        return []

    async def cancelled(self, function: Function) -> int:
        """Cancel a task when all that can happen has happened; how many handlers are at work when it has ended."""
        if self.backend.library == "trio":
            async with trio.open_nursery() as nursery:
                nursery.start_soon(function)
                await self.hops(SETTLED)
                nursery.cancel_scope.cancel()
        else:
            task = asyncio.create_task(function())
            await self.hops(SETTLED)
            task.cancel()
            await asyncio.wait([task])
        return self.inside


def leaves(error: BaseException) -> list[BaseException]:
    """The exceptions in groups of groups."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for part in error.exceptions for leaf in leaves(part)]
    return [error]


def everyone(kind: str = "") -> pytest.MarkDecorator:
    """Every alternative of a kind on every backend that can run it."""
    variants: list[Any] = []
    for entry in patterns.alternatives("callbacks"):
        for backend in BACKENDS.values():
            if can_run(entry.library, backend) and entry.kind.startswith(kind):
                reason = why_not(entry, backend, WORKLOADS[0])
                marks = [pytest.mark.skip(reason=reason[1])] if reason else []
                variants.append(pytest.param((entry, backend), id=f"{entry.name}@{backend.name}", marks=marks))
    return pytest.mark.parametrize("variant", variants)


Play = Callable[[OneVariant], Coroutine[Any, Any, object]]
Test = Callable[[tuple[patterns.Alternative, Backend]], None]


def gives(expected: object, promise: str = "") -> Callable[[Play], Test]:
    """The test returns what is expected; or something else, where the alternative is known to break the promise."""

    def decorate(play: Play) -> Test:
        @wraps(play)
        def test(variant: tuple[patterns.Alternative, Backend]) -> None:
            alternative, backend = variant
            known = [failure for failure in alternative.known_failures if failure.property == promise]
            broken = any(applies(failure, backend.name) for failure in known)
            with warnings.catch_warnings(action="ignore" if broken else None):  # coroutines may be thrown away
                try:
                    actual = backend.run(lambda: play(OneVariant(alternative, backend)), 0)
                except (Exception, asyncio.CancelledError) as error:  # as good a way as any to break a promise
                    actual = repr(error)
                gc.collect(2 * broken)

            assert (expected == actual) is not broken, f"expected {expected}, got {actual}, known to break: {broken}"

        return test

    return decorate


@everyone()
@gives([ValueError], "errors_reach_emitter")
async def test_an_error_reaches_the_emitter(variant: OneVariant) -> object:
    """Emit, or settle where emit returns early, raises what a handler raised."""
    return [type(error) for error in await variant.tell(variant.busy(1, error=ValueError))]


@everyone()
@gives({KeyError, ValueError}, "all_errors_kept")
async def test_all_errors_are_kept(variant: OneVariant) -> object:
    """Two failures, one at once and one after some turns, both reach the emitter."""
    late, early = variant.busy(3, error=KeyError), variant.busy(0, error=ValueError)
    return {type(error) for error in await variant.tell(late, early)}


@everyone()
@gives({(str(seat), 0) for seat in range(SEATS)}, "one_failure_does_not_stop_others")
async def test_one_failure_does_not_stop_the_others(variant: OneVariant) -> object:
    """A handler runs to its end although those around it fail."""
    pairs = [(variant.busy(seat % 2, error=ValueError), variant.busy(3, str(seat))) for seat in range(SEATS)]
    await variant.tell(*[handler for pair in pairs for handler in pair])
    return set(variant.notes)


@everyone()
@gives([(step, event) for event in range(3) for step in ("begin", "end")], "per_subscriber_order")
async def test_a_handler_ends_with_one_event_before_the_next(variant: OneVariant) -> object:
    """Events emitted in a row come in that order and do not overlap, even if the first take longest."""

    async def handle(event: Event) -> None:
        variant.notes.append(("begin", event))
        await variant.hops(3 - event)
        variant.notes.append(("end", event))

    async with variant.emitter(handle) as emitter:
        for event in range(3):
            await emitter.emit(event)
    return variant.notes


@everyone()
@gives((1, True), "bounded_in_flight")
async def test_who_emits_is_held_back(variant: OneVariant) -> object:
    """While a handler is blocked, a loop of emits comes to a halt, and the handler is inside one event only."""

    async def emit_in_a_loop() -> None:
        async with variant.emitter(variant.busy(FOREVER)) as emitter:
            for event in range(SETTLED):
                await emitter.emit(event)
                variant.notes.append(event)
            await emitter.settle()

    await variant.cancelled(emit_in_a_loop)
    return variant.most_inside, len(variant.notes) < SETTLED


@everyone()
@gives((True, 0), "cancel_reaches_handlers")
async def test_cancelling_reaches_the_handlers(variant: OneVariant) -> object:
    """A cancelled emit, or the context around it where emit returns early, ends after the cleanup of every handler."""

    async def emit() -> None:
        async with variant.emitter(*[variant.busy(FOREVER, cleanup=turns) for turns in (1, 5, 9)]) as emitter:
            try:
                await emitter.emit(0)
            except BaseException:
                variant.notes.append(variant.inside)
                raise
            await emitter.settle()

    variant.notes.append(await variant.cancelled(emit))
    return (1 if variant.one_after_the_other else 3) == variant.most_inside, max(variant.notes)


@everyone()
@gives(0, "close_waits_for_cleanup")
async def test_leaving_waits_for_cleanup(variant: OneVariant) -> object:
    """When an exception leaves the context, no handler of earlier events is still at work."""
    with suppress(Exception):
        async with variant.emitter(variant.busy(0, error=ValueError), variant.busy(9, cleanup=5)) as emitter:
            await emitter.emit(0)
            await variant.hops(3)
            raise LookupError
    return variant.inside


@everyone()
@gives({"first": [0, 1], "last": [0, 1, 2], "new": [1, 2], "usher": [0]}, "unsubscribe_during_emit")
async def test_handlers_come_and_go_during_an_emit(variant: OneVariant) -> object:
    """Who comes is not called for that event, who goes for no later one, and nobody else is missed or called twice."""
    first, leaver, new, last = (variant.busy(1, name) for name in ("first", "leaver", "new", "last"))
    async with variant.emitter(first) as emitter:

        async def usher(event: Event) -> None:
            emitter.disconnect(usher)
            emitter.connect(new)
            variant.notes.append(("usher", event))
            await variant.hops(1)
            emitter.disconnect(leaver)

        for handler in (usher, leaver, last, last):
            emitter.connect(handler)
        emitter.disconnect(new)
        for event in range(3):
            await emitter.emit(event)
            await emitter.settle()
            emitter.disconnect(first if event == 1 else usher)
    heard = [note for note in variant.notes if note != ("leaver", 0)]  # which may have heard, or not
    return {name: [event for who, event in heard if who == name] for name, _ in heard}


@everyone()
@gives([("one", 1)], "state_not_global")
async def test_emitters_share_nothing(variant: OneVariant) -> object:
    """Of two emitters, each calls its own handlers only."""
    async with variant.emitter(variant.busy(0, "one")) as one, variant.emitter(variant.busy(0, "other")):
        await one.emit(1)
    return variant.notes


@everyone()
@gives([("other", 0), ("other", 1)])
async def test_a_handler_may_emit(variant: OneVariant) -> object:
    """An event that is emitted by a handler, on the emitter that called it, reaches everybody."""
    async with variant.emitter(variant.busy(1, "other")) as emitter:

        async def echo(event: Event) -> None:
            if event == 0:
                await emitter.emit(1)

        emitter.connect(echo)
        await emitter.emit(0)
    return sorted(variant.notes)


@everyone()
@gives(True)
async def test_who_waits_holds_up_nobody(variant: OneVariant) -> object:
    """While handlers wait for ever, those between them run to their end; or do not, where the caveats say so."""
    pairs = [(variant.busy(FOREVER), variant.busy(2, str(seat))) for seat in range(SEATS)]
    await variant.cancelled(lambda: variant.tell(*[handler for pair in pairs for handler in pair]))
    return variant.one_after_the_other is (len(variant.notes) < SEATS)


@everyone("own")
@gives((True, True))
async def test_our_own_keeps_errors_when_it_is_cancelled(variant: OneVariant) -> object:
    """A cancelled emit ends as cancelled, although one handler hides the cancellation, and shows another's error."""

    async def hide(event: Event) -> None:
        with suppress(asyncio.CancelledError):
            await variant.hops(FOREVER)

    async def emit() -> None:
        async with variant.emitter(hide, variant.busy(2, error=ValueError)) as emitter:
            try:
                await emitter.emit(0)
            except BaseException as stopped:
                variant.notes.extend(map(type, leaves(stopped) + leaves(stopped.__cause__ or stopped)))

    await variant.cancelled(emit)
    return not {trio.Cancelled, asyncio.CancelledError}.isdisjoint(variant.notes), ValueError in variant.notes
