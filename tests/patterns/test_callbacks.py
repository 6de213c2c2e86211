"""What every emitter of ``patterns.callbacks`` promises and no workload shows, and what some are known to break."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
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
Function = Callable[[], Awaitable[Any]]


class OneVariant:
    """An alternative on a backend, with the few calls that the tests need."""

    def __init__(self, alternative: patterns.Alternative, backend: Backend) -> None:
        self.alternative = alternative
        self.backend = backend

    def emitter(self) -> AbstractAsyncContextManager[Emitter]:
        """An emitter without handlers."""
        opened: AbstractAsyncContextManager[Emitter] = import_module(self.alternative.module).emitter()
        return opened

    async def hops(self, turns: int) -> None:
        """Let that many turns of the loop pass."""
        for _ in range(turns):
            await self.backend.toolkit.hop()

    def keeps(self, promise: str, expected: object, main: Function) -> None:
        """``main`` gives what is expected; or something else, where the alternative is known to break the promise."""
        actual = self.backend.run(main, 0)
        known = [failure for failure in self.alternative.known_failures if failure.property == promise]
        breaks = any(applies(failure, self.backend.name) for failure in known)

        assert (expected == actual) is not breaks, f"expected {expected}, got {actual}, known to break: {breaks}"

    async def tell(self, *handlers: Handler) -> list[BaseException]:
        """Emit one event to handlers, and give back what it raises, out of its groups."""
        async with self.emitter() as emitter:
            for handler in handlers:
                emitter.connect(handler)
            try:
                await emitter.emit(0)
                await emitter.settle()
            except Exception as error:
                await self.hops(SETTLED)
                return leaves(error)
        return []

    async def cancelled(self, function: Function) -> None:
        """Run a function in a task of its own, cancel it when all that can happen has happened, await its end."""
        if self.backend.library == "trio":
            async with trio.open_nursery() as nursery:
                nursery.start_soon(function)
                await self.hops(SETTLED)
                nursery.cancel_scope.cancel()
        else:
            task = asyncio.ensure_future(asyncio.gather(function()))
            await self.hops(SETTLED)
            task.cancel()
            await asyncio.wait([task])


class Guests:
    """Handlers that do something, and notes of what they did."""

    def __init__(self, variant: OneVariant) -> None:
        self.hops = variant.hops
        self.notes: list[object] = []
        self.inside = 0
        self.most_inside = 0

    def busy(self, turns: int, note: str = "", error: Exception | None = None, cleanup: int = 0) -> Handler:
        """A handler that needs some turns, then notes the event or fails, and needs more turns to clean up."""

        async def handle(event: Event) -> None:
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

        return handle


def leaves(error: BaseException) -> list[BaseException]:
    """The exceptions in groups of groups."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for part in error.exceptions for leaf in leaves(part)]
    return [error]


def everyone(*, own: bool = False, library: str = "") -> pytest.MarkDecorator:
    """Every alternative on every backend that runs it."""
    variants: list[Any] = []
    for entry in patterns.alternatives("callbacks"):
        for backend in BACKENDS.values():
            if can_run(entry.library, backend) and library in backend.library and not (own and entry.kind != "own"):
                reason = why_not(entry, backend, WORKLOADS[0])
                marks = [pytest.mark.skip(reason=reason[1])] if reason else []
                variants.append(
                    pytest.param(OneVariant(entry, backend), id=f"{entry.name}@{backend.name}", marks=marks)
                )
    return pytest.mark.parametrize("variant", variants)


@everyone()
def test_an_error_reaches_the_emitter(variant: OneVariant) -> None:
    """Emit, or settle where emit returns early, raises what a handler raised."""
    guests, error = Guests(variant), ValueError()

    variant.keeps("errors_reach_emitter", [error], lambda: variant.tell(guests.busy(1, error=error)))


@everyone()
def test_all_errors_are_kept(variant: OneVariant) -> None:
    """Two failures, one at once and one after some turns, both reach the emitter."""
    guests, early, late = Guests(variant), ValueError(), KeyError()

    async def main() -> set[BaseException]:
        return set(await variant.tell(guests.busy(3, error=late), guests.busy(0, error=early)))

    variant.keeps("all_errors_kept", {early, late}, main)


@everyone()
def test_one_failure_does_not_stop_the_others(variant: OneVariant) -> None:
    """A handler runs to its end although those around it fail."""
    guests = Guests(variant)
    failing = [guests.busy(turns, error=ValueError()) for turns in (0, 1)]

    async def main() -> list[object]:
        await variant.tell(failing[0], guests.busy(3, "other"), failing[1])
        return guests.notes

    variant.keeps("one_failure_does_not_stop_others", [("other", 0)], main)


@everyone()
def test_a_handler_ends_with_one_event_before_the_next(variant: OneVariant) -> None:
    """Events emitted in a row come in that order and do not overlap, even if the first take longest."""
    notes: list[tuple[str, int]] = []

    async def handle(event: Event) -> None:
        notes.append(("begin", event))
        await variant.hops(3 - event)
        notes.append(("end", event))

    async def main() -> list[tuple[str, int]]:
        async with variant.emitter() as emitter:
            emitter.connect(handle)
            for event in range(3):
                await emitter.emit(event)
        return notes

    variant.keeps("per_subscriber_order", [(step, event) for event in range(3) for step in ("begin", "end")], main)


