"""Our own best for Trio: the plan of a call is made once, and a call walks along it.

Choose it when calls are many, and parts must be closed whatever happens: it asks no container for anything, a shared
part that is slow to make holds up nobody who does not need it, and mistakes are told at start.
It costs these lines in your program.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from inspect import isasyncgenfunction
from typing import Any

import trio


@dataclass(frozen=True)
class Part:
    kind: type
    make: Callable[..., Any]  # from what it needs; an async generator function closes it, too
    needs: tuple[type, ...] = ()
    shared: bool = False


Opened = list[AsyncGenerator[Any, None]]


class Program:
    def __init__(self, parts: Sequence[Part], overrides: Mapping[type, object]) -> None:
        self._parts = {part.kind: part for part in parts if part.kind not in overrides}
        self._shared: dict[type, Any] = dict(overrides)
        self._making: dict[type, trio.Event] = {}
        self.opened: Opened = []
        checked: dict[type, bool] = {}
        for kind in self._parts:
            self._check(kind, checked)

    def inject(self, function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
        shared: list[type] = []
        parts: list[Part] = []
        for kind in needs:
            self._plan(kind, shared, parts)
        place = {kind: number for number, kind in enumerate([*shared, *(part.kind for part in parts)])}
        steps = [(part.make, isasyncgenfunction(part.make), [place[need] for need in part.needs]) for part in parts]
        wanted = [place[kind] for kind in needs]
        there: list[Any] = []

        async def prepare() -> None:
            things = [await self._share(kind) for kind in shared]
            there[:] = things

        async def call_with_shared() -> Any:
            if not there:
                await prepare()
            return await function(*[there[number] for number in wanted])

        async def call_with_made() -> Any:
            if len(there) < len(shared):
                await prepare()
            things = there.copy()
            for make, _, given in steps:
                things.append(make(*[things[number] for number in given]))
            return await function(*[things[number] for number in wanted])

        async def call_with_opened() -> Any:
            if len(there) < len(shared):
                await prepare()
            things = there.copy()
            opened: Opened = []
            try:
                for make, opens, given in steps:
                    thing = make(*[things[number] for number in given])
                    if opens:
                        generator, thing = thing, await anext(thing)
                        opened.append(generator)
                    things.append(thing)
                result = await function(*[things[number] for number in wanted])
            except BaseException as error:
                await close(opened, error)
                raise
            await close(opened)
            return result

        if any(opens for _, opens, _ in steps):
            return call_with_opened
        return call_with_made if steps else call_with_shared

    def _check(self, kind: type, checked: dict[type, bool]) -> None:
        """Raise LookupError unless all that this kind needs is there, and nothing needs itself."""
        if kind in self._shared or checked.get(kind):
            return
        if kind not in self._parts:
            raise LookupError(f"nothing provides {kind.__name__}")
        if kind in checked:
            raise LookupError(f"{kind.__name__} needs itself")
        checked[kind] = False
        for need in self._parts[kind].needs:
            self._check(need, checked)
        checked[kind] = True

    def _plan(self, kind: type, shared: list[type], parts: list[Part]) -> None:
        """Note what has to be there before a call, and what the call makes, in order."""
        part = self._parts.get(kind)
        if part is None or part.shared:
            if kind not in shared:
                shared.append(kind)
        elif part not in parts:
            for need in part.needs:
                self._plan(need, shared, parts)
            parts.append(part)

    async def _share(self, kind: type) -> Any:
        while kind not in self._shared:
            if (making := self._making.get(kind)) is not None:
                await making.wait()
                continue  # whoever made it may have failed, or been cancelled
            self._making[kind] = trio.Event()
            try:
                part = self._parts[kind]
                thing = part.make(*[await self._share(need) for need in part.needs])
                if isasyncgenfunction(part.make):
                    generator, thing = thing, await anext(thing)
                    self.opened.append(generator)
                self._shared[kind] = thing
            finally:
                self._making.pop(kind).set()
        return self._shared[kind]


async def close(opened: Opened, error: BaseException | None = None) -> None:
    """Close them, the last one first; each is told of the error, and all are closed, whatever they raise."""
    first = error
    for generator in reversed(opened):
        try:
            if error is None:
                await anext(generator)
            else:
                await generator.athrow(error)
            error = RuntimeError("a part yields once")
        except StopAsyncIteration:
            pass
        except BaseException as raised:
            error = raised
    if error is not first:
        raise error  # type: ignore[misc]


@asynccontextmanager
async def program(parts: Sequence[Part], overrides: Mapping[type, object]) -> AsyncIterator[Callable[..., Any]]:
    running = Program(parts, overrides)
    try:
        yield running.inject
    except BaseException as error:
        await close(running.opened, error)
        raise
    await close(running.opened)


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "own"
