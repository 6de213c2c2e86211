"""What is asked of ``patterns.caches`` about ``max_size``: how much is kept, and what has to go."""

from collections import OrderedDict

from benchmarks.families.caches.scene import Made, Scene, right, scene, some
from benchmarks.safety.trials import Trial, expect, listed

GRACE = 3  # turns in which what has ended may be entered
ENDLESS = 20  # the first key whose load never ends by itself


async def _in_turns(made: Scene, load: Made) -> int:
    """Answer after a few turns, unless the scene fails whatever is asked."""
    await made.trial.hop(load.number % 4)
    if load.key >= ENDLESS:
        await made.hold.wait()
    if made.refuses or load.key < 0:
        raise LookupError(load.key)
    return right(load.key)


async def _kept(made: Scene, keys: range) -> set[int]:
    """The keys that are answered from memory; what is not there fails to load, and so changes nothing."""
    await made.trial.hop(GRACE)
    made.refuses = True
    players = {key: made.ask(key) for key in keys}
    expect(await made.ended(*players.values()), f"a caller waits for ever ({made.told()})")
    made.refuses = False
    return {key for key, player in players.items() if player.outcome == "returned"}


async def max_size_is_kept(trial: Trial) -> None:
    """No more than max_size entries are kept when no load is under way, however many were loaded at the same time.

    The bound is what keeps memory bounded. Where it is enforced before a load and not after it, a burst of different
    keys leaves all of them in the cache, and whatever size they have.

        @lru_cache(maxsize=2)
        async def page(url): ...              # a megabyte each
        await gather(*(page(url) for url in twenty_urls))
        # twenty pages are kept, and twenty they stay
    """
    for max_size in some(trial, 2, 1, 3, 7):
        async with scene(trial, _in_turns, max_size=max_size) as made:
            for burst in (12, 1, 5):
                keys = trial.random.sample(range(-4, 12), burst) if trial.seed else range(burst)
                players = [made.ask(key) for key in keys]
                for player in players[:: 3 + trial.draw(2)] if trial.seed % 3 else ():
                    await trial.drift(2)
                    player.cancel()
                expect(await made.ended(*players), f"a caller waits for ever ({made.told()})")
                kept = await _kept(made, range(12))
                expect(len(kept) <= max_size, f"{len(kept)} entries are kept, max_size is {max_size}")
            await made.leave()


async def longest_unused_leaves_first(trial: Trial) -> None:
    """When there is no room for a new entry, the one used longest ago leaves, and no other.

    A cache that lets go of what was loaded longest ago, or of anything at all, lets go of what everybody uses. The
    entry of the front page is loaded again and again, while those of three robots are kept.

        for url in robots:
            await pages.get("/")      # the most used of all
            await pages.get(url)      # each only once
        # "/" was loaded first, and so it leaves first
    """
    size = 3
    async with scene(trial, _in_turns, max_size=size) as made:
        expected: OrderedDict[int, None] = OrderedDict()
        script = _script(trial) if trial.seed else (1, 2, 3, 1, 4, 1, 5, 1, 3, 6, 1, 2, 2, 1, 5)
        for step, key in enumerate(script):
            before = len(made.loads)
            expect(await made.value(key) == right(key), f"the answer to {key} is another key's")
            hit = len(made.loads) == before
            used = listed(script[max(step - 9, 0) : step], 9)
            told = f"the keys {used} were used, and with room for {size} key {key} is"
            expect(not hit or key in expected, f"{told} kept, though it was used longest ago")
            expect(hit or key not in expected, f"{told} gone, though others were used longer ago")
            expected[key] = None
            expected.move_to_end(key)
            if len(expected) > size:
                expected.popitem(last=False)
        await made.leave()


def _script(trial: Trial) -> tuple[int, ...]:
    return tuple(trial.random.choice((1, 1, 2, 2, 3, 4, 5, 6)) for _ in range(30))


async def loading_keys_stay(trial: Trial) -> None:
    """A key that is being loaded is not forgotten because there is no room: who asks for it joins its load.

    With more keys under way than there is room, each new one pushes out one whose load has not even ended: the next
    caller begins another load of it, and with all of them asking, nothing is ever loaded once.

        cache(load, max_size=1)
        # "a" and "b" are asked for by two clients each:
        # four loads for two keys
    """
    for max_size in some(trial, 1, 2):
        async with scene(trial, _held_under_five, max_size=max_size) as made:
            slow = [made.ask(1), made.ask(1)]
            await made.begun(1)
            await made.quiet()
            if len(made.loads) > 1:
                return  # a key is loaded as often as it is asked for, with room or without
            slow += [made.ask(2), made.ask(3)]
            await made.quiet()
            if len(made.loads) < 3:
                return  # keys are loaded one by one: no other can come for the place of the first
            for key in (11, 12, 13, 14):
                await trial.drift(2)
                await made.answered(made.ask(key))
            slow += [made.ask(key) for key in (3, 1, 2)]
            await made.quiet()
            made.hold.set()
            await made.answered(*slow)
            most = max(made.count(key) for key in (1, 2, 3))
            expect(most == 1, f"a key that was under way was loaded {most} times, with room for {max_size}")
            await made.leave()


async def _held_under_five(made: Scene, load: Made) -> int:
    if load.key < 5:
        await made.hold.wait()
    await made.trial.hop(load.key % 3)
    return right(load.key)


async def failed_loads_push_nothing_out(trial: Trial) -> None:
    """Loads that fail, or are cancelled, push no entry out.

    Keys that do not exist cost nothing to ask for: anybody who probes for them empties the cache, and every request of
    every other client goes to the source.

        for number in range(128):
            with suppress(LookupError):
                await users.get(f"no such user {number}")
        # 128 failures, and not one entry is left
    """
    for max_size in some(trial, 3, 1, 2):
        async with scene(trial, _in_turns, max_size=max_size) as made:
            for key in range(max_size):
                await made.value(key)
            for key in range(-1, -2 - max_size, -1):
                player = made.ask(key)
                if key % 2:
                    await made.ended(player)
            players = [made.ask(ENDLESS + key) for key in range(max_size + 1)]
            await made.quiet()  # where keys are loaded one by one, most of them are still waiting to be
            for player in players:
                player.cancel()
            expect(await made.ended(*made.crew.players[1:]), f"a caller waits for ever ({made.told()})")
            kept = await _kept(made, range(max_size))
            expect(len(kept) == max_size, f"of {max_size} entries {len(kept)} are left after loads that failed")
            await made.leave()
