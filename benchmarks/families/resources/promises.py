"""What is asked of ``patterns.resources``: what is held when all goes well; then failures, cancellations and pools."""

import weakref
from collections import Counter
from contextlib import suppress

from benchmarks.families.resources.cancellation import CANCELLATION
from benchmarks.families.resources.failures import FAILURES, OPENED
from benchmarks.families.resources.pools import POOLS
from benchmarks.families.resources.scene import (
    DOZENS,
    BodyError,
    ClosingError,
    Depot,
    OpeningError,
    Resource,
    Users,
    hold,
)
from benchmarks.plan.promises import Promise
from benchmarks.plan.virtual import RESTLESS
from benchmarks.safety.memory import WAITS, kept_of_waits
from benchmarks.safety.trials import (
    HOUR,
    Trial,
    ending,
    event,
    expect,
    free_loop,
    hours_pass,
    listed,
    shown_as,
)
from benchmarks.safety.waiting import all_end, comes_to_rest, memory_blocks
from patterns.resources import Connect, Handle, Lease

HUNDREDS = 500
BLOCKS = 12  # one after the other
AT_ONCE = 2  # resources of one of them, which its caller may still know
LEASES = 300  # one after the other


async def closed_when_left(trial: Trial) -> None:
    """The body gets all, open and in order; when the block is left each has been closed, once, and that has ended.

    Whoever leaves the block opens the file again, or ends the program. What a closing was still to write is cut off,
    and nobody is told.

        async with opened([file, index]):
            ...
        os.rename(path, archive)   # file is still being written
    """
    for error in (None, BodyError("the body")):
        depot = Depot(trial)
        connects = [depot.connect(number, turns=trial.draw(2), closing=1 + trial.draw(3)) for number in range(3)]
        async with trial.crew() as crew:
            block = hold(crew, depot, connects, error)
            await block.enters()
            ready = depot.still_open
            await trial.drift()
            block.leave.set()
            await block.ends()
            await trial.hop(3)
        expect(ready == [0, 1, 2], f"the body had begun, and of 0, 1, 2 these were open: {listed(ready)}")
        expect(block.handed == [0, 1, 2], f"the body was given {listed(block.handed)}, and not 0, 1, 2")
        expect(not block.still_open, f"{block}, while these were still open: {listed(block.still_open)}")
        expect(not depot.twice, f"{block}, and these were closed twice: {listed(depot.twice)}")


async def opens_in_order(trial: Trial) -> None:
    """A resource is opened once the one before is open.

    The transaction is begun before the connection is there. It works as long as the connection is quick.

        async with opened([connection, transaction]):
            ...
        # AttributeError: connection is None
    """
    depot = Depot(trial)
    async with trial.crew() as crew:
        block = hold(crew, depot, [depot.connect(number, turns=1 + trial.draw(4)) for number in range(4)])
        await block.enters()
        seen = [(what, number) for what, number in depot.log if what != "body"]
        block.leave.set()
        await block.ends()
    right = [(what, number) for number in range(4) for what in ("opening", "open")]
    expect(seen == right, f"the body began after: {listed((f'{number} {what}' for what, number in seen), 9)}")


async def closes_in_reverse(trial: Trial) -> None:
    """Each resource is closed once those that were opened after it are closed.

    The transaction is to be committed as it is closed, and by then its connection is gone.

        async with opened([connection, transaction]):
            ...
        # InterfaceError: connection is closed
    """
    for error, count in ((None, 4), (BodyError("the body"), 4), *[(None, DOZENS)] * (trial.virtual and not trial.seed)):
        depot = Depot(trial)
        connects = [depot.connect(number, closing=2 + trial.draw(4)) for number in range(count)]
        async with trial.crew() as crew:
            block = hold(crew, depot, connects, error)
            await block.enters()
            block.leave.set()
            await block.ends()
        wrong = depot.upside_down
        expect(not wrong, f"these were closed: {listed(wrong)}")


