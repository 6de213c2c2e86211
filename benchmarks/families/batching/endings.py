"""What is asked of ``patterns.batching`` about the end: what is sent, and what remains."""

import weakref
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial

from benchmarks.families.batching.scene import MOMENTS, Made, Scene, right, scene, some, told
from benchmarks.plan.workloads import Once
from benchmarks.safety.memory import same_memory_of
from benchmarks.safety.trials import HOUR, Trial, expect, listed

WAYS = ("failed", "was cancelled", "was cancelled while it left")


async def close_flushes_once(trial: Trial) -> None:
    """Leaving the context sends what is pending, exactly once, and everybody gets the answer.

    What is still collected when the program ends is lost, and its callers wait for ever; or it is sent at the end and
    by its timer once more.

        async with batcher(write, 100, 5.0) as rows:
            for row in last_rows:
                group.start_soon(rows.load, row)
        # leaves within the five seconds: the last rows were
        # never written, or written twice
    """
    await _leave(trial, 100 if trial.seed % 2 else 2, HOUR)
    if trial.seed == 0 and trial.tick < 3:
        await _leave(trial, 100, 0.1 * trial.unit, afterwards=0.3)


async def _leave(trial: Trial, max_size: int, max_wait: float, afterwards: float = 0) -> None:
    """Leave at the turn of the trial, then wait so many units for what should not come."""

    async def answer(made: Made) -> list[int]:
        await trial.hop(3)
        return [right(key) for key in made.keys]

    async with scene(trial, answer, max_size, max_wait) as made:
        players = []
        for key in (1, 2, 3):
            players.append(made.ask(key))
            await trial.drift(3)
        await made.all_asked()
        await trial.hop(trial.tick)
        trial.landed = trial.tick < MOMENTS and made.waiting > 0
        await made.leave()
        sent = Counter(key for call in made.calls for key in call.keys)
        expect(set(sent) == {1, 2, 3}, f"the context was left, and of keys 1, 2, 3 were sent: {listed(sorted(sent))}")
        await made.answered(*players)
        if afterwards:
            await trial.sleep(afterwards)
        await trial.hop(3)
        sent = Counter(key for call in made.calls for key in call.keys)
        expect(set(sent.values()) == {1}, f"sent more than once: {told(made.calls)}")


async def failed_block_resolves_all(trial: Trial) -> None:
    """When an exception or a cancellation leaves the context, whoever still waits gets an answer or an error.

    A worker that is cancelled takes what it has collected with it. The requests that wait for it live in other tasks,
    are told nothing, and wait for ever: the shutdown hangs.

        async with TaskGroup() as requests:
            async with batcher(call, 100, 0.01) as users:
                ...               # fails, and the worker is gone
        # the group waits for requests that wait for the worker
    """
    landed = False
    for way in some(trial, WAYS):
        async with _ending(trial, way, turns=3, max_wait=trial.unit) as made:
            landed |= trial.landed
            await made.ended(*(player for player, _ in made.callers))
            expect(not made.waiting, f"{made.waiting} of 3 callers wait for ever after the block {way}")
    trial.landed = landed


async def nothing_left_behind(trial: Trial) -> None:
    """However the context is left, no task, thread or async generator stays behind.

    A call that outlives the block that opened the batcher runs on when its connection is closed already, holds up the
    end of the program, or is cut off somewhere in the middle.

        async with connect() as db, batcher(db.fetch, 100, 0) as b:
            ...
        # left: the connection is closed, and a call that nobody
        # waited for is still using it
    """
    landed = False
    for way in some(trial, ("left", *WAYS)):
        before = trial.living()
        async with _ending(trial, way, turns=12, max_wait=HOUR) as made:
            landed |= trial.landed
            await trial.hop(3)
            left = trial.living() - before - len(made.crew.waiting)
            expect(left <= 0, f"{left} task(s) live on after the block {way}")
    trial.landed = landed


@asynccontextmanager
async def _ending(trial: Trial, way: str, turns: int, max_wait: float) -> AsyncIterator[Scene]:
    """A block with three callers that ends, at the turn of the trial, in one of several ways."""

    async def answer(made: Made) -> list[int]:
        await trial.hop(turns)
        return [right(key) for key in made.keys]

    async with scene(trial, answer, max_size=2, max_wait=max_wait) as made:
        for key in (1, 2, 3):
            made.ask(key)
            await trial.drift(3)
        await made.all_asked()
        if way in ("left", "failed"):
            await trial.hop(trial.tick)
            made.fails = way == "failed"
            made.leaving.set()
            trial.landed = False
        else:
            if way.endswith("left"):
                await trial.drift()
                made.leaving.set()
            await trial.strike(made.block)
            trial.landed = trial.landed and trial.tick <= MOMENTS
        expect(await made.ended(made.block), f"the context cannot be left after the block {way}")
        yield made


