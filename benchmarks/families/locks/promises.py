"""What is asked of ``patterns.locks``: whether shared state stays right when things go wrong."""

from contextlib import suppress
from functools import partial

from benchmarks.families.locks.cancelled import (
    cancellation_leaves_no_trace,
    cancelled_holder,
    cancelled_waiter,
    fetch_ends_with_its_deposit,
    leaving_keeps_nobody_waiting,
    no_complaints,
    nothing_left_behind,
    notify_not_lost,
    readers_keep_nobody_out,
)
from benchmarks.families.locks.failed import (
    errors_come_bare,
    errors_reach_the_caller,
    failed_holder,
    failure_leaves_no_trace,
    fetch_runs_once,
)
from benchmarks.families.locks.reach import (
    accounts_do_not_wait_for_each_other,
    cancelled_task_enters,
    free_account_gives_a_turn,
    long_fetch_is_entered,
    never_holds_up_the_loop,
    owner_reacquire,
    readers_do_not_wait,
    second_loop,
    second_thread,
)
from benchmarks.families.locks.scene import AMOUNT, TURNS, Scene, booked, scene
from benchmarks.families.locks.workloads import WORKLOADS
from benchmarks.plan.promises import Promise
from benchmarks.safety.memory import same_memory
from benchmarks.safety.trials import Player, Trial, expect, listed

SLACK = 3  # turns by which one must have asked before the other, for the order to be beyond doubt
LOOPERS = 3
GRANTS = 90
ACCOUNTS = 400


async def no_lost_update(trial: Trial) -> None:
    """Every deposit that returned is in the balance.

    Two tasks read the same balance, wait for something, and each writes its own sum: one of the deposits is gone, and
    nothing says so. The same happens to a neighbour's account when all of them are copied before the wait.

        balance = account.balance          # A and B both read 100
        amount = await fetch()             # both wait
        account.balance = balance + amount # A writes 110, B writes 110
        # two deposits of 10, and the account grew by 10
    """

    async def task(number: int) -> None:
        for turn in range(3):
            await trial.drift()
            account = 1 + (number + turn) % 2
            await s.ledger.deposit(account, s.fetch(turns=trial.draw(3), account=account))

    async with scene(trial) as s:
        await s.returned(*[s.start(partial(task, number), f"task {number}") for number in range(6)])
        for account in (1, 2):
            seen = await s.seen(account)
            expect(seen == (AMOUNT * 9, 9), f"9 deposits of {AMOUNT} were made, and {booked(*seen)}")


async def no_torn_read(trial: Trial) -> None:
    """A reader never sees one of the two numbers without the other.

    Balance and number of entries belong together. A reader that arrives between the two changes works out an average
    that was never true, and passes it on.

        account.balance += amount
        await log(account)                 # a reader comes by
        account.entries += 1
        print(account.balance / account.entries)  # 3 deposits of 10: "15.0"
    """
    torn: list[tuple[int, int]] = []

    async def depositor() -> None:
        for _ in range(4):  # a dozen deposits in all
            await s.ledger.deposit(1, s.fetch(turns=trial.draw(3)))
            await trial.drift()

    async def reader() -> None:
        for _ in range(8 if trial.seed % 2 else 60):  # a few that meet the first deposits, or as many as meet them all
            await trial.hop(1 + trial.draw(2) * trial.draw(1))
            balance, entries = await s.ledger.read(1)
            torn.extend([(balance, entries)] if balance != AMOUNT * entries else [])

    async with scene(trial) as s:
        players = [s.start(depositor, "depositor") for _ in range(3)] + [s.start(reader, "reader") for _ in range(2)]
        await s.until(lambda: all(player.done for player in players))
        expect(not torn, f"every entry is {AMOUNT}, and for a reader {listed(booked(*pair) for pair in torn[:1])}")


