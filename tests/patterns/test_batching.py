"""What every batcher promises: answers, errors, cancellations, windows and the end."""

import asyncio
import contextvars
import importlib
import platform
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from fnmatch import fnmatch
from typing import Any

import anyio
import pytest
from packaging.specifiers import SpecifierSet

import patterns
from benchmarks.backends import BACKENDS, Backend, Toolkit, can_run
from patterns.batching import Batcher

HOUR = 3600.0
ENOUGH = 40  # turns in which everything that needs no clock has happened

Reply = Callable[[Sequence[int]], Sequence[Any]]
Facts = tuple[object, object]  # what is promised, and what was seen
who_asks = contextvars.ContextVar("who_asks", default="nobody")


class AbortError(BaseException):
    """Ends a call, and is no Exception."""


def doubled(keys: Sequence[int]) -> list[int]:
    """The right answer."""
    return [2 * key for key in keys]


class Scene:
    """An alternative on a running loop, what happens downstream of it, and what its callers got."""

    def __init__(self, alternative: patterns.Alternative, toolkit: Toolkit) -> None:
        self.alternative, self.toolkit = alternative, toolkit
        self.reply: Reply = doubled
        self.gate = anyio.Event()
        self.gate.set()
        self.calls: list[list[int]] = []
        self.seen: list[str] = []
        self.asked = 0
        self.got: dict[str, object] = {}
        self.scopes: dict[str, anyio.CancelScope] = {}

    def promises_less(self, words: str) -> bool:
        return any(words in caveat for caveat in self.alternative.caveats)

    def open(self, max_size: int = 100, max_wait: float = 0) -> AbstractAsyncContextManager[Batcher[int, int]]:
        module = importlib.import_module(self.alternative.module)
        opened: AbstractAsyncContextManager[Batcher[int, int]] = module.batcher(self.call, max_size, max_wait)
        return opened

    async def call(self, keys: Sequence[int]) -> Sequence[Any]:
        self.calls.append(list(keys))
        self.seen.append(who_asks.get())
        await self.gate.wait()
        await self.toolkit.hop()
        return self.reply(keys)

    async def ask(self, batcher: Batcher[int, int], name: str, key: int) -> None:
        who_asks.set(str(key))
        with self.scopes.setdefault(name, anyio.CancelScope()) as scope:
            self.asked += 1
            try:
                self.got[name] = await batcher.load(key)
            except BaseException as error:
                self.got[name] = type(error)
                if scope.cancel_called:
                    raise

    async def turns(self, number: int = ENOUGH) -> None:
        for _ in range(number):
            await self.toolkit.hop()

    async def load(self, batcher: Batcher[int, int], keys: Iterable[int]) -> list[object]:
        """What callers get who ask together; None for one who still waits after enough turns."""
        names = {f"{number}: {key}": key for number, key in enumerate(keys)}
        self.got.clear()
        async with anyio.create_task_group() as group:
            for name, key in names.items():
                group.start_soon(self.ask, batcher, name, key)
            await self.turns()
            answers = [self.got.get(name) for name in names]
            group.cancel_scope.cancel()
        return answers


Watch = Callable[[Scene], Coroutine[Any, Any, Facts]]
VARIANTS = [
    pytest.param(alternative, backend, id=f"{alternative.name}@{backend.name}")
    for alternative in patterns.alternatives("batching")
    for backend in BACKENDS.values()
    if can_run(alternative.library, backend)
]
OWN = [variant for variant in VARIANTS if "own_" in str(variant.id)]
each_variant = pytest.mark.parametrize(("alternative", "backend"), VARIANTS)


def known_to_fail(alternative: patterns.Alternative, backend: Backend, name: str) -> bool:
    """Whether the alternative's file says that it breaks this promise here."""
    here = platform.python_version()
    return any(
        failure.property == name and fnmatch(backend.name, failure.backends) and here in SpecifierSet(failure.python)
        for failure in alternative.known_failures
    )


def check(name: str, watch: Watch, alternative: patterns.Alternative, backend: Backend) -> None:
    """What is seen equals what is promised, or differs where the alternative's file says that it does."""
    if backend.problem() or alternative.problem:
        pytest.skip(backend.problem() or alternative.problem)
    promised, seen = backend.run(lambda: watch(Scene(alternative, backend.toolkit)), 0)
    if known_to_fail(alternative, backend, name):
        assert promised != seen, f"{alternative.name} keeps {name} now"
    else:
        assert promised == seen


@each_variant
def test_everybody_gets_their_own_answer(alternative: patterns.Alternative, backend: Backend) -> None:
    """Callers of equal and of different keys all get the value of their own key."""

    async def watch(scene: Scene) -> Facts:
        keys = [key * 7 % 50 for key in range(120)]
        async with scene.open(max_size=7) as batcher:
            return [2 * key for key in keys], await scene.load(batcher, keys)

    check("own_result", watch, alternative, backend)


