"""What is asked of ``patterns.hedging``: first the answer, and who is asked for it; then what goes wrong."""

import asyncio
from contextlib import nullcontext, suppress
from contextvars import ContextVar
from functools import partial
from itertools import pairwise
from typing import Any

import trio

from benchmarks.families.hedging.cancelled import CANCELLED_CALLS
from benchmarks.families.hedging.failures import FAILURES
from benchmarks.families.hedging.losers import LOSERS
from benchmarks.families.hedging.nested import NESTED
from benchmarks.families.hedging.scene import (
    NOTICED,
    SOON,
    SourceError,
    Sources,
    begin,
    call,
    comes,
    have_ended,
    made,
    offered,
    soon,
)
from benchmarks.families.hedging.workloads import WORKLOADS
from benchmarks.plan.promises import Promise
from benchmarks.safety.cancelling import shield
from benchmarks.safety.memory import Opened, same_memory, same_memory_of
from benchmarks.safety.trials import HOUR, Trial, ending, expect, free_loop, hours_pass, listed
from patterns.hedging import Source

VALUES = (None, ValueError("a value, not an error"), 0, ())  # answers that may be taken for none
VARIABLE = ContextVar("VARIABLE", default="nobody's")
AGES = 5.0  # seconds: a delay for which nobody should have to wait
EARLY = 0.9  # of a delay: what rounding may take from it
TARDY = 1.3  # delays: who looks by a timer is late, and who sleeps through a delay of its own is later


async def first_answer_wins(trial: Trial) -> None:
    """The result is what the first source that answers has returned, whatever that is, and whoever fails.

    One mirror is down and says so at once, another has the file. Whoever takes the first that is done for the first
    that answers reports an error although the file was there. Or an answer that is None or zero is taken for none, and
    the next source is asked for what is already known.

        stock = await race([warehouse_a, warehouse_b])
        # a is down: ConnectionError, although b knows
        stock = await fallback([warehouse_a, warehouse_b])
        # a says 0, and that is taken for no answer
    """
    for name in offered(trial):
        for value in [trial.random.choice(VALUES)] if trial.seed else VALUES:
            sources = Sources(trial, answers={1: value})
            listing = [sources.down(0, trial.draw(4)), sources.source(1, 6), sources.down(2, 30)]
            asked = await made(name, sources, listing, soon(trial))
            right = asked.answered and asked.answer is value
            expect(right, f"{asked}; source 0 failed, and 1 has answered {value!r}")


async def sources_are_asked_in_order(trial: Trial) -> None:
    """Sources are asked in their order, each once, and all of them if need be.

    The first one is the cheapest, or the nearest, or the only one that is up to date. One that is asked twice orders
    twice; one that is forgotten is not there when it is needed.

        await fallback([replica_nearby, replica_abroad, archive])
        # set(sources): the archive, which takes a minute and
        # bills each request, is asked first
    """
    size = 3 + trial.draw(4)
    for name in offered(trial):
        sources = Sources(trial)
        listing = [sources.down(number, 1) for number in range(size)]
        asked = await made(name, sources, [*listing, sources.source(size, 1)], soon(trial))
        seen = sorted(sources.asked) if name == "race" else sources.asked  # who begins first there is the loop's affair
        order = seen == list(range(size + 1))
        expect(order, f"{asked}; of {size + 1} sources were asked, in this order: {listed(sources.asked, 9)}")
    if "hedge" in offered(trial):
        sources = Sources(trial)
        listing = [sources.slow(0), sources.slow(1), sources.source(2, 0)]
        asked = await made("hedge", sources, listing, soon(trial))
        expect(sources.asked == [0, 1, 2], f"{asked}; two were slow, and {listed(sources.asked, 9)} were asked")
        if trial.virtual:
            await _each_after_its_own_delay(trial)


async def _each_after_its_own_delay(trial: Trial) -> None:
    """Calls at the same time, of unlike delays: each asks its next when its own delay has passed.

    The first source of one fails before that, and its delay is counted anew, behind that of a later call.
    """
    calls = []
    async with trial.crew() as crew:
        for delay, fails in ((3 * SOON, False), (SOON, True), (SOON, False), (2 * SOON, False)):
            sources = Sources(trial)
            first = sources.down(0, 0, units=0.75 * SOON) if fails else sources.source(0)
            listing = [first, sources.source(1), sources.source(2)]
            calls.append((delay, fails, begin(crew, "hedge", sources, listing, delay * trial.unit)))
            await trial.sleep(SOON / 4)
        await trial.sleep(10 * SOON)
        for delay, fails, asked in calls:
            waits = [after - before for before, after in pairwise(asked.sources.moments)]
            right = len(waits) == 2 and all(EARLY * delay <= wait <= TARDY * delay for wait in waits[fails:])
            seen = listed(f"{wait / delay:.2f}" for wait in waits)
            expect(right, f"while others had other delays two were slow, and the next was asked after so many: {seen}")
            asked.sources.open(1)
        await have_ended(trial, *[asked.player for _, _, asked in calls])


