"""What is asked of ``patterns.caches``: how often is loaded, who gets what, and how much is kept."""

from dataclasses import replace
from functools import partial
from typing import Any

from benchmarks.families.caches.cancelled import (
    abandoned_load_is_ended,
    cancelled_caller_leaves,
    cancelled_follower_harms_nobody,
    cancelled_leader_is_replaced_once,
    cancelled_leader_leaves_an_answer,
)
from benchmarks.families.caches.ends import (
    bounds_go_together,
    end_removes_nothing_newer,
    ended_is_collected,
    invalidated_is_loaded_later,
    old_load_harms_no_new_one,
    ttl_ends_an_entry,
)
from benchmarks.families.caches.failed import error_is_shared, errors_come_bare, failure_is_forgotten, only_own_errors
from benchmarks.families.caches.leaving import (
    leaving_resolves_all,
    long_load_is_waited_for,
    never_holds_up_the_loop,
    no_complaints,
    nothing_left_behind,
    second_loop,
)
from benchmarks.families.caches.room import (
    failed_loads_push_nothing_out,
    loading_keys_stay,
    longest_unused_leaves_first,
    max_size_is_kept,
)
from benchmarks.families.caches.scene import Made, Scene, flies_single, held, kinds, right, scene, some, until
from benchmarks.families.caches.strangers import (
    caches_are_strangers,
    classes_are_strangers,
    forgotten_is_collected,
    objects_are_collected,
    super_cannot_wait_for_itself,
    unequal_keys_are_strangers,
)
from benchmarks.families.caches.time import passed, restless
from benchmarks.families.caches.workloads import WORKLOADS
from benchmarks.plan.promises import Promise
from benchmarks.safety.memory import same_memory
from benchmarks.safety.trials import Trial, ending, expect
from benchmarks.safety.waiting import gives_a_turn

EITHER = ("cache", "source")
LOAD = 4  # turns that a load takes here
LATEST = 12  # turns after which it makes no difference any more when a late caller comes
LONG = 100.0  # units, where time is virtual
SHORT = 1.5  # units, where it is not


async def single_flight(trial: Trial) -> None:
    """However many callers miss a key at the same time, or come later, it is loaded once.

    The entry everybody reads ends, and at that moment every request goes to the source: a thousand times the same
    query, at the very time when it is slow. It is what the cache was there to prevent.

        await gather(*(cache.get("prices") for _ in range(1000)))
        # expected: one query
        # seen: a thousand, and the database is down
    """
    for kind in some(trial, *kinds(trial, 1, 3)):
        for late in range(LATEST) if trial.seed == 0 else (trial.random.randrange(LATEST),):
            await _late_callers(trial, kind, late)


async def _late_callers(trial: Trial, kind: int, late: int) -> None:
    async with scene(trial, _in_a_few_turns, kind) as made:
        for key in (5, 6, 5, 5, 6) * (1 + 7 * (not trial.seed and not late)):
            made.ask(key)
            await trial.drift(2)
        await made.all_asked()
        await trial.hop(late)
        players = [player for player, _ in made.callers]
        await made.answered(*players, made.ask(5, "a late caller of 5"), made.ask(6, "a late caller of 6"))
        await made.answered(made.ask(5))
        told = f"{len(made.callers)} callers of 2 keys made {len(made.loads)} loads ({made.told()})"
        expect(made.count(5) == made.count(6) == 1, told)
        await made.leave()


async def _in_a_few_turns(made: Scene, load: Made) -> int:
    await made.trial.hop(LOAD)
    return right(load.key)


async def slow_load_is_one(trial: Trial) -> None:
    """A load that takes very long is still made once, and all who wait for it get its value.

    A lock that lets go after a while, so that nobody waits for a dead one, lets go of everybody: when the source is
    slow, all who waited ask it as well, and it becomes slower.

        @cached_stampede(lease=2)     # seconds
        async def report(day): ...    # three of them on a bad day
        # after two seconds all who wait make the same report
    """
    if (not trial.virtual and trial.seed > 1) or restless(trial):
        return  # time is real, and this takes a lot of it; or it does not pass
    long = LONG if trial.virtual else SHORT

    async def answer(_: Scene, load: Made) -> int:
        await trial.sleep(long)
        return right(load.key)

    for kind in some(trial, *kinds(trial, 2)):
        async with scene(trial, answer, kind) as made:
            for _ in range(4):
                made.ask(5)
                await trial.drift(2)
            await made.begun(1)
            await made.quiet()
            if len(made.loads) > 1:
                return  # a key is loaded as often as it is asked for, however long that takes
            if not await passed(made, long * 0.9):
                return
            made.ask(5)
            await trial.hop(8)
            loads = len(made.loads)
            once = loads == 1 or not await flies_single(trial, kind)
            expect(once, f"{loads} loads of one key while the first took {long:g} units")
            await passed(made, long * 0.2)
            await made.answered(*(player for player, _ in made.callers))
            await made.leave()