@everyone()
def test_who_emits_is_held_back(variant: OneVariant) -> None:
    """While a handler is blocked, a loop of emits comes to a halt, and the handler is inside one event only."""
    guests = Guests(variant)
    emitted: list[int] = []

    async def emit_in_a_loop() -> None:
        async with variant.emitter() as emitter:
            emitter.connect(guests.busy(FOREVER))
            for event in range(SETTLED):
                await emitter.emit(event)
                emitted.append(event)
            await emitter.settle()

    async def main() -> tuple[int, bool]:
        await variant.cancelled(emit_in_a_loop)
        await variant.hops(SETTLED)
        return guests.most_inside, len(emitted) < SETTLED

    variant.keeps("bounded_in_flight", (1, True), main)


@everyone()
def test_cancelling_reaches_the_handlers(variant: OneVariant) -> None:
    """A cancelled emit, or the context around it where emit returns early, ends after the cleanup of every handler."""
    guests = Guests(variant)
    still_inside: list[int] = []

    async def emit() -> None:
        waiting = True
        try:
            async with variant.emitter() as emitter:
                for cleanup in (1, 5, 9):
                    emitter.connect(guests.busy(FOREVER, cleanup=cleanup))
                try:
                    await emitter.emit(0)
                    waiting = False
                finally:
                    still_inside.extend([guests.inside] if waiting else [])
                await emitter.settle()
        finally:
            still_inside.append(guests.inside)

    async def main() -> tuple[int, int]:
        await variant.cancelled(emit)
        await variant.hops(SETTLED)
        return guests.most_inside, max(still_inside)

    most = 1 if holds_up(variant) else 3
    variant.keeps("cancel_reaches_handlers", (most, 0), main)


def holds_up(variant: OneVariant) -> bool:
    """Whether the alternative says that its handlers run one after the other."""
    return any("holds up" in caveat for caveat in variant.alternative.caveats)


@everyone()
def test_leaving_waits_for_cleanup(variant: OneVariant) -> None:
    """When an exception leaves the context, no handler of earlier events is still at work."""
    guests = Guests(variant)

    async def main() -> int:
        with suppress(Exception):
            async with variant.emitter() as emitter:
                emitter.connect(guests.busy(0, error=ValueError()))
                emitter.connect(guests.busy(9, cleanup=5))
                await emitter.emit(0)
                await variant.hops(3)
                raise LookupError
        left = guests.inside
        await variant.hops(SETTLED)
        return left

    variant.keeps("close_waits_for_cleanup", 0, main)


@everyone()
def test_handlers_come_and_go_during_an_emit(variant: OneVariant) -> None:
    """Who comes is not called for that event, who goes for no later one, and nobody else is missed or called twice."""
    guests = Guests(variant)
    handlers = {name: guests.busy(1, name) for name in ("first", "leaver", "newcomer", "last")}

    async def main() -> list[object]:
        async with variant.emitter() as emitter:

            async def usher(event: Event) -> None:
                emitter.disconnect(usher)
                emitter.connect(handlers["newcomer"])
                guests.notes.append(("usher", event))
                await variant.hops(1)
                emitter.disconnect(handlers["leaver"])

            for handler in (handlers["first"], usher, handlers["leaver"], handlers["last"], handlers["last"]):
                emitter.connect(handler)
            emitter.disconnect(handlers["newcomer"])
            for event in range(2):
                await emitter.emit(event)
                await emitter.settle()
        guests.notes.remove(("leaver", 0)) if ("leaver", 0) in guests.notes else None  # it may or may not have heard
        return sorted(guests.notes, key=repr)

    expected = [("first", 0), ("first", 1), ("last", 0), ("last", 1), ("newcomer", 1), ("usher", 0)]
    variant.keeps("unsubscribe_during_emit", expected, main)


@everyone()
def test_emitters_share_nothing(variant: OneVariant) -> None:
    """Of two emitters, each calls its own handlers only."""
    guests = Guests(variant)

    async def main() -> list[object]:
        async with variant.emitter() as one, variant.emitter() as other:
            one.connect(guests.busy(0, "one"))
            other.connect(guests.busy(0, "other"))
            await one.emit(1)
        return guests.notes

    variant.keeps("state_not_global", [("one", 1)], main)


@everyone()
def test_a_handler_may_emit(variant: OneVariant) -> None:
    """An event that is emitted by a handler, on the emitter that called it, reaches everybody."""
    guests = Guests(variant)

    async def main() -> list[object]:
        async with variant.emitter() as emitter:

            async def echo(event: Event) -> None:
                if event == 0:
                    await emitter.emit(1)

            emitter.connect(echo)
            emitter.connect(guests.busy(1, "other"))
            await emitter.emit(0)
        return sorted(guests.notes, key=repr)

    variant.keeps("", [("other", 0), ("other", 1)], main)


@everyone()
def test_who_waits_holds_up_nobody(variant: OneVariant) -> None:
    """While a handler waits for ever, the others run to their end; or do not, where the caveats say so."""
    guests = Guests(variant)

    async def emit() -> None:
        await variant.tell(
            guests.busy(FOREVER), *[guests.busy(2, "other")], guests.busy(FOREVER), guests.busy(2, "last")
        )

    async def main() -> int:
        await variant.cancelled(emit)
        return len(guests.notes)

    variant.keeps("", 0 if holds_up(variant) else 2, main)
