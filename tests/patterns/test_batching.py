"""What every batcher promises: answers, errors, cancellations, windows and the end."""

import asyncio
import contextvars
import importlib
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from itertools import chain
from typing import Any

import anyio
import pytest
from anyio.abc import TaskGroup

import patterns
from benchmarks.backends import BACKENDS, Backend, Toolkit, can_run
from benchmarks.plan import applies
from patterns.batching import Batcher

HOUR = 3600.0
ENOUGH = 40  # turns in which everything that needs no clock has happened
Facts = tuple[object, object]  # what is promised, and what was seen
AbortError = type("AbortError", (BaseException,), {})
who_asks = contextvars.ContextVar("who_asks", default="nobody")


class Scene:
    """An alternative on a running loop, what happens downstream of it, and what its callers got."""

    def __init__(self, alternative: patterns.Alternative, toolkit: Toolkit) -> None:
        self.alternative, self.toolkit = alternative, toolkit
        self.caveats = " ".join(alternative.caveats)
        self.reply: Callable[[Sequence[int]], Sequence[Any]] = lambda keys: [2 * key for key in keys]
        self.error: type[BaseException] | None = None
        self.gate = anyio.Event()
        self.gate.set()
        self.calls: list[list[int]] = []
        self.seen: list[str] = []
        self.asked = 0
        self.got: dict[str, object] = {}
        self.scopes: dict[str, anyio.CancelScope] = {}

    def again(self) -> "Scene":
        """The same alternative, and nothing has happened yet."""
        return Scene(self.alternative, self.toolkit)

    def open(self, max_size: int = 100, max_wait: float = 0) -> AbstractAsyncContextManager[Batcher[int, int]]:
        """The alternative before ``call``."""
        module = importlib.import_module(self.alternative.module)
        return module.batcher(self.call, max_size, max_wait)  # type: ignore[no-any-return]  # found by name

    async def call(self, keys: Sequence[int]) -> Sequence[Any]:
        """Downstream: keep a record, wait for the gate, reply."""
        self.calls.append(list(keys))
        self.seen.append(who_asks.get())
        await self.gate.wait()
        await self.toolkit.hop()
        if self.error is not None:
            raise self.error
        return self.reply(keys)

    async def ask(self, batcher: Batcher[int, int], name: str, key: int) -> None:
        """One caller, who can be cancelled by name; what they get is a value or the type of an error."""
        who_asks.set(str(key))
        self.asked += 1
        with anyio.CancelScope() as self.scopes[name]:
            try:
                self.got[name] = await batcher.load(key)
            except BaseException as error:
                self.got[name] = type(error)
                if self.scopes[name].cancel_called:
                    raise

    async def turns(self, number: int = ENOUGH) -> None:
        """Let everybody else run."""
        for _ in range(number):
            await self.toolkit.hop()

    async def start(self, group: TaskGroup, batcher: Batcher[int, int], callers: dict[str, int]) -> None:
        """Go on as soon as all these callers have asked for their keys."""
        expected = self.asked + len(callers)
        for name, key in callers.items():
            group.start_soon(self.ask, batcher, name, key)
        while self.asked < expected:
            await self.toolkit.hop()

    async def load(self, batcher: Batcher[int, int], keys: Iterable[int]) -> list[object]:
        """What callers get who ask together; None for one who still waits after enough turns."""
        callers = {f"{self.asked + number}: {key}": key for number, key in enumerate(keys)}
        async with anyio.create_task_group() as group:
            await self.start(group, batcher, callers)
            await self.turns()
            answers = [self.got.get(name) for name in callers]
            group.cancel_scope.cancel()
        return answers


Watch = Callable[[Scene], Coroutine[Any, Any, Facts]]
VARIANTS = [
    pytest.param(alternative, backend, id=f"{alternative.name}@{backend.name}")
    for alternative in patterns.alternatives("batching")
    for backend in BACKENDS.values()
    if can_run(alternative.library, backend)
]


def promise(name: str, variants: Sequence[Any] = VARIANTS) -> Callable[[Watch], Callable[..., None]]:
    """What a function says is promised equals what it saw, or differs where the alternative's file says so."""

    def made_of(watch: Watch) -> Callable[..., None]:
        def test(alternative: patterns.Alternative, backend: Backend) -> None:
            if problem := backend.problem() or alternative.problem:
                pytest.skip(problem)
            broken = {fail.property for fail in alternative.known_failures if applies(fail, backend.name)}
            promised, seen = backend.run(lambda: watch(Scene(alternative, backend.toolkit)), 0)

            if name in broken:
                assert promised != seen, f"{alternative.name} keeps {name} now"
            else:
                assert promised == seen

        test.__name__, test.__doc__ = watch.__name__, watch.__doc__
        return pytest.mark.parametrize(("alternative", "backend"), variants)(test)

    return made_of


