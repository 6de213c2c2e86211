"""What is asked of ``patterns.injection`` when other things stand in for parts, and of several programs at once."""

from benchmarks.families.injection.scene import CallError, Workshop, called, given, run
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, ending, expect, shown


async def overrides_reach_all(trial: Trial) -> None:
    """What stands in for a part is given to functions and to other parts, and what it replaces is not made.

    The test has a database of its own, and the repository still writes to the real one. Or the real one is opened
    first, and the test needs a network after all.

        fakes = {Pool: FakePool()}
        async with program(parts, fakes) as inject:
            await inject(save, Users)()   # to the real pool
    """
    for shared in (False, True):
        shop = Workshop(trial)
        pool = shop.part("Pool", shared=shared)
        session = shop.part("Session", pool, shared=shared)
        users = shop.part("Users", session)
        fake = pool.kind()
        async with trial.crew() as crew:
            running = run(crew, trial, [users, session, pool], {pool.kind: fake})
            inject = await running.enters()
            player = crew.start(inject(given, pool.kind, users.kind), name="a call")
            await called(trial, player)
            await running.ends()
        expect(player.outcome == "returned", f"something stood in for a part, and a call {ending(player)}")
        got, one_users = player.value
        expect(got is fake, "a function did not get what stands in for a part")
        expect(one_users.needs[0].needs[0] is fake, "a part did not get what stands in for another part")
        expect("Pool" not in shop.those("begins"), "a part was made, and something else stood in for it")


async def overrides_end(trial: Trial) -> None:
    """Overrides end with their program, also when that ends by an error: the next one has its own parts again.

    A test fails, and its database stays in place. All tests after it fail, too, or pass without having asked anything.

        app.overrides[Pool] = FakePool()
        await test()             # fails
        app.overrides.clear()    # never reached
    """
    shop = Workshop(trial)
    pool = shop.part("Pool", shared=bool(trial.draw(1)))
    session = shop.part("Session", pool)
    fake, error = pool.kind(), CallError("the test")
    async with trial.crew() as crew:
        overridden = run(crew, trial, [session, pool], {pool.kind: fake}, error)
        await called(trial, crew.start((await overridden.enters())(given, session.kind), name="a call"))
        await overridden.ends()
        expect(overridden.errors == [error], f"{overridden}; its body had raised {shown(error)}")
        running = run(crew, trial, [session, pool])
        player = crew.start((await running.enters())(given, pool.kind, session.kind), name="a call")
        await called(trial, player)
        await running.ends()
    expect(
        player.outcome == "returned",
        f"after a program with overrides had ended, in the next one a call {ending(player)}",
    )
    got, one_session = player.value
    expect(fake not in (got, one_session.needs[0]), "what stood in for a part in one program was given in the next")


async def programs_are_independent(trial: Trial) -> None:
    """Another program of the same parts, at the same time, has shared parts of its own, and its overrides alone.

    Two tests run at the same time, or an application is mounted inside another one. The first to end closes the pool of
    the other, and what one replaces for its own purposes is replaced for both.

        async with program(parts) as one:
            async with program(parts, {Mailer: fake}) as two:
                await one(send, Mailer)()   # nothing is sent
    """
    shop = Workshop(trial)
    pool, mailer = shop.part("Pool", shared=True), shop.part("Mailer")
    fake = mailer.kind()
    async with trial.crew() as crew:
        around = run(crew, trial, [pool, mailer])
        outer = await around.enters()
        early = crew.start(outer(given, pool.kind), name="a call")
        await called(trial, early)
        within = run(crew, trial, [pool, mailer], {mailer.kind: fake})
        inner = await within.enters()
        calls = [crew.start(inject(given, pool.kind, mailer.kind), name="a call") for inject in (outer, inner)]
        await called(trial, *calls)
        for player in (early, *calls):
            expect(
                player.outcome == "returned", f"two programs ran at the same time, and a call of one {ending(player)}"
            )
        one, two = (player.value for player in calls)
        expect(one[0] is early.value[0], "a shared part was made anew, as another program had begun")
        expect(one[0] is not two[0], "two programs got the same of a shared part")
        expect(one[1] is not fake, "what stands in for a part in one program was given in another")
        expect(two[1] is fake, "what stands in for a part was not given, as another program had made the part")
        await within.ends()
        closed = shop.those("closes").count("Pool")
        expect(closed == 1, f"when one of two programs had been left, {closed} of their shared parts had been closed")
        await around.ends()


OVERRIDING = (
    Promise(overrides_reach_all),
    Promise(overrides_end),
    Promise(programs_are_independent),
)
