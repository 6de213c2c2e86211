"""What is asked of ``patterns.config`` when a load fails, or somebody is cancelled."""

from functools import partial

from benchmarks.families.config.scene import (
    STORE,
    LoadError,
    Request,
    RequestError,
    Source,
    ask,
    fate,
    next_reload_works,
    now_in_force,
    reload,
    still_first,
)
from benchmarks.plan.promises import Promise
from benchmarks.safety.cancelling import block_is_cancelled
from benchmarks.safety.errors import arrived
from benchmarks.safety.trials import Trial, ending, event, expect, listed, shown
from benchmarks.safety.waiting import LONG, all_end, before_long

DAMAGED = ({"timeout": "soon"}, {"limit": "many"})
TOGETHER = 2  # reloads that are asked at once
LINE = 3  # as many as it takes for two of them to wait
SLOW = 4  # turns of a load that another reload finds under way


async def failed_load_changes_nothing(trial: Trial) -> None:
    """If loading fails, who reloads is told, settings stay as they are, and the next reload is as good as any.

    The server from which settings come restarts. A program that falls back to its defaults, or to nothing, is wrong in
    production until somebody looks; one that keeps the error to itself has its operator believe in a change.

        try:
            self.settings = parse(await load())
        except OSError:
            self.settings = Settings()   # the defaults
    """
    for turns in (trial.draw(3), SLOW):
        await _fail(trial, turns)
    if trial.seed == 0:
        await _fail_at_first(trial)


async def _fail_at_first(trial: Trial) -> None:
    """There are no settings yet, and the first load fails: there is nothing to keep."""
    error = LoadError("refused")
    source = Source(trial, error=error)

    async with trial.crew() as crew:
        player = crew.start(_opens, trial, source, name="who opens the store")
        await all_end(trial, player)
    expect(arrived(player.error, error), f"the first load raised {shown(error)}, and {player.name} {ending(player)}")


async def _fail(trial: Trial, turns: int) -> None:
    """Some ask together, and one more while those that waited load; each load takes so many turns, and fails."""
    source = Source(trial)
    error = LoadError("refused")
    async with trial.module.store(source.load) as settings, trial.crew() as crew:
        source.version, source.error, source.turns = 2, error, turns
        reloads = [reload(crew, trial, settings) for _ in range(LINE)]
        second = source.loads + 2
        await before_long(trial, lambda: source.loads >= second or all(one.over for one in reloads))
        reloads.append(reload(crew, trial, settings))
        await all_end(trial, *(one.player for one in reloads))
        for one in reloads:
            expect(arrived(one.error, error), f"each load raised {shown(error)}, and a reload {fate(one)}")
        await still_first(trial, crew, settings, "loading version 2 had failed")
        source.error = None
        await next_reload_works(trial, crew, settings, source, "a load had failed")


async def invalid_changes_nothing(trial: Trial) -> None:
    """If one value is no number, who reloads is told, and all settings stay as they are.

    Somebody has made a slip in the file. Where values are set one by one, those before the slip are in force and those
    behind it are not, which nobody has ever tried; where they are checked afterwards, the slip itself is.

        for name, text in texts.items():
            setattr(settings, name, int(text))
        # ValueError: half of them are new
    """
    for damaged in DAMAGED:
        source = Source(trial, turns=trial.draw(2))
        async with trial.module.store(source.load) as settings, trial.crew() as crew:
            source.version, source.damaged = 2, damaged
            one = reload(crew, trial, settings)
            await all_end(trial, one.player)
            names = listed(damaged)
            expect(bool(one.errors), f"the {names} of version 2 was no number, and its reload {fate(one)}")
            await still_first(trial, crew, settings, f"the {names} of version 2 was no number")
            source.damaged = {}
            await next_reload_works(trial, crew, settings, source, f"a {names} was no number")


async def request_outcome_reaches_caller(trial: Trial) -> None:
    """What a request returns or raises reaches its caller, and the next reload is as good as any.

    One request in a thousand fails. If what guards settings is not let go by it, nothing can be changed any more, and
    the error lies hours back.

        await lock.acquire_read()
        await handler(settings)     # raises
        lock.release_read()         # not reached
    """
    source = Source(trial)
    error = RequestError("no such page")
    async with trial.module.store(source.load) as settings, trial.crew() as crew:
        good = ask(crew, trial, settings, turns=trial.draw(2))
        bad = ask(crew, trial, settings, turns=trial.draw(2), failure=error)
        await all_end(trial, good.player, bad.player)
        expect(good.player.value == "version 1", f"a request was to return version 1, and {ending(good.player)}")
        expect(arrived(bad.error, error), f"a request raised {shown(error)}, and its caller saw: {fate(bad)}")
        await next_reload_works(trial, crew, settings, source, "a request had raised")