@promise("own_result")
async def test_everybody_gets_their_own_answer(scene: Scene) -> Facts:
    """Callers of equal and of different keys all get the value of their own key."""
    keys = [key * 7 % 50 for key in range(120)]
    async with scene.open(max_size=7) as batcher:
        return [2 * key for key in keys], await scene.load(batcher, keys)


@promise("never_above_maximum")
async def test_loads_of_one_turn_share_as_few_calls_as_allowed(scene: Scene) -> Facts:
    """Fifty callers who ask at once need seven full calls and one for the rest."""
    async with scene.open(max_size=7) as batcher:
        await scene.load(batcher, range(50))
    sizes = [1] * 50 if "Never batches" in scene.caveats else [7] * 7 + [1]
    return sizes, sorted((len(keys) for keys in scene.calls), reverse=True)


@promise("bad_item_isolated")
async def test_error_in_place_of_a_value_is_private(scene: Scene) -> Facts:
    """An exception among the values is raised for its own key, and the others get their values."""
    scene.reply = lambda keys: [LookupError(key) if key % 2 else key for key in keys]
    async with scene.open() as batcher:
        return [0, LookupError, 2, LookupError], await scene.load(batcher, range(4))


@promise("wrong_length_raises")
async def test_wrong_length_is_an_error_for_all(scene: Scene) -> Facts:
    """When a call answers too little or too much, nobody gets a value that may be another's."""
    async with scene.open() as batcher:
        scene.reply = lambda keys: [0] * (len(keys) - 1)
        got = await scene.load(batcher, range(3))
        scene.reply = lambda keys: [0] * (len(keys) + 1)
        got += await scene.load(batcher, range(3, 6))
    return [True] * 6, [isinstance(answer, type) and issubclass(answer, Exception) for answer in got]


@promise("error_reaches_all")
async def test_error_of_a_call_reaches_every_caller(scene: Scene) -> Facts:
    """Callers of equal and of different keys all hear of the error, and the next batch is not touched by it."""
    async with scene.open() as batcher:
        scene.error = LookupError
        failed = await scene.load(batcher, [1, 1, 2])
        scene.error = None
        return [LookupError] * 3 + [2, 6], failed + await scene.load(batcher, [1, 3])


@promise("base_exception_resolves_all")
async def test_nobody_waits_for_a_call_that_was_cut_short(scene: Scene) -> Facts:
    """A call that is cancelled downstream, or raises no mere Exception, ends the waiting; the next one goes well."""
    seen: list[object] = []
    errors = [AbortError, asyncio.CancelledError, *([GeneratorExit] if scene.alternative.kind == "own" else [])]
    for error in errors:
        async with scene.open() as batcher:
            scene.error = error
            seen += [isinstance(end, type) for end in await scene.load(batcher, [1, 1, 2])]
            scene.error = None
            seen += await scene.load(batcher, [3])
    return [True, True, True, 6] * len(errors), seen


async def cancel_one(scene: Scene, who: str, ticks: int) -> object:
    """What the others get, and who asks later, when one of three callers is cancelled after so many turns."""
    scene.gate = anyio.Event()
    async with scene.open() as batcher, anyio.create_task_group() as group:
        await scene.start(group, batcher, {"a": 5, "b": 5, "c": 6})
        await scene.turns(ticks)
        scene.scopes[who].cancel()
        await scene.turns(ticks % 3)
        scene.gate.set()
        await scene.turns()
        got = [scene.got.get(name) for name in "abc" if name != who] + await scene.load(batcher, [5, 6])
        group.cancel_scope.cancel()
    return got


@promise("cancel_is_private")
async def test_cancelling_one_caller_is_nobody_elses_business(scene: Scene) -> Facts:
    """Whichever of three callers is cancelled, and when, the others get their answers, and so do later ones."""
    right = {"a": [10, 12, 10, 12], "b": [10, 12, 10, 12], "c": [10, 10, 10, 12]}
    moments = [(who, ticks) for who in right for ticks in range(9)]
    return [right[who] for who, _ in moments], [await cancel_one(scene.again(), *moment) for moment in moments]


