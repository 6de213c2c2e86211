"""What is asked of ``patterns.injection`` when a part, a function, a clean-up or the program itself is wrong."""

from benchmarks.families.injection.parts import kind_of
from benchmarks.families.injection.scene import (
    LEFT_OPEN,
    CallError,
    CallExit,
    PartError,
    PartExit,
    Workshop,
    called,
    errors_of,
    given,
    run,
)
from benchmarks.plan.promises import Promise
from benchmarks.safety.errors import arrived
from benchmarks.safety.trials import Trial, ending, expect, listed, shown
from benchmarks.safety.waiting import all_end
from patterns.injection import Inject


async def failed_part_reaches_caller(trial: Trial) -> None:
    """What a part raises as it is made reaches the caller, the function is not called, and what was made is closed.

    The session cannot be opened, and the connection that had been taken for it is never given back. After ten such
    calls the pool is empty, and everybody waits.

        for _ in range(10):
            with suppress(ConnectionError):
                await inject(save, Session)()
        await inject(save, Session)()   # waits for ever
    """
    for error in (PartError("no session"), PartExit("no session")):
        await _part_raises(trial, error)


async def _part_raises(trial: Trial, error: BaseException) -> None:
    shop = Workshop(trial)
    connection = shop.part("Connection", clean_up=trial.draw(2))
    session = shop.part("Session", connection, turns=trial.draw(2), fails=[error])
    entered: list[object] = []

    async def work(*things: object) -> None:
        entered.extend(things)

    async with trial.crew() as crew:
        running = run(crew, trial, [session, connection])
        player = crew.start((await running.enters())(work, session.kind), name="a call")
        await called(trial, player)
        left = shop.open
        await running.ends()
    expect(arrived(player.error, error), f"a part had raised {shown(error)}, and the call {ending(player)}")
    expect(not entered, "a part had failed, and the function was called")
    expect(not left, f"a part had failed, and these were left open: {listed(left)}")


async def failure_is_not_kept(trial: Trial) -> None:
    """A shared part that could not be made is made again for the next call.

    The database was away for a second, just when the first request came. Its error is kept, and every request gets it
    until somebody starts the program again.

        save = inject(work, Session)
        await save()   # ConnectionError
        await save()   # the same, an hour later
    """
    error = PartError("at first")
    shop = Workshop(trial)
    settings = shop.part("Settings", shared=True)
    pool = shop.part("Pool", settings, shared=True, turns=trial.draw(2), fails=[error])
    session = shop.part("Session", pool)
    async with trial.crew() as crew:
        running = run(crew, trial, [session, pool, settings])
        await running.settles()
        if running.over:  # all is made as the program is entered
            expect(arrived(running.error, error), f"{running}; a shared part had raised {shown(error)}")
            expect(not shop.open, f"a shared part had failed, and these were left open: {listed(shop.open)}")
            running = run(crew, trial, [session, pool, settings])
        else:
            first = crew.start((await running.enters())(given, session.kind), name="a call")
            await called(trial, first)
            expect(
                arrived(first.error, error), f"a shared part had raised {shown(error)}, and the call {ending(first)}"
            )
        second = crew.start((await running.enters())(given, session.kind), name="the next call")
        await called(trial, second)
        await running.ends()
    expect(second.outcome == "returned", f"a shared part had failed once, and the next call {ending(second)}")


async def function_error_reaches_caller(trial: Trial) -> None:
    """What the function raises reaches the caller, as it is or in an ExceptionGroup, and its parts are closed.

    A part that handles how a call has ended is asked last, and the error is gone. The request has failed, and the
    answer is 200.

        async with program(parts) as inject:
            await inject(save, Session)()   # raised, and
            await mark_as_saved()           # reached all the same
    """
    for error in (CallError("no"), CallExit("no")):
        await _function_raises(trial, error)


async def _function_raises(trial: Trial, error: BaseException) -> None:
    shop = Workshop(trial)
    session = shop.part("Session", clean_up=trial.draw(2))

    async def work(_: object) -> None:
        await trial.hop(trial.draw(2))
        raise error

    async with trial.crew() as crew:
        running = run(crew, trial, [session])
        player = crew.start((await running.enters())(work, session.kind), name="a call")
        await called(trial, player)
        left = shop.open
        await running.ends()
    expect(errors_of(player) == [error], f"a function had raised {shown(error)}, and its call {ending(player)}")
    expect(not left, f"a function had raised, and these were left open: {listed(left)}")


async def failed_clean_up_closes_others(trial: Trial) -> None:
    """When a part fails as it is closed, the others are closed all the same.

    The session cannot be rolled back, because the database is away, and the connection below it is never given back.
    When the database has returned, the pool is empty, and everybody waits.

        async def session(connection):
            yield Session(connection)
            await connection.rollback()   # ConnectionError
        # connection: nobody closes it any more
    """
    for shared in (False, True):
        shop = Workshop(trial)
        connection = shop.part("Connection", shared=shared, clean_up=trial.draw(2))
        session = shop.part("Session", connection, shared=shared, last_words=PartError("away"))
        async with trial.crew() as crew:
            running = run(crew, trial, [session, connection])
            await called(trial, crew.start((await running.enters())(given, session.kind), name="a call"))
            expect(shared or not shop.open, f"a part failed as it was closed, and these stay open: {listed(shop.open)}")
            await running.ends()
        expect(not shop.open, f"a part failed as it was closed, and these stay open: {listed(shop.open)}")


