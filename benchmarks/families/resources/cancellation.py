"""What is asked of ``patterns.resources`` when who opens, uses or closes is cancelled."""

from benchmarks.families.resources.failures import OPENED
from benchmarks.families.resources.pools import POOL
from benchmarks.families.resources.scene import ClosingError, Depot, Users, hold
from benchmarks.plan.promises import Promise
from benchmarks.safety.errors import Listener
from benchmarks.safety.trials import Trial, event, expect, listed, shown
from benchmarks.safety.waiting import LONG, all_end, before_long

AS_IT_IS_LEFT = 4  # turns in each of which somebody who leaves a pool is cancelled


async def cancelled_caller_is_cancelled(trial: Trial) -> None:
    """A cancelled caller is cancelled, whether it opens, uses or closes.

    A deadline has passed, or the program is to end. If closing swallows that, the caller goes on as if nothing had
    happened, and nobody cancels it a second time.

        async with asyncio.timeout(10):
            while True:
                async with opened([connection]):   # time is up
                    await work()                   # as it closes
                # and so for ever
    """
    if hasattr(trial.module, "opened"):
        await _block_is_cut_off(trial)
    if not trial.tick and hasattr(trial.module, "opened"):
        await _body_is_cut_off(trial)
    if not trial.tick and hasattr(trial.module, "pool"):
        for turns in (None, *range(AS_IT_IS_LEFT)):
            await _pool_is_cut_off(trial, turns)


async def _block_is_cut_off(trial: Trial) -> None:
    """At the turn of the trial."""
    depot = Depot(trial)
    async with trial.crew() as crew:
        block = hold(crew, depot, depot.several(3, turns=trial.draw(2), closing=1 + trial.draw(2)))
        block.leave.set()
        await trial.strike(block.player)
        in_time = not block.over
        ended = await all_end(trial, block.player)
        expect(ended, f"{LONG} after its caller was cancelled the block had not been left; {depot}")
        told = not block.strange() and block.player.outcome == "cancelled"
        expect(not in_time or told, f"{block}, although its caller was cancelled meanwhile")
        cut_off = [number for number in depot.those("closing") if number not in depot.those("said good-bye")]
        expect(
            not (cut_off and block.passed),
            f"a cancellation cut off the closing of {listed(cut_off)}, and what stands behind the block ran",
        )


async def _body_is_cut_off(trial: Trial) -> None:
    """Nothing behind the block runs then, be it up to the next wait, where Trio cancels again."""
    depot = Depot(trial)
    async with trial.crew() as crew:
        block = hold(crew, depot, depot.several(2))  # a closing that waited would be cancelled, too
        await block.enters()
        await trial.drift()
        block.player.cancel()
        await block.ends()
    expect(not block.passed, "the body was cut off by a cancellation, and what stands behind the block ran")
    expect(not block.strange(), f"the body was cut off by a cancellation, and {block}")


async def _pool_is_cut_off(trial: Trial, turns: int | None) -> None:
    """The same where a pool that has opened nothing is held, or so many turns after one that has is to be left."""
    users, caller, leave = Users(Depot(trial)), Listener(), event(trial)
    entered = passed = False

    async def hold_pool() -> None:
        nonlocal entered, passed
        with caller.handling():
            async with trial.module.pool(users.connect, 2) as lease:
                if turns is not None:
                    await users.use(lease, 0)
                entered = True
                await leave.wait()
            passed = True

    async with trial.crew() as crew:
        caller.player = crew.start(hold_pool, name="who holds a pool")
        await before_long(trial, lambda: entered)
        if turns is not None:
            leave.set()
        await trial.hop(turns or 0)
        in_time = not caller.over
        caller.player.cancel()
        ended = await all_end(trial, caller.player)
        closed = turns is not None and users.depot.those("open") == users.depot.those("said good-bye")
    doing = "a pool was held" if turns is None else f"a pool was left, after {turns} turns"
    got = listed(map(shown, caller.strange()))
    expect(ended, f"{LONG} after its caller was cancelled as {doing} it had not been left")
    expect(closed or not passed, f"its caller was cancelled as {doing}, and what stands behind the pool ran")
    expect(got == "nothing", f"its caller was cancelled as {doing}, and got {got}")
    learned = trial.is_trio or caller.player.outcome == "cancelled"  # Trio cancels those who wait again
    expect(learned or not in_time, f"its caller was cancelled as {doing}, and never learned of it")


