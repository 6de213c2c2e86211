"""What is asked of ``patterns.injection``: who gets what, and when it is closed; then what goes wrong."""

from benchmarks.families.injection.cancellation import CANCELLATION
from benchmarks.families.injection.failures import FAILURES
from benchmarks.families.injection.overriding import OVERRIDING
from benchmarks.families.injection.scene import CallError, Workshop, called, given, run
from benchmarks.families.injection.workloads import WORKLOADS
from benchmarks.plan.backends import Event
from benchmarks.plan.promises import Promise
from benchmarks.safety.memory import same_memory
from benchmarks.safety.trials import Trial, ending, event, expect, free_loop, listed
from benchmarks.safety.waiting import all_end, before_long
from patterns.injection import Inject


async def gets_what_it_needs(trial: Trial) -> None:
    """A function gets one thing for each need, in order, and so does each part; within a call there is one of a kind.

    The repository writes to one session, and the function commits another one. All calls succeed, and nothing has been
    written.

        async def save(repository, session):
            await repository.add(user)
            await session.commit()   # not the repository's
    """
    shop = Workshop(trial)
    settings = shop.plain("Settings", shared=True)
    pool = shop.part("Pool", settings, shared=True, turns=1)
    session = shop.part("Session", pool, turns=1)
    users, mails = shop.plain("Users", session, settings), shop.part("Mails", settings, session)
    kinds = [one.kind for one in (session, mails, settings, users)]
    async with trial.crew() as crew:
        running = run(crew, trial, [users, mails, session, pool, settings])
        call = (await running.enters())(given, *kinds)
        got = []
        for _ in range(2):
            player = crew.start(call, name="a call")
            await called(trial, player)
            expect(player.outcome == "returned", f"a function was to get what it needs, and its call {ending(player)}")
            got.append(things := player.value)
            seen = [type(thing) for thing in things]
            expect(seen == kinds, f"a call that needs {listed(map(_name, kinds))} got {listed(map(_name, seen))}")
            one_session, one_mails, one_settings, one_users = things
            expect(
                one_users.needs == (one_session, one_settings) and one_mails.needs == (one_settings, one_session),
                "two parts of a call and its function did not get the same session and settings",
            )
            expect(type(one_session.needs[0]) is pool.kind, "the session did not get a pool")
        first, second = got
        expect(first[2] is second[2], "two calls got two of the shared settings")
        expect(first[0].needs[0] is second[0].needs[0], "two calls got sessions of two of the shared pool")
        expect(first[0] is not second[0], "two calls got the same session")
        await running.ends()


async def calls_share_nothing(trial: Trial) -> None:
    """What is not shared belongs to one call: no other gets it, and nobody closes it before that call has ended.

    Two requests at the same time write in one transaction. The first one to end commits half of the other's work, or
    closes the session under it.

        save = inject(work, Session)
        await asyncio.gather(save(), save())
        # InvalidRequestError: this session is closed
    """
    shop = Workshop(trial)
    session = shop.part("Session", turns=1 + trial.draw(2))
    async with trial.crew() as crew:
        running = run(crew, trial, [session])
        inject = await running.enters()
        doors: list[Event] = []
        got: list[object] = []

        async def work(thing: object) -> None:
            got.append(thing)
            doors.append(event(trial))
            await doors[-1].wait()

        call = inject(work, session.kind)
        players = [crew.start(call, name="a call"), crew.start(call, name="another call")]
        await before_long(trial, lambda: len(got) == 2)
        players.append(crew.start(call, name="a later call"))
        await before_long(trial, lambda: len(got) == 3)
        expect(len(got) == 3, f"of three calls at the same time, {len(got)} had been given what they need")
        expect(len(set(map(id, got))) == 3, "calls at the same time got the same session")
        doors[0].set()
        await before_long(trial, lambda: any(player.done for player in players))
        await trial.settle()
        closed = shop.those("closes")
        expect(len(closed) < 2, "the session of a call was closed when another call had ended")
        for door in doors:
            door.set()
        await called(trial, *players)
        await running.ends()


async def shared_is_made_once(trial: Trial) -> None:
    """Many calls that need a shared part for the first time, at the same time, get the same one: it is made once.

    The program has just begun, a hundred requests come, and each opens a pool of its own. One of them is kept, and
    nobody closes the others: the database has no connection left.

        async def pool(self):
            if self.made is None:
                self.made = await open_pool()   # and meanwhile?
            return self.made
    """
    shop = Workshop(trial)
    pool = shop.part("Pool", shared=True, turns=2 + trial.draw(2))
    session = shop.plain("Session", pool)
    async with trial.crew() as crew:
        running = run(crew, trial, [pool, session])
        inject = await running.enters()
        players = [crew.start(inject(given, kind), name="a call") for kind in (pool.kind, session.kind) * 3]
        await called(trial, *players)
        made = shop.those("made").count("Pool")
        expect(made == 1, f"a shared part was made {made} times for {len(players)} calls at the same time")
        things = [player.value[0] for player in players]
        pools = {id(thing.needs[0] if thing.needs else thing) for thing in things}
        expect(len(pools) == 1, f"{len(players)} calls at the same time got {len(pools)} of a shared part")
        await running.ends()