async def reads_are_current(trial: Trial) -> None:
    """Every reader sees the deposits that had returned when it asked.

    A customer pays in, asks for the balance, and the money is not there: the reader was given an old copy. Whoever
    decides by what he reads pays twice.

        await ledger.deposit(7, fetch)     # returned: it is entered
        balance, entries = await ledger.read(7)
        assert entries > 0                 # fails: a cached pair
    """
    stale: list[tuple[int, int]] = []
    done = 0

    async def depositor() -> None:
        nonlocal done
        for _ in range(3):
            await trial.drift()
            await s.ledger.deposit(1, s.fetch(turns=trial.draw(3)))
            done += 1
            await look()

    async def look() -> None:
        before = done
        _, entries = await s.ledger.read(1)
        stale.extend([(entries, before)] if entries < before else [])

    async def reader() -> None:
        for _ in range(8):
            await look()
            await trial.hop(1 + trial.draw(2))

    async with scene(trial) as s:
        players = [s.start(depositor, "depositor") for _ in range(3)] + [s.start(reader, "reader")]
        await s.until(lambda: all(player.done for player in players))
        expect(
            not stale,
            f"a reader saw {listed(f'{seen} of {known}' for seen, known in stale[:1])} deposits that had returned",
        )


async def mutual_exclusion(trial: Trial) -> None:
    """While a fetch runs, no other deposit touches the same account, whoever fails or is cancelled meanwhile.

    The fetch asks a bank whether the limit allows one more. Two fetches at once are both told yes. Often it takes a
    cancelled waiter that gives back what it never had, or a holder that gives it back twice.

        async def fetch():                 # A and B run this at the same time
            if await bank.allows(account): # yes, and yes
                return 100                 # one too many
    """

    async def task(number: int) -> None:
        for turn in range(3):
            await trial.drift()
            error = LookupError(f"{number}") if (number + turn) % 4 == 3 else None
            with suppress(Exception):  # it was asked for, and the task's next deposit may follow at once
                await s.ledger.deposit(1, s.fetch(f"{number}", 1 + trial.draw(3), error=error))

    async with scene(trial) as s:
        players = [s.start(partial(task, number), f"task {number}") for number in range(5)]
        await trial.strike(players[trial.draw(1) * 2], players[1 + trial.draw(4) % 4])
        await trial.ended(*players, turns=TURNS)
        expect(s.most <= 1, f"{s.most} fetches for one account at the same time")
    if trial.seed == trial.tick == 0:
        await _among_hundreds(trial)


async def _among_hundreds(trial: Trial) -> None:
    """An account that is held while hundreds of others are asked for: nobody may forget by then that it is."""
    async with scene(trial) as s:
        players = [await s.holder()]
        players += [s.deposit("other", s.fetch("other", 0, account), account=account) for account in range(2, ACCOUNTS)]
        await trial.hop(20)
        players += [s.deposit("behind"), s.deposit("last")]
        await trial.hop(20)
        s.opened = True
        await trial.ended(*players, turns=20 * ACCOUNTS)  # one after the other, where one lock is for all
        await s.returned(*players, when=f" among {ACCOUNTS} accounts")
        expect(
            s.most <= 1, f"{s.most} fetches for one account at the same time, after {ACCOUNTS} others were asked for"
        )


async def fifo(trial: Trial) -> None:
    """Deposits enter in the order in which they were asked for; nobody who comes back for more overtakes.

    The order of the queue is the order of events. A task that finishes and asks again at once is running already,
    while the one it woke is still on its way: without a hand-over it slips in first, every time.

        await ledger.deposit(1, opening)   # B has been waiting since before
        await ledger.deposit(1, closing)   # A asks again, and is served first
        # the books show the closing before B's opening
    """
    turn = 0
    asked: dict[str, int] = {}

    async def clock() -> None:
        nonlocal turn
        while True:
            await trial.hop()
            turn += 1

    async def task(number: int) -> None:
        await trial.hop(number * (1 + trial.draw(3)))
        for time in range(4):
            await trial.hop(trial.draw(5) * trial.draw(1))
            name = f"{number}.{time}"
            asked[name] = turn
            long = 3 * SLACK if time == number else 0  # who is overtaken while it fetches enters later, too
            await s.ledger.deposit(1, s.fetch(name, SLACK + trial.draw(2) + long))

    async with scene(trial) as s:
        s.start(clock, "clock")
        players = [s.start(partial(task, number), f"task {number}") for number in range(5)]
        if trial.seed:  # one who leaves the queue must not change the order of the others
            await trial.hop(trial.draw(40))
            queue = [name for name in asked if name not in s.began]
            if queue:
                players[int(trial.random.choice(queue)[0])].cancel()
        await s.until(lambda: all(player.done for player in players))
        for order, what in ((s.began, "begun"), (s.ended, "entered")):
            for place, late in enumerate(order):
                for early in order[place + 1 :]:
                    kept = asked[early] + SLACK > asked[late]
                    turns = f"turn {asked[late]} was {what} before one asked for in turn {asked[early]}"
                    expect(kept, f"a deposit asked for in {turns}")