@each_variant
def test_no_batch_is_larger_than_allowed(alternative: patterns.Alternative, backend: Backend) -> None:
    """However many ask at once, a call gets at most the maximum."""

    async def watch(scene: Scene) -> Facts:
        async with scene.open(max_size=7) as batcher:
            await scene.load(batcher, range(50))
        return [], [keys for keys in scene.calls if len(keys) > 7]

    check("never_above_maximum", watch, alternative, backend)


@each_variant
def test_loads_of_one_turn_share_a_call(alternative: patterns.Alternative, backend: Backend) -> None:
    """Ten callers who ask in one turn need one call."""

    async def watch(scene: Scene) -> Facts:
        async with scene.open() as batcher:
            await scene.load(batcher, range(10))
        return 10 if scene.promises_less("Never batches") else 1, len(scene.calls)

    check("loads_share_calls", watch, alternative, backend)


@each_variant
def test_error_in_place_of_a_value_is_private(alternative: patterns.Alternative, backend: Backend) -> None:
    """An exception among the values is raised for its own key, and the others get their values."""

    async def watch(scene: Scene) -> Facts:
        scene.reply = lambda keys: [LookupError(key) if key % 2 else key for key in keys]
        async with scene.open() as batcher:
            return [0, LookupError, 2, LookupError], await scene.load(batcher, range(4))

    check("bad_item_isolated", watch, alternative, backend)


@each_variant
@pytest.mark.parametrize("surplus", [-1, 1])
def test_wrong_length_is_an_error_for_all(alternative: patterns.Alternative, backend: Backend, surplus: int) -> None:
    """When a call answers too little or too much, nobody gets a value that may be another's."""

    async def watch(scene: Scene) -> Facts:
        scene.reply = lambda keys: [0] * (len(keys) + surplus)
        async with scene.open() as batcher:
            got = await scene.load(batcher, range(3))
        return [True] * 3, [isinstance(answer, type) and issubclass(answer, Exception) for answer in got]

    check("wrong_length_raises", watch, alternative, backend)