async def holds_what_it_is_given(trial: Trial) -> None:
    """A block may be given nothing to open, dozens of things, the same one twice, and those of an earlier block.

    Addresses are read from settings: where there is none the program does not start, of two connections to the same
    server there is only one, and beyond the sixteenth there are none.

        async with opened([connect] * settings.size) as handles:
            ...
        # one handle, whatever the setting
    """
    depot = Depot(trial)
    connect = depot.connect(0, turns=trial.draw(2), closing=trial.draw(2))
    many = DOZENS if trial.virtual and not trial.seed else 4
    for count in (0, 2, many, 2):
        before = len(depot.log)
        async with trial.crew() as crew:
            block = hold(crew, depot, (connect,) * count)
            await block.enters()
            block.leave.set()
            await block.ends()
        done = Counter(what for what, _ in depot.log[before:])
        expect(not block.error, f"{block}, which had been given {count} things to open")
        expect(
            len(block.handed) == done["open"] == done["closed"] == count,
            f"a block was given {count} things to open, opened {done['open']}, and closed {done['closed']}",
        )


async def sets_are_independent(trial: Trial) -> None:
    """What another block, or another pool, has opened is nobody's business.

    A library has a pool of its own. If it shares what is idle with that of the program, an answer comes from the wrong
    database; if leaving its block closes what the program holds, the next query fails.

        async with pool(to_orders, 5) as orders:
            async with pool(to_logs, 5) as logs:
                async with logs() as connection:
                    ...   # it is one of those of orders
    """
    if hasattr(trial.module, "opened"):
        outer, inner = Depot(trial), Depot(trial)
        async with trial.crew() as crew:
            around, within = hold(crew, outer, outer.several(2)), hold(crew, inner, inner.several(2))
            await around.enters()
            await within.enters()
            within.leave.set()
            await within.ends()
            still_open = outer.still_open
            around.leave.set()
            await around.ends()
        expect(still_open == [0, 1], f"as another block was left, of 0, 1 these were open: {listed(still_open)}")
    if hasattr(trial.module, "pool"):
        both = Users(Depot(trial)), Users(Depot(trial))
        async with trial.module.pool(both[0].connect, 2) as one, trial.module.pool(both[1].connect, 2) as other:
            for users, lease in ((both[0], one), (both[1], other), (both[0], one)):
                async with lease() as handle:
                    expect(handle.depot is users.depot, "a pool gave a user what another pool had opened")
                    await trial.hop(trial.draw(2))
        left = [users.depot.still_open for users in both]
        expect(left == [[], []], "two pools were left, and some of what they had opened was still open")


async def long_runs(trial: Trial) -> None:
    """Opening may take an hour, and so may a use, while others wait for their place.

    Somewhere below there is a limit of a minute that nobody has asked for. It works in every test, and under load
    those who wait for a connection are told that the server is down.

        async with asyncio.timeout(30):   # "to be safe"
            handle = await connect()
        # a standby server takes a minute to wake up
    """
    if not trial.has_hours:
        return

    def slow(depot: Depot) -> Connect:
        @shown_as("an opening")
        async def opening() -> Handle:
            await trial.sleep(HOUR)
            return await depot.connect(0)()

        return opening

    async def use(lease: Lease) -> None:
        async with lease():
            await trial.sleep(HOUR)

    if hasattr(trial.module, "opened"):
        depot = Depot(trial)
        async with trial.crew() as crew:
            block = hold(crew, depot, [slow(depot)])
            block.leave.set()
            if await hours_pass(trial, block.player):
                expect(block.left and not block.error, f"{block}; opening had taken an hour")
    if hasattr(trial.module, "pool"):
        async with trial.module.pool(slow(Depot(trial)), 1) as lease, trial.crew() as crew:
            players = [crew.start(use, lease, name="a user") for _ in range(2)]
            passed = await hours_pass(trial, *players)
            endings = [ending(player) for player in players if player.outcome != "returned"]
        expect(not passed or not endings, f"opening took an hour, and each use another, and a user {listed(endings)}")


