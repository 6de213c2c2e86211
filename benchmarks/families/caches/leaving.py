"""What is asked of ``patterns.caches`` about the end: of the context, of the loop, and what remains."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from benchmarks.families.caches.scene import QUIET, Made, Scene, kinds, opening, right, scene, some, until
from benchmarks.families.caches.time import passed, restless
from benchmarks.safety.trials import HOUR, HOURS, Trial, expect, free_loop
from benchmarks.safety.waiting import in_time

WAYS = ("left", "failed", "was cancelled", "was cancelled while it left")
LOAD = 5  # turns that a load takes here
CLEANUP = 3  # turns in which a cancelled load ends
GRACE = 2  # turns in which what has ended may leave
SWEPT = 9  # turns after which a cancellation of the block meets no load any more
LONG = 3.0  # seconds in which two loops have long ended; whoever hangs is found out sooner, from within the loop


async def leaving_resolves_all(trial: Trial) -> None:
    """When the context is left, in whatever way, whoever still waits gets a value or an error.

    Loads are cancelled when the program shuts down, and those who wait for them live in other tasks, are told nothing,
    and wait for ever: the shutdown hangs.

        async with TaskGroup() as requests:
            async with cache(load) as users:
                ...               # fails, and the loads are gone
        # the group waits for requests that wait for loads
    """
    landed = False
    for kind in some(trial, *kinds(trial, 2)):
        for way in some(trial, *WAYS):
            async with _ending(trial, kind, way, trial.tick) as made:
                landed |= trial.landed
                await made.ended(*(player for player, _ in made.callers))
                waiting = sum(not player.done for player, _ in made.callers)
                expect(not waiting, f"{waiting} of 4 callers wait for ever after the block {way} ({made.told()})")
    trial.landed = landed


async def nothing_left_behind(trial: Trial) -> None:
    """However the context is left, no task, thread or async generator stays behind.

    A load that outlives the block that opened the cache runs on when its connection is closed already, holds up the
    end of the program, or is cut off somewhere in the middle.

        async with connect() as db, cache(db.fetch) as rows:
            ...
        # left: the connection is closed, and a load that nobody
        # waits for is still using it
    """
    for kind in some(trial, *kinds(trial, 2)):
        for way in some(trial, *WAYS):
            for moment in range(0, SWEPT, 3) if trial.seed == 0 else (trial.random.randrange(SWEPT),):
                before = trial.living()
                async with _ending(trial, kind, way, moment) as made:
                    players = [player for player, _ in made.callers]
                    for player in players:  # what lives only as long as its caller waits is not left behind
                        player.cancel()
                    await made.ended(*players)
                    await trial.hop(GRACE)
                    left = trial.living() - before - len(made.crew.waiting)
                    expect(left <= 0, f"{left} task(s) live on after the block {way} ({made.told()})")


@asynccontextmanager
async def _ending(trial: Trial, kind: int, way: str, moment: int) -> AsyncIterator[Scene]:
    """A block with loads under way that ends, after so many turns, in one of several ways."""

    async def answer(_: Scene, load: Made) -> int:
        try:
            await trial.hop(LOAD)
        finally:
            await trial.hop(CLEANUP)
        return right(load.key)

    async with scene(trial, answer, kind) as made:
        for key in (5, 5, 6, 7):
            made.ask(key)
            await trial.drift(2)
        await made.all_asked()
        if way.endswith("left") and way != "left":
            await trial.drift(4)
            made.leaving.set()
        await trial.hop(moment)
        trial.landed = not made.block.done and moment <= SWEPT
        if way in ("left", "failed"):
            made.fails = way == "failed"
            made.leaving.set()
        else:
            made.block.cancel()
        expect(await made.ended(made.block), f"the context cannot be left after the block {way}")
        yield made


async def no_complaints(trial: Trial) -> None:
    """Neither the loop nor the interpreter complains: no exception is never retrieved, no coroutine never awaited.

    Callers who have left cannot hear of an error any more. When it is kept in a future that nobody reads, the log fills
    with alarms about requests that ended long ago, and true alarms drown in them.

        value = asyncio.shield(task)      # the caller leaves
        ...                               # and the load fails
        # "Task exception was never retrieved", at some
        # moment, out of nowhere
    """

    async def answer(_: Scene, load: Made) -> int:
        await trial.hop(LOAD)
        if load.key % 2:
            raise LookupError(load.key)
        return right(load.key)

    for kind in some(trial, *kinds(trial, 2)):
        for moment in range(LOAD + 3) if trial.seed == 0 else (trial.random.randrange(2 * LOAD),):
            async with scene(trial, answer, kind) as made:
                players = [made.ask(key) for key in (5, 5, 6, 7)]
                await made.all_asked()
                await trial.hop(moment)
                for player in players[:1] if trial.draw(1) else players:
                    player.cancel()
                await trial.ended(*players, turns=QUIET)
                made.leaving.set()
                await made.ended(made.block)


async def second_loop(trial: Trial) -> None:
    """A cache that is used again in a second loop, after the first has finished, works or raises; it never hangs.

    Every test runs in a loop of its own, and a cache at module level lives through all of them. What one loop left
    behind, such as a load that will never end, the next one waits for.

        users = Users()                    # at module level
        asyncio.run(first(users))          # ends while a load is under way
        asyncio.run(second(users))         # waits for that load
    """
    for kind in kinds(trial, 1, 2):
        await _two_loops(trial, kind)


async def _two_loops(trial: Trial, kind: int) -> None:
    loops = Loops(trial, kind)
    thread = threading.Thread(target=loops.run, name="trial of two loops", daemon=True)
    thread.start()
    expect(await in_time(trial, lambda: not thread.is_alive(), LONG), f"the second loop did not end within {LONG:g} s")
    if loops.broken is not None:
        raise loops.broken
    expect(not loops.hung, f"waiting for ever in the second loop: {', '.join(loops.hung)}")


class Loops:
    """Two loops, one after the other, that use one cache; ``hung`` are those who wait for ever in the second."""

    def __init__(self, trial: Trial, kind: int) -> None:
        """Nothing runs yet."""
        self.trial, self.kind = trial, kind
        self.shift = 1000 * kind  # entries of the kind before are another question
        self.again = False
        self.subject: Any = None
        self.hung: list[str] = []
        self.broken: BaseException | None = None

    def run(self) -> None:
        """In a thread of its own."""
        try:
            self.trial.backend.run(self._first, 0)
            self.trial.backend.run(self._second, 0)
        # Whatever it is, the trial raises it.
        except BaseException as error:
            self.broken = error

    async def _load(self, key: int) -> int:
        await self.trial.hop(2 if key < self.shift + 7 or self.again else 1000)
        return right(key - self.shift)

    async def _first(self) -> None:
        async with self.trial.crew() as crew:
            made = Scene(self.trial, crew, None, self.kind)
            async with opening(self.trial, self._load, self.kind) as self.subject:
                made.subject, made.shift = self.subject, self.shift
                await made.answered(made.ask(5), made.ask(6))
                crew.start(self.subject.get, self.shift + 7, name="who is cancelled when the loop ends")
                await self.trial.hop(4)

    async def _second(self) -> None:
        self.again = True
        async with self.trial.crew() as crew:
            players = [
                crew.start(self.subject.get, self.shift + key, name=f"a caller of {key}") for key in (5, 7, 7, 8)
            ]
            await until(self.trial, lambda: all(player.done for player in players))
            self.hung.extend(crew.waiting)


async def long_load_is_waited_for(trial: Trial) -> None:
    """A load that takes an hour is waited for, and its value reaches everybody who asked.

    Somewhere below there is a limit of thirty seconds that nobody has asked for. It works in every test, and the one
    large report is never made.

        async with asyncio.timeout(30):        # "to be safe"
            value = await self.load(key)
        # the report takes a minute: TimeoutError
    """
    if not trial.has_hours or restless(trial):
        return

    async def answer(_: Scene, load: Made) -> int:
        await trial.sleep(HOUR)
        return right(load.key)

    for kind in kinds(trial, 2):
        async with scene(trial, answer, kind) as made:
            players = [made.ask(5), made.ask(5)]
            await trial.hop(5)
            if await passed(made, HOURS * HOUR):
                await made.answered(*players)
            for player in players:
                player.cancel()


async def never_holds_up_the_loop(trial: Trial) -> None:
    """A load never holds up the loop: while it is waited for, all other tasks go on.

    Whoever waits for another one's load by sleeping stops the whole program: no request is answered, no timeout fires,
    and the load that is waited for does not go on either.

        while key in self.loading:
            time.sleep(0.01)               # nobody else runs
        # the load cannot go on, and so it stays there
    """

    async def load(key: int) -> int:
        await trial.hop(3)
        return key

    async def visit(kind: int) -> None:
        async with opening(trial, load, kind) as opened:
            await opened.get(5)
            await opened.get(5)

    for kind in kinds(trial, 2):
        await free_loop(trial, partial(visit, kind))