async def equal_sources_are_asked_each(trial: Trial) -> None:
    """The same function may stand in the list several times, and is asked as often.

    A load balancer has one address for ten machines: to ask another is to ask it again. Whoever keeps the sources in a
    set or a dict asks once, and gives up.

        ask = partial(get, "https://api.example.com/price")
        price = await fallback([ask, ask, ask])
        # one machine of ten is down: the first try met it,
        # and there was no second one
    """
    for name in offered(trial, "hedge", "fallback"):
        sources = Sources(trial)
        turns = trial.draw(3)
        tries = 0

        async def ask(sources: Sources = sources, turns: int = turns) -> str:
            nonlocal tries
            tries += 1
            if tries < 3:
                await sources.down(tries, turns)()
            return "the third try"

        asked = await made(name, sources, [ask] * 3, soon(trial))
        right = asked.answer == "the third try" and tries == 3
        expect(right, f"{asked} after {tries} tries; the third one answers")


async def nobody_is_asked_in_vain(trial: Trial) -> None:
    """Nobody is asked before there is a reason: a failure, or the delay; and nobody once there is an answer.

    Every request that is not needed is load on a service that is slow because of load, or is billed. A hedge is to ask
    a second time in one call of twenty; one that asks at once doubles the traffic.

        price = await hedge([broker_a, broker_b], delay=0.2)
        # a answers after 50 ms, and b was asked all the same;
        # or b is asked half a second later, for nobody
    """
    for name in offered(trial, "hedge", "fallback"):
        sources = Sources(trial)
        asked = await made(name, sources, [sources.source(0, trial.draw(6)), sources.source(1, 1)])
        await trial.hop(NOTICED)
        expect(sources.asked == [0], f"{asked}; source 0 has answered in time, and {listed(sources.asked)} were asked")
    if trial.virtual and "hedge" in offered(trial):
        sources = Sources(trial)
        asked = await made("hedge", sources, [sources.slow(0), sources.source(1, 0), sources.source(2, 0)], SOON)
        waited = sources.moments[1] - sources.moments[0] if len(sources.moments) > 1 else 0.0
        expect(waited >= EARLY * SOON, f"{asked}; source 1 was asked after {waited / SOON:.2f} delays")
        await trial.sleep(4 * SOON)
        expect(sources.asked == [0, 1], f"{asked}, when 1 had answered, and {listed(sources.asked)} were asked")
        sources = Sources(trial)
        listing = [sources.down(0, 0, units=0.75 * SOON), sources.slow(1), sources.source(2, 0)]
        asked = await made("hedge", sources, listing, SOON)
        waited = sources.moments[2] - sources.moments[1] if len(sources.moments) > 2 else 0.0
        seen = f"{asked}; source 0 failed, 1 was asked, and 2 was asked {waited / SOON:.2f} delays after that"
        expect(waited >= EARLY * SOON, seen)
        sources = Sources(trial)

        async def long_goodbye() -> None:
            try:
                await sources.source(0)()
            finally:
                with shield(trial):
                    await trial.sleep(3 * SOON)

        asked = await made("hedge", sources, [long_goodbye, sources.source(1, 2), sources.source(2, 0)], SOON)
        await trial.sleep(4 * SOON)
        expect(
            sources.asked == [0, 1], f"{asked}; 1 had answered, 0 took its time, and asked were {listed(sources.asked)}"
        )


async def one_at_a_time(trial: Trial) -> None:
    """No two are asked at a time by `fallback`: the next when the one before has failed, its clean-up included.

    The source is an order, or a lock on the only scanner: with two at a time the goods are sent twice.

        await fallback([order_from_a, order_from_b])
        # b is asked while a is still rolling back:
        # both send
    """
    sources = Sources(trial)
    listing = [sources.down(number, 2 + trial.draw(3)) for number in range(3)]
    asked = await made("fallback", sources, [*listing, sources.source(3, 2)])
    expect(sources.peak == 1, f"{asked}; {sources.peak} sources were at work at a time")


