"""What is asked of ``patterns.resources``: what is held when all goes well; then failures, cancellations and pools."""

from benchmarks.families.resources.cancellation import CANCELLATION
from benchmarks.families.resources.failures import FAILURES, OPENED
from benchmarks.families.resources.pools import POOLS
from benchmarks.families.resources.scene import BodyError, ClosingError, Depot, OpeningError, Users, hold
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, expect, free_loop, listed
from benchmarks.safety.waiting import all_end

HUNDREDS = 500


async def closed_when_left(trial: Trial) -> None:
    """The body begins once all are open; when the block is left each has been closed, once, and that has ended.

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
    for error in (None, BodyError("the body")):
        depot = Depot(trial)
        connects = [depot.connect(number, closing=2 + trial.draw(4)) for number in range(4)]
        async with trial.crew() as crew:
            block = hold(crew, depot, connects, error)
            await block.enters()
            block.leave.set()
            await block.ends()
        wrong = depot.upside_down
        expect(not wrong, f"these were closed: {listed(wrong)}")


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
    Promise(opened_and_closed_by_its_task, about=OPENED, need="same-task"),
    *FAILURES,
    *CANCELLATION,
    *POOLS,
    Promise(nothing_left_behind, collects=("tasks", "threads", "async generators")),
    Promise(nothing_complains, collects=("complaints",)),
    Promise(never_holds_up_the_loop, collects=("stalls",)),
    Promise(hundreds_in_one_block, real=True, about=OPENED, once=True, fact=True),
)
