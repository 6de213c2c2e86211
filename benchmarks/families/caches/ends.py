"""What is asked of ``patterns.caches`` about the end of entries: by time, by invalidation, and who comes after."""

import time
import weakref
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from benchmarks.families.caches.scene import Made, Scene, bounded, scene
from benchmarks.families.caches.time import goes_by_virtual_time, in_real_time
from benchmarks.plan.backends import Event
from benchmarks.safety.clocks import clocks
from benchmarks.safety.trials import NotTestedError, Trial, ending, event, expect

LIFE = 5.0  # virtual seconds, by every clock; some caches count whole ones
# Real seconds where a clock cannot be replaced. Longer ones are for a machine that is so busy that an entry's time is
# over before it could be looked at.
TTLS = (0.05, 0.2, 0.8)
PHASE = 0.5  # of a life, after which the first begins: whoever counts periods is in the middle of one
LOAD = 3  # turns that a load takes here
WAYS = ("returns", "fails", "is cancelled", "returns late", "fails late")
SLOW = {"slow": 1.0, "overlapping": 0.1}  # how much of an entry's life the first load of a key takes
SMALL, MANY = 5, 20  # entries that there is room for, and keys
GRAIN = 0.01  # of a life, after which it is looked at again
OVER = 1.6  # of a life, after which it is over
LATEST = 12  # turns after which an invalidation meets an entry, and no load


class Thing:
    """A value that can be weakly referenced."""


class LateError(Exception):
    """It was too late to see what was to be seen."""


class Clock:
    """Moments of a trial, in units of an entry's life.

    A cache may go by the loop's clock or by the machine's, and they differ: a loop looks at the time once a turn, and a
    turn may take longer than an entry lives where the machine is busy.
    """

    def __init__(self, trial: Trial, ttl: float) -> None:
        """The life begins now."""
        self.trial, self.ttl = trial, ttl
        self.began = self._shown()

    def _shown(self) -> tuple[float, float]:
        return self.trial.now() * self.trial.unit, time.monotonic()

    def _over(self) -> list[float]:
        return [(now - began) / self.ttl for now, began in zip(self._shown(), self.began, strict=True)]

    @property
    def least(self) -> float:
        """How much of the life is over by every clock."""
        return min(self._over())

    async def reach(self, moment: float) -> None:
        """Wait until then, by every clock."""
        while (left := moment - self.least) > 0:
            await self.trial.sleep(left * self.ttl / self.trial.unit)

    def before(self, moment: float) -> None:
        """Go on only if that moment has not been reached by any clock."""
        if max(self._over()) >= moment:
            raise LateError


async def ttl_ends_an_entry(trial: Trial) -> None:
    """An entry ends a fixed time after it was loaded, not sooner, and no later for being used.

    Prices of yesterday are shown until the next restart, because every look at them prolongs their life. Or the time
    begins when the load begins, and what takes longer to load than it lives is never kept at all.

        async with cache(load, ttl=60) as prices:
            while True:
                await prices.get("EUR")       # every 50 seconds
                await asyncio.sleep(50)
        # loaded once, and never again
    """
    await _in_time(trial, _one_life)


Play = Callable[[Trial, float], Awaitable[None]]  # in which entries live for so many seconds


async def _in_time(trial: Trial, play: Play) -> None:
    """Play in virtual time, and in real time with a server, and where the end of entries does not come with that."""
    if not trial.alternative.services:
        with clocks(trial):
            if await goes_by_virtual_time(trial, LIFE):
                await _soon_enough(play, (LIFE,), trial)
                return
    await in_real_time(trial, partial(_soon_enough, play, TTLS))


async def _soon_enough(play: Play, ttls: Sequence[float], trial: Trial) -> None:
    """Play with short lives, and with longer ones where those were over too soon."""
    for ttl in ttls:
        try:
            return await play(trial, ttl)
        except LateError:
            continue
        except BaseExceptionGroup as errors:  # what a task group makes of it
            if errors.split(LateError)[1] is not None:
                raise
    raise NotTestedError(f"it was too slow to look in time at an entry that lives for {ttls[-1]:g} s")


