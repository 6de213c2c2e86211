"""What is asked of ``patterns.config``: what requests see; then failures and cancellations, reloads, and watchers."""

from benchmarks.families.config.reloads import RELOADS
from benchmarks.families.config.scene import STORE, Source, ask, now_in_force, reload
from benchmarks.families.config.trouble import TROUBLE
from benchmarks.families.config.watching import WATCHED, WATCHING
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, event, expect, free_loop, listed
from benchmarks.safety.waiting import PATIENCE, all_end, before_long
from patterns.config import Values

MOMENTS = 8  # turns of a reload, in each of which a request begins


async def request_sees_one_version(trial: Trial) -> None:
    """A request sees one version from its start to its end, also if settings are loaded while it waits.

    The address of the new server and the password of the old one: what belongs together is read at two moments. In a
    test the reload is over before the request begins; under load some requests fail, once, and nobody knows why.

        host = settings.host
        connection = await connect(host)
        # settings are loaded meanwhile
        await connection.login(settings.password)
    """
    source = Source(trial)
    go_on = event(trial)
    async with trial.module.store(source.load) as settings, trial.crew() as crew:
        requests = [ask(crew, trial, settings, turns=trial.draw(2), until=go_on)]
        await before_long(trial, lambda: requests[0].began)
        source.version = 2
        one = reload(crew, trial, settings)
        await trial.drift()
        requests.append(ask(crew, trial, settings, turns=trial.draw(4)))
        await trial.rest(PATIENCE // 5, lambda: one.over)  # whoever locks reloads when the request has ended
        go_on.set()
        await all_end(trial, one.player, *(request.player for request in requests))
        source.version = 3
        reload(crew, trial, settings)
        for _ in range(MOMENTS):
            await trial.hop()
            requests.append(ask(crew, trial, settings))
        await all_end(trial, *(request.player for request in requests))
        seen = [request.seen or "nothing" for request in requests]
    wrong = [what for what in seen if what not in ("version 1", "version 2", "version 3")]
    expect(not wrong, f"settings were loaded while requests were under way, and one saw {listed(wrong)}")


async def reload_is_seen(trial: Trial) -> None:
    """When a reload has returned, whoever asks then sees its settings, in whatever task.

    The operator turns the knob, and is told that it is done. Part of the program goes on with the old value: it has a
    copy, in its context, in a default argument, in a cache.

        await settings.reload()    # in the task of the signal
        # every other task was started before, and has
        # the settings of that day
    """
    source = Source(trial)
    asks = event(trial)
    async with trial.module.store(source.load) as settings, trial.crew() as crew:

        async def from_before() -> str:
            before = await settings.limit()
            await asks.wait()
            return f"{before}, then {await settings.limit()}"

        older = crew.start(from_before, name="a task that was there before")
        await trial.hop(3)
        source.version = 2
        one = reload(crew, trial, settings)
        await all_end(trial, one.player)
        await trial.drift()
        seen = await now_in_force(trial, crew, settings)
        asks.set()
        await all_end(trial, older)
        read = older.value
    expect(seen == "version 2", f"version 2 had been loaded, and a request that came then saw: {seen}")
    expect(read == "1, then 2", f"version 2 had been loaded, and a task that was there before had read {read}")


async def request_waits_for_no_load(trial: Trial) -> None:
    """A request begins and ends at once, although a load is under way.

    The service from which settings come is slow today, or hangs. All requests wait for it, although each of them could
    go on with what was in force a moment ago: a change of settings has become an outage.

        async with lock:
            settings = await load()   # 30 s
        # every request: async with lock
    """
    source = Source(trial)
    async with trial.module.store(source.load) as settings, trial.crew() as crew:
        source.gate, source.version = event(trial), 2
        one = reload(crew, trial, settings)
        await before_long(trial, lambda: source.under_way > 0)
        await trial.drift()
        request = ask(crew, trial, settings, turns=1)
        read = crew.start(settings.limit, name="who reads one value")
        await all_end(trial, request.player, read)
        served, answered = request.over, read.done
        source.gate.set()
        await all_end(trial, one.player, request.player, read)
    expect(served, "a load was under way, and a request waited for it")
    expect(answered, "a load was under way, and reading one value waited for it")


async def requests_side_by_side(trial: Trial) -> None:
    """While a request waits for something another one is served.

    A lock that is held for as long as a request reads settings lets one request in at a time. The server does no more
    than a program without any concurrency, and one slow client is enough to stop it.

        async with settings_lock:   # so that nothing changes
            page = await render(request, settings)
            await send(page)        # one at a time
    """
    source = Source(trial)
    go_on = event(trial)
    async with trial.module.store(source.load) as settings, trial.crew() as crew:
        first = ask(crew, trial, settings, until=go_on)
        await before_long(trial, lambda: first.began)
        await trial.drift()
        second = ask(crew, trial, settings, turns=trial.draw(2))
        await all_end(trial, second.player)
        served = second.over
        go_on.set()
        await all_end(trial, first.player, second.player)
    expect(served, "one request was under way, and another one had to wait until it had ended")


async def nobody_changes_them_for_others(trial: Trial) -> None:
    """Who sets a value of the settings that it was given does so for nobody else.

    A function deep inside halves the timeout for its last attempt. It has hold of the one object that everybody reads,
    so that the timeout is halved for all, for good, and once more with the next request.

        async def last_attempt(settings):
            settings.timeout //= 2
            await call(settings)
    """
    source = Source(trial)

    async def change(values: Values) -> None:
        try:
            setattr(values, "limit", 99)  # noqa: B010  what is read-only for us may not be for others
        except Exception:
            return

    async with trial.module.store(source.load) as settings, trial.crew() as crew:
        await all_end(trial, crew.start(settings.serve, change, name="who changes a value"))
        seen = await now_in_force(trial, crew, settings)
    expect(seen == "version 1", f"a request had set a value of its settings, and then another one saw: {seen}")


async def deep_read_sees_the_version_of_its_request(trial: Trial) -> bool:
    """A read deep inside a request, where nobody has handed anything on, sees the version of that request.

    Where it does not, it sees the newest, which may be another one than the request began with; behind a lock that
    cannot be taken twice it waits for ever.

        async def handler(values):
            await something()         # settings are loaded meanwhile
            await settings.limit()    # of this request, or the newest?
    """
    source = Source(trial)
    loaded = event(trial)
    async with trial.module.store(source.load) as settings, trial.crew() as crew:

        async def deep(values: Values) -> bool:
            await loaded.wait()
            return bool(await settings.limit() == values.limit)

        request = crew.start(settings.serve, deep, name="a request")
        await trial.hop(3)
        source.version = 2
        one = reload(crew, trial, settings)
        await all_end(trial, one.player)
        loaded.set()
        await all_end(trial, request, one.player)
        return request.value is True


async def nothing_left_behind(trial: Trial) -> None:
    """When a store has been left, no task, no thread and no open generator is left behind.

    What is left keeps running, or waits for ever. In tests, each of which has settings of its own, there is a little
    more of it after each one.

        async with store(load) as settings:   # starts a watcher
            ...
        # which still looks at the file
    """
    before = trial.living()
    await _ordinary(trial)
    await trial.hop(3)
    left = trial.living() - before
    expect(left == 0, f"a store had been left, and {left} tasks are left")


async def nothing_complains(trial: Trial) -> None:
    """No coroutine is left unawaited and no exception unretrieved: neither loop nor interpreter has to complain.

    The complaint comes later, from the garbage collector, without a hint at the setting it belongs to. In tests that
    take warnings for errors it breaks whatever test runs just then.

        loading = asyncio.create_task(load())   # fails
        return current
        # Task exception was never retrieved
    """
    await _ordinary(trial)


async def never_holds_up_the_loop(trial: Trial) -> None:
    """Reading, loading and waiting for a change never hold up the loop: all other tasks go on meanwhile.

    Whoever sleeps on the loop's thread until a file has changed, or until a lock is free, stops the whole program.

        while not changed(path):
            time.sleep(0.1)   # nobody runs who could change it
        return parse(path)
    """

    async def whole() -> None:
        await _ordinary(trial)

    await free_loop(trial, whole)


async def _ordinary(trial: Trial) -> None:
    """Requests, a load that fails and one that does not, and who waits for the change."""
    source = Source(trial)
    watched = hasattr(trial.module, WATCHED[0])
    opened = trial.module.watched_store if watched else trial.module.store
    async with opened(source.load) as settings, trial.crew() as crew:
        players = [ask(crew, trial, settings, turns=1).player]
        if watched:
            players.append(crew.start(settings.changed, settings.version, name="a watcher"))
        source.damaged = {"timeout": "soon"}
        await all_end(trial, reload(crew, trial, settings).player)
        source.version, source.damaged = 2, {}
        players.append(reload(crew, trial, settings).player)
        await all_end(trial, *players)


PROMISES = (
    Promise(request_sees_one_version, about=STORE),
    Promise(reload_is_seen, about=STORE),
    *TROUBLE,
    *WATCHING,
    Promise(request_waits_for_no_load, about=STORE, need="no-wait"),
    Promise(requests_side_by_side, about=STORE, need="long-requests"),
    *RELOADS,
    Promise(nobody_changes_them_for_others, about=STORE, need="read-only"),
    Promise(nothing_left_behind, collects=("tasks", "threads", "async generators")),
    Promise(nothing_complains, collects=("complaints",)),
    Promise(never_holds_up_the_loop, collects=("stalls",)),
    Promise(deep_read_sees_the_version_of_its_request, real=True, about=STORE, once=True, fact=True),
)