async def all_are_asked_at_once(trial: Trial) -> None:
    """All sources of a `race` are asked at once: none waits for another.

    The three resolvers are asked at once because nobody knows which one is fast today. If they are asked one after the
    other, or only so many at a time, the fast one is not asked while a slow one hangs.

        address = await race([resolver_a, resolver_b, resolver_c])
        # two at a time: a and b hang, and c, which would
        # have answered in 5 ms, is not asked
    """
    size = 3 + trial.draw(20)
    sources = Sources(trial)
    async with trial.crew() as crew:
        begin(crew, "race", sources, [sources.source(number) for number in range(size)])
        await comes(trial, lambda: sources.running >= size)
        running = sources.running
        sources.open(*range(size))
    expect(running == size, f"race has {running} of {size} sources at work")


async def late_answer_is_taken(trial: Trial) -> None:
    """A source that was slow may still win: it stays in the race when the next is asked, and for hours after that.

    All replicas are slow, because the hour is busy. Whoever gives each of them 200 ms and then the next has no answer
    in the end; whoever waits a little longer for any of them has three chances.

        await hedge([replica_a, replica_b, replica_c], delay=0.2)
        # each would have answered in 300 ms, and is given up
        # after 200: no answer, three requests, and a retry
    """
    sources = Sources(trial)
    asked = await made(
        "hedge", sources, [sources.slow(0, 1.5 * SOON), sources.source(1), sources.source(2)], soon(trial)
    )
    sources.open(1, 2)
    expect(asked.answer == 0 and asked.answered, f"{asked}; source 0 would have answered after 1.5 delays")
    if trial.virtual:
        sources = Sources(trial)
        listing = [sources.slow(number, (12 - 3 * number) * SOON) for number in range(3)]
        asked = await made("hedge", sources, listing, soon(trial))
        expect(asked.answer == 2, f"{asked}; source 2 would have answered after 8 delays, the others later")


async def long_answers_are_waited_for(trial: Trial) -> None:
    """An answer that takes an hour is waited for when there is nobody else to ask.

    Somewhere below there is a limit of thirty seconds that nobody has asked for. It works in every test, and the large
    export, which is the reason for the second source, is never fetched.

        async with asyncio.timeout(30):       # "to be safe"
            return await source()
        # the export takes a minute: TimeoutError
    """
    if not trial.has_hours:
        return

    async def slow() -> str:
        await trial.sleep(HOUR)
        return "after an hour"

    for name in offered(trial):
        async with trial.crew() as crew:
            player = crew.start(call, trial, name, [slow], name=name)
            if await hours_pass(trial, player):
                expect(player.value == "after an hour", f"{name} of a source that takes an hour {ending(player)}")


async def failure_asks_the_next_at_once(trial: Trial) -> None:
    """The next is asked as soon as the source that was asked last has failed, whatever is left of the delay.

    Refused connections fail in a millisecond. Whoever waits for the delay all the same is as slow as if it had hung;
    and when the last one has failed, too, there is nothing more to wait for.

        await hedge([server_a, server_b, server_c], delay=2.0)
        # a and b refuse: c is asked after 4 seconds, and
        # its answer comes 4 seconds late
    """
    if not trial.virtual:
        return
    cases: tuple[tuple[str, bool, int], ...] = (("fail", False, 2), ("fail", True, 2), ("slow", False, 3))
    for first, all_down, size in cases:
        sources = Sources(trial)
        listing = [sources.source(0) if first == "slow" else sources.down(0, trial.draw(3))]
        listing += [sources.down(number, trial.draw(3)) for number in range(1, size - 1)]
        listing.append(sources.down(size - 1, 1) if all_down else sources.source(size - 1, 1))
        async with trial.crew() as crew:
            asked = begin(crew, "hedge", sources, listing, AGES)
            if first == "slow":
                await trial.sleep(AGES)
            await have_ended(trial, asked.player)
            over = asked.over or first == "slow"
            sources.open(0)
        last = sources.moments[-1] - sources.moments[0] - (AGES if first == "slow" else 0.0)
        expect(len(sources.asked) == size and last < AGES / 2, f"hedge asked {len(sources.asked)} of {size} sources")
        expect(over, f"hedge has not ended, although {'all have failed' if all_down else 'the last one has answered'}")