async def _one_life(trial: Trial, ttl: float) -> None:
    loaded = Clock(trial, ttl)
    # Others for each length of life: in a store that all caches share, an earlier attempt's may end meanwhile.
    used, slow, unused = (f"{word}, {ttl} s" for word in ("used", "slow", "unused"))

    async def answer(_: Scene, load: Made) -> int:
        nonlocal loaded
        await (trial.sleep(1.5 * ttl / trial.unit) if load.key == slow else trial.hop(LOAD))
        loaded = Clock(trial, ttl)
        return load.number

    if trial.virtual:
        await trial.sleep(PHASE * ttl)
    async with scene(trial, answer, ttl=ttl) as made:
        clock = Clock(trial, ttl)
        for moment, latest in ((0, 0.25), (0.6, 1)):
            await clock.reach(moment)
            await made.value(used)
            clock.before(latest)
            expect(len(made.loads) == 1, f"loaded again after {moment:g} of an entry's life")
        await clock.reach(1.3)  # its life began a quarter later than the clock at most
        for key in (used, unused):
            players = [made.ask(key) for _ in range(3)]
            expect(await made.ended(*players), "whoever comes after an entry's end waits for ever")
            expect(made.count(key) > (key == used), "an entry is still given after 1.3 of its life")
            clock.before(1.55)  # else it may have lived until now, if its use prolonged its life
        few = made.count(used) == 2 or made.count(unused) > 1  # or any key is loaded as often as it is asked for
        expect(few, f"3 callers came after an entry's end, and {made.count(used) - 1} loads were made")
        first = made.ask(slow)
        await trial.sleep(1.5 * ttl / trial.unit)
        await made.answers(first)
        clock = loaded
        again = made.ask(slow)
        await made.quiet()
        loads = made.count(slow)
        clock.before(0.9)
        expect(loads == 1, "what takes longer to load than an entry lives is loaded again at once")
        await made.answers(again)
        await made.leave()


async def end_removes_nothing_newer(trial: Trial) -> None:
    """The end of an entry that was invalidated, pushed out or cleared with all others removes no newer one.

    Timers of entries that were removed go off all the same, and take with them what was loaded since. Entries vanish
    at odd moments, the more so the more often they are invalidated, and the source is asked again.

        await prices.get("EUR")           # to live for 60 seconds
        await prices.invalidate("EUR")    # after 59
        await prices.get("EUR")           # loaded again
        await asyncio.sleep(1)
        await prices.get("EUR")           # and again
    """
    await _in_time(trial, _lives_after_lives)


async def _lives_after_lives(trial: Trial, ttl: float) -> None:
    """A key is renewed in the middle of its life, and looked at when its first life would be over."""

    async def answer(_: Scene, load: Made) -> int:
        await trial.hop(LOAD)
        if load.key in SLOW:
            await trial.sleep((SLOW[load.key] if load.number == 0 else 0.7) * ttl / trial.unit)
        return load.number

    has_bound = await bounded(trial)
    async with scene(trial, answer, ttl=ttl) as closed:
        clock = Clock(trial, ttl)
        await closed.value("closed")
        await closed.leave()
    async with (
        scene(trial, answer, ttl=ttl) as opened_later,
        scene(trial, answer, ttl=ttl) as made,
        scene(trial, answer, ttl=ttl) as other,
        scene(trial, answer, ttl=ttl) as slow,
        scene(trial, answer, ttl=ttl, max_size=1 if has_bound else None) as small,
    ):
        await made.value("invalidated")
        await small.value("evicted")
        await small.value("another")
        slow.ask("slow")
        old = other.ask("overlapping")
        await other.begun(1)
        await other.invalidate("overlapping")
        new = other.ask("overlapping")  # loaded until 0.7, while the first load ends at 0.1
        while not other.loads[0].over and clock.least < 0.2:
            await trial.sleep(GRAIN * ttl / trial.unit)
        clock.before(0.2)  # what began by then is over when it is looked at
        await clock.reach(0.7)
        renewed = clock.least
        await made.invalidate("invalidated")
        await made.value("invalidated")
        await small.value("evicted")
        await opened_later.value("closed")
        expect(await other.ended(old, new), "a caller waits for ever")
        await clock.reach(1.3)
        again = slow.ask("slow")
        await slow.quiet()
        looked_at = [(made, "invalidated"), (opened_later, "closed")] + [(small, "evicted")] * has_bound
        if len(slow.loads) == 1 and new.value == 1:  # else lives begin with the load, or the first load was kept
            looked_at.append((other, "overlapping"))
        for there, key in looked_at:
            await _not_loaded_again(there, key, clock, renewed + 0.95)
        await slow.answers(again)
        for there in (made, other, slow, small, opened_later):
            await there.leave()


