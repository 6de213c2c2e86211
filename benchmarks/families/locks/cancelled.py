"""What is asked of ``patterns.locks`` about tasks that are cancelled: that nobody but they themselves notices."""

from functools import partial
from itertools import permutations, product

from benchmarks.families.locks.scene import AMOUNT, Scene, booked, scene, some, until, ways
from benchmarks.safety.trials import BY, Player, Trial, ending, event, expect

MOMENTS = 9  # turns after which a strike that always lands finds nothing new
# In each order, and so many turns after each other.
ORDERS = [(order, gaps) for order in permutations(("let go", "ask", "cancel")) for gaps in product(range(3), repeat=2)]
CROWD = 2000  # waiters,
STAYS = 200  # and every so-manieth of them does not give up


async def cancelled_waiter(trial: Trial) -> None:
    """A waiter that is cancelled leaves at once, and the next one is served.

    A client hangs up while it waits. If its wait goes on, a timeout around it is worth nothing. If its place in the
    queue stays, it is woken in its stead, nobody picks the wake-up up, and every later request waits for ever.

        async with asyncio.timeout(1):     # B waits for A, and gives up
            await ledger.deposit(...)
        await ledger.deposit(...)          # C was behind B: A has long
        # finished, but nobody ever wakes C
    """
    for moment in moments(trial):
        for way in ways(trial):
            await _cancelled_waiter(trial, way, moment, together=False)
        await _cancelled_waiter(trial, "cancel", moment, together=True)
    if trial.seed == 0:
        await _a_crowd_gives_up(trial)
    for order, gaps in some(trial, tuple(filter(_before_it_is_woken, ORDERS))):
        await _nobody_behind(trial, order, gaps)


async def _a_crowd_gives_up(trial: Trial) -> None:
    """Thousands wait, as they do when the bank hangs, and nearly all of them are cancelled in one turn."""
    async with scene(trial) as s:
        holder = await s.holder()
        crowd = [s.deposit(f"waiter {number}", s.fetch("waiter", 0)) for number in range(CROWD)]
        await trial.hop(4)
        victims = [player for seat, player in enumerate(crowd) if seat % STAYS]
        for victim in victims:
            victim.cancel()
        await s.until(lambda: all(player.done for player in victims))
        s.opened = True
        when = f" after {len(victims)} of {CROWD} waiters were cancelled in one turn"
        await s.returned(holder, *crowd[::STAYS], s.deposit("latecomer"), when=when)


def _before_it_is_woken(moments: tuple[tuple[str, ...], tuple[int, ...]]) -> bool:
    """Whether the waiter is cancelled no later than in the turn in which the holder is told to let go."""
    order, gaps = moments
    return not sum(gaps[order.index("let go") : order.index("cancel")])


async def _nobody_behind(trial: Trial, order: tuple[str, ...], gaps: tuple[int, ...]) -> None:
    """One waits, and is cancelled about when the account is let go and a newcomer asks: in each order, soon or later.

    Who stays in the queue for another turn after it was cancelled must not keep the newcomer there, whom nobody wakes.
    """
    async with scene(trial) as s:
        holder = await s.holder()
        victim, newcomers = s.deposit("victim", s.fetch("victim", 0)), []
        await trial.hop(4)
        for event, turns in zip(order, (0, *gaps), strict=True):
            await trial.hop(turns)
            if event == "let go":
                s.opened = True
            elif event == "ask":
                newcomers.append(s.deposit("newcomer"))
            else:
                victim.cancel()
        when = f" after these came one after the other: {', '.join(order)}"
        await s.returned(holder, *newcomers, when=when)
        await s.returned(s.deposit("latecomer"), when=when)


def moments(trial: Trial) -> tuple[int, ...]:
    """Turns at which to strike what waits until the strike comes: all with seed 0, one with any other."""
    return some(trial, tuple(range(MOMENTS)))


async def _cancelled_waiter(trial: Trial, way: str, moment: int, *, together: bool) -> None:
    async with scene(trial) as s:
        holder = await s.holder()
        victims = [s.deposit(f"victim {number}", s.held("victim"), way) for number in range(1 + trial.draw(1))]
        behind = [holder]
        for name in ("next", "last"):
            await trial.drift()
            behind.append(s.deposit(name))
        await trial.hop(moment)
        for victim in victims:
            victim.cancel()
        s.opened = together  # the holder leaves in the very turn in which the waiter is cancelled, or only after it
        left = await s.until(lambda: all(player.done for player in victims))
        expect(left, f"a waiter still waits after it was cancelled {BY[way]}")
        s.opened = True
        when = f" after a waiter was cancelled {BY[way]}"
        await s.returned(*behind, when=when)
        s.stopped(*victims, way=way, when=when)
        await s.returned(s.deposit("latecomer"), when=when)