async def nothing_piles_up(trial: Trial) -> None:
    """Of cancelled loads no more than one batch is kept back.

    When downstream hangs, clients give up and try again. A queue that keeps the entries of those who have left grows
    with every attempt, and when downstream comes back it is asked for what nobody wants any more.

        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await batcher.load(Query(...))
        # a day later: 86,400 dead entries wait their turn
    """
    things: Things = weakref.WeakSet()

    async def hang(call: Made) -> list[int]:
        await made.hold.wait()
        return [0] * len(call.keys)

    async with scene(trial, hang, max_size=3, max_wait=HOUR if trial.seed % 2 else 0.0) as made:
        for number in range(12):
            player = made.crew.start(_caller, made, things, name=f"caller {number}")
            await trial.hop(3 + trial.draw(2))
            player.cancel()
            await trial.ended(player, turns=10)
            player.error = None  # its traceback holds on to the key
        await trial.sleep(1)  # who is a little slow has sent what was full by then
        trial.collect_garbage()
        kept = len(things) - len({key for call in made.calls for key in call.keys})
        expect(kept <= 3, f"{kept} keys of 12 cancelled callers are kept back in batches of 3")
        await made.leave()


async def memory_is_given_back(trial: Trial) -> None:
    """Loads that are over, and their calls, take no memory that is never given back.

    A list of all batches that were ever sent, or of their tasks, grows for as long as the batcher is open, which is
    mostly as long as the program runs. It is killed on a busy day, and has learnt nothing from what it kept.

        task = create_task(self.send(batch))
        self.sent.append(task)
        # "so that none is collected": and none ever is
    """
    things: Things = weakref.WeakSet()

    async def answer(call: Made) -> list[int]:
        return [0] * len(call.keys)

    async with scene(trial, answer, max_size=3) as made:
        for size in (1, 3, 5, 3):
            players = [made.crew.start(_caller, made, things, name="a caller") for _ in range(size)]
            expect(await made.ended(*players), "a caller waits for ever")
        made.calls.clear()
        trial.collect_garbage()
        expect(len(things) <= 3, f"{len(things)} keys of 12 loads that are over are still held")
        await made.leave()
    await same_memory_of(trial, partial(_the_same_again, trial), "three callers load what they had before, one in vain")


class Thing:
    """A key that can be weakly referenced."""


Things = weakref.WeakSet[Thing]


async def _caller(made: Scene, things: Things) -> None:
    key = Thing()
    things.add(key)
    await made.load(key)


@asynccontextmanager
async def _the_same_again(trial: Trial) -> AsyncIterator[Once]:
    """Loads of a few keys: a memory of all answers, which was told already, needs no more for them."""

    async def call(keys: Sequence[int]) -> list[int | Exception]:
        await trial.hop()
        return [right(key) if key else LookupError() for key in keys]

    async with trial.module.batcher(call, 2, 0.0) as batcher:

        async def load(key: int) -> None:
            with suppress(Exception):
                await batcher.load(key)

        yield lambda: trial.backend.toolkit.together([partial(load, key) for key in range(3)])


async def no_complaints(trial: Trial) -> None:
    """Neither the loop nor the interpreter complains: no exception is never retrieved, no coroutine never awaited.

    Callers who have left cannot hear of an error any more. When it is kept in a future that nobody reads, the log fills
    with alarms about requests that ended long ago, and true alarms drown in them.

        answer = asyncio.shield(shared)     # the caller leaves
        shared.set_exception(error)         # nobody is there
        # "Future exception was never retrieved", at some
        # moment, out of nowhere
    """
    landed = False
    for way in some(trial, ("error", "items", "values")):

        async def answer(made: Made, way: str = way) -> list[object]:
            await trial.hop(3)
            if way == "error":
                raise LookupError(way)
            return [LookupError(key) if way == "items" else key for key in made.keys]

        async with scene(trial, answer, max_size=3) as made:
            players = [made.ask(key) for key in (1, 1, 2, 3)]
            await made.all_asked()
            await trial.strike(*players)
            landed |= trial.landed
            await made.ended(*players)
            await made.leave()
    trial.landed = landed


async def late_load_ends(trial: Trial) -> bool:
    """A load that comes after the context was left is refused or answered, rather than left waiting.

    Not promised: a request that comes too late has lost anyway. But where nothing tells it so, it waits for ever, and
    the shutdown that waits for it hangs.

        async with batcher(call, 100, 0.01) as users:
            app.users = users
        # left; a late request:
        await app.users.load(1)     # an error, or silence?
    """
    async with scene(trial) as made:
        await made.ended(made.ask(1))
        await made.leave()
        return await made.ended(made.ask(2))


async def gives_up_abandoned_calls(trial: Trial) -> bool:
    """A call whose callers have all been cancelled is cancelled too.

    Not promised. Downstream goes on working for nobody where it is not, and when it hangs, calls that nobody waits for
    add up; on the other side, a call that is cancelled may leave things half done.

        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await batcher.load(1)     # nobody else asks
        # is the query still running?
    """

    async def hang(call: Made) -> list[int]:
        await made.hold.wait()
        return call.keys

    async with scene(trial, hang) as made:
        players = [made.ask(1), made.ask(2)]
        await made.begun(1)
        await trial.hop(3)
        for player in players:
            player.cancel()
        await trial.hop(10)
        given_up = all(call.over for call in made.calls)
        await made.leave()
    return given_up