async def memory_is_given_back(trial: Trial) -> None:
    """Neither blocks that are over nor leases that are over take memory that is never given back.

    Somebody keeps a line for each lease, or each connection that there ever was. The program works for weeks, and is
    killed in the night because the machine has no memory left.

        async with places:
            history.append((time.time(), user))
            yield idle.pop()
        # nobody reads it, and nobody cuts it
    """
    kept: weakref.WeakSet[Resource] = weakref.WeakSet()

    async def use(fails: bool) -> None:
        depot = Depot(trial)
        refused = [depot.connect(2, error=OpeningError("refused"))] * fails
        with suppress(OpeningError, BaseExceptionGroup):
            async with trial.module.opened([*depot.several(2), *refused]):
                await trial.hop()
        kept.update(depot.made)

    if hasattr(trial.module, "opened"):
        for number in range(BLOCKS):
            async with trial.crew() as crew:
                await all_end(trial, crew.start(use, bool(number % 2), name="who holds resources"))
        await trial.hop(3)
        trial.collect_garbage()
        expect(
            len(kept) <= AT_ONCE, f"{len(kept)} resources of {BLOCKS} blocks are kept, although all of them are over"
        )
    if hasattr(trial.module, "pool"):
        async with trial.module.pool(Users(Depot(trial)).connect, 2) as lease:
            await _lease_often(lease, LEASES)
            before = memory_blocks()
            await _lease_often(lease, LEASES)
            more = memory_blocks() - before
        expect(more < LEASES, f"after {LEASES} leases that were over {more} blocks of memory more were kept")
        async with trial.module.pool(Users(Depot(trial)).connect, 1) as lease, lease():
            more = await kept_of_waits(trial, _lease_often, lease, 1, name="a user")
        expect(more < WAITS // 2, f"{WAITS} users had given up waiting, and {more} blocks of memory more were kept")


async def _lease_often(lease: Lease, times: int) -> None:
    for _ in range(times):
        async with lease():
            pass


async def rests_while_nothing_happens(trial: Trial) -> None:
    """While somebody waits for an opening, or for a place, and nothing happens, the loop rests.

    Whoever looks around at every turn until a connection is free keeps a core busy just when there is much to do, and
    all other tasks, the one that has the connection among them, wait for each of these turns.

        while not idle:
            await asyncio.sleep(0)
        # one core at 100 % for as long as it waits
    """
    if not trial.virtual:  # nobody counts turns elsewhere
        return
    depot = Depot(trial)
    async with trial.crew() as crew:
        if hasattr(trial.module, "opened"):
            block = hold(crew, depot, [depot.connect(0), depot.connect(1, opens=False)])
            await trial.settle()
            rests = await comes_to_rest(trial)
            block.player.cancel()
            await block.ends()
            expect(rests, f"while an opening took its time the loop had something to do in each of {RESTLESS} turns")
        if hasattr(trial.module, "pool"):
            users, free = Users(Depot(trial)), event(trial)
            async with trial.module.pool(users.connect, 1) as lease:
                players = [users.start(crew, lease, number, until=free) for number in range(2)]
                await trial.settle()
                rests = await comes_to_rest(trial)
                free.set()
                await all_end(trial, *players)
            expect(rests, f"while a user waited the loop had something to do in each of {RESTLESS} turns and more")


async def opened_and_closed_by_its_task(trial: Trial) -> None:
    """Resources are opened and closed in the task of the body, and in its context.

    A client library opens a task group inside. Closed by another task, its cancel scope is torn apart; a context
    variable that was set as it was opened is not there, or cannot be reset.

        async with opened([client]):   # opened by another task
            ...
        # RuntimeError: Attempted to exit cancel scope in a
        # different task than it was entered in
    """
    depot = Depot(trial)
    async with trial.crew() as crew:
        block = hold(crew, depot, depot.several(2, turns=trial.draw(2), closing=trial.draw(2)))
        await block.enters()
        block.leave.set()
        await block.ends()
    host = depot.hosts["body", 0]
    elsewhere = [f"{number} {what}" for (what, number), task in depot.hosts.items() if task is not host]
    expect(not elsewhere, f"this happened in other tasks than that of the body: {listed(elsewhere)}")
    seen = [block.recent, depot.seen["closing", 0], depot.seen["closing", 1]]
    last = depot.those("open")[-1]
    expect(seen == [last] * 3, "a context variable that was set in an opening was not what the body, or a closing, saw")


async def hundreds_in_one_block(trial: Trial) -> bool:
    """Hundreds of resources can be open in one block.

    Blocks that are nested by recursion, or generators inside generators, are as deep as there are resources, and the
    interpreter has a limit.

        async with opened([connect] * 500):
            ...
        # RecursionError: maximum recursion depth exceeded
    """
    depot = Depot(trial)
    async with trial.crew() as crew:
        block = hold(crew, depot, depot.several(HUNDREDS))
        block.leave.set()
        await trial.ended(block.player, turns=10 * HUNDREDS)
    return len(depot.those("closed")) == HUNDREDS and not block.error


async def nothing_left_behind(trial: Trial) -> None:
    """However a block or a pool is left, no task, no thread and no open generator is left behind.

    What is left keeps running, or waits for ever. A program that opens something for each request has a little more of
    it each time, until it has no memory.

        for request in requests:
            async with opened([connection]):   # leaves a task
                ...
    """
    before = trial.living()
    for error in (None, BodyError("the body")):
        await _ordinary(trial, error)
        await trial.hop(3)
        left = trial.living() - before
        expect(left == 0, f"after a block and a pool {left} tasks are left")


async def nothing_complains(trial: Trial) -> None:
    """No coroutine is left unawaited and no exception unretrieved: neither loop nor interpreter has to complain.

    The complaint comes later, from the garbage collector, without a hint at the resource it belongs to. In tests that
    take warnings for errors it breaks whatever test runs just then.

        async with opened([file, refused, connection]):
            ...
        # RuntimeWarning: coroutine 'connection' was never awaited
    """
    await _ordinary(trial, None)
    if not hasattr(trial.module, "opened"):
        return
    depot = Depot(trial)
    refused = depot.connect(1, error=OpeningError("refused"))
    reset = depot.connect(3, closing=1, last_words=ClosingError("reset"))
    async with trial.crew() as crew:
        for connects in ([depot.connect(0), refused, depot.connect(2)], [reset, reset]):
            block = hold(crew, depot, connects)
            block.leave.set()
            await block.ends()


async def never_holds_up_the_loop(trial: Trial) -> None:
    """Opening, closing and waiting for a place never hold up the loop: all other tasks go on meanwhile.

    Whoever sleeps on the loop's thread until a connection is free stops the whole program, and its user, too.

        while not idle:
            time.sleep(0.01)   # nobody gives one back
        return idle.pop()
    """

    async def whole() -> None:
        await _ordinary(trial, None)

    await free_loop(trial, whole)


async def _ordinary(trial: Trial, error: BaseException | None) -> None:
    """A block, and a pool, as far as the alternative has them."""
    if hasattr(trial.module, "opened"):
        depot = Depot(trial)
        async with trial.crew() as crew:
            block = hold(crew, depot, depot.several(2, turns=1, closing=1), error)
            block.leave.set()
            await block.ends()
    if hasattr(trial.module, "pool"):
        users = Users(Depot(trial), turns=1)
        async with trial.module.pool(users.connect, 1) as lease, trial.crew() as crew:
            players = [users.start(crew, lease, number, turns=1, error=error) for number in range(2)]
            await all_end(trial, *players)


PROMISES = (
    Promise(closed_when_left, about=OPENED),
    Promise(opens_in_order, about=OPENED, need="order"),
    Promise(closes_in_reverse, about=OPENED, need="order"),
    Promise(holds_what_it_is_given, about=OPENED),
    Promise(sets_are_independent),
    Promise(opened_and_closed_by_its_task, about=OPENED, need="same-task"),
    *FAILURES,
    *CANCELLATION,
    *POOLS,
    Promise(long_runs, once=True),
    Promise(memory_is_given_back, once=True),
    Promise(rests_while_nothing_happens, once=True),
    Promise(nothing_left_behind, collects=("tasks", "threads", "async generators")),
    Promise(nothing_complains, collects=("complaints",)),
    Promise(never_holds_up_the_loop, collects=("stalls",)),
    Promise(hundreds_in_one_block, real=True, about=OPENED, once=True, fact=True),
)
