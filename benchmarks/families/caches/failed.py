"""What is asked of ``patterns.caches`` about loads that fail: who hears of it, and what is left of it."""

import asyncio
from collections.abc import Callable

from benchmarks.families.caches.scene import (
    Abort,
    Made,
    Scene,
    asked_about,
    bounded,
    flies_single,
    held,
    kinds,
    right,
    scene,
    some,
)
from benchmarks.safety.errors import arrived, same
from benchmarks.safety.trials import Player, Trial, ending, expect, shown

ERRORS: tuple[Callable[[], BaseException], ...] = (
    lambda: LookupError("no such row"),
    lambda: KeyError("the load's own"),
    lambda: TimeoutError("the source took too long"),
    lambda: Abort("not an Exception"),
)


async def error_is_shared(trial: Trial) -> None:
    """What a load raises reaches every caller who waited for it, from that one load.

    Where only the first caller hears of the error, the others ask again, each in its turn: fifty clients wait for fifty
    timeouts, one after the other, of a source that is down already. Or they wait for ever.

        await gather(*(cache.get(1) for _ in range(50)), return_exceptions=True)
        # the source fails after one second
        # expected: 50 errors after one second
        # seen: the last client gets its error after 50
    """
    for kind in some(trial, *kinds(trial, 2)):
        for error in some(trial, *ERRORS):
            await _fail(trial, kind, error)


async def _fail(trial: Trial, kind: int, error: Callable[[], BaseException]) -> None:
    expected = error()

    async def answer(made: Scene, load: Made) -> int:
        await made.hold.wait()
        if load.key == 5:
            raise error()
        return right(load.key)

    async with scene(trial, answer, kind) as made:
        players = [made.ask(5, "the first caller")]
        await made.begun(1)
        for number in range(1, 6):
            await trial.drift(2)
            players.append(made.ask(5, f"caller {number} of the same key"))
        innocent = made.ask(6, "a caller of another key")
        await made.all_asked()
        await made.quiet()
        before = made.count(5)
        made.hold.set()
        await made.ended(*players)
        for player in players:
            kept = arrived(player.error, expected)
            expect(kept, f"a load raised {expected!r}, and {player.name} {ending(player)} ({made.told()})")
        more = made.count(5) - before
        await made.answered(innocent)
        await made.leave()
    told = f"6 callers waited for {before} load(s) that failed, and made {more} more"
    expect(more == 0 or not await flies_single(trial, kind), told)  # where each loads for itself, nobody waited


async def errors_come_bare(trial: Trial) -> bool:
    """What a load raises arrives as it was raised, and not as the cause of another error.

    Not a fault either way: whoever wraps an error says which key it was, and keeps the cause. But it passes by an
    ``except`` that was written for what the source raises.

        try:
            user = await users.get(404)       # raises NoSuchRow
        except NoSuchRow:
            return guest()                    # not where it comes as the
            # cause of a CacheError
    """

    async def answer(_: Scene, load: Made) -> int:
        raise LookupError(load.key)

    async with scene(trial, answer, kinds(trial, 1)[0]) as made:
        player = made.ask(5)
        await made.ended(player)
        await made.leave()
    return same(player.error, LookupError(5))


async def failure_is_forgotten(trial: Trial) -> None:
    """After a load has failed, in whatever way, whoever asks next has a new load made, and gets its value.

    The source is back after a second, and the error stays: it was kept like a value. Or the key is poisoned for good,
    as a load that was cancelled from within counts as under way for ever.

        async def load(key):
            return await pool.fetch(key)  # the pool cancels it once
        # everybody who asks for this key from now on
        # is cancelled, or waits for ever
    """
    errors: tuple[Callable[[], BaseException], ...] = ERRORS
    if not trial.is_trio:
        errors = (*ERRORS, asyncio.CancelledError, asyncio.CancelledError)
    for kind in some(trial, *kinds(trial, 1, 2)):
        for error in some(trial, *errors):
            await _fail_once(trial, kind, error, 1 + trial.draw(4))


async def _fail_once(trial: Trial, kind: int, error: Callable[[], BaseException], callers: int) -> None:
    async def answer(made: Scene, load: Made) -> int:
        await trial.hop(trial.draw(3))
        if load.number == 0:
            await made.hold.wait()
            raise error()
        return right(load.key)

    async with scene(trial, answer, kind) as made:
        players = [made.ask(5, f"caller {number}") for number in range(callers)]
        await made.begun(1)
        await made.quiet()
        made.hold.set()
        await trial.drift(4)
        meanwhile = made.ask(5, "who came when it failed")
        expect(await made.ended(*players, meanwhile), f"a load raised {error()!r}, and {_waiting(made)} wait for ever")
        await made.answered(made.ask(5, "who came after it had failed"), made.ask(6))
        await made.answered(made.ask(5, "who came still later"))
        await made.leave()


