"""What is asked of ``patterns.batching``: whether all get what is theirs, in time, whatever happens to others."""

from itertools import pairwise

from benchmarks.families.batching.answers import (
    answer_is_fresh,
    bad_item_isolated,
    base_exception_resolves_all,
    error_reaches_all,
    errors_come_bare,
    long_call_is_waited_for,
    never_holds_up_the_loop,
    no_context_bleed,
    own_result,
    stop_iteration_isolated,
    survives_garbage_collection,
    wrong_length_raises,
)
from benchmarks.families.batching.cancelled import cancel_is_heeded, cancel_is_private
from benchmarks.families.batching.endings import (
    close_flushes_once,
    failed_block_resolves_all,
    gives_up_abandoned_calls,
    late_load_ends,
    memory_is_given_back,
    no_complaints,
    nothing_left_behind,
    nothing_piles_up,
)
from benchmarks.families.batching.scene import Made, Scene, right, scene, told, window
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import HOUR, Trial, expect, listed

WINDOW = 0.3  # units
STEP = 0.15  # units between loads that come one by one; on uvloop 3 ms, and timers are whole milliseconds


async def never_above_maximum(trial: Trial) -> None:
    """No call gets more keys than the maximum, and none gets no key at all.

    Downstream has a limit: parameters of a statement, bytes of a request, memory of a model. One key above it, and the
    whole batch is refused; without a key, `IN ()` is a syntax error.

        async with batcher(call, 100, 0.01) as users:
            await gather(*(users.load(n) for n in range(101)))
        # "too many parameters: 101, the limit is 100"
    """
    size = (7, 1, 3, 2)[trial.seed % 4]
    long = await window(trial) if trial.seed % 3 == 1 else 0.0
    async with scene(trial, max_size=size, max_wait=long) as made:
        for key in range(30):
            made.ask(key * 2 // 3)
            if key % 5 == 0:
                await trial.drift(3)
        await made.all_asked()
        await trial.hop(trial.draw(8))
        await made.end_window(long)
        await made.answered(*(player for player, _ in made.callers))
        largest = max(len(call.keys) for call in made.calls)
        expect(largest <= size, f"a call got {largest} keys, the maximum is {size}")
        expect(all(call.keys for call in made.calls), f"a call got no key at all ({told(made.calls)})")
        await made.leave()
    await _block_fails_in_the_window(trial)


async def _block_fails_in_the_window(trial: Trial) -> None:
    """What waited for company is told then, and when its window would have been over there is nothing to call for."""
    async with scene(trial, max_wait=WINDOW * trial.unit) as made:
        made.ask(1)
        await made.all_asked()
        made.fails = True
        made.leaving.set()
        await made.ended(made.block)
        await trial.sleep(2 * WINDOW)
        expect(all(call.keys for call in made.calls), "the block failed, and then a call got no key at all")


async def same_turn_shares(trial: Trial) -> None:
    """Loads made in the same turn of the loop share as few calls as the maximum allows.

    A batcher that sends the first load alone, or as many calls as there are callers, costs what it was to save: N + 1
    queries instead of two.

        await gather(*(users.load(n) for n in range(100)))
        # expected: one call for 100 keys
        # seen: one for the first, and one for the other 99
    """
    size, batches = 2 + trial.draw(6), 1 + trial.draw(6)
    async with scene(trial, max_size=size) as made:
        for warm in range(trial.draw(2)):
            await made.answered(made.ask(-1 - warm))
        before = len(made.calls)
        players = [made.ask(key) for key in range(size * batches)]
        await made.answered(*players)
        sizes = [len(call.keys) for call in made.calls[before:]]
        expect(
            len(sizes) <= batches,
            f"{size * batches} loads made {len(sizes)} calls of at most {size} keys, with {listed(sizes)}",
        )
        await made.leave()


async def full_batch_leaves_at_once(trial: Trial) -> None:
    """A batch that is full does not wait for its window to end.

    Under load, batches are full long before their time is up. One that waits all the same, or is left over when more
    loads come than fit, turns the window into a delay for everybody.

        async with batcher(call, 3, max_wait=5.0) as users:
            await gather(users.load(1), users.load(2), users.load(3))
        # full after a microsecond, answered after five seconds
    """
    async with scene(trial, max_size=3, max_wait=HOUR) as made:
        for first in (0, 10, 20):
            players = []
            for key in range(first, first + 3):
                players.append(made.ask(key))
                await made.all_asked()
                await trial.hop(trial.draw(4))
            expect(await made.ended(*players), f"three callers filled a batch of 3, and wait ({told(made.calls)})")
        together = [made.ask(key) for key in range(30, 38)]
        await made.all_asked()
        await trial.hop(5)
        sent = await made.soon_enough(lambda: made.waiting <= 2)
        expect(sent, f"of 8 loads in one turn {made.waiting} wait, though 3 fill a batch")
        if await window(trial) == HOUR:  # else the two that fill no batch wait until it is over
            await made.leave()
            await made.answered(*together)


async def call_holds_nobody_up(trial: Trial) -> None:
    """While calls are under way, whoever asks is sent on, the calls themselves included.

    One slow query is enough, and everybody who comes after it waits for it, however quick their own would be. A call
    that needs the batcher itself waits for ever.

        await users.load(SLOW)      # under way, ten seconds
        await users.load(1)         # not even sent, because
        # one call is made after the other
    """

    async def answer(call: Made) -> list[int]:
        if min(call.keys) < 3:
            await made.hold.wait()
        if 10 in call.keys:
            await made.load(11)
        return [right(key) for key in call.keys]

    async with scene(trial, answer, max_size=3) as made:
        for number in range(3):
            for key in (number, number + 20, number + 30):
                made.ask(key)
            expect(await made.begun(number + 1), f"{number} call(s) under way hold up the next")
            await trial.drift(3)
        quick = [made.ask(key) for key in (3, 4, 5)]
        expect(await made.ended(*quick), "whoever asks while 3 calls are under way waits for them")
        expect(await made.ended(made.ask(10)), "a call that asks the batcher itself waits for ever")
        await made.leave()
        await made.answered(*(player for player, _ in made.callers))


async def maximum_wait(trial: Trial) -> None:
    """No load waits for company longer than asked, alone or in a stream of others, first or after a full batch.

    A timer that every new load starts afresh never fires under a steady trickle; one that a full batch or a cancelled
    caller took away is missed by the load that comes next, which waits for ever.

        async with batcher(call, 100, max_wait=0.01) as users:
            await users.load(1)    # one request per 9 ms: each
        # one starts the window again, and the first is sent when
        # the batch is full, after 0.9 s instead of 0.01 s
    """
    async with scene(trial, max_size=5, max_wait=WINDOW * trial.unit) as made:
        if trial.draw(1) or not trial.seed:
            expect(await made.ended(*(made.ask(key) for key in range(5))), "a full batch waits for ever")
        if trial.seed % 3 == 0:
            await _stream(trial, made)
        if trial.seed % 3 == 1:
            gone = made.ask(20)
            await trial.sleep(STEP)
            gone.cancel()
            await trial.ended(gone)
            # Within the window that nobody needs any more, or after it.
            await (trial.hop(trial.draw(3)) if trial.seed % 2 else trial.sleep(WINDOW))
        lone = made.ask(30)
        await trial.sleep(2 * WINDOW)
        await trial.hop(20)
        await made.answered(lone)
        await made.leave()


async def _stream(trial: Trial, made: Scene) -> None:
    """Loads that come one by one; once more when a real clock ran away, as no window had to start again then."""
    for first in (100, 200, 300, 400, 500):
        moments = [trial.now()]
        made.ask(first)
        for key in range(first + 1, first + 4):
            await trial.sleep(STEP)
            made.ask(key)
            moments.append(trial.now())
        await trial.sleep(STEP)
        await trial.hop(20)
        sent = any(first in call.keys for call in made.calls)
        expect(sent, f"after {4 * STEP:g} units a load still waits for company, its window is {WINDOW:g}")
        expect(await made.ended(*(player for player, _ in made.callers)), "one of a stream of loads waits for ever")
        if all(later - earlier < WINDOW for earlier, later in pairwise(moments)):
            return


async def window_gathers(trial: Trial) -> None:
    """Loads that come within the window of the first share its call.

    Where the window is not waited for, loads that come a moment apart each cost a call of their own: under a steady
    trickle that is one call for each load, as if there were no batcher.

        users.load(1)
        await asyncio.sleep(0.001)
        users.load(2)     # max_wait=0.01, and yet
        # each of them is a call of its own
    """
    async with scene(trial, max_size=3, max_wait=HOUR) as made:
        players = []
        for key in (1, 2, 3):
            players.append(made.ask(key))
            await made.all_asked()
            await trial.hop(10 + trial.draw(8))
        await made.answered(*players)
        expect(len(made.calls) == 1, f"3 loads within a window made {len(made.calls)} calls")
        await made.leave()
    if trial.virtual:  # else a short window may be over before they have come
        async with scene(trial, max_wait=WINDOW) as made:
            for key in (1, 2, 3):
                made.ask(key)
                await trial.sleep(WINDOW / 4)
            await made.answered(*(player for player, _ in made.callers))
            expect(len(made.calls) == 1, f"3 loads within {WINDOW:g} s made {len(made.calls)} calls")
            await made.leave()


async def equal_keys_travel_once(trial: Trial) -> bool:
    """Equal keys that are asked for in the same turn are sent once.

    Not promised, and nothing goes wrong without it; where a few keys are hot, most of what is sent is the same.

        await gather(*(users.load(current_user) for _ in resolvers))
        # WHERE id IN (7, 7, 7, 7, 7), or
        # WHERE id IN (7)
    """
    async with scene(trial) as made:
        await made.ended(*[made.ask(1) for _ in range(5)])
        await made.leave()
    return sum(len(call.keys) for call in made.calls) == 1


PROMISES = (
    Promise(own_result),
    Promise(cancel_is_private, swept=True),
    Promise(error_reaches_all),
    Promise(base_exception_resolves_all, need="odd-errors"),
    Promise(wrong_length_raises),
    Promise(bad_item_isolated),
    Promise(stop_iteration_isolated, need="odd-errors"),
    Promise(answer_is_fresh, need="fresh"),
    Promise(no_context_bleed, need="context"),
    Promise(close_flushes_once, swept=True, need="leaving"),
    Promise(failed_block_resolves_all, swept=True, need="leaving"),
    Promise(cancel_is_heeded, swept=True),
    Promise(maximum_wait, need="prompt"),
    Promise(full_batch_leaves_at_once, need="prompt"),
    Promise(call_holds_nobody_up, need="prompt"),
    Promise(same_turn_shares, need="sharing"),
    Promise(window_gathers, need="window"),
    Promise(never_above_maximum),
    Promise(nothing_piles_up),
    Promise(survives_garbage_collection),
    Promise(nothing_left_behind, swept=True, collects=("tasks", "threads", "async generators")),
    Promise(no_complaints, swept=True, collects=("complaints",)),
    Promise(never_holds_up_the_loop, collects=("stalls",)),
    Promise(memory_is_given_back, once=True),
    Promise(long_call_is_waited_for, once=True),
    Promise(errors_come_bare, once=True, fact=True),
    Promise(equal_keys_travel_once, once=True, fact=True),
    Promise(gives_up_abandoned_calls, once=True, fact=True),
    Promise(late_load_ends, once=True, fact=True),
)