async def cancelled_reload_disturbs_nobody(trial: Trial) -> None:
    """Whoever is cancelled in a reload is cancelled; others that wait load all the same, and so does the next.

    A deadline passes as the reload waits: for the load, or for a request that still reads. If it leaves a lock behind,
    or a mark that somebody loads, no reload gets through any more, and behind some locks no request either.

        async with asyncio.timeout(5):
            await settings.reload()   # times out
        # the next one waits for ever
    """
    if trial.seed == trial.tick == 0:
        await _cancelled_as_it_loads(trial)
    landed = False
    for whom in range(TOGETHER):
        source = Source(trial, turns=2)
        async with trial.module.store(source.load) as settings, trial.crew() as crew:
            request = ask(crew, trial, settings, turns=3 + trial.draw(3))
            await before_long(trial, lambda: request.began)  # noqa: B023  over before the next
            source.version = 2
            reloads = [reload(crew, trial, settings) for _ in range(TOGETHER)]
            one = reloads.pop(whom)
            await trial.strike(one.player)
            landed, in_time = landed or trial.landed, not one.over
            others = [request, *reloads]
            ended = await all_end(trial, one.player, *(other.player for other in others))
            expect(ended, f"a reload was cancelled, and {LONG} later it, another one or a request had not ended")
            cancelled = one.player.outcome == "cancelled"
            expect(cancelled or not in_time, f"a reload was cancelled, and {fate(one)}")
            for other in others:
                well = other.player.outcome == "returned" and not other.errors
                expect(well, f"a reload was cancelled, and {other.player.name} beside it {fate(other)}")
            seen = await now_in_force(trial, crew, settings)
            expect(seen == "version 2", f"of {TOGETHER} reloads one was cancelled, and then a request saw: {seen}")
            await next_reload_works(trial, crew, settings, source, "a reload had been cancelled")
    trial.landed = landed


async def _cancelled_as_it_loads(trial: Trial) -> None:
    """A load takes long, and who waits for it is cancelled: in a reload, in the next one, and as it opens a store."""
    source = Source(trial)
    await block_is_cancelled(trial, partial(trial.module.store, source.load), "a store")
    async with trial.module.store(source.load) as settings, trial.crew() as crew:
        source.gate = event(trial)
        players = [crew.start(settings.reload, name=name) for name in ("a reload", "the next reload")]
        players.append(crew.start(_opens, trial, source, name="who opens a store"))
        await trial.settle()
        for player in players:
            player.cancel()
        await trial.ended(*players)
        source.gate.set()  # who waits for its end all the same may do so
        await all_end(trial, *players)
        for player in players:
            expect(
                player.outcome == "cancelled", f"a load took long, {player.name} was cancelled, and {ending(player)}"
            )


async def _opens(trial: Trial, source: Source) -> None:
    async with trial.module.store(source.load):
        pass


async def cancelled_request_disturbs_nobody(trial: Trial) -> None:
    """Whoever is cancelled in a request is cancelled; others are served, and reloads get through.

    A client hangs up while its request waits for a lock, or has it. A reader that is counted and never counted out
    keeps every reload waiting for ever, and with it all requests that come after.

        finally:
            async with condition:   # cancelled in here, too
                self.readers -= 1
    """
    if trial.seed == trial.tick == 0:
        await _cancelled_as_it_waits(trial)
    source = Source(trial, turns=1)
    async with trial.module.store(source.load) as settings, trial.crew() as crew:
        first = ask(crew, trial, settings, turns=2 + trial.draw(2))
        source.version = 2
        one = reload(crew, trial, settings)
        struck = ask(crew, trial, settings, turns=1 + trial.draw(2))
        later = ask(crew, trial, settings, turns=4)
        await trial.strike(struck.player)
        in_time = not struck.over
        others = (first.player, one.player, later.player)
        ended = await all_end(trial, struck.player, *others)
        left = [player.name for player in (struck.player, *others) if not player.done]
        expect(ended, f"a request was cancelled, and {LONG} later there still waited: {listed(left)}")
        cancelled = struck.player.outcome == "cancelled"
        expect(cancelled or not in_time, f"a request was cancelled, and {fate(struck)}")
        for other in (first, later):
            expect(bool(other.seen), f"a request was cancelled, and another one {fate(other)}")
        expect(
            one.player.outcome == "returned" and not one.errors, f"a request was cancelled, and a reload {fate(one)}"
        )
        await next_reload_works(trial, crew, settings, source, "a request had been cancelled")


async def _cancelled_as_it_waits(trial: Trial) -> None:
    """A request waits for ever, and nothing else happens, as it is cancelled."""
    request = Request(trial=trial, until=event(trial))
    async with trial.module.store(Source(trial).load) as settings, trial.crew() as crew:
        player = crew.start(settings.serve, request.handle, name="a request")
        await trial.settle()
        player.cancel()
        await all_end(trial, player)
        expect(player.outcome == "cancelled", f"{player.name} was cancelled while it waited, and {ending(player)}")


TROUBLE = (
    Promise(failed_load_changes_nothing, about=STORE),
    Promise(invalid_changes_nothing, about=STORE),
    Promise(request_outcome_reaches_caller, about=STORE),
    Promise(cancelled_reload_disturbs_nobody, about=STORE, swept=True),
    Promise(cancelled_request_disturbs_nobody, about=STORE, swept=True),
)