def _waiting(made: Scene) -> str:
    return f"{sum(not player.done for player, _ in made.callers)} callers"


async def only_own_errors(trial: Trial) -> None:
    """Nothing comes out of get but what the load of that key raised, and the caller's own cancellation.

    Bookkeeping that two callers undo at the same time fails in the face of the second: KeyError for a key that exists,
    in a service that handles the errors of its source and no others.

        # 200 clients ask for one key, and its load fails
        await gather(*(user(7) for _ in range(200)))
        # 129 of them get what the load raised,
        # 71 get KeyError: (7,), from inside the cache
    """
    has_bound = "cache" in trial.alternative.offers and await bounded(trial)
    for kind in some(trial, *kinds(trial, 2)):
        for max_size in some(trial, 1, 2, None) if has_bound and not kind else (None,):
            await _storm(trial, kind, max_size)
    if trial.seed == 0:
        await _crowd(trial, has_bound)
        for kind in kinds(trial, 2):
            for error in (LookupError("no such row"), Abort("not an Exception")):
                await _raised_for_one(trial, kind, error)


async def _raised_for_one(trial: Trial, kind: int, error: BaseException) -> None:
    """A load fails for which nobody but its caller waits: that one at least must not take it for an answer."""

    async def answer(_: Scene, __: Made) -> int:
        await trial.hop()
        raise error

    async with scene(trial, answer, kind) as made:
        player = made.ask(5, "its only caller")
        await made.ended(player)
        expect(player.outcome != "returned", f"a load raised {shown(error)}, and {player.name} {ending(player)}")
        made.leaving.set()
        await made.ended(made.block)


async def _storm(trial: Trial, kind: int, max_size: int | None) -> None:
    """Callers of good and bad keys, cancellations and invalidations, all at the same time."""
    draw = trial.random.randrange

    async def answer(_: Scene, load: Made) -> int:
        await trial.hop(load.number % 4)
        if load.key % 2:
            raise LookupError(load.key)
        return right(load.key)

    async with scene(trial, answer, kind, max_size=max_size) as made:
        cancelled: set[int] = set()
        forgets = not kind and asked_about(trial, "invalidated_is_loaded_later")
        for number in range(24):
            made.ask(draw(4))
            if draw(3) == 0:
                await trial.hop(draw(3))
            if draw(6) == 0:
                victim = draw(number + 1)
                made.callers[victim][0].cancel()
                cancelled.add(victim)
            if forgets and draw(6) == 0:
                made.crew.start(made.subject.invalidate, draw(4), name="invalidate")
        expect(await made.ended(*made.crew.players[1:]), f"{_waiting(made)} wait for ever ({made.told()})")
        for number, (player, key) in enumerate(made.callers):
            _own(player, key, made.right(key), number in cancelled)
        await made.leave()


def _own(player: Player, key: int, value: int, cancelled: bool) -> None:
    """Expect that a caller of the storm ended as its load did, or as it was told to."""
    kept = player.outcome == "returned" and player.value == value and key % 2 == 0
    kept |= player.outcome == "raised" and key % 2 == 1 and arrived(player.error, LookupError(key))
    kept |= player.outcome == "cancelled" and cancelled
    expect(kept, f"{player.name}, whose load {'raised LookupError' if key % 2 else 'returned'}, {ending(player)}")


async def _crowd(trial: Trial, has_bound: bool) -> None:
    """More callers of one bad key than there is room in the cache, whether it was asked for or is the default."""
    for kind in kinds(trial, 1):
        async with scene(trial, _raising, kind, max_size=2 if has_bound and not kind else None) as made:
            players = [made.ask(7) for _ in range(200)]
            await made.begun(1)
            await made.all_asked()
            made.hold.set()
            expect(await made.ended(*players), f"{_waiting(made)} of a load that failed wait for ever")
            for player in players:
                _own(player, 7, 0, cancelled=False)
            await made.leave()


async def _raising(made: Scene, load: Made) -> int:
    await held(made, load)
    raise LookupError(load.key)