async def context_is_the_callers(trial: Trial) -> None:
    """A source sees the context variables of the caller, whichever task it runs in.

    A web framework keeps the user, a tracer its span in a context variable. A source that sees none, or those of
    another caller, asks in the name of nobody, or of somebody else.

        current_user.set("ada")
        await hedge([partial(fetch, a), partial(fetch, b)], 0.2)
        # b is asked by a task that was started before: its
        # log says that nobody has asked
    """
    for name in offered(trial):
        seen: list[str] = []
        sources = Sources(trial)

        async def look(number: int, sources: Sources = sources, seen: list[str] = seen) -> Any:
            seen.append(VARIABLE.get())
            return await (sources.down(number, 1) if number < 2 else sources.source(number, 8))()

        async def caller(user: str, name: str = name, look: Any = look) -> None:
            VARIABLE.set(user)
            await call(trial, name, [partial(look, number) for number in range(3)], soon(trial))

        async with trial.crew() as crew:
            players = [crew.start(caller, user) for user in ("ada", "bob")]
            if not await have_ended(trial, *players):
                await trial.sleep(4 * SOON)
            expect(await have_ended(trial, *players), f"{name} has not ended")
        wrong = sorted(seen) != ["ada"] * 3 + ["bob"] * 3
        expect(not wrong, f"{name}, called by ada and by bob: three sources each were asked by {listed(seen)}")


async def never_holds_up_the_loop(trial: Trial) -> None:
    """A call never holds up the loop: while its sources wait, all other tasks go on.

    Whoever looks in a loop of its own whether somebody has answered, and sleeps in between, stops the whole program: no
    request is answered, no timeout fires, and the sources do not go on either.

        while not any(task.done() for task in tasks):
            time.sleep(0.01)               # nobody else runs
            await asyncio.sleep(0)
        # every other task runs once in 10 ms
    """
    for name in offered(trial):
        sources = Sources(trial)
        listing = [sources.source(0, 2), sources.source(1, 3)]
        await free_loop(trial, partial(call, trial, name, listing))


async def task_of_its_own(trial: Trial) -> bool:
    """Each source has a task of its own.

    What is kept per task, such as the name in a dump of all tasks, or a context variable that a source sets, is the
    caller's where a source runs in the task of its caller.

        async def source():
            span.set("attempt")   # seen by the caller, too, where
            return await ask()    # the source runs in its task
    """
    for name in offered(trial):
        tasks: list[object] = [_task(trial)]

        async def source(tasks: list[object] = tasks) -> None:
            tasks.append(_task(trial))

        await call(trial, name, [source] * 2)
        if len(set(map(id, tasks))) < len(tasks):
            return False
    return True


def _task(trial: Trial) -> object:
    return trio.lowlevel.current_task() if trial.is_trio else asyncio.current_task()


async def memory_is_given_back(trial: Trial) -> None:
    """Calls that are over, won or failed, take no memory that is never given back.

    A line for each source that was ever asked, or each loser, grows with every call, and there are losers in most of
    them. The program is killed because the machine has no memory left.

        LOSERS.update(pending)               # "so that none is collected"
        for task in pending:
            task.cancel()
    """
    await same_memory(trial, WORKLOADS, ("in_time",))

    async def down() -> None:
        await trial.hop()
        raise SourceError

    async def slow() -> None:
        await trial.sleep(2)

    for name in offered(trial):
        await same_memory_of(trial, _again(trial, name, down, down), f"{name} is called, and all sources fail")
        if trial.virtual:
            await same_memory_of(
                trial, _again(trial, name, slow, trial.hop), f"{name} is called, and one source is slow"
            )


def _again(trial: Trial, name: str, *sources: Source[None]) -> Opened:
    async def once() -> None:
        with suppress(Exception):  # whatever it says that all have failed
            await call(trial, name, sources, trial.unit)

    return lambda: nullcontext(once)


PROMISES = (
    Promise(first_answer_wins),
    Promise(sources_are_asked_in_order),
    Promise(equal_sources_are_asked_each, about=("hedge", "fallback")),
    Promise(nobody_is_asked_in_vain, about=("hedge", "fallback")),
    Promise(one_at_a_time, real=True, about=("fallback",)),
    Promise(all_are_asked_at_once, real=True, about=("race",)),
    Promise(late_answer_is_taken, about=("hedge",), need="keep"),
    Promise(long_answers_are_waited_for, once=True),
    Promise(failure_asks_the_next_at_once, about=("hedge",), need="prompt"),
    *FAILURES,
    *LOSERS,
    *CANCELLED_CALLS,
    *NESTED,
    Promise(context_is_the_callers),
    Promise(never_holds_up_the_loop, real=True, collects=("stalls",)),
    Promise(memory_is_given_back, once=True),
    Promise(task_of_its_own, real=True, once=True, fact=True),
)
