"""What is asked of ``patterns.batching`` about answers: whose they are, what becomes of errors, what a call sees."""

import asyncio
import weakref
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

from benchmarks.families.batching.scene import Made, Scene, right, scene, told
from benchmarks.safety.errors import arrived, same
from benchmarks.safety.trials import HOUR, Player, Trial, ending, event, expect, free_loop, hours_pass, listed, shown

AbortError = type("AbortError", (BaseException,), {})
ODD_VALUES = {0: None, 1: 0, 2: False, 3: LookupError, 4: ()}
CROWD = 2000  # callers
ERRORS = (LookupError, TimeoutError, StopAsyncIteration, ValueError)
who_asks = ContextVar("who_asks", default="nobody")


async def own_result(trial: Trial) -> None:
    """Every caller gets the value of its own key.

    Values are handed out by position. When one request too many or too few is counted, or the list of the batch grows
    while its call is under way, everybody behind it gets what belongs to somebody else, and nothing says so.

        users = await gather(*map(batcher.load, [7, 8, 9]))
        # user 8 sees the account of user 7, and no
        # exception was raised anywhere
    """
    wrong: list[str] = []

    async def answer(made: Made) -> Sequence[object]:
        await trial.hop((trial.draw(4) + made.number) % 4)
        return tuple(ODD_VALUES.get(key, f"value of {key}") for key in made.keys)

    async def caller(number: int) -> None:
        await trial.drift()
        for step in range(4):
            key = (3 * number + step) % 11
            got, own = await made.load(key), ODD_VALUES.get(key, f"value of {key}")
            if got != own or type(got) is not type(own):
                wrong.append(f"{got!r} for key {key} instead of {own!r}")

    async with scene(trial, answer, max_size=1 + trial.draw(7)) as made:
        players = [made.crew.start(caller, number, name=f"caller {number}") for number in range(7)]
        await made.ended(*players)
        for player in players:
            expect(player.outcome == "returned", f"{player.name} {ending(player)} ({told(made.calls)})")
        expect(not wrong, f"{len(wrong)} of 28 loads got a wrong value: {listed(wrong, 2)}")
        async with scene(trial) as another:
            await _both_answered(made, another)
            await another.leave()
        await made.leave()
    if trial.seed == 0:
        await _crowd(trial)


async def _crowd(trial: Trial) -> None:
    """As many callers as a server has clients, in one turn."""
    async with scene(trial) as made:
        await made.ended(*[made.ask(key) for key in range(CROWD)])
        wrong = [f"{player.name} {ending(player)}" for player, key in made.callers if player.value != right(key)]
        expect(not wrong, f"{len(wrong)} of {CROWD} callers got no answer of their own: {listed(wrong, 1)}")
        await made.leave()


async def _both_answered(made: Scene, another: Scene) -> None:
    """Ask two batchers at once: keys of one mean nothing to the other."""
    asked = [made.ask(0, "a caller"), another.ask(0, "a caller of another batcher"), another.ask(1)]
    await made.ended(*asked)
    for player in asked:
        own = right(1) if player is asked[2] else right(0) if player is asked[1] else ODD_VALUES.get(0, "value of 0")
        expect(player.value == own, f"{player.name} {ending(player)} instead of {own!r}, with two batchers open")


async def bad_item_isolated(trial: Trial) -> None:
    """An exception in place of a value is raised for the callers of that key, and the others get their values.

    One bad row out of a hundred would otherwise be an error for a hundred requests; and an exception that is handed
    over as if it were a value is found far away, or never.

        async def call(ids):
            return [rows.get(id) or NotFound(id) for id in ids]
        await gather(batcher.load(1), batcher.load(404))
        # the caller of 1 fails too, or the caller of 404 gets
        # a NotFound object and goes on as if it were a row
    """
    kind = ERRORS[trial.draw(len(ERRORS) - 1)]

    async def answer(made: Made) -> list[object]:
        await trial.hop()
        return [kind(key) if key % 2 else right(key) for key in made.keys]

    async with scene(trial, answer, max_size=4) as made:
        players = []
        for key in (1, 2, 1, 3, 4, 6, 5, 5):
            players.append(made.ask(key))
            await trial.drift(2)
        await made.answered(*(player for player, key in made.callers if key % 2 == 0))
        await made.ended(*players)
        for player, key in made.callers:
            if key % 2:
                told_so = player.outcome == "raised" and arrived(player.error, kind(key))
                expect(told_so, f"{player.name} {ending(player)} instead of {kind(key)!r}")
        await made.leave()