async def cancelled_caller_leaves_nothing_open(trial: Trial) -> None:
    """When a cancelled caller leaves the block, each resource that was opened has been closed, once.

    A deadline passes while the third connection is opened, or while the first is being closed. The others are left to
    the garbage collector, which cannot wait; the server counts them until it has no more.

        async with asyncio.timeout(1):
            async with opened([lock, connection]):   # too slow
                ...
        # the lock is never given back
    """
    depot = Depot(trial)
    async with trial.crew() as crew:
        block = hold(crew, depot, depot.several(3, turns=1 + trial.draw(2), closing=2))
        block.leave.set()
        await trial.strike(block.player)
        await all_end(trial, block.player)
        expect(
            not block.over or not block.still_open,
            f"{block}, while these resources were still open: {listed(block.still_open)}",
        )
        expect(not depot.twice, f"{block}, and these resources were closed twice: {listed(depot.twice)}")


async def farewell_when_cancelled(trial: Trial) -> None:
    """A closing comes to its end when the body, or the opening of another one, was cancelled.

    Giving a lock back takes a request. On Trio and AnyIO every wait of a cancelled task is cancelled, too: without a
    shield the request is never sent, and the lock is held until it expires.

        with trio.move_on_after(10):
            async with opened([remote_lock]):
                await work()       # time is up, and the request
        # of aclose() is cancelled before it is sent
    """
    for opening in (False, True):
        depot = Depot(trial)
        connects = depot.several(2, closing=3)
        if opening:
            connects.append(depot.connect(2, opens=False))
        async with trial.crew() as crew:
            block = hold(crew, depot, connects)
            if opening:
                await before_long(trial, lambda: 2 in depot.those("opening"))  # noqa: B023  over before the next
            else:
                await block.enters()
            await trial.drift()
            block.player.cancel()
            await block.ends()
            said = depot.those("said good-bye")
        cut_off = [number for number in depot.those("closing") if number not in said]
        expect(not cut_off, f"the caller was cancelled, and the closing of these was cut off: {listed(cut_off)}")
    await _cancelled_as_one_is_closed(trial)


async def _cancelled_as_one_is_closed(trial: Trial) -> None:
    """That one may be cut off; those that are closed after it come to their end."""
    depot = Depot(trial)
    async with trial.crew() as crew:
        block = hold(crew, depot, depot.several(3, closing=3))
        block.leave.set()
        await before_long(trial, lambda: bool(depot.those("closing")))
        under_way = depot.those("closing")
        block.player.cancel()
        await block.ends()
        said = depot.those("said good-bye")
    cut_off = [number for number in depot.those("closing") if number not in (*said, *under_way)]
    expect(not cut_off, f"the caller was cancelled before their closing began, and cut off were {listed(cut_off)}")


async def cancellation_survives_failed_closing(trial: Trial) -> None:
    """A caller that handles the failure of a closing still learns that it was cancelled.

    Time is up, the connection is closed, and closing it fails. The caller handles that error and goes on, because the
    cancellation came first, and was replaced by it.

        async with asyncio.timeout(10):
            while True:
                try:
                    async with opened([connection]):
                        await work()     # cancelled: time is up
                except OSError:          # by aclose()
                    await asyncio.sleep(1)   # and so for ever
    """
    depot = Depot(trial)
    connects = [
        depot.connect(0, closing=1 + trial.draw(2)),
        depot.connect(1, closing=1, last_words=ClosingError("reset")),
        depot.connect(2, closing=1),
    ]
    async with trial.crew() as crew:
        block = hold(crew, depot, connects)

        async def leave() -> None:
            await trial.hop(3)
            block.leave.set()

        crew.start(leave, name="who ends the body")
        await trial.strike(block.player)
        in_time = not block.over
        ended = await all_end(trial, block.player)
        expect(ended, f"{LONG} after its caller was cancelled the block had not been left; {depot}")
        expect(not (in_time and block.went_on), f"{block}, and its caller, cancelled meanwhile, never learned of it")


async def closing_left_in_peace(trial: Trial) -> bool:
    """A closing that is under way comes to its end although its caller is cancelled then.

    Where it does not, what it had still to say is cut off. Where it does, a closing that hangs holds up who cancels,
    unless it has a deadline of its own.

        async with opened([upload]):
            ...
        # time is up while upload.aclose() sends the last part
    """
    depot = Depot(trial)
    async with trial.crew() as crew:
        block = hold(crew, depot, depot.several(1, closing=6))
        block.leave.set()
        await before_long(trial, lambda: bool(depot.those("closing")))
        await trial.hop(2)
        block.player.cancel()
        await all_end(trial, block.player)
    return bool(depot.those("said good-bye"))


CANCELLATION = (
    Promise(cancelled_caller_is_cancelled, about=(*OPENED, *POOL), swept=True),
    Promise(cancelled_caller_leaves_nothing_open, about=OPENED, swept=True),
    Promise(farewell_when_cancelled, about=OPENED, need="farewell"),
    Promise(cancellation_survives_failed_closing, about=OPENED, swept=True, need="recovery"),
    Promise(closing_left_in_peace, real=True, about=OPENED, once=True, fact=True),
)