@each_variant
def test_error_of_a_call_reaches_every_caller(alternative: patterns.Alternative, backend: Backend) -> None:
    """Callers of equal and of different keys all hear of the error, and the next batch is not touched by it."""

    async def watch(scene: Scene) -> Facts:
        async with scene.open() as batcher:
            scene.reply = lambda keys: [1 // 0 for _ in keys]
            failed = await scene.load(batcher, [1, 1, 2])
            scene.reply = doubled
            return [ZeroDivisionError] * 3 + [2, 6], failed + await scene.load(batcher, [1, 3])

    check("error_reaches_all", watch, alternative, backend)


@each_variant
@pytest.mark.parametrize("error", [AbortError, asyncio.CancelledError])
def test_nobody_waits_for_a_call_that_was_cut_short(
    alternative: patterns.Alternative, backend: Backend, error: type[BaseException]
) -> None:
    """A cancelled call, or one that raises no mere Exception, ends the waiting; the next batch is not touched."""
    if backend.library != "asyncio" and error is asyncio.CancelledError:
        pytest.skip("another library's cancellation is an AbortError like any other")

    async def watch(scene: Scene) -> Facts:
        def cut_short(keys: Sequence[int]) -> Sequence[int]:
            raise error

        async with scene.open() as batcher:
            scene.reply = cut_short
            failed = await scene.load(batcher, [1, 1, 2])
            scene.reply = doubled
            return [True] * 3 + [6], [isinstance(end, type) for end in failed] + await scene.load(batcher, [3])

    check("base_exception_resolves_all", watch, alternative, backend)


async def cancel_one(scene: Scene, who: str, ticks: int) -> object:
    """What the others get, and who asks later, when one of three callers is cancelled after so many turns."""
    scene.gate = anyio.Event()
    async with scene.open() as batcher, anyio.create_task_group() as group:
        for name, key in (("a", 5), ("b", 5), ("c", 6)):
            group.start_soon(scene.ask, batcher, name, key)
        await scene.turns(ticks)
        scene.scopes.setdefault(who, anyio.CancelScope()).cancel()
        await scene.turns(ticks % 3)
        scene.gate.set()
        await scene.turns()
        others = [scene.got.get(name) for name in "abc" if name != who]
        later = await scene.load(batcher, [5, 6])
        group.cancel_scope.cancel()
    return others + later


@each_variant
@pytest.mark.parametrize("who", ["a", "b", "c"])
def test_cancelling_one_caller_is_nobody_elses_business(
    alternative: patterns.Alternative, backend: Backend, who: str
) -> None:
    """Whenever one of three callers is cancelled, the others get their answers, and so do later ones."""

    async def watch(scene: Scene) -> Facts:
        right = [10 if name in "ab" else 12 for name in "abc" if name != who] + [10, 12]
        seen = [await cancel_one(Scene(alternative, backend.toolkit), who, ticks) for ticks in range(9)]
        return [right] * 9, seen

    check("cancel_is_private", watch, alternative, backend)


@each_variant
def test_no_call_sees_the_context_of_another_caller(alternative: patterns.Alternative, backend: Backend) -> None:
    """A call sees a caller's context variables only if it is made for that caller alone."""

    async def watch(scene: Scene) -> Facts:
        async with scene.open(max_size=3) as batcher:
            await scene.load(batcher, range(6))
        made = zip(scene.calls, scene.seen, strict=True)
        return [], [(keys, seen) for keys, seen in made if seen != "nobody" and {seen} != {str(key) for key in keys}]

    check("no_context_bleed", watch, alternative, backend)


@each_variant
def test_leaving_sends_what_is_pending_once(alternative: patterns.Alternative, backend: Backend) -> None:
    """Whenever the context is left, every load has been sent once, is answered, and no task is left behind."""

    async def leave(scene: Scene, ticks: int) -> object:
        async with anyio.create_task_group() as group:
            before = scene.toolkit.living()
            async with scene.open(max_wait=HOUR) as batcher:
                for key in (1, 2, 3):
                    group.start_soon(scene.ask, batcher, str(key), key)
                while scene.asked < 3:
                    await scene.toolkit.hop()
                await scene.turns(ticks)
            left_behind = scene.toolkit.living() - before - (3 - len(scene.got))
            sent = sorted(sum(scene.calls, []))
            await scene.turns()
            group.cancel_scope.cancel()
        return left_behind, sent, sorted(scene.got.items())

    async def watch(scene: Scene) -> Facts:
        right = 0, [1, 2, 3], [("1", 2), ("2", 4), ("3", 6)]
        return [right] * 6, [await leave(Scene(alternative, backend.toolkit), ticks) for ticks in range(6)]

    check("close_flushes_once", watch, alternative, backend)


@each_variant
def test_full_batch_does_not_wait(alternative: patterns.Alternative, backend: Backend) -> None:
    """Loads that come one by one in a window of an hour leave together as soon as the batch is full."""

    async def watch(scene: Scene) -> Facts:
        together = not scene.promises_less("No time window") and not scene.promises_less("Never batches")
        async with scene.open(max_size=3, max_wait=HOUR) as batcher, anyio.create_task_group() as group:
            for key in (1, 2, 3):
                group.start_soon(scene.ask, batcher, str(key), key)
                await scene.turns(10)
            await scene.turns()
            got = sorted(scene.got.items())
            group.cancel_scope.cancel()
        calls = [[1, 2, 3]] if together else [[1], [2], [3]]
        return (calls, [("1", 2), ("2", 4), ("3", 6)]), (scene.calls, got)

    check("maximum_wait", watch, alternative, backend)


@each_variant
def test_lone_load_waits_no_longer_than_asked(alternative: patterns.Alternative, backend: Backend) -> None:
    """A load that stays alone is answered, with no window in a few turns and with a window when its time has come."""

    async def watch(scene: Scene) -> Facts:
        async with scene.open() as batcher:
            at_once = await scene.load(batcher, [1])
        async with scene.open(max_wait=0.005) as batcher:
            with anyio.move_on_after(10):
                return [2, 4], [*at_once, await batcher.load(2)]
        return [2, 4], [*at_once, None]

    check("maximum_wait", watch, alternative, backend)


@each_variant
def test_call_under_way_does_not_hold_up_the_next(alternative: patterns.Alternative, backend: Backend) -> None:
    """While one call waits for its reply, whoever asks is sent on."""

    async def watch(scene: Scene) -> Facts:
        scene.gate = anyio.Event()
        async with scene.open() as batcher, anyio.create_task_group() as group:
            group.start_soon(scene.ask, batcher, "a", 1)
            await scene.turns()
            group.start_soon(scene.ask, batcher, "b", 2)
            await scene.turns()
            calls = list(scene.calls)
            scene.gate.set()
        return [[1]] if scene.promises_less("One batch at a time") else [[1], [2]], calls

    check("maximum_wait", watch, alternative, backend)


@pytest.mark.parametrize(("alternative", "backend"), OWN)
@pytest.mark.parametrize("ticks", range(6))
def test_own_batcher_gives_up_when_the_block_fails(
    alternative: patterns.Alternative, backend: Backend, ticks: int
) -> None:
    """When an exception leaves the context, everybody who waits hears of it at once, and later loads are refused."""

    async def watch(scene: Scene) -> Facts:
        scene.gate = anyio.Event()
        async with anyio.create_task_group() as group:
            try:
                async with scene.open(max_size=2) as batcher:
                    for key in (1, 2, 3):
                        group.start_soon(scene.ask, batcher, str(key), key)
                    while scene.asked < 3:
                        await scene.toolkit.hop()
                    await scene.turns(ticks)
                    raise ZeroDivisionError
            except* ZeroDivisionError:
                await scene.turns()
            ends = [isinstance(end, type) and issubclass(end, Exception) for end in scene.got.values()]
            group.cancel_scope.cancel()
        return ([True] * 3, [RuntimeError]), (ends, await scene.load(batcher, [4]))

    check("gives_up", watch, alternative, backend)