@promise("no_context_bleed")
async def test_no_call_sees_the_context_of_another_caller(scene: Scene) -> Facts:
    """A call sees a caller's context variables only if it is made for that caller alone."""
    async with scene.open(max_size=3) as batcher:
        await scene.load(batcher, range(6))
    made = zip(scene.calls, scene.seen, strict=True)
    return [], [(keys, seen) for keys, seen in made if seen != "nobody" and {seen} != {str(key) for key in keys}]


async def leave(scene: Scene, ticks: int) -> object:
    """Tasks left behind and keys sent when the context is left after so many turns, and what the callers get."""
    before = scene.toolkit.living()
    async with anyio.create_task_group() as group:
        async with scene.open(max_wait=HOUR) as batcher:
            await scene.start(group, batcher, {"a": 1, "b": 2, "c": 3})
            await scene.turns(ticks)
        left_behind = scene.toolkit.living() - before - (3 - len(scene.got))
        sent = sorted(chain.from_iterable(scene.calls))
        await scene.turns()
        group.cancel_scope.cancel()
    return left_behind, sent, sorted(scene.got.items())


@promise("close_flushes_once")
async def test_leaving_sends_what_is_pending_once(scene: Scene) -> Facts:
    """Whenever the context is left, every load has been sent once, is answered, and no task is left behind."""
    right = 0, [1, 2, 3], [("a", 2), ("b", 4), ("c", 6)]
    return [right] * 6, [await leave(scene.again(), ticks) for ticks in range(6)]


@promise("maximum_wait")
async def test_full_batch_does_not_wait(scene: Scene) -> Facts:
    """Loads that come one by one in a window of an hour leave together as soon as the batch is full."""
    together = "No time window" not in scene.caveats and "Never batches" not in scene.caveats
    async with scene.open(max_size=3, max_wait=HOUR) as batcher, anyio.create_task_group() as group:
        for key in (1, 2, 3):
            await scene.start(group, batcher, {str(key): key})
            await scene.turns()
        seen = list(scene.calls), dict(scene.got)
        group.cancel_scope.cancel()
    return ([[1, 2, 3]] if together else [[1], [2], [3]], {"1": 2, "2": 4, "3": 6}), seen


@promise("maximum_wait")
async def test_lone_load_waits_no_longer_than_asked(scene: Scene) -> Facts:
    """A load that stays alone is answered, with no window in a few turns and with a window when its time has come."""
    async with scene.open() as batcher:
        got = await scene.load(batcher, [1])
    async with scene.open(max_wait=0.005) as batcher:
        with anyio.move_on_after(10):
            got.append(await batcher.load(2))
    return [2, 4], got


@promise("maximum_wait")
async def test_call_under_way_does_not_hold_up_the_next(scene: Scene) -> Facts:
    """While one call waits for its reply, whoever asks is sent on."""
    scene.gate = anyio.Event()
    async with scene.open() as batcher, anyio.create_task_group() as group:
        for name, key in (("a", 1), ("b", 2)):
            await scene.start(group, batcher, {name: key})
            await scene.turns()
        calls = list(scene.calls)
        scene.gate.set()
    return [[1]] if "One batch at a time" in scene.caveats else [[1], [2]], calls


async def fail_inside(scene: Scene, ticks: int) -> object:
    """What three callers get when the block fails while they wait, and who asks later."""
    scene.gate = anyio.Event()
    async with anyio.create_task_group() as group:
        try:
            async with scene.open(max_size=2) as batcher:
                await scene.start(group, batcher, {"a": 1, "b": 2, "c": 3})
                await scene.turns(ticks)
                raise ZeroDivisionError
        except* ZeroDivisionError:
            await scene.turns()
        ends = [isinstance(end, type) and issubclass(end, Exception) for end in scene.got.values()]
        group.cancel_scope.cancel()
    return ends + await scene.load(batcher, [4, 4])


@promise("gives_up", [variant for variant in VARIANTS if str(variant.id).startswith("own_")])
async def test_own_batcher_gives_up_when_the_block_fails(scene: Scene) -> Facts:
    """Whenever an exception leaves the context, everybody who waits hears of it, and later loads are refused."""
    return [[True] * 3 + [RuntimeError] * 2] * 6, [await fail_inside(scene.again(), ticks) for ticks in range(6)]