class Odd:
    """A value that cannot be compared, and is neither true nor false."""

    def __bool__(self) -> bool:
        raise TypeError("neither true nor false")

    def __eq__(self, other: object) -> bool:
        raise TypeError("cannot be compared")

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return "Odd()"


VALUES: tuple[Any, ...] = (None, 0, False, "", (), [], 0.0, LookupError("a value"), Odd(), {"key": None}, 7)


async def any_value_is_kept(trial: Trial) -> None:
    """Every value is kept like any other: None, what is false, an exception, what cannot be compared.

    None is an answer: there is no such user. Where it is taken for a miss, the questions that a source is asked most
    often, by everybody who mistypes or probes, are the ones that the cache never answers.

        async def user(name):
            return await db.fetchrow(...)     # None: no such user
        for _ in range(1000):
            await cache.get("admni")          # 1000 queries
    """
    if "cache" in trial.alternative.offers:

        async def answer(_: Scene, load: Made) -> object:
            await trial.hop(trial.draw(2))
            return VALUES[load.key]

        async with scene(trial, answer) as made:
            for key, value in enumerate(VALUES):
                await _kept(trial, made, key, value)
            await made.leave()
    if "source" in trial.alternative.offers:
        for depth in some(trial, 1, 3):

            async def zero(_: Scene, load: Made, depth: int = depth) -> int:  # noqa: ARG001
                return 1 - depth

            async with scene(trial, zero, depth) as made:
                await _kept(trial, made, 4, 0)
                await made.leave()


async def _kept(trial: Trial, made: Scene, key: int, value: object) -> None:
    players = [made.ask(key) for _ in range(2 + trial.draw(2))]
    expect(await made.ended(*players), f"a caller waits for ever for {value!r}")
    before = made.count(key)
    later = made.ask(key)
    await made.ended(later)
    for player in (*players, later):
        same = type(player.value) is type(value) and repr(player.value) == repr(value)
        expect(player.outcome == "returned" and same, f"a load returned {value!r}, a caller {ending(player)}")
    expect(made.count(key) == before, f"a load returned {value!r}, and who came later made another")


async def hit_gives_a_turn(trial: Trial) -> bool:
    """Other tasks get a turn when an answer comes from memory.

    Not a fault either way, but to be known beside the speed: who asks a thousand times in a row for what is there may
    keep the whole loop busy until it is done, if nothing in between gives way.

        for name in names:                # a million of them
            await cache.get("config")
        # nothing else ran meanwhile: `await` is no promise to give way
    """
    async with scene(trial, kind=kinds(trial, 1)[0]) as made:
        await made.value(1)
        gave_way = await gives_a_turn(trial, made.crew, *[partial(made.get, 1)] * 4)
        await made.leave()
    return gave_way


async def keys_load_side_by_side(trial: Trial) -> bool:
    """A key is loaded while another one is.

    Not promised, but to be known: with one lock for all keys the slowest of them is what everybody waits for, and a
    load that asks the cache for another key waits for itself.

        async with TaskGroup() as group:
            group.create_task(cache.get("report"))   # 30 seconds
            group.create_task(cache.get("config"))   # after it?
    """

    async def answer(made: Scene, load: Made) -> int:
        return await held(made, load) if load.key == 1 else right(load.key)

    async with scene(trial, answer, kinds(trial, 1)[0]) as made:
        slow = made.ask(1)
        await made.begun(1)
        await made.ended(quick := made.ask(2))
        side_by_side = quick.done and not slow.done
        await made.leave()
    return side_by_side