async def _not_loaded_again(there: Scene, key: str, clock: Clock, by: float) -> None:
    """Expect that who asks for an entry now does not load it; later than ``by`` it might be right to."""
    before = there.count(key)
    player = there.ask(key)
    await there.quiet()
    loads = there.count(key) - before
    clock.before(by)
    expect(loads == 0, f"the entry {key!r} was loaded again long before its life was over")
    await there.answers(player)


async def bounds_go_together(trial: Trial) -> None:
    """With a time to live and a maximum size at once, everybody still gets an answer.

    Each of the two removes entries, and each must know of the other. A timer that goes off for an entry which had to
    make room long ago finds nothing to remove, and raises where nobody looks: whoever waits behind it does so for ever.

        @cached(ttl=60, maxsize=100)
        async def page(url): ...
        # a hundred others came after it; a minute later:
        # KeyError in a callback, and nobody is answered any more
    """
    await _in_time(trial, _full_and_over)


async def _full_and_over(trial: Trial, ttl: float) -> None:
    async with scene(trial, ttl=ttl, max_size=SMALL) as made:
        for keys in (range(MANY), range(MANY), range(SMALL, MANY, 2)):
            await made.answered(*[made.ask(key) for key in keys])
            await made.invalidate(keys[-1])
            await trial.sleep(OVER * ttl / trial.unit)
        await made.answered(*(made.ask(key) for key in range(MANY)))
        await made.leave()


async def ended_is_collected(trial: Trial) -> None:
    """Entries that have ended do not stay for ever: while others are loaded, they are let go.

    A cache that looks at the time only when it is asked keeps what nobody asks for again. With a key for each session,
    a day later the process holds every session of that day, each of which was to be kept for a minute.

        await sessions.get(token)             # ttl=60, never asked for again
        ...                                   # a million other tokens
        # a million values that ended long ago
    """
    await _in_time(trial, _over_and_forgotten)


