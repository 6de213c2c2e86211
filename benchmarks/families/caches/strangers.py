"""What is asked of ``patterns.caches`` about identity: who must never see whose entries, and who must be let go."""

import gc
import weakref
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

from benchmarks.families.caches.scene import (
    CACHE,
    Made,
    Scene,
    Source,
    asked_about,
    bounded,
    kinds,
    named,
    opening,
    right,
    scene,
    some,
)
from benchmarks.safety.errors import origins
from benchmarks.safety.trials import Trial, ending, expect

FRESH = 8  # instances that are there at the same time
ROUNDS = 3  # of them, at the addresses of those that were there before
KEYS = (5, 6, 7)


class Named:
    """A key that looks like every other, and is equal to none."""

    def __repr__(self) -> str:
        return "Named()"

    def __hash__(self) -> int:
        return 7


async def caches_are_strangers(trial: Trial) -> None:
    """Two caches, or two objects of one class, never see each other's entries, not even one after the other.

    The key of an object's entries is made of its name or its address, and the next object is given the same address:
    a customer sees the orders of the one before.

        for customer in customers:
            orders = Orders(customer)         # often where the last one was
            await orders.get("open")          # key: "<Orders at 0x7f..>open"
        # most of them see another customer's
    """
    for kind in some(trial, *kinds(trial, 1, 2)):
        await _side_by_side(trial, kind)
        await _one_after_another(trial, kind)
        await _of_one_kin(trial, kind)


async def _side_by_side(trial: Trial, kind: int) -> None:
    async def more(made: Scene, load: Made) -> int:
        await made.trial.hop(2 + trial.draw(2))
        return int(load.key) + (1000 if made is one else 2000)

    async with scene(trial, more, kind) as one, scene(trial, more, kind) as two:
        two.shift = one.shift
        for _ in range(2):
            players = []
            for key in KEYS:
                for made in (one, two) if trial.draw(1) else (two, one):
                    players.append((made, key, made.ask(key)))
                    await trial.drift(2)
            expect(await one.ended(*(player for _, _, player in players)), "a caller waits for ever")
            for made, key, player in players:
                expected = made.refined(key + (1000 if made is one else 2000))
                told = f"of two at the same time ({made.told()}) one caller {ending(player)}"
                expect(player.value == expected, f"{told} instead of {expected}")
        expect(
            len(one.loads) == len(two.loads) == 3,
            f"two that were asked for 3 keys made {len(one.loads)} and {len(two.loads)} loads",
        )
        await one.leave()
        await two.leave()


async def _of_one_kin(trial: Trial, kind: int) -> None:
    """Two that ask the same function: each asks it by itself."""
    async with scene(trial, kind=kind) as one:
        two = Scene(trial, one.crew, None, kind)
        two.shift, two.source = one.shift, one.source
        await two.open(None, None)
        await one.answered(one.ask(5))
        await two.answered(two.ask(5), two.ask(5))
        told = f"two that ask the same function ({one.told()})"
        expect(len(one.loads) > 1, f"{told}: the second answered what the first had asked for")
        await two.leave()
        await one.leave()


async def _one_after_another(trial: Trial, kind: int) -> None:
    async def numbered(number: int, key: int) -> int:
        await trial.hop(trial.draw(1))
        return right(number) + key - 5

    async def one_round(numbers: range) -> list[tuple[int, int]]:
        async with AsyncExitStack() as stack:
            opened = [
                await stack.enter_async_context(opening(trial, partial(numbered, number), kind)) for number in numbers
            ]
            values = [await fresh.get(5) - max(kind - 1, 0) for fresh in opened]
        return [(number, value) for number, value in zip(numbers, values, strict=True) if value != right(number)]

    async with scene(trial, kind=kind) as made:
        wrong: list[tuple[int, int]] = []
        for first in range(0, ROUNDS * FRESH, FRESH):  # what is opened in a round finds the places of the last one free
            player = made.play(partial(one_round, range(first, first + FRESH)), "who opens one after another")
            wrong += await made.answers(player)
        told = f"of {ROUNDS * FRESH} that were opened one after another {len(wrong)} answered for others"
        expect(not wrong, told)
        await made.leave()


