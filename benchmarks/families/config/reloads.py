"""What is asked of ``patterns.config`` about reloads: those that overlap, that are many, or meet a long request."""

from benchmarks.families.config.scene import STORE, Source, ask, fate, now_in_force, reload
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, event, expect
from benchmarks.safety.waiting import all_end, before_long

STORM = 20  # reloads that are asked at once
MOMENTS = 6  # turns in which a load ends that others share, and the next one begins
FEW = 3  # loads that they make at most: one that is under way, one for all others, and one for who is late


async def reload_waits_for_no_request(trial: Trial) -> None:
    """A reload is in force although a request that began before is still under way.

    One client keeps its connection open for hours. A reload that waits for it is not in force for hours, and behind
    most locks everybody who comes after the reload waits, too.

        async with lock.reader:
            await stream_to(client)    # hours
        # async with lock.writer: waits
    """
    source = Source(trial)
    go_on = event(trial)
    async with trial.module.store(source.load) as settings, trial.crew() as crew:
        request = ask(crew, trial, settings, until=go_on)
        await before_long(trial, lambda: request.began)
        source.version = 2
        one = reload(crew, trial, settings)
        await trial.drift()
        await all_end(trial, one.player)
        in_time = one.over
        later = ask(crew, trial, settings)
        await trial.hop(3)
        go_on.set()
        await all_end(trial, one.player, request.player, later.player)
        seen = later.seen or fate(later)
    expect(in_time, "a request was under way, and a reload waited for its end")
    expect(seen == "version 2", f"version 2 was loaded while a request was under way, and then another one saw: {seen}")


async def overlap_ends_with_the_last(trial: Trial) -> None:
    """Of reloads that overlap, the one that was asked last has the last word, however slow another one was.

    The file is saved twice within a second. The first load is slow, and brings what was there as it began; it ends
    after the second, and puts the older settings in force, until somebody saves the file again.

        self.settings = parse(await load())   # began at 12:00:00
        self.settings = parse(await load())   # began at 12:00:01
        # the first one ends last
    """
    for slow in (True, False):
        source = Source(trial)
        async with trial.module.store(source.load) as settings, trial.crew() as crew:
            source.version, source.turns_of_next = 2, [8, 1] if slow else [1, 8]
            first = reload(crew, trial, settings)
            await before_long(trial, lambda: source.under_way > 0)  # noqa: B023  over before the next
            await trial.drift(2)
            source.version = 3
            second = reload(crew, trial, settings)
            await all_end(trial, first.player, second.player)
            for one in (first, second):
                expect(one.player.outcome == "returned" and not one.errors, f"of two reloads one {fate(one)}")
            seen = await now_in_force(trial, crew, settings)
        expect(seen == "version 3", f"version 2 was loaded, and meanwhile version 3; in the end a request saw: {seen}")
    for moment in range(MOMENTS):
        await _one_gives_up(trial, moment)


async def _one_gives_up(trial: Trial, moment: int) -> None:
    """Of those who wait for one load the last is cancelled about when it ends; only the next load is slow."""
    source = Source(trial, turns=2)
    async with trial.module.store(source.load) as settings, trial.crew() as crew:
        second = source.loads + 2
        reloads = [reload(crew, trial, settings) for _ in range(3)]
        await before_long(trial, lambda: source.loads >= second)
        source.turns_of_next = [8, 1, 1]
        reloads += [reload(crew, trial, settings) for _ in range(2)]
        await trial.hop(moment)
        reloads[2].player.cancel()
        await trial.hop(2)
        source.version = 2
        reloads.append(reload(crew, trial, settings))
        await all_end(trial, *(one.player for one in reloads))
        seen = await now_in_force(trial, crew, settings)
    expect(seen == "version 2", f"of reloads one was cancelled, then version 2 was loaded, and a request saw: {seen}")


async def storm_makes_few_loads(trial: Trial) -> None:
    """A crowd of reloads that are asked together makes a few loads, and all of them see what was there.

    An editor saves a file in many steps, a deployment touches a hundred files, and for each there is a reload. Each
    asks the service from which settings come, at the same time, and from every machine.

        async for changes in awatch(folder):
            for _ in changes:   # a hundred
                group.start_soon(settings.reload)
    """
    source = Source(trial, turns=2 + trial.draw(2))
    async with trial.module.store(source.load) as settings, trial.crew() as crew:
        before, source.version = source.loads, 2
        reloads = [reload(crew, trial, settings) for _ in range(STORM)]
        ended = await all_end(trial, *(one.player for one in reloads))
        made = source.loads - before
        seen = await now_in_force(trial, crew, settings)
    expect(ended, f"{STORM} reloads were asked together, and some of them did not end")
    expect(made <= FEW, f"{STORM} reloads were asked together, and made {made} loads")
    expect(seen == "version 2", f"{STORM} reloads of version 2 were asked together, and then a request saw: {seen}")


RELOADS = (
    Promise(reload_waits_for_no_request, about=STORE, need="long-requests"),
    Promise(overlap_ends_with_the_last, about=STORE, need="overlap"),
    Promise(storm_makes_few_loads, about=STORE, need="storm"),
)