async def notify_not_lost(trial: Trial) -> None:
    """A wake-up is not lost when the one it wakes is cancelled in that moment.

    A finishes and wakes B. Before B has run again, B's timeout expires: B leaves, and the wake-up leaves with it. C
    waits for ever in front of a free account.

        condition.notify()                 # A wakes B ...
        b.cancel()                         # ... in the same turn of the loop
        # Python 3.11 and 3.12: asyncio.Condition wakes nobody else
    """
    landed = False
    for way, by_holder in product(ways(trial), some(trial, (True, False))):
        await _cancelled_when_woken(trial, way, by_holder)
        landed = landed or trial.landed
    for order, gaps in [one for one in ORDERS if not _before_it_is_woken(one)] if trial.seed == trial.tick == 0 else ():
        await _nobody_behind(trial, order, gaps)
    trial.landed = landed


async def _cancelled_when_woken(trial: Trial, way: str, by_holder: bool) -> None:
    async with scene(trial) as s:
        striking, struck = False, event(trial)

        async def first() -> None:
            await s.ledger.deposit(1, s.held("holder"))
            if by_holder:  # before anything else can run
                await strike()

        async def strike() -> None:
            nonlocal striking
            striking = True
            try:
                await trial.approach()
                trial.landed = "woken" not in s.began and not woken.done
                if trial.landed:
                    woken.cancel()
            finally:
                struck.set()

        holder = s.start(first, "holder")
        expect(await s.until(lambda: s.began == ["holder"]), "the first deposit's fetch never began")
        woken = s.deposit("woken", s.fetch("woken", 0), way)  # its fetch does not wait: nothing else can be cancelled
        await trial.hop(2 + trial.draw(4))
        behind = [holder, s.deposit("next"), s.deposit("last")]
        await trial.hop(4)
        s.opened = True
        await s.until(lambda: striking or holder.done)
        if not by_holder:
            await strike()
        elif striking:
            await struck.wait()  # and look around meanwhile no more than whoever is struck
        when = f" after the one who was woken was cancelled {BY[way]}"
        await s.returned(*behind, when=when)
        if trial.landed and way == "cancel" and not trial.is_trio:  # on Trio it may run on to its next checkpoint
            await s.until(lambda: woken.done)
            expect(woken.outcome == "cancelled", f"the one who was woken {woken.outcome}, although it was cancelled")
        await s.returned(s.deposit("latecomer"), when=when)


async def cancelled_holder(trial: Trial) -> None:
    """A holder that is cancelled gives its turn to the next, once.

    The one at the front is cancelled in the middle of its fetch, or in the turn in which its fetch ends. If the way
    out is not taken care of, the account stays locked for ever; a way out that awaits is itself cancelled.

        try:
            amount = await fetch()         # cancelled here
        finally:
            await audit("done")            # ... and cancelled again here
            lock.release()                 # never reached
    """
    landed = False
    for way, scenery in product(ways(trial), some(trial, (_struck, _struck, _ended_by_its_fetch, _failed_as_well))):
        async with scene(trial) as s:
            await scenery(s, way)
            landed = landed or trial.landed
    trial.landed = landed


async def _struck(s: Scene, way: str) -> None:
    victim = s.deposit("victim", s.fetch("victim", 4), way)
    await s.until(lambda: s.began == ["victim"])
    behind = [s.deposit(name) for name in ("next", "last")]
    await s.trial.strike(victim)
    await _freed(s, behind, when := f" after the holder was cancelled {BY[way]}")
    expect(await s.until(lambda: victim.done), f"the holder itself is still waiting{when}")
    s.stopped(victim, way=way, when=when, struck=s.trial.landed)


async def _failed_as_well(s: Scene, way: str) -> None:
    await _ended_by_its_fetch(s, way, LookupError("in the turn in which it is cancelled"))