async def classes_are_strangers(trial: Trial) -> None:
    """An object's class, its base and what it is derived from never see each other's entries.

    Entries are found by the name of the method, or by the number of the object, and a subclass has a method of the
    same name, or numbers of its own: what one of them answered is what the other one answers.

        class Net(Price): ...                 # 10
        class Gross(Net): ...                 # refines it to 12
        await net.get("tea")                  # 10
        await gross.get("tea")                # 10, or net gives 12
    """

    async def load(key: int) -> int:
        await trial.hop(trial.draw(3))
        return 10 * (key - made[0].shift)

    depths = [1, 2, 4, 3]
    if trial.seed:
        trial.random.shuffle(depths)
    async with trial.crew() as crew:
        made = [Scene(trial, crew, None, depth) for depth in depths]
        for entry in made:
            entry.source = Source(load)
            entry.shift = made[0].shift
            await entry.open(None, None)
        for _ in range(2):
            players = []
            for entry in made:
                players += [(entry, key, entry.ask(key)) for key in KEYS[:2]]
                await trial.drift(3)
            for entry, key, player in players:
                expect(await entry.ended(player), f"a caller of {named(entry.kind)} waits for ever")
                expected = entry.refined(10 * key)
                told = f"a caller of {named(entry.kind)} {ending(player)}"
                expect(
                    player.value == expected,
                    f"{told} instead of {expected}, while the classes above and below are asked, too",
                )
        for entry in made:
            await entry.leave()


async def super_cannot_wait_for_itself(trial: Trial) -> None:
    """An answer that is refined through super() is the base's answer, and waiting for it cannot wait for itself.

    Where base and subclass share a lock, or the note that a key is being loaded, the subclass waits for the base, and
    the base for the subclass to finish: nobody ever gets an answer, and nothing is logged.

        class Gross(Net):
            @cached
            async def get(self, key):
                return await super().get(key) * 1.2
        await Gross(load).get("tea")          # waits for itself
    """
    for depth in some(trial, 2, 4, 7):
        async with scene(trial, kind=depth) as made:
            players = []
            for key in (5, 6, 5):
                players.append(made.ask(key))
                await trial.drift(3)
            expect(await made.ended(*players), f"an answer refined {depth - 1} times through super() never comes")
            await made.answered(*players, made.ask(5), made.ask(6))
            await made.leave()


async def unequal_keys_are_strangers(trial: Trial) -> None:
    """Keys that are not equal never share an entry, whatever their reprs and hashes; keys that are equal always do.

    A key that is turned into a text meets other keys with the same text: the number 1 and the name "1", two objects
    without a repr of their own, names that differ in case. One of them gets the other one's answer.

        await rights.get(1)           # user number one
        await rights.get("1")         # who calls himself "1"
        # has the rights of user number one
    """
    if "cache" in trial.alternative.offers:
        keys = [
            1,
            "1",
            -1,
            -2,
            "-1",
            "A",
            "a",
            "a ",
            " a",
            (1, 2),
            "(1, 2)",
            ("a", "b"),
            ("a, b",),
            "a, b",
            None,
            "None",
        ]
        keys += [
            b"1",
            0,
            2**61 - 1,
            "",
            "0",
            frozenset({1}),
            frozenset({2}),
            1.5,
            "1.5",
            "{x}",
            "*",
            "a:b",
            ("a", ":b"),
        ]
        await _told_apart(trial, CACHE, [*keys, Named(), Named()])
    if "source" in trial.alternative.offers:
        await _told_apart(trial, 1 + trial.draw(2), [0, 1, 2**61 - 1, 2**61, 10, 100, 11])


async def _told_apart(trial: Trial, kind: int, keys: list[Any]) -> None:
    async def numbered(_: Scene, load: Made) -> int:
        await trial.hop(trial.draw(2))
        return load.number

    trial.random.shuffle(keys)
    async with scene(trial, numbered, kind) as made:
        for again in range(2):
            players = [made.ask(key) for key in keys]
            expect(await made.ended(*players), "a caller waits for ever")
            seen: dict[object, object] = {}
            for key, player in zip(keys, players, strict=True):
                expect(player.outcome == "returned", f"a caller of the key {key!r} {ending(player)}")
                other = seen.setdefault(player.value, key)
                expect(other is key, f"the keys {key!r} and {other!r} share an entry")
            told = f"{len(keys)} keys made {len(made.loads)} loads when asked for {again + 1} times"
            expect(len(made.loads) == len(keys), told)
        if kind == CACHE:
            await made.value(tuple([1, 2]))  # noqa: C409  equal to a key of those above, and another object
            expect(len(made.loads) == len(keys), "two equal keys do not share an entry")
        await made.leave()