async def closed_when_over(trial: Trial) -> None:
    """A part of a call has been closed once when the call returns; a shared one when the program has been left.

    The response is sent, and the transaction has not been committed yet: who asks again at once does not find what was
    saved. Or the program has ended, and what the pool was still to write is lost.

        save, show = inject(add, Session), inject(find, Session)
        await save()
        await show()   # NotFound: commits a moment later
    """
    for body_error in (None, CallError("the body")):
        shop = Workshop(trial)
        pool = shop.part("Pool", shared=True, clean_up=trial.draw(4))
        connection = shop.part("Connection", pool, clean_up=trial.draw(4))
        session = shop.part("Session", connection, clean_up=1 + trial.draw(4))
        async with trial.crew() as crew:
            running = run(crew, trial, [session, connection, pool], body_error=body_error)
            call = (await running.enters())(given, session.kind)
            for number in (1, 2):
                player = crew.start(call, name="a call")
                await called(trial, player)
                for name in ("Session", "Connection"):
                    count = shop.those("closed").count(name)
                    expect(count == number, f"after call {number} had returned, {name} had been closed {count} times")
            closed = shop.those("closes").count("Pool")
            expect(not closed, "a shared part was closed with a call")
            await running.ends()
            count = shop.those("closed").count("Pool")
            expect(count == 1, f"when the program had been left, its shared part had been closed {count} times")
            expect(body_error is None or running.errors == [body_error], f"{running}; its body had raised an error")


async def closes_in_reverse(trial: Trial) -> None:
    """A part is closed once those that need it have closed, shared ones after all others.

    The session is to roll back, and its connection has been given back to the pool. Or the pool is closed, and the
    cache that was to write its last entries through it is still there.

        async def session(connection):
            yield Session(connection)
            await connection.rollback()   # it is closed
    """
    shop = Workshop(trial)
    settings = shop.part("Settings", shared=True)
    pool = shop.part("Pool", settings, shared=True, turns=trial.draw(2), clean_up=2)
    mailer = shop.part("Mailer", settings, shared=True, clean_up=2)
    connection = shop.part("Connection", pool, turns=trial.draw(2))
    session = shop.part("Session", connection, settings, clean_up=2)
    async with trial.crew() as crew:
        running = run(crew, trial, [session, mailer, settings, connection, pool])
        player = crew.start((await running.enters())(given, session.kind, mailer.kind), name="a call")
        await called(trial, player)
        await running.ends()
    wrong = [
        f"{needed} before {one}"
        for one, needed in (
            ("Session", "Connection"), ("Connection", "Pool"), ("Session", "Settings"),
            ("Pool", "Settings"), ("Mailer", "Settings"),
        )
        if shop.log.index(("closed", one)) > shop.log.index(("closes", needed))
    ] if len(shop.those("closed")) == 5 else []  # fmt: skip
    expect(not wrong, f"parts were closed before those that need them: {listed(wrong)}")


async def made_when_needed(trial: Trial) -> None:
    """A shared part is not made before a call needs it.

    A tool with ten commands opens the database, the queue and the model for each of them. ``--help`` takes ten seconds,
    and fails without a network.

        async with program(parts) as inject:   # opens it all
            await inject(show_version)()
        # ConnectionRefusedError, for --version
    """
    shop = Workshop(trial)
    dear, other = shop.part("Dear", shared=True), shop.part("Other", shared=True)
    async with trial.crew() as crew:
        running = run(crew, trial, [dear, other])
        player = crew.start((await running.enters())(given, other.kind), name="a call")
        await called(trial, player)
        begun = shop.those("begins")
        await running.ends()
    expect("Dear" not in begun, "a shared part that no call had asked for was made")


async def slow_ones_are_apart(trial: Trial) -> None:
    """While a shared part is being made for a call, another call gets, or makes, what does not need it.

    One lock guards all that is made. A model takes a minute to load, and until then nobody gets so much as a session
    whose pool has long been there.

        async def get(self, kind):
            async with self.lock:       # one at a time
                return await self.make(kind)
    """
    shop = Workshop(trial)
    door = event(trial)
    slow = shop.part("Slow", shared=True, door=door)
    quick, warm = shop.part("Quick", shared=True), shop.part("Warm", shared=True)
    session = shop.part("Session", warm)
    async with trial.crew() as crew:
        running = run(crew, trial, [slow, quick, warm, session])
        await before_long(trial, lambda: running.inject is not None)
        if running.inject is None:  # all is made as the program is entered
            door.set()
        inject = await running.enters()
        before = crew.start(inject(given, warm.kind), name="a call before")
        await called(trial, before)
        first = crew.start(inject(given, slow.kind), name="a call that needs what is slow")
        await trial.hop(2 + trial.draw(4))
        others = [crew.start(inject(given, one.kind), name="another call") for one in (quick, session, warm)]
        await all_end(trial, *others)
        kept = [player.done for player in others]
        door.set()
        await called(trial, first, *others)
        await running.ends()
    expect(all(kept), "a call waited for a shared part that another call was making, and that it does not need")