async def stop_iteration_isolated(trial: Trial) -> None:
    """A StopIteration in place of a value is an error for its own key, and the others get their values.

    No coroutine can raise it and, before Python 3.13, no future takes it: a batcher that hands out values one by one
    stumbles in the middle, and everybody behind the bad item fails with it or waits for ever.

        async def call(keys):
            return [first_of(cursor, key) for key in keys]
        # first_of returns the exception that next() raised;
        # answer.set_exception(StopIteration()) is a TypeError
    """

    async def answer(made: Made) -> list[object]:
        await trial.hop()
        return [StopIteration() if key == 2 else right(key) for key in made.keys]

    async with scene(trial, answer) as made:
        players = [made.ask(key) for key in (1, 2, 3, 1, 4)]
        await made.answered(*(player for player, key in made.callers if key != 2))
        expect(await made.ended(*players), "the caller of the bad key waits for ever")
        expect(players[1].outcome == "raised", f"the caller of the bad key {ending(players[1])}")
        await made.leave()


async def wrong_length_raises(trial: Trial) -> None:
    """When a call answers too little, too much or nothing at all, each of its callers gets an error.

    Which key the missing value belongs to cannot be known. A batcher that pairs them up regardless gives some callers
    other people's values, and lets those at the end wait for ever.

        async def call(ids):
            return await fetch("... WHERE id IN (...)", ids)
        # a row was deleted: two values come back for three
        # ids, and zip() shifts them without a word
    """
    replies: list[Any] = [
        lambda keys: [right(key) for key in keys[1:]],
        lambda keys: [right(key) for key in [*keys, 9]],
        lambda keys: [],  # noqa: ARG005  whatever was asked
        lambda keys: None,  # noqa: ARG005  a forgotten return
    ]

    async def answer(made: Made) -> Any:
        await trial.hop()
        return reply(made.keys)

    async with scene(trial, answer) as made:
        for reply in replies:
            answered = f"{reply([1, 2, 3])!r:.60}"
            players = [made.ask(key) for key in (1, 2, 2, 3)[: 4 - trial.draw(6) // 2]]
            await made.ended(*players)
            for player in players:
                refused = player.outcome == "raised" and isinstance(player.error, Exception)
                expect(refused, f"{player.name} {ending(player)} of a call that answered keys 1, 2, 3 with {answered}")
        reply = replies[0]
        made.answer = made.soon
        await made.answered(made.ask(1), made.ask(2))
        await made.leave()


async def error_reaches_all(trial: Trial) -> None:
    """What a call raises reaches each of its callers, and nobody else.

    Callers of a failed call that are not told wait for ever. Others that are told, or the block that opened the
    batcher, fail for something that was no business of theirs: one bad batch takes the service down.

        async with batcher(call, 100, 0.01) as users:
            async with TaskGroup() as group:
                group.create_task(serve(users))
        # one timeout downstream, and serve() is cancelled
        # together with all requests in all other batches
    """
    errors: dict[int, Exception] = {}

    async def answer(made: Made) -> list[tuple[int, int]]:
        await trial.hop(3 + trial.draw(2))
        if min(made.keys) < 10:
            errors[made.number] = kind = ERRORS[(made.number + trial.seed) % len(ERRORS)](f"call {made.number}")
            raise kind
        return [(made.number, key) for key in made.keys]

    async with scene(trial, answer, max_size=2) as made:
        for key in (1, 2, 3, 3, 30, 40, 50, 4, 60):
            made.ask(key)
            await trial.drift(2)
        await made.all_asked()
        await trial.hop(trial.draw(8))
        made.ask(70)
        await made.ended(*(player for player, _ in made.callers))
        for player, key in made.callers:
            _check_fate(made, player, key, errors)
        await made.leave()


def _check_fate(made: Scene, player: Player, key: int, errors: dict[int, Exception]) -> None:
    """A caller shares the fate of a call that carried its key."""
    mine = [call.number for call in made.calls if key in call.keys]
    if player.outcome == "returned":
        expect(player.value in [(number, key) for number in mine], f"{player.name} {ending(player)}")
    else:
        raised = [errors[number] for number in mine if number in errors]
        right_error = any(arrived(player.error, error) for error in raised)
        expect(
            right_error,
            f"{player.name} {ending(player)}; the calls for its key raised {listed(map(shown, raised))}",
        )


async def errors_come_bare(trial: Trial) -> bool:
    """What a call raises arrives as it was raised, and not as the cause of another error.

    Not a fault either way: whoever wraps an error says which call it was, and keeps the cause. But it passes by an
    ``except`` that was written for what the call raises.

        try:
            user = await users.load(1)       # the call raises Busy
        except Busy:
            await later()                    # not where it comes as the
            # cause of a BatchError
    """
    error = LookupError("busy")

    async def answer(_: Made) -> list[int]:
        raise error

    async with scene(trial, answer) as made:
        player = made.ask(1)
        await made.ended(player)
        await made.leave()
    return same(player.error, error)


async def base_exception_resolves_all(trial: Trial) -> None:
    """However a call ends, cancelled and no mere Exception included, nobody waits for ever, then or later.

    CancelledError is no Exception: `except Exception` lets it pass by those who wait. A driver that cancels its own
    task, or a timeout of its own that leaks, leaves requests behind that no error ever ends.

        try:
            values = await call(keys)
        except Exception as error:      # CancelledError passes
            for answer in answers:
                answer.set_exception(error)
    """
    ways: list[type[BaseException] | None] = [AbortError, asyncio.CancelledError, GeneratorExit]
    for way in ways if trial.is_trio else [*ways, None]:
        await _cut_short(trial, way)


async def _cut_short(trial: Trial, way: type[BaseException] | None) -> None:
    """One kind of end; None is a cancellation of the task that the call runs in."""
    cut = True

    async def answer(made: Made) -> list[int]:
        await trial.hop(trial.draw(4))
        if cut and 1 in made.keys:
            if way:
                raise way
            (task := asyncio.current_task()) and task.cancel()
            await trial.hop()
        return [right(key) for key in made.keys]

    name = way.__name__ if way else "a cancellation of its task"
    async with scene(trial, answer, max_size=3) as made:
        players = [made.ask(key) for key in (1, 2, 2, 3, 4)]
        await made.ended(*players)
        expect(not made.waiting, f"{made.waiting} of 5 wait for ever after a call ended by {name}")
        for player, key in made.callers:
            answered = player.outcome != "returned" or player.value == right(key)
            expect(answered, f"a call ended by {name}, and {player.name} {ending(player)} instead of an error")
        cut = False
        later = made.ask(5)
        expect(await made.ended(later), f"who asks after a call ended by {name} waits for ever")
        expect(later.value == right(5), f"who asks after a call ended by {name} {ending(later)}")
        made.leaving.set()
        expect(await made.ended(made.block), f"the context cannot be left after a call ended by {name}")


async def answer_is_fresh(trial: Trial) -> None:
    """An answer comes from a call that began after its caller asked.

    Joining a call that is under way looks like a bargain. But its answer may have been read before the caller wrote:
    who saves and then loads sees the state before the saving.

        await save(user)                 # committed
        shown = await batcher.load(user.id)
        # a call for the same id was under way, and its rows
        # were read before the commit: the change is "lost"
    """
    stale: list[str] = []

    async def answer(made: Made) -> list[int]:
        await trial.hop(2 + trial.draw(3))
        return [made.number] * len(made.keys)

    async def caller(number: int) -> None:
        await trial.hop(number)
        for step in range(4):
            await trial.drift()
            asked = len(made.calls)
            got = await made.load(step % 2)
            if got < asked:
                stale.append(f"call {got + 1} answered a load made after call {asked} had begun")

    async with scene(trial, answer, max_size=3) as made:
        players = [made.crew.start(caller, number, name=f"caller {number}") for number in range(5)]
        expect(await made.ended(*players), f"{len(made.crew.waiting) - 1} of 5 callers wait for ever")
        expect(not stale, f"{len(stale)} stale answers: {listed(stale, 1)}")
        await made.leave()


async def no_context_bleed(trial: Trial) -> None:
    """A call that is made for others does not see a caller's context variables.

    Timers, callbacks and tasks copy the context of whoever starts them. When that is the caller that comes first, a
    call made for everybody runs with one caller's user, tenant or trace.

        tenant.set("acme")
        await batcher.load(1)     # first: its context is copied
        # the call for acme's 1 and umbrella's 2 reads
        # tenant.get() == "acme", and so does its log
    """
    asking: dict[int, str] = {}
    bled: list[str] = []

    async def answer(made: Made) -> list[int]:
        seen, callers = who_asks.get(), {asking[key] for key in made.keys}
        if seen != "nobody" and callers != {seen}:
            bled.append(f"a call for {', '.join(sorted(callers))} saw the context of {seen}")
        await trial.hop()
        return made.keys

    async def caller(key: int) -> None:
        who_asks.set(f"caller {key}")
        asking[key] = f"caller {key}"
        await made.load(key)

    async with scene(trial, answer, max_size=3) as made:
        for first, number in ((0, 1), (10, 2), (20, 7), (30, 1)):
            players = []
            for key in range(first, first + number):
                players.append(made.crew.start(caller, key, name=f"caller {key}"))
                await trial.drift(1)
            expect(await made.ended(*players), f"callers wait for ever ({told(made.calls)})")
        expect(not bled, f"{len(bled)} calls saw too much: {listed(bled, 1)}")
        await made.leave()


async def survives_garbage_collection(trial: Trial) -> None:
    """A collection of garbage takes no load away that somebody waits for.

    asyncio keeps only weak references to tasks. One that nobody else holds, and that waits for something only it knows,
    is garbage: it is destroyed while it runs, and whoever waited for it waits for ever.

        def flush(batch):
            asyncio.create_task(send(batch))   # nobody holds it
        # some minutes later, in the middle of a call:
        # "Task was destroyed but it is pending!"
    """
    replies: list[weakref.ref[Any]] = []

    async def answer(made: Made) -> list[int]:
        replied = event(trial)
        replies.append(weakref.ref(replied))
        await replied.wait()
        return [right(key) for key in made.keys]

    async with scene(trial, answer) as made:
        players = [made.ask(1)]
        await made.all_asked()
        await trial.hop(trial.draw(2))
        trial.collect_garbage()
        players.append(made.ask(2))
        await made.begun(1)
        await trial.hop(3)
        trial.collect_garbage()
        await made.soon_enough(lambda: _all_replied(replies, players))
        await made.answered(*players)
        await made.leave()


def _all_replied(replies: list["weakref.ref[Any]"], players: Sequence[Player]) -> bool:
    """Let those calls come back that have not been destroyed; whether nobody waits any more."""
    for reply in replies:
        replied = reply()
        if replied is not None:  # an event of Trio has no truth
            replied.set()
    return all(player.done for player in players)


async def long_call_is_waited_for(trial: Trial) -> None:
    """A call that takes an hour is waited for, and its answers reach their callers.

    Somewhere below there is a limit of thirty seconds that nobody has asked for. It works in every test, and the one
    large report is never made.

        async with asyncio.timeout(30):        # "to be safe"
            values = await call(keys)
        # the report takes a minute: TimeoutError
    """
    if not trial.has_hours:
        return

    async def answer(made: Made) -> list[int]:
        await trial.sleep(HOUR)
        return [right(key) for key in made.keys]

    async with scene(trial, answer) as made:
        players = [made.ask(key) for key in (1, 2)]
        if await hours_pass(trial, *players):
            await made.answered(*players)
            await made.leave()
        for player in players:
            player.cancel()


async def never_holds_up_the_loop(trial: Trial) -> None:
    """A load never holds up the loop: while it waits for company, all other tasks go on.

    A window that is slept through stops the whole program for as long as it lasts: no request is answered, no timeout
    fires, and nobody can join the batch that is waited for.

        async def load(self, key):
            self.keys.append(key)
            time.sleep(self.max_wait)      # nobody else runs
        # each load is a batch of its own, 10 ms apart
    """

    async def answer(keys: Sequence[Any]) -> Sequence[Any]:
        await trial.hop(2)
        return keys

    async def visit() -> None:
        async with trial.module.batcher(answer, 2, trial.unit / 20) as batcher:
            await batcher.load(1)

    await free_loop(trial, visit)