class Thing:
    """A key or a value that can be weakly referenced."""


async def forgotten_is_collected(trial: Trial) -> None:
    """What was forgotten can be collected: entries and their keys, and caches that are no longer used.

    A lock for every key that was ever asked for is smaller than an entry, and never removed. A day later the process is
    out of memory.

        async with self.locks[key]:           # a defaultdict
            ...
        await cache.invalidate(key)
        # the entry is gone, its lock stays for ever
    """
    await _unused(trial, CACHE)
    await _forgotten(trial)


async def objects_are_collected(trial: Trial) -> None:
    """Objects with cached methods can be collected when they are no longer used.

    A cache that belongs to a class holds on to every object that ever asked it, as ``functools.lru_cache`` does. With
    an object for each request, the process is out of memory a day later.

        class Report:
            @lru_cache(maxsize=None)
            async def get(self, key): ...
        for request in requests:              # each with a Report
            ...                               # and all of them are kept
    """
    for kind in some(trial, 1, 2):
        await _unused(trial, kind)


async def _unused(trial: Trial, kind: int) -> None:
    """A cache, or an object, that was used, failed, was cancelled, and is gone."""
    traces: list[weakref.ref[Any]] = []

    async def use() -> None:
        async def load(key: int) -> int:
            await trial.hop(3)
            if key == 6:
                raise LookupError(key)
            return key

        async with trial.crew() as crew, opening(trial, load, kind) as opened:
            players = [crew.start(opened.get, key, name=f"a caller of {key}") for key in (5, 6, 7, 5)]
            await trial.hop(2)
            players[2].cancel()
            await made.ended(*players)
            traces.append(weakref.ref(load))
            if type(opened).__weakrefoffset__:
                traces.append(weakref.ref(opened))
        for player in players:
            player.error = None  # its traceback holds on to everything
        del opened, players, crew

    async with scene(trial, kind=kind) as made:
        player = made.play(use, "who uses it and goes")
        expect(await made.ended(player), "who uses it and goes waits for ever")
        if player.error is not None:
            raise player.error
        await trial.hop(3)
        gc.collect()
        left = [trace() for trace in traces if trace() is not None]
        expect(not left, f"{named(kind)} is still held when it is no longer used, by the load or by itself")
        await made.leave()


async def _forgotten(trial: Trial) -> None:
    """Keys whose loads failed, that were invalidated or evicted, and their values."""
    things: weakref.WeakSet[Thing] = weakref.WeakSet()
    fails: Callable[[int], bool] = lambda number: number % 3 == 0  # noqa: E731

    async def answer(_: Scene, load: Made) -> Thing:
        number, load.key = load.number, None
        await trial.hop(number % 3)
        if fails(number):
            raise LookupError(number)
        value = Thing()
        things.add(value)
        return value

    async def use(made: Scene, forget: bool) -> None:
        key = Thing()
        things.add(key)
        try:
            await made.subject.get(key)
        except Exception as error:
            if not any(isinstance(one, LookupError) for one in origins(error)):
                raise
            return
        if forget:
            await made.subject.invalidate(key)

    forgets = asked_about(trial, "invalidated_is_loaded_later")
    for max_size in (None,) * forgets + (2,) * await bounded(trial):
        async with scene(trial, answer, max_size=max_size) as made:
            for _ in range(4):
                players = [made.play(partial(use, made, max_size is None), "a caller") for _ in range(3)]
                expect(await made.ended(*players), "a caller waits for ever")
                for player in players:
                    if player.error is not None:
                        raise player.error
            await trial.hop(3)
            gc.collect()
            most = 2 * (max_size or 0)
            how = f"with room for {max_size}" if max_size else "of which none is to be kept"
            expect(len(things) <= most, f"of 12 keys and their values {len(things)} are held, {how}")
            await made.leave()
        things.clear()