async def parts_may_call(trial: Trial) -> None:
    """A part that calls an injected function while it is made is made, though what that needs is shared, too.

    The pool reads its password by a function that needs the settings, and nobody has said that it needs them. Made
    under the lock under which the settings would be, it waits for itself.

        async def pool():
            secret = await read_password()   # injected
            yield await connect(secret)      # never reached
    """
    shop = Workshop(trial)
    settings = shop.part("Settings", shared=True, turns=trial.draw(2))
    injects: list[Inject] = []  # none as long as the program is being entered: nobody can be called then

    async def ask() -> None:
        for inject in injects:
            await inject(given, settings.kind)()

    asking = shop.part("Pool", shared=True, calls=ask)
    async with trial.crew() as crew:
        running = run(crew, trial, [asking, settings])
        injects.append(await running.enters())
        player = crew.start(injects[0](given, asking.kind), name="a call")
        in_time = await all_end(trial, player)
        player.cancel()
        await all_end(trial, player)
        running.leave.set()
        await all_end(trial, running.player)
    expect(in_time, "a shared part asked for another one while it was made, and both are waited for for ever")
    expect(
        player.outcome == "returned",
        f"a shared part asked for another one while it was made, and its call {ending(player)}",
    )


async def nothing_left_behind(trial: Trial) -> None:
    """However a program is left, no task, no thread and no open generator is left behind.

    What is left holds on to what it was given. A program that is opened anew for each test has a little more of it each
    time, until it has no memory.

        for test in tests:
            async with program(parts) as inject:   # leaves a task
                await inject(test, Session)()
    """
    before = trial.living()
    for error in (None, CallError("the body")):
        shop = Workshop(trial)
        pool = shop.part("Pool", shared=True, turns=1)
        session = shop.part("Session", pool, clean_up=trial.draw(3))
        async with trial.crew() as crew:
            running = run(crew, trial, [pool, session], body_error=error)
            player = crew.start((await running.enters())(given, session.kind), name="a call")
            await called(trial, player)
            await running.ends()
        await trial.hop(3)
        left = trial.living() - before
        expect(left == 0, f"{running}, and {left} tasks are left")


async def nothing_complains(trial: Trial) -> None:
    """No coroutine is left unawaited and no exception unretrieved: neither loop nor interpreter has to complain.

    The complaint comes later, from the garbage collector, without a hint at the part it belongs to. In tests that take
    warnings for errors it breaks whatever test runs just then.

        async with program(parts) as inject:
            await inject(work, Session)()
        # RuntimeWarning: a coroutine was never awaited
    """
    shop = Workshop(trial)
    broken = shop.part("Broken", shared=True, turns=1, fails=[CallError("at first")])
    async with trial.crew() as crew:
        running = run(crew, trial, [broken])
        await running.settles()
        if running.inject:
            await called(trial, *[crew.start(running.inject(given, broken.kind), name="a call") for _ in range(2)])
        await running.ends()
    trial.collect_garbage()
    await trial.hop(2)


async def never_holds_up_the_loop(trial: Trial) -> None:
    """Making and closing parts never holds up the loop: while that goes on, all other tasks go on.

    Whoever sleeps on the loop's thread until another call has made a shared part stops the whole program, and that
    call, too.

        while not self.ready:
            time.sleep(0.01)          # nobody else runs
        return self.made
    """

    async def whole() -> None:
        shop = Workshop(trial)
        pool = shop.part("Pool", shared=True, turns=1)
        session = shop.part("Session", pool)
        async with trial.module.program([pool, session], {}) as inject:
            await inject(given, session.kind)()

    await free_loop(trial, whole)


def _name(kind: type) -> str:
    return kind.__name__


async def memory_is_given_back(trial: Trial) -> None:
    """Calls that are over, and their parts, take no memory that is never given back.

    A stack that is only unwound when the program ends holds on to something of each call. It is the oldest leak of
    dependency injection: what belongs to a request lives as long as the container.

        async def call(*arguments):
            part = await make()
            container.stack.callback(part.close)     # that of the container, and not of the call
    """
    await same_memory(trial, WORKLOADS, ("warm", "resources"))


PROMISES = (
    Promise(gets_what_it_needs),
    Promise(calls_share_nothing),
    Promise(shared_is_made_once),
    Promise(closed_when_over),
    Promise(closes_in_reverse),
    *OVERRIDING,
    *FAILURES,
    *CANCELLATION,
    Promise(made_when_needed, need="lazy"),
    Promise(slow_ones_are_apart, need="parallel"),
    Promise(parts_may_call, need="undeclared"),
    Promise(nothing_left_behind, collects=("tasks", "threads", "async generators")),
    Promise(nothing_complains, collects=("complaints",)),
    Promise(never_holds_up_the_loop, collects=("stalls",)),
    Promise(memory_is_given_back, once=True),
)