async def _ended_by_its_fetch(s: Scene, way: str, error: Exception | None = None) -> None:
    victims: list[Player] = []

    async def last_moment() -> int:
        s.began.append("victim")
        await s.trial.hop(2)
        victims[0].cancel()
        if error is not None:
            raise error
        return AMOUNT

    victims.append(s.deposit("victim", last_moment, way))
    await s.until(lambda: bool(s.began))
    behind = [s.deposit(name) for name in ("next", "last")]
    await _freed(s, behind, f" after the holder was cancelled {BY[way]} in the turn in which its fetch ended")


async def _freed(s: Scene, behind: list[Player], when: str) -> None:
    await s.returned(*behind, when=when)
    await s.returned(s.deposit("latecomer"), when=when)


async def cancellation_leaves_no_trace(trial: Trial) -> None:
    """A deposit that is cancelled is not entered, and one that returns is.

    The caller sees a cancellation, reports a failure, and the customer pays again: both payments are in the books. An
    await after the entry is enough, or a task of its own that finishes what its caller was told is cancelled.

        async with lock:
            account.balance += await fetch()
            await audit(account)           # cancelled here: entered, and yet
        # the caller is told that it was not
    """
    landed = False
    for way, scenery in product(ways(trial), some(trial, (_one_of_three, _one_of_three, _at_the_last_moment))):
        async with scene(trial) as s:
            players = await scenery(s, way)
            landed = landed or trial.landed
            await s.until(lambda players=players: all(player.done for player in players))  # type: ignore[misc]
            returned = sum(player.outcome == "returned" for player in players)
            seen = await s.seen()
            kept = seen == (AMOUNT * returned, returned)
            expect(
                kept,
                f"{returned} of {len(players)} deposits of {AMOUNT} were not cancelled {BY[way]}, and {booked(*seen)}",
            )
    trial.landed = landed


async def _one_of_three(s: Scene, way: str) -> list[Player]:
    players = []
    for number in range(3):
        players.append(s.deposit(f"task {number}", way=way))
        await s.trial.drift()
    await s.trial.strike(players[s.trial.draw(2)])
    return players


async def _at_the_last_moment(s: Scene, way: str) -> list[Player]:
    victim: list[Player] = []

    async def last_moment() -> int:
        await s.trial.hop(1 + s.trial.draw(2))
        victim[0].cancel()
        return AMOUNT

    victim.append(s.deposit("victim", last_moment, way))
    return [*victim, s.deposit("next")]


async def readers_keep_nobody_out(trial: Trial) -> None:
    """A reader, cancelled or not, never keeps the turn that others wait for.

    A reader stands in the queue between two depositors. It is woken, reads and goes, or is cancelled while it waits or
    reads. If it does not pass the turn on, the next depositor waits for ever.

        async with condition:
            await condition.wait_for(nobody_is_busy)  # takes the one wake-up
            return pair                    # and does not pass it on
    """
    landed = False
    for way in ways(trial):
        async with scene(trial) as s:
            holder = s.deposit("holder", s.fetch("holder", 3))
            await trial.drift()
            reader = s.read("reader", way)
            await trial.drift()
            behind = [holder, s.deposit("next"), s.read("second reader"), s.deposit("last")]
            await trial.strike(reader)
            landed = landed or trial.landed
            await _freed(s, behind, f" after a reader was cancelled {BY[way]}")
            stuck = await s.until(lambda reader=reader: reader.done)  # type: ignore[misc]
            expect(stuck, f"the reader is still waiting after it was cancelled {BY[way]}")
            s.stopped(reader, way=way, when=f" after it was cancelled {BY[way]}", struck=trial.landed)
    trial.landed = landed


async def fetch_ends_with_its_deposit(trial: Trial) -> None:
    """A fetch is cancelled together with its deposit, and none begins for a deposit that has ended.

    The client is gone, but its query goes on and holds a connection. Under load the queries that nobody waits for are
    what the next clients wait for.

        async with asyncio.timeout(1):
            await ledger.deposit(1, slow_query)
        # TimeoutError, and slow_query runs on for a minute
    """
    for moment in moments(trial):
        for way in ways(trial):
            async with scene(trial) as s:
                victim = s.deposit("victim", s.held("victim"), way)
                await trial.hop(moment)
                await _ends_with_its_deposit(s, victim, way)
            async with scene(trial) as s:
                victim = await s.holder("victim", way)
                await trial.hop(moment)
                await _ends_with_its_deposit(s, victim, way)