async def clean_up_error_reaches_caller(trial: Trial) -> None:
    """What a part raises as it is closed reaches the caller.

    The transaction is committed when the call has ended, and that fails. It stands in a log, and the caller goes on as
    if everything had been saved.

        async with program(parts) as inject:
            await inject(save, Session)()   # commit: DiskFull
            await mark_as_saved()           # reached all the same
    """
    for shared in (False, True):
        error = PartError("the disk is full")
        shop = Workshop(trial)
        session = shop.part("Session", shared=shared, last_words=error, clean_up=trial.draw(2))
        async with trial.crew() as crew:
            running = run(crew, trial, [session])
            player = crew.start((await running.enters())(given, session.kind), name="a call")
            await called(trial, player)
            await running.ends()
        got = running.error if shared else player.error
        what = f"{running}" if shared else f"the call {ending(player)}"
        expect(arrived(got, error), f"a part had raised {shown(error)} as it was closed, and {what}")


async def parts_hear_how_it_ended(trial: Trial) -> None:
    """A part in whose ``yield`` a call ends by an error is told so by that error.

    That is how a transaction is rolled back: by the error that leaves its block. A generator that is merely asked to go
    on commits the half that was done.

        async def session():
            async with engine.begin() as session:
                yield session        # commits, though the call
            # has failed
    """
    error = CallError("no")
    shop = Workshop(trial)
    connection = shop.part("Connection")
    session = shop.part("Session", connection, turns=trial.draw(2))

    async def work(_: object) -> None:
        raise error

    async with trial.crew() as crew:
        running = run(crew, trial, [session, connection])
        player = crew.start((await running.enters())(work, session.kind), name="a call")
        await called(trial, player)
        await running.ends()
    heard = [name for name, told in shop.told if told is error]
    expect("Session" in heard, f"a call had ended by {shown(error)}, and its part was closed as if all were well")


async def mistakes_are_told(trial: Trial) -> None:
    """A need that nobody provides, and parts that need each other, are told by an error, not by waiting for ever.

    Somebody has changed what a part needs. The first call waits for a lock that it holds itself, and the only sign of
    it is that nothing happens.

        async def a(b: B): ...
        async def b(a: A): ...
        await inject(work, A)()    # never returns
    """
    for shared in (False, True):
        shop = Workshop(trial)
        egg_kind = kind_of("Egg")
        hen = shop.part("Hen", egg_kind, shared=shared)
        egg = shop.part("Egg", hen, shared=shared, kind=egg_kind)
        for mistake, parts, kind in (
            ("a function needs what nobody provides", [], egg_kind),
            ("two parts need each other", [hen, egg], hen.kind),
        ):
            async with trial.crew() as crew:
                running = run(crew, trial, parts)
                await running.settles()
                told = running.over
                if running.inject:
                    player = crew.start(_ask, running.inject, kind, name="a call")
                    await all_end(trial, player)
                    told = player.outcome == "raised"
                    player.cancel()
                    await all_end(trial, player)
                running.leave.set()
                await all_end(trial, running.player)
            expect(told, f"{mistake}, and who calls is not told, but waits for ever")


async def missing_is_told_early(trial: Trial) -> None:
    """A part that needs what nobody provides is told when the program is entered.

    The mistake is in a part that one call in a thousand needs. It is told at night, to a user, and not to who made it,
    by the first test that starts the program.

        async with program(parts) as inject:   # starts well
            await serve()
        # LookupError: nothing provides Mailer, on Sunday
    """
    for shared in (False, True):
        shop = Workshop(trial)
        lonely = shop.part("Lonely", kind_of("Missing"), shared=shared)
        async with trial.crew() as crew:
            running = run(crew, trial, [lonely])
            await running.settles()
            told = running.error is not None
            running.leave.set()
            await all_end(trial, running.player)
        expect(told, "a part needs what nobody provides, and the program began all the same")


async def _ask(inject: Inject, kind: type) -> object:
    """Who injects may be told, too."""
    return await inject(given, kind)()


FAILURES = (
    Promise(failed_part_reaches_caller, tolerates=LEFT_OPEN),
    Promise(failure_is_not_kept),
    Promise(function_error_reaches_caller),
    Promise(failed_clean_up_closes_others, tolerates=LEFT_OPEN),
    Promise(mistakes_are_told),
    Promise(clean_up_error_reaches_caller, need="outcome"),
    Promise(parts_hear_how_it_ended, need="outcome"),
    Promise(missing_is_told_early, need="early"),
)