async def _over_and_forgotten(trial: Trial, ttl: float) -> None:
    things: weakref.WeakSet[Thing] = weakref.WeakSet()

    async def answer(_: Scene, load: Made) -> Thing:
        await trial.hop(load.number % 3)
        value = Thing()
        if load.key < MANY:
            things.add(value)
        return value

    async with scene(trial, answer, ttl=ttl) as made:
        for keys in (range(MANY), range(MANY, 2 * MANY)):
            players = [made.ask(key) for key in keys]
            expect(await made.ended(*players), "a caller waits for ever")
            for player in players:
                player.value = player.error = None
            await trial.sleep(OVER * ttl / trial.unit)
        trial.collect_garbage()
        told = f"of {MANY} entries that ended before {MANY} others were loaded {len(things)} are held"
        expect(len(things) <= MANY // 2, told)
        await made.leave()


async def invalidated_is_loaded_later(trial: Trial) -> None:
    """Who asks for a key after it was invalidated gets what was loaded later, even if a load was under way.

    A row is changed and its entry invalidated, while somebody is loading the old row. When that load ends it is kept,
    and the old row is shown until it ends by itself.

        reading = create_task(users.get(7))   # reads the old row
        await db.execute(update)
        await users.invalidate(7)
        await reading                         # is kept
        await users.get(7)                    # the old row
    """
    for moment in range(LATEST) if trial.seed == 0 else (trial.random.randrange(LATEST),):
        await _invalidate(trial, moment)


async def _invalidate(trial: Trial, moment: int) -> None:
    async def answer(_: Scene, load: Made) -> int:
        await trial.hop(LOAD)
        return load.number

    async with scene(trial, answer) as made:
        old = [made.ask(1) for _ in range(1 + trial.draw(2))]
        await trial.hop(moment)
        await made.invalidate(1)
        since = made.since
        if trial.draw(1) if trial.seed else moment % 2:
            await made.ended(*old)
        for when in ("at once", "later"):
            number = await made.value(1)
            told = f"a caller who came {when} after a key was invalidated got what load {number + 1} brought"
            expect(number >= since, f"{told}, and {since} had begun before")
            await trial.hop(trial.draw(4))
        expect(await made.ended(*old), "a caller whose key was invalidated meanwhile waits for ever")
        for player in old:
            expect(player.outcome == "returned", f"a caller whose key was invalidated meanwhile {ending(player)}")
        loads = len(made.loads)
        await made.value(1)
        expect(len(made.loads) == loads, "what was loaded after an invalidation is not kept")
        await made.leave()


async def old_load_harms_no_new_one(trial: Trial) -> None:
    """However a load ends whose key was invalidated meanwhile, the load that came after it is still the one.

    The old load fails and removes the entry of its key: which is the new one's by now. Whoever asks next begins a
    third load, and the first of them to end decides what all will see.

        old = create_task(users.get(7))       # will fail
        await users.invalidate(7)
        new = create_task(users.get(7))       # under way
        ...                                   # the old one fails
        await users.get(7)                    # a third load
    """
    for way in (trial.random.choice(WAYS),) if trial.seed else WAYS:
        await _overtaken(trial, way)


class Gates:
    """What holds loads, each by its number; in the place of a scene's ``hold``, which lets go of all of them."""

    def __init__(self, trial: Trial) -> None:
        """All are closed."""
        self._gates = defaultdict[int, Event](partial(event, trial))
        self._open = event(trial)

    def let(self, *numbers: int) -> None:
        """Let go of these, whether they have begun or not."""
        for number in numbers:
            self._gates[number].set()

    def set(self) -> None:
        """Let go of all."""
        self._open.set()
        self.let(*self._gates)

    def is_set(self) -> bool:
        """Whether all were let go."""
        return self._open.is_set()

    async def wait(self) -> None:
        """Wait until all are."""
        await self._open.wait()

    async def hold(self, number: int) -> None:
        """Wait until this one is."""
        if not self.is_set():
            await self._gates[number].wait()


async def _overtaken(trial: Trial, way: str) -> None:
    gates = Gates(trial)

    async def answer(_: Scene, load: Made) -> int:
        await gates.hold(load.number)
        if load.number == 0 and way.startswith("fails"):
            raise LookupError("the old load")
        return load.number

    async with scene(trial, answer) as made:
        made.hold = gates
        old = made.ask(1, "the old load's caller")
        await made.begun(1)
        await trial.drift(3)
        if not await made.invalidate(1):
            return  # it waits for the load, so that nothing can overtake it
        new = [made.ask(1, "a caller of the new load") for _ in range(2)]
        await made.quiet()
        loads = len(made.loads)
        if loads < 2:
            return  # one load at a time, whatever the key: the old one cannot be overtaken
        if way == "is cancelled":
            old.cancel()
        gates.let(1 if way.endswith("late") else 0)
        await made.quiet()
        late = made.ask(1, "a late caller")
        await made.quiet()
        expect(len(made.loads) == loads, f"a load that was overtaken {way}, and another load began")
        gates.let(*range(loads))
        await made.quiet()
        players = [*new, late, made.ask(1, "a still later caller")]
        expect(await made.ended(old, *players), f"a load that was overtaken {way}, and a caller waits for ever")
        for player in players:
            kept = player.outcome == "returned" and 0 < player.value < loads
            got = "got what the old load brought" if player.value == 0 else ending(player)
            expect(kept, f"a load that was overtaken {way}: {player.name} {got}")
        expect(len(made.loads) == loads, f"a load that was overtaken {way}, and the new one was not kept")
        await made.leave()
