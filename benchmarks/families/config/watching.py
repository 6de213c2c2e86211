"""What is asked of ``patterns.config`` about those who wait for a change."""

from benchmarks.families.config.scene import Source, Watcher, fate, reload, watch
from benchmarks.plan.promises import Promise
from benchmarks.plan.virtual import RESTLESS
from benchmarks.safety.memory import WAITS, kept_of_waits
from benchmarks.safety.trials import Trial, ending, expect, listed
from benchmarks.safety.waiting import all_end, before_long, comes_to_rest

WATCHED = ("watched_store",)
APART = 5  # turns between two changes, at most


async def watcher_misses_no_last_version(trial: Trial) -> None:
    """Whoever waits for changes is told of the last one, however busy it was when that came, and of none twice.

    The watcher still opens the connections of one version when the next one comes. Nobody waits at that moment, and the
    bell rings for nobody: it goes on with the older version until there is a further change.

        await changed.wait()     # set, and cleared at once
        await reconnect(settings)
        # settings change meanwhile
        await changed.wait()     # for ever
    """
    for apart in range(APART):
        source = Source(trial)
        async with trial.module.watched_store(source.load) as settings, trial.crew() as crew:
            watchers = [Watcher(trial, 3, busy) for busy in ((0,), (3 + trial.draw(2), 0), (12, 1))]
            players = [watch(crew, settings, watcher) for watcher in watchers]
            await before_long(trial, lambda: all(watcher.waits for watcher in watchers))  # noqa: B023  over before
            await trial.hop(6)
            for number in (2, 3):
                source.version = number
                await all_end(trial, reload(crew, trial, settings).player)
                await trial.hop(apart)
            await all_end(trial, *players)
        for watcher in watchers:
            last = watcher.seen[-1] if watcher.seen else "nothing"
            expect(
                last == "version 3", f"versions 2 and 3 were loaded, and the last that a watcher was told was: {last}"
            )
            in_order = watcher.seen == sorted(set(watcher.seen))
            expect(in_order, f"versions 2 and 3 were loaded, and a watcher was told of {listed(watcher.seen)}")


async def cancelled_watcher_disturbs_nobody(trial: Trial) -> None:
    """Whoever is cancelled as it waits for a change is cancelled; others are told, and the reload returns.

    One client hangs up. What it waited for is what all others wait for, and is gone with it: they are cancelled, too,
    or are told of nothing any more, or the reload that was to tell them fails.

        async def changed(self):
            await self.next_change   # one future for everybody:
        # whoever is cancelled here cancels it for all
    """
    source = Source(trial, turns=2 + trial.draw(2))
    async with trial.module.watched_store(source.load) as settings, trial.crew() as crew:
        watchers = [Watcher(trial, 2) for _ in range(3)]
        players = [watch(crew, settings, watcher) for watcher in watchers]
        await before_long(trial, lambda: all(watcher.waits for watcher in watchers))
        await trial.hop(3)
        early = crew.start(settings.changed, settings.version, name="a watcher")
        await trial.hop(3)
        early.cancel()
        await all_end(trial, early)
        expect(early.outcome == "cancelled", f"a watcher was cancelled, nothing changed, and it {ending(early)}")
        source.version = 2
        one = reload(crew, trial, settings)
        await trial.strike(players[1])
        in_time = not watchers[1].seen
        await all_end(trial, one.player, *players)
        expect(
            one.player.outcome == "returned" and not one.errors, f"a watcher was cancelled, and a reload {fate(one)}"
        )
        for player in (players[0], players[2]):
            told = player.outcome == "returned"
            expect(told, f"a watcher was cancelled, a version was loaded, and another watcher {ending(player)}")
        gone = players[1].outcome == "cancelled"
        expect(gone or not in_time or bool(watchers[1].seen), f"a watcher was cancelled, and {ending(players[1])}")


async def rests_while_nothing_changes(trial: Trial) -> None:
    """While somebody waits for a change and nothing happens, the loop rests, before the first change and after it.

    The bell that was rung for the first change is never silenced. Whoever waits for the next one is woken at once,
    sees that nothing is new, and waits again: the program works, and one core is busy for as long as it runs.

        self.changed.set()           # and never clear()
        # every watcher, from then on:
        while self.version <= known:
            await self.changed.wait()    # returns at once
    """
    if not trial.virtual:  # nobody counts turns elsewhere
        return
    source = Source(trial)
    async with trial.module.watched_store(source.load) as settings, trial.crew() as crew:
        for after in ("before the first change", "after a change"):
            player = crew.start(settings.changed, settings.version, name="a watcher")
            await trial.settle()
            rests = await comes_to_rest(trial)
            source.version += 1
            await all_end(trial, reload(crew, trial, settings).player, player)
            expect(rests, f"a watcher waited {after}, and the loop had something to do in each of {RESTLESS} turns")


async def memory_is_given_back(trial: Trial) -> None:
    """Of waits for a change that were given up nothing is kept, although nothing changes.

    Clients ask for changes with a deadline, and ask again when it has passed. Settings change once a month, and until
    then there is an entry for each time that anybody has asked.

        self.watchers.append(told)
        await told       # cancelled after 30 s
        # the entry stays until there is a change
    """
    source = Source(trial)
    async with trial.module.watched_store(source.load) as settings:
        more = await kept_of_waits(trial, settings.changed, settings.version, name="a watcher")
    expect(more < WAITS // 2, f"{WAITS} watchers had given up, and {more} blocks of memory more were kept")


WATCHING = (
    Promise(watcher_misses_no_last_version, about=WATCHED),
    Promise(cancelled_watcher_disturbs_nobody, about=WATCHED, swept=True),
    Promise(rests_while_nothing_changes, about=WATCHED, once=True),
    Promise(memory_is_given_back, about=WATCHED, once=True),
)