async def base_answers_from_memory(trial: Trial) -> bool:
    """A base that is asked through super() answers from memory, as the class that refines it does.

    Not promised, but to be known: what each class of a chain keeps of its own is memory for every entry and class;
    where only the last one keeps anything, asking a base asks the source.

        class Prices(Rates): ...          # both cached
        await prices.get("EUR")
        await super(Prices, prices).get("EUR")    # from memory?
    """
    async with scene(trial, kind=2) as made:
        await made.value(1)
        base = super(type(made.subject), made.subject)
        if not hasattr(base, "get"):
            return False
        player = made.play(lambda: base.get(made.shift + 1), "a caller of the base")
        await until(trial, lambda: player.done)
        await made.leave()
        return player.value == right(1) and len(made.loads) == 1


async def memory_is_given_back(trial: Trial) -> None:
    """Answers from memory, and loads that fail, take no memory that is never given back.

    A cache is bounded so that the memory is. A line for each hit or each error that there ever was has no bound: after
    a week it is larger than all entries.

        async def get(self, key):
            self.history.append(key)     # to find out what is popular
            return self.entries[key]
    """
    await same_memory(trial, WORKLOADS, ("hits", "failing_loads", "override_chain_1"))


# Every trial has a loop of its own, which caches that belong to a class, and outlive it, rightly remark on.
OUTLIVED = "detected event loop change"

PROMISES = tuple(
    replace(entry, tolerates=(OUTLIVED,))
    for entry in (
        Promise(single_flight, about=EITHER, need="one-load"),
        Promise(slow_load_is_one, about=EITHER, need="one-load"),
        Promise(cancelled_leader_leaves_an_answer, about=EITHER, swept=True),
        Promise(cancelled_leader_is_replaced_once, about=EITHER, swept=True, need="one-load"),
        Promise(cancelled_follower_harms_nobody, about=EITHER, swept=True),
        Promise(cancelled_caller_leaves, about=EITHER),
        Promise(abandoned_load_is_ended, about=EITHER, swept=True, need="thrift"),
        Promise(error_is_shared, about=EITHER, need="one-load"),
        Promise(failure_is_forgotten, about=EITHER),
        Promise(only_own_errors, about=EITHER),
        Promise(any_value_is_kept, about=EITHER, need="any-entry"),
        Promise(ttl_ends_an_entry, about=("cache",), once=True, need="bounds"),
        Promise(end_removes_nothing_newer, about=("cache",), once=True),
        Promise(bounds_go_together, about=("cache",), once=True),
        Promise(ended_is_collected, about=("cache",), once=True, need="thrift"),
        Promise(invalidated_is_loaded_later, about=("cache",), need="invalidation"),
        Promise(old_load_harms_no_new_one, about=("cache",), need="invalidation"),
        Promise(max_size_is_kept, about=("cache",), need="bounds"),
        Promise(longest_unused_leaves_first, about=("cache",), need="tight"),
        Promise(loading_keys_stay, about=("cache",), need="one-load"),
        Promise(failed_loads_push_nothing_out, about=("cache",), need="tight"),
        Promise(caches_are_strangers, about=EITHER),
        Promise(classes_are_strangers, about=("source",)),
        Promise(super_cannot_wait_for_itself, about=("source",)),
        Promise(unequal_keys_are_strangers, about=EITHER, need="any-entry"),
        Promise(forgotten_is_collected, about=("cache",)),
        Promise(objects_are_collected, about=("source",), need="thrift"),
        Promise(second_loop, real=True, about=EITHER, once=True, need="loops"),
        Promise(leaving_resolves_all, about=EITHER, swept=True),
        Promise(nothing_left_behind, about=EITHER, collects=("tasks", "threads", "async generators")),
        Promise(no_complaints, about=EITHER, collects=("complaints",)),
        Promise(never_holds_up_the_loop, about=EITHER, collects=("stalls",)),
        Promise(memory_is_given_back, about=EITHER, once=True),
        Promise(long_load_is_waited_for, about=EITHER, once=True),
        Promise(errors_come_bare, about=EITHER, once=True, fact=True),
        Promise(hit_gives_a_turn, about=EITHER, once=True, fact=True),
        Promise(keys_load_side_by_side, about=EITHER, once=True, fact=True),
        Promise(base_answers_from_memory, about=("source",), once=True, fact=True),
    )
)