async def no_starvation(trial: Trial) -> None:
    """Everybody gets a turn, however many tasks deposit or read in a loop.

    One busy task deposits in a loop. Whenever it finishes it is also the first to ask again, so the others wait for as
    long as it has something to do. The same happens to a writer behind readers that never pause all at once.

        async def importer():
            for row in million_rows:
                await ledger.deposit(1, row.fetch)
        # meanwhile a customer's single deposit waits for the millionth row
    """
    async with scene(trial) as s:
        served = dict.fromkeys(range(LOOPERS), 0)

        async def looper(number: int) -> None:
            while sum(served.values()) < GRANTS:
                await s.ledger.deposit(1, s.fetch(turns=1))
                served[number] += 1

        loopers = [s.start(partial(looper, number), f"looper {number}") for number in served]
        await s.until(lambda: all(player.done for player in loopers))
        enough = min(served.values()) * 2 * LOOPERS >= GRANTS
        expect(enough, f"{LOOPERS} tasks that deposit in a loop were served {listed(served.values(), LOOPERS)} times")
    await _gets_in(trial, "deposit", "deposit")
    await _gets_in(trial, "read", "deposit")
    await _gets_in(trial, "deposit", "read")


async def _gets_in(trial: Trial, crowd: str, one: str) -> None:
    stopped = False

    async def looper(s: Scene) -> None:
        while not stopped:
            if crowd == "deposit":
                await s.ledger.deposit(1, s.fetch(turns=1 + trial.draw(1)))
            else:
                await s.ledger.read(1)
                await trial.hop()

    async with scene(trial) as s:
        loopers: list[Player] = []
        for number in range(LOOPERS):
            loopers.append(s.start(partial(looper, s), f"looper {number}"))
            await trial.hop(1)
        await trial.hop(trial.draw(8))
        outsider = s.deposit("outsider") if one == "deposit" else s.read("outsider")
        served = await s.until(lambda: outsider.done)
        stopped = True
        expect(served, f"one {one} was never served while {LOOPERS} tasks {crowd} in a loop")
        await s.until(lambda: all(player.done for player in loopers))


async def memory_is_given_back(trial: Trial) -> None:
    """Deposits and reads that are over take no memory that is never given back.

    A line for each who ever waited grows with the traffic, although nobody waits any more. The program works for weeks,
    and is killed because the machine has no memory left.

        self.waiters.append(waiter)
        await waiter.wait()
        # and nobody removes it
    """
    await same_memory(trial, WORKLOADS, ("contended", "read_mostly"))


PROMISES = (
    Promise(no_lost_update),
    Promise(no_torn_read),
    Promise(reads_are_current),
    Promise(mutual_exclusion, swept=True, need="inside"),
    Promise(fifo, need="order"),
    Promise(no_starvation, need="fairness"),
    Promise(cancelled_waiter),
    Promise(notify_not_lost, swept=True),
    Promise(cancelled_holder, swept=True),
    Promise(cancellation_leaves_no_trace, swept=True, need="timeouts"),
    Promise(readers_keep_nobody_out, swept=True),
    Promise(fetch_ends_with_its_deposit, need="timeouts"),
    Promise(fetch_runs_once, need="inside"),
    Promise(errors_reach_the_caller),
    Promise(failure_leaves_no_trace),
    Promise(failed_holder),
    Promise(owner_reacquire, once=True, need="re-entry"),
    Promise(second_loop, real=True, once=True, need="loops"),
    Promise(second_thread, real=True, once=True, need="threads"),
    Promise(leaving_keeps_nobody_waiting),
    Promise(nothing_left_behind, collects=("tasks", "threads", "async generators")),
    Promise(no_complaints, collects=("complaints",)),
    Promise(never_holds_up_the_loop, collects=("stalls",)),
    Promise(memory_is_given_back, once=True),
    Promise(long_fetch_is_entered, once=True),
    Promise(errors_come_bare, fact=True, once=True),
    Promise(free_account_gives_a_turn, fact=True, once=True),
    Promise(cancelled_task_enters, fact=True, once=True),
    Promise(accounts_do_not_wait_for_each_other, fact=True, once=True),
    Promise(readers_do_not_wait, fact=True, once=True),
)