async def _ends_with_its_deposit(s: Scene, victim: Player, way: str) -> None:
    victim.cancel()
    ended = await s.until(lambda: victim.done and s.began == s.ended)
    told = f"a deposit was cancelled {BY[way]}"
    expect(ended, f"{told}, and its fetch still runs, or it waits for ever")
    await s.trial.hop(4)
    expect(s.began == s.ended, f"{told}, and then its fetch began")


async def nothing_left_behind(trial: Trial) -> None:
    """Leaving the ledger's block ends every task, thread and generator that the ledger started.

    A task that outlives its ledger keeps connections open, touches what has been closed, and dies when the loop does,
    in the middle of whatever it was doing. Tests that come after it fail for no reason of their own.

        async with ledger() as accounts:   # starts a task
            await accounts.deposit(...)
        # the task is still there, once for every call of this function
    """
    before = trial.living()
    cut_off: list[bool] = []

    async def visit(error: Exception | None) -> None:
        whole = False
        async with trial.module.ledger() as ledger:
            await ledger.deposit(1, trivial)
            await ledger.deposit(1, trivial)
            whole = True
            if error is not None:
                raise error
        cut_off.extend([] if whole else [True])

    async def trivial() -> int:
        await trial.hop(2)
        return AMOUNT

    await visit(None)
    for moment in moments(trial):
        async with trial.crew() as crew:
            players = [crew.start(partial(visit, error)) for error in (None, LookupError("in the block"))]
            victim = crew.start(visit, None, name="victim")
            await trial.hop(moment)
            struck = not victim.done
            victim.cancel()
            await until(trial, lambda crew=crew: not crew.waiting)  # type: ignore[misc]
            expect(not crew.waiting, "leaving the ledger's block takes for ever")
            expect(not cut_off, "the ledger's block was cut off by a cancellation, and what stands behind it ran")
            cancelled = victim.outcome == "cancelled" or (
                victim.outcome == "returned" and (trial.is_trio or not struck)
            )
            expect(cancelled, f"a cancellation reached the ledger's block, and its task {ending(victim)}")
            expect(players[1].outcome == "raised", f"an error left the ledger's block, which {players[1].outcome}")
    ended = await until(trial, lambda: trial.living() <= before)
    expect(ended, f"{trial.living() - before} task(s) are left when the ledger's block was left")


async def leaving_keeps_nobody_waiting(trial: Trial) -> None:
    """Whoever is still waiting when the ledger's block is left gets through, or an error.

    At shutdown the ledger is closed while requests are still under way. Those that it forgets wait for ever: the
    server does not end, and somebody has to kill it.

        async with ledger() as accounts:
            group.create_task(accounts.deposit(1, fetch))
        # closed, and the deposit still waits for a turn that nobody gives
    """
    for moment in moments(trial):
        async with trial.crew() as crew:
            async with trial.module.ledger() as ledger:
                s = Scene(trial, ledger, crew)
                s.deposit("holder", s.fetch("holder", 4))
                await trial.drift()
                s.deposit("next")
                s.read("reader")
                s.deposit("last")
                await trial.hop(2 + moment)  # all have asked, on Trio too, where the next turn has no order
            await s.until(lambda crew=crew: not crew.waiting)  # type: ignore[misc]
            expect(not crew.waiting, f"still waiting after the ledger's block was left: {', '.join(crew.waiting)}")


async def no_complaints(trial: Trial) -> None:
    """Nothing is never awaited, never retrieved, or told only to the loop's log.

    What nobody awaits or retrieves was meant for somebody. The warning appears minutes later in a log, without the
    request that it belongs to, if it appears at all.

        task = asyncio.create_task(fetch())
        await asyncio.wait({task})         # cancelled here, and then fetch fails
        # "Task exception was never retrieved"
    """

    async def fails_at_last() -> int:
        try:
            await trial.hop(2)
        finally:
            raise LookupError("whether cancelled or not")

    for moment, way in ((moment, way) for moment in moments(trial) for way in ways(trial)):
        async with scene(trial) as s:
            players = [s.deposit("failing", fails_at_last, way), s.deposit("victim", way=way), s.deposit("last")]
            reader = s.read("reader", way)
            await trial.hop(moment)
            for player in (*players[:2], reader):
                player.cancel()
            await s.until(lambda players=players: all(player.done for player in players))  # type: ignore[misc]
