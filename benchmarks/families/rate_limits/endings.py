"""What is asked of ``patterns.rate_limits`` about large requests, about ends, and about what is left behind."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.families.rate_limits.scene import (
    SLACK,
    BlockError,
    Request,
    Scene,
    Shape,
    ending,
    offered,
    scene,
    some,
    within_long_run,
)
from benchmarks.safety.cancelling import leaves
from benchmarks.safety.trials import Trial, expect

ENDINGS = ("left", "failed", "cancelled")
RATE = 8


async def heavy_request_gets_its_turn(trial: Trial) -> None:
    """A caller who wants many permits at once is served in its turn, however many small requests keep coming.

    Small requests always find a gap, and the large one never finds one large enough. The nightly report waits for as
    long as there is any traffic, and its timeout is all that ends it.

        heavy = create_task(limit.acquire(8))   # 10 a second
        while True:                             # and four of these
            await limit.acquire(1)
        # heavy waits for ever
    """
    async with scene(trial, "weighted_limiter", RATE) as s:
        lights = [s.crew.start(_loop, s, name="a light caller") for _ in range(2 + trial.draw(4))]
        await s.until(1.0 + (8 + trial.draw(16)) / 31)  # not a moment at which a permit becomes free
        heavy = s.ask(RATE - trial.draw(4), "a request")
        await s.asked(heavy)
        await s.served([heavy], 5)
        later = [request for request in s.order if request.asked > heavy.asked + SLACK]
        overtaken = [request for request in later if not heavy.granted or request.served < heavy.served - SLACK]
        many = f"{len(overtaken)} requests for 1 permit, made after it, were served before it"
        expect(not overtaken, f"{heavy}, asked after {heavy.asked:.4g} s; {many}")
        expect(heavy.granted, f"{heavy} after {s.now - heavy.asked:.4g} s")
        expect(not any(player.done for player in lights), "a light caller was refused")


async def _loop(s: Scene) -> None:
    while True:
        await s.acquire(Request("a light one", 1))


async def too_many_permits_raise(trial: Trial) -> None:
    """More permits at once than the limit raise ValueError, rather than wait for ever; all of them are given.

    The limit was lowered in the configuration, and one caller still asks for more than that. It waits for what cannot
    come, and so does everybody behind it, without any error that says so.

        async with weighted_limiter(10, 1.0) as limit:
            await limit.acquire(11)      # waits for ever
            # and whoever comes after it
    """
    rate = 2 + trial.draw(6)
    async with scene(trial, "weighted_limiter", rate) as s:
        waiting = []
        if trial.seed % 2:
            waiting = [s.ask(rate, "the first"), s.ask(rate, "one who waits")]
            await s.asked(*waiting)
        for surplus in (1, rate * 1000):
            greedy = s.ask(rate + surplus, "a request")
            behind = s.ask(1, "one behind it")
            await s.asked(greedy, behind)
            expect(await s.served([greedy], 4), f"{greedy} though {rate} are the limit")
            kept = isinstance(greedy.player.error, ValueError)
            expect(kept, f"{greedy} instead of ValueError, though {rate} are the limit")
            waiting.append(behind)
        latest = 3.0 if trial.seed % 2 else 1.0  # even if permits are spread
        await s.served(waiting, 8)
        for request in waiting:
            kept = request.granted and request.served <= latest + SLACK
            expect(kept, f"{request}, beside two requests for too many")
        whole = s.ask(rate, "a request")
        await s.served([whole], 4)
        expect(whole.granted, f"{whole}, which is all that the limit allows")


async def leaving_keeps_nobody_waiting(trial: Trial) -> None:
    """However the context is left, whoever still waits gets through in time, or an error; it can always be left.

    The task that hands out permits ends with the context. Requests that wait in other tasks are told nothing, and the
    shutdown that waits for them never comes to its end; or all of them are let through at once, a thousand calls.

        async with TaskGroup() as requests:
            async with limiter(10, 1.0) as limit:
                ...               # fails, and the limiter is gone
        # the group waits for requests that wait for a permit
    """
    for shape in offered(trial):
        for way in some(trial, ENDINGS):
            for turns in some(trial, range(5)):
                async with _ended(trial, shape, way, turns) as (s, waiting):
                    await s.served(waiting, 16)
                    left = [request.name for request in waiting if not request.player.done]
                    expect(not left, f"{len(left)} of {len(waiting)} callers wait for ever after the block {way}")
                    within_long_run(((one.served, one.permits) for one in s.order), s.rate, s.period)


@asynccontextmanager
async def _ended(trial: Trial, shape: Shape, way: str, turns: int) -> AsyncIterator[tuple[Scene, list[Request]]]:
    """A limiter whose block ends after so many turns, while five of seven callers wait."""
    async with scene(trial, shape, 2) as s:
        waiting = await s.ask_in_order(7, name="caller")
        if trial.draw(1):
            await s.until(1.0)  # at the moment at which one of them is served
        await trial.hop(turns)
        if way == "cancelled":
            s.block.cancel()
        else:
            s.fails = way == "failed"
            s.leaving.set()
        expect(await s.done([s.block], 20), f"the context cannot be left after the block {way}")
        expected = s.block.outcome == {"left": "returned", "failed": "raised", "cancelled": "cancelled"}[way]
        expected = expected and (way != "failed" or _has(s.block.error))
        expect(expected, f"the block {way}, and {ending(s.block)}")
        yield s, waiting


def _has(error: BaseException | None) -> bool:
    return error is not None and any(isinstance(leaf, BlockError) for leaf in leaves(error))


async def nothing_left_behind(trial: Trial) -> None:
    """However the context is left, no task, thread or async generator stays behind.

    A limiter that drips permits into its bucket has a task for it. One that nobody ends drips on for a bucket that
    nobody has, one more for every limiter that was ever opened, and holds up the end of the program.

        for customer in customers:
            async with limiter(10, 1.0) as limit:
                await send(customer, limit)
        # 10,000 customers: 10,000 tasks that drip
    """
    for shape in offered(trial):
        for way in some(trial, ENDINGS):
            before = trial.living()
            async with _ended(trial, shape, way, trial.tick) as (s, waiting):
                for request in waiting:
                    request.player.cancel()
                await s.served(waiting, 16)
                await trial.hop(3)
                left = trial.living() - before - len(s.crew.waiting)
                expect(left <= 0, f"{left} task(s) live on after the block {way}")
    trial.landed = trial.tick < 5


async def no_complaints(trial: Trial) -> None:
    """Neither the loop nor the interpreter complains: no exception is never retrieved, no coroutine never awaited.

    Callers who have left cannot hear of an error any more. When it is kept in a future that nobody reads, the log fills
    with alarms about requests that ended long ago, and true alarms drown in them.

        waiter.set_exception(RuntimeError("closed"))
        # its caller has been cancelled: nobody is there
        # "Future exception was never retrieved", at some
        # moment, out of nowhere
    """
    landed = False
    for shape in offered(trial):
        for together in some(trial, (True, False)):
            async with scene(trial, shape, 2) as s:
                waiting = await s.ask_in_order(6, name="caller")
                await s.until(0.5 if trial.draw(1) else 1.0)
                if together:
                    s.leaving.set()
                await trial.strike(*(request.player for request in waiting[2:]))
                landed |= trial.landed
                await s.served(waiting, 16)
                await s.leave()
    trial.landed = landed and trial.tick < 9


async def late_acquire_ends(trial: Trial) -> bool:
    """An acquire that comes after the context was left is refused or served, rather than left waiting.

    Not promised: whoever comes too late has lost anyway. But where nothing tells it so it waits for ever, and the
    shutdown that waits for it hangs.

        async with limiter(10, 1.0) as limit:
            app.limit = limit
        # left; a late request:
        await app.limit.acquire()     # an error, or silence?
    """
    async with scene(trial, offered(trial)[0], 2) as s:
        await s.served([s.ask()], 2)
        await s.leave()
        return await s.served([s.ask() for _ in range(3)], 8)
